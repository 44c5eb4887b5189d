-- Journey maps: what follows what, how often and after how much time.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'a@0 b@30 c@30': touchpoints and minutes.
CREATE FUNCTION pg_temp.minutes(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + split_part(touch, '@', 2)::float8 * interval '1 minute', split_part(touch, '@', 1)), '[]')
	FROM unnest(string_to_array(touches, ' ')) AS touch
$$;
CREATE TEMP TABLE j AS SELECT n, CASE WHEN touches IS NOT NULL THEN pg_temp.minutes(touches) END AS journey
FROM (VALUES (1, 'a@0 b@10 c@30'), (2, 'a@0 b@20 b@30 b@60 a@61'), (3, 'c@5'), (4, ''), (5, NULL)) AS v (n, touches);

-- Edges and nodes.
CREATE TEMP TABLE m AS SELECT cx.map_agg(journey) AS map FROM j;
SELECT * FROM cx.edges((SELECT map FROM m));
SELECT source, target, count, journeys, mean_seconds FROM cx.edges((SELECT map FROM m), with_ends => true);
SELECT * FROM cx.nodes((SELECT map FROM m));
SELECT cx.journeys(map), map FROM m;
-- a median of several times is at most 0.8 percent off, of one time exact
SELECT source, target, median_seconds BETWEEN 900 * 0.992 AND 900 * 1.008 AS median, p90_seconds BETWEEN 1140 * 0.992 AND 1140 * 1.008 AS p90 FROM cx.edges((SELECT map FROM m)) WHERE source = 'a';

-- Values add up by node; none is NULL, and zero is zero.
SELECT node, count, value FROM (SELECT cx.map_agg(j) AS map FROM (VALUES (cx.journey('{2026-01-05Z,2026-01-06Z,2026-01-07Z,2026-01-08Z}', '{a,a,b,c}', amounts => '{1.25,NULL,0,NULL}')), (cx.journey('{2026-01-05Z}', '{a}', amounts => '{-0.5}'))) AS v (j)) s, cx.nodes(map);
SELECT node, value FROM (SELECT cx.map_agg(j) AS map FROM (SELECT cx.journey(array_agg('2026-01-05Z'::timestamptz + i * interval '1 s'), array_agg('a'::text), amounts => array_agg(CASE i % 3 WHEN 0 THEN 1e16 WHEN 1 THEN 1 ELSE -1e16 END)) AS j FROM generate_series(0, 29) i) s) s, cx.nodes(map);

-- What nodes are: touches without the label are left out, and their neighbours follow each other.
CREATE TEMP TABLE d AS SELECT cx.journey('{2026-01-05 09:00Z,2026-01-05 09:10Z,2026-01-05 09:20Z,2026-01-05 09:30Z,2026-01-05 09:40Z}', '{visit,call,call,visit,buy}', '{web,voice,NULL,web,app}', '{NULL,care,back,NULL,NULL}',
	attrs => ARRAY['{"device": "ios", "n": 1.50}', NULL, '{"device": ""}', '{"device": "pc", "n": 1.5}', '{"device": "ios", "n": true}']::jsonb[]) AS journey;
SELECT by, string_agg(source || ' > ' || target || ' ' || count || CASE WHEN mean_seconds IS NULL THEN '' ELSE ' ' || mean_seconds END, ', ' ORDER BY e.ordinality) AS edges
FROM (SELECT by, cx.map_agg(journey, by) AS map FROM d, unnest('{touchpoint,channel,team,device,n,"",nothing}'::text[]) AS by GROUP BY by) s, cx.edges(map, true) WITH ORDINALITY AS e GROUP BY by ORDER BY by COLLATE "C";
SELECT by, cx.journeys(map), (SELECT count(*) FROM cx.nodes(map)) AS nodes FROM (SELECT by, cx.map_agg(journey, by) AS map FROM d, unnest('{"",nothing}'::text[]) AS by GROUP BY by) s ORDER BY by;
-- another label than the same as touchpoint, but for ties inside an instant
SELECT cx.map_agg(journey, 'channel')::jsonb - 'by' = cx.map_agg(cx.by_channel(journey))::jsonb - 'by' AS channels, cx.map_agg(journey, 'device')::jsonb - 'by' = cx.map_agg(cx.by_attr(journey, 'device'))::jsonb - 'by' AS devices FROM d;

