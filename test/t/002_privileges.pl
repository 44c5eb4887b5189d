# Who may create, use and drop the extension, and that nothing stays behind.
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
$node->safe_psql('postgres', q{
	CREATE ROLE landlord LOGIN;
	CREATE ROLE analyst LOGIN;
	CREATE ROLE guest LOGIN;
	CREATE DATABASE house OWNER landlord TEMPLATE template0;
	CREATE DATABASE other TEMPLATE template0;
});

sub as
{
	my ($role, $sql, $database) = @_;
	my ($status, $out, $err) = $node->psql($database // 'house', $sql, extra_params => [ '-U', $role ], on_error_stop => 1);

	return $status == 0 ? $out : $err;
}

# Everything that the catalogs of a database hold.
sub catalog
{
	return $node->safe_psql('house', q{
		SELECT 'database object: ' || classid::regclass || ' ' || pg_describe_object(classid, objid, objsubid) FROM (
			SELECT 'pg_proc'::regclass, oid, 0 FROM pg_proc UNION ALL SELECT 'pg_type'::regclass, oid, 0 FROM pg_type
			UNION ALL SELECT 'pg_class'::regclass, oid, 0 FROM pg_class UNION ALL SELECT 'pg_operator'::regclass, oid, 0 FROM pg_operator
			UNION ALL SELECT 'pg_opclass'::regclass, oid, 0 FROM pg_opclass UNION ALL SELECT 'pg_opfamily'::regclass, oid, 0 FROM pg_opfamily
			UNION ALL SELECT 'pg_cast'::regclass, oid, 0 FROM pg_cast UNION ALL SELECT 'pg_namespace'::regclass, oid, 0 FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'
			UNION ALL SELECT 'pg_extension'::regclass, oid, 0 FROM pg_extension) s (classid, objid, objsubid)
		UNION ALL SELECT 'comments: ' || count(*) FROM pg_description
		UNION ALL SELECT 'dependencies: ' || count(*) FROM pg_depend
		UNION ALL SELECT 'shared dependencies: ' || count(*) FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
		UNION ALL SELECT 'initial privileges: ' || count(*) FROM pg_init_privs
		ORDER BY 1});
}

my $before = catalog();

# create
like(as('guest', 'CREATE EXTENSION cx_analytics'), qr/permission denied/, 'a guest cannot create the extension');
like(as('landlord', 'CREATE EXTENSION cx_analytics', 'other'), qr/permission denied/, 'nor can the owner of another database');
is(as('landlord', 'CREATE EXTENSION cx_analytics'), '', 'the owner of the database can, without being superuser');
is(as('landlord', q{SELECT extowner::regrole, extnamespace::regnamespace FROM pg_extension WHERE extname = 'cx_analytics'}), 'landlord|cx', 'and owns it');
is($node->safe_psql('house', q{
		SELECT count(*) FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' WHERE prosecdef}),
	'0', 'no function runs with its owner\'s rights');

# use
is(as('analyst', q{SELECT cx.path(cx.journey_agg(at, touchpoint)) FROM (VALUES (timestamptz '2026-01-05 10:00Z', 'b'), ('2026-01-05 09:00Z', 'a')) v (at, touchpoint)}),
	'a > b', 'anybody can use the functions');
is(as('landlord', q{CREATE SCHEMA work; GRANT CREATE, USAGE ON SCHEMA work TO analyst; GRANT USAGE ON SCHEMA work TO guest}), '', 'a schema for the analyst');
is(as('analyst', q{
		CREATE TABLE work.store (id int, journey cx.journey);
		INSERT INTO work.store VALUES (1, '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "call", "channel": "voice"}]');
		CREATE INDEX ON work.store (journey);
		CREATE VIEW work.path AS SELECT id, cx.path(journey) FROM work.store;
		GRANT SELECT ON work.path TO guest;
		SELECT cx.touch_count(cx.merge(journey, journey OPERATOR(cx.||) journey)) FROM work.store}),
	'3', 'tables, indexes and views of journeys');
is(as('guest', 'SELECT path FROM work.path'), 'call', 'a view for a guest');
like(as('guest', 'SELECT * FROM work.store'), qr/permission denied for table store/, 'but not the table');
like(as('analyst', 'CREATE FUNCTION cx.path(int) RETURNS int LANGUAGE sql RETURN 1'), qr/permission denied for schema cx/,
	'nobody else creates objects in the schema');
like(as('analyst', 'DROP FUNCTION cx.path(cx.journey)'), qr/must be owner of function/, 'or drops single ones');
like(as('analyst', 'DROP EXTENSION cx_analytics CASCADE'), qr/must be owner of extension/, 'or the extension');
like(as('landlord', 'DROP FUNCTION cx.path(cx.journey)'), qr/must be owner of function|because extension cx_analytics requires it/, 'nor does its owner drop parts of it');
like(as('landlord', 'ALTER EXTENSION cx_analytics SET SCHEMA public'), qr/does not support SET SCHEMA/, 'it stays in its schema');

# drop
like(as('landlord', 'DROP EXTENSION cx_analytics'), qr/cannot drop extension cx_analytics because other objects depend on it/, 'data are not dropped by accident');
is(as('analyst', 'DROP TABLE work.store CASCADE'), '', 'drop what depends on it');
is(as('landlord', 'DROP SCHEMA work'), '', 'and its schema');
is(as('landlord', 'DROP EXTENSION cx_analytics'), '', 'the owner drops the extension');
# PostgreSQL leaves the schema that CREATE EXTENSION made, because other things might be in it by now.
is(as('landlord', 'SELECT nspowner::regrole FROM pg_namespace WHERE nspname = \'cx\''), 'landlord', 'the schema stays and is his');
is(as('landlord', 'DROP SCHEMA cx RESTRICT'), '', 'it is empty');
is(catalog(), $before, 'then the catalogs are as before');
is(as('landlord', 'CREATE EXTENSION cx_analytics'), '', 'the extension can be created again');

# an existing schema of somebody else does not become a trap
$node->safe_psql('other', 'CREATE SCHEMA cx; CREATE FUNCTION cx.journey_count() RETURNS int LANGUAGE sql RETURN 1');
is($node->safe_psql('other', 'CREATE EXTENSION cx_analytics; DROP EXTENSION cx_analytics; SELECT cx.journey_count()'), '1', 'what was in a schema cx before stays');

$node->stop;
done_testing();
