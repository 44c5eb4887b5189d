-- Calendars, business time, rules for hand-offs, and the origin of contacts.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
INSERT INTO cx.calendar (calendar, zone, name) VALUES ('office', 'Europe/Berlin', 'Head office'), ('always', 'Europe/Berlin', NULL), ('night', 'America/New_York', NULL), ('never', DEFAULT, NULL), ('old', 'UTC', NULL), ('lunch', 'UTC', NULL);
INSERT INTO cx.calendar_hours SELECT 'office', d, '09:00', '17:00' FROM generate_series(1, 5) d;
INSERT INTO cx.calendar_hours SELECT 'always', d, '00:00', '24:00' FROM generate_series(1, 7) d;
INSERT INTO cx.calendar_hours SELECT 'night', d, opens, closes FROM generate_series(1, 7) d, (VALUES (time '22:00', time '24:00'), ('00:00', '06:00')) w (opens, closes);
INSERT INTO cx.calendar_hours VALUES ('old', 1, '08:00', '10:00', '[2025-01-01,2025-07-01)'), ('old', 1, '08:00', '12:00', '[2025-07-01,2026-01-01)');
INSERT INTO cx.calendar_hours VALUES ('lunch', 3, '09:00', '12:00'), ('lunch', 3, '12:00', '12:30'), ('lunch', 3, '13:00', '17:00');
INSERT INTO cx.calendar_exception (calendar, day, opens, closes, note) VALUES ('office', '2026-01-01', DEFAULT, DEFAULT, 'New Year'), ('office', '2026-01-03', '10:00', '12:00', 'stock-taking'), ('office', '2026-01-03', '12:00', '13:00', NULL);

-- Friday to Monday: 65 hours that are one; days of 23 and 25 hours; nights that are shorter and longer; windows side by side; hours that changed.
SELECT calendar, starts_at, ends_at, cx.business_time(starts_at, ends_at, calendar), cx.business_time_seconds(ends_at, starts_at, calendar) AS backwards FROM (VALUES
	(1, 'office', timestamptz '2026-01-09 16:30 Europe/Berlin', timestamptz '2026-01-12 09:30 Europe/Berlin'), (2, 'office', '2026-01-12 09:30+01', '2026-01-12 09:30+01'), (3, 'office', '2026-01-10 09:30+01', '2026-01-11 09:30+01'),
	(4, 'always', '2025-03-30 00:00 Europe/Berlin', '2025-03-31 00:00 Europe/Berlin'), (5, 'always', '2025-10-26 00:00 Europe/Berlin', '2025-10-27 00:00 Europe/Berlin'), (6, 'always', '2026-01-01Z', '2026-01-01 00:00:00.000001Z'),
	(7, 'night', '2026-03-07 21:00 America/New_York', '2026-03-08 12:00 America/New_York'), (8, 'night', '2026-10-31 21:00 America/New_York', '2026-11-01 12:00 America/New_York'),
	(9, 'office', '2025-12-31 12:00+01', '2026-01-05 10:00+01'), (10, 'lunch', '2026-01-07Z', '2026-01-08Z'), (11, 'lunch', '2026-01-07 11:30Z', '2026-01-07 13:15Z'), (12, 'old', '2024-06-01Z', '2025-06-30Z'), (13, 'old', '2025-06-30Z', '2027-01-01Z'),
	(14, 'never', '2020-01-01Z', '2030-01-01Z'), (15, 'office', '2026-01-01Z', '2027-01-01Z')) v (n, calendar, starts_at, ends_at) ORDER BY n;