-- Periods: an edge belongs to its target's, a start to the first touch's, an end to the last's.
CREATE TEMP TABLE p AS SELECT k AS n, cx.map_agg(journey, 'touchpoint', '2026-01-05 13:00Z'::timestamptz + k * interval '20 minutes', '2026-01-05 13:20Z'::timestamptz + k * interval '20 minutes') AS map FROM j, generate_series(-1, 4) k GROUP BY k;
SELECT n, cx.journeys(map), source, target, count, e.journeys, mean_seconds FROM p LEFT JOIN LATERAL cx.edges(map, true) AS e ON true ORDER BY n, source COLLATE "C", target COLLATE "C";
SELECT n, node, count, journeys, starts, ends, self_loops FROM p, cx.nodes(map) ORDER BY n, node;
SELECT count(*), bool_and(x IS NOT DISTINCT FROM y) AS same FROM (SELECT (source, target, count, mean_seconds, median_seconds, p90_seconds) AS x FROM (SELECT cx.rollup(map) AS map FROM p) s, cx.edges(map, true)) a
	FULL JOIN (SELECT (source, target, count, mean_seconds, median_seconds, p90_seconds) AS y FROM m, cx.edges(map, true)) b ON x = y;
SELECT cx.map_agg(journey, 'touchpoint', NULL, NULL) = map AS "null", cx.map_agg(journey, 'touchpoint', '-infinity', 'infinity') = map AS infinite, cx.map_agg(journey, 'touchpoint', '4714-11-24 BC', NULL) = map AS early FROM j, m GROUP BY map;
SELECT cx.map_agg(journey, 'touchpoint', '2026-01-05 13:30Z', '2026-01-05 13:10Z') AS reversed, cx.map_agg(journey, 'touchpoint', '2027-01-05Z', NULL) AS later FROM j;
-- with touches left out at both sides of the period
SELECT source, target, count, mean_seconds FROM (SELECT cx.map_agg(journey, 'device', '2026-01-05 09:05Z', '2026-01-05 09:35Z') AS map FROM d) s, cx.edges(map, true);
SELECT cx.map_agg(journey, 'device', '2026-01-05 09:05Z', '2026-01-05 09:25Z') FROM d;
-- the period may differ from journey to journey
SELECT cx.map_agg(journey, 'touchpoint', cx.started_at(journey), cx.started_at(journey) + interval '20 minutes') FROM j;

-- Nothing to count: no map of no journeys, an empty one of empty journeys.
SELECT cx.map_agg(journey) FROM j WHERE n = 5;
SELECT cx.map_agg(journey) FROM j WHERE n = 6;
SELECT cx.map_agg(journey) FROM j WHERE n = 4;
SELECT cx.rollup(map) FROM m WHERE false;
SELECT cx.rollup(NULL::cx.journey_map);
SELECT cx.rollup(map) = map FROM (SELECT map FROM m UNION ALL SELECT NULL) s (map), m AS m (m) GROUP BY map HAVING map IS NOT NULL;
SELECT (SELECT count(*) FROM cx.edges(NULL)) AS edges, (SELECT count(*) FROM cx.nodes(NULL)) AS nodes, cx.journeys(NULL::cx.journey_map), cx.to_dot(NULL), cx.to_mermaid(NULL), (SELECT count(*) FROM cx.compare_maps(map, NULL)) AS compared FROM m;
SELECT count(*) FROM (SELECT cx.map_agg('[]') AS map) s, cx.edges(map, true);

-- Errors of arguments.
SELECT cx.map_agg(journey, NULL) FROM j;
SELECT cx.map_agg(journey, CASE WHEN n < 2 THEN 'team' ELSE 'channel' END) FROM j;
SELECT cx.map_agg(journey, repeat('x', 256)) FROM j;
SELECT cx.map_agg(cx.journey('{2026-01-05Z}', '{a}', attrs => ARRAY[jsonb_build_object('k', repeat('x', 256))]), 'k');
SELECT cx.rollup(map) FROM (SELECT cx.map_agg(journey, by) AS map FROM j, unnest('{team,channel}'::text[]) AS by GROUP BY by) s;
SELECT cx.compare_maps(cx.map_agg(journey), cx.map_agg(journey, 'team')) FROM j;
SELECT cx.compare_maps(map, map, 1) FROM m;
SELECT cx._map_agg(map, '[]') FROM m;
SELECT cx._map_combine(map, map) FROM m;

