-- A journey's attempts at a funnel.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'a@0 b@30': touchpoints and minutes; and back.
CREATE FUNCTION pg_temp.minutes(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + split_part(touch, '@', 2)::float8 * interval '1 minute', split_part(touch, '@', 1)), '[]')
	FROM unnest(string_to_array(touches, ' ')) AS touch
$$;
CREATE FUNCTION pg_temp.touches(j cx.journey) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(touchpoint || '@' || (extract(epoch FROM at - '2026-01-05 13:00Z') / 60)::float8, ' ' ORDER BY step) FROM cx.touches(j)
$$;
-- Attempts in one line each: reached, state, touches.
CREATE FUNCTION pg_temp.attempts(touches text, steps text[], within interval, mode text[], as_of float8) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(reached || ' ' || state || ' ' || pg_temp.touches(touches), ', ' ORDER BY attempt)
	FROM cx.funnel_attempts(pg_temp.minutes(attempts.touches), steps, within, mode, '2026-01-05 13:00Z'::timestamptz + as_of * interval '1 minute')
$$;
SELECT * FROM cx.funnel_attempts(pg_temp.minutes('a@0 b@10 a@20 b@30 c@40 a@50'), '{a,b,c}');

CREATE TEMP TABLE question (n int GENERATED ALWAYS AS IDENTITY, touches text, steps text[], within interval, mode text[], as_of float8);
INSERT INTO question (touches, steps, within, mode, as_of) VALUES
	-- one after the other; touches of step 1 within an attempt belong to it
	('a@0 b@1 c@2 a@3 b@4 c@5', '{a,b,c}', NULL, '{}', NULL), ('a@0 a@1 b@2 a@3 c@4 a@5', '{a,b,c}', NULL, '{}', NULL), ('b@0 c@1', '{a,b,c}', NULL, '{}', NULL), ('', '{a}', NULL, '{}', NULL),
	-- what another begins in time gets further: the first ends there; of several the earliest, if none gets further still
	('a@0 b@30 a@40 b@50 c@90', '{a,b,c}', '1 hour', '{}', NULL), ('a@0 a@30 a@40 b@50 c@70', '{a,b,c}', '1 hour', '{}', NULL), ('a@0 a@20 a@40 b@50 c@70 d@99', '{a,b,c,d}', '1 hour', '{}', NULL), ('a@0 a@30 a@40 b@50 c@70', '{a,b,c}', '1 hour', '{first}', NULL),
	-- a better one within what comes before a better one: both remain
	('a@0 b@1 c@2 a@3 a@4 b@4 c@4 b@5 c@6 a@8 d@8 b@8.5 c@9 d@9.5 a@10 e@10 b@10.2 c@10.4 d@10.6 e@10.8 f@13 g@17', '{a,b,c,d,e,f,g}', '8 minutes', '{strict_increase,strict_order}', NULL),
	-- what no chain can carry on is an attempt of one step
	('a@0 a@1 a@2 x@3 a@4 b@5', '{a,b}', NULL, '{strict_order}', NULL), ('a@0 b@1 b@2 c@3 a@4 b@5 c@6', '{a,b,c}', NULL, '{strict_deduplication}', NULL), ('a@0 a@0 b@0', '{a,b}', NULL, '{strict_increase}', NULL),
	-- one touch for several steps is in it once; with once it fills one; of several at one time the first ones
	('a@0 b@1', '{a,*,b}', NULL, '{}', NULL), ('a@0 b@1', '{a,*,b}', NULL, '{once}', NULL), ('a@0 b@0 b@0 c@0', '{a,b,b | c}', NULL, '{}', NULL), ('a@0 b@0 b@0 c@0', '{a,b,b | c}', NULL, '{once}', NULL), ('a@0 b@0', '{a | b,a}', NULL, '{once}', NULL),
	-- pending: its window is open at as_of, or that of one within; touches after it are left out
	('a@0 b@10 c@70', '{a,b,c}', '1 hour', '{}', NULL), ('a@0 b@10 c@70', '{a,b,c}', '1 hour', '{}', 59), ('a@0 b@10 c@70', '{a,b,c}', '1 hour', '{}', 60), ('a@0 b@10 c@70', '{a,b,c}', NULL, '{}', 69), ('a@0 b@10 c@70', '{a,b,c}', NULL, '{}', 70), ('a@0 b@10 c@70', '{a,b,c}', NULL, '{}', -1),
	('a@0 a@30 b@40', '{a,b,c}', '1 hour', '{}', 60), ('a@0 a@30 b@40', '{a,b,c}', '1 hour', '{first}', 60), ('a@0 a@30', '{a,b,c}', '1 hour', '{}', 70),
	-- not if what came since has ended it
	('a@0 x@10', '{a,b}', NULL, '{strict_order}', 20), ('a@0 b@10 b@20', '{a,b,c}', NULL, '{strict_deduplication}', 30), ('a@0 a@10 b@20 a@30', '{a,b,c}', NULL, '{strict_deduplication}', 40);