-- Adding ends with the window, subtracting begins with it.
SELECT calendar, starts_at, duration, cx.add_business_time(starts_at, duration, calendar) AT TIME ZONE zone AS clock, cx.business_time(starts_at, cx.add_business_time(starts_at, duration, calendar), calendar) = duration AS inverse FROM (VALUES
	(1, 'office', timestamptz '2026-01-09 16:30+01', interval '1 hour'), (2, 'office', '2026-01-09 16:30+01', '30 minutes'), (3, 'office', '2026-01-09 16:30+01', '00:30:00.000001'), (4, 'office', '2026-01-10 16:30+01', '0'), (5, 'office', '2026-01-10 16:30+01', '0.000001 seconds'),
	(6, 'office', '2026-01-12 09:30+01', '-1 hour'), (7, 'office', '2026-01-12 09:30+01', '-30 minutes'), (8, 'office', '2026-01-12 09:30+01', '-00:30:00.000001'), (9, 'office', '2025-12-31 16:00+01', '3 hours'), (10, 'office', '2026-01-05 09:00+01', '-4 hours'),
	(11, 'always', '2025-03-29 12:00Z', '24 hours'), (12, 'night', '2026-03-08 06:30Z', '2 hours'), (13, 'old', '2020-01-01Z', '2 hours'), (14, 'old', '2030-01-01Z', '-4 hours'), (15, 'office', '2026-01-05 09:00+01', '2088 hours'), (16, 'office', '2026-01-05 09:00+01', '1000000 hours'), (17, 'office', '2026-01-05 09:00+01', '-1000000 hours'),
	(18, 'always', '1986-01-02Z', '5 minutes')) v (n, calendar, starts_at, duration) JOIN cx.calendar USING (calendar) ORDER BY n;
-- The ends of time.
SELECT cx.business_time('4713-01-01Z BC', '287000-01-01Z', 'always') > '0', cx.add_business_time('294276-12-31 23:00Z', '30 minutes', 'always'), cx.add_business_time('4714-11-24 01:00Z BC', '-30 minutes', 'always');
SELECT * FROM pg_temp.failures(ARRAY[
	['SELECT cx.business_time(now(), now(), ''nowhere'')', '22023: unknown calendar: "nowhere"'],
	['SELECT cx.business_time(''-infinity'', now(), ''office'')', '22008: starts_at must be finite'],
	['SELECT cx.business_time_seconds(now(), ''infinity'', ''office'')', '22008: ends_at must be finite'],
	['SELECT cx.business_time(''4714-11-24 BC'', ''294276-12-31'', ''office'')', '22008: time between starts_at and ends_at is out of range for type interval | It is more than 292277 years.'],
	['SELECT cx.add_business_time(''2026-01-01Z'', ''1 day'', ''office'')', '22023: business time is counted in hours, not in days or months | The duration is "1 day".'],
	['SELECT cx.add_business_time(''2026-01-01Z'', ''1 month -30 days'', ''office'')', '22023: business time is counted in hours, not in days or months | The duration is "1 mon -30 days".'],
	['SELECT cx.add_business_time(''infinity'', ''1 hour'', ''office'')', '22008: starts_at must be finite'],
	['SELECT cx.add_business_time(''2026-01-01Z'', ''1 hour'', ''never'')', '22008: calendar "never" has not that much business time | It is "01:00:00" from "2026-01-01 00:00:00+00" on.'],
	['SELECT cx.add_business_time(''2025-12-29 11:00Z'', ''01:00:00.000001'', ''old'')', '22008: calendar "old" has not that much business time | It is "01:00:00.000001" from "2025-12-29 11:00:00+00" on.'],
	['SELECT cx.add_business_time(''2025-01-06 10:00Z'', ''-02:00:00.000001'', ''old'')', '22008: calendar "old" has not that much business time | It is "-02:00:00.000001" from "2025-01-06 10:00:00+00" on.'],
	['SELECT cx.add_business_time(''294276-12-31 23:00Z'', ''2 hours'', ''always'')', '22008: calendar "always" has not that much business time | It is "02:00:00" from "294276-12-31 23:00:00+00" on.'],
	['SELECT cx.add_business_time(''4714-11-24 01:00Z BC'', ''-2 hours'', ''always'')', '22008: calendar "always" has not that much business time | It is "-02:00:00" from "4714-11-24 01:00:00+00 BC" on.'],
	['SELECT cx.business_time(NULL, now(), ''office'')', NULL], ['SELECT cx.add_business_time(now(), ''1 hour'', NULL)', NULL], ['SELECT cx.business_time_seconds(now(), NULL, ''office'')', NULL]]);

-- What the tables refuse.
CREATE FUNCTION pg_temp.refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
	EXECUTE statement;
	RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS name = CONSTRAINT_NAME;
	RETURN SQLSTATE || ' ' || coalesce(nullif(name, ''), SQLERRM);