-- Comparison: published intervals of differences (Newcombe 1998, table II, method 10), as maps of that many journeys.
CREATE FUNCTION pg_temp.some(x int, n int) RETURNS cx.journey_map LANGUAGE sql STABLE AS $$
	SELECT cx.map_agg(pg_temp.minutes(CASE WHEN i <= x THEN 'a@0 b@1 a@2 b@3' ELSE 'a@0' END || ' c@9')) FROM generate_series(1, n) i
$$;
SELECT x, m, y, n, a_count, a_total, b_count, b_total, a_share::numeric(5, 4), b_share::numeric(5, 4), difference::numeric(5, 4), low::numeric(5, 4), high::numeric(5, 4)
FROM (VALUES (56, 70, 48, 80), (9, 10, 3, 10), (6, 7, 2, 7), (5, 56, 0, 29), (10, 10, 0, 20), (10, 10, 0, 10)) AS v (x, m, y, n)
	LEFT JOIN LATERAL cx.compare_maps(pg_temp.some(x, m), pg_temp.some(y, n)) ON source = 'a' AND target = 'b' ORDER BY m DESC, x, n DESC;
SELECT source, target, a_count, b_count, a_total, b_total, a_share, b_share, difference, low::numeric(5, 4), high::numeric(5, 4) FROM cx.compare_maps(pg_temp.some(1, 2), (SELECT cx.map_agg(journey) FROM j WHERE n = 3), 0.9, true) ORDER BY source COLLATE "C", target COLLATE "C";
SELECT * FROM cx.compare_maps(pg_temp.some(1, 1), (SELECT cx.map_agg(journey) FROM j WHERE n = 4));

-- Text form: it reads back, refuses what is no map, and says what is wrong.
SELECT map::text::cx.journey_map = map AS text, map::jsonb::cx.journey_map = map AS jsonb, map > (SELECT cx.map_agg('[]')) AS "order" FROM m;
SELECT '{"by": "touchpoint", "journeys": 2, "edges": [{"target": "a", "source": "b", "times": [0, 1, 3775, 1], "journeys": 1, "microseconds": 5, "more": 3}], "nodes": [{"node": "b", "journeys": 1, "ends": 0, "starts": 1}, {"node": "a", "journeys": 2, "ends": 1, "starts": 1, "value": -0}], "other": 1}'::cx.journey_map;
SELECT * FROM cx.edges('{"by": "touchpoint", "journeys": 2, "edges": [{"target": "a", "source": "b", "times": [0, 1, 3775, 1], "journeys": 1, "microseconds": 5, "more": 3}], "nodes": [{"node": "b", "journeys": 1, "ends": 0, "starts": 1}, {"node": "a", "journeys": 2, "ends": 1, "starts": 1}]}');
CREATE FUNCTION pg_temp.with_edge(edge text) RETURNS text LANGUAGE sql AS $$ SELECT format('{"by": "team", "journeys": 5, "nodes": [{"node": "a", "journeys": 5, "starts": 5, "ends": 5}], "edges": [%s]}', edge) $$;
SELECT input, pg_temp.outcome(format('SELECT %L::cx.journey_map', input)) FROM unnest(ARRAY['', 'null', '[]', '{}', '{"by": 1}', '{"by": "x", "nodes": [], "edges": {}}', '{"by": "x", "nodes": [], "edges": []}', '{"by": "x", "journeys": -1, "nodes": [], "edges": []}', '{"by": "x", "journeys": 1.5, "nodes": [], "edges": []}',
	'{"by": "x", "journeys": 1e30, "nodes": [], "edges": []}', '{"by": "x", "journeys": 0, "nodes": [1], "edges": []}', '{"by": "x", "journeys": 0, "nodes": [{}], "edges": []}', '{"by": "x", "journeys": 0, "nodes": [{"node": "", "journeys": 0, "starts": 0, "ends": 0}], "edges": []}',
	'{"by": "x", "journeys": 0, "nodes": [{"node": "a", "journeys": 1, "starts": 0, "ends": 0}], "edges": []}', '{"by": "x", "journeys": 1, "nodes": [{"node": "a", "journeys": 1, "starts": 0}], "edges": []}', '{"by": "x", "journeys": 1, "nodes": [{"node": "a", "journeys": 1, "starts": 0, "ends": 0, "value": "1"}], "edges": []}',
	'{"by": "x", "journeys": 1, "nodes": [{"node": "a", "journeys": 1, "starts": 0, "ends": 0, "value": 1e400}], "edges": []}', '{"by": "x", "journeys": 1, "nodes": [{"node": "a", "journeys": 1, "starts": 0, "ends": 0}, {"node": "a", "journeys": 1, "starts": 0, "ends": 0}], "edges": []}',
	pg_temp.with_edge('{"source": "a"}'), pg_temp.with_edge('{"source": "a", "target": "b", "times": []}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": []}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [1]}'),
	pg_temp.with_edge('{"source": "a", "target": "a", "times": [1, 0], "journeys": 1, "microseconds": 0}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [3776, 1], "journeys": 1, "microseconds": 0}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 1, 5, 1], "journeys": 1, "microseconds": 0}'),
	pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 1], "journeys": 2, "microseconds": 0}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 9], "journeys": 6, "microseconds": 0}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 1], "journeys": 1, "microseconds": 4611686018427387904}'),
	pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 1], "journeys": 1, "microseconds": 0, "more": 0}'), pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 9223372036854775807], "journeys": 1, "microseconds": 0}'),
	pg_temp.with_edge('{"source": "a", "target": "a", "times": [5, 1], "journeys": 1, "microseconds": 0}, {"source": "a", "target": "a", "times": [5, 1], "journeys": 1, "microseconds": 0}')]) AS input;
