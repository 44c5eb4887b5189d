--
-- cx.funnel_agg and cx.funnel_steps against plain SQL over cx.funnel and cx.funnel_times, in all modes and combinations of
-- modes; merges, plans and forms against one pass over all journeys; intervals and quantiles against published numbers.
--
\ir lib/begin.sql
SELECT (320 * :scale)::int AS questions, (60 * :scale)::int AS journeys \gset

-- ---------------------------------------------------------------------------------------------------------------------
-- Questions and journeys: few labels, few instants
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE question AS
SELECT id,
	(ARRAY['{a,b,c}', '{a,b,c,d}', '{a,b}', '{a}', '{b,c,d,e}'])[1 + oracle.dice(:seed, id, 'steps', 5)]::text[] AS steps,
	(ARRAY[NULL, '0', '1 hour', '2 hours', '3 hours', '90 minutes', '1 day', '1 month'])[1 + oracle.dice(:seed, id, 'within', 8)]::interval AS within,
	ARRAY(SELECT name FROM unnest('{strict_increase,once,strict_order,strict_deduplication,first}'::text[]) WITH ORDINALITY AS m (name, n)
		WHERE id >> (n - 1)::int & 1 = 1) AS mode,
	CASE WHEN oracle.dice(:seed, id, 'as_of', 4) > 0 THEN timestamptz '2026-01-05 09:00+00' + oracle.dice(:seed, id, 'until', 14) * interval '30 minutes' END AS as_of
FROM generate_series(1, :questions) id;

CREATE TABLE asked AS
SELECT q.id, n, coalesce(cx.journey_agg(timestamptz '2026-01-05 09:00+00' + CASE oracle.dice(:seed, id, 'unit', 3)
		WHEN 0 THEN oracle.dice(:seed, id * 10000 + n * 100 + i, 'at', 7) * interval '1 hour'
		WHEN 1 THEN oracle.dice(:seed, id * 10000 + n * 100 + i, 'at', 25000) * interval '1 second'
		ELSE oracle.dice(:seed, id * 10000 + n * 100 + i, 'at', 30) * interval '10 microseconds' END,
	chr(97 + oracle.dice(:seed, id * 10000 + n * 100 + i, 'label', 6)::int)) FILTER (WHERE i > 0), '[]') AS journey
FROM question q, generate_series(1, :journeys) n, LATERAL generate_series(0, oracle.dice(:seed, id * 1000 + n, 'count', 13)) i
GROUP BY q.id, n;
ANALYZE question, asked;

-- ---------------------------------------------------------------------------------------------------------------------
-- What plain SQL says
-- ---------------------------------------------------------------------------------------------------------------------

-- A journey is pending if touches after as_of could make it reach more: the steps from 2 on, one after the other or all at
-- once, or the next one alone, soon enough for any window that is open.  No chain can begin with them.
CREATE TABLE answer AS
SELECT id, n, steps, reached, times, as_of IS NOT NULL AND reached BETWEEN 1 AND cardinality(steps) - 1 AND EXISTS (
		SELECT FROM unnest(ARRAY[
			cx.journey(array_fill(as_of + interval '1 microsecond', ARRAY[1]), steps[reached + 1:reached + 1]),
			cx.journey(array_fill(as_of + interval '1 microsecond', ARRAY[cardinality(steps) - 1]), steps[2:]),
			cx.journey(ARRAY(SELECT as_of + k * interval '1 microsecond' FROM generate_series(1, cardinality(steps) - 1) k), steps[2:])]) later
		WHERE cx.funnel(known OPERATOR(cx.||) later, steps, within, mode) > reached) AS pending
FROM (SELECT id, n, q.*, known, cx.funnel(known, steps, within, mode) AS reached, cx.funnel_times(known, steps, within, mode) AS times
	FROM asked JOIN (SELECT id, steps, within, mode, as_of FROM question) q (question, steps, within, mode, as_of) ON question = id,
		LATERAL (SELECT CASE WHEN as_of IS NULL THEN journey ELSE cx.slice(journey, NULL, as_of + interval '1 microsecond') END AS known OFFSET 0) k OFFSET 0) s;

-- Wilson's interval (1927) at 95 percent, as it is usually printed.
CREATE FUNCTION pg_temp.wilson(successes float8, trials float8, side int, z float8 DEFAULT 1.959963984540054) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (successes + z * z / 2 + side * z * sqrt(successes * (trials - successes) / trials + z * z / 4)) / (trials + z * z);

