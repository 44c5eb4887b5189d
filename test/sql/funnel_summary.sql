-- What a funnel says of many journeys: counting, forms, merging, refusals.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
SET extra_float_digits = 0;	-- the last digits depend on the mathematical library
\set file :builddir '/results/funnel_summary.data'
SELECT set_config('cxtest.file', :'file', false) <> '' AS file;
-- A journey from 'a@0 b@30': touchpoints and minutes.
CREATE FUNCTION pg_temp.minutes(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + split_part(touch, '@', 2)::float8 * interval '1 minute', split_part(touch, '@', 1)), '[]')
	FROM unnest(string_to_array(touches, ' ')) AS touch
$$;
CREATE TEMP TABLE visit (customer int, day date, j cx.journey);
INSERT INTO visit SELECT n, date '2026-01-05' + n::int % 2, pg_temp.minutes(touches)
FROM unnest(ARRAY['a@0 b@10 c@20', 'a@0 b@20', 'a@0 b@30 c@90', 'a@0', 'a@100 b@110', 'x@0', 'b@0 a@1 b@2 c@3', 'a@0 a@0 b@0 c@0', '']) WITH ORDINALITY AS v (touches, n);

-- Counting: 7 reach a; b in 10, 20, 30, 10, 1 and 0 minutes; c within the hour 10, 1 and 0 minutes later.
SELECT cx.funnel_agg(j, '{a,b,c}', '1 hour') FROM visit;
SELECT * FROM cx.funnel_steps((SELECT cx.funnel_agg(j, '{a,b,c}', '1 hour') FROM visit));
-- until 14:30 customers 2, 3 and 4 had their hour; 5 began at 14:40; a window is open before its end, not at it
SELECT as_of, step, reached, pending, dropped, round(reached_share::numeric, 4) AS reached_share, round(from_previous_share::numeric, 4) AS from_previous_share
FROM (VALUES ('2026-01-05 12:59:59Z'::timestamptz), ('2026-01-05 13:00Z'), ('2026-01-05 13:59:59.999999Z'), ('2026-01-05 14:00Z'), ('2026-01-05 14:30Z'), ('2026-01-05 15:39Z'), ('2026-01-05 15:40Z'), (NULL)) AS v (as_of),
	LATERAL (SELECT cx.funnel_agg(j, '{a,b,c}', '1 hour', '{}', as_of) AS summary FROM visit) AS s, LATERAL cx.funnel_steps(summary) ORDER BY as_of, step;
-- all overloads say the same of the same
SELECT cx.funnel_agg(j, '{a,b}') = cx.funnel_agg(j, '{a,b}', NULL) AS "no window", cx.funnel_agg(j, '{a,b}', '1 hour') = cx.funnel_agg(j, '{a,b}', '1 hour', '{}') AS "no mode",
	cx.funnel_agg(j, '{a,b}', '1 hour', '{once}') = cx.funnel_agg(j, '{a,b}', '1 hour', '{once}', NULL) AS "no watermark", cx.journeys(cx.funnel_agg(j, '{a,b}')) AS journeys FROM visit;
-- journeys are counted also if no label of theirs is a step, or none at all; NULL is none
SELECT cx.journeys(cx.funnel_agg(j, '{nothing}')) AS "no label", cx.journeys(cx.funnel_agg(j, '{a}')) AS "one more" FROM (TABLE visit UNION ALL SELECT 10, NULL, NULL) AS v (customer, day, j);
SELECT cx.funnel_agg(NULL, '{a}') AS "only NULL", cx.funnel_agg(j, '{a}') FILTER (WHERE false) AS filtered, cx.rollup(NULL::cx.funnel_summary) AS merged FROM visit;
SELECT cx.funnel_agg(j, '{a}') IS NULL AS "no rows", cx.rollup(NULL::cx.funnel_summary) IS NULL AS "nothing to merge" FROM visit WHERE false;
-- an empty group says nothing, not even about its steps
SELECT count(*) AS rows, count(cx.journeys(NULL::cx.funnel_summary)) AS journeys FROM cx.funnel_steps(NULL);
SELECT count(*) FROM cx.funnel_steps((SELECT cx.funnel_agg(j, '{a}') FROM visit), NULL);
-- nobody: shares are unknown, not 0
SELECT step, reached, pending, reached_share, low, high, from_previous_share, dropped, median_seconds_from_previous FROM cx.funnel_steps((SELECT cx.funnel_agg(j, '{z,a}') FROM visit));
-- all are pending: nothing is known of step 2
SELECT step, reached, pending, reached_share, low, high, from_previous_share, dropped FROM cx.funnel_steps((SELECT cx.funnel_agg(j, '{a,z}', NULL, '{}', '2027-01-01Z') FROM visit));
-- steps in their normal form
SELECT step, selector FROM cx.funnel_steps((SELECT cx.funnel_agg(j, ARRAY['(a|b)', '"a b"', '  x[ value>=1 ]', 'ü.**']) FROM visit));