SELECT pg_temp.outcome(format('SELECT (%L::cx.journey_map)::text IS NOT NULL', format('{"by": %s, "journeys": 1, "nodes": [{"node": %s, "journeys": 1, "starts": 1, "ends": 1}], "edges": []}', to_json(repeat('b', b)), to_json(repeat('n', n))))) FROM (VALUES (255, 255), (256, 1), (1, 256), (0, 1)) AS v (b, n);
-- binary form
SELECT cx._journey_map_send(map) = '\x01'::bytea || convert_to(map::text, 'UTF8') AS sent FROM m;
-- sums of counts that leave the range
SELECT cx.rollup(map) FROM (SELECT '{"by": "team", "journeys": 9223372036854775807, "nodes": [], "edges": []}'::cx.journey_map AS map FROM generate_series(1, 2)) s;

-- Drawings: labels cannot break out, edges come in the same order every time.
SELECT cx.to_dot(map) FROM m;
SELECT cx.to_mermaid(map) FROM m;
SELECT cx.to_dot(map, min_share => 0.5) FROM m;
SELECT cx.to_mermaid(map, max_edges => 2, with_ends => false) FROM m;
SELECT cx.to_mermaid(map, 1) AS "nothing in all", cx.to_dot(map, 0, 0) AS none, cx.to_mermaid(cx.map_agg('[]')) AS empty, cx.to_dot(map, NULL) IS NULL AND cx.to_mermaid(map, 0, 1, NULL) IS NULL AS "null" FROM m GROUP BY map;
SELECT cx.to_dot(map, 1.01) FROM m;
SELECT cx.to_dot(map, 'NaN') FROM m;
SELECT cx.to_mermaid(map, 0, -1) FROM m;
CREATE TEMP TABLE hostile AS SELECT cx.map_agg(cx.journey(ARRAY['2026-01-05Z', '2026-01-06Z', '2026-01-07Z', '2026-01-08Z']::timestamptz[],
	ARRAY['"]; x -> y [label="', E'back\\slash\\N\\', E'line\nbreak\ttab &quot; <b>`%%{init}%%` #35; {|}', 'Größe → 顧客 (a, b) c.d_e-f/g'])) AS map;
