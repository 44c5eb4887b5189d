# pg_dump and restore: the journeys come back byte for byte, with what depends on them, whatever the search_path.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('main');
$node->start;
create_database($node, 'source');
load_journeys($node, 'source', 800);
$node->safe_psql(
	'source', q{
	CREATE INDEX store_btree ON store USING btree (journey) WHERE cx.touch_count(journey) < 20;
	CREATE INDEX store_hash ON store USING hash (journey);
	CREATE INDEX store_count ON store (cx.touch_count(journey), cx.path(journey, '{first 3}')) WHERE cx.touch_count(journey) < 20;
	CREATE TABLE by_journey (id bigint, journey cx.journey) PARTITION BY HASH (journey);
	CREATE TABLE by_journey_0 PARTITION OF by_journey FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE by_journey_1 PARTITION OF by_journey FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO by_journey TABLE store;
	CREATE DOMAIN short_journey AS cx.journey CHECK (cx.touch_count(VALUE) <= 100) DEFAULT '[]';
	CREATE TABLE dependent (
		id bigint,
		journey cx.journey DEFAULT '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "it''s \"quoted\""}]' NOT NULL,
		short short_journey,
		several cx.journey[],
		steps int GENERATED ALWAYS AS (cx.touch_count(journey)) STORED,
		CHECK (cx.check(journey) IS NULL));
	INSERT INTO dependent (id, several) SELECT 1, array_agg(journey ORDER BY id) FROM store;
	CREATE VIEW merged AS SELECT a.id, a.journey OPERATOR(cx.||) b.journey AS journey FROM store a JOIN store b ON b.id = a.id + 1
		WHERE a.journey OPERATOR(cx.<>) b.journey;
	CREATE MATERIALIZED VIEW everything AS SELECT 1 AS id, cx.journey_agg(journey) AS journey FROM store WHERE cx.touch_count(journey) < 100;
	CREATE TABLE daily (
		day int,
		summary cx.funnel_summary,
		journeys bigint GENERATED ALWAYS AS (cx.journeys(summary)) STORED);
	INSERT INTO daily (day, summary)
		SELECT id % 30, cx.funnel_agg(journey, ARRAY['*', '!"no such label"', '*'], '1 month -2 days', '{once}', '2026-06-01 00:00Z') FROM store WHERE id > 0 GROUP BY 1;
	INSERT INTO daily (day, summary)
		SELECT 100, cx.funnel_agg(journey, ARRAY['* | "it''s ""quoted"""', '*']) FROM store;
	CREATE INDEX daily_hash ON daily USING hash (summary);
	CREATE MATERIALIZED VIEW whole AS SELECT cx.rollup(summary) AS summary FROM daily WHERE day < 100;
	CREATE FUNCTION same(cx.journey, cx.journey) RETURNS boolean BEGIN ATOMIC SELECT $1 OPERATOR(cx.=) $2; END;
});

my @tables = ('public.store', 'public.by_journey', 'public.merged', 'public.everything', '(SELECT id, journey FROM public.dependent) s',
	'(SELECT n AS id, u.journey FROM public.dependent, unnest(several) WITH ORDINALITY u (journey, n)) s');
my %before = map { $_ => fingerprint($node, 'source', $_) } @tables;
my $summaries = q{SELECT count(*), count(*) FILTER (WHERE journeys > 20), md5(string_agg(summary::text, ',' ORDER BY day)), (SELECT md5(summary::text) FROM public.whole),
	(SELECT count(*) FROM public.daily a JOIN public.daily b ON b.summary OPERATOR(cx.=) a.summary) FROM public.daily};
my $summaries_before = $node->safe_psql('source', $summaries);
like($summaries_before, qr/^31\|31\|[0-9a-f]{32}\|[0-9a-f]{32}\|31$/, 'there are summaries');
like($before{'public.store'}, qr/^801\|[0-9a-f]{32}\|[0-9a-f]{32}\|0$/, 'there are journeys');

