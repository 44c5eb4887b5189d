-- Retention, its summary, cohorts, lifecycle and active periods.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/retention.data'
-- A journey from 'a 01-31, b 02-28 12:00': touchpoints and times of 2026 in UTC.
CREATE FUNCTION pg_temp.in_2026(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg(('2026-' || substr(touch, strpos(touch, ' ') + 1) || 'Z')::timestamptz, split_part(touch, ' ', 1)), '[]')
	FROM unnest(string_to_array(touches, ', ')) AS touch
$$;

-- What each mode answers.  Period k of a day lasts from k to k + 1 days after the anchor, its end excluded.
SELECT touches, mode, cx.retention(pg_temp.in_2026(touches), 'a', 'b', '1 day', 4, mode) AS answer
FROM unnest(ARRAY['a 01-01', 'a 01-01, b 01-01 23:59:59.999999', 'a 01-01, b 01-02', 'a 01-01, b 01-02 23:59:59.999999', 'a 01-01, b 01-03', 'a 01-01, b 01-02, b 01-04', 'a 01-01, b 01-05, b 01-09', 'a 01-01, b 01-06', 'b 01-01, a 01-02', 'b 01-01', '',
	-- counted from the first anchor
	'a 01-01, a 01-02, b 01-03']) WITH ORDINALITY AS t (touches, n), unnest('{bounded,rolling,unbounded,cumulative}'::text[]) WITH ORDINALITY AS m (mode, o)
ORDER BY n, o;
-- A return comes after the anchor in canonical order: at the same instant, touchpoints by name.
SELECT anchor, comeback, cx.retention(pg_temp.in_2026('a 01-01, b 01-01, b 01-01'), anchor, comeback, '1 day', 1, 'unbounded') AS unbounded
FROM (VALUES ('a', 'b'), ('b', 'a'), ('b', 'b'), ('*', '*'), ('a', 'a')) AS v (anchor, comeback), LATERAL (SELECT anchor::cx.selector, comeback::cx.selector) AS s (a, b);
-- What is known at as_of: a period has an answer when its end has come; later touches are not looked at.
SELECT as_of, mode, cx.retention(pg_temp.in_2026('a 01-01, b 01-02 12:00, b 01-04'), 'a', 'b', '1 day', 4, mode, as_of) AS answer
FROM unnest('{2025-12-31 23:59:59.999999Z, 2026-01-01Z, 2026-01-02 23:59:59.999999Z, 2026-01-03Z, 2026-01-03 23:59:59.999999Z, 2026-01-04Z, 2026-01-05Z, 2026-01-06Z}'::timestamptz[]) AS as_of, unnest('{bounded,rolling,unbounded,cumulative}'::text[]) WITH ORDINALITY AS m (mode, o)
ORDER BY as_of, o;

-- Months and days go by the calendar of the zone, each from the anchor; hours are elapsed time.
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.retention(pg_temp.in_2026(''a 01-31, b 02-28, b 03-30, b 04-30''), ''a'', ''b'', ''1 month'', 3)', '{t,f,t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 01-31, b 02-27 23:59:59, b 03-31, b 04-29''), ''a'', ''b'', ''1 month'', 3)', '{f,t,f}'],
	['SELECT cx.retention(cx.journey(''{2024-02-29Z, 2025-02-28Z, 2028-02-28Z, 2028-02-29Z}'', ''{a,b,b,b}''), ''a'', ''b'', ''1 year'', 4)', '{t,f,t,t}'],
	-- clocks in Berlin go forward on 29 March at 01:00Z: the day from 28 March 12:00 has 23 hours
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 11:00, b 03-29 10:00''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 11:00, b 03-29 09:59:59.999999''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 11:00, b 03-29 10:00''), ''a'', ''b'', ''1 day'', 1)', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 11:00, b 03-29 10:00''), ''a'', ''b'', ''24 hours'', 1, zone => ''Europe/Berlin'')', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 11:00, b 03-29 11:00''), ''a'', ''b'', ''24 hours'', 1, zone => ''Europe/Berlin'')', '{t}'],
	-- and back on 25 October: that day has 25
	['SELECT cx.retention(pg_temp.in_2026(''a 10-24 10:00, b 10-25 10:59:59''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 10-24 10:00, b 10-25 11:00''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{t}'],
	-- 02:30 is skipped in Berlin on 29 March and means 03:30; in New York on 8 March as well; on 25 October it is shown twice and means the second
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 01:30, b 03-29 01:30''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-28 01:30, b 03-29 01:29:59''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-07 07:30, b 03-08 07:30''), ''a'', ''b'', ''1 day'', 1, zone => ''America/New_York'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 10-24 00:30, b 10-25 01:30''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 10-24 00:30, b 10-25 01:29:59''), ''a'', ''b'', ''1 day'', 1, zone => ''Europe/Berlin'')', '{f}'],
	-- in New York this anchor lies on 30 January, 19:00
	['SELECT cx.retention(pg_temp.in_2026(''a 01-31, b 02-28, b 03-30 23:00''), ''a'', ''b'', ''1 month'', 2, zone => ''America/New_York'')', '{f,t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 01-31, b 03-01, b 03-30 22:59''), ''a'', ''b'', ''1 month'', 2, zone => ''America/New_York'')', '{t,f}']]);
