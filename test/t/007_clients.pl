# Parameters that drivers bind: patterns, selectors and steps as text, varchar and values of no type, without casts.
# Each driver is asked where it is installed; NODE_PATH and CLASSPATH may tell where.
use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";
use CxTest;
use IPC::Run qw(run timeout);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# pgjdbc speaks TCP alone; nobody else is let in
my $node = new_server('main');
my $password = join '', map { sprintf '%x', rand 16 } 1 .. 32;
$node->append_conf('postgresql.conf', "listen_addresses = '127.0.0.1'\n");
unlink $node->data_dir . '/pg_hba.conf';
$node->append_conf('pg_hba.conf', "local all all trust\nhost work client 127.0.0.1/32 scram-sha-256\n");
$node->start;
create_database($node, 'work');
$node->safe_psql(
	'work', qq{
	CREATE ROLE client LOGIN PASSWORD '$password';
	ALTER ROLE client SET search_path = public, cx;
	CREATE TABLE store (id int PRIMARY KEY, journey cx.journey);
	INSERT INTO store VALUES
		(1, cx.journey('{2026-01-05 09:00Z, 2026-01-06 09:00Z, 2026-01-10 09:00Z}', '{complaint, call, cancel}')),
		(2, cx.journey('{2026-01-05 10:00Z, 2026-01-05 10:05Z, 2026-01-05 10:30Z, 2026-01-07 10:00Z}', '{site.product, site.cart, purchase, call}')),
		(3, cx.journey('{2026-01-05 09:00Z, 2026-01-06 09:00Z, 2026-01-15 09:00Z}', '{complaint, call, cancel}')),
		(4, cx.journey('{2026-01-05 11:00Z, 2026-01-05 13:30Z}', '{site.product, site.cart}')),
		(5, '[]');
	CREATE TABLE segment (name text, as_text text, as_varchar varchar(100), as_pattern cx.pattern);
	INSERT INTO segment SELECT 'lost', p, p, p FROM unnest('{complaint -> cancel}'::text[]) p;
	GRANT SELECT ON store, segment TO client;
});

# question, parameters (type and value), answer.  Drivers that cannot say a type send text and varchar like any other string.
my $has = 'SELECT id FROM store WHERE journey @@ $1 ORDER BY id';
my $lost = 'complaint -> call -[<= 7 days]-> cancel';
my @steps = ('array', 'site.product|site.cart|purchase', 'default', '1 hour');
my @cases = (
	(map { [ $has, [ $_, $lost ], '1' ] } 'default', 'text', 'varchar'),
	(map { [ "SELECT id FROM store WHERE journey @@ \$1::$_ ORDER BY id", [ 'default', 'purchase -> call' ], '2' ] } 'text', 'varchar', 'cx.pattern'),
	(map { [ 'SELECT id FROM store WHERE cx.has(journey, $1) ORDER BY id', [ $_, 'complaint -> call' ], '1,3' ] } 'default', 'text', 'varchar'),
	(map { [ "SELECT id FROM store JOIN segment ON journey @@ $_ WHERE name = \$1 ORDER BY id", [ 'default', 'lost' ], '1,3' ] } 'as_text', 'as_varchar', 'as_pattern'),
	(map { [ 'SELECT cx.count(journey, $1) FROM store ORDER BY id', [ $_, 'site.*' ], '0,2,0,2,0' ] } 'default', 'text', 'varchar'),
	[ 'SELECT cx.funnel(journey, $1, $2::interval) FROM store ORDER BY id', \@steps, '0,3,0,1,0' ],
	[ 'SELECT cx.funnel(journey, $1::text[], $2::interval) FROM store ORDER BY id', \@steps, '0,3,0,1,0' ],
	[ 'SELECT cx.touch_count($1::cx.journey)', [ 'default', '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "call"}]' ], '1' ],
	[ 'SELECT cx.head(journey, 1) FROM store WHERE id = $1::int', [ 'default', '1' ], '[{"at": "2026-01-05T09:00:00+00:00", "touchpoint": "complaint"}]' ],
	[ $has, [ 'null', '' ], '' ],
	[ $has, [ 'default', 'complaint ->' ], 'ERROR 22P02' ],
	# ? is a placeholder in JDBC: patterns may have it, operators must not
	[ $has, [ 'default', 'complaint? -> cancel' ], '1,3' ],
	[ q{SELECT id FROM store WHERE journey @@ 'complaint? -> cancel' AND journey @@ $1 ORDER BY id}, [ 'default', $lost ], '1' ],
	[ 'SELECT ((journey || journey) - journey = journey AND journey <= journey AND journey @@ $1)::text FROM store ORDER BY id', [ 'default', 'call' ], 'true,true,true,false,false' ],
	# often enough for drivers to prepare the statement and for the server to plan it for all parameters
	(map { [ $has, [ 'default', $_ % 2 ? 'cancel' : 'site.cart' ], $_ % 2 ? '1,3' : '2,4' ] } 1 .. 15));

