-- Funnels: how far a journey went through steps, and why not further.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'a@0 b@30': touchpoints and minutes.
CREATE FUNCTION pg_temp.minutes(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + split_part(touch, '@', 2)::float8 * interval '1 minute', split_part(touch, '@', 1)), '[]')
	FROM unnest(string_to_array(touches, ' ')) AS touch
$$;

-- What each mode answers.
CREATE TEMP TABLE question (n int GENERATED ALWAYS AS IDENTITY, touches text, steps text[], within interval, mode text[]);
INSERT INTO question (touches, steps, within, mode) VALUES
	('a@0 b@30 c@60', '{a,b,c}', NULL, '{}'), ('a@0 b@30', '{a,b,c}', NULL, '{}'), ('b@0 c@30', '{a,b,c}', NULL, '{}'), ('b@0 a@30', '{a,b}', NULL, '{}'), ('x@0', '{a}', NULL, '{}'), ('', '{a}', NULL, '{}'),
	-- the best start, or the first
	('a@0 a@30 b@45 c@75', '{a,b,c}', '1 hour', '{}'), ('a@0 a@30 b@45 c@75', '{a,b,c}', '1 hour', '{first}'), ('a@0 b@10 a@70 b@80 c@90', '{a,b,c}', '1 hour', '{first}'),
	-- the window is from the first step, inclusive
	('a@0 b@30 c@60', '{a,b,c}', '1 hour', '{}'), ('a@0 b@30 c@60.0000001', '{a,b,c}', '1 hour', '{}'), ('a@0 b@60', '{a,b}', '59:59.999999', '{}'), ('a@0 b@0', '{a,b}', '0', '{}'), ('a@0 b@1', '{a,b}', '0', '{}'),
	('a@0 b@1 a@100000 c@100000', '{a,b,c}', '1 hour', '{}'),
	-- one touch may fill several steps; once: only one
	('a@0', '{a,*,a,a}', NULL, '{}'), ('a@0', '{a,*,a,a}', NULL, '{once}'), ('a@0 b@1 c@2', '{a,*,*}', NULL, '{once}'), ('a@0 a@0 b@0', '{a | b,a,a}', NULL, '{once}'), ('a@0 b@0 c@0', '{a | b | c,a | b,a}', NULL, '{once}'),
	('b@0 b@0 a@0', '{a | b,a,b}', NULL, '{once}'), ('b@0 a@0', '{a | b,a,b}', NULL, '{once}'), ('b@0 a@0', '{a | b,a,b}', NULL, '{}'),
	-- the order inside an instant is the best for the funnel; strict_increase: later, but not the first one that comes
	('b@0 a@0', '{a,b}', NULL, '{}'), ('b@0 a@0', '{b,a,b}', NULL, '{}'), ('b@0 a@0', '{a,b}', NULL, '{strict_increase}'), ('a@0 a@1 b@1', '{a,b}', NULL, '{strict_increase}'), ('a@0 a@1 b@1', '{a,b}', '30 seconds', '{strict_increase}'),
	('a@0 a@1 a@1 a@2', '{a,a,a,a}', NULL, '{strict_increase}'), ('a@0 a@1 a@1 a@2', '{a,a,a,a}', NULL, '{once}'), ('a@0 a@1 a@1 a@2', '{a,a,a,a}', NULL, '{once,strict_increase}'),
	-- strict_order: nothing foreign, nothing too early; repeats of what was reached are allowed, and all before the start
	('a@0 b@1 a@2 c@3', '{a,b,c}', NULL, '{strict_order}'), ('a@0 x@1 b@2', '{a,b}', NULL, '{strict_order}'), ('a@0 x@1 b@2', '{a,b}', NULL, '{}'), ('a@0 c@1 b@2 c@3', '{a,b,c}', NULL, '{strict_order}'), ('a@0 c@1 b@2 c@3', '{a,b,c}', NULL, '{}'),
	('x@0 c@1 a@2 b@3', '{a,b}', NULL, '{strict_order}'), ('a@0 x@1 a@2 b@3', '{a,b}', NULL, '{strict_order}'), ('a@0 x@1 a@2 b@3', '{a,b}', NULL, '{strict_order,first}'), ('a@0 x@1 a@2', '{a,b}', NULL, '{strict_order}'),
	('x@0 a@0 b@1', '{a,b}', NULL, '{strict_order}'), ('a@0 b@1 x@1 c@2', '{a,b,c}', NULL, '{strict_order}'), ('a@0 c@1 b@1', '{a,b,c}', NULL, '{strict_order}'), ('a@0 c@1 b@1', '{a,b,c}', NULL, '{strict_order,strict_increase}'), ('a@0 b@90', '{a,b}', '1 hour', '{strict_order}'),
	('a@0 x@90 b@100', '{a,b}', '1 hour', '{strict_order}'), ('a@0 x@60 b@100', '{a,b}', '1 hour', '{strict_order}'), ('a@0 b@1 a@5 b@5 x@5', '{a,b,c}', NULL, '{strict_order}'),
	-- strict_deduplication: a repeat ends it all, but repeats of step 1 do not
	('a@0 b@1 b@2 c@3', '{a,b,c}', NULL, '{strict_deduplication}'), ('a@0 a@1 b@2 a@3 c@4', '{a,b,c}', NULL, '{strict_deduplication}'), ('a@0 b@1 b@1 c@2', '{a,b,c}', NULL, '{strict_deduplication}'), ('b@0 b@1 a@2 b@3 c@4', '{a,b,c}', NULL, '{strict_deduplication}'),
	('a@0 b@1 b@2 c@2', '{a,b,c}', NULL, '{strict_deduplication}'), ('a@0 b@1 a@90 b@91 c@92', '{a,b,c}', '1 hour', '{strict_deduplication}'),
	('a@0 b@1 x@2 b@3', '{a,b,c}', NULL, '{strict_order,strict_deduplication}'), ('a@0 a@30 b@45 c@75', '{a,b,c}', '1 hour', '{first,once,strict_increase,strict_order,strict_deduplication}'), ('a@0 b@1 c@2', '{a,b,c}', '1 hour', '{first,once,strict_increase,strict_order,strict_deduplication,once}');
