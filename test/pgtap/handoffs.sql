-- Hand-offs: published definitions on the sequence of teams, and what becomes of a customer in between.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(56);

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
SELECT * FROM finish();
ROLLBACK;
