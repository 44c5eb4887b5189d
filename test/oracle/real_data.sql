--
-- Real event logs: what journeys say about them against figures that other tools computed.
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

CREATE TABLE bpic (n bigint GENERATED ALWAYS AS IDENTITY, sr text, at timestamptz, status text, sub_status text, activity text, activity_level text,
	function_div text, org_line text, team text, team_2 text, level text, impact text, product text, country text, owner_country text,
	first_name text, resource text);
\copy bpic (sr, at, status, sub_status, activity, activity_level, function_div, org_line, team, team_2, level, impact, product, country, owner_country, first_name, resource) FROM PROGRAM 'zcat "$CX_DATA/bpic2013_incidents/incidents.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE receipt (n bigint GENERATED ALWAYS AS IDENTITY, channel text, name text, deadline text, department text, enddate text, enddate_planned text,
	case_group text, responsible text, startdate text, instance text, activity text, transition text, team text, resource text, at timestamptz);
\copy receipt (channel, name, deadline, department, enddate, enddate_planned, case_group, responsible, startdate, instance, activity, transition, team, resource, at) FROM PROGRAM 'zcat "$CX_DATA/receipt_permits/receipt.csv.gz"' (FORMAT csv, HEADER)
CREATE TABLE example (n bigint GENERATED ALWAYS AS IDENTITY, number int, name text, resource text, at timestamptz, activity text, resource_2 text, costs float8,
	case_name text, creator text);
\copy example (number, name, resource, at, activity, resource_2, costs, case_name, creator) FROM PROGRAM 'cat "$CX_DATA/running_example/running_example.csv"' (FORMAT csv, HEADER)
CREATE TABLE helpdesk (n bigint GENERATED ALWAYS AS IDENTITY, case_id text, event_seq int, activity text, at timestamptz, resource text, seriousness text,
	customer text, product text, responsible_section text, seriousness_2 text, service_level text, service_type text, support_section text, workgroup text);
\copy helpdesk (case_id, event_seq, activity, at, resource, seriousness, customer, product, responsible_section, seriousness_2, service_level, service_type, support_section, workgroup) FROM PROGRAM 'zcat "$CX_DATA/helpdesk_italian/helpdesk.csv.gz"' (FORMAT csv, HEADER)

-- the logs, each with its activity and owner
CREATE TABLE log (name text, n bigint, customer text, at timestamptz, activity text, owner text);
INSERT INTO log
SELECT 'incidents_team', n, sr, at, status || '-' || sub_status, team FROM bpic
UNION ALL SELECT 'incidents_orgline', n, sr, at, status || '-' || sub_status, org_line FROM bpic
UNION ALL SELECT 'incidents_level', n, sr, at, status, level FROM bpic
UNION ALL SELECT 'receipt_group', n, name, at, activity, team FROM receipt
UNION ALL SELECT 'receipt_resource', n, name, at, activity, resource FROM receipt
UNION ALL SELECT 'running_example', n, case_name, at, activity, resource FROM example
UNION ALL SELECT 'helpdesk', n, case_id, at, activity, resource FROM helpdesk
UNION ALL SELECT 'helpdesk_workgroup', n, case_id, at, activity, workgroup FROM helpdesk;
-- Events at one instant keep the order of the file by the microsecond; times are measured without it.
CREATE TABLE journey AS
SELECT name, customer, cx.journey_agg(at + n * interval '1 microsecond', activity, NULL, owner) AS journey, cx.journey_agg(at, activity) AS timed
FROM log GROUP BY name, customer;
CREATE TABLE touch AS SELECT j.name, j.customer, t.* FROM journey j, cx.touches(j.journey) t;
ANALYZE;