-- Confidence.
SELECT n, low, high FROM unnest(ARRAY[1e-300, 0.5, 0.95, 0.9999999999999999]) WITH ORDINALITY AS c (confidence, n), cx.funnel_steps((SELECT cx.funnel_agg(j, '{a,b}') FROM visit), confidence) WHERE step = 2;
SELECT confidence, pg_temp.outcome(format('SELECT cx.funnel_steps((SELECT cx.funnel_agg(j, ''{a}'') FROM visit), %L)', confidence)) AS outcome
FROM unnest(ARRAY[0, 1, -1, 95, 'nan', 'infinity']::float8[]) AS confidence;

-- Modes.
SELECT mode, (SELECT string_agg(reached::text, ' ' ORDER BY step) FROM cx.funnel_steps((SELECT cx.funnel_agg(j, '{a,b,c}', '1 hour', mode) FROM visit))) AS reached
FROM (VALUES ('{}'::text[]), ('{strict_increase}'), ('{once}'), ('{strict_order}'), ('{strict_deduplication}'), ('{first}'), ('{first,once,first}')) AS v (mode);

-- Merging: by day, then all; in any order; the same as at once.
CREATE TEMP TABLE daily AS SELECT day, cx.funnel_agg(j, '{a,b,c}', '1 hour') AS summary FROM visit GROUP BY day;
SELECT day, cx.journeys(summary) FROM daily ORDER BY day;
SELECT cx.rollup(summary ORDER BY day) = cx.rollup(summary ORDER BY day DESC) AS "any order", cx.rollup(summary) = (SELECT cx.funnel_agg(j, '{a,b,c}', '1 hour') FROM visit) AS "at once" FROM daily;
SELECT cx.rollup(summary) = (SELECT summary FROM daily WHERE day = '2026-01-05') AS "of one, and NULL" FROM (SELECT summary FROM daily WHERE day = '2026-01-05' UNION ALL SELECT NULL) AS s;
-- what is one question: days of 24 hours, the normal form of steps, modes in any order; and what is not
SELECT a, b, pg_temp.outcome(format('SELECT cx.journeys(cx.rollup(s)) FROM (SELECT cx.funnel_agg(''[]'', %s) UNION ALL SELECT cx.funnel_agg(''[]'', %s)) AS t (s)', a, b)) AS journeys
FROM (VALUES ($$'{a,b}'$$, $$'{a, "b"}', NULL, '{}'$$), ($$'{a|b}', '1 day'$$, $$'{"(a | b)"}', '24 hours'$$), ($$'{a}', '1 hour', '{once,first}'$$, $$'{a}', '60 minutes', '{first,once,once}', '2026-01-05Z'$$),
	($$'{a,b}'$$, $$'{b,a}'$$), ($$'{a,b}'$$, $$'{a,b,c}'$$), ($$'{a,b}'$$, $$'{a,b}', '1 hour'$$), ($$'{a}', '1 month'$$, $$'{a}', '30 days'$$), ($$'{a}', NULL, '{once}'$$, $$'{a}'$$), ($$'{ab,c}'$$, $$'{a,bc}'$$)) AS v (a, b);
SELECT pg_temp.outcome('SELECT cx.funnel_agg(j, ARRAY[''a'', customer::text]) FROM visit') AS outcome;

-- Refusals, as of cx.funnel.
SELECT arguments, pg_temp.outcome(format('SELECT cx.funnel_agg(%s) FROM visit', arguments)) AS outcome FROM unnest(ARRAY[
	$$j, '{}'$$, $$j, NULL$$, $$j, '{a,NULL}'$$, $$j, '{a,b ->}'$$, $$j, '{{a,b},{c,d}}'$$, $$j, array_fill('a'::text, ARRAY[1001])$$, $$j, '{a}', '-1 microsecond'$$, $$j, '{a}', '1 month -31 days'$$,
	$$j, '{a}', NULL, NULL$$, $$j, '{a}', NULL, '{strict}'$$, $$j, '{a}', NULL, '{NULL}'$$, $$j, '{a}', NULL, '{}', 'infinity'$$, $$j, '{a}', NULL, '{}', '-infinity'$$]) AS arguments;
