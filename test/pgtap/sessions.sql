-- Sessions: a new one starts only where the gap is greater.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(17);

CREATE FUNCTION pg_temp.at(VARIADIC times text[]) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(times::timestamptz[], array_agg('touch ' || n)) FROM generate_series(1, cardinality(times)) n
$$;
CREATE FUNCTION pg_temp.sizes(j cx.journey, gap interval) RETURNS int[] LANGUAGE sql AS $$
	SELECT array_agg(cx.touch_count(s)) FROM cx.sessions(j, gap) s
$$;
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:30Z'), '30 minutes'), '{2}', 'exactly the gap does not start a session');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:30:00.000001Z'), '30 minutes'), '{1,1}', 'a microsecond more does');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:20Z', '2026-01-01 09:40Z', '2026-01-01 10:00Z'), '30 minutes'), '{4}', 'the gap is measured from the touch before, not from the first');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:20Z', '2026-01-01 12:00Z', '2026-01-03 10:00Z', '2026-01-03 10:01Z'), '30 minutes'), '{2,1,2}', 'sessions come in order');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:00Z', '2026-01-01 09:00:01Z'), '0'), '{2,1}', 'with gap 0 only touches at the same time belong together');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-01 09:00Z'), '30 minutes'), '{1}', 'one touch is one session');
SELECT is((SELECT cx.journey_agg(s) FROM cx.sessions(j, '1 hour') s), j, 'the sessions make the whole') FROM (SELECT pg_temp.at('2026-01-01 09:00Z', '2026-01-01 09:20Z', '2026-01-01 12:00Z', '2026-01-03 10:00Z') AS j) AS v;
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-31Z', '2026-02-28Z'), '1 month'), '{2}', 'a month goes by the calendar: from January 31 to February 28');
SELECT is(pg_temp.sizes(pg_temp.at('2026-01-31Z', '2026-03-01Z'), '1 month'), '{1,1}', 'and no further');
SET LOCAL TimeZone = 'America/New_York';
SELECT is(pg_temp.sizes(pg_temp.at('2026-03-07 17:00Z', '2026-03-08 17:00Z'), '1 day'), '{2}', 'a day has 24 hours, also where clocks change');
SELECT is(pg_temp.sizes(pg_temp.at('2026-03-07 17:00Z', '2026-03-08 16:30Z'), '23 hours'), '{1,1}', 'an hour that clocks skip is not skipped');
SET LOCAL TimeZone = 'UTC';
SELECT is((SELECT count(*) FROM cx.sessions('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "call", "lasted": 7200}, {"at": "2026-01-01T02:00:00Z", "touchpoint": "call"}]', '1 hour')), 2::bigint, 'how long a touch lasted is not taken off the gap');
SELECT is_empty($$SELECT * FROM cx.sessions('[]', '1 hour')$$, 'an empty journey has no sessions');
SELECT is_empty($$SELECT * FROM cx.sessions(NULL, '1 hour')$$, 'nor has NULL');
SELECT is_empty($$SELECT * FROM cx.sessions(pg_temp.at('2026-01-01Z'), NULL)$$, 'a NULL gap cuts nothing');
SELECT throws_ok($$SELECT cx.sessions('[]', '-1 second')$$, '22023', 'gap between sessions must not be negative', 'a negative gap is refused');
SELECT is(pg_temp.sizes(pg_temp.at('4714-11-24Z BC', '294276-12-31Z'), '290000 years'), '{1,1}', 'all of time can be cut');

SELECT * FROM finish();
ROLLBACK;