-- Aligned: days, weeks from Monday, months and what divides the year; 1 January 2026 is a Thursday.
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.retention(pg_temp.in_2026(''a 01-01 23:59, b 01-02, b 01-04 23:00''), ''a'', ''b'', ''1 day'', 3, aligned => true)', '{t,f,t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 01-01, b 01-04 23:59:59, b 01-12''), ''a'', ''b'', ''1 week'', 2, aligned => true)', '{f,t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 01-01, b 01-05''), ''a'', ''b'', ''7 days'', 2, aligned => true)', '{t,f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 01-31 23:59, b 02-01, b 03-31''), ''a'', ''b'', ''1 month'', 2, aligned => true)', '{t,t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-31, b 04-01, b 09-30''), ''a'', ''b'', ''3 months'', 3, aligned => true)', '{t,t,f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 12-31 22:59:59, b 12-31 23:00''), ''a'', ''b'', ''1 year'', 1, aligned => true, zone => ''Europe/Berlin'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 12-31 23:00, b 12-31 23:00''), ''a'', ''b'', ''1 year'', 1, aligned => true, zone => ''Europe/Berlin'')', '{f}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-29 12:00, b 03-29 22:00''), ''a'', ''b'', ''1 day'', 1, aligned => true, zone => ''Europe/Berlin'')', '{t}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-29 12:00, b 03-29 22:00''), ''a'', ''b'', ''1 day'', 2, ''bounded'', ''2026-03-30 22:00Z'', ''Europe/Berlin'', true)', '{t,NULL}'],
	['SELECT cx.retention(pg_temp.in_2026(''a 03-29 12:00, b 03-29 22:00''), ''a'', ''b'', ''1 day'', 2, ''bounded'', ''2026-03-30 21:59:59Z'', ''Europe/Berlin'', true)', '{NULL,NULL}']]);
-- The session's zone does not matter, and the plan may evaluate in advance.
SET TimeZone = 'Asia/Tokyo';
SELECT cx.retention(pg_temp.in_2026('a 01-31, b 02-28'), 'a', 'b', '1 month', 2), cx.cohort_start(pg_temp.in_2026('a 01-31 20:00'), 'a', '1 month'), cx.active_periods(pg_temp.in_2026('a 01-31 14:00, b 01-31 16:00'), '*', '1 day');
SET TimeZone = 'UTC';

-- The ends of time: what lies beyond has no answer.
SELECT zone, cx.retention(j, 'a', '*', '100000 years', 4, zone => zone), cx.retention(j, 'b', '*', '1 day', 2, zone => zone), cx.retention(j, 'a', 'b', '2147483647 months', 2, 'unbounded', zone => zone), cx.retention(j, 'a', 'b', '2147483647 days', 2, zone => zone),
	cx.retention(j, 'a', 'b', '2500000000 hours', 2, zone => zone), cx.active_periods(j, '*', '1 day', zone => zone), cx.active_periods(j, '*', '1 year', zone => zone)
