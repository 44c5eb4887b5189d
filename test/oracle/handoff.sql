--
-- Hand-offs, ping-pong and continuity against plain SQL over the rows of touches.
--
\ir lib/begin.sql
SELECT (6000 * :scale)::int AS journeys \gset

-- Few teams, few instants, touches that overlap, and some without a team: ties, repeats and borders of the bound are the rule.
CREATE TABLE question AS
SELECT id, (ARRAY['0', '1 hour', '2 hours', '90 minutes', '1 day', '1 month', NULL])[1 + oracle.dice(:seed, id, 'within', 7)]::interval AS within,
	CASE oracle.dice(:seed, id, 'as_of', 3) WHEN 0 THEN NULL ELSE timestamptz '2026-01-31 09:00+00' + oracle.dice(:seed, id, 'until', 30) * interval '30 minutes'
		+ (oracle.dice(:seed, id, 'shift', 3) - 1) * interval '1 microsecond' + (oracle.dice(:seed, id, 'later', 2) * 28) * interval '1 day' END AS as_of
FROM generate_series(1, :journeys) id;
CREATE TABLE raw AS
SELECT id, timestamptz '2026-01-31 09:00+00' + oracle.dice(:seed, id * 100 + n, 'at', 10) * interval '1 hour' + (oracle.dice(:seed, id * 100 + n, 'far', 8) / 7 * 28) * interval '1 day' AS at,
	chr(97 + oracle.dice(:seed, id * 100 + n, 'label', 3)::int) AS touchpoint,
	CASE WHEN id % 5 = 0 AND n % 3 > 0 THEN NULL ELSE (ARRAY['A', 'B', 'C', 'D', 'a', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'team', 2 + id % 5)] END AS team,
	(ARRAY[NULL, '0', '1 hour', '30 minutes', '3 hours', '0.001 seconds'])[1 + oracle.dice(:seed, id * 100 + n, 'lasted', 6)]::interval AS lasted,
	(ARRAY['{}', '{"handoff_to": "A"}', '{"handoff_to": "B"}', '{"handoff_to": "Z"}', '{"handoff_to": ""}', '{"direction": "inbound"}', '{"direction": "internal", "handoff_to": "C"}',
		'{"direction": "outbound"}', '{"direction": "else"}', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'attrs', 10)]::jsonb AS attrs
FROM generate_series(1, :journeys) id, generate_series(1, 12) n
WHERE n <= oracle.dice(:seed, id, 'count', 13);
CREATE TABLE journey AS
SELECT id, coalesce(cx.journey_agg(at, touchpoint, NULL, team, NULL, lasted, NULL, attrs) FILTER (WHERE at IS NOT NULL), '[]') AS journey
FROM question LEFT JOIN raw USING (id) GROUP BY id;
CREATE TABLE touch AS
SELECT t.id::bigint, step, t.at, touchpoint, team, nullif(attrs::jsonb ->> 'handoff_to', '') AS intended, attrs::jsonb ->> 'direction' AS direction, lasted,
	t.at + coalesce(lasted, 0) * interval '1 millisecond' AS until
FROM oracle.numbered('SELECT id, at, touchpoint, NULL::text, team, oracle.attrs_text(attrs), NULL::float8, oracle.milliseconds(lasted), NULL::bigint FROM raw') t;

CREATE INDEX ON touch (id, step);
ANALYZE touch, journey, question;

