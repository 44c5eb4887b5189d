# A configured database after dump and restore: the same owners, the next rule number free, and changes seen at once.
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
$node->safe_psql(
	'source', q{
	INSERT INTO cx.team (team, active) SELECT 'team ' || n, CASE WHEN n % 7 = 0 THEN '(,2020-01-01Z)' ELSE '(,)' END::tstzrange FROM generate_series(1, 20) n;
	-- children first
	INSERT INTO cx.team_parent SELECT 'team ' || n, 'team ' || n - 1 FROM generate_series(20, 2, -1) n;
	INSERT INTO cx.channel (channel, assisted, unit_cost) VALUES ('voice', true, 0.1), ('chat', true, NULL);
	INSERT INTO cx.touchpoint (touchpoint, weight) SELECT 'area' || n % 5 || '.step' || n, n FROM generate_series(1, 50) n;
	INSERT INTO cx.ownership_rule (touchpoint, channel, territory, team, note)
	SELECT CASE WHEN n % 3 = 0 THEN 'area' || n % 5 || '.**' ELSE '**.step' || n END, (ARRAY['voice', 'chat', NULL])[1 + n % 3], CASE WHEN n % 3 = 0 THEN 'de.r' || n END, 'team ' || 1 + n % 20, 'it''s rule ' || n FROM generate_series(1, 60) n;
	UPDATE cx.ownership_rule SET recorded = tstzrange('2020-01-01Z', now()) WHERE rule_id % 4 = 0;
	INSERT INTO cx.ownership_rule (touchpoint, unowned) VALUES ('area4.**', true);
});
my $answers = q{
	SELECT md5(string_agg(concat_ws(' ', touchpoint, channel, territory, known_at, e), ',' ORDER BY touchpoint, channel, territory, known_at, e.rank))
	FROM cx.touchpoint, unnest('{voice,chat,NULL}'::text[]) channel, unnest('{de.r3,de.r27.x,NULL}'::text[]) territory, unnest('{2021-01-01Z,NULL}'::timestamptz[]) known_at,
		cx.ownership_explain(touchpoint, '2026-01-05Z', channel, NULL, territory, known_at) e};
my $before = $node->safe_psql('source', $answers);
like($before, qr/^[0-9a-f]{32}$/, 'there are answers');
my $problems = 'SELECT count(*), md5(string_agg(p::text, chr(44) ORDER BY p::text)) FROM cx.ownership_problem p';
my $audit = $node->safe_psql('source', $problems);

my $dir = PostgreSQL::Test::Utils::tempdir;
for my $case ([ 'plain' ], [ 'inserts', '--inserts' ], [ 'custom', '-Fc' ])
{
	my ($name, @options) = @$case;

	$node->command_checks_all([ 'pg_dump', '-d', $node->connstr('source'), @options, '-f', "$dir/$name" ], 0, [qr/^$/], [qr/^$/], "pg_dump, $name: no warning");
	$node->safe_psql('postgres', "CREATE DATABASE r_$name TEMPLATE template0");
	my @restore = $name eq 'custom' ? ('pg_restore', '--exit-on-error', '-d', $node->connstr("r_$name"), "$dir/$name")
		: ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr("r_$name"), '-o', "$dir/$name.out", '-f', "$dir/$name");
	$node->command_ok(\@restore, "restore, $name");
	is($node->safe_psql("r_$name", $answers), $before, "$name: the same owners for the same reasons");
	is($node->safe_psql("r_$name", $problems), $audit, "$name: the same problems");
	is($node->safe_psql("r_$name", q{
		SELECT cx.current_owner('quite.new');
		INSERT INTO cx.ownership_rule (touchpoint, team) VALUES ('quite.new', 'team 1') RETURNING rule_id;
		SELECT cx.current_owner('quite.new')}), "\n62\nteam 1", "$name: the next rule has the next number and holds at once");
	is($node->safe_psql("r_$name", 'SELECT count(*) FROM cx.team_parent'), '19', "$name: the hierarchy");
}

# the rights of who may write configuration, without being its owner
$node->safe_psql('source', q{
	CREATE ROLE keeper LOGIN;
	GRANT SELECT, INSERT, UPDATE, DELETE ON cx.ownership_rule, cx.team TO keeper;
	SET ROLE keeper;
	INSERT INTO cx.ownership_rule (touchpoint, team) VALUES ('by.keeper', 'team 2')});
is($node->safe_psql('source', q{SET ROLE keeper; SELECT cx.current_owner('by.keeper')}), 'team 2', 'who may write needs no right on the token');

# rows that replication writes change the token as well
my $token = $node->safe_psql('source', 'SELECT token FROM cx.configuration_token');
$node->safe_psql('source', q{SET session_replication_role = replica; UPDATE cx.team SET name = 'two' WHERE team = 'team 2'});
cmp_ok($node->safe_psql('source', 'SELECT token FROM cx.configuration_token'), '>', $token, 'a replicated row makes a new token');

# dropped and created again in one session: a token that comes back is another one
is($node->safe_psql('source', q{
	SET client_min_messages = warning;
	DROP EXTENSION cx_analytics; CREATE EXTENSION cx_analytics;
	INSERT INTO cx.team VALUES ('first'); INSERT INTO cx.ownership_rule (touchpoint, team) VALUES ('**', 'first'); SELECT cx.current_owner('a');
	DROP EXTENSION cx_analytics; CREATE EXTENSION cx_analytics;
	INSERT INTO cx.team VALUES ('second'); INSERT INTO cx.ownership_rule (touchpoint, team) VALUES ('**', 'second'); SELECT cx.current_owner('a')}), "first\nsecond", 'an extension made anew');

$node->stop;
done_testing();
