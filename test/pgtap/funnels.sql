-- Funnels of many journeys, and the attempts in one.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(44);

-- A journey from 'view@0 cart@30': touchpoints and hours on 5 January.
CREATE FUNCTION pg_temp.hours(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05Z'::timestamptz + split_part(touch, '@', 2)::float8 * interval '1 hour', split_part(touch, '@', 1)), '[]')
	FROM unnest(string_to_array(touches, ' ')) AS touch
$$;
-- The summary of journeys, asked for view, cart, pay in 24 hours.
CREATE FUNCTION pg_temp.summary(as_of timestamptz, VARIADIC journeys text[]) RETURNS cx.funnel_summary LANGUAGE sql STABLE AS $$
	SELECT cx.funnel_agg(pg_temp.hours(j), '{view,cart,pay}', '24 hours', '{}', as_of) FROM unnest(journeys) AS j
$$;
-- A column of the steps in one line.
CREATE FUNCTION pg_temp.steps(summary cx.funnel_summary, what text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(coalesce(to_jsonb(s) ->> what, 'unknown'), ' ' ORDER BY step) FROM cx.funnel_steps(summary) s
$$;
-- The attempts at view, cart, pay in 24 hours: steps reached and states.
CREATE FUNCTION pg_temp.attempts(touches text, mode text[] DEFAULT '{}', as_of timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(reached || ' ' || state, ', ' ORDER BY attempt) FROM cx.funnel_attempts(pg_temp.hours(attempts.touches), '{view,cart,pay}', '24 hours', mode, as_of)
$$;

SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@1 pay@2', 'view@0 cart@1', 'view@0', 'call@0', ''), 'reached'), '3 2 1', 'a step counts the journeys that reached it, also those that went further');
SELECT is(cx.journeys(pg_temp.summary(NULL, 'view@0 cart@1 pay@2', 'view@0 cart@1', 'view@0', 'call@0', '')), 5::bigint, 'journeys that reached nothing, and empty ones, are journeys');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@1 pay@2', 'view@0 cart@1', 'view@0'), 'dropped'), 'unknown 1 1', 'who reached the step before and not this one has dropped');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@1 pay@2', 'view@0 cart@1', 'view@0', 'view@0'), 'reached_share'), '1 0.5 0.25', 'the share of those who reached the first step');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@1 pay@2', 'view@0 cart@1', 'view@0', 'view@0'), 'from_previous_share'), 'unknown 0.5 0.5', 'the share of those who reached the step before');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@25'), 'reached'), '1 0 0', 'what comes after the window does not count');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 view@2 cart@25'), 'reached'), '1 1 0', 'unless a later start is in time');
SELECT is(pg_temp.summary(NULL, 'view@0', 'view@0 cart@1'), pg_temp.summary(NULL, 'view@0 cart@1', 'view@0'), 'the order of journeys does not matter');
SELECT ok((SELECT abs(median_seconds_from_previous - 2 * 3600) < 0.008 * 2 * 3600 AND abs(median_seconds_from_start - 3 * 3600) < 0.008 * 3 * 3600 FROM cx.funnel_steps(pg_temp.summary(NULL, 'view@0 cart@1 pay@3', 'view@0 cart@1 pay@3')) WHERE step = 3), 'times are from the step before, and from the first, good to 0.8 percent');
SELECT ok((SELECT abs(median_seconds_from_previous - 4 * 3600) < 0.008 * 4 * 3600 FROM cx.funnel_steps(pg_temp.summary(NULL, 'view@0 view@1 cart@4')) WHERE step = 2), 'of the chain that comes earliest, as cx.funnel_times has it');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0'), 'median_seconds_from_previous'), 'unknown unknown unknown', 'nobody, no time');

SELECT is(pg_temp.steps(pg_temp.summary('2026-01-05 23:59Z', 'view@0 cart@1'), 'pending'), '0 0 1', 'who still has time is pending at the next step');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-05 23:59Z', 'view@0 cart@1'), 'dropped'), 'unknown 0 0', 'and has not dropped');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-06 00:00Z', 'view@0 cart@1'), 'dropped'), 'unknown 0 1', 'when the window ends the time is over');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-05 12:00Z', 'view@0 cart@1', 'view@0 cart@1 pay@2'), 'reached_share'), '1 1 1', 'shares are of those whose outcome is known');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-05 12:00Z', 'view@0 cart@1'), 'reached_share'), '1 1 unknown', 'if it is known of nobody there is no share');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-05 12:00Z', 'view@0 cart@13'), 'reached'), '1 0 0', 'what comes after as_of is not known yet');
SELECT is(pg_temp.steps(pg_temp.summary('2026-01-06 10:00Z', 'view@0 cart@1 view@20'), 'pending'), '0 0 1', 'a later start keeps a journey pending');
SELECT is(pg_temp.steps((SELECT cx.funnel_agg(pg_temp.hours('view@0 call@1'), '{view,cart}', '24 hours', '{strict_order}', '2026-01-05 12:00Z')), 'pending'), '0 0', 'what a mode has ended is not pending');
SELECT is(pg_temp.steps(pg_temp.summary(NULL, 'view@0 cart@1'), 'pending'), '0 0 0', 'without as_of nothing is');
SELECT is(pg_temp.summary('2027-01-01Z', 'view@0', 'view@0 cart@1 pay@2'), pg_temp.summary(NULL, 'view@0', 'view@0 cart@1 pay@2'), 'nor when all windows are over');
SELECT is((SELECT cx.rollup(s) FROM unnest(ARRAY[pg_temp.summary('2026-01-05 12:00Z', 'view@0'), pg_temp.summary('2026-01-07Z', 'view@0')]) s)::jsonb ->> 'pending', '[0, 1, 0]', 'summaries of different days merge, each with what was pending on its day');