END $$;
INSERT INTO cx.team (team) VALUES ('sales'), ('care'), ('tech');
SELECT statement, pg_temp.refused(statement) FROM unnest(ARRAY[
	$$INSERT INTO cx.calendar VALUES ('x', 'CEST')$$, $$INSERT INTO cx.calendar VALUES ('x', 'Nowhere/Land')$$, $$INSERT INTO cx.calendar VALUES ('x', '')$$, $$INSERT INTO cx.calendar VALUES ('x', repeat('x', 300))$$, $$INSERT INTO cx.calendar VALUES (' x')$$, $$INSERT INTO cx.calendar VALUES ('office')$$,
	$$INSERT INTO cx.calendar_hours VALUES ('x', 1, '09:00', '17:00')$$, $$INSERT INTO cx.calendar_hours VALUES ('never', 0, '09:00', '17:00')$$, $$INSERT INTO cx.calendar_hours VALUES ('never', 8, '09:00', '17:00')$$, $$INSERT INTO cx.calendar_hours VALUES ('never', 1, '09:00', '09:00')$$,
	$$INSERT INTO cx.calendar_hours VALUES ('never', 1, '22:00', '06:00')$$, $$INSERT INTO cx.calendar_hours VALUES ('never', 1, '09:00', '17:00', 'empty')$$, $$INSERT INTO cx.calendar_hours VALUES ('office', 1, '16:59', '18:00')$$, $$INSERT INTO cx.calendar_hours VALUES ('old', 1, '11:00', '13:00', '[2025-12-31,)')$$,
	$$INSERT INTO cx.calendar_exception (calendar, day) VALUES ('office', '2026-01-01')$$, $$INSERT INTO cx.calendar_exception (calendar, day, opens, closes) VALUES ('office', '2026-01-01', '10:00', '11:00')$$, $$INSERT INTO cx.calendar_exception (calendar, day, opens, closes) VALUES ('office', '2026-01-03', '12:30', '14:00')$$,
	$$INSERT INTO cx.calendar_exception (calendar, day, opens, closes) VALUES ('office', '2026-01-04', '12:00', '12:00')$$, $$INSERT INTO cx.calendar_exception (calendar, day) VALUES ('office', 'infinity')$$,
	$$INSERT INTO cx.handoff_rule (from_team, max_wait, drop_after) VALUES ('nobody', '1 day', '2 days')$$, $$INSERT INTO cx.handoff_rule (from_team, to_team, max_wait, drop_after) VALUES ('care', 'care', '1 day', '2 days')$$, $$INSERT INTO cx.handoff_rule (max_wait, drop_after) VALUES ('2 days', '1 day')$$,
	$$INSERT INTO cx.handoff_rule (max_wait, drop_after) VALUES ('-1 hour', '1 day')$$, $$INSERT INTO cx.handoff_rule (max_wait, drop_after) VALUES ('1 day', '1 month')$$, $$INSERT INTO cx.handoff_rule (max_wait, drop_after, calendar) VALUES ('1 hour', '1 day', 'office')$$,
	$$INSERT INTO cx.handoff_rule (max_wait, drop_after) VALUES ('1 day', '2 days'), ('1 day', '3 days')$$]) WITH ORDINALITY s (statement, n) ORDER BY n;

-- A change is seen by the next statement, in a transaction, after a rollback, and by a call site that stays.
CREATE FUNCTION pg_temp.friday() RETURNS interval LANGUAGE plpgsql AS $$ BEGIN RETURN cx.business_time('2026-01-16Z', '2026-01-17Z', 'office'); END $$;
SELECT pg_temp.friday();
BEGIN;
INSERT INTO cx.calendar_exception (calendar, day) VALUES ('office', '2026-01-16');
SELECT pg_temp.friday();
SAVEPOINT s;
UPDATE cx.calendar_exception SET closes = '12:00', opens = '10:00' WHERE day = '2026-01-16';
SELECT pg_temp.friday();
ROLLBACK TO s;
SELECT pg_temp.friday();
ROLLBACK;
SELECT pg_temp.friday();
UPDATE cx.calendar SET zone = 'Asia/Tokyo', calendar = 'tokyo' WHERE calendar = 'lunch';
SELECT cx.business_time('2026-01-07 00:00Z', '2026-01-07 03:15Z', 'tokyo'), pg_temp.outcome($$SELECT cx.business_time(now(), now(), 'lunch')$$);
-- What constraints do not stop is stopped when it is read.
BEGIN;
ALTER TABLE cx.calendar_hours DROP CONSTRAINT calendar_hours_weekday_is_iso, DROP CONSTRAINT calendar_hours_do_not_overlap;
INSERT INTO cx.calendar_hours VALUES ('office', 2, '10:00', '11:00');
SELECT pg_temp.outcome($$SELECT pg_temp.friday()$$);
UPDATE cx.calendar_hours SET weekday = 9 WHERE calendar = 'never' OR opens = '10:00';
SELECT pg_temp.outcome($$SELECT pg_temp.friday()$$);
ROLLBACK;
SELECT pg_temp.friday();

