# An updated extension is the one that is installed afresh, object by object, and reads what older versions wrote.
#
# test/upgrade/cx_analytics--A.sql is the install script of the released version A as it was (make writes it to sql/; it
# is copied there when A is released).  Each is installed and updated to the current version.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use File::Basename qw(basename);
use File::Copy qw(copy);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::RecursiveCopy;
use PostgreSQL::Test::Utils;
use Test::More;

my $describe = slurp_file("$FindBin::RealBin/lib/describe_extension.sql");

# A copy of the staged extension that this test may add versions to.  TEMP_CONFIG says where the original is; a server
# without such a setting has the extension among its own files, which are left alone.
my $settings = slurp_file($ENV{TEMP_CONFIG});
plan skip_all => 'the server of this test cannot be given a copy of the extension'
	unless $settings =~ /^extension_(?:destdir|control_path) = '([^':]+)/m;
my ($stage) = $1 =~ m{^(.*?)(?:/usr/|$)};
$stage = $1 if $settings =~ /^extension_destdir = '([^']+)'/m;
my $copy = PostgreSQL::Test::Utils::tempdir_short() . '/stage';
PostgreSQL::Test::RecursiveCopy::copypath($stage, $copy);
$settings =~ s/\Q$stage\E/$copy/g;
my ($scripts) = map { s{/cx_analytics\.control$}{}r } split /\n/, `find "$copy" -name cx_analytics.control`;
ok(-d $scripts, 'the extension is staged');

my ($current) = slurp_file("$scripts/cx_analytics.control") =~ /^default_version = '(.*)'/m;
copy($_, $scripts) foreach glob("$root/test/upgrade/cx_analytics--*.sql");
my @older = sort map { /--([^-]+)\.sql$/ ? $1 : () } glob("$root/test/upgrade/cx_analytics--*.sql");
foreach my $script (glob("$root/sql/cx_analytics--*--*.sql"))
{
	my ($from) = $script =~ /cx_analytics--(.*)--/;
	ok(-f "$root/test/upgrade/cx_analytics--$from.sql", "the script of version $from, which " . basename($script) . ' updates, is kept');
}

my $node = new_server('main');
$node->append_conf('postgresql.conf', $settings);
$node->start;

my $databases = 0;

# A new database with a version of the extension.
sub installed
{
	my ($version) = @_;
	my $name = 'd' . ++$databases;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
	$node->safe_psql($name, "CREATE EXTENSION cx_analytics VERSION '$version'");
	return $name;
}

# The same by way of another version, in which there are data already.  Their fingerprint must not change.
sub updated
{
	my ($from, $to) = @_;
	my $name = installed($from);

	load_journeys($node, $name, 300);
	$node->safe_psql($name, 'CREATE INDEX store_journey ON store USING hash (journey)');
	my $before = fingerprint($node, $name);
	$node->safe_psql($name, "ALTER EXTENSION cx_analytics UPDATE TO '$to'");
	is(fingerprint($node, $name), $before, "update from $from to $to: the journeys are as they were");
	is($node->safe_psql($name, 'SET enable_seqscan = off; SELECT count(*) FROM store a WHERE EXISTS (SELECT FROM store b WHERE b.journey OPERATOR(cx.=) a.journey)'),
		'301', "update from $from to $to: they are found by index");
	return $name;
}

# The lines that two databases do not share, each with the database's role in front.
sub differences
{
	my ($fresh, $updated) = @_;
	my %count;

	$count{$_}++ foreach split /\n/, $node->safe_psql($fresh, $describe);
	$count{$_}-- foreach split /\n/, $node->safe_psql($updated, $describe);
	return join "\n", map { ($count{$_} > 0 ? 'only when fresh: ' : 'only when updated: ') . $_ } grep { $count{$_} } sort keys %count;
}

# the real versions
my $fresh = installed($current);
my $lines = split /\n/, $node->safe_psql($fresh, $describe);
cmp_ok($lines, '>', 400, "the description of $current has $lines lines");
is(differences($fresh, installed($current)), '', "$current is the same in another database");
is(differences($fresh, updated($_, $current)), '', "$current after an update from $_ is as installed afresh") foreach @older;
note('no older version has been released') unless @older;
is($node->safe_psql('postgres', "SELECT source, target FROM pg_extension_update_paths('cx_analytics') WHERE source <> target AND target <> '$current' AND path IS NOT NULL"),
	'', 'no update leads away from the current version');