-- The hand-offs that a journey has with a bound and a watermark: from touch to touch in the order of rows.
CREATE FUNCTION pg_temp.handoffs(questions text) RETURNS TABLE (id bigint, at timestamptz, from_team text, to_team text, touchpoint text, wait_seconds float8, state text, returned boolean,
	ping_pong boolean, warm boolean, carried_by text, intended_team text, received_at timestamptz, received_touchpoint text, step bigint, waiting_since timestamptz)
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE 'CREATE TEMP TABLE handled AS SELECT *, sum(apart::int) OVER (PARTITION BY id ORDER BY step) AS part
		FROM (SELECT t.*, q.within, q.as_of, coalesce(t.at > lag(until) OVER steps + within, false) AS apart FROM touch t JOIN (' || questions || ') q USING (id)
			WHERE team IS NOT NULL AND (as_of IS NULL OR t.at <= as_of) WINDOW steps AS (PARTITION BY id ORDER BY step)) s';
	CREATE INDEX ON handled (id, step);
	ANALYZE handled;
	RETURN QUERY
	SELECT f.id, f.at, f.team, t.team, f.touchpoint, CASE WHEN t.at > f.until THEN extract(epoch FROM t.at - f.until)::float8 ELSE 0 END, 'received',
		EXISTS (SELECT FROM handled e WHERE e.id = f.id AND e.part = f.part AND e.step <= f.step AND e.team = t.team),
		coalesce((SELECT e.team FROM handled e WHERE e.id = f.id AND e.part = f.part AND e.step < f.step AND e.team <> f.team ORDER BY e.step DESC LIMIT 1) = t.team, false),
		CASE WHEN f.lasted IS NOT NULL THEN t.at < f.until END,
		CASE t.direction WHEN 'inbound' THEN 'customer' WHEN 'outbound' THEN 'company' WHEN 'internal' THEN 'company' END, nullif(f.intended, f.team), t.at, t.touchpoint, f.step, f.until
	FROM handled f JOIN LATERAL (SELECT * FROM handled n WHERE n.id = f.id AND n.step > f.step ORDER BY n.step LIMIT 1) t ON t.team <> f.team AND t.part = f.part
	UNION ALL
	SELECT f.id, f.at, f.team, f.intended, f.touchpoint, NULL, CASE WHEN f.as_of < coalesce(f.until + f.within, 'infinity') THEN 'pending' ELSE 'dropped' END, NULL, NULL, NULL, NULL, f.intended, NULL, NULL, f.step, f.until
	FROM handled f LEFT JOIN LATERAL (SELECT * FROM handled n WHERE n.id = f.id AND n.step > f.step ORDER BY n.step LIMIT 1) t ON true
	WHERE f.intended <> f.team AND (t.team = f.team OR t.part <> f.part OR t IS NULL)
		AND NOT EXISTS (SELECT FROM handled n WHERE n.id = f.id AND n.step > f.step AND n.team = f.intended AND n.at <= coalesce(f.until + f.within, 'infinity'));
	DROP TABLE handled;
END $$;

CREATE TABLE expected AS SELECT * FROM pg_temp.handoffs('SELECT id, within, as_of FROM question');
CALL oracle.check_rows('hand-offs', 'SELECT id, h.* FROM question JOIN journey USING (id), cx.handoffs(journey, within, as_of) h', 'SELECT * FROM expected');
CALL oracle.check_rows('who opened the next touch, by a selector', $$SELECT id, h.step, h.carried_by FROM question JOIN journey USING (id), cx.handoffs(journey, within, as_of, 'a | c[lasted > 45 minutes]') h$$,
	$$SELECT e.id, e.step, CASE WHEN e.state = 'received' THEN CASE WHEN t.touchpoint = 'a' OR (t.touchpoint = 'c' AND t.lasted > 2700000) THEN 'customer' ELSE 'company' END END
	FROM expected e LEFT JOIN LATERAL (SELECT * FROM touch t WHERE t.id = e.id AND t.step > e.step AND t.team IS NOT NULL ORDER BY t.step LIMIT 1) t ON true$$);
CREATE TABLE unbounded AS SELECT * FROM pg_temp.handoffs('SELECT id, within, NULL::timestamptz AS as_of FROM question');
CALL oracle.check_rows('counts', 'SELECT id, cx.handoff_count(journey, within), p.* FROM question JOIN journey USING (id), cx.ping_pong(journey, within) p',
	$$SELECT q.id, count(at), count(at) FILTER (WHERE ping_pong), count(at) FILTER (WHERE returned), count(at) FILTER (WHERE returned AND NOT ping_pong)
	FROM question q LEFT JOIN unbounded u ON u.id = q.id AND state = 'received' GROUP BY q.id$$);
CALL oracle.check_rows('without a bound the definitions hold on the sequence of teams', 'SELECT id, p.direct, p.returns, p.indirect FROM journey, cx.ping_pong(journey, NULL) p',
	$$WITH run AS (SELECT id, team, row_number() OVER (PARTITION BY id ORDER BY step) AS i
		FROM (SELECT *, lag(team) OVER (PARTITION BY id ORDER BY step) AS before FROM touch WHERE team IS NOT NULL) s WHERE before IS DISTINCT FROM team),
	found AS (SELECT r.id, count(*) FILTER (WHERE b.team = r.team) AS direct, count(*) FILTER (WHERE r.again) AS returns
		FROM (SELECT *, row_number() OVER (PARTITION BY id, team ORDER BY i) > 1 AS again FROM run) r LEFT JOIN run b ON b.id = r.id AND b.i = r.i - 2 GROUP BY r.id)
	SELECT id, coalesce(direct, 0), coalesce(returns, 0), coalesce(returns - direct, 0) FROM journey LEFT JOIN found USING (id)$$);