SELECT touches, steps, within, mode, cx.funnel(j, steps, within, mode), cx.funnel_stop(j, steps, within, mode) AS stop FROM question, pg_temp.minutes(touches) AS j ORDER BY n;
-- defaults, and parameters by name
SELECT cx.funnel(j, '{a,b}'), cx.funnel(j, '{a,b}', '1 hour'), cx.funnel(j, '{a,b}', mode => '{first}'), cx.funnel(journey => j, steps => '{a,b}', within => '1 hour', mode => '{}'), cx.funnel_stop(j, '{a,b}'), cx.funnel_stop(j, '{a,b}', mode => '{first}', within => '1 minute')
FROM pg_temp.minutes('a@0 b@30') AS j;

-- NULL for NULL; no window and no touches are no errors
SELECT cx.funnel(NULL, '{a}'), cx.funnel('[]', NULL), cx.funnel('[]', '{a}', NULL, NULL), cx.funnel_stop(NULL, '{a}'), cx.funnel_stop('[]', NULL), cx.funnel_stop('[]', '{a}', NULL, NULL);
SELECT cx.funnel('[]', '{a}', NULL), cx.funnel_stop('[]', '{a}', NULL), cx.funnel('[]', '{a}', '0', '{once,once}'), cx.funnel('[]', '[5:6]={a,b}'::text[]), pg_typeof(cx.funnel('[]', '{a}')), pg_typeof(cx.funnel_stop('[]', '{a}'));
-- wrong questions; also without a journey to ask
SELECT arguments, pg_temp.outcome('SELECT cx.funnel(''[]'', ' || arguments || ')') AS refused, pg_temp.outcome('SELECT cx.funnel_stop(NULL, ' || arguments || ')') = pg_temp.outcome('SELECT cx.funnel(''[]'', ' || arguments || ')') AS same
FROM unnest(ARRAY[$$'{}'$$, $$'{NULL}'$$, $$'{a,b,NULL}'$$, $$'{a,"b ->"}'$$, $$'{a,"b -> c"}'$$, $$'{a,""}'$$, $$'{{a,b},{c,d}}'$$, $$'{a}', '-1 microsecond'$$, $$'{a}', '-1 month 29 days'$$, $$'{a}', '1 month -31 days'$$,
	$$'{a}', NULL, '{strict}'$$, $$'{a}', NULL, '{once,ONCE}'$$, $$'{a}', NULL, '{""}'$$, $$'{a}', NULL, '{once,NULL}'$$, $$'{a}', NULL, '{{once},{first}}'$$, $$'{a}', NULL, ARRAY[repeat('é', 100)]$$, $$array_fill('a'::text, ARRAY[1001])$$]) WITH ORDINALITY AS u (arguments, n)