# An invented next version, to show that the comparison sees what an upgrade script forgets.
my $next = "$current.next";
my $install = slurp_file("$scripts/cx_analytics--$current.sql");
my $comment = q{COMMENT ON FUNCTION cx.path_length(cx.journey) IS 'Number of labels in the path of a journey.';};
my $added = q{CREATE FUNCTION cx.path_length(journey cx.journey) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN cx.touch_count(journey);} . "\n";
my $view = q{CREATE VIEW cx.known AS SELECT 'journey'::text AS thing; COMMENT ON VIEW cx.known IS 'What is known.'; GRANT SELECT ON cx.known TO PUBLIC;
CREATE TABLE cx.setting (name text PRIMARY KEY, value text NOT NULL CHECK (value <> ''), shipped boolean DEFAULT false);
COMMENT ON TABLE cx.setting IS 'Settings.';
INSERT INTO cx.setting VALUES ('zone', 'UTC', true);
SELECT pg_catalog.pg_extension_config_dump('cx.setting', 'WHERE NOT shipped');
} . "\n";
my $cost = q{ALTER FUNCTION cx.touch_count(cx.journey) COST 2;} . "\n";

# Writes an install script of the version and a script that updates to it.
sub stage_version
{
	my ($version, $whole, $upgrade) = @_;

	append_to_file("$scripts/cx_analytics--$version.sql", $whole);
	append_to_file("$scripts/cx_analytics--$current--$version.sql", $upgrade);
	return;
}

stage_version("$next.right", "$install\n$added$comment$view$cost", $cost . $view . $added . $comment);
is(differences(installed("$next.right"), updated($current, "$next.right")), '', 'a right upgrade script: no difference');

# What a careless script may do, and what the comparison must then say.
my %careless = (
	comment => [ $added . $view . $cost, qr/^only when fresh: function cx\.path_length\(cx\.journey\) \| comment: Number of labels/m ],
	volatility => [ ($added =~ s/IMMUTABLE/STABLE/r) . $comment . $view . $cost, qr/^only when updated: function cx\.path_length\(cx\.journey\) \| definition: .* volatile s/ms ],
	cost => [ $added . $comment . $view, qr/^only when updated: function cx\.touch_count\(cx\.journey\) \| definition: .* cost 1,/ms ],
	function => [ $view . $cost, qr/^only when fresh: function cx\.path_length\(cx\.journey\) \| is a member/m ],
	leftover => [ $added . $comment . $view . $cost . 'CREATE FUNCTION cx.leftover() RETURNS int LANGUAGE sql RETURN 1;', qr/^only when updated: function cx\.leftover\(\) \| is a member/m ],
	privilege => [ $added . $comment . ($view =~ s/GRANT[^;]*;//r) . $cost, qr/view cx\.known \| definition: /m ],
	view => [ $added . $comment . ($view =~ s/'journey'/'touch'/r) . $cost, qr/view cx\.known \| rule/m ],
	constraint => [ $added . $comment . ($view =~ s/ CHECK \(value <> ''\)//r) . $cost, qr/^only when fresh: table cx\.setting \| constraint/m ],
	row => [ $added . $comment . ($view =~ s/^INSERT.*$//mr) . $cost, qr/^only when fresh: table cx\.setting \| row/m ],
	dump => [ $added . $comment . ($view =~ s/^SELECT pg_catalog.*$//mr) . $cost, qr/^only when fresh: extension \| dumps cx\.setting/m ],
	default => [ $added . $comment . ($view =~ s/DEFAULT false/DEFAULT true/r) . $cost, qr/column shipped: /m ],
	operator => [ $added . $comment . $view . $cost . 'ALTER OPERATOR FAMILY cx.journey_ops USING hash DROP FUNCTION 2 (cx.journey, cx.journey);',
		qr/^only when fresh: operator family cx\.journey_ops for access method hash \| function 2/m ]);
foreach my $mistake (sort keys %careless)
{
	my ($upgrade, $expected) = @{ $careless{$mistake} };

	stage_version("$next.$mistake", "$install\n$added$comment$view$cost", $upgrade);
	$node->safe_psql('postgres', "CREATE DATABASE careless_$mistake TEMPLATE template0");
	$node->safe_psql("careless_$mistake", "CREATE EXTENSION cx_analytics VERSION '$current'; ALTER EXTENSION cx_analytics UPDATE TO '$next.$mistake'");
	like(differences(installed("$next.$mistake"), "careless_$mistake"), $expected, "a careless upgrade script is found out: $mistake");
}

$node->stop;
done_testing();