# Asks through one driver; its placeholders are made by the function.
sub ask
{
	my ($driver, $placeholder, @command) = @_;
	my ($out, $err);
	my $in = '';

	foreach my $case (@cases)
	{
		my $sql = $case->[0] =~ s/(\$\d)/$placeholder->($1)/ger;
		$in .= join("\t", $sql, @{ $case->[1] }) . "\n";
	}
	local @ENV{qw(PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE)} = ('127.0.0.1', $node->port, 'client', $password, 'work');
	ok(run([ @command ], '<', \$in, '>', \$out, '2>', \$err, timeout(120)), "$driver: runs") or diag($err);
	my @answers = split /\n/, $out, -1;
	foreach my $i (0 .. $#cases)
	{
		my ($sql, $parameters, $expected) = @{ $cases[$i] };
		is($answers[$i], $expected, "$driver: $sql, " . join(' ', @$parameters));
	}
	return;
}

# Does a command succeed?
sub succeeds
{
	my @command = @_;
	my ($out, $err) = ('', '');

	return eval { run(\@command, '<', \undef, '>', \$out, '2>', \$err, timeout(60)) };
}

foreach my $module ('psycopg', 'psycopg2')
{
	# Debian's packages belong to Debian's Python, which need not be the first in the PATH.
	my ($python) = grep { succeeds($_, '-c', "import $module") } 'python3', '/usr/bin/python3';

  SKIP:
	{
		skip "$module is not installed (Debian: python3-$module)", 1 unless $python;
		ask($module, sub { '%s' }, $python, "$FindBin::RealBin/clients/ask_$module.py");
	}
}

SKIP:
{
	my ($jar) = grep { -r $_ } split(/:/, $ENV{CLASSPATH} // ''), '/usr/share/java/postgresql.jar';

	skip 'pgjdbc is not installed (Debian: libpostgresql-jdbc-java)', 1 unless $jar;
	skip 'a JDK to compile with is not installed (Debian: default-jdk-headless)', 1 unless succeeds('javac', '-version');
	ask('pgjdbc', sub { '?' }, 'java', '-cp', join(':', grep { $_ } $ENV{CLASSPATH}, $jar), "$FindBin::RealBin/clients/AskJdbc.java");
}

SKIP:
{
	local $ENV{NODE_PATH} = join ':', grep { $_ } $ENV{NODE_PATH}, '/usr/share/nodejs';

	skip 'node-postgres is not installed (Debian: node-pg; npm: pg, found through NODE_PATH)', 1 unless succeeds('node', '-e', "require('pg')");
	ask('node-postgres', sub { $_[0] }, 'node', "$FindBin::RealBin/clients/ask_node.js");
}

is( $node->safe_psql('work', q{SELECT string_agg(DISTINCT oprname, ' ' ORDER BY oprname) FROM pg_operator
		WHERE oprnamespace = 'cx'::regnamespace AND oprname LIKE '%?%'}), '', 'no operator has a question mark');
cmp_ok($node->safe_psql('work', q{SELECT count(*) FROM pg_operator WHERE oprnamespace = 'cx'::regnamespace}), '>', 0, 'of the operators that there are');

$node->stop;
done_testing();
