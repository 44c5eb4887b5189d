-- Retention: period 0 is the anchor's own, and no period has an answer before it is over.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'America/New_York';
SELECT plan(31);

-- signup at the first time, visits at the others
CREATE FUNCTION pg_temp.visits(VARIADIC times text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(times::timestamptz[], ARRAY['signup'] || array_fill('visit'::text, ARRAY[cardinality(times) - 1]))
$$;
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-01 23:59Z'), 'signup', 'visit', '1 day', 2), '{f,f}', 'a visit within a day of the signup is in period 0, which has no element');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-02Z'), 'signup', 'visit', '1 day', 2), '{t,f}', 'a visit a day later is in period 1');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-08Z'), 'signup', 'visit', '1 day', 7), '{f,f,f,f,f,f,t}', 'element 7 tells about day 7');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-03Z'), 'signup', 'visit', '1 day', 3, 'rolling'), '{t,t,f}', 'rolling: in this period or later');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-03Z'), 'signup', 'visit', '1 day', 3, 'unbounded'), '{t,t,t}', 'unbounded: at any time after the anchor');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-03Z'), 'signup', 'visit', '1 day', 3, 'cumulative'), '{f,t,t}', 'cumulative: up to the end of this period');
SELECT is(cx.retention('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "visit"}, {"at": "2026-01-05T00:00:00Z", "touchpoint": "signup"}]', 'signup', 'visit', '1 day', 2, 'unbounded'), '{f,f}', 'a visit before the signup is no return');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z'), 'purchase', 'visit', '1 day', 2), NULL, 'without an anchor there is no answer');
SELECT is(cx.retention('[]', 'signup', 'visit', '1 day', 2), NULL, 'nor for an empty journey');

SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-02Z'), 'signup', 'visit', '1 day', 2, as_of => '2026-01-02 23:59Z'), '{NULL,NULL}', 'a return in a period that is not over does not count yet');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-02Z'), 'signup', 'visit', '1 day', 2, as_of => '2026-01-03Z'), '{t,NULL}', 'it counts when the period is over');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-09Z'), 'signup', 'visit', '1 day', 2, 'rolling', '2026-01-05Z'), '{f,f}', 'what comes after as_of is not looked at');
SELECT is(cx.retention(pg_temp.visits('2026-01-01Z', '2026-01-09Z'), 'signup', 'visit', '1 day', 2, as_of => '2025-12-31Z'), NULL, 'not even an anchor');

SELECT is(cx.retention(pg_temp.visits('2026-01-31Z', '2026-02-28Z', '2026-03-30Z'), 'signup', 'visit', '1 month', 2), '{t,f}', 'months count from the anchor: 31 January, 28 February, 31 March');
SELECT is(cx.retention(pg_temp.visits('2026-03-07 17:00Z', '2026-03-08 16:00Z'), 'signup', 'visit', '1 day', 1, zone => 'America/New_York'), '{t}', 'a day has 23 hours where clocks go forward');
SELECT is(cx.retention(pg_temp.visits('2026-03-07 17:00Z', '2026-03-08 16:00Z'), 'signup', 'visit', '1 day', 1), '{f}', 'but not in UTC, which is the default, whatever the session''s zone');
SELECT is(cx.retention(pg_temp.visits('2026-01-01 22:00Z', '2026-01-01 23:30Z'), 'signup', 'visit', '1 day', 1, zone => 'Europe/Berlin', aligned => true), '{t}', 'aligned: the next day begins at midnight in the zone');
SELECT is(cx.retention(pg_temp.visits('2026-01-04Z', '2026-01-05Z'), 'signup', 'visit', '1 week', 1, aligned => true), '{t}', 'aligned weeks begin on Monday');

SELECT is(cx.retention_agg(a), '{"journeys": 3, "at_risk": [2, 1], "retained": [1, 1]}', 'a summary counts who was observed and who was active') FROM (VALUES ('{t,t}'::boolean[]), ('{f,NULL}'), (NULL), ('{NULL,NULL}')) v (a);
SELECT is(cx.retention_agg(a), '{"journeys": 2, "at_risk": [2, 1], "retained": [1, 0]}', 'of arrays of different lengths, what is not there was not observed') FROM (VALUES ('{t}'::boolean[]), ('{f,f}')) v (a);
SELECT is(cx.retention_agg(NULL::boolean[]), NULL, 'no array, no summary');
SELECT results_eq($$SELECT period, at_risk, retained, share FROM cx.retention_curve('{"journeys": 9, "at_risk": [8, 4, 0], "retained": [4, 1, 0]}')$$, $$VALUES (1, 8::bigint, 4::bigint, 0.5::float8), (2, 4, 1, 0.25)$$, 'a curve has the periods that were observed');
SELECT is(cx.retention_share('{"journeys": 9, "at_risk": [8], "retained": [2]}', 1), 0.25::float8, 'one share');
SELECT is(cx.retention_share('{"journeys": 9, "at_risk": [8], "retained": [2]}', 2), NULL, 'NULL where nothing was observed');

SELECT results_eq($$SELECT * FROM cx.lifecycle(pg_temp.visits('2026-01-05Z', '2026-01-06Z', '2026-01-09Z'), '1 day', '2026-01-10Z')$$, $$VALUES (date '2026-01-05', 'new'), ('2026-01-06', 'returning'), ('2026-01-07', 'dormant'), ('2026-01-09', 'resurrecting')$$,
	'new, returning, dormant once, resurrecting');
SELECT results_eq($$SELECT * FROM cx.lifecycle(pg_temp.visits('2026-01-05Z', '2026-01-06Z', '2026-01-09Z'), '1 day', '2026-01-06 23:59Z')$$, $$VALUES (date '2026-01-05', 'new')$$, 'a period that is not over has no row');
SELECT is_empty($$SELECT * FROM cx.lifecycle('[]', '1 day', NULL)$$, 'an empty journey has no life');
SELECT is(cx.active_periods(pg_temp.visits('2026-01-05Z', '2026-01-05 12:00Z', '2026-01-09Z', '2026-02-01Z'), '*', '1 day', '2026-01-01Z', '2026-02-01Z'), 2, 'distinct days, the end excluded');
SELECT is(cx.cohort_start(pg_temp.visits('2026-01-31 23:30Z', '2026-02-05Z'), 'signup', '1 month', 'Europe/Berlin'), '2026-02-01', 'a cohort is the period of the anchor in the zone');
SELECT throws_ok($$SELECT cx.cohort_start('[]', '*', '2 days')$$, '22023', 'period must be one of the calendar', 'which has no periods of two days');
SELECT throws_ok($$SELECT cx.retention('[]', '*', '*', '1 day', 1, 'loyal')$$, '22023', 'unknown retention mode: "loyal"', 'modes are known by name');

SELECT * FROM finish();
ROLLBACK;
