--
-- Journey maps of real event logs: edge by edge, node by node what other tools computed.
-- Variable: data, the folder with the logs (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/ORACLES.json" && echo true || echo false`
\if :there
\else
\echo skipped: no event logs in :data
\quit
\endif

\ir lib/begin.sql

CREATE TABLE figure (name text, facts jsonb);
CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/ORACLES.json"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
INSERT INTO figure SELECT split_part(key, '/', 2), value FROM file, jsonb_each(line::jsonb);
CREATE TABLE edge_listed (name text, source text, target text, n bigint);
\copy edge_listed FROM PROGRAM 'cd "$CX_DATA" && for f in */oracle/*_dfg.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _dfg.csv),/"; done' (FORMAT csv)
CREATE TABLE handover_listed (name text, source text, target text, n bigint);
\copy handover_listed FROM PROGRAM 'cd "$CX_DATA" && for f in */oracle/*_handover.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _handover.csv),/"; done' (FORMAT csv)

-- the logs as text, with the number of the line
CREATE TABLE bpic (n bigint GENERATED ALWAYS AS IDENTITY, c1 text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text, c14 text, c15 text, c16 text, c17 text);
\copy bpic (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17) FROM PROGRAM 'zcat "$CX_DATA/bpic2013_incidents/incidents.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE receipt (n bigint GENERATED ALWAYS AS IDENTITY, c1 text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text, c14 text, c15 text);
\copy receipt (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15) FROM PROGRAM 'zcat "$CX_DATA/receipt_permits/receipt.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE example (n bigint GENERATED ALWAYS AS IDENTITY, c1 text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text);
\copy example (c1, c2, c3, c4, c5, c6, c7, c8, c9) FROM PROGRAM 'cat "$CX_DATA/running_example/running_example.csv"' (FORMAT csv, HEADER)
CREATE TABLE helpdesk (n bigint GENERATED ALWAYS AS IDENTITY, c1 text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text, c14 text);
\copy helpdesk (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14) FROM PROGRAM 'zcat "$CX_DATA/helpdesk_italian/helpdesk.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE onboarding (n bigint GENERATED ALWAYS AS IDENTITY, process text, activity text, starts_at text, ends_at text, resource text, robot text, role text);
\copy onboarding (process, activity, starts_at, ends_at, resource, robot, role) FROM PROGRAM 'zcat "$CX_DATA/ibm_client_onboarding/onboard_client.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE shop (n bigint GENERATED ALWAYS AS IDENTITY, customer text, event text, at text);
\copy shop (customer, event, at) FROM PROGRAM 'zcat "$CX_DATA/retentioneering_simple_shop/simple_onlineshop.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE ecom (n bigint GENERATED ALWAYS AS IDENTITY, customer text, session text, event text, at text, platform text, channel text, cohort text, lifecycle text);
\copy ecom (customer, session, event, at, platform, channel, cohort, lifecycle) FROM PROGRAM 'zcat "$CX_DATA/retentioneering_simple_shop/ecom.csv.gz"' (FORMAT csv, HEADER)

CREATE TABLE log (name text, n bigint, customer text, at timestamptz, activity text, owner text);
INSERT INTO log
SELECT 'incidents_team', n, c1, c2::timestamptz, c3 || '-' || c4, c9 FROM bpic
UNION ALL SELECT 'incidents_orgline', n, c1, c2::timestamptz, c3 || '-' || c4, c8 FROM bpic
UNION ALL SELECT 'incidents_level', n, c1, c2::timestamptz, c3, c11 FROM bpic
UNION ALL SELECT 'receipt_group', n, c2, c15::timestamptz, c11, c13 FROM receipt
UNION ALL SELECT 'receipt_resource', n, c2, c15::timestamptz, c11, c14 FROM receipt
UNION ALL SELECT 'running_example', n, c8, c4::timestamptz, c5, c3 FROM example
UNION ALL SELECT 'helpdesk', n, c1, c4::timestamptz, c3, c5 FROM helpdesk
UNION ALL SELECT 'helpdesk_workgroup', n, c1, c4::timestamptz, c3, c14 FROM helpdesk
UNION ALL SELECT 'onboard_client', n, process, to_timestamp(starts_at, 'DD-MM-YYYY HH24:MI:SS'), activity, role FROM onboarding
UNION ALL SELECT 'simple_onlineshop', n, customer, at::timestamptz, event, NULL FROM shop
UNION ALL SELECT 'ecom', n, session, at::timestamptz, event, NULL FROM ecom;

-- Events at one instant keep the order of the file by the microsecond.
CREATE TABLE journey AS
SELECT name, customer, cx.journey_agg(at + n * interval '1 microsecond', activity, NULL, nullif(owner, '')) AS journey FROM log GROUP BY name, customer;
ANALYZE journey;
CREATE TABLE map AS SELECT name, cx.map_agg(journey) AS map, cx.map_agg(journey, 'team') AS teams FROM journey GROUP BY name;

CALL oracle.check_rows('edges', 'SELECT name, source, target, count FROM map, cx.edges(map)', 'SELECT name, source, target, n FROM edge_listed WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('edges: different ones, passages, loops', 'SELECT name, (SELECT count(*) FROM cx.edges(map)), (SELECT sum(count) FROM cx.edges(map)), (SELECT sum(self_loops) FROM cx.nodes(map)) FROM map',
	'SELECT name, (facts ->> ''dfg_edges'')::bigint, (facts ->> ''dfg_total'')::bigint, (facts ->> ''self_loop_df'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('nodes: different ones, touches, journeys', 'SELECT name, (SELECT count(*) FROM cx.nodes(map)), (SELECT sum(count) FROM cx.nodes(map)), cx.journeys(map) FROM map',
	'SELECT name, (facts ->> ''activities'')::bigint, (facts ->> ''events'')::bigint, (facts ->> ''cases'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('starts', 'SELECT name, node, starts FROM map JOIN figure USING (name), cx.nodes(map) WHERE facts -> ''start'' ? node',
	'SELECT name, key, value::bigint FROM figure, jsonb_each_text(facts -> ''start'') WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('ends', 'SELECT name, node, ends FROM map JOIN figure USING (name), cx.nodes(map) WHERE facts -> ''end'' ? node',
	'SELECT name, key, value::bigint FROM figure, jsonb_each_text(facts -> ''end'') WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('hand-overs', 'SELECT name, source, target, count FROM map, cx.edges(teams) WHERE source <> target',
	'SELECT name, source, target, n FROM handover_listed WHERE name IN (SELECT name FROM log) AND source <> target');
CALL oracle.check_rows('hand-overs: all, different', 'SELECT name, sum(count) FILTER (WHERE source <> target), count(*) FILTER (WHERE source <> target), sum(count) FROM map, cx.edges(teams) GROUP BY name',
	'SELECT name, (facts ->> ''handovers_direct'')::bigint, (facts ->> ''handover_edges'')::bigint, (facts ->> ''owner_pairs'')::bigint FROM figure WHERE name IN (SELECT name FROM log) AND facts ? ''owners''');
CALL oracle.check_rows('known figures', 'SELECT (SELECT sum(count) FROM map, cx.edges(map) WHERE name = ''incidents_team''), (SELECT count(*) FROM map, cx.nodes(teams) WHERE name = ''incidents_team''),
	(SELECT count(*) FROM map, cx.edges(map) WHERE name = ''running_example'')', 'SELECT 57979, 649, 16');

-- what the lists do not have: journeys and times of edges, by window queries; and the days add up
CREATE TABLE pair AS
SELECT name, customer, touchpoint AS target, lag(touchpoint) OVER steps AS source, extract(epoch FROM at - lag(at) OVER steps)::float8 AS gap
FROM journey, cx.touches(journey) WINDOW steps AS (PARTITION BY name, customer ORDER BY step);
CALL oracle.check_rows('journeys and times', 'SELECT name, source, target, e.journeys, abs(mean_seconds - mean) <= 1e-12 * mean, abs(median_seconds - median) <= 0.01 * median, abs(p90_seconds - p90) <= 0.01 * p90
	FROM map, cx.edges(map) e JOIN (SELECT name AS log, source, target, avg(gap) AS mean, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median, percentile_cont(0.9) WITHIN GROUP (ORDER BY gap) AS p90
		FROM pair GROUP BY 1, 2, 3) t USING (source, target) WHERE log = name',
	'SELECT name, source, target, count(DISTINCT customer), true, true, true FROM pair WHERE source IS NOT NULL GROUP BY 1, 2, 3');
CREATE TABLE monthly AS SELECT name, cx.map_agg(journey, 'touchpoint', month, month + interval '1 month') AS map
FROM journey, LATERAL generate_series(date_trunc('month', cx.started_at(journey)), cx.ended_at(journey), '1 month') AS month GROUP BY name, month;
CALL oracle.check_rows('months add up', 'SELECT name, source, target, count, mean_seconds, median_seconds FROM (SELECT name, cx.rollup(map) AS map FROM monthly GROUP BY 1) s, cx.edges(map, true)',
	'SELECT name, source, target, count, mean_seconds, median_seconds FROM map, cx.edges(map, true)');

\ir lib/end.sql
