--
-- Random ownership rules as text: written, loaded where there is nothing, and loaded over other rules, compared as rows.
--
\ir lib/begin.sql
SET TimeZone = 'Asia/Kathmandu';
CREATE TABLE label AS SELECT row_number() OVER () - 1 AS n, l FROM unnest('{a,b,"c d","#e","f\"g","h\"\"",=,@i,"j=k","nobody","role=R","\"","''"}'::text[]) l;
CREATE FUNCTION pg_temp.pick(a bigint, b bigint, name text) RETURNS text LANGUAGE sql AS $$ SELECT l FROM label WHERE n = oracle.dice(a, b, name, 13) $$;
INSERT INTO cx.team (team) SELECT l FROM label;
INSERT INTO cx.channel (channel, assisted) SELECT l, true FROM label;
-- two sets of rules over the same labels; what is the same condition at the same time is left out when it is inserted
CREATE TABLE random AS SELECT set, id, CASE oracle.dice(id, set, 'glob', 6) WHEN 1 THEN '**' WHEN 2 THEN '*.' || t WHEN 3 THEN t || '.**' ELSE t || '.' || pg_temp.pick(id, set, 'second') END AS touchpoint,
	CASE WHEN oracle.dice(id, set, 'has channel', 3) = 1 THEN pg_temp.pick(id, set, 'channel') END AS channel, CASE WHEN oracle.dice(id, set, 'has segment', 4) = 1 THEN pg_temp.pick(id, set, 'segment') END AS segment,
	CASE WHEN oracle.dice(id, set, 'has territory', 4) = 1 THEN pg_temp.pick(id, set, 'territory') || '.' || pg_temp.pick(id, set, 'territory 2') END AS territory,
	CASE WHEN unowned THEN 'A' ELSE substr('AAARSCI', 1 + oracle.dice(id, set, 'role', 7)::integer, 1) END AS role, CASE WHEN NOT unowned THEN pg_temp.pick(id, set, 'team') END AS team, unowned,
	CASE oracle.dice(id, set, 'valid', 5) WHEN 1 THEN tstzrange('2025-01-01Z', NULL) WHEN 2 THEN tstzrange(NULL, '2025-01-01Z') WHEN 3 THEN tstzrange('2020-01-01Z'::timestamptz + oracle.dice(id, set, 'starts', 1000000) * interval '1.000001 seconds', '2024-01-01Z') ELSE '(,)' END AS valid,
	oracle.dice(id, set, 'priority', 3)::integer - 1 AS priority, '2026-01-01Z'::timestamptz - oracle.dice(id, set, 'reviewed', 3) * interval '1 day 0.5 seconds' AS reviewed_at,
	(1 + oracle.dice(id, set, 'months', 2)) * interval '6 months' + oracle.dice(id, set, 'days', 2) * interval '1 day 00:00:00.000001' AS review_every, CASE WHEN oracle.dice(id, set, 'note', 2) = 1 THEN '# ' || pg_temp.pick(id, set, 'text') END AS note
FROM generate_series(1, 2) AS set, generate_series(:seed * 10000 + 1, :seed * 10000 + 500 * :scale) AS id, LATERAL (SELECT pg_temp.pick(id, set, 'first') AS t, oracle.dice(id, set, 'unowned', 8) = 1 AS unowned) s;
-- the first half of the second set is that of the first, some of it with another note or another team
CREATE TABLE mixed AS SELECT * FROM random WHERE set = 1 OR id > :seed * 10000 + 250 * :scale
	UNION ALL SELECT 2, id, touchpoint, channel, segment, territory, role, CASE WHEN role = 'A' AND NOT unowned AND id % 5 = 1 THEN 'a' ELSE team END, unowned, valid, priority, reviewed_at, review_every, CASE WHEN id % 7 = 1 THEN 'another' ELSE note END
	FROM random WHERE set = 1 AND id <= :seed * 10000 + 250 * :scale;