FROM unnest('{UTC,Europe/Berlin,America/New_York,Asia/Tokyo}'::text[]) AS zone, (SELECT cx.journey('{4714-11-24 00:00Z BC, 0001-12-31 23:59:59Z BC, 294276-12-31 23:59:59.999999Z}', '{a,c,b}') AS j) AS s;
SELECT period_start, state FROM cx.lifecycle(cx.journey('{4714-11-24 00:00Z BC, 294276-12-30 00:00Z}', '{a,b}'), '1 day', NULL);
SELECT pg_temp.outcome(format('SELECT cx.cohort_start(cx.journey(''{%s}'', ''{a}''), ''a'', %L, %L)', at, length, zone)) AS first_day
FROM (VALUES ('4714-11-24 00:00Z BC', '1 day', 'UTC'), ('4714-11-24 00:00Z BC', '1 month', 'UTC'), ('4714-11-24 00:00Z BC', '1 day', 'America/New_York'), ('4714-11-24 00:00Z BC', '1 day', 'Asia/Tokyo'),
	('294276-12-31 23:59:59.999999Z', '1 day', 'UTC'), ('294276-12-31 23:59:59.999999Z', '1 year', 'Europe/Berlin'), ('294276-12-31 23:59:59.999999Z', '1 day', 'Asia/Tokyo'), ('0001-12-31 12:00Z BC', '1 year', 'UTC'), ('0001-01-01 00:00Z', '1 week', 'UTC')) AS v (at, length, zone);

-- NULL for NULL, but for as_of
SELECT arguments, pg_temp.outcome('SELECT cx.retention(' || arguments || ')') AS answer
FROM unnest(ARRAY[$$NULL, '*', '*', '1 day', 1$$, $$'[]', NULL, '*', '1 day', 1$$, $$'[]', '*', NULL, '1 day', 1$$, $$'[]', '*', '*', NULL, 1$$, $$'[]', '*', '*', '1 day', NULL$$, $$'[]', '*', '*', '1 day', 1, NULL$$, $$'[]', '*', '*', '1 day', 1, zone => NULL$$,
	$$'[]', '*', '*', '1 day', 1, aligned => NULL$$, $$pg_temp.in_2026('a 01-01'), '*', '*', '1 day', 1, as_of => NULL$$]) AS arguments;
-- wrong questions; also without a journey to ask
SELECT arguments, pg_temp.outcome('SELECT cx.retention(''[]'', ''*'', ' || arguments || ')') AS refused
FROM unnest(ARRAY[$$'*', '0', 1$$, $$'*', '-1 day', 1$$, $$'*', '1 month -1 day', 1$$, $$'*', '1 day -1 second', 1$$, $$'*', '1 day', 0$$, $$'*', '1 day', -5$$, $$'*', '1 day', 10001$$, $$'*', '1 day', 1, 'Bounded'$$, $$'*', '1 day', 1, ''$$, $$'*', '1 day', 1, repeat('é', 100)$$,
	$$'*', '1 day', 1, as_of => 'infinity'$$, $$'*', '1 day', 1, as_of => '-infinity'$$, $$'*', '1 day', 1, zone => 'Berlin'$$, $$'*', '1 day', 1, zone => ''$$, $$'*', '1 day', 1, zone => repeat('x', 300)$$, $$'*', '1 day', 1, zone => 'CEST'$$,
	$$'*', '2 days', 1, aligned => true$$, $$'*', '24 hours', 1, aligned => true$$, $$'*', '5 months', 1, aligned => true$$, $$'*', '24 months', 1, aligned => true$$, $$'*', '1 month 1 day', 1, aligned => true$$, $$'*', '1 day 1 second', 1, aligned => true$$, $$'a ->', '1 day', 1$$]) AS arguments;
