-- Comparing journeys: operators, order, hash, indexes, joins, partitions.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup

-- Journeys close to each other: beginnings, one field changed, fields absent.
CREATE TABLE compare_samples AS
SELECT row_number() OVER () AS n, j FROM (
	SELECT cx.head(a.j, k) AS j FROM (SELECT cx.journey_agg('2026-01-01Z'::timestamptz + i / 2 * '1 hour'::interval, 'a' || i % 2) AS j FROM generate_series(1, 5) i) AS a, generate_series(0, 5) k
	UNION ALL SELECT cx.journey_agg('2026-01-01Z'::timestamptz + (h % 3) * '1 hour'::interval, (ARRAY['a', 'b', 'a.b', 'ä', 'B'])[1 + h / 3 % 5], (ARRAY['web', 'w', NULL])[1 + h / 15 % 3], (ARRAY['care', NULL])[1 + h / 45 % 2],
		(ARRAY[-1, 0, 2.5, NULL])[1 + h / 90 % 4], (ARRAY['0', '1 s', NULL])[1 + h / 360 % 3]::interval, (ARRAY[-9e18, 9e18, NULL])[1 + h / 1080 % 3]::int8, (ARRAY['{"a": 1}', '{"a": "1"}', NULL])[1 + h / 3240 % 3]::jsonb)
	FROM (SELECT g, hashint4(g * 10 + i) & 2147483647 AS h FROM generate_series(1, 180) g, generate_series(1, 1 + g % 4) i) AS s GROUP BY g
	UNION ALL SELECT cx.journey('{2026-01-01Z}', '{a}', ARRAY[c], ARRAY[t], ARRAY[v], ARRAY[l], ARRAY[r]) FROM (VALUES (NULL), ('a')) AS x1 (c), (VALUES (NULL), ('b')) AS x2 (t), (VALUES (NULL), (-1::float8), (1)) AS x3 (v), (VALUES (NULL), ('1 s'::interval)) AS x4 (l),
		(VALUES (NULL), (-5::int8), (5)) AS x5 (r)) AS s;
INSERT INTO compare_samples SELECT n + 1000, j FROM compare_samples WHERE n % 7 = 0;
CREATE TYPE pg_temp.touch_key AS (at timestamptz, touchpoint bytea, channel bytea, team bytea, attrs bytea, value float8, lasted float8, ref numeric);
-- The touches as SQL compares them; what is absent becomes less than anything.
CREATE FUNCTION pg_temp.key(j cx.journey) RETURNS pg_temp.touch_key[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(ROW(at, convert_to(touchpoint, 'UTF8'), convert_to(coalesce(channel, ''), 'UTF8'), convert_to(coalesce(team, ''), 'UTF8'), convert_to(coalesce(attrs::text, ''), 'UTF8'),
		coalesce(value, '-infinity'), coalesce(lasted_seconds, -1), coalesce(ref, -1e30))::pg_temp.touch_key ORDER BY step), '{}') FROM cx.touches(j)
$$;
CREATE TEMP TABLE keyed AS SELECT n, j, pg_temp.key(j) AS k FROM compare_samples;
SELECT count(*) AS pairs, count(*) FILTER (WHERE a.k = b.k AND a.n <> b.n) > 20 AS "some equal",
	bool_and((a.j = b.j) = (a.k = b.k)) AS "=", bool_and((a.j <> b.j) = (a.k <> b.k)) AS "<>", bool_and((a.j < b.j) = (a.k < b.k)) AS "<", bool_and((a.j <= b.j) = (a.k <= b.k)) AS "<=",
	bool_and((a.j > b.j) = (a.k > b.k)) AS ">", bool_and((a.j >= b.j) = (a.k >= b.k)) AS ">=", bool_and(sign(cx._journey_cmp(a.j, b.j)) = CASE WHEN a.k < b.k THEN -1 WHEN a.k > b.k THEN 1 ELSE 0 END) AS cmp,
	bool_and((cx._journey_hash(a.j) = cx._journey_hash(b.j)) = (a.k = b.k)) AS hash, bool_and((cx._journey_hash_extended(a.j, 42) = cx._journey_hash_extended(b.j, 42)) = (a.k = b.k)) AS extended
FROM keyed a, keyed b;
SELECT bool_and((cx._journey_hash_extended(j, 0) & 4294967295) = (cx._journey_hash(j)::bigint & 4294967295)) AS "low half with seed 0", count(DISTINCT cx._journey_hash_extended(j, 1)) = count(DISTINCT j) AS spread,
	bool_and(cx._journey_hash_extended(j, 1) <> cx._journey_hash_extended(j, 2) OR j = '[]') AS "by seed" FROM compare_samples;
SELECT '[]'::cx.journey = '[]' AS empty, NULL::cx.journey = '[]' AS "NULL", '[]'::cx.journey < NULL AS less, cx._journey_hash('[]') = cx._journey_hash('[]') AS hash;

-- Sorting, grouping and DISTINCT.
SELECT array_agg(k::text ORDER BY j) = array_agg(k::text ORDER BY k) AS sorted, array_agg(k::text ORDER BY j DESC) = array_agg(k::text ORDER BY k DESC) AS backwards, count(DISTINCT j) = count(DISTINCT k) AS "distinct" FROM keyed;
CREATE FUNCTION pg_temp.planned(query text, plan text, OUT planned text, OUT got text) LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	planned := '';
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		planned := planned || line || E'\n';
	END LOOP;
	planned := CASE WHEN planned ~ plan THEN 'as wanted' ELSE planned END;
	EXECUTE query INTO got;
