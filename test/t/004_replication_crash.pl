# A standby holds the same bytes and answers the same, and a crash loses nothing that was committed.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = new_server('primary', allows_streaming => 1);
# every page that WAL changes is compared with its full image where it is replayed
$primary->append_conf('postgresql.conf', "wal_consistency_checking = 'all'\nautovacuum = off\nwal_keep_size = '2GB'\n");
$primary->start;
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
$standby->start;

create_database($primary, 'work');
load_journeys($primary, 'work', 1000);
$primary->safe_psql(
	'work', q{
	CREATE INDEX store_btree ON store USING btree (journey) WHERE cx.touch_count(journey) < 20;
	CREATE INDEX store_hash ON store USING hash (journey);
	CREATE TABLE by_journey (id bigint, journey cx.journey) PARTITION BY HASH (journey);
	CREATE TABLE by_journey_0 PARTITION OF by_journey FOR VALUES WITH (MODULUS 2, REMAINDER 0);
	CREATE TABLE by_journey_1 PARTITION OF by_journey FOR VALUES WITH (MODULUS 2, REMAINDER 1);
	INSERT INTO by_journey TABLE store;
	UPDATE store SET journey = journey OPERATOR(cx.||) '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "late"}]' WHERE id % 3 = 0;
	UPDATE store SET journey = cx.merge(journey, '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "corrected", "ref": -1}]') WHERE id % 7 = 0;
	DELETE FROM store WHERE id % 11 = 0;
	VACUUM store;
	INSERT INTO store SELECT id + 100000, cx.by_channel(journey) FROM store WHERE id % 5 = 0;
});

my $questions = q{
	SET enable_seqscan = off;
	SELECT count(*) FROM store a WHERE EXISTS (SELECT FROM store b WHERE b.journey OPERATOR(cx.=) a.journey);
	SELECT md5(string_agg(id::text, ',' ORDER BY journey, id)) FROM store WHERE cx.touch_count(journey) < 20;
	SELECT tableoid::regclass, count(*) FROM by_journey GROUP BY 1 ORDER BY 1;
	RESET enable_seqscan;
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SELECT md5(cx._bytes(cx.journey_agg(journey))) FROM store;
	SELECT cx.path(journey, '{first 2}'), count(*) FROM store GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5;
};
my ($bytes, $answers);

sub same_as_before
{
	my ($node, $what) = @_;

	is(fingerprint($node, 'work'), $bytes, "$what: the bytes");
	is($node->safe_psql('work', $questions), $answers, "$what: the answers");
	return;
}

$bytes = fingerprint($primary, 'work');
$answers = $primary->safe_psql('work', $questions);
like($bytes, qr/^\d{4}\|.*\|0$/, 'there are journeys');
$primary->wait_for_catchup($standby);
same_as_before($standby, 'standby');

# a crash, with a transaction under way
$primary->safe_psql('work', 'CHECKPOINT');
$primary->safe_psql('work', q{
	INSERT INTO store SELECT id + 200000, cx.collapse(journey) FROM store WHERE id BETWEEN 1 AND 300;
	UPDATE store SET journey = cx.dedupe(journey) WHERE id BETWEEN 200000 AND 200100});
$bytes = fingerprint($primary, 'work');
$answers = $primary->safe_psql('work', $questions);
my ($in, $out, $err) = ('', '', '');
my $session = IPC::Run::start([ 'psql', '-XAtq', '-d', $primary->connstr('work') ], '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(60));
$in = "BEGIN; UPDATE store SET journey = '[]'; INSERT INTO store SELECT id + 900000, journey FROM store; SELECT 'under way';\n";
IPC::Run::pump($session) until $out =~ /under way/;
$primary->stop('immediate');
eval { IPC::Run::finish($session) };
$primary->start;
same_as_before($primary, 'after a crash');
is($primary->safe_psql('work', 'SELECT count(*) FROM store WHERE id >= 900000'), '0', 'what was not committed is not there');

# the standby goes on
$primary->safe_psql('work', 'INSERT INTO store SELECT id + 300000, cx.tail(journey, 3) FROM store WHERE id BETWEEN 1 AND 100');
$bytes = fingerprint($primary, 'work');
$answers = $primary->safe_psql('work', $questions);
$primary->wait_for_catchup($standby);
same_as_before($standby, 'standby, after the crash');
$standby->stop('immediate');
$standby->start;
same_as_before($standby, 'standby, after its own crash');
$primary->stop;
$standby->promote;
same_as_before($standby, 'the standby as the new primary');
is($standby->safe_psql('work', q{UPDATE store SET journey = journey OPERATOR(cx.||) journey WHERE id = -1 RETURNING cx.touch_count(journey)}),
	'40000', 'and it takes writes');
unlike(slurp_file($standby->logfile), qr/inconsistent page|PANIC/, 'replay found no inconsistent page');

$standby->stop;
done_testing();