SELECT cx.retention('[]', '*', '*', '1 day', 1, 'weekly');
SELECT cx.retention('[]', '*', '*', '2 weeks', 1, aligned => true);
SELECT cx.retention('[]', '*', '*', '1 day', 1, zone => 'Mars/Olympus');
-- zones by offset, and in any case
SELECT cx.retention(pg_temp.in_2026('a 01-01 20:00, b 01-01 22:00'), 'a', 'b', '1 day', 1, zone => zone, aligned => true) AS answer, zone FROM unnest('{UTC,utc,Etc/GMT-3,<+02>-2,europe/berlin,Asia/Kathmandu}'::text[]) AS zone;
-- as many periods as there may be
SELECT cardinality(r), array_position(r, true), array_positions(r, NULL) = '{}' FROM cx.retention(pg_temp.in_2026('a 01-01, b 01-01 02:46:39.5'), 'a', 'b', '1 second', 10000) AS r;

-- The summary.
CREATE TEMP TABLE answer (part int, answer boolean[]);
INSERT INTO answer VALUES (1, '{t,f,t}'), (1, '{t,NULL,NULL}'), (1, NULL), (2, '{}'), (2, '{f}'), (2, '{NULL,t}'), (2, '{f,f,f,NULL}'), (3, NULL);
SELECT part, cx.retention_agg(answer) FROM answer GROUP BY part ORDER BY part;
SELECT cx.retention_agg(answer) AS summary, cx.retention_agg(answer) = (SELECT cx.rollup(s) FROM (SELECT cx.retention_agg(answer) AS s FROM answer GROUP BY part) r) AS rollup FROM answer;
SELECT cx.cohort_size(s), period, at_risk, retained, share, round(low::numeric, 6) AS low, round(high::numeric, 6) AS high FROM (SELECT cx.retention_agg(answer) AS s FROM answer) a, cx.retention_curve(s);
SELECT period, cx.retention_share(s, period) FROM (SELECT cx.retention_agg(answer) AS s FROM answer) a, unnest('{-2147483648,-1,0,1,2,3,4,5,2147483647}'::int[]) AS period;
-- 81 of 263: Wilson's interval at 95 percent is 0.255 to 0.366 (Newcombe 1998, Statistics in Medicine 17, table I)
SELECT round(low::numeric, 4) AS low, round(high::numeric, 4) AS high FROM cx.retention_curve('{"journeys": 263, "at_risk": [263], "retained": [81]}');
SELECT confidence, pg_temp.outcome(format('SELECT (round(low::numeric, 4), round(high::numeric, 4)) FROM cx.retention_curve(''{"journeys": 4, "at_risk": [4, 4, 0, 1], "retained": [0, 4, 0, 0]}'', %L) WHERE period = 1', confidence)) AS "0 of 4" FROM unnest('{0.5,0.95,0.999999,0,1,-1,NaN,NULL}'::text[]) AS confidence;
SELECT period, at_risk, share FROM cx.retention_curve('{"journeys": 4, "at_risk": [4, 4, 0, 1], "retained": [0, 4, 0, 0]}');
-- nothing
SELECT cx.retention_agg(NULL), cx.rollup(NULL::cx.retention_summary), cx.cohort_size(NULL), cx.retention_share(NULL, 1), cx.retention_share('{"journeys": 1, "at_risk": [1], "retained": [0]}', NULL), (SELECT count(*) FROM cx.retention_curve(NULL)) AS rows;
SELECT cx.retention_agg(answer), cx.rollup('{"journeys": 0, "at_risk": [], "retained": []}'::cx.retention_summary) FROM answer WHERE false;
SELECT cx.rollup(s), cx.cohort_size(cx.rollup(s)), (SELECT count(*) FROM cx.retention_curve(cx.rollup(s))) AS rows FROM (VALUES ('{"journeys": 0, "at_risk": [], "retained": []}'::cx.retention_summary), (NULL)) AS v (s);
-- arrays that are none of cx.retention
SELECT array_text, pg_temp.outcome(format('SELECT cx.retention_agg(%L::boolean[])', array_text)) AS answer FROM unnest(ARRAY['[1:2]={t,f}', '[0:1]={t,f}', '[2:3]={t,f}', '{{t,f},{f,t}}', '{}', '{NULL}']) AS array_text;
SELECT pg_temp.outcome(format('SELECT cx.retention_agg(array_fill(true, ARRAY[%s]))::text LIKE ''{"journeys": 1, "at_risk": [1, 1, %%''', n)) FROM unnest('{9999,10000,10001}'::int[]) AS n;
-- text and JSON: what is written reads back; what else is refused
SELECT cx.retention_agg(answer)::text::cx.retention_summary = cx.retention_agg(answer) AS text, cx.retention_agg(answer)::jsonb AS jsonb, cx.retention_agg(answer)::jsonb::cx.retention_summary = cx.retention_agg(answer) AS from_jsonb FROM answer;
SELECT '{"retained": [1, 0, 0], "at_risk": [2, 0, 0], "journeys": 2.0}'::cx.retention_summary AS canonical, '{"journeys": 2, "at_risk": [2, 0], "retained": [1, 0]}'::cx.retention_summary = '{"journeys": 2, "at_risk": [2], "retained": [1]}' AS equal, '{"journeys": 2, "at_risk": [2], "retained": [1]}'::cx.retention_summary < '{"journeys": 2, "at_risk": [2], "retained": [2]}' AS less;
SELECT input, pg_temp.outcome(format('SELECT %L::cx.retention_summary', input)) AS refused
FROM unnest(ARRAY['', '5', '[]', '{}', '{"journeys": -1, "at_risk": [], "retained": []}', '{"journeys": 1.5, "at_risk": [], "retained": []}', '{"journeys": "1", "at_risk": [], "retained": []}', '{"journeys": 1}', '{"journeys": 1, "at_risk": []}', '{"journeys": 1, "at_risk": {}, "retained": []}',
	'{"journeys": 1, "at_risk": [1], "retained": []}', '{"journeys": 1, "at_risk": [2], "retained": [0]}', '{"journeys": 2, "at_risk": [1], "retained": [2]}', '{"journeys": 2, "at_risk": [1, -1], "retained": [1, 0]}', '{"journeys": 2, "at_risk": [1, null], "retained": [1, 0]}', '{"journeys": 9223372036854775808, "at_risk": [], "retained": []}']) AS input;
