--
-- Flows around an anchor and rework against plain SQL on rows: random journeys, then real event logs.
-- Variable: data, the folder with the logs (default ../shared/data, beside the checkout); without it only random ones.
--
\ir lib/begin.sql
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/ORACLES.json" && echo true || echo false`
SELECT (3000 * :scale)::int AS journeys \gset

-- Few labels, so that shares meet thresholds; few instants; any field may be absent.
CREATE TABLE raw AS
SELECT id, timestamptz '2026-01-05 09:00+00' + oracle.dice(:seed, id * 100 + n, 'at', 8) * interval '1 hour' AS at,
	chr(97 + oracle.dice(:seed, id * 100 + n, 'label', 5)::int) AS touchpoint,
	(ARRAY['web', 'voice', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'channel', 3)] AS channel,
	(ARRAY['care', 'back', 'field', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'team', 4)] AS team,
	(ARRAY['{"k": "one"}', '{"k": 2}', '{"k": ""}', '{"l": "one"}', '{"k": 2, "l": true}', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'attrs', 6)]::jsonb AS attrs
FROM generate_series(1, :journeys) id, generate_series(1, 12) n
WHERE n <= oracle.dice(:seed, id, 'count', 13);
CREATE TABLE touch AS
SELECT id::bigint, step, at, touchpoint, channel, team, attrs::jsonb
FROM oracle.numbered('SELECT id, at, touchpoint, channel, team, oracle.attrs_text(attrs), NULL::float8, NULL::bigint, NULL::bigint FROM raw');
CREATE TABLE journey AS
SELECT id, coalesce(cx.journey_agg(at, touchpoint, channel, team, NULL, NULL, NULL, attrs) FILTER (WHERE at IS NOT NULL), '[]') AS journey
FROM generate_series(1, :journeys) id LEFT JOIN raw USING (id) GROUP BY id;
ANALYZE touch, journey;

-- What is asked; fits says what the anchor means.
CREATE TABLE anchor (anchor text, fits text);
INSERT INTO anchor VALUES ('a', 'touchpoint = ''a'''), ('b | c', 'touchpoint IN (''b'', ''c'')'), ('d@web', 'touchpoint = ''d'' AND channel = ''web'''), ('*', 'true'),
	('!(a | b)', 'touchpoint NOT IN (''a'', ''b'')'), ('#field', 'team = ''field'''), ('nowhere', 'false'), ('[k = "one"]', 'attrs ->> ''k'' = ''one''');
CREATE TABLE anchored (anchor text, id bigint, step bigint);
SELECT format('INSERT INTO anchored SELECT %L, id, min(step) FROM touch WHERE %s GROUP BY id', anchor, fits) FROM anchor \gexec
CREATE TABLE question AS
SELECT row_number() OVER (ORDER BY anchor, by, before, after) AS number, *
FROM anchor, unnest(ARRAY['touchpoint', 'channel', 'team', 'k', 'none']) by,
	(VALUES (0, 0), (3, 0), (0, 2), (1, 1), (2, 5), (100, 100)) v (before, after);

-- The nodes that each journey visits.
CREATE TABLE labelled AS
SELECT a.anchor, by, t.id, t.step, t.label, t.step = a.step AS is_anchor,
	row_number() OVER (PARTITION BY a.anchor, by, t.id ORDER BY t.step) AS place
FROM anchored a
JOIN LATERAL (
	SELECT id, step, by, CASE by WHEN 'touchpoint' THEN touchpoint WHEN 'channel' THEN channel WHEN 'team' THEN team WHEN 'k' THEN nullif(attrs ->> 'k', '') END AS label
	FROM touch t, unnest(ARRAY['touchpoint', 'channel', 'team', 'k', 'none']) by WHERE t.id = a.id) t ON t.label IS NOT NULL OR t.step = a.step;