END $$;
SELECT count(DISTINCT k) AS groups, sum(c * c) AS equal FROM (SELECT k, count(*) AS c FROM keyed GROUP BY k) AS s \gset
ANALYZE compare_samples;
SET enable_sort = off;
SELECT planned, got = :'groups' AS same FROM pg_temp.planned('SELECT count(*) FROM (SELECT j FROM compare_samples GROUP BY j) AS g', 'HashAggregate');
SELECT planned, got = :'equal' AS same FROM pg_temp.planned('SELECT count(*) FROM compare_samples a JOIN compare_samples b USING (j)', 'Hash Join');
SET enable_sort = on;
SET enable_hashagg = off;
SET enable_hashjoin = off;
SET enable_nestloop = off;
SELECT planned, got = :'groups' AS same FROM pg_temp.planned('SELECT count(*) FROM (SELECT j FROM compare_samples GROUP BY j) AS g', 'Group');
SELECT planned, got = :'equal' AS same FROM pg_temp.planned('SELECT count(*) FROM compare_samples a JOIN compare_samples b USING (j)', 'Merge Join');
RESET enable_hashagg;
RESET enable_hashjoin;
RESET enable_nestloop;

-- Indexes: btree for order and equality, hash for equality, unique, included.
CREATE INDEX compare_btree ON compare_samples (j);
CREATE INDEX compare_hash ON compare_samples USING hash (j);
SET enable_seqscan = off;
SET enable_sort = off;
SET enable_bitmapscan = off;
SELECT planned, got = (SELECT array_agg(j::text ORDER BY k)::text FROM keyed) AS same FROM pg_temp.planned('SELECT array_agg(j::text) FROM (SELECT j FROM compare_samples ORDER BY j) AS s', 'Index.*Scan using compare_btree');
SELECT planned, got = (SELECT count(*)::text FROM keyed a WHERE k >= (SELECT k FROM keyed WHERE n = 50) AND k < (SELECT k FROM keyed WHERE n = 120)) AS same
	FROM pg_temp.planned('SELECT count(*) FROM compare_samples WHERE j >= (SELECT j FROM keyed WHERE n = 50) AND j < (SELECT j FROM keyed WHERE n = 120)', 'Index.*Scan using compare_btree');
DROP INDEX compare_btree;
SELECT planned, got = (SELECT count(*)::text FROM keyed a WHERE k = (SELECT k FROM keyed WHERE n = 100)) AS same
	FROM pg_temp.planned('SELECT count(*) FROM compare_samples WHERE j = (SELECT j FROM keyed WHERE n = 100)', 'Index Scan using compare_hash');
RESET enable_seqscan;
RESET enable_sort;
RESET enable_bitmapscan;
SELECT pg_temp.outcome('CREATE UNIQUE INDEX ON compare_samples (j)') ~ '^23505: could not create unique index' AS "not unique";
CREATE TABLE compare_unique (j cx.journey PRIMARY KEY);
INSERT INTO compare_unique SELECT j FROM compare_samples ON CONFLICT DO NOTHING;
SELECT count(*) = :'groups' AS "unique" FROM compare_unique;
DROP TABLE compare_unique;

-- Partitions by hash and by range find each journey again.
CREATE TABLE compare_hashed (n int, j cx.journey) PARTITION BY HASH (j);
CREATE TABLE compare_hashed0 PARTITION OF compare_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE compare_hashed1 PARTITION OF compare_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE compare_hashed2 PARTITION OF compare_hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO compare_hashed SELECT n, j FROM compare_samples;
SELECT count(*) = (SELECT count(*) FROM compare_samples) AS "all", count(DISTINCT tableoid) AS parts,
	bool_and((SELECT count(*) FROM compare_hashed o WHERE o.j = h.j) = (SELECT count(*) FROM keyed o WHERE o.k = pg_temp.key(h.j))) AS found FROM compare_hashed h;
CREATE TABLE compare_ranged (n int, j cx.journey) PARTITION BY RANGE (j);
CREATE TABLE compare_ranged0 PARTITION OF compare_ranged FOR VALUES FROM (MINVALUE) TO ('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}]');
CREATE TABLE compare_ranged1 PARTITION OF compare_ranged FOR VALUES FROM ('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}]') TO (MAXVALUE);
INSERT INTO compare_ranged SELECT n, j FROM compare_samples;
SELECT count(*) > 0 AS some, bool_and(j < '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}]'::cx.journey) AS below FROM compare_ranged0;
DROP TABLE compare_hashed, compare_ranged, compare_samples;

-- The operator classes hold what their access methods ask for.
SELECT amname, opcname, opcdefault, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod WHERE opcintype = 'cx.journey'::regtype ORDER BY 1;
SELECT oprname, oprcanmerge, oprcanhash, oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin FROM pg_operator WHERE oprleft = 'cx.journey'::regtype AND oprresult = 'boolean'::regtype ORDER BY oprname COLLATE "C";