SELECT is((SELECT cx.rollup(s) FROM unnest(ARRAY[pg_temp.summary(NULL, 'view@0'), pg_temp.summary(NULL, 'view@0 cart@1')]) s), pg_temp.summary(NULL, 'view@0', 'view@0 cart@1'), 'the merge of summaries is the summary of all');
SELECT is((SELECT cx.rollup(s) FROM unnest(ARRAY[NULL, pg_temp.summary(NULL, 'view@0')]) s), pg_temp.summary(NULL, 'view@0'), 'NULL adds nothing');
SELECT is((SELECT cx.funnel_agg(j, '{view}') FROM unnest(ARRAY[NULL::cx.journey]) j), NULL, 'no journey, no summary');
SELECT is_empty('SELECT * FROM cx.funnel_steps(NULL)', 'no summary, no steps');
SELECT throws_ok($$SELECT cx.rollup(s) FROM unnest(ARRAY[(SELECT cx.funnel_agg(j, '{a,b}') FROM unnest(ARRAY['[]'::cx.journey]) j), (SELECT cx.funnel_agg(j, '{a,c}') FROM unnest(ARRAY['[]'::cx.journey]) j)]) s$$,
	'22023', 'cannot combine funnels with different steps, window or modes', 'different steps do not merge');
SELECT lives_ok($$SELECT cx.rollup(s) FROM unnest(ARRAY[(SELECT cx.funnel_agg(j, '{a|b}', '1 day') FROM unnest(ARRAY['[]'::cx.journey]) j), (SELECT cx.funnel_agg(j, ARRAY['(a | b)'], '24 hours') FROM unnest(ARRAY['[]'::cx.journey]) j)]) s$$,
	'the same question in other words does');
SELECT is((SELECT string_agg(round(low::numeric, 4) || ' ' || round(high::numeric, 4), ', ' ORDER BY step) FROM cx.funnel_steps(pg_temp.summary(NULL, VARIADIC array_fill('view@0'::text, ARRAY[19]) || ARRAY['view@0 cart@1']))), '0.8389 1.0000, 0.0089 0.2361, 0.0000 0.1611',
	'intervals are Wilson''s: none is below 0 or above 1, or empty for a few');
SELECT is((SELECT round(high::numeric, 4) FROM cx.funnel_steps(pg_temp.summary(NULL, VARIADIC array_fill('view@0'::text, ARRAY[20])), 0.99) WHERE step = 2), 0.2491, 'more confidence, wider');

SELECT is(pg_temp.attempts('view@0 cart@1 pay@2 view@30 view@31 cart@32'), '3 completed, 2 dropped', 'one attempt after the other');
SELECT is(pg_temp.attempts('call@0'), NULL, 'none without the first step');
SELECT is(pg_temp.attempts('view@0 cart@1 view@2 pay@3'), '3 completed', 'the first step again does not interrupt');
SELECT is(pg_temp.attempts('view@0 cart@3 view@2 pay@25'), '1 dropped, 3 completed', 'but a start that gets further in time takes over');
SELECT is((SELECT started_at FROM cx.funnel_attempts(pg_temp.hours('view@0 view@2 view@3 cart@4 pay@25'), '{view,cart,pay}', '24 hours') WHERE state = 'completed'), '2026-01-05 02:00Z', 'the earliest of those that get as far');
SELECT is(pg_temp.attempts('view@0 cart@3 view@2 pay@25', '{first}'), '2 dropped', 'not in mode first');
SELECT is(pg_temp.attempts('view@0 view@1 call@2 view@3 cart@4', '{strict_order}'), '1 dropped, 1 dropped, 2 dropped', 'a mode ends attempts, and the next begins after');
SELECT is(pg_temp.attempts('view@0 cart@1 view@20', '{}', '2026-01-05 21:00Z'), '2 pending, 1 pending', 'attempts whose window is open are pending');
SELECT is(pg_temp.attempts('view@0 cart@1 view@20', '{}', '2026-01-06 12:00Z'), '2 dropped, 1 pending', 'those whose window is over are not');
SELECT is(pg_temp.attempts('view@0 view@20 cart@21', '{}', '2026-01-06 12:00Z'), '2 pending', 'one is also pending if a start within it can still get further');
SELECT is((SELECT cx.path(touches) FROM cx.funnel_attempts(pg_temp.hours('view@0 call@1 cart@2 cart@3 pay@4'), '{view,cart,pay}')), 'view > cart > pay', 'the touches are those that filled the steps');
SELECT is((SELECT cx.path(touches) FROM cx.funnel_attempts(pg_temp.hours('view@0 pay@4'), '{view,*,pay}')), 'view > pay', 'each once');
SELECT is((SELECT max(reached) FROM cx.funnel_attempts(j, '{view,cart,pay}', '24 hours')), cx.funnel(j, '{view,cart,pay}', '24 hours'), 'the best attempt is the funnel') FROM (SELECT pg_temp.hours('view@0 view@1 cart@23 pay@24.5 view@25') AS j) v;
SELECT throws_ok($$SELECT cx.funnel_attempts('[]', '{a}', NULL, '{}', 'infinity')$$, '22008', 'as_of must be finite', 'a watermark is a time');

SELECT * FROM finish();
ROLLBACK;