CREATE TABLE placed AS
SELECT anchor, by, id, coalesce(label, '(none)') AS label, place - max(place) FILTER (WHERE is_anchor) OVER (PARTITION BY anchor, by, id) AS node FROM labelled;
INSERT INTO placed SELECT anchor, by, id, '(start)', min(node) - 1 FROM placed GROUP BY 1, 2, 3 UNION ALL SELECT anchor, by, id, '(end)', max(node) + 1 FROM placed GROUP BY 1, 2, 3;
CREATE TABLE link AS
SELECT q.number, p.id, p.node AS step, p.label AS source, f.label AS target
FROM question q JOIN placed p ON p.anchor = q.anchor AND p.by = q.by AND p.node >= -q.before AND p.node < q.after
JOIN placed f ON f.anchor = q.anchor AND f.by = q.by AND f.id = p.id AND f.node = p.node + 1;
CREATE TABLE total AS SELECT q.number, count(a.id) AS journeys, :journeys - count(a.id) AS others FROM question q LEFT JOIN anchored a USING (anchor) GROUP BY q.number;
-- how many journeys a node has: those that leave it, or at the last step come to it
CREATE TABLE node AS
SELECT number, step AS node, source AS label, count(*) AS n FROM link GROUP BY 1, 2, 3
UNION ALL
SELECT l.number, step + 1, target, count(*) FROM link l JOIN question q ON q.number = l.number AND l.step + 1 = q.after GROUP BY 1, 2, 3;
CREATE FUNCTION node_text(node bigint, label text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN node > 0 THEN '+' ELSE '' END || node || ' ' || label;

CREATE TABLE flow AS SELECT q.*, s.flow FROM question q, LATERAL (SELECT cx.flow_agg(journey, q.anchor::cx.selector, before, after, by) AS flow FROM journey) s;
CALL oracle.check_rows('journeys with the anchor and without', 'SELECT number, cx.flow_journeys(flow), cx.flow_without_anchor(flow) FROM flow', 'TABLE total');
CREATE TABLE share (min_share float8);
-- some of them are the shares of labels to the last bit
INSERT INTO share SELECT DISTINCT ON (n % 5) n / journeys::float8 FROM node JOIN total USING (number) WHERE label NOT IN ('(start)', '(end)', '(none)') ORDER BY n % 5, number, node, label;
INSERT INTO share VALUES (0), (0.1), (0.25), (0.5), (1);
CALL oracle.check_rows('edges, rare labels merged', 'SELECT number, min_share, e.* FROM flow, share, cx.flow_edges(flow, min_share) e',
	$$SELECT l.number, min_share, step::int, node_text(step, CASE WHEN source NOT IN ('(start)', '(none)') AND s.n / journeys::float8 < min_share THEN '(other)' ELSE source END),
		node_text(step + 1, CASE WHEN target NOT IN ('(end)', '(none)') AND t.n / journeys::float8 < min_share THEN '(other)' ELSE target END), sum(l.n)::bigint, sum(l.n)::bigint / journeys::float8
	FROM (SELECT number, step, source, target, count(*) AS n FROM link GROUP BY 1, 2, 3, 4) l JOIN total USING (number) CROSS JOIN share
	LEFT JOIN node s ON s.number = l.number AND s.node = l.step AND s.label = l.source
	LEFT JOIN node t ON t.number = l.number AND t.node = l.step + 1 AND t.label = l.target
	GROUP BY 1, 2, 3, 4, 5, journeys$$);
CALL oracle.check_rows('by touchpoint without saying so', 'SELECT number, cx.flow_agg(journey, q.anchor::cx.selector, before, after) FROM journey, question q WHERE by = ''touchpoint'' GROUP BY number',
	'SELECT number, flow FROM flow WHERE by = ''touchpoint''');
-- what a Sankey chart needs: nothing gets lost in a node, no link leads back, and all pass the anchor
CREATE TABLE shown AS SELECT number, min_share, before, after, e.* FROM flow, share, cx.flow_edges(flow, min_share) e;
CALL oracle.check_rows('nodes between lose nothing',
	$$SELECT number, min_share, source, sum(journeys) FROM shown WHERE step > -before AND source !~ '^-\d+ \(start\)$' GROUP BY 1, 2, 3$$,
	$$SELECT number, min_share, target, sum(journeys) FROM shown WHERE step + 1 < after AND target !~ '^\+\d+ \(end\)$' GROUP BY 1, 2, 3$$);
CALL oracle.check_rows('all pass the anchor', 'SELECT number, min_share, sum(journeys) FROM shown WHERE step IN (-1, 0) GROUP BY number, min_share, step',
	'SELECT number, min_share, journeys FROM question JOIN total USING (number), share, unnest(ARRAY[before, after]) steps WHERE steps > 0 AND journeys > 0');

-- the same bytes whatever the way: merged in two stages, through text and jsonb, by parallel workers
CALL oracle.check_rows('rollup of parts', 'SELECT number, cx.rollup(part) FROM (SELECT number, cx.rollup(part) AS part FROM
		(SELECT number, id % 37 AS k, cx.flow_agg(journey, q.anchor::cx.selector, before, after, by) AS part FROM journey, question q WHERE number % 4 = 1 GROUP BY 1, 2) s GROUP BY number, k % 5) s GROUP BY number',
	'SELECT number, flow FROM flow WHERE number % 4 = 1');