ORDER BY n;
SELECT cx.funnel('[]', '{a}', NULL, '{unknown}');

-- A window of days has 24 hours each, one of months goes by the calendar in UTC, whatever the session's zone.
SET TimeZone = 'America/New_York';
SELECT starts AT TIME ZONE 'UTC' AS starts, ends AT TIME ZONE 'UTC' AS ends, within, cx.funnel(j, '{a,b}', within), cx.funnel(j, '{a,b}', within, '{strict_increase}') AS "strictly", cx.funnel_stop(j, '{a,b}', within)
FROM (VALUES ('2026-03-07 12:00Z'::timestamptz, '2026-03-08 12:00Z'::timestamptz, '1 day'::interval), ('2026-03-07 12:00Z', '2026-03-08 12:00:00.000001Z', '1 day'), ('2026-03-07 12:00Z', '2026-03-08 11:30Z', '23 hours'),
	('2026-01-31 12:00Z', '2026-02-28 12:00Z', '1 month'), ('2026-01-31 12:00Z', '2026-02-28 12:00:00.000001Z', '1 month'), ('2024-01-31 12:00Z', '2024-02-29 12:00Z', '1 month'), ('2026-02-28 12:00Z', '2026-03-28 12:00Z', '1 month'), ('2026-02-28 12:00Z', '2026-03-28 12:00:00.000001Z', '1 month'),
	('2026-03-31 23:30Z', '2026-04-30 23:30Z', '1 month'), ('2024-02-29 00:00Z', '2025-02-28 00:00Z', '1 year'), ('2024-02-29 00:00Z', '2025-03-01 00:00Z', '1 year'), ('2024-02-29 00:00Z', '2025-03-01 00:00Z', '1 year 1 day'),
	('2026-01-31 12:00Z', '2026-01-31 12:00Z', '1 month -30 days'), ('4714-11-24 00:00Z BC', '294276-12-31 23:59:59.999999Z', '300000 years'), ('4714-11-24 00:00Z BC', '294276-12-31 23:59:59.999999Z', '298000 years'),
	('294276-12-31 23:59:59Z', '294276-12-31 23:59:59.999999Z', '178000000 years'), ('294276-12-31 23:59:59Z', '294276-12-31 23:59:59.999999Z', '2147483647 days')) AS v (starts, ends, within),
	LATERAL (SELECT cx.journey(ARRAY[starts, ends], '{a,b}') AS j) AS s;
