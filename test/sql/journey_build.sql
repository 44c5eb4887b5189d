-- Building journeys: the aggregates in all their forms, arrays, and two into one.
-- What they give is compared with plain SQL over the rows.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup

-- 4,000 rows of 40 customers, rich in ties and duplicates, labels with quotes
-- and several bytes a character, and every field sometimes NULL.
CREATE TABLE build_rows AS
SELECT n % 40 AS customer, '2026-01-01Z'::timestamptz + h % 50 * (ARRAY['0', '1 microsecond', '1 second', '7 days'])[1 + n % 40 % 4]::interval AS at,
	(ARRAY['a', 'b', 'B', 'ä', 'a.b', 'ab', '"q"', 'back\slash', '漢字', ' '])[1 + h / 50 % 10] AS touchpoint,
	(ARRAY['web', 'Web', 'app', NULL])[1 + h / 500 % 4] AS channel, (ARRAY['care', 'ça', NULL])[1 + h / 2000 % 3] AS team,
	(ARRAY[0, 1.5, -1e300, 1e-300, 0.1, NULL])[1 + h / 6000 % 6]::float8 AS value, (h / 36000 % 4 - 1) * '0.5 s'::interval AS lasted,
	(ARRAY[1, -9e18, 9e18, NULL])[1 + h / 144000 % 4]::int8 AS ref,
	(ARRAY['{"k": "v"}', '{"k": "w", "n": 1.5}', '{}', NULL, NULL])[1 + h / 576000 % 5]::jsonb AS attrs
FROM (SELECT n, hashint4(n) & 2147483647 AS h FROM generate_series(1, 4000) n) AS s;
UPDATE build_rows SET lasted = NULL WHERE lasted < '0';
INSERT INTO build_rows SELECT * FROM build_rows WHERE customer % 3 = 0;
ANALYZE build_rows;

CREATE FUNCTION pg_temp.rows_of(journey cx.journey, OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text, OUT value float8,
	OUT lasted interval, OUT ref int8, OUT attrs jsonb) RETURNS SETOF record LANGUAGE sql AS $$
	SELECT at, touchpoint, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs FROM cx.touches(journey)
$$;

-- Each form gives back exactly the rows that went in, as a multiset.
CREATE TABLE built AS
SELECT customer, count(*) AS rows, cx.journey_agg(at, touchpoint) AS j2, cx.journey_agg(at, touchpoint, channel) AS j3, cx.journey_agg(at, touchpoint, channel, team) AS j4,
	cx.journey_agg(at, touchpoint, channel, team, value) AS j5, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS j8