CALL oracle.check_rows('text and jsonb and back', 'SELECT number, flow::text::cx.flow_summary OPERATOR(cx.=) flow AND flow::jsonb::cx.flow_summary OPERATOR(cx.=) flow FROM flow', 'SELECT number, true FROM question');
ALTER TABLE journey SET (parallel_workers = 2);
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE TABLE plan (line text);
DO $$
DECLARE
	line text;
BEGIN
	FOR line IN EXPLAIN (COSTS OFF) SELECT cx.flow_agg(journey, 'b | c', 3, 2) FROM journey LOOP
		INSERT INTO plan VALUES (line);
	END LOOP;
END $$;
CALL oracle.check_rows('the plan is parallel', 'SELECT count(*) FROM plan WHERE line ~ ''Partial Aggregate''', 'SELECT 1');
CALL oracle.check_rows('parallel workers', 'SELECT ''b | c'', cx.flow_agg(journey, ''b | c'', 2, 5, ''team'') FROM journey',
	'SELECT anchor, flow FROM flow WHERE anchor = ''b | c'' AND before = 2 AND by = ''team''');
RESET parallel_setup_cost;
RESET parallel_tuple_cost;

-- Rework: what a touch repeats is the latest one of its touchpoint before.
CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed + 70, 3000 * :scale);
CALL oracle.make('profile', 'rich');
CREATE TABLE worked AS SELECT id::text, step, touchpoint, channel, team, attrs FROM touch
UNION ALL SELECT 'rich ' || id, step, touchpoint, channel, team, attrs::jsonb FROM oracle.numbered('SELECT * FROM richtouch');
CREATE TABLE again AS
SELECT id, step, touchpoint, by, who, lag(step) OVER earlier AS step_before, lag(who) OVER earlier AS who_before
FROM worked, LATERAL (VALUES ('team', team), ('channel', channel), ('k', attrs ->> 'k'), ('b', attrs ->> 'b')) v (by, who)
WINDOW earlier AS (PARTITION BY id, by, touchpoint ORDER BY step);
CALL oracle.check_rows('rework', 'SELECT id::text, by, r.* FROM journey, unnest(ARRAY[''team'', ''channel'', ''k'', ''b'']) by, cx.repeats(journey, by) r
		UNION ALL SELECT ''rich '' || id, by, r.* FROM richjourney, unnest(ARRAY[''team'', ''channel'', ''k'', ''b'']) by, cx.repeats(journey, by) r',
	'SELECT id, by, touchpoint, count(*), count(*) FILTER (WHERE step_before = step - 1), count(*) FILTER (WHERE step_before = step - 1 AND who = who_before), count(*) FILTER (WHERE step_before = step - 1 AND who <> who_before),
		count(*) FILTER (WHERE step_before < step - 1), count(*) FILTER (WHERE step_before < step - 1 AND who = who_before), count(*) FILTER (WHERE step_before < step - 1 AND who <> who_before)
	FROM again GROUP BY id, by, touchpoint');
CALL oracle.check_rows('rework by team is the default', 'SELECT id, r FROM journey, cx.repeats(journey) r', 'SELECT id, r FROM journey, cx.repeats(journey, ''team'') r');
CALL oracle.check_rows('order of the rows', 'SELECT id, r.touchpoint, r.n FROM richjourney, cx.repeats(journey) WITH ORDINALITY r (touchpoint, b, c, d, e, f, g, h, n)',
	'SELECT id, touchpoint, row_number() OVER (PARTITION BY id ORDER BY touchpoint COLLATE "C") FROM (SELECT DISTINCT id, r.touchpoint FROM richjourney, cx.repeats(journey) r) s');

\if :there
-- Real logs: touches that repeat the one right before, as other tools counted them; all of it against windows.
CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/ORACLES.json"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TABLE figure AS SELECT split_part(key, '/', 2) AS name, (value ->> 'self_loop_df')::bigint AS self_loops, (value ->> 'events')::bigint AS events FROM file, jsonb_each(line::jsonb);
CREATE TABLE bpic (n bigint GENERATED ALWAYS AS IDENTITY, sr text, at timestamptz, status text, sub_status text, activity text, activity_level text,
	function_div text, org_line text, team text, team_2 text, level text, impact text, product text, country text, owner_country text,
	first_name text, resource text);
\copy bpic (sr, at, status, sub_status, activity, activity_level, function_div, org_line, team, team_2, level, impact, product, country, owner_country, first_name, resource) FROM PROGRAM 'zcat "$CX_DATA/bpic2013_incidents/incidents.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE helpdesk (n bigint GENERATED ALWAYS AS IDENTITY, case_id text, event_seq int, activity text, at timestamptz, resource text, seriousness text,
	customer text, product text, responsible_section text, seriousness_2 text, service_level text, service_type text, support_section text, workgroup text);