CREATE VIEW believed AS SELECT touchpoint, channel, segment, territory, role, team, unowned, valid, priority, reviewed_at, review_every::text, note FROM cx.ownership_rule WHERE upper_inf(recorded);
CREATE PROCEDURE pg_temp.fill(which integer) LANGUAGE sql AS $$
	DELETE FROM cx.ownership_rule;
	INSERT INTO cx.ownership_rule (touchpoint, channel, segment, territory, role, team, unowned, valid, recorded, priority, reviewed_at, review_every, note)
	SELECT touchpoint, channel, segment, territory, role, team, unowned, valid, '[2020-01-01Z,)', priority, reviewed_at, review_every, note FROM mixed WHERE set = which ORDER BY id ON CONFLICT DO NOTHING;
$$;

CALL pg_temp.fill(2);
CREATE TABLE b AS SELECT * FROM believed;
CREATE TABLE text_b AS SELECT cx.ownership_to_text() AS content;
CALL oracle.check_rows('a line a rule', 'SELECT cardinality(string_to_array(content, E''\n'')) - 1 FROM text_b', 'SELECT count(*) FROM b');
CALL oracle.check_rows('read without a difference', 'SELECT count(*) FROM text_b, cx.ownership_from_text(content)', 'SELECT 0');
CALL oracle.check_rows('in any order', 'SELECT count(*) FROM (SELECT string_agg(l, E''\n'' ORDER BY md5(l)) AS content FROM text_b, string_to_table(content, E''\n'') l) s, cx.ownership_from_text(content)', 'SELECT 0');
DELETE FROM cx.ownership_rule;
CALL oracle.check_rows('all added', 'SELECT action, count(*) FROM text_b, cx.ownership_from_text(content, false) GROUP BY 1', 'SELECT ''added'', count(*) FROM b');
CALL oracle.check_rows('loaded', 'SELECT * FROM believed', 'SELECT * FROM b');
CALL oracle.check_rows('written again', 'SELECT cx.ownership_to_text()', 'SELECT content FROM text_b');

-- over other rules: what differs, told by joins of the rows
CALL pg_temp.fill(1);
CREATE TABLE a AS SELECT * FROM believed;
CREATE VIEW pair AS SELECT a.touchpoint IS NOT NULL AS in_a, b.touchpoint IS NOT NULL AS in_b, a.team AS team_a, b.team AS team_b, a IS NOT DISTINCT FROM b AS same
FROM a FULL JOIN b ON a.touchpoint = b.touchpoint AND (a.role, a.priority, a.valid) = (b.role, b.priority, b.valid) AND coalesce(a.channel, '') = coalesce(b.channel, '') AND coalesce(a.segment, '') = coalesce(b.segment, '')
	AND coalesce(a.territory, '') = coalesce(b.territory, '') AND CASE WHEN a.role <> 'A' THEN a.team ELSE '' END = CASE WHEN b.role <> 'A' THEN b.team ELSE '' END;
CREATE TABLE shown AS SELECT f.* FROM text_b, cx.ownership_from_text(content) f;
CALL oracle.check_rows('what is shown', 'SELECT action, count(*) FROM shown GROUP BY 1', 'SELECT CASE WHEN NOT in_b THEN ''ended'' WHEN NOT in_a THEN ''added'' ELSE ''changed'' END, count(*) FROM pair WHERE NOT same GROUP BY 1');
CALL oracle.check_rows('a dry run is dry', 'SELECT * FROM believed', 'SELECT * FROM a');
CALL oracle.check_rows('what is done is what was shown', 'SELECT f.* FROM text_b, cx.ownership_from_text(content, false) f', 'SELECT * FROM shown');
CALL oracle.check_rows('what is believed', 'SELECT * FROM believed', 'SELECT * FROM b');
CALL oracle.check_rows('what was believed', 'SELECT count(*) FROM cx.ownership_rule WHERE NOT upper_inf(recorded)', 'SELECT count(*) FROM pair WHERE in_a AND (NOT in_b OR team_a IS DISTINCT FROM team_b)');
CALL oracle.check_rows('what is new', 'SELECT count(*) FROM cx.ownership_rule WHERE lower(recorded) > ''2021-01-01Z''', 'SELECT count(*) FROM pair WHERE in_b AND (NOT in_a OR team_a IS DISTINCT FROM team_b)');
\ir lib/end.sql