FROM build_rows GROUP BY customer;
CREATE FUNCTION pg_temp.same_rows(ours text, theirs text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	result boolean;
BEGIN
	EXECUTE format('SELECT NOT EXISTS (%1$s EXCEPT ALL %2$s) AND NOT EXISTS (%2$s EXCEPT ALL %1$s)', '(' || ours || ')', '(' || theirs || ')') INTO result;
	RETURN result;
END $$;
SELECT fields, pg_temp.same_rows(format('SELECT customer, %s FROM built, pg_temp.rows_of(j%s)', fields, array_length(string_to_array(fields, ','), 1)),
	format('SELECT customer, %s FROM build_rows', fields)) AS same
FROM unnest(ARRAY['at, touchpoint', 'at, touchpoint, channel', 'at, touchpoint, channel, team', 'at, touchpoint, channel, team, value',
	'at, touchpoint, channel, team, value, lasted, ref, attrs']) AS fields;
-- ... in canonical order, numbered from 1, with the time since the touch before
SELECT bool_and(t.since_seconds IS NOT DISTINCT FROM o.since) AND count(*) = (SELECT count(*) FROM build_rows) AS ordered
FROM (SELECT customer, t.* FROM built, cx.touches(j8) t) AS t
JOIN (SELECT *, row_number() OVER w AS step, extract(epoch FROM at - lag(at) OVER w)::float8 AS since FROM build_rows
	WINDOW w AS (PARTITION BY customer ORDER BY at, touchpoint COLLATE "C", channel COLLATE "C" NULLS FIRST, team COLLATE "C" NULLS FIRST,
		attrs::text COLLATE "C" NULLS FIRST, value NULLS FIRST, lasted NULLS FIRST, ref NULLS FIRST)) AS o
ON t.customer = o.customer AND t.step = o.step AND (t.at, t.touchpoint) = (o.at, o.touchpoint) AND
	(t.channel, t.team, t.attrs, t.value, t.lasted_seconds, t.ref) IS NOT DISTINCT FROM (o.channel, o.team, o.attrs, o.value, extract(epoch FROM o.lasted)::float8, o.ref);
SELECT bool_and(cx.check(j2) IS NULL AND cx.check(j3) IS NULL AND cx.check(j4) IS NULL AND cx.check(j5) IS NULL AND cx.check(j8) IS NULL) AS sound,
	bool_and(cx.touch_count(j8) = rows) AS counted FROM built;

-- The same bytes from every plan and order of rows.
CREATE FUNCTION pg_temp.same_journeys(query text, plan text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	lines text; differ int; line text;
BEGIN
	lines := '';
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		lines := lines || line || E'\n';
	END LOOP;
	EXECUTE format('SELECT count(*) FROM built FULL JOIN (%s) AS q USING (customer) WHERE cx._bytes(q.j) IS DISTINCT FROM cx._bytes(built.j8)', query) INTO differ;
	RETURN CASE WHEN lines ~ plan THEN 'planned' ELSE lines END || ', ' || differ || ' differ';
END $$;
\set agg 'cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS j'
\set query 'SELECT customer, ' :agg ' FROM build_rows GROUP BY customer'
SET enable_hashagg = off;
SELECT pg_temp.same_journeys(:'query', 'GroupAggregate') AS sorted;
SET enable_hashagg = on;
SET enable_sort = off;
SELECT pg_temp.same_journeys(:'query', 'HashAggregate') AS hashed;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT pg_temp.same_journeys(:'query', 'HashAggregate') AS spilled;
RESET hash_mem_multiplier;
RESET work_mem;
RESET enable_sort;
\set backwards 'SELECT customer, ' :agg ' FROM (SELECT * FROM build_rows ORDER BY at DESC, touchpoint DESC OFFSET 0) AS r GROUP BY customer'
SELECT pg_temp.same_journeys(:'backwards', 'Aggregate') AS backwards;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET enable_sort = off;
SELECT pg_temp.same_journeys(:'query', 'Partial HashAggregate') AS parallel_hash;
RESET enable_sort;
SET parallel_leader_participation = off;
SET enable_hashagg = off;
SELECT pg_temp.same_journeys(:'query', 'Partial GroupAggregate') AS parallel_sort;
RESET enable_hashagg;
RESET parallel_leader_participation;
\set whole 'SELECT customer, j FROM (SELECT 1 AS customer, ' :agg ' FROM build_rows WHERE customer = 1) AS one'
SELECT j = (SELECT j8 FROM built WHERE customer = 1) AS plain_parallel FROM (:whole) AS w;
CREATE TABLE build_parts (LIKE build_rows) PARTITION BY HASH (customer);
CREATE TABLE build_part0 PARTITION OF build_parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE build_part1 PARTITION OF build_parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO build_parts SELECT * FROM build_rows;
ANALYZE build_parts;
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
\set query 'SELECT customer, ' :agg ' FROM build_parts GROUP BY customer'
SELECT pg_temp.same_journeys(:'query', 'Append.*Aggregate.*Aggregate') AS partitionwise;
RESET enable_partitionwise_aggregate;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
DROP TABLE build_parts;

-- Over journeys: parts in any cut and order make the same whole; NULL is skipped.
SELECT bool_and(cx._bytes(j) = cx._bytes(j8)) AS merged
FROM (SELECT customer, cx.journey_agg(part) AS j
	FROM (SELECT customer, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS part FROM build_rows GROUP BY customer, ref, touchpoint
		UNION ALL SELECT customer, NULL FROM built UNION ALL SELECT customer, '[]' FROM built) AS parts GROUP BY customer) AS m JOIN built USING (customer);
SELECT cx.journey_agg(j) AS "no rows" FROM (SELECT '[]'::cx.journey AS j WHERE false) AS s;
SELECT cx.journey_agg(NULL::cx.journey) AS "only NULL", cx.journey_agg('[]'::cx.journey) AS "only empty";

-- More labels than the aggregate shares between groups (65,536).
SELECT bool_and(cx.touch_count(j) = 35000 AND cx.check(j) IS NULL) AS sound, bool_and(cx.touchpoints(j) = wanted) AS same
FROM (SELECT n % 3, cx.journey_agg('2026-01-01Z'::timestamptz + n / 3 * '1 s'::interval, 'label ' || n) AS j,
	array_agg('label ' || n ORDER BY n) AS wanted FROM generate_series(0, 104999) n GROUP BY 1) AS s;

-- Windows, FILTER, DISTINCT and ORDER BY.
SELECT bool_and(window_count = least(n, 3)) AS frames FROM (SELECT n, cx.touch_count(cx.journey_agg('2026-01-01Z'::timestamptz, 'a' || n) OVER (ORDER BY n ROWS 2 PRECEDING)) AS window_count
	FROM generate_series(1, 10) n) AS s;
SELECT cx.journey_agg('2026-01-01Z'::timestamptz, 'a' || n) OVER (ORDER BY n) FROM generate_series(1, 2) n;
SELECT bool_and(cx.dedupe(j2) = d AND j2 = o) AS same FROM built JOIN
	(SELECT customer, cx.journey_agg(DISTINCT at, touchpoint) AS d, cx.journey_agg(at, touchpoint ORDER BY touchpoint DESC, at) AS o FROM build_rows GROUP BY customer) AS s USING (customer);
DROP TABLE build_rows;

-- NULL, empty and bad arguments.
SELECT cx.journey_agg(at, touchpoint, channel) AS "all NULL skipped" FROM (VALUES ('2026-01-01Z'::timestamptz, 'a', NULL), (NULL, NULL, NULL)) AS v (at, touchpoint, channel);
SELECT cx.journey_agg(NULL::timestamptz, NULL::text) AS "only NULL", cx.journey_agg(NULL::timestamptz, NULL, NULL, NULL, NULL, NULL, NULL, NULL) AS eight;
SELECT cx.journey_agg(now(), 'a') AS "no rows" WHERE false;
SELECT arguments, pg_temp.outcome(format('SELECT cx.journey_agg(%s)', arguments)) AS refused
FROM unnest(ARRAY['NULL::timestamptz, ''a''', '''2026-01-01Z''::timestamptz, NULL', 'NULL::timestamptz, NULL, ''web''', 'NULL::timestamptz, NULL, NULL, ''care''',
	'NULL::timestamptz, NULL, NULL, NULL, 0', 'NULL::timestamptz, NULL, NULL, NULL, NULL, ''1 s'', NULL, NULL', 'NULL::timestamptz, NULL, NULL, NULL, NULL, NULL, 1, NULL', 'NULL::timestamptz, NULL, NULL, NULL, NULL, NULL, NULL, ''{}''',
	'''infinity''::timestamptz, ''a''', '''-infinity''::timestamptz, ''a''', '''2026-01-01Z''::timestamptz, ''''', '''2026-01-01Z''::timestamptz, repeat(''é'', 128)',
	'''2026-01-01Z''::timestamptz, ''a'', ''''', '''2026-01-01Z''::timestamptz, ''a'', ''b'', repeat(''x'', 256)',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, ''NaN''', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, ''-Infinity''',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, ''-1 ms'', NULL, NULL', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, ''-1 us'', NULL, NULL',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, ''1 month'', NULL, NULL', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, ''2000000000 days'', NULL, NULL',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''[]''', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''"x"''', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''null''',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''{"a": null}''', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''{"a": {"b": 1}}''',
	'''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, ''{"a": [1]}''', '''2026-01-01Z''::timestamptz, ''a'', NULL, NULL, NULL, NULL, NULL, jsonb_build_object(''a'', repeat(''x'', 65527))']) AS arguments;

-- timestamp without time zone is refused in each form; other shapes do not exist
SELECT arguments, pg_temp.outcome(format('SELECT cx.journey_agg(%s)', arguments)) AS refused
FROM unnest(ARRAY['localtimestamp, ''a''', 'localtimestamp, ''a'', ''b''', 'localtimestamp, ''a'', ''b'', ''c''', 'localtimestamp, ''a'', ''b'', ''c'', 1',
	'localtimestamp, ''a'', ''b'', ''c'', 1, ''1 s'', 1, ''{}''']) AS arguments;
SELECT left(pg_temp.outcome('SELECT cx.journey_agg(NULL::timestamp, NULL::text)'), 5) AS "also NULL";
SELECT cx.touch_count(cx.journey_agg('2026-01-01Z', 'a')) AS "literals are times with zone", cx.journey_agg('2026-01-01Z', 'a', NULL, NULL, 2, '1.0004 s', 3, '{"n": 1.0}');
SELECT cx.journey_agg('2026-01-01Z', 'a', NULL, NULL, -0.0::float8, '0.0005 s', NULL, NULL) = '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "value": 0, "lasted": 0.001}]'::cx.journey AS canonical;

-- Arrays: element i of each is touch i, in any order.
SELECT cx.journey(ARRAY['2026-01-02Z', '2026-01-01Z']::timestamptz[], ARRAY['b', 'a'], NULL, ARRAY[NULL, 'care'], ARRAY[-0.0, NULL]::float8[],
	ARRAY['1 day 00:00:00.0005', NULL]::interval[], ARRAY[1, NULL]::int8[], ARRAY[NULL, '{"b": 1.0, "a": true}']::jsonb[]);
SELECT cx.journey(ARRAY['2026-01-02Z']::timestamptz[], ARRAY['b'], refs => ARRAY[5]) AS named, cx.journey('{}', '{}') AS empty, cx.journey(NULL, ARRAY['a']) AS "no times", cx.journey('{}', NULL) AS "no touchpoints",
	cx.journey(NULL, NULL, '{}') AS nothing, cx.journey('[5:5]={2026-01-02Z}', '{b}') = cx.journey('{2026-01-02Z}', '{b}') AS "lower bounds";
SELECT bool_and(j8 = (SELECT cx.journey(array_agg(at), array_agg(touchpoint), array_agg(channel), array_agg(team), array_agg(value), array_agg(lasted), array_agg(ref), array_agg(attrs))
	FROM pg_temp.rows_of(j8))) AS same FROM built;
SELECT arguments, pg_temp.outcome(format('SELECT cx.journey(%s)', arguments)) AS refused
FROM unnest(ARRAY['''{2026-01-01Z}'', ''{}''', '''{2026-01-01Z}'', ''{a}'', ''{a,b}''', '''{2026-01-01Z}'', ''{a}'', teams => ''{}''', '''{2026-01-01Z}'', ''{a}'', amounts => ''{}''',
	'''{2026-01-01Z}'', ''{a}'', lasted => ''{}''', '''{2026-01-01Z}'', ''{a}'', refs => ''{}''', '''{2026-01-01Z}'', ''{a}'', attrs => ''{}''', '''{{2026-01-01Z}}'', ''{{a}}''', '''{2026-01-01Z}'', ''{a}'', refs => ''{{1}}''',
	'''{2026-01-01Z,NULL}'', ''{a,b}''', '''{2026-01-01Z,2026-01-01Z}'', ''{a,NULL}''', '''{infinity}'', ''{a}''', '''{-infinity}'', ''{a}''', '''{2026-01-01Z}'', ''{""}''', '''{2026-01-01Z}'', ARRAY[repeat(''x'', 256)]',
	'''{2026-01-01Z}'', ''{a}'', ''{""}''', '''{2026-01-01Z}'', ''{a}'', teams => ''{""}''', '''{2026-01-01Z}'', ''{a}'', amounts => ''{NaN}''', '''{2026-01-01Z,2026-01-01Z}'', ''{a,b}'', amounts => ''{1,Infinity}''',
	'''{2026-01-01Z}'', ''{a}'', lasted => ''{-1 us}''', '''{2026-01-01Z}'', ''{a}'', lasted => ''{1 year}''', '''{2026-01-01Z}'', ''{a}'', lasted => ''{2000000000 days}''',
	'''{2026-01-01Z}'', ''{a}'', attrs => ARRAY[''[]''::jsonb]', '''{2026-01-01Z}'', ''{a}'', attrs => ARRAY[''{"x": null}''::jsonb]']) AS arguments;

-- Two into one: ||, -, merge and without do what UNION ALL, EXCEPT ALL and the
-- rules of ref say.  Pairs share touches, refs and labels.
CREATE TABLE pairs AS
SELECT a.customer, a.j8 || coalesce(c.j8, '[]') AS a, b.j8 || coalesce(c.j8, '[]') || cx.head(coalesce(c.j8, '[]'), 10) AS b
FROM built a JOIN built b ON b.customer = a.customer + 4 LEFT JOIN built c ON c.customer = a.customer + 8;
INSERT INTO pairs VALUES (-1, '[]', '[]'), (-2, '[]', (SELECT j8 FROM built WHERE customer = 2)), (-3, (SELECT j8 FROM built WHERE customer = 3), '[]');
SELECT pg_temp.same_rows('SELECT customer, r.* FROM pairs, pg_temp.rows_of(a || b) r', 'SELECT customer, r.* FROM pairs, pg_temp.rows_of(a) r UNION ALL SELECT customer, r.* FROM pairs, pg_temp.rows_of(b) r') AS "union",
	pg_temp.same_rows('SELECT customer, r.* FROM pairs, pg_temp.rows_of(a - b) r', 'SELECT customer, r.* FROM pairs, pg_temp.rows_of(a) r EXCEPT ALL SELECT customer, r.* FROM pairs, pg_temp.rows_of(b) r') AS difference,
	pg_temp.same_rows('SELECT customer, r.* FROM pairs, pg_temp.rows_of(cx.merge(a, b)) r', 'SELECT customer, r.* FROM pairs, pg_temp.rows_of(b) r UNION ALL SELECT customer, r.* FROM pairs, pg_temp.rows_of(a) r
		WHERE ref IS NULL OR ref NOT IN (SELECT ref FROM pg_temp.rows_of(b) n WHERE ref IS NOT NULL)') AS merge,
	pg_temp.same_rows('SELECT customer, r.* FROM pairs, pg_temp.rows_of(cx.without(a, ''{1,NULL,77,-9000000000000000000,1}'')) r', 'SELECT customer, r.* FROM pairs, pg_temp.rows_of(a) r WHERE ref IS NULL OR ref NOT IN (1, -9000000000000000000)') AS without;
SELECT bool_and(cx.check(a || b) IS NULL AND cx.check(a - b) IS NULL AND cx.check(cx.merge(a, b)) IS NULL AND cx.check(cx.without(a, '{1}')) IS NULL) AS sound,
	bool_and(a || b = b || a) AS commutative, bool_and((a || b) || a = a || (b || a)) AS associative, bool_and(a || '[]' = a AND '[]' || a = a) AS neutral,
	bool_and((a || b) - b = a AND a - a = '[]' AND a - '[]' = a AND '[]' - a = '[]') AS inverse, bool_and(cx.without(a, '{}') = a AND cx.without(a, '{NULL}') = a) AS none FROM pairs;
SELECT '[]'::cx.journey || NULL, NULL - '[]'::cx.journey, cx.merge('[]', NULL), cx.merge(NULL, '[]'), cx.without(NULL, '{1}'), cx.without('[]', NULL);
SELECT pg_temp.outcome($$SELECT cx.without('[]', '{{1},{2}}')$$) AS "two dimensions";
DROP TABLE built, pairs;