-- 1000 steps, reached or not
SELECT count(*), sum(reached), sum(pending), max(median_seconds_from_start) FROM cx.funnel_steps((SELECT cx.funnel_agg(j, array_fill('*'::text, ARRAY[1000])) FROM visit));
SELECT count(*), sum(reached), sum(pending) FROM cx.funnel_steps((SELECT cx.funnel_agg(j, ARRAY(SELECT CASE WHEN n < 3 THEN 'a' ELSE 's' || n END FROM generate_series(1, 1000) n), NULL, '{once}', '2027-01-01Z') FROM visit));

-- No state leaves an aggregate, and none comes in.
SELECT call, pg_temp.outcome('SELECT ' || call || ' FROM daily') AS outcome FROM unnest(ARRAY[
	$$cx._funnel_agg(NULL, '[]', '{a}')$$, $$cx._funnel_agg(summary, '[]', '{a,b,c}', '1 hour')$$, $$cx._funnel_agg(NULL, NULL, '{a}')$$, $$cx._funnel_merge(NULL, summary)$$, $$cx._funnel_merge(summary, summary)$$, $$cx._funnel_merge(NULL, NULL)$$]) AS call;
SELECT cx._funnel_final(summary) = summary AS "final does nothing to what is packed" FROM daily;

-- Forms.
SELECT summary::jsonb FROM daily ORDER BY day;
SELECT summary::text::cx.funnel_summary = summary AS text, summary::jsonb::cx.funnel_summary = summary AS jsonb FROM daily;
SELECT substr(cx._funnel_summary_send(summary), 1, 1) AS version, convert_from(substr(cx._funnel_summary_send(summary), 2), 'UTF8') = summary::text AS "then the text" FROM daily LIMIT 1;
-- windows, whatever the session's style; months stay months, and what would be below zero within them
CREATE TEMP TABLE window_case AS SELECT n, within, (SELECT cx.funnel_agg(j, '{a}', within) FROM (VALUES ('[]'::journey)) AS v (j)) AS summary
FROM unnest(ARRAY[NULL, '0', '1 day', '7 days 00:00:00.000001', '1 month', '1 year 2 mons -3 days', '1 month -30 days', '178956970 years 7 mons 2147483647 days 2562047788:00:54.775806']::interval[]) WITH ORDINALITY AS w (within, n);
SET IntervalStyle = 'sql_standard';
SELECT summary::jsonb -> 'within' AS within, summary::text::cx.funnel_summary = summary AS same FROM window_case ORDER BY n;
RESET IntervalStyle;
SET IntervalStyle = 'postgres';
-- keys in any order, buckets in any order and in pieces, unknown keys left out: the same value
SELECT '{"from_start": [[], [2, 1, 1, 1, 2, 1]], "from_previous": [[], [1, 1, 2, 2]], "pending": [0, 1], "reached": [5, 3], "journeys": 9, "mode": ["once", "first", "once"], "within": "1 day", "steps": ["a|b", "c"], "more": 1}'::cx.funnel_summary AS normal;
-- what is refused, and why; one change each
CREATE TEMP TABLE sound AS SELECT '{"steps": ["a", "b"], "within": "PT1H", "mode": ["once"], "journeys": 9, "reached": [5, 3], "pending": [0, 1], "from_previous": [[], [1, 1, 2, 2]], "from_start": [[], [1, 1, 2, 2]]}'::jsonb AS good;
SELECT good::cx.funnel_summary FROM sound;
SELECT change, pg_temp.outcome(format('SELECT %L::cx.funnel_summary', good || change)) AS outcome FROM sound, unnest(ARRAY['{"steps": null}', '{"steps": "a"}', '{"steps": []}', '{"steps": ["a", 1]}', '{"steps": ["a", null]}', '{"steps": ["a", "b ->"]}', '{"steps": ["a"]}',
	'{"within": 1}', '{"within": "soon"}', '{"within": "-1 day"}', '{"within": "1 month -31 days"}', '{"within": "99999999999 years"}', '{"mode": null}', '{"mode": ["strict"]}', '{"mode": [1]}', '{"mode": {"once": true}}',
	'{"journeys": null}', '{"journeys": 0}', '{"journeys": 4}', '{"journeys": 9.5}', '{"journeys": "9"}', '{"journeys": 9223372036854775807}', '{"journeys": 9223372036854775808}', '{"reached": [5]}', '{"reached": [5, 3, 1]}', '{"reached": [5, -1]}', '{"reached": [3, 5]}', '{"reached": [5, 2]}', '{"reached": 5}',
	'{"pending": [1, 0]}', '{"pending": [0, 3]}', '{"pending": [0, "1"]}', '{"from_previous": [[]]}', '{"from_previous": [[], [1, 1, 2]]}', '{"from_previous": [[], [1, 2]]}', '{"from_previous": [[0, 5], [1, 1, 2, 2]]}', '{"from_previous": [[], [3776, 3]]}', '{"from_previous": [[], [-1, 3]]}',
	'{"from_previous": [[], [1, 0, 2, 3]]}', '{"from_previous": [[], [1, -1, 2, 4]]}', '{"from_previous": [[], 3]}', '{"from_start": [[], [1, 9223372036854775807, 2, 4, 3, 9223372036854775807]]}', '{"from_start": null}']::jsonb[]) AS change;
