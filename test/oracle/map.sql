--
-- Journey maps against window queries over the touches: every edge and node, whole and by period, through every kind
-- of plan, merged in other orders, and large enough for the dense part of a growing map.
--
\ir lib/begin.sql

-- Sums of whole values are exact, so that maps can be compared byte by byte; those of group 0 are not.
CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed + 300, 1000 * :scale);
UPDATE profile SET values = CASE WHEN id % 5 = 0 THEN 'cents' WHEN id % 7 = 0 THEN 'zero' ELSE 'whole' END;
CALL oracle.make('profile');
CREATE TABLE kind (by text);
INSERT INTO kind VALUES ('touchpoint'), ('channel'), ('team'), ('b'), ('case'), ('reason'), ('x'), (''), ('nothing');

-- What plain SQL sees: the touches that have the label, each with the one before.
CREATE TABLE step AS
SELECT by, id::bigint, id::bigint % 5 AS part, step, at, value, label COLLATE "C" AS label, lag(label) OVER steps COLLATE "C" AS source,
	oracle.microseconds(at) - lag(oracle.microseconds(at)) OVER steps AS gap, lead(label) OVER steps IS NULL AS is_last
FROM oracle.numbered('SELECT * FROM touch') t, kind,
	LATERAL (SELECT CASE by WHEN 'touchpoint' THEN touchpoint WHEN 'channel' THEN channel WHEN 'team' THEN team
		ELSE nullif(CASE jsonb_typeof(attrs::jsonb -> by) WHEN 'number' THEN trim_scale((attrs::jsonb ->> by)::numeric)::text ELSE attrs::jsonb ->> by END, '') END) l (label)
WHERE label IS NOT NULL
WINDOW steps AS (PARTITION BY by, id ORDER BY step);
-- the days in which most touches lie, each a period, and what is before and after
CREATE TABLE period AS
SELECT n AS period, CASE WHEN n > 0 THEN oracle.moment(9498 + n, 0) END AS starts_at, CASE WHEN n < 9 THEN oracle.moment(9499 + n, 0) END AS ends_at
FROM generate_series(0, 9) n;
ANALYZE step, period;

-- Of a table of steps with a column "part": the edges and nodes of each part's map.
CREATE FUNCTION pg_temp.true_edges(steps text) RETURNS TABLE (part bigint, by text, source text, target text, count bigint, journeys bigint, mean float8, median float8, p90 float8)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT part::bigint, by, source::text, label::text, count(*), count(DISTINCT id), (sum(gap) / count(*) / 1000000)::float8,
			percentile_cont(0.5) WITHIN GROUP (ORDER BY (gap / 1000000)::float8), percentile_cont(0.9) WITHIN GROUP (ORDER BY (gap / 1000000)::float8)
		FROM %s WHERE source IS NOT NULL GROUP BY 1, 2, 3, 4', steps);
END $$;
CREATE FUNCTION pg_temp.true_nodes(steps text) RETURNS TABLE (part bigint, by text, node text, count bigint, journeys bigint, starts bigint, ends bigint, self_loops bigint, value float8)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT part::bigint, by, label::text, count(*), count(DISTINCT id), count(*) FILTER (WHERE source IS NULL), count(*) FILTER (WHERE is_last),
			count(*) FILTER (WHERE source = label), sum(value::numeric)::float8
		FROM %s GROUP BY 1, 2, 3', steps);
END $$;