SELECT pg_temp.outcome(format($$SELECT '{"journeys": 1, "at_risk": %s, "retained": %s}'::cx.retention_summary$$, a, a)) FROM (SELECT to_json(array_fill(0, ARRAY[10001])) AS a) AS s;
SELECT pg_temp.outcome($$SELECT cx.rollup(s::cx.retention_summary) FROM unnest('{"{\"journeys\": 9223372036854775807, \"at_risk\": [], \"retained\": []}", "{\"journeys\": 1, \"at_risk\": [], \"retained\": []}"}'::text[]) AS s$$);
-- binary: a version byte and the text; read through a file
SELECT get_byte(b, 0) AS version, convert_from(substr(b, 2), 'UTF8') AS text FROM (SELECT cx._retention_summary_send(cx.retention_agg(answer)) AS b FROM answer) AS a;
SELECT set_config('cxtest.file', :'file', false) <> '' AS file;
CREATE TEMP TABLE received (summary cx.retention_summary);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, current_setting('cxtest.file'));
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('cxtest.file'));
	DELETE FROM received RETURNING summary INTO result;
	RETURN result;
END $$;
SELECT message, pg_temp.outcome(format('SELECT pg_temp.receive(%L)', message::bytea)) AS answer
FROM unnest(ARRAY['\001{"journeys": 2, "at_risk": [2], "retained": [1]}', '', '\001', '\000{"journeys": 2, "at_risk": [2], "retained": [1]}', '\002{"journeys": 2, "at_risk": [2], "retained": [1]}', '\001{"journeys": 2, "at_risk": [2], "retained": [3]}', '\001{"journeys": 2, "at_risk": [2], "retained": [1]', '\001\377']) AS message;