SELECT input, pg_temp.outcome(format('SELECT %L::cx.funnel_summary', input)) AS outcome FROM unnest(ARRAY['', 'null', '[]', '"a"', '{', '{}', '{"steps": ["a\u0000"]}']) AS input;
SELECT pg_temp.outcome(format('SELECT %L::cx.funnel_summary', good || jsonb_build_object('steps', (SELECT jsonb_agg('a'::text) FROM generate_series(1, 1001))))) AS "1001 steps" FROM sound;
SELECT key, pg_temp.outcome(format('SELECT %L::cx.funnel_summary', good - key)) AS "left out" FROM sound, jsonb_object_keys(good) AS key ORDER BY key;
SELECT pg_temp.outcome('SELECT ''[]''::jsonb::cx.funnel_summary') AS "jsonb refused";
-- more than can be counted
SELECT pg_temp.outcome(format('SELECT cx.rollup(s) FROM (SELECT %L::cx.funnel_summary UNION ALL SELECT %1$L) AS t (s)', good || '{"journeys": 4611686018427387904}')) AS "too many" FROM sound;
-- the binary form: a version and the text
CREATE TEMP TABLE received (summary cx.funnel_summary);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS cx.funnel_summary LANGUAGE plpgsql AS $$
DECLARE
	result cx.funnel_summary;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, current_setting('cxtest.file'));
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('cxtest.file'));
	DELETE FROM received RETURNING summary INTO result;
	RETURN result;
END $$;
SELECT bool_and(pg_temp.receive(cx._funnel_summary_send(summary)) = summary) AS same FROM (SELECT summary FROM daily UNION ALL SELECT summary FROM window_case) AS s;
SELECT what, pg_temp.outcome(format('SELECT pg_temp.receive(%L)', bytes)) AS outcome
FROM (SELECT cx._funnel_summary_send(good::cx.funnel_summary) AS sent FROM sound) AS s,
	LATERAL (VALUES ('version 0', set_byte(sent, 0, 0)), ('version 2', set_byte(sent, 0, 2)), ('empty', ''), ('no text', '\x01'), ('cut off', substr(sent, 1, 30)), ('more', sent || '}'), ('a zero byte', sent || '\x00'), ('half a character', '\x01227bc3')) AS v (what, bytes);

-- Comparison, sorting, hashing.
CREATE TEMP TABLE sample AS SELECT n, format('{"steps": ["%s"], "within": null, "mode": [], "journeys": %s, "reached": [%s], "pending": [0], "from_previous": [[]], "from_start": [[]]}', label, n, n / 2)::cx.funnel_summary AS s
FROM unnest('{1,2,3,300}'::int[]) AS n, unnest('{a,b,longer}'::text[]) AS label;
SELECT count(DISTINCT s), count(*), (SELECT count(DISTINCT s) FROM (TABLE sample UNION ALL TABLE sample) AS t) AS twice FROM sample;
SELECT count(*) FROM sample a JOIN sample b USING (s);
SELECT bool_and((a.s < b.s) = (b.s > a.s) AND (a.s <= b.s) = NOT (a.s > b.s) AND (a.s >= b.s) = NOT (a.s < b.s) AND (a.s = b.s) = NOT (a.s <> b.s) AND (a.s = b.s) = (a.ctid = b.ctid) AND sign(cx._funnel_summary_cmp(a.s, b.s)) = CASE WHEN a.s < b.s THEN -1 WHEN a.s = b.s THEN 0 ELSE 1 END
	AND (a.s = b.s) <= (cx._funnel_summary_hash(a.s) = cx._funnel_summary_hash(b.s) AND cx._funnel_summary_hash_extended(a.s, 7) = cx._funnel_summary_hash_extended(b.s, 7))) AS agree FROM sample a, sample b;
SELECT bool_and(before < s) AS sorted FROM (SELECT s, lag(s) OVER (ORDER BY s) AS before FROM sample) AS t WHERE before IS NOT NULL;
CREATE TEMP TABLE stored (s cx.funnel_summary UNIQUE);
INSERT INTO stored SELECT s FROM sample;
SELECT pg_temp.outcome('INSERT INTO stored SELECT s FROM sample LIMIT 1') ~ '^23505: duplicate key' AS "unique";