CREATE TABLE expected AS
WITH step AS (
	SELECT id, step, count(*) FILTER (WHERE reached >= step) AS reached, count(*) FILTER (WHERE pending AND reached = step - 1) AS pending,
		count(*) FILTER (WHERE NOT pending AND reached = step - 1) AS dropped,
		count(*) FILTER (WHERE NOT pending AND reached BETWEEN 1 AND step - 1) AS dropped_by_then,
		percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM times[step] - times[step - 1])::float8) FILTER (WHERE reached >= step AND step > 1) AS from_previous,
		percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM times[step] - times[1])::float8) FILTER (WHERE reached >= step AND step > 1) AS from_start
	FROM answer, generate_series(1, cardinality(steps)) step GROUP BY id, step)
SELECT id, step, reached, pending, CASE WHEN step > 1 THEN dropped END AS dropped,
	reached::float8 / nullif(reached + dropped_by_then, 0) AS reached_share,
	CASE WHEN reached + dropped_by_then > 0 THEN pg_temp.wilson(reached, reached + dropped_by_then, -1) END AS low,
	CASE WHEN reached + dropped_by_then > 0 THEN pg_temp.wilson(reached, reached + dropped_by_then, 1) END AS high,
	CASE WHEN step > 1 THEN reached::float8 / nullif(reached + dropped, 0) END AS from_previous_share,
	from_previous[1] AS median_from_previous, from_previous[2] AS p90_from_previous, from_start[1] AS median_from_start, from_start[2] AS p90_from_start
FROM step;

-- ---------------------------------------------------------------------------------------------------------------------
-- What the summaries say
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE summary AS
SELECT id, cx.funnel_agg(journey, steps, within, mode, as_of) AS summary FROM asked JOIN question USING (id) GROUP BY id;
CREATE TABLE got AS SELECT id, s.* FROM summary, cx.funnel_steps(summary) s;

