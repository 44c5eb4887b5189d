# What the whole-server tests share: a server that sees the staged extension, and journeys to fill it with.
package CxTest;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

use Exporter 'import';
our @EXPORT = qw(new_server create_database load_journeys fingerprint $root);

# the top of the sources
our $root = abs_path(dirname(__FILE__) . '/../../..');

# A server that is initialised but not started.  TEMP_CONFIG, which says where the extension is staged, is read by init.
sub new_server
{
	my ($name, %init) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(extra => [ '-E', 'UTF8', '--locale=C' ], %init);
	$node->append_conf('postgresql.conf', "timezone = 'UTC'\nfsync = off\nmax_wal_size = '2GB'\n");
	return $node;
}

sub create_database
{
	my ($node, $name, $options) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 " . ($options // ''));
	$node->safe_psql($name, 'CREATE EXTENSION cx_analytics');
	return;
}

# Makes the table store (id, journey): seeded random journeys of all kinds, the empty one among them.
sub load_journeys
{
	my ($node, $database, $count) = @_;

	$node->safe_psql(
		$database, qq{
		SET client_min_messages = warning;
		CREATE SCHEMA oracle;
		\\i $root/test/oracle/lib/generate.sql
		CREATE TABLE store (id bigint PRIMARY KEY, journey cx.journey);
		INSERT INTO store
		SELECT p.id, coalesce((SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FROM oracle.rows(p)), '[]')
		FROM oracle.profiles(7, $count) p;
		INSERT INTO store VALUES (0, NULL);
		-- long enough to be stored out of line
		INSERT INTO store
		SELECT -1, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs)
		FROM oracle.rows((-1, 7, 20000, 500, 0, 63, 21, 10, 'all', 'mixed', 'mixed', 'mixed')::oracle.profile);
		DROP SCHEMA oracle CASCADE;
	});
	return;
}

# The number of journeys of a table, and what their stored bytes and their binary form come to.
sub fingerprint
{
	my ($node, $database, $table) = @_;

	$table //= 'public.store';
	return $node->safe_psql(
		$database, qq{
		SELECT count(journey), md5(string_agg(coalesce(md5(cx._bytes(journey)), 'null'), '' ORDER BY id)),
			md5(string_agg(coalesce(md5(cx._journey_send(journey)), 'null'), '' ORDER BY id)),
			count(*) FILTER (WHERE cx.check(journey) IS NOT NULL)
		FROM $table});
}

1;