-- Each index as its formula says, in exact numbers; got and expected differ by rounding alone.
CREATE TABLE continuity AS
SELECT id, name, cx.continuity(journey, name) AS got FROM journey, unnest('{hhi,coc,upc,secon}'::text[]) name;
CREATE TABLE formula AS
WITH team AS (SELECT id, team, count(*)::numeric AS n FROM touch WHERE team IS NOT NULL GROUP BY 1, 2),
total AS (SELECT id, sum(n) AS n, sum(n ^ 2) AS squares, max(n) AS most FROM team GROUP BY 1),
pair AS (SELECT id, count(*) FILTER (WHERE team = before)::numeric AS same FROM (SELECT *, lag(team) OVER (PARTITION BY id ORDER BY step) AS before FROM touch WHERE team IS NOT NULL) s GROUP BY 1)
SELECT id, f.* FROM total JOIN pair USING (id), LATERAL (VALUES ('hhi', squares / n ^ 2), ('coc', (squares - n) / nullif(n * (n - 1), 0)), ('upc', most / n), ('secon', same / nullif(n - 1, 0))) f (name, expected);
CALL oracle.check_rows('continuity', 'SELECT id, name, got IS NULL, coalesce(abs(got - expected) < 1e-15, true) FROM continuity LEFT JOIN formula USING (id, name)',
	'SELECT id, name, expected IS NULL, true FROM continuity LEFT JOIN formula USING (id, name)');
CALL oracle.check_rows('there are hand-offs of each kind', $$SELECT bool_or(state = 'pending'), bool_or(state = 'dropped'), bool_or(returned AND NOT ping_pong), bool_or(ping_pong), bool_or(warm), bool_or(NOT warm) FROM expected$$,
	'SELECT true, true, true, true, true, true');

-- An event log of incidents and the teams that handled them: figures that other tools computed.
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/ORACLES.json" && echo true || echo false`
\if :there
CREATE TABLE log (n bigint GENERATED ALWAYS AS IDENTITY, incident text, at timestamptz, status text, sub_status text, c5 text, c6 text, c7 text, line text, team text, c10 text, level text, c12 text, c13 text, c14 text, c15 text,
	c16 text, c17 text);
\copy log (incident, at, status, sub_status, c5, c6, c7, line, team, c10, level, c12, c13, c14, c15, c16, c17) FROM PROGRAM 'zcat "$CX_DATA/bpic2013_incidents/incidents.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE figure (name text, facts jsonb);
CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/ORACLES.json"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
INSERT INTO figure SELECT split_part(key, '/', 2), value FROM file, jsonb_each(line::jsonb) WHERE key LIKE 'bpic2013_incidents/%';
CREATE TABLE incident AS
SELECT name, incident, cx.journey_agg(at + n * interval '1 microsecond', status, NULL, owner) AS journey
FROM log, LATERAL (VALUES ('incidents_team', team), ('incidents_orgline', line), ('incidents_level', level)) v (name, owner) GROUP BY 1, 2;
CREATE TABLE handover_listed (name text, from_team text, to_team text, n bigint);
\copy handover_listed FROM PROGRAM 'cd "$CX_DATA/bpic2013_incidents" && for f in oracle/*_handover.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _handover.csv),/"; done' (FORMAT csv)
CALL oracle.check_rows('incidents: hand-offs, incidents with one, A-B-A, incidents with it', $$SELECT name, sum(cx.handoff_count(journey, NULL)), count(*) FILTER (WHERE cx.handoff_count(journey, NULL) > 0),
		sum(direct), count(*) FILTER (WHERE direct > 0) FROM incident, cx.ping_pong(journey, NULL) GROUP BY name$$,
	$$SELECT name, (facts ->> 'handovers_direct')::bigint, (facts ->> 'cases_with_handover')::bigint, (facts ->> 'pingpong_ABA')::bigint, (facts ->> 'pingpong_cases')::bigint FROM figure$$);
CALL oracle.check_rows('incidents: known figures', $$SELECT sum(cx.handoff_count(journey, NULL)), count(*) FILTER (WHERE cx.handoff_count(journey, NULL) > 0), sum(direct), count(*) FILTER (WHERE direct > 0)
	FROM incident, cx.ping_pong(journey, NULL) WHERE name = 'incidents_team'$$, 'SELECT 9454, 3820, 2394, 1177');
CALL oracle.check_rows('incidents: hand-offs by pair of teams', 'SELECT name, from_team, to_team, count(*) FROM incident, cx.handoffs(journey, NULL) GROUP BY 1, 2, 3',
	'SELECT name, from_team, to_team, n FROM handover_listed WHERE from_team <> to_team');
\endif

\ir lib/end.sql
