--
-- Business time against a clock that is read minute by minute: is it open now?
--
\ir lib/begin.sql
SELECT (48 * :scale)::int AS calendars, (20000 * :scale)::int AS questions \gset

-- Zones, each with a time around which its clock does something: an hour skipped or shown twice, half an hour, at one minute past midnight, a whole day skipped, nothing at all.
CREATE TABLE place (n int GENERATED ALWAYS AS IDENTITY, zone text, around timestamptz);
INSERT INTO place (zone, around) VALUES ('Europe/Berlin', '2025-03-30 01:00Z'), ('Europe/Berlin', '2025-10-26 01:00Z'), ('America/New_York', '2026-03-08 07:00Z'), ('America/New_York', '2026-11-01 06:00Z'),
	('Australia/Lord_Howe', '2025-04-05 15:00Z'), ('Australia/Lord_Howe', '2025-10-04 15:30Z'), ('America/St_Johns', '2008-03-09 03:31Z'), ('America/St_Johns', '2008-11-02 02:31Z'), ('Pacific/Apia', '2011-12-30 10:00Z'),
	('America/Santiago', '2024-04-07 03:00Z'), ('Asia/Kolkata', '2026-01-05 00:00Z'), ('UTC', '1999-12-31 23:00Z'), ('Europe/London', '1968-10-27 00:00Z'), ('Africa/Casablanca', '2025-02-23 02:00Z'), ('Europe/Berlin', '2080-03-31 01:00Z'), ('Asia/Kathmandu', '1985-12-31 18:30Z');
CREATE TABLE calendar AS
SELECT id, 'calendar ' || id AS calendar, zone, around - interval '5 days' AS first, around + interval '5 days' AS last FROM generate_series(1, :calendars) id JOIN place ON n = 1 + (id - 1) % 16;
INSERT INTO cx.calendar SELECT calendar, zone FROM calendar;
-- Up to three windows a weekday, on minutes; every third calendar opens around the clock, some change their hours within, some are seldom open.
INSERT INTO cx.calendar_hours (calendar, weekday, opens, closes)
SELECT calendar, weekday, '00:00', '24:00' FROM calendar, generate_series(1, 7) weekday WHERE id % 3 = 0;
INSERT INTO cx.calendar_hours (calendar, weekday, opens, closes, valid)
SELECT calendar, weekday, time '00:00' + (a[1]) * interval '1 minute', CASE a[2] WHEN 1440 THEN '24:00' ELSE time '00:00' + a[2] * interval '1 minute' END, valid
FROM calendar, generate_series(1, 7) weekday, generate_series(0, 2) part,
	LATERAL (SELECT CASE WHEN id % 4 = 0 AND part <> 1 THEN daterange(NULL, first::date + 5 + (id % 3)::int) WHEN id % 4 = 0 THEN daterange(first::date + 4, NULL) ELSE '(,)' END) v (valid),
	LATERAL (SELECT array_agg(part * 480 + m ORDER BY m) FROM (SELECT DISTINCT (ARRAY[0, 1, 60, 119, 120, 121, 180, 480])[1 + oracle.dice(:seed, id * 100 + weekday * 10 + part, 'm' || k, 8)] AS m FROM generate_series(1, 2) k) s) w (a)
WHERE id % 3 > 0 AND cardinality(a) = 2 AND oracle.dice(:seed, id * 100 + weekday * 10 + part, 'open', 4) > 0;
-- Holidays, and special openings with one or two windows.
INSERT INTO cx.calendar_exception (calendar, day)
SELECT calendar, first::date + k FROM calendar, generate_series(0, 10, 2) k WHERE oracle.dice(:seed, id * 100 + k, 'holiday', 6) = 0;
INSERT INTO cx.calendar_exception (calendar, day, opens, closes)
SELECT calendar, first::date + k, opens, closes FROM calendar, generate_series(1, 10, 2) k, (VALUES (1, time '00:00', time '02:30'), (2, '02:30', '03:01'), (3, '12:00', '24:00')) w (n, opens, closes)
WHERE oracle.dice(:seed, id * 100 + k, 'special', 4) = 0 AND n <> 1 + oracle.dice(:seed, id * 100 + k, 'but', 3);

