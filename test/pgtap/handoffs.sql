-- Hand-offs: published definitions on the sequence of teams, and what becomes of a customer in between.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(70);

-- one touch a letter, an hour apart
CREATE FUNCTION pg_temp.teams(letters text) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey_agg('2026-01-05 09:00Z'::timestamptz + n * interval '1 hour', 'call', NULL, letter) FROM regexp_split_to_table(letters, '') WITH ORDINALITY t (letter, n)
$$;
CREATE TABLE pg_temp.known (n int, teams text, hhi numeric, coc numeric, upc numeric, secon numeric, handoffs int, direct int, returns int);
INSERT INTO known VALUES (1, 'AAAA', 1, 1, 1, 1, 0, 0, 0), (2, 'ABAB', .5, .3333, .5, 0, 3, 2, 2), (3, 'AABB', .5, .3333, .5, .6667, 1, 0, 0), (4, 'ABCD', .25, 0, .25, 0, 3, 0, 0),
	(5, 'ABCA', .375, .1667, .5, 0, 3, 0, 1), (6, 'ABACAD', .3333, .2, .5, 0, 5, 2, 2), (7, 'A', 1, NULL, 1, NULL, 0, 0, 0);
SELECT is(round(cx.continuity(pg_temp.teams(teams), 'hhi')::numeric, 4), round(hhi, 4), teams || ': hhi') FROM known ORDER BY n;
SELECT is(round(cx.continuity(pg_temp.teams(teams), 'coc')::numeric, 4), round(coc, 4), teams || ': coc') FROM known ORDER BY n;
SELECT is(round(cx.continuity(pg_temp.teams(teams), 'upc')::numeric, 4), round(upc, 4), teams || ': upc') FROM known ORDER BY n;
SELECT is(round(cx.continuity(pg_temp.teams(teams), 'secon')::numeric, 4), round(secon, 4), teams || ': secon') FROM known ORDER BY n;
SELECT is(cx.handoff_count(pg_temp.teams(teams)), handoffs, teams || ': hand-offs') FROM known ORDER BY n;
SELECT is((cx.ping_pong(pg_temp.teams(teams))).direct, direct, teams || ': direct ping-pong') FROM known ORDER BY n;
SELECT is((cx.ping_pong(pg_temp.teams(teams))).returns, returns, teams || ': returns') FROM known ORDER BY n;
SELECT is((cx.ping_pong(pg_temp.teams(teams))).indirect, returns - direct, teams || ': indirect ping-pong') FROM known ORDER BY n;

-- waiting
CREATE FUNCTION pg_temp.wait(lasted interval, later interval, attrs jsonb DEFAULT NULL) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey(ARRAY['2026-01-09 15:30Z', '2026-01-09 15:30Z'::timestamptz + later], '{sale,call}', NULL, '{sales,care}', NULL, ARRAY[lasted, NULL], NULL, ARRAY[attrs, NULL])
$$;
SELECT is((SELECT wait_seconds FROM cx.handoffs(pg_temp.wait('10 minutes', '1 hour'))), 3000::float8, 'waiting begins when the touch before is over');
SELECT is((SELECT wait_seconds FROM cx.handoffs(pg_temp.wait('2 hours', '1 hour'))), 0::float8, 'who is received before that has not waited');
SELECT is((SELECT count(*) FROM cx.handoffs(pg_temp.wait('1 hour', '25 hours'), '1 day')), 1::bigint, 'as long as within is still a hand-off');
SELECT is((SELECT count(*) FROM cx.handoffs(pg_temp.wait('1 hour', '25 hours 1 microsecond'), '1 day')), 0::bigint, 'further apart is none');
SELECT is((SELECT intended_team FROM cx.handoffs(pg_temp.wait('1 hour', '2 hours', '{"handoff_to": "tech"}'))), 'tech', 'another team than the intended one has received');
SELECT is((SELECT state FROM cx.handoffs(pg_temp.wait('0', '40 days', '{"handoff_to": "care"}'), as_of => '2026-01-20Z')), 'pending', 'what can still be received is pending');
SELECT is((SELECT state FROM cx.handoffs(pg_temp.wait('0', '40 days', '{"handoff_to": "care"}'), as_of => '2026-02-20Z')), 'dropped', 'and dropped when the time is over');

-- business time
INSERT INTO cx.team (team) VALUES ('sales'), ('care');
INSERT INTO cx.calendar (calendar, zone) VALUES ('office', 'Europe/Berlin'), ('always', 'Europe/Berlin');
INSERT INTO cx.calendar_hours SELECT 'office', weekday, '09:00', '17:00' FROM generate_series(1, 5) weekday;
INSERT INTO cx.calendar_hours SELECT 'always', weekday, '00:00', '24:00' FROM generate_series(1, 7) weekday;
SELECT is(cx.business_time('2026-01-09 16:30 Europe/Berlin', '2026-01-12 09:30 Europe/Berlin', 'office'), '1 hour', 'Friday 16:30 to Monday 09:30 is an hour of business');
SELECT is(cx.business_time('2025-03-30 Europe/Berlin', '2025-03-31 Europe/Berlin', 'always'), '23 hours', 'a day has 23 hours where clocks go forward');
SELECT is(cx.business_time('2025-10-26 Europe/Berlin', '2025-10-27 Europe/Berlin', 'always'), '25 hours', 'and 25 where they go back');
SELECT is(cx.add_business_time('2026-01-09 16:30 Europe/Berlin', '1 hour', 'office'), '2026-01-12 09:30 Europe/Berlin'::timestamptz, 'an hour after Friday 16:30 is Monday 09:30');
INSERT INTO cx.calendar_exception (calendar, day) VALUES ('office', '2026-01-12');
SELECT is(cx.business_time('2026-01-09 16:30 Europe/Berlin', '2026-01-12 09:30 Europe/Berlin', 'office'), '30 minutes', 'a holiday is closed from the next statement on');
INSERT INTO cx.handoff_rule (from_team, to_team, max_wait, drop_after, calendar) VALUES ('sales', 'care', '1 hour', '8 hours', 'office');
SELECT is((SELECT state FROM cx.handoff_states(pg_temp.wait('0', '3 days 17 hours'))), 'on_time', 'nobody is late while the office is closed');
UPDATE cx.handoff_rule SET calendar = NULL;
SELECT is((SELECT state FROM cx.handoff_states(pg_temp.wait('0', '3 days 17 hours'))), 'dropped', 'unless all the time that passes counts');
SELECT * FROM finish();
ROLLBACK;
