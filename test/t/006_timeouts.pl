# Work on the largest journeys can be interrupted: statement_timeout ends it soon.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = new_server('main');
$node->append_conf('postgresql.conf', "jit = off\nmax_parallel_workers_per_gather = 0\n");
$node->start;
create_database($node, 'work');
my $most = 4194304;
# every label column, every number column, most of the labels of both journeys in common
$node->safe_psql(
	'work', qq{
	CREATE TABLE large (id int, journey cx.journey, text text);
	INSERT INTO large (id, journey)
	SELECT 1, cx.journey_agg('2026-01-01Z'::timestamptz + i % 1000003 * interval '1 second', 'touch ' || i % 3001, 'channel ' || i % 11, 'team ' || i % 97, i % 1009,
		i % 61 * interval '1 second', i, jsonb_build_object('case', i % 5))
	FROM generate_series(1, $most / 2) i;
	INSERT INTO large (id, journey)
	SELECT 2, cx.journey_agg('2026-01-01Z'::timestamptz + (i * 7) % 1000003 * interval '1 second', 'touch ' || i % 3011, 'channel ' || i % 11, 'team ' || i % 97, i % 1009,
		i % 61 * interval '1 second', i, jsonb_build_object('case', i % 5))
	FROM generate_series(1, $most / 2) i;
	UPDATE large SET text = journey::text WHERE id = 1;
});

my $j = '(SELECT journey FROM large WHERE id = 1)';
my $k = '(SELECT journey FROM large WHERE id = 2)';
my %work = (
	'journey_agg of rows' => "SELECT cx.touch_count(cx.journey_agg('2026-01-01Z'::timestamptz + i % 1000003 * interval '1 second', 'touch ' || i % 3001)) FROM generate_series(1, $most) i",
	'journey_agg of journeys' => 'SELECT cx.touch_count(cx.journey_agg(journey)) FROM large',
	'output' => "SELECT length($j\::text)",
	'input' => 'SELECT cx.touch_count(text::cx.journey) FROM large WHERE id = 1',
	'send' => "SELECT length(cx._journey_send($j))",
	'check' => "SELECT cx.check($j)",
	'touches' => "SELECT count(*) FROM cx.touches($j)",
	'touchpoints' => "SELECT cardinality(cx.touchpoints($j))",
	'path' => "SELECT length(cx.path($j))",
	'path, unique' => "SELECT length(cx.path($j, '{unique}'))",
	'||' => "SELECT cx.touch_count($j OPERATOR(cx.||) $k)",
	'-' => "SELECT cx.touch_count($j OPERATOR(cx.-) $k)",
	'merge' => "SELECT cx.touch_count(cx.merge($j, $k))",
	'without' => "SELECT cx.touch_count(cx.without($j, (SELECT array_agg(i::bigint) FROM generate_series(1, 100) i)))",
	'dedupe' => "SELECT cx.touch_count(cx.dedupe($j))",
	'collapse' => "SELECT cx.touch_count(cx.collapse($j))",
	'head' => "SELECT cx.touch_count(cx.head($j, 2000000))",
	'slice' => "SELECT cx.touch_count(cx.slice($j, '2026-01-02Z', NULL))",
	'by_team' => "SELECT cx.touch_count(cx.by_team($j))",
	'by_attr' => "SELECT cx.touch_count(cx.by_attr($j, 'case'))",
	'rename' => "SELECT cx.touch_count(cx.rename($j, '{touch 1}', '{touch 2}'))",
	'split' => "SELECT count(*) FROM cx.split($j, 'touchpoint')",
	'sessions' => "SELECT count(*) FROM cx.sessions($j, '0')",
	'hash' => "SELECT cx._journey_hash($j)",
	'comparison' => "SELECT $j OPERATOR(cx.<) ($j OPERATOR(cx.||) '[]')",
	'cast to jsonb' => "SELECT jsonb_array_length($j\::jsonb)");

my $finished = 0;
foreach my $name (sort keys %work)
{
	my $start = time;
	my ($status, $out, $err) = $node->psql('work', "SET statement_timeout = '50ms'; $work{$name}");
	my $took = time - $start;

	# what is done in that time needs no interruption
	if ($status == 0 || $err eq '') { $finished++; }
	else { like($err, qr/canceling statement due to statement timeout|256 MB|exceeds the maximum|array elements/, "$name: is interrupted"); }
	cmp_ok($took, '<', 2, sprintf('%s: ends after %.2f s', $name, $took));
}
note("$finished of " . keys(%work) . ' were done in time');
is($node->safe_psql('work', 'SELECT count(*) FROM large WHERE cx.check(journey) IS NULL'), '2', 'the journeys are sound');

$node->stop;
done_testing();