SET TimeZone = 'UTC';
-- The window that began later may end earlier.
SELECT cx.funnel(j, '{a,b}', '1 month') AS plain, cx.funnel(j, '{a,b}', '1 month', mode::text[]) AS mode, cx.funnel_stop(j, '{a,b}', '1 month', mode::text[])
FROM (SELECT cx.journey('{2026-01-30 18:00Z, 2026-01-31 06:00Z, 2026-02-28 12:00Z}', '{a,a,b}') AS j) AS s, unnest(ARRAY['{}', '{strict_increase}', '{once}', '{strict_order}', '{strict_deduplication}', '{first}']) AS mode;

-- Steps are selectors: labels, globs, channel, team, value, lasted, attrs.
CREATE TEMP TABLE j AS
SELECT '[{"at": "2026-01-05T09:00:00Z", "touchpoint": "site.product", "channel": "web"},
	{"at": "2026-01-05T09:10:00Z", "touchpoint": "site.cart", "channel": "web", "value": 20, "attrs": {"device": "ios", "items": 3}},
	{"at": "2026-01-05T09:12:00Z", "touchpoint": "site.cart", "channel": "app", "value": 150, "attrs": {"device": "android", "items": 1}},
	{"at": "2026-01-05T09:20:00Z", "touchpoint": "support.call", "channel": "voice", "team": "care", "lasted": 720},
	{"at": "2026-01-05T09:30:00Z", "touchpoint": "purchase", "channel": "app", "value": 150}]'::cx.journey AS j;
SELECT steps, cx.funnel(j, steps::text[]), cx.funnel(j, steps::text[], '20 minutes') AS within_20, cx.funnel(j, steps::text[], mode => '{once}') AS once, cx.funnel(j, steps::text[], mode => '{strict_order}') AS strict_order, cx.funnel_stop(j, steps::text[])
FROM j, unnest(ARRAY['{site.*,site.*,site.*,purchase}', '{site.product,site.cart[value >= 100],purchase}', '{site.product,site.cart[value > 150],purchase}', '{"site.cart[device = \"ios\"]","site.cart[items < 2]",@app}', '{"site.cart[device = \"android\"]","site.cart[items = 3]"}',
	'{@web,"call | support.call[lasted > 10 minutes]",#care}', '{@web,"support.call[lasted > 12 minutes]"}', '{!@web,!@app,!#care}', '{*,*,*,*,*,*}', '{[value >= 20],[value >= 20],[value >= 20],[value >= 20]}', '{**.call,purchase | refund}', '{"\"a b\""}']) WITH ORDINALITY AS u (steps, n) ORDER BY n;

-- Any number of steps, up to 1000, in a journey of any number of labels.
SELECT count(*), bool_and(cx.funnel(l, s) = n) AS plain, bool_and(cx.funnel(l, s, '1 day', '{once,strict_order,strict_increase,strict_deduplication,first}') = n) AS strict, bool_and(cx.funnel(l, s || 'x'::text, '1 day') = n) AS one_more,
	bool_and(cx.funnel(l, s, make_interval(secs => n - 2)) = greatest(n - 1, 1)) AS window, bool_and(cx.funnel(l, s || s) = n) AS twice, bool_and(cx.funnel(l, array_fill('*'::text, ARRAY[n])) = n) AS "any",
	bool_and(cx.funnel(l, array_fill('*'::text, ARRAY[n + 1]), mode => '{once}') = n) AS "any once", bool_and(cx.funnel_stop(l, s || 'x'::text) = 'no_event') AS stop
FROM unnest(ARRAY[2, 63, 64, 65, 127, 128, 129, 499]) AS n,
	LATERAL (SELECT array_agg('s' || i ORDER BY i) AS s, cx.journey_agg('2026-01-05Z'::timestamptz + (i - 1) * interval '1 second', 's' || i) AS l FROM generate_series(1, n) i) AS x;
SELECT cx.funnel(cx.tail(l, 1), array_fill('s1000 | x'::text, ARRAY[1000])), cx.funnel(l, s), cx.funnel(l, s, '998 seconds'), cx.funnel_stop(l, s, '998 seconds', '{once}'), cx.funnel(cx.tail(l, 999), s)
FROM (SELECT array_agg('s' || i ORDER BY i) AS s, cx.journey_agg('2026-01-05Z'::timestamptz + i * interval '1 second', 's' || i) AS l FROM generate_series(1, 1000) i) AS x;