SELECT cx.to_dot(map, 0, NULL, false), cx.to_mermaid(map, 0, NULL, false) FROM hostile;

-- Maps can be grouped, sorted, joined and stored; large ones too.
SELECT count(DISTINCT map), count(*) FROM (SELECT map FROM m UNION ALL SELECT cx.rollup(map) FROM m UNION ALL SELECT map FROM p WHERE n IN (-1, 4)) s;
CREATE TABLE map_stored AS SELECT n, cx.map_agg(cx.journey(ARRAY['2026-01-05Z', '2026-01-05Z'::timestamptz + interval '1 s' * i * n], ARRAY['a' || i % n, 'b' || i % 7])) AS map FROM generate_series(1, 40) n, generate_series(1, 200) i GROUP BY n;
SELECT count(*), sum((SELECT sum(count) FROM cx.edges(map))), bool_and(map = map::text::cx.journey_map) AS same FROM map_stored;
DROP TABLE map_stored;

-- Bytes that no map has: a sound answer or XX001, and the backend lives.
BEGIN;
CREATE TYPE raw;
CREATE FUNCTION raw_in(cstring) RETURNS raw LANGUAGE internal STRICT IMMUTABLE AS 'byteain';
CREATE FUNCTION raw_out(raw) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'byteaout';
CREATE TYPE raw (INPUT = raw_in, OUTPUT = raw_out, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (raw AS cx.journey_map) WITHOUT FUNCTION;
CREATE CAST (cx.journey_map AS raw) WITHOUT FUNCTION;
CREATE TEMP TABLE calls AS SELECT unnest(ARRAY['map::text', 'map::jsonb', 'cx._journey_map_send(map)', '(SELECT string_agg(e::text, '' '') FROM cx.edges(map, true) e)', '(SELECT string_agg(n::text, '' '') FROM cx.nodes(map) n)', 'cx.journeys(map)',
	'(SELECT string_agg(c::text, '' '') FROM cx.compare_maps(map, sound, 0.95, true) c)', '(SELECT string_agg(c::text, '' '') FROM cx.compare_maps(sound, map, 0.95, true) c)', 'cx.to_dot(map)', 'cx.to_mermaid(map)',
	'(SELECT cx.rollup(x)::text FROM unnest(ARRAY[map, sound]) x)', '(SELECT cx.rollup(x)::text FROM unnest(ARRAY[sound, map]) x)', 'map = sound', 'cx._journey_map_hash(map)']) AS call;
CREATE FUNCTION pg_temp.misbehaved(bytes bytea) RETURNS TABLE (call text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR call IN SELECT calls.call FROM calls LOOP
		BEGIN
			EXECUTE format('SELECT (%s)::text FROM (SELECT $1::text::raw::cx.journey_map AS map, map AS sound FROM m) AS s', call) INTO got USING bytes;
		EXCEPTION WHEN data_corrupted THEN
			CONTINUE WHEN SQLERRM = 'stored journey_map is corrupted';
			got := SQLERRM;
			RETURN NEXT;
		-- counts may leave their range when they are added up
		WHEN numeric_value_out_of_range THEN
			CONTINUE WHEN call ~ 'rollup';
			got := SQLERRM;
			RETURN NEXT;
		-- what the constants say is not checked further
		WHEN invalid_parameter_value THEN
			CONTINUE WHEN SQLERRM = 'cannot combine journey maps of different nodes';
			got := SQLERRM;
			RETURN NEXT;
		END;
	END LOOP;
END $$;
CREATE TEMP TABLE good AS SELECT map::raw::text::bytea AS bytes FROM m;
SELECT count(*) > 100 AS enough FROM good, generate_series(0, length(bytes) - 1);
SELECT i, value, x.* FROM good, generate_series(0, length(bytes) - 1) i, unnest('{0,1,127,255}'::int[]) value, pg_temp.misbehaved(set_byte(bytes, i, value)) x LIMIT 5;
SELECT i, x.* FROM good, generate_series(0, length(bytes) - 1) i, pg_temp.misbehaved(substr(bytes, 1, i)) x LIMIT 5;
SELECT x.* FROM good, pg_temp.misbehaved(bytes || '\x00') x LIMIT 5;
ROLLBACK;