-- Compares a table of maps (part, by, map) with steps: counts exactly, means up to rounding, quantiles within 1 percent.
CREATE PROCEDURE pg_temp.check_maps(what text, maps text, steps text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TEMP TABLE true_edge AS SELECT * FROM pg_temp.true_edges(%L)', steps);
	EXECUTE format('CREATE TEMP TABLE true_node AS SELECT * FROM pg_temp.true_nodes(%L)', steps);
	EXECUTE format('CREATE TEMP TABLE got_edge AS SELECT part::bigint, by, e.* FROM %s m, cx.edges(m.map, true) e', maps);
	EXECUTE format('CREATE TEMP TABLE got_node AS SELECT part::bigint, by, n.* FROM %s m, cx.nodes(m.map) n', maps);
	ANALYZE true_edge, true_node, got_edge, got_node;
	CALL oracle.check_rows(what || ': edges', 'SELECT part, by, source, target, count, journeys FROM got_edge WHERE mean_seconds IS NOT NULL',
		'SELECT part, by, source, target, count, journeys FROM true_edge');
	CALL oracle.check_rows(what || ': times', 'SELECT part, by, source, target, abs(mean_seconds - mean) <= 4e-16 * mean, abs(median_seconds - median) <= 0.01 * median, abs(p90_seconds - p90) <= 0.01 * p90
		FROM got_edge JOIN true_edge USING (part, by, source, target)',
		'SELECT part, by, source, target, true, true, true FROM got_edge WHERE mean_seconds IS NOT NULL');
	CALL oracle.check_rows(what || ': nodes', 'SELECT part, by, node, count, journeys, starts, ends, self_loops FROM got_node WHERE count > 0',
		'SELECT part, by, node, count, journeys, starts, ends, self_loops FROM true_node');
	CALL oracle.check_rows(what || ': values', 'SELECT part, by, node, n.value IS NOT DISTINCT FROM t.value OR abs(n.value - t.value) <= 1e-15 * greatest(abs(t.value), 1)
		FROM true_node t JOIN got_node n USING (part, by, node)',
		'SELECT part, by, node, true FROM true_node');
	CALL oracle.check_rows(what || ': nodes of no touch are sources', 'SELECT part, by, node, journeys, starts, ends, self_loops, value FROM got_node WHERE count = 0',
		'SELECT DISTINCT part, by, source, 0, 0, 0, 0, NULL::float8 FROM true_edge e WHERE (part, by, source) NOT IN (SELECT part, by, node FROM true_node)');
	CALL oracle.check_rows(what || ': virtual edges', 'SELECT part, by, source, target, count, journeys, median_seconds, p90_seconds FROM got_edge WHERE mean_seconds IS NULL',
		'SELECT part, by, ''(start)'', node, starts, starts, NULL::float8, NULL::float8 FROM true_node WHERE starts > 0 UNION ALL SELECT part, by, node, ''(end)'', ends, ends, NULL, NULL FROM true_node WHERE ends > 0');
	CALL oracle.check_rows(what || ': journeys', format('SELECT part::bigint, by, cx.journeys(map) FROM %s WHERE cx.journeys(map) > 0', maps),
		format('SELECT part::bigint, by, count(DISTINCT id) FROM %s GROUP BY 1, 2', steps));
	DROP TABLE true_edge, true_node, got_edge, got_node;
END $$;

CREATE TABLE map AS SELECT id % 5 AS part, by, cx.map_agg(journey, by) AS map FROM journey, kind GROUP BY 1, 2;
CALL pg_temp.check_maps('maps', 'map', 'step');
CALL oracle.check_rows('touchpoint is the default', 'SELECT id % 5, cx.map_agg(journey)::text FROM journey GROUP BY 1', 'SELECT part, map::text FROM map WHERE by = ''touchpoint''');
CALL oracle.check_rows('no bounds', 'SELECT id % 5, by, cx.map_agg(journey, by, NULL, ''infinity'')::text FROM journey, kind GROUP BY 1, 2', 'SELECT part, by, map::text FROM map');

-- periods: each map by itself, and all of them together the whole, but for the counts of journeys
CREATE TABLE daily AS SELECT period * 100 + id % 5 AS part, by, cx.map_agg(journey, by, starts_at, ends_at) AS map FROM journey, kind, period GROUP BY 1, 2;
CREATE TABLE daily_step AS SELECT by, id, period * 100 + part AS part, value, label, source, gap, is_last
FROM step JOIN period ON (starts_at IS NULL OR at >= starts_at) AND (ends_at IS NULL OR at < ends_at);
CALL pg_temp.check_maps('maps of periods', 'daily', 'daily_step');
CREATE TABLE summed AS SELECT part % 100 AS part, by, cx.rollup(map ORDER BY hashint8extended(part, :seed)) AS map FROM daily GROUP BY 1, 2;
CALL oracle.check_rows('periods add up: edges', 'SELECT part, by, source, target, count, mean_seconds, median_seconds, p90_seconds FROM summed, cx.edges(map, true)',
	'SELECT part, by, source, target, count, mean_seconds, median_seconds, p90_seconds FROM map, cx.edges(map, true)');
CALL oracle.check_rows('periods add up: nodes', 'SELECT part, by, node, count, starts, ends, self_loops, CASE WHEN part <> 0 THEN value END FROM summed, cx.nodes(map)',
	'SELECT part, by, node, count, starts, ends, self_loops, CASE WHEN part <> 0 THEN value END FROM map, cx.nodes(map)');
CALL oracle.check_rows('a period by journey', 'SELECT id % 5, cx.map_agg(journey, ''team'', cx.started_at(journey), cx.started_at(journey) + interval ''1 day'')::text FROM journey WHERE id % 5 <> 0 AND cx.started_at(journey) < ''9999-01-01'' GROUP BY 1',
	'SELECT part % 5, cx.rollup(map)::text FROM (SELECT id AS part, cx.map_agg(journey, ''team'', cx.started_at(journey), cx.started_at(journey) + interval ''1 day'') AS map FROM journey WHERE id % 5 <> 0 AND cx.started_at(journey) < ''9999-01-01'' GROUP BY id) s GROUP BY 1');

-- merges: of single journeys, of parts of parts, in any order
DELETE FROM map WHERE part = 0;
CREATE TABLE single AS SELECT id, id % 5 AS part, by, cx.map_agg(journey, by) AS map FROM journey, kind WHERE id % 5 <> 0 GROUP BY id, by;
ANALYZE single;
CALL oracle.check_rows('merge of single journeys', 'SELECT part, by, cx.rollup(map)::text FROM single GROUP BY 1, 2', 'SELECT part, by, map::text FROM map');
CALL oracle.check_rows('merge of single journeys, another order', 'SELECT part, by, cx.rollup(map ORDER BY hashint8extended(id, 17))::text FROM single GROUP BY 1, 2', 'SELECT part, by, map::text FROM map');
CALL oracle.check_rows('merge of merges', 'SELECT part, by, cx.rollup(map ORDER BY k DESC)::text FROM (SELECT part, by, id % 13 AS k, cx.rollup(map) AS map FROM single GROUP BY 1, 2, 3) s GROUP BY 1, 2', 'SELECT part, by, map::text FROM map');

-- forms
CALL oracle.check_rows('text and jsonb read back', 'SELECT part, by, map::text::cx.journey_map OPERATOR(cx.=) map, map::jsonb::cx.journey_map OPERATOR(cx.=) map FROM (TABLE map UNION ALL TABLE daily) m', 'SELECT part, by, true, true FROM (TABLE map UNION ALL TABLE daily) m');
CREATE TABLE copied (LIKE map);
\set scratch `mktemp -d`
\setenv CX_SCRATCH :scratch
\copy map TO PROGRAM 'cat >"$CX_SCRATCH/binary"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/binary"' (FORMAT binary)
\! rm -r "$CX_SCRATCH"
CALL oracle.check_rows('COPY, binary', 'SELECT c.part, c.by, c.map OPERATOR(cx.=) m.map FROM copied c JOIN map m USING (part, by)', 'SELECT part, by, true FROM map');

-- comparison of groups: counts by journeys, Newcombe's interval by its formula
CREATE FUNCTION pg_temp.wilson(x float8, n float8, z float8, sign float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (2 * x + z * z + sign * z * sqrt(z * z + 4 * x * (1 - x / n))) / (2 * (n + z * z));
CALL oracle.check_rows('compared maps', 'SELECT a.by, source, target, a_count, b_count, a_total, b_total, a_share, b_share, difference::numeric(12, 9), low::numeric(12, 9), high::numeric(12, 9)
	FROM map a JOIN map b USING (by), cx.compare_maps(a.map, b.map, 0.9) WHERE a.part = 1 AND b.part = 2 AND a_total > 0 AND b_total > 0',
	'SELECT by, source, target, x, y, m, n, p, q, (p - q)::numeric(12, 9), (p - q - sqrt((p - pg_temp.wilson(x, m, z, -1)) ^ 2 + (pg_temp.wilson(y, n, z, 1) - q) ^ 2))::numeric(12, 9),
		(p - q + sqrt((pg_temp.wilson(x, m, z, 1) - p) ^ 2 + (q - pg_temp.wilson(y, n, z, -1)) ^ 2))::numeric(12, 9)
	FROM (SELECT by, source::text, label::text AS target, count(DISTINCT id) FILTER (WHERE part = 1) AS x, count(DISTINCT id) FILTER (WHERE part = 2) AS y FROM step WHERE source IS NOT NULL AND part IN (1, 2) GROUP BY 1, 2, 3) s
	JOIN (SELECT by, count(DISTINCT id) FILTER (WHERE part = 1) AS m, count(DISTINCT id) FILTER (WHERE part = 2) AS n FROM step GROUP BY by) t USING (by),
	LATERAL (SELECT x::float8 / m AS p, y::float8 / n AS q, 1.6448536269514722::float8 AS z) v');

-- plans: the same bytes
CREATE PROCEDURE pg_temp.check_plan(what text, query text, expected text, VARIADIC must text[] DEFAULT '{}') LANGUAGE plpgsql AS $$
DECLARE
	plan text;
	pattern text;
BEGIN
	EXECUTE format('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) CREATE TEMP TABLE planned AS %s', query) INTO plan;
	FOREACH pattern IN ARRAY must LOOP
		CALL oracle.check_rows(format('%s: %s in the plan', what, pattern), format('SELECT %L ~ %L', plan, pattern), 'SELECT true');
	END LOOP;
	CALL oracle.check_rows(what, 'SELECT part, by, map::text FROM planned', expected);
	DROP TABLE planned;
END $$;
CREATE TABLE spread AS SELECT id, id % 5 AS part, id % 3 AS third, by, journey FROM journey, kind WHERE id % 5 <> 0;
CREATE TABLE by_third (LIKE spread) PARTITION BY LIST (third);
SELECT format('CREATE TABLE by_third_%s PARTITION OF by_third FOR VALUES IN (%1$s)', i) FROM generate_series(0, 2) i
\gexec
INSERT INTO by_third TABLE spread;
ANALYZE spread, by_third;
\set build 'SELECT part, by, cx.map_agg(journey, by) AS map'
\set truth 'SELECT part, by, map::text FROM map'
SET max_parallel_workers_per_gather = 0;
SET enable_hashagg = off;
CALL pg_temp.check_plan('sorted', :'build' || ' FROM spread GROUP BY 1, 2', :'truth', '"Strategy": "Sorted"');
RESET enable_hashagg;
SET enable_sort = off;
CALL pg_temp.check_plan('hashed', :'build' || ' FROM spread GROUP BY 1, 2', :'truth', '"Strategy": "Hashed"');
SET work_mem = '64kB';
CALL pg_temp.check_plan('hashed, spilled', :'build' || ' FROM spread GROUP BY 1, 2', :'truth', '"HashAgg Batches": ([2-9]|[1-9][0-9])');
CALL pg_temp.check_plan('hashed, spilled, many groups', 'SELECT part, by, cx.rollup(map) AS map FROM (SELECT id, part, by, cx.map_agg(journey, by) AS map FROM spread GROUP BY 1, 2, 3) s GROUP BY 1, 2', :'truth', '"HashAgg Batches": ([2-9]|[1-9][0-9])');
RESET enable_sort;
RESET work_mem;
CALL pg_temp.check_plan('grouping sets', 'SELECT part, by, map FROM (SELECT part, third, by, cx.map_agg(journey, by) AS map FROM spread GROUP BY by, GROUPING SETS ((part), (third))) s WHERE third IS NULL', :'truth', '"(Grouping Sets|Hash Key|Group Keys|Hash Keys)"');
CALL pg_temp.check_plan('two aggregates, filtered', 'SELECT part, by, cx.rollup(map) AS map FROM (SELECT part, by, unnest(ARRAY[cx.map_agg(journey, by) FILTER (WHERE third = 1), cx.map_agg(journey, by) FILTER (WHERE third <> 1)]) AS map FROM spread GROUP BY 1, 2) s GROUP BY 1, 2', :'truth');
SET enable_partitionwise_aggregate = on;
CALL pg_temp.check_plan('partitionwise', :'build' || ' FROM by_third GROUP BY 1, 2', :'truth', '"Partial Mode": "Partial"', '"Partial Mode": "Finalize"');
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CALL pg_temp.check_plan('partitionwise and parallel', :'build' || ' FROM by_third GROUP BY 1, 2', :'truth', '"Workers Launched": [1-9]', '"Partial Mode": "Finalize"');
RESET enable_partitionwise_aggregate;
CALL pg_temp.check_plan('parallel', :'build' || ' FROM spread GROUP BY 1, 2', :'truth', '"Workers Launched": [1-9]', '"Partial Mode": "Partial"', '"Partial Mode": "Finalize"');
SET parallel_leader_participation = off;
CALL pg_temp.check_plan('parallel rollup, without the leader', 'SELECT part, by, cx.rollup(map) AS map FROM single GROUP BY 1, 2', :'truth', '"Workers Launched": [1-9]', '"Partial Mode": "Partial"');
RESET parallel_leader_participation;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE windowed AS SELECT row_number() OVER (ORDER BY id) AS n, journey FROM journey WHERE id % 5 = 1 AND cx.touch_count(journey) < 30 LIMIT 100;
CALL pg_temp.check_plan('window frame that grows', 'SELECT n AS part, ''touchpoint'' AS by, cx.map_agg(journey) OVER (ORDER BY n) AS map FROM windowed',
	'SELECT w.n, ''touchpoint'', (SELECT cx.map_agg(journey) FROM windowed o WHERE o.n <= w.n)::text FROM windowed w', '"WindowAgg"');
CALL pg_temp.check_plan('window frame that slides', 'SELECT n AS part, ''touchpoint'' AS by, cx.map_agg(journey) OVER (ORDER BY n ROWS BETWEEN 5 PRECEDING AND 2 FOLLOWING) AS map FROM windowed',
	'SELECT w.n, ''touchpoint'', (SELECT cx.map_agg(journey) FROM windowed o WHERE o.n BETWEEN w.n - 5 AND w.n + 2)::text FROM windowed w', '"WindowAgg"');

-- Large maps: more edges, times and powers of two than the dense part has room for, the same time more often than its
-- counters hold, and sums beyond 2^62 microseconds.
CREATE TABLE large_event AS
SELECT n / 200 AS id, n, oracle.dice(:seed, n, 'label', 70) AS label,
	sum((2 ^ (oracle.dice(:seed, n, 'power', 4600) / 100.0))::bigint) OVER (PARTITION BY n / 200 ORDER BY n) AS offset_us
FROM generate_series(0, 399999) n;
INSERT INTO large_event SELECT 10000 + n % 4, 1000000 + n, 0, n / 4 * 1000000 FROM generate_series(0::bigint, 299999) n;
INSERT INTO large_event SELECT 20000 + n / 2, 2000000 + n, 1, n % 2 * 9100000000000000000 FROM generate_series(0, 19) n;
CREATE TABLE large_step AS
SELECT 1 AS part, 'touchpoint' AS by, id, NULL::float8 AS value, ('node ' || label) COLLATE "C" AS label, ('node ' || lag(label) OVER steps) COLLATE "C" AS source,
	(offset_us - lag(offset_us) OVER steps)::numeric AS gap, lead(label) OVER steps IS NULL AS is_last
FROM large_event WINDOW steps AS (PARTITION BY id ORDER BY offset_us, ('node ' || label) COLLATE "C");
CREATE TABLE large_journey AS
SELECT id, cx.journey_agg(CASE WHEN id < 20000 THEN timestamptz '2000-01-01Z' + make_interval(secs => div(offset_us, 1000000)) + mod(offset_us, 1000000)::int * interval '1 microsecond'
	WHEN offset_us = 0 THEN timestamptz '4000-01-01Z BC' ELSE timestamptz '4000-01-01Z BC' + interval '9100000000000 seconds' END, 'node ' || label) AS journey
FROM large_event GROUP BY id;
ANALYZE large_step, large_journey;
CREATE TABLE large AS SELECT 1 AS part, 'touchpoint' AS by, cx.map_agg(journey ORDER BY id) AS map FROM large_journey;
CALL pg_temp.check_maps('large map', 'large', 'large_step');
CALL oracle.check_rows('large map: it is as large as it should be', 'SELECT (SELECT count(*) FROM cx.edges(map)) > 1024, (SELECT max(count) FROM cx.edges(map)) > 4 * 65536, map::text ~ ''"more"'', length(map::text) > 1000000 FROM large', 'SELECT true, true, true, true');
CALL oracle.check_rows('large map, other orders', 'SELECT k, cx.map_agg(journey ORDER BY hashint8extended(id, k))::text FROM large_journey, generate_series(1, 3) k GROUP BY k', 'SELECT k, map::text FROM large, generate_series(1, 3) k');
CALL oracle.check_rows('large map, merged', 'SELECT cx.rollup(map)::text FROM (SELECT cx.map_agg(journey) AS map FROM large_journey GROUP BY id % 7) s', 'SELECT map::text FROM large');
SET max_parallel_workers_per_gather = 2;
CALL pg_temp.check_plan('large map, parallel', 'SELECT 1 AS part, ''touchpoint'' AS by, cx.map_agg(journey) AS map FROM large_journey', 'SELECT part, by, map::text FROM large', '"Workers Launched": [1-9]', '"Partial Mode": "Finalize"');
SET parallel_leader_participation = off;
CALL pg_temp.check_plan('large map, parallel without the leader', 'SELECT 1 AS part, ''touchpoint'' AS by, cx.map_agg(journey) AS map FROM large_journey', 'SELECT part, by, map::text FROM large', '"Workers Launched": [1-9]');
SET max_parallel_workers_per_gather = 0;
CREATE TABLE large_daily AS SELECT cx.map_agg(journey, 'touchpoint', CASE WHEN n > 0 THEN oracle.moment(n * 100, 0) END, CASE WHEN n < 9 THEN oracle.moment((n + 1) * 100, 0) END) AS map FROM large_journey, generate_series(0, 9) n GROUP BY n;
CALL oracle.check_rows('large map, periods', 'SELECT source, target, count, mean_seconds, median_seconds, p90_seconds FROM cx.edges((SELECT cx.rollup(map) FROM large_daily), true)',
	'SELECT source, target, count, mean_seconds, median_seconds, p90_seconds FROM large, cx.edges(map, true)');
CALL oracle.check_rows('large map reads back', 'SELECT map::text::cx.journey_map OPERATOR(cx.=) map FROM large', 'SELECT true');

-- Wide maps: more labels than the dense part has nodes for and more edges than it has room for, labels of all lengths of
-- which many share first and last bytes, and sums beyond 2^62 microseconds of times that all have counters.
CREATE TABLE wide_event AS
SELECT n / 20 AS id, n, pow(oracle.dice(:seed, n, 'label', 1000) / 1000.0, 3) * 400 AS label,
	sum((2 ^ (oracle.dice(:seed, n, 'power', 4300) / 100.0))::bigint) OVER (PARTITION BY n / 20 ORDER BY n) AS offset_us
FROM generate_series(0, 119999) n;
INSERT INTO wide_event SELECT 10000 + n / 2, 1000000 + n, 1, n % 2 * 70000000000000000 FROM generate_series(0::bigint, 199) n;
CREATE TABLE wide_step AS
SELECT 1 AS part, 'touchpoint' AS by, id, NULL::float8 AS value, label, lag(label) OVER steps AS source, offset_us, (offset_us - lag(offset_us) OVER steps)::numeric AS gap, lead(label) OVER steps IS NULL AS is_last
FROM (SELECT id, offset_us, CASE k % 4 WHEN 0 THEN 'https://' || k || '/the same' WHEN 1 THEN left(k || 'abcdefgh', 1 + k % 8) || k / 4 WHEN 2 THEN 'first in' || repeat('-', k % 5) || k ELSE repeat('x', k % 200) || k END COLLATE "C" AS label
	FROM wide_event, floor(label) f, LATERAL (SELECT f::int) l (k)) s
WINDOW steps AS (PARTITION BY id ORDER BY offset_us, label);
CREATE TABLE wide_journey AS
SELECT id, cx.journey_agg(timestamptz '4000-01-01Z BC' + make_interval(secs => div(offset_us, 1000000)::float8) + mod(offset_us, 1000000)::int * interval '1 microsecond', label) AS journey
FROM wide_step GROUP BY id;
ANALYZE wide_step, wide_journey;
CREATE TABLE wide AS SELECT 1 AS part, 'touchpoint' AS by, cx.map_agg(journey ORDER BY id) AS map FROM wide_journey;
CALL pg_temp.check_maps('wide map', 'wide', 'wide_step');
CALL oracle.check_rows('wide map: it is as wide as it should be', 'SELECT (SELECT count(*) FROM cx.nodes(map)) > 300, (SELECT count(*) FROM cx.edges(map)) > 9000, (SELECT max(mean_seconds * count) FROM cx.edges(map, true)) > 2 ^ 62 / 1e6 FROM wide', 'SELECT true, true, true');
CALL oracle.check_rows('wide map, other orders', 'SELECT k, cx.map_agg(journey ORDER BY hashint8extended(id, k))::text FROM wide_journey, generate_series(1, 3) k GROUP BY k', 'SELECT k, map::text FROM wide, generate_series(1, 3) k');
CALL oracle.check_rows('wide map, merged', 'SELECT cx.rollup(map)::text FROM (SELECT cx.map_agg(journey) AS map FROM wide_journey GROUP BY id % 3) s', 'SELECT map::text FROM wide');

\ir lib/end.sql