CALL oracle.check_rows('journeys, touches, kinds of touches', 'SELECT name, count(*), sum(cx.touch_count(journey)),
		(SELECT count(DISTINCT touchpoint) FROM touch t WHERE t.name = j.name) FROM journey j GROUP BY name',
	'SELECT name, (facts ->> ''cases'')::bigint, (facts ->> ''events'')::bigint, (facts ->> ''activities'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('first and last touch', 'SELECT name, min(cx.started_at(timed)), max(cx.ended_at(timed)) FROM journey GROUP BY name',
	'SELECT name, (facts ->> ''first'')::timestamptz, (facts ->> ''last'')::timestamptz FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('touches a journey: mean, median, least, most', 'SELECT name, round(avg(cx.touch_count(journey)), 4)::float8,
		percentile_cont(0.5) WITHIN GROUP (ORDER BY cx.touch_count(journey)), min(cx.touch_count(journey)), max(cx.touch_count(journey)) FROM journey GROUP BY name',
	'SELECT name, (x ->> ''mean'')::float8, (x ->> ''median'')::float8, (x ->> ''min'')::int, (x ->> ''max'')::int
	FROM (SELECT name, facts -> ''events_per_case'' AS x FROM figure WHERE name IN (SELECT name FROM log)) s');
CALL oracle.check_rows('days a journey takes: mean, median, 90 %, most', 'SELECT name, round(avg(d)::numeric, 4)::float8, round((percentile_cont(0.5) WITHIN GROUP (ORDER BY d))::numeric, 4)::float8,
		round((percentile_cont(0.9) WITHIN GROUP (ORDER BY d))::numeric, 4)::float8, round(max(d)::numeric, 4)::float8
	FROM (SELECT name, cx.duration_seconds(timed) / 86400 AS d FROM journey) s GROUP BY name',
	'SELECT name, (x ->> ''mean'')::float8, (x ->> ''median'')::float8, (x ->> ''p90'')::float8, (x ->> ''max'')::float8
	FROM (SELECT name, facts -> ''throughput_days'' AS x FROM figure WHERE name IN (SELECT name FROM log)) s');

-- paths
CREATE TABLE path AS SELECT name, cx.path(journey) AS path, count(*) AS n FROM journey GROUP BY 1, 2;
CALL oracle.check_rows('different paths, and those of one journey', 'SELECT name, count(*), count(*) FILTER (WHERE n = 1) FROM path GROUP BY name',
	'SELECT name, (facts ->> ''variants'')::bigint, (facts ->> ''singleton_variants'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('most frequent path', 'SELECT name, max(n) FROM path GROUP BY name',
	'SELECT name, (facts #>> ''{top_variants,0,0}'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
-- the lists of other tools, each with the name of its log in front
CREATE TABLE listed (name text, path text, n bigint);
\copy listed FROM PROGRAM 'cd "$CX_DATA" && for f in */oracle/*_variants_top50.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _variants_top50.csv),/"; done' (FORMAT csv)
CREATE TABLE pair_listed (name text, before text, after text, n bigint);
\copy pair_listed FROM PROGRAM 'cd "$CX_DATA" && for f in */oracle/*_dfg.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _dfg.csv),/"; done' (FORMAT csv)
CREATE TABLE handover_listed (name text, before text, after text, n bigint);
\copy handover_listed FROM PROGRAM 'cd "$CX_DATA" && for f in */oracle/*_handover.csv; do tail -n +2 "$f" | sed "s/^/$(basename "$f" _handover.csv),/"; done' (FORMAT csv)
CALL oracle.check_rows('the 50 most frequent paths, by path', 'SELECT name, path, path.n FROM path JOIN listed USING (name, path)',
	'SELECT name, path, n FROM listed WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('the 50 most frequent paths, by rank', 'SELECT name, rank, n FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY n DESC) AS rank FROM path) s WHERE rank <= 50',
	'SELECT name, row_number() OVER (PARTITION BY name ORDER BY n DESC), n FROM listed WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('known figures', $$SELECT (SELECT count(*) FROM path WHERE name = 'incidents_team'), (SELECT max(n) FROM path WHERE name = 'incidents_team'),
		(SELECT count(*) FROM path WHERE name = 'receipt_group'), (SELECT count(*) FROM path WHERE name = 'running_example'), (SELECT count(*) FROM path WHERE name = 'helpdesk'),
		(SELECT count(*) FROM journey WHERE name = 'incidents_team'), (SELECT sum(cx.touch_count(journey)) FROM journey WHERE name = 'incidents_team'),
		(SELECT max(cx.touch_count(journey)) FROM journey WHERE name = 'incidents_team')$$,
	'SELECT 2278, 1749, 116, 6, 226, 7554, 65533, 123');

-- what follows what
CREATE TABLE pair AS
SELECT name, customer, touchpoint AS before, lead(touchpoint) OVER steps AS after, team AS owner_before, lead(team) OVER steps AS owner_after
FROM touch WINDOW steps AS (PARTITION BY name, customer ORDER BY step);
DELETE FROM pair WHERE after IS NULL;
CALL oracle.check_rows('pairs of successive touches', 'SELECT name, before, after, count(*) FROM pair GROUP BY 1, 2, 3',
	'SELECT name, before, after, n FROM pair_listed WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('pairs: all, different, of the same touchpoint', 'SELECT name, count(*), count(DISTINCT (before, after)), count(*) FILTER (WHERE before = after) FROM pair GROUP BY name',
	'SELECT name, (facts ->> ''dfg_total'')::bigint, (facts ->> ''dfg_edges'')::bigint, (facts ->> ''self_loop_df'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('how journeys start', 'SELECT name, label, n FROM (SELECT name, cx.first_touchpoint(journey) AS label, count(*) AS n FROM journey GROUP BY 1, 2) s
	JOIN figure USING (name) WHERE facts -> ''start'' ? label',
	'SELECT name, key, value::bigint FROM figure, jsonb_each_text(facts -> ''start'') WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('how journeys end', 'SELECT name, label, n FROM (SELECT name, cx.last_touchpoint(journey) AS label, count(*) AS n FROM journey GROUP BY 1, 2) s
	JOIN figure USING (name) WHERE facts -> ''end'' ? label',
	'SELECT name, key, value::bigint FROM figure, jsonb_each_text(facts -> ''end'') WHERE name IN (SELECT name FROM log)');

-- owners
CALL oracle.check_rows('owners', 'SELECT name, count(DISTINCT team) FROM touch GROUP BY name',
	'SELECT name, (facts ->> ''owners'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
CALL oracle.check_rows('hand-overs', 'SELECT name, owner_before, owner_after, count(*) FROM pair WHERE owner_before <> owner_after GROUP BY 1, 2, 3',
	'SELECT name, before, after, n FROM handover_listed WHERE name IN (SELECT name FROM log) AND before <> after');
CALL oracle.check_rows('hand-overs: all, different, journeys with one', 'SELECT name, count(*), count(DISTINCT (owner_before, owner_after)), count(DISTINCT customer) FROM pair
	WHERE owner_before <> owner_after GROUP BY name',
	'SELECT name, (facts ->> ''handovers_direct'')::bigint, (facts ->> ''handover_edges'')::bigint, (facts ->> ''cases_with_handover'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');
-- back and forth: A, B, A in the journey of owners without repeats
CREATE TABLE owner_run AS
SELECT name, customer, t.touchpoint AS owner, lag(t.touchpoint, 2) OVER (PARTITION BY name, customer ORDER BY step) AS two_before
FROM journey j, cx.touches(cx.collapse(cx.by_team(j.journey))) t;
CALL oracle.check_rows('ping-pong: A-B-A, journeys with it', 'SELECT name, count(*), count(DISTINCT customer) FROM owner_run WHERE owner = two_before GROUP BY name',
	'SELECT name, (facts ->> ''pingpong_ABA'')::bigint, (facts ->> ''pingpong_cases'')::bigint FROM figure WHERE name IN (SELECT name FROM log)');

\ir lib/end.sql