SELECT touches, steps, within, mode, as_of, pg_temp.attempts(touches, steps, within, mode, as_of) AS attempts FROM question ORDER BY n;
-- the touches are the journey's, whole
SELECT touches FROM cx.funnel_attempts('[{"at": "2026-01-05T09:00:00Z", "touchpoint": "a", "channel": "web", "team": "t", "value": 2, "lasted": 3, "ref": 4, "attrs": {"k": "v"}}, {"at": "2026-01-05T09:00:01Z", "touchpoint": "x"}, {"at": "2026-01-05T09:00:02Z", "touchpoint": "b", "channel": "app"}]', '{a,b}');

-- NULL: no journey, no steps, no modes; no window and no watermark.
SELECT arguments, pg_temp.outcome(format('SELECT count(*) FROM cx.funnel_attempts(%s)', arguments)) AS attempts FROM unnest(ARRAY[
	$$NULL, '{a}'$$, $$'[]', NULL$$, $$'[]', '{a}', NULL, NULL$$, $$pg_temp.minutes('a@0'), '{a}', NULL, '{}', NULL$$, $$pg_temp.minutes('a@0'), NULL$$]) AS arguments;
-- Errors as of cx.funnel.
SELECT arguments, pg_temp.outcome(format('SELECT count(*) FROM cx.funnel_attempts(''[]'', %s)', arguments)) AS outcome FROM unnest(ARRAY[
	$$'{}'$$, $$'{a,NULL}'$$, $$'{a,b ->}'$$, $$array_fill('a'::text, ARRAY[1001])$$, $$'{a}', '-1 day'$$, $$'{a}', NULL, '{strict}'$$, $$'{a}', NULL, '{}', 'infinity'$$, $$'{a}', NULL, '{}', '-infinity'$$]) AS arguments;
-- Many steps, many attempts: each attempt looks only at what matters to it.
SELECT count(*), sum(reached), max(cx.touch_count(touches)) FROM cx.funnel_attempts(pg_temp.minutes('a@0 b@1'), array_fill('*'::text, ARRAY[1000]));
CREATE TEMP TABLE long AS SELECT cx.journey_agg('2026-01-05 13:00Z'::timestamptz + i * interval '1 second', CASE i WHEN 99999 THEN 'x' WHEN 100000 THEN 'b' ELSE 'a' END) AS j FROM generate_series(1, 100000) i;
SET statement_timeout = '20s';
SELECT count(*), sum(reached) FROM long, cx.funnel_attempts(j, '{a,b}', NULL, '{strict_order}');
SELECT count(*), sum(reached) FROM long, cx.funnel_attempts(j, '{a,b}', '1000 seconds');
SELECT count(*), sum(reached) FROM long, cx.funnel_attempts(j, '{a,c}');
-- the times of the best chain, behind as many that were ended
SELECT cx.funnel_times(cx.journey_agg(v), '{a,b}', NULL, '{strict_order}') FROM (SELECT j FROM long UNION ALL SELECT cx.journey('{2026-01-07 12:00Z, 2026-01-07 13:00Z}', '{a,b}')) AS s (v);
RESET statement_timeout;