-- Many touches at one instant.
SET statement_timeout = '10s';
SELECT n, cx.funnel(l, array_fill('*'::text, ARRAY[n + 1]), mode => '{once}') AS "any once", cx.funnel(l, array_fill('*'::text, ARRAY[1000])) AS "any", cx.funnel(l, array_fill('*'::text, ARRAY[1000]), mode => '{strict_increase}') AS increase,
	cx.funnel(l, s, mode => '{once}') AS backwards, cx.funnel(l, s, '0', '{once,strict_order}') AS strict
FROM unnest(ARRAY[1, 30, 200]) AS n, LATERAL (SELECT array_agg('s' || i || ' | s' || 1 + i % n ORDER BY i DESC) AS s, cx.journey_agg('2026-01-05Z', 's' || i) AS l FROM generate_series(1, n) i) AS x;
SELECT cx.funnel(l, '{a,b,a,b,c}', mode => '{once}') AS once, cx.funnel(l, '{a,b,a,b,c}') AS plain, cx.funnel(l, '{a,b,c}', mode => '{strict_order,once}') AS strict
FROM (SELECT cx.journey_agg('2026-01-05Z', (ARRAY['a', 'b', 'x'])[1 + i % 3]) AS l FROM generate_series(1, 100000) i) AS s;
RESET statement_timeout;

-- The quick way for the default mode and the general one agree on long journeys with many touches an instant: a last step that looks at
-- values, and never fits, asks for the general one.
SELECT count(*), count(DISTINCT reached) > 3 AS mixed, bool_and(reached = general) AS same
FROM (SELECT n, width, cx.journey_agg('2026-01-05Z'::timestamptz + i / width * interval '1 minute', coalesce((ARRAY['a', 'b', 'c', 'd', 'e', 'v'])[1 + (hashint4(n * 100000 + i) & 1023) % (6 + n * n)], 'x'), NULL, NULL, 1) AS l
	FROM generate_series(1, 60) n, unnest(ARRAY[1, 7, 255, 256, 300]) AS width, generate_series(1, 1200) i GROUP BY n, width) AS s,
	unnest(ARRAY['0 minutes', '1 minute', '2 minutes', '50 minutes', NULL]::interval[]) AS within,
	LATERAL (SELECT cx.funnel(l, '{a,b,c,d,e}', within) AS reached, cx.funnel(l, '{a,b,c,d,e,v[value = 2]}', within) AS general) AS r;