\copy helpdesk (case_id, event_seq, activity, at, resource, seriousness, customer, product, responsible_section, seriousness_2, service_level, service_type, support_section, workgroup) FROM PROGRAM 'zcat "$CX_DATA/helpdesk_italian/helpdesk.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE log AS
SELECT 'incidents_team' AS name, n, sr AS customer, at, status || '-' || sub_status AS activity, team AS owner FROM bpic
UNION ALL SELECT 'incidents_level', n, sr, at, status, level FROM bpic
UNION ALL SELECT 'helpdesk', n, case_id, at, activity, resource FROM helpdesk;
-- events at one instant keep the order of the file
CREATE TABLE log_journey AS SELECT name, customer, cx.journey_agg(at + n * interval '1 microsecond', activity, NULL, owner) AS journey FROM log GROUP BY name, customer;
CREATE TABLE log_touch AS
SELECT *, row_number() OVER (PARTITION BY name, customer ORDER BY at + n * interval '1 microsecond') AS step FROM log;
CREATE TABLE log_again AS
SELECT *, lag(step) OVER earlier AS step_before, lag(owner) OVER earlier AS owner_before FROM log_touch
WINDOW earlier AS (PARTITION BY name, customer, activity ORDER BY step);
CALL oracle.check_rows('logs: touches and self-loops of other tools', 'SELECT name, sum(r.touches)::bigint, sum(r.self_loops)::bigint FROM log_journey, cx.repeats(journey) r GROUP BY name',
	'SELECT name, events, self_loops FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('logs: rework', 'SELECT name, customer, r.* FROM log_journey, cx.repeats(journey) r',
	'SELECT name, customer, activity, count(*), count(*) FILTER (WHERE step_before = step - 1), count(*) FILTER (WHERE step_before = step - 1 AND owner = owner_before), count(*) FILTER (WHERE step_before = step - 1 AND owner <> owner_before),
		count(*) FILTER (WHERE step_before < step - 1), count(*) FILTER (WHERE step_before < step - 1 AND owner = owner_before), count(*) FILTER (WHERE step_before < step - 1 AND owner <> owner_before)
	FROM log_again GROUP BY 1, 2, 3');
-- the five statuses around the first time that somebody else is waited for
CREATE TABLE log_placed AS
SELECT customer, activity AS label, step - min(step) FILTER (WHERE activity = 'Accepted-Wait - User') OVER (PARTITION BY customer) AS node FROM log_touch WHERE name = 'incidents_team';
DELETE FROM log_placed WHERE node IS NULL;
INSERT INTO log_placed SELECT customer, '(start)', min(node) - 1 FROM log_placed GROUP BY 1 UNION ALL SELECT customer, '(end)', max(node) + 1 FROM log_placed GROUP BY 1;
CALL oracle.check_rows('logs: flow', $$SELECT e.step, e.source, e.target, e.journeys FROM (SELECT cx.flow_agg(journey, '"Accepted-Wait - User"', 5, 5) AS flow FROM log_journey WHERE name = 'incidents_team') f, cx.flow_edges(flow) e$$,
	$$SELECT p.node::int, node_text(p.node, p.label), node_text(f.node, f.label), count(*) FROM log_placed p JOIN log_placed f ON f.customer = p.customer AND f.node = p.node + 1
	WHERE p.node BETWEEN -5 AND 4 GROUP BY 1, 2, 3$$);
\endif

\ir lib/end.sql