# What must hold in a restored database.
sub same_as_source
{
	my ($database, $how) = @_;

	is(fingerprint($node, $database, $_), $before{$_}, "$how: $_") for @tables;
	is($node->safe_psql(
			$database, q{
			SET enable_seqscan = off; SET enable_bitmapscan = off;
			SELECT count(*) FROM public.store a WHERE EXISTS (SELECT FROM public.store b WHERE b.journey OPERATOR(cx.=) a.journey)}),
		'801', "$how: journeys are found by index");
	is($node->safe_psql(
			$database, q{
			SELECT count(*) FROM public.by_journey a WHERE (SELECT count(*) FROM public.by_journey b WHERE b.journey OPERATOR(cx.=) a.journey) = 0 AND journey IS NOT NULL}),
		'0', "$how: journeys are in the right partition");
	is($node->safe_psql($database, q{
			INSERT INTO public.dependent (id) VALUES (2) RETURNING journey;}),
		q([{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "it's \"quoted\""}]), "$how: the default");
	is($node->safe_psql($database, $summaries), $summaries_before, "$how: summaries");
	is($node->safe_psql($database, q{SELECT count(*) FROM pg_extension WHERE extname = 'cx_analytics' AND extnamespace = 'cx'::regnamespace}),
		'1', "$how: the extension");
	return;
}

my $dir = PostgreSQL::Test::Utils::tempdir;
my @ways = (
	[ 'plain', [], '' ],
	[ 'custom', ['-Fc'], '' ],
	[ 'directory', [ '-Fd', '-j2' ], '' ],
	[ 'inserts', [ '--inserts', '--rows-per-insert=50' ], '' ],
	[ 'via_root', [ '-Fc', '--load-via-partition-root', '--quote-all-identifiers' ], '' ],
	# a search_path that hides the operators, and one that shows them first, on both sides
	[ 'no_path', [], q{''} ],
	[ 'cx_path', ['-Fc'], 'cx, public' ],
	[ 'temp_path', [], 'pg_temp' ]);
foreach my $way (@ways)
{
	my ($name, $options, $path) = @$way;

	$node->safe_psql('postgres', $path ? "ALTER DATABASE source SET search_path = $path" : 'ALTER DATABASE source RESET search_path');
	$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), @$options, '-f', "$dir/$name" ], "pg_dump, $name");
	$node->safe_psql('postgres', "CREATE DATABASE r_$name TEMPLATE template0");
	$node->safe_psql('postgres', "ALTER DATABASE r_$name SET search_path = $path") if $path;
	my @restore = (grep { /^-F/ } @$options) ? ('pg_restore', '--exit-on-error', '-j2', '-d', $node->connstr("r_$name"), "$dir/$name")
		: ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr("r_$name"), '-o', "$dir/$name.out", '-f', "$dir/$name");
	$node->command_ok(\@restore, "restore, $name");
	same_as_source("r_$name", $name);
}

# schema and data apart, the data twice
$node->safe_psql('postgres', 'ALTER DATABASE source RESET search_path');
$node->safe_psql('postgres', 'CREATE DATABASE r_apart TEMPLATE template0');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-s', '-Fc', '-f', "$dir/schema" ], 'pg_dump, the schema');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-a', '-Fc', '-f', "$dir/data" ], 'pg_dump, the data');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('r_apart'), "$dir/schema" ], 'restore, the schema');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('r_apart'), "$dir/data" ], 'restore, the data');
$node->safe_psql('r_apart', 'REFRESH MATERIALIZED VIEW everything; REFRESH MATERIALIZED VIEW whole');
same_as_source('r_apart', 'apart');

# a dump of the restored database is the dump of the source
$node->command_ok([ 'pg_dump', '-d', $node->connstr('r_plain'), '-s', '-f', "$dir/again" ], 'pg_dump again');
$node->command_ok([ 'pg_dump', '-d', $node->connstr('source'), '-s', '-f', "$dir/first" ], 'pg_dump, for comparison');
my ($again, $first) = map { s/^\\(un)?restrict .*$//mgr } slurp_file("$dir/again"), slurp_file("$dir/first");
is($again, $first, 'the restored database has the same definitions');
unlike($first, qr/CREATE (FUNCTION|TYPE|OPERATOR|AGGREGATE) cx\./, 'the dump has no object of the extension');

$node->stop;
done_testing();
