-- Journey maps: what follows what, and how maps of parts add up.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(17);

CREATE TEMP TABLE event (customer int, at timestamptz, touchpoint text, team text, value float8);
INSERT INTO event VALUES
	(1, '2026-01-05 09:00Z', 'order', 'shop', 40), (1, '2026-01-06 09:00Z', 'call', 'care', NULL), (1, '2026-01-06 10:00Z', 'call', 'care', NULL), (1, '2026-01-07 10:00Z', 'delivery', NULL, NULL),
	(2, '2026-01-05 10:00Z', 'order', 'shop', 60), (2, '2026-01-07 10:00Z', 'delivery', NULL, NULL),
	(3, '2026-01-06 12:00Z', 'call', 'care', NULL);
CREATE TEMP TABLE journey AS SELECT customer, cx.journey_agg(at, touchpoint, NULL, team, value) AS journey FROM event GROUP BY customer;
CREATE TEMP TABLE map AS SELECT cx.map_agg(journey) AS map FROM journey;

SELECT bag_eq('SELECT source, target, count, journeys, mean_seconds FROM map, cx.edges(map)',
	$$VALUES ('order', 'call', 1::bigint, 1::bigint, 86400::float8), ('call', 'call', 1, 1, 3600), ('call', 'delivery', 1, 1, 86400), ('order', 'delivery', 1, 1, 172800)$$, 'each pair of successive touches is a passage of an edge');
SELECT bag_eq('SELECT node, count, journeys, starts, ends, self_loops, value FROM map, cx.nodes(map)',
	$$VALUES ('order', 2::bigint, 2::bigint, 2::bigint, 0::bigint, 0::bigint, 100::float8), ('call', 3, 2, 1, 1, 1, NULL), ('delivery', 2, 2, 0, 2, 0, NULL)$$, 'each touch belongs to a node');
SELECT bag_eq('SELECT source, target, count FROM map, cx.edges(map, true) WHERE median_seconds IS NULL',
	$$VALUES ('(start)', 'order', 2::bigint), ('(start)', 'call', 1), ('delivery', '(end)', 2), ('call', '(end)', 1)$$, 'the ends of journeys are edges on request, and take no time');
SELECT is((SELECT sum(starts) FROM map, cx.nodes(map)), (SELECT count(*)::numeric FROM journey), 'every journey starts once');
SELECT is((SELECT sum(count) FROM map, cx.edges(map)) + 3, (SELECT count(*)::numeric FROM event), 'every touch but the first is the target of an edge');
SELECT is((SELECT cx.journeys(map) FROM map), 3::bigint, 'the map knows how many journeys it has');

SELECT bag_eq('SELECT source, target, count FROM (SELECT cx.map_agg(journey, ''team'') AS map FROM journey) s, cx.edges(map, true)',
	$$VALUES ('(start)', 'shop', 2::bigint), ('(start)', 'care', 1), ('shop', 'care', 1), ('care', 'care', 1), ('shop', '(end)', 1), ('care', '(end)', 2)$$, 'by team: touches without one are left out');

CREATE TEMP TABLE daily AS SELECT day, cx.map_agg(journey, 'touchpoint', day, day + '1 day'::interval) AS map FROM journey, generate_series('2026-01-05Z'::timestamptz, '2026-01-07Z', '1 day') day GROUP BY day;
SELECT bag_eq('SELECT day::date, source, target FROM daily, cx.edges(map)',
	$$VALUES ('2026-01-06'::date, 'order', 'call'), ('2026-01-06', 'call', 'call'), ('2026-01-07', 'call', 'delivery'), ('2026-01-07', 'order', 'delivery')$$, 'an edge belongs to the period of its target');
SELECT results_eq('SELECT source, target, count, mean_seconds, median_seconds, p90_seconds FROM (SELECT cx.rollup(map) AS map FROM daily) s, cx.edges(map, true)',
	'SELECT source, target, count, mean_seconds, median_seconds, p90_seconds FROM map, cx.edges(map, true)', 'the days add up to the whole: edges');
SELECT results_eq('SELECT node, count, starts, ends, self_loops, value FROM (SELECT cx.rollup(map) AS map FROM daily) s, cx.nodes(map)',
	'SELECT node, count, starts, ends, self_loops, value FROM map, cx.nodes(map)', 'and nodes');
SELECT is((SELECT cx.journeys(cx.rollup(map)) FROM daily), 6::bigint, 'but journeys count on each of their days');
SELECT is((SELECT cx.rollup(map ORDER BY customer DESC) FROM (SELECT customer, cx.map_agg(journey) AS map FROM journey GROUP BY 1) s), (SELECT map FROM map), 'maps of different customers add up to the same value');
SELECT is((SELECT cx.rollup(map) FROM map WHERE false), NULL, 'no maps have none');
SELECT is((SELECT map::text::cx.journey_map FROM map), (SELECT map FROM map), 'a map reads back from its text');

SELECT is((SELECT difference FROM map, cx.compare_maps(map, map) WHERE source = 'call' AND target = 'call'), 0::float8, 'a group does not differ from itself');
SELECT throws_ok($$SELECT cx.rollup(map) FROM (SELECT cx.map_agg(journey, by) AS map FROM journey, unnest('{team,channel}'::text[]) AS by GROUP BY by) s$$, '22023', 'cannot combine journey maps of different nodes', 'maps of different nodes do not mix');
SELECT is(cx.to_mermaid(map, 0.6), E'flowchart LR\n\tstart(("start"))\n\tn2["delivery"]\n\tn3["order"]\n\tfinish((("end")))\n\tn2 -->|2| finish\n\tstart -->|2| n3\n', 'a drawing of what most journeys have') FROM map;

SELECT * FROM finish();
ROLLBACK;