-- Steps, windows and modes from columns: other ones in each row, and back.
CREATE TEMP TABLE ask AS
SELECT row_number() OVER (ORDER BY q.n, r.n) AS id, q.touches, s.steps, q.within, r.mode FROM question q, question r, LATERAL (SELECT CASE WHEN r.n % 3 = 0 THEN q.steps ELSE r.steps END) AS s (steps) WHERE (q.n * 7 + r.n) % 5 = 0;
CREATE TEMP TABLE answer AS
SELECT id, cx.funnel(pg_temp.minutes(touches), steps, within, mode), cx.funnel_stop(pg_temp.minutes(touches), steps, within, mode) FROM ask;
CREATE FUNCTION pg_temp.alone(touches text, steps text[], within interval, mode text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT concat_ws('' '', cx.funnel(j, %L, %L, %L), cx.funnel_stop(j, %1$L, %2$L, %3$L)) FROM pg_temp.minutes(%L) AS j', steps, within, mode, touches) INTO result;
	RETURN result;
END $$;
SELECT count(*), bool_and(concat_ws(' ', funnel, funnel_stop) = pg_temp.alone(touches, steps, within, mode)) AS same FROM ask JOIN answer USING (id);
-- only one of them changes
SELECT steps, within, mode, cx.funnel(pg_temp.minutes('a@0 a@1 b@1 c@2'), steps, within, mode)
FROM (VALUES (1, '{a,b,c}'::text[], NULL::interval, '{}'::text[]), (2, '{a,b,c}', '1 minute', '{}'), (3, '{a,b,c}', '0', '{}'), (4, '{a,b,c}', NULL, '{}'), (5, '{a,b,c}', NULL, '{strict_deduplication}'), (6, '{a,b,c}', '1 minute', '{strict_increase}'), (7, '{a,b,d}', '1 minute', '{strict_increase}'),
	(8, '{a,b,d}', NULL, NULL), (9, NULL, '1 minute', '{}'), (10, '{a,c}', '1 minute', '{}'), (11, '{a,c}', '60 seconds', '{}'), (12, '{"a",c}', '2 minutes', '{first}'), (13, '{a}', '2 minutes', '{first}'), (14, '{a,b,c}', '1 minute', '{}')) AS v (n, steps, within, mode) ORDER BY n;
-- an error in one row does not spoil the next
CREATE FUNCTION pg_temp.try(steps text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN cx.funnel(pg_temp.minutes('a@0 b@1'), steps);
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
SELECT steps, pg_temp.try(steps::text[]) FROM unnest(ARRAY['{a,b}', '{a,"b["}', '{a,b}', '{}', '{a,NULL}', '{b,a}', '{b,"a)"}', '{b,a}']) AS steps;

-- Prepared statements: parameters of any type that is cast to text[], interval; custom and generic plans.
PREPARE ask_one (text[], interval, text[]) AS SELECT cx.funnel(j, $1, $2, $3), cx.funnel_stop(j, $1, $2, $3) FROM pg_temp.minutes('a@0 a@30 b@45 c@75') AS j;
EXECUTE ask_one ('{a,b,c}', '1 hour', '{}');
EXECUTE ask_one ('{a,b,c}', '1 hour', '{first}');
SET plan_cache_mode = force_generic_plan;
EXECUTE ask_one ('{a,b,c}', '1 hour', '{first}');
EXECUTE ask_one ('{b,c,d}', NULL, '{}');
EXECUTE ask_one ('{a,NULL}', NULL, '{}');
EXECUTE ask_one (NULL, NULL, '{}');
EXECUTE ask_one ('{a,b,c}', '1 hour', '{}');
RESET plan_cache_mode;
DEALLOCATE ask_one;
PREPARE ask_varchar (varchar[]) AS SELECT cx.funnel(pg_temp.minutes('a@0 b@1'), $1);
EXECUTE ask_varchar ('{a,b}');
DEALLOCATE ask_varchar;

-- Stored journeys: short, compressed and out of line; in parallel.
CREATE TABLE funnel_stored AS
SELECT n, cx.journey_agg('2026-01-05Z'::timestamptz + (i / 3) * interval '1 hour', CASE WHEN n % 5 = 0 THEN 'label ' || i ELSE (ARRAY['a', 'b', 'c', 'x'])[1 + (hashint4(n * 10000 + i) & 1023) % 4] END) AS j
FROM generate_series(1, 300) n, generate_series(0, n * n % 2000) i GROUP BY n;
INSERT INTO funnel_stored VALUES (0, '[]'), (-1, NULL);
ANALYZE funnel_stored;
CREATE TEMP TABLE reached AS SELECT n, cx.funnel(j, '{a,b | c,c,x}', '1 hour', '{once,strict_order}') AS steps FROM funnel_stored;
SELECT steps, count(*) FROM reached GROUP BY steps ORDER BY steps;
ALTER TABLE funnel_stored SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT cx.funnel(j, '{a,b | c,c,x}', '1 hour', '{once,strict_order}') AS steps, count(*) FROM funnel_stored GROUP BY steps ORDER BY steps;
DROP TABLE funnel_stored;