-- States of hand-offs by rules: at the border, in business time, the narrowest rule first, and without any.
CREATE FUNCTION pg_temp.waits(from_team text, to_team text, minutes float8) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(ARRAY[timestamptz '2026-01-09 15:00Z', timestamptz '2026-01-09 15:00Z' + minutes * interval '1 minute'], '{call,call}', NULL, ARRAY[from_team, to_team])
$$;
SELECT state, counted_seconds, rule_id FROM cx.handoff_states(pg_temp.waits('sales', 'care', 60));
INSERT INTO cx.handoff_rule (rule_id, from_team, to_team, max_wait, drop_after, calendar) VALUES (1, NULL, NULL, '3 hours', '3 days', NULL), (2, NULL, 'care', '2 hours', '1 day', NULL), (3, 'sales', NULL, '1 hour', '2 hours', 'office'), (4, 'sales', 'care', '1 hour', '2 hours', NULL);
SELECT from_team, to_team, minutes, state, wait_seconds, counted_seconds, max_wait_seconds, drop_after_seconds, calendar, rule_id FROM (VALUES (1, 'sales', 'care', 60), (2, 'sales', 'care', 60.000001), (3, 'sales', 'care', 120), (4, 'sales', 'care', 120.000001),
	(5, 'sales', 'tech', 60), (6, 'sales', 'tech', 3960), (7, 'sales', 'tech', 3961), (8, 'tech', 'care', 121), (9, 'care', 'tech', 180), (10, 'care', 'sales', 4321)) v (n, from_team, to_team, minutes), cx.handoff_states(pg_temp.waits(from_team, to_team, minutes)) h (at, f, t) ORDER BY n;
SELECT as_of, state, counted_seconds, wait_seconds FROM unnest('{2026-01-09 15:30Z, 2026-01-09 15:59Z, 2026-01-12 07:59Z, 2026-01-12 08:59:59.999999Z, 2026-01-12 09:00Z, NULL}'::timestamptz[]) WITH ORDINALITY a (as_of, n),
	cx.handoff_states('[{"at": "2026-01-09T14:50:00Z", "touchpoint": "call", "team": "sales", "lasted": 600, "attrs": {"handoff_to": "tech"}}]', as_of => as_of) ORDER BY n;
SELECT count(*), (SELECT count(*) FROM cx.handoff_states(NULL)) FROM cx.handoff_states('[]');

-- The origin of contacts.
INSERT INTO cx.ownership_rule (touchpoint, team) VALUES ('shop.**', 'sales'), ('bill', 'tech');
INSERT INTO cx.ownership_rule (touchpoint, unowned) VALUES ('fax', true);
SELECT contact_at, touchpoint, team, owner_team, owner_state, seconds_before FROM cx.contact_origin(cx.journey('{2026-01-05Z, 2026-01-06Z, 2026-01-07Z, 2026-01-08Z, 2026-01-09Z, 2026-01-10Z, 2026-01-11Z, 2026-02-11Z}', '{call,shop.pay,call,call,fax,call,ad,call}', NULL, '{care,NULL,care,care,tech,care,NULL,care}'), 'call');
SELECT contact_at, touchpoint, owner_team, owner_state FROM cx.contact_origin(cx.journey('{2026-01-06Z, 2026-01-07Z, 2026-01-08Z}', '{shop.pay,bill,call}'), 'call | mail', NULL, 'shop.*');
SELECT count(*) FROM cx.contact_origin(NULL, 'call');
-- Nothing stays for the next suite.
TRUNCATE cx.handoff_rule, cx.ownership_rule, cx.calendar, cx.calendar_hours, cx.calendar_exception;
DELETE FROM cx.team;
