-- What the extension puts into a database: the list that is kept stable, and
-- what holds for every object of it.  A new object belongs into this list.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- Types of arrays and of rows became members in later servers; they come with what they are of.
CREATE TEMP VIEW members AS
SELECT classid, objid, i.type, i.identity FROM pg_depend d, pg_extension e, pg_identify_object(classid, objid, objsubid) i
WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e' AND extname = 'cx_analytics' AND NOT (i.type = 'type' AND (i.identity LIKE '%[]' OR objid IN (SELECT oid FROM pg_type WHERE typrelid <> 0)));
CREATE TEMP VIEW functions AS SELECT p.*, p.oid::regprocedure::text AS signature, proname LIKE '\_%' AS internal FROM pg_proc p JOIN members ON classid = 'pg_proc'::regclass AND objid = p.oid;
-- names without schema and in full
SET search_path = pg_catalog;
SELECT type, identity FROM pg_temp.members ORDER BY type COLLATE "C", identity COLLATE "C";
SELECT extversion = cx.version() AS "library and objects match", n.nspname, extrelocatable, extconfig::regclass[] FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'cx_analytics';

-- None of the following may list anything.
SELECT type, identity AS "in another schema" FROM pg_temp.members WHERE type NOT IN ('cast', 'schema') AND identity !~ '^cx\.' AND type NOT LIKE 'operator %';
SELECT type, identity AS "without comment" FROM pg_temp.members WHERE coalesce(length(obj_description(objid, classid::regclass::name)), 0) < 10;
SELECT signature AS "comment is not a sentence" FROM pg_temp.functions WHERE obj_description(oid, 'pg_proc') !~ '\.$' AND NOT internal;
SELECT signature AS "volatile or not parallel safe" FROM pg_temp.functions WHERE (provolatile = 'v' OR proparallel <> 's') AND prorettype <> 'trigger'::regtype AND proname NOT IN ('ownership_from_text', '_ownership_apply', '_refuse_ownership_text');
SELECT signature AS "security definer, leakproof or settings" FROM pg_temp.functions WHERE prosecdef OR proleakproof OR proconfig IS NOT NULL;
SELECT signature AS "not C, aggregate or SQL-standard" FROM pg_temp.functions JOIN pg_language l ON l.oid = prolang WHERE NOT (lanname = 'c' OR prokind = 'a' OR (lanname = 'sql' AND prosqlbody IS NOT NULL));
SELECT signature AS "C symbol without prefix" FROM pg_temp.functions JOIN pg_language l ON l.oid = prolang WHERE lanname = 'c' AND prosrc !~ '^cx_';
SELECT signature AS "arguments without names" FROM pg_temp.functions WHERE NOT internal AND pronargs > 0 AND (proargnames IS NULL OR '' = ANY (proargnames));
SELECT signature AS "returns other than base types and journeys" FROM pg_temp.functions JOIN pg_type t ON t.oid = prorettype WHERE NOT internal AND prokind <> 'a' AND proname NOT IN ('with_names', 'buying_model') AND t.typnamespace <> 'pg_catalog'::regnamespace AND prorettype <> 'cx.journey'::regtype;
SELECT signature AS "set without number of rows" FROM pg_temp.functions WHERE proretset AND prorows IN (0, 1000);
SELECT signature AS "execution not for all" FROM pg_temp.functions WHERE NOT has_function_privilege('public', oid, 'EXECUTE');
SELECT oprname AS "operator with a question mark" FROM pg_operator o JOIN pg_temp.members ON classid = 'pg_operator'::regclass AND objid = o.oid WHERE oprname ~ '[?]';
SELECT identity AS "invalid operator class" FROM pg_temp.members JOIN pg_opclass o ON classid = 'pg_opclass'::regclass AND objid = o.oid WHERE NOT amvalidate(o.oid);
SELECT a.aggfnoid::regprocedure AS "aggregate that is not parallel" FROM pg_aggregate a JOIN pg_temp.functions f ON f.oid = a.aggfnoid
WHERE aggtransfn::text !~ '_refuse_' AND (aggcombinefn = 0 OR (aggtranstype = 'internal'::regtype AND (aggserialfn = 0 OR aggdeserialfn = 0)) OR aggfinalextra OR aggfinalmodify <> 'r');
-- support functions, the parts of cx.ownership_from_text and what is for tests begin with an underscore; cx.has is @@ by name
CREATE TEMP VIEW support AS
SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze]::oid[]) AS oid FROM pg_type WHERE typnamespace = 'cx'::regnamespace
UNION SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn]::oid[]) FROM pg_aggregate JOIN pg_temp.functions f ON f.oid = aggfnoid
UNION SELECT unnest(ARRAY[oprcode, oprrest, oprjoin]::oid[]) FROM pg_operator WHERE oprnamespace = 'cx'::regnamespace UNION SELECT prosupport FROM pg_temp.functions UNION SELECT oid FROM pg_proc WHERE prorettype = 'trigger'::regtype UNION SELECT castfunc FROM pg_cast UNION SELECT amproc::oid FROM pg_amproc;
SELECT signature AS "misnamed" FROM pg_temp.functions WHERE internal <> (oid IN (SELECT oid FROM pg_temp.support)) AND proname NOT IN ('_bytes', 'has', 'cronbach_alpha', '_is_time_zone') AND proname !~ '^_(text|ownership)_|^_refuse_ownership';

-- Casts to and from journeys are explicit.
SELECT castsource::regtype, casttarget::regtype, castcontext FROM pg_cast WHERE 'cx.journey'::regtype IN (castsource, casttarget) ORDER BY castsource::regtype::text COLLATE "C";
-- What does not depend on its arguments alone, and what sees NULL.
SELECT signature AS stable FROM pg_temp.functions WHERE provolatile = 's' ORDER BY signature COLLATE "C";
SELECT signature AS "sees NULL" FROM pg_temp.functions WHERE NOT proisstrict AND prokind = 'f' AND NOT internal ORDER BY signature COLLATE "C";
SELECT typlen, typbyval, typalign, typstorage, typdelim, typcategory, typispreferred FROM pg_type WHERE oid = 'cx.journey'::regtype;