-- The minutes of a calendar with what its clock shows and whether that is open, and the open minutes before.
CREATE FUNCTION pg_temp.minutes(calendar text, zone text, first timestamptz, last timestamptz, step interval) RETURNS TABLE (at timestamptz, open boolean, before bigint) LANGUAGE sql AS $$
	SELECT at, open, coalesce(sum(open::int) OVER (ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
	FROM (SELECT at, CASE WHEN EXISTS (SELECT FROM cx.calendar_exception e WHERE e.calendar = $1 AND e.day = clock::date)
			THEN EXISTS (SELECT FROM cx.calendar_exception e WHERE e.calendar = $1 AND e.day = clock::date AND clock::time >= opens AND clock::time < closes)
			ELSE EXISTS (SELECT FROM cx.calendar_hours h WHERE h.calendar = $1 AND weekday = extract(isodow FROM clock) AND valid @> clock::date AND clock::time >= opens AND clock::time < closes) END AS open
		FROM (SELECT at, at AT TIME ZONE zone AS clock FROM generate_series(first, last, step) at) c) m
$$;
CREATE TABLE minute AS SELECT id, m.* FROM calendar, pg_temp.minutes(calendar, zone, first, last, '1 minute') m;
CREATE UNIQUE INDEX ON minute (id, at);
CREATE INDEX ON minute (id, before, at);
ANALYZE minute;

-- Questions to the microsecond, most of them on the minute; and what the minutes say.
CREATE TABLE question AS
SELECT n, c.id, calendar, least(a.at, b.at) AS starts_at, greatest(a.at, b.at) AS ends_at
FROM generate_series(1, :questions) n JOIN calendar c ON c.id = 1 + n % :calendars,
	LATERAL (SELECT first + oracle.dice(:seed, n, 'a', 14400) * interval '1 minute' + oracle.dice(:seed, n, 'us', 3) / 2 * oracle.dice(:seed, n, 'a us', 60000000) * interval '1 microsecond') a (at),
	LATERAL (SELECT least(last - interval '1 minute', a.at + oracle.dice(:seed, n, 'b', CASE n % 3 WHEN 0 THEN 14400 WHEN 1 THEN 1440 ELSE 100 END) * interval '1 minute')
		+ oracle.dice(:seed, n, 'us', 2) * oracle.dice(:seed, n, 'b us', 60000000) * interval '1 microsecond') b (at);
CREATE TABLE expected AS
SELECT n, (b.before - a.before) * interval '1 minute' + CASE WHEN b.open THEN ends_at - b.at ELSE '0' END - CASE WHEN a.open THEN starts_at - a.at ELSE '0' END AS open
FROM question q JOIN minute a ON a.id = q.id AND a.at = date_trunc('minute', starts_at) JOIN minute b ON b.id = q.id AND b.at = date_trunc('minute', ends_at);
CALL oracle.check_rows('business time', 'SELECT n, cx.business_time(starts_at, ends_at, calendar) FROM question', 'SELECT n, make_interval(secs => 0) + open FROM expected');
CALL oracle.check_rows('backwards, in seconds', 'SELECT n, cx.business_time_seconds(ends_at, starts_at, calendar)::numeric FROM question', 'SELECT n, trim_scale(-extract(epoch FROM open)) FROM expected');
CALL oracle.check_rows('there are spans of each kind', $$SELECT count(*) FILTER (WHERE open = '0') > 100, count(*) FILTER (WHERE open > '0' AND open = ends_at - starts_at) > 100, count(*) FILTER (WHERE open > '0' AND open < ends_at - starts_at) > 100
	FROM question JOIN expected USING (n)$$, 'SELECT true, true, true');

-- Adding: the first minute at which so much is over, and the last one from which so much is left.
CREATE TABLE addition AS
SELECT n, q.id, calendar, a.at AS starts_at, b.before - a.before AS minutes
FROM question q JOIN minute a ON a.id = q.id AND a.at = date_trunc('minute', starts_at) JOIN minute b ON b.id = q.id AND b.at = date_trunc('minute', ends_at);
CALL oracle.check_rows('a duration later', 'SELECT n, cx.add_business_time(starts_at, minutes * interval ''1 minute'', calendar) FROM addition',
	$$SELECT n, (SELECT min(m.at) FROM minute m WHERE m.id = a.id AND m.at >= starts_at AND m.before = minutes + (SELECT before FROM minute s WHERE s.id = a.id AND s.at = starts_at)) FROM addition a$$);
CREATE TABLE subtraction AS
SELECT n, q.id, calendar, b.at AS ends_at, b.before - a.before AS minutes
FROM question q JOIN minute a ON a.id = q.id AND a.at = date_trunc('minute', starts_at) JOIN minute b ON b.id = q.id AND b.at = date_trunc('minute', ends_at);
CALL oracle.check_rows('a duration earlier', 'SELECT n, cx.add_business_time(ends_at, -minutes * interval ''1 minute'', calendar) FROM subtraction',
	$$SELECT n, (SELECT max(m.at) FROM minute m WHERE m.id = s.id AND m.at <= ends_at AND m.before = (SELECT before FROM minute e WHERE e.id = s.id AND e.at = ends_at) - minutes) FROM subtraction s$$);

-- Far away and to the microsecond: what was added is what lies between, and a microsecond less is not enough.  Some calendars are never open again.
CREATE TABLE far AS
SELECT n, calendar, starts_at, (n % 2 * 2 - 1) * (1 + oracle.dice(:seed, n, 'far', (ARRAY[1000, 100000000, 1000000000000, 100000000000000])[1 + n % 4])) * interval '1 microsecond' AS duration
FROM question q WHERE n % 5 = 0 AND (SELECT count(DISTINCT weekday) FROM cx.calendar_hours h WHERE h.calendar = q.calendar AND CASE WHEN n % 2 = 1 THEN upper_inf(valid) ELSE lower_inf(valid) END) > 0;
CREATE TABLE reached AS SELECT *, cx.add_business_time(starts_at, duration, calendar) AS at, sign(extract(epoch FROM duration)) * interval '1 microsecond' AS step FROM far;
CALL oracle.check_rows('what was added lies between', 'SELECT n, cx.business_time(starts_at, at, calendar), cx.business_time(starts_at, at - step, calendar) FROM reached', 'SELECT n, duration, duration - step FROM reached');

-- Most of a year.
CREATE TABLE year AS
SELECT c.id, c.calendar, m.* FROM (SELECT * FROM calendar WHERE id IN (1, 4) ORDER BY id) c, LATERAL pg_temp.minutes(c.calendar, c.zone, first, first + interval '230 days', '1 minute') m;
ANALYZE year;
CALL oracle.check_rows('most of a year', $$SELECT y.id, at, cx.business_time(first, at, y.calendar) FROM year y JOIN calendar USING (id) WHERE extract(epoch FROM at)::bigint / 60 % 61 = 0$$,
	$$SELECT id, at, before * interval '1 minute' FROM year WHERE extract(epoch FROM at)::bigint / 60 % 61 = 0$$);

\ir lib/end.sql