-- True when a number is within a share of another, or both are NULL.
CREATE FUNCTION pg_temp.near(got float8, expected float8, share float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN got IS NULL OR expected IS NULL THEN got IS NULL AND expected IS NULL ELSE abs(got - expected) <= share * abs(expected) + 1e-15 END;

CALL oracle.check_rows('counts of steps', 'SELECT id, step, selector, reached, pending, dropped FROM got',
	'SELECT e.id, step, steps[step], reached, pending, dropped FROM expected e JOIN question USING (id)');
CALL oracle.check_rows('journeys', 'SELECT id, cx.journeys(summary) FROM summary', 'SELECT id, count(*) FROM asked GROUP BY id');
INSERT INTO oracle.result (what, cases, differences, example)
SELECT what, count(*), count(*) FILTER (WHERE NOT good), min(concat_ws(' ', 'got', got, 'expected', expected)) FILTER (WHERE NOT good)
FROM (SELECT what, g::text AS got, e::text AS expected, CASE what
		WHEN 'shares' THEN pg_temp.near(g.reached_share, e.reached_share, 1e-15) AND pg_temp.near(g.from_previous_share, e.from_previous_share, 1e-15)
		WHEN 'intervals' THEN pg_temp.near(g.low, e.low, 1e-12) AND pg_temp.near(g.high, e.high, 1e-12)
		ELSE pg_temp.near(median_seconds_from_previous, median_from_previous, 1.0000001 / 128) AND pg_temp.near(p90_seconds_from_previous, p90_from_previous, 1.0000001 / 128)
			AND pg_temp.near(median_seconds_from_start, median_from_start, 1.0000001 / 128) AND pg_temp.near(p90_seconds_from_start, p90_from_start, 1.0000001 / 128) END AS good
	FROM got g FULL JOIN expected e USING (id, step), unnest(ARRAY['shares', 'intervals', 'quantiles of times, to 0.8 percent']) what) s
GROUP BY what ORDER BY what;
CALL oracle.check_rows('all that there should be to see is there',
	$$SELECT count(*) FILTER (WHERE pending) > 1000, count(*) FILTER (WHERE reached > 1) > 1000, count(*) FILTER (WHERE reached = 0) > 1000 FROM answer$$,
	'SELECT true, true, true');

-- the most that an attempt reached is cx.funnel, but for modes that end a scan
CALL oracle.check_rows('attempts and cx.funnel', $$SELECT id, n, coalesce((SELECT max(reached) FROM cx.funnel_attempts(journey, steps, within, mode, as_of)), 0)
	FROM asked JOIN question USING (id) WHERE NOT mode && '{first,strict_deduplication}'$$,
	$$SELECT id, n, reached FROM answer JOIN question USING (id) WHERE NOT mode && '{first,strict_deduplication}'$$);

-- ---------------------------------------------------------------------------------------------------------------------
-- Merges, plans and forms: the same bytes
-- ---------------------------------------------------------------------------------------------------------------------

-- Runs a query that returns (id, summary) and records whether its plan, as executed, has everything that it must have
-- and its summaries the same bytes as those of one pass.
CREATE PROCEDURE pg_temp.check_summaries(what text, query text, same_as regclass, VARIADIC must text[] DEFAULT '{}') LANGUAGE plpgsql AS $$
DECLARE
	plan text;
	pattern text;
	problem text;
	cases bigint;
BEGIN
	EXECUTE format('EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON)
		CREATE TEMP TABLE oracle_got AS SELECT * FROM (%s) s (id, summary)', query) INTO plan;
	FOREACH pattern IN ARRAY must LOOP
		IF plan !~ pattern THEN
			problem := format('no %s in the plan %s', pattern, regexp_replace(plan, '\s+', ' ', 'g'));
		END IF;
	END LOOP;
	IF problem IS NULL THEN
		EXECUTE format('SELECT ''other bytes in '' || count(*) || '' summaries, such as '' || min(id) FROM %s o FULL JOIN oracle_got g USING (id)
			WHERE NOT coalesce(g.summary OPERATOR(cx.=) o.summary, false) HAVING count(*) > 0', same_as) INTO problem;
	END IF;
	SELECT count(*) INTO cases FROM oracle_got;
	INSERT INTO oracle.result (what, cases, differences, example) VALUES (what, cases, (problem IS NOT NULL)::int, problem);
	DROP TABLE oracle_got;
END $$;

-- The bytes of equal summaries are one sequence: what a text form makes has no slack and no order of its own.
CALL pg_temp.check_summaries('text', 'SELECT id, summary::text::cx.funnel_summary FROM summary', 'summary');
CALL pg_temp.check_summaries('jsonb', 'SELECT id, summary::jsonb::cx.funnel_summary FROM summary', 'summary');
\set scratch `mktemp -d`
\setenv CX_SCRATCH :scratch
CREATE TABLE copied (id int, summary cx.funnel_summary);
\copy summary TO PROGRAM 'cat >"$CX_SCRATCH/binary"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/binary"' (FORMAT binary)
CALL pg_temp.check_summaries('COPY, binary', 'TABLE copied', 'summary');
TRUNCATE copied;
\copy summary TO PROGRAM 'cat >"$CX_SCRATCH/csv"' (FORMAT csv)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/csv"' (FORMAT csv)
CALL pg_temp.check_summaries('COPY, CSV', 'TABLE copied', 'summary');
\! rm -r "$CX_SCRATCH"

CREATE TABLE single AS SELECT id, n, cx.funnel_agg(journey, steps, within, mode, as_of) AS summary FROM asked JOIN question USING (id) GROUP BY id, n;
ANALYZE single;
CALL pg_temp.check_summaries('merge of single journeys', 'SELECT id, cx.rollup(summary) FROM single GROUP BY id', 'summary');
CALL pg_temp.check_summaries('merge in another order', 'SELECT id, cx.rollup(summary ORDER BY hashint8(n)) FROM single GROUP BY id', 'summary');
CALL pg_temp.check_summaries('merge of merges', 'SELECT id, cx.rollup(summary ORDER BY part DESC) FROM (SELECT id, hashint8(n) & 3 AS part, cx.rollup(summary) FROM single GROUP BY id, part) s (id, part, summary) GROUP BY id', 'summary');
CALL pg_temp.check_summaries('merge with NULL and with itself alone', 'SELECT id, cx.rollup(summary) FROM (TABLE summary UNION ALL SELECT id, NULL FROM summary) s GROUP BY id', 'summary');

-- one question to many groups
CREATE TABLE event AS SELECT id * 1000 + n AS id, hashint8(id * 7 + n) & 3 AS quarter, journey FROM asked
	UNION ALL SELECT id * 1000 + n, hashint8(id * 5 + n) & 3, cx.head(journey, 3) FROM asked;
CREATE TABLE by_quarter (LIKE event) PARTITION BY LIST (quarter);
SELECT format('CREATE TABLE by_quarter_%s PARTITION OF by_quarter FOR VALUES IN (%1$s)', i) FROM generate_series(0, 3) i
\gexec
INSERT INTO by_quarter SELECT * FROM event ORDER BY hashint8(id);
ALTER TABLE event ALTER id SET (n_distinct = 300);
ALTER TABLE by_quarter ALTER id SET (n_distinct = 300, n_distinct_inherited = 300);
SELECT format('ALTER TABLE by_quarter_%s ALTER id SET (n_distinct = 300)', i) FROM generate_series(0, 3) i
\gexec
ANALYZE event, by_quarter;

\set build 'SELECT id, cx.funnel_agg(journey, ''{a,b,c}'', ''2 hours'', ''{}'', ''2026-01-05 11:00+00'')'
\set gather '"Node Type": "Gather'
\set workers '"Workers Launched": [1-9]'
\set hashed '"Strategy": "Hashed"'
\set sorted '"Strategy": "Sorted"'
\set partial '"Partial Mode": "Partial"'
\set finalize '"Partial Mode": "Finalize"'
\set hash_spilled '"HashAgg Batches": ([2-9]|[1-9][0-9])'

SET max_parallel_workers_per_gather = 0;
SET enable_hashagg = off;
CREATE TABLE one_pass AS :build AS summary FROM event GROUP BY id;
CALL pg_temp.check_summaries('sort', :'build' || ' FROM event GROUP BY id', 'one_pass', :'sorted');
RESET enable_hashagg;
SET enable_sort = off;
SET work_mem = '64kB';
CALL pg_temp.check_summaries('hash, spilled', :'build' || ' FROM event GROUP BY id', 'one_pass', :'hashed', :'hash_spilled');
CALL pg_temp.check_summaries('merge, hashed and spilled', 'SELECT id, cx.rollup(summary) FROM (' || :'build' || ' AS summary FROM event GROUP BY id, quarter) s GROUP BY id', 'one_pass', :'hash_spilled');
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET parallel_leader_participation = off;
CALL pg_temp.check_summaries('parallel hash, spilled', :'build' || ' FROM event GROUP BY id', 'one_pass', :'gather', :'workers', :'partial', :'hash_spilled');
SET work_mem = '64MB';
RESET enable_sort;
RESET parallel_leader_participation;
CALL pg_temp.check_summaries('parallel', :'build' || ' FROM event GROUP BY id', 'one_pass', :'gather', :'workers', :'partial', :'finalize');
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
SET enable_sort = off;
CALL pg_temp.check_summaries('partitionwise', :'build' || ' FROM by_quarter GROUP BY id', 'one_pass', :'partial', :'finalize');
SET work_mem = '64kB';
CALL pg_temp.check_summaries('partitionwise, spilled', :'build' || ' FROM by_quarter GROUP BY id', 'one_pass', :'partial', :'finalize', :'hash_spilled');
SET work_mem = '64MB';
RESET enable_sort;
RESET enable_partitionwise_aggregate;
CALL pg_temp.check_summaries('grouping sets', 'SELECT id, summary FROM (SELECT id, quarter, cx.funnel_agg(journey, ''{a,b,c}'', ''2 hours'', ''{}'', ''2026-01-05 11:00+00'') AS summary
	FROM event GROUP BY GROUPING SETS ((id), (quarter), (id, quarter))) s WHERE id IS NOT NULL AND quarter IS NULL', 'one_pass');

-- windows: the final function runs at every row, and the state goes on
CREATE TABLE windowed AS SELECT id * 1000 + n AS number, id, n, journey FROM asked WHERE id <= 20;
CREATE TABLE growing AS SELECT w.number AS id, (SELECT cx.funnel_agg(journey, '{a,b,c}', '2 hours') FROM windowed o WHERE o.id = w.id AND o.n <= w.n) AS summary FROM windowed w;
CALL pg_temp.check_summaries('window frame that grows', 'SELECT number, cx.funnel_agg(journey, ''{a,b,c}'', ''2 hours'') OVER (PARTITION BY id ORDER BY n) FROM windowed', 'growing', '"WindowAgg"');
CREATE TABLE sliding AS SELECT w.number AS id, (SELECT cx.funnel_agg(journey, '{a,b,c}', '2 hours') FROM windowed o WHERE o.id = w.id AND o.n BETWEEN w.n - 3 AND w.n + 2) AS summary FROM windowed w;
CALL pg_temp.check_summaries('window frame that slides', 'SELECT number, cx.rollup(summary) OVER (PARTITION BY id ORDER BY n RANGE BETWEEN 3 PRECEDING AND 2 FOLLOWING)
	FROM (SELECT number, id, n, cx.funnel_agg(journey, ''{a,b,c}'', ''2 hours'') AS summary FROM windowed GROUP BY number, id, n) s', 'sliding', '"WindowAgg"');

-- ---------------------------------------------------------------------------------------------------------------------
-- Published numbers, and quantiles of durations of all sizes
-- ---------------------------------------------------------------------------------------------------------------------

-- a summary of so many of so many
CREATE FUNCTION pg_temp.counted(reached bigint, started bigint) RETURNS cx.funnel_summary LANGUAGE sql IMMUTABLE
RETURN format('{"steps": ["a", "b"], "within": null, "mode": [], "journeys": %s, "reached": [%1$s, %s], "pending": [0, 0], "from_previous": [[], %s], "from_start": [[], %3$s]}',
	started, reached, CASE WHEN reached > 0 THEN format('[0, %s]', reached) ELSE '[]' END)::cx.funnel_summary;

-- Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3
CALL oracle.check_rows('Wilson intervals in print', $$SELECT x, n, round(low::numeric, 4), round(high::numeric, 4)
	FROM (VALUES (81, 263), (15, 148), (0, 20), (1, 29)) v (x, n), cx.funnel_steps(pg_temp.counted(x, n)) WHERE step = 2$$,
	$$VALUES (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)$$);

-- the normal quantile that an interval rests on is how far its end is from the share, in standard errors at that end
INSERT INTO oracle.result (what, cases, differences, example)
SELECT 'normal quantiles in print', count(*), count(*) FILTER (WHERE NOT good), min(concat_ws(' ', confidence, got, z)) FILTER (WHERE NOT good)
FROM (SELECT confidence, z, got, abs(got - z) < 1e-9 * z AS good
	FROM (VALUES (0.5, 0.674489750196082), (0.68268949213708590, 1), (0.8, 1.281551565544600), (0.9, 1.644853626951472), (0.95, 1.959963984540054), (0.95449973610364159, 2),
			(0.98, 2.326347874040841), (0.99, 2.575829303548901), (0.99730020393673981, 3), (0.998, 3.090232306167813), (0.999, 3.290526731491895), (0.9999, 3.890591886413098),
			(0.99993665751633376, 4), (0.99999, 4.417173413469023), (0.99999942669685626, 5), (0.01, 0.012533469508069), (0.1, 0.125661346855074)) v (confidence, z),
		LATERAL (SELECT (high - 0.3) * sqrt(1000 / (high * (1 - high))) AS got FROM cx.funnel_steps(pg_temp.counted(300, 1000), confidence) WHERE step = 2) s) t;

-- durations of 0 to 290,000 years, alone and many
CREATE TABLE duration AS
SELECT id, n, CASE oracle.dice(:seed, id, 'kind', 3)
		WHEN 0 THEN oracle.dice(:seed, id * 100 + n, 'small', 400)
		WHEN 1 THEN power(2, oracle.dice(:seed, id * 100 + n, 'power', 63))::bigint + oracle.dice(:seed, id * 100 + n, 'off', 3) - 1
		ELSE exp(oracle.dice(:seed, id * 100 + n, 'exp', 43000) / 1000.0)::bigint END AS micros
FROM generate_series(1, 3000 * :scale) id, LATERAL generate_series(1, 1 + oracle.dice(:seed, id, 'count', CASE WHEN id % 3 = 0 THEN 1 ELSE 30 END)) n;
INSERT INTO oracle.result (what, cases, differences, example)
SELECT 'quantiles of any durations, to 0.8 percent', count(*), count(*) FILTER (WHERE NOT good), min(concat_ws(' ', id, got, expected)) FILTER (WHERE NOT good)
FROM (SELECT id, got, expected, pg_temp.near(got[1], expected[1], 1.0000001 / 128) AND pg_temp.near(got[2], expected[2], 1.0000001 / 128) AS good
	FROM (SELECT id, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY micros / 1e6) AS expected,
			(SELECT ARRAY[median_seconds_from_previous, p90_seconds_from_previous] FROM cx.funnel_steps(
				cx.funnel_agg(cx.journey(ARRAY['4700-01-01 00:00+00 BC', timestamptz '4700-01-01 00:00+00 BC' + micros / 1000000 * interval '1 second' + micros % 1000000 * interval '1 microsecond'], '{a,b}'), '{a,b}')) WHERE step = 2) AS got
		FROM duration GROUP BY id) s) t;
\ir lib/end.sql