-- Cohorts.
SELECT period, cx.cohort_start(j, 'b', period) AS utc, cx.cohort_start(j, 'b', period, 'Europe/Berlin') AS berlin, cx.cohort_start(j, 'c', period) AS none
FROM unnest('{1 day,1 week,7 days,1 month,2 months,3 months,4 months,6 months,1 year,12 months}'::interval[]) WITH ORDINALITY AS p (period, n), (SELECT pg_temp.in_2026('a 01-01, b 11-30 23:30, b 12-01') AS j) AS s ORDER BY n;
SELECT cx.cohort_start(NULL, '*', '1 day'), cx.cohort_start('[]', '*', '1 day'), cx.cohort_start('[]', NULL, '1 day'), cx.cohort_start('[]', '*', NULL), cx.cohort_start('[]', '*', '1 day', NULL);
SELECT arguments, pg_temp.outcome('SELECT cx.cohort_start(''[]'', ''*'', ' || arguments || ')') AS refused FROM unnest(ARRAY[$$'1 hour'$$, $$'0'$$, $$'1 day', 'nowhere'$$]) AS arguments;

-- Lifecycle: a row for each period that is over, active or the first not active.
SELECT touches, period_start, state FROM unnest(ARRAY['a 01-05', 'a 01-05, a 01-05', 'a 01-05, b 01-06, a 01-08', 'a 01-05 23:59:59, b 01-06, a 01-07']) AS touches, cx.lifecycle(pg_temp.in_2026(touches), '1 day', NULL);
SELECT as_of, period_start, state FROM unnest('{2025-12-31Z, 2026-01-31Z, 2026-02-01Z, 2026-02-28 23:59Z, 2026-03-01Z, 2026-04-01Z, 2026-04-30Z, 2026-05-01Z, 2026-06-01Z}'::timestamptz[]) AS as_of,
	cx.lifecycle(pg_temp.in_2026('a 01-31, a 02-01, a 04-30'), '1 month', as_of);
SELECT period_start, state FROM cx.lifecycle(pg_temp.in_2026('a 01-31 22:59, a 01-31 23:00'), '1 month', '2026-02-28 23:00Z', 'Europe/Berlin');
SELECT (SELECT count(*) FROM cx.lifecycle(NULL, '1 day', NULL)) AS a, (SELECT count(*) FROM cx.lifecycle('[]', '1 day', NULL)) AS b, (SELECT count(*) FROM cx.lifecycle(pg_temp.in_2026('a 01-01'), NULL, NULL)) AS c, (SELECT count(*) FROM cx.lifecycle(pg_temp.in_2026('a 01-01'), '1 day', NULL, NULL)) AS d;
SELECT arguments, pg_temp.outcome('SELECT count(*) FROM cx.lifecycle(''[]'', ' || arguments || ')') AS refused FROM unnest(ARRAY[$$'1 hour', NULL$$, $$'-1 day', NULL$$, $$'1 day', 'infinity'$$, $$'1 day', NULL, 'nowhere'$$]) AS arguments;

-- Active periods: distinct ones, touches from starts_at up to, but not including, ends_at.
SELECT period, cx.active_periods(j, '*', period) AS "any", cx.active_periods(j, 'a', period) AS a, cx.active_periods(j, 'x', period) AS x, cx.active_periods(j, '*', period, '2026-01-06Z', '2026-02-01Z') AS january, cx.active_periods(j, '*', period, ends_at => '2026-01-05Z') AS before, cx.active_periods(j, '*', period, '2026-02-01 00:00:00.000001Z') AS after
FROM unnest('{1 day,1 week,1 month,1 year}'::interval[]) AS period, (SELECT pg_temp.in_2026('a 01-05, b 01-05, b 01-06, a 01-11 23:59:59, a 01-31, a 02-01') AS j) AS s;
SELECT cx.active_periods(NULL, '*', '1 day'), cx.active_periods('[]', NULL, '1 day'), cx.active_periods('[]', '*', NULL), cx.active_periods('[]', '*', '1 day', zone => NULL), cx.active_periods('[]', '*', '1 day', NULL, NULL), cx.active_periods(pg_temp.in_2026('a 01-05'), '*', '1 day', '-infinity', 'infinity'), cx.active_periods(pg_temp.in_2026('a 01-05'), '*', '1 day', '2026-02-01Z', '2026-01-01Z');
SELECT arguments, pg_temp.outcome('SELECT cx.active_periods(''[]'', ''*'', ' || arguments || ')') AS refused FROM unnest(ARRAY[$$'1 minute'$$, $$'0'$$, $$'1 day', zone => 'nowhere'$$]) AS arguments;
