-- Flows around an anchor: aggregate, merging, edges, text and binary form; rework.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
-- A journey from 'a b@web c@-#care d': touchpoints, channels and teams, an hour apart.
CREATE FUNCTION pg_temp.hours(touches text) RETURNS cx.journey LANGUAGE sql STABLE AS $$
	SELECT coalesce(cx.journey_agg('2026-01-05 13:00Z'::timestamptz + n * interval '1 hour', split_part(split_part(touch, '#', 1), '@', 1),
		nullif(nullif(split_part(split_part(touch, '#', 1), '@', 2), ''), '-'), nullif(split_part(touch, '#', 2), '')), '[]')
	FROM unnest(string_to_array(touches, ' ')) WITH ORDINALITY u (touch, n)
$$;
CREATE TABLE flow_journey (id int GENERATED ALWAYS AS IDENTITY, j cx.journey);
INSERT INTO flow_journey (j) SELECT pg_temp.hours(touches) FROM unnest(ARRAY['search@web cart@web cancel@web call@voice#care', 'search@app search@app cart@app#shop cancel@app', 'cancel', 'mail search@web cancel@web cancel@web call@voice#care mail', 'search cart pay', '',
	NULL]) touches;
UPDATE flow_journey SET j = NULL WHERE id = 7;

-- Two steps before the first cancel and one after it: of 6 journeys 4 have one.
SELECT cx.flow_agg(j, 'cancel', 2, 1) AS flow FROM flow_journey \gset
SELECT :'flow' AS flow, cx.flow_journeys(:'flow'), cx.flow_without_anchor(:'flow');
SELECT * FROM cx.flow_edges(:'flow');
-- a quarter is not below a quarter; at -1 cart has two of the four, search and the start one each
SELECT * FROM cx.flow_edges(:'flow', 0.25) EXCEPT SELECT * FROM cx.flow_edges(:'flow');
SELECT * FROM cx.flow_edges(:'flow', 0.3);
SELECT * FROM cx.flow_edges(summary => :'flow', min_share => 1);
-- what comes into the nodes between goes out of them
SELECT coalesce(i.node, o.node) AS node, came, went FROM (SELECT target AS node, sum(journeys) AS came FROM cx.flow_edges(:'flow', 0.3) GROUP BY 1) i FULL JOIN (SELECT source AS node, sum(journeys) AS went FROM cx.flow_edges(:'flow', 0.3) GROUP BY 1) o ON o.node = i.node
ORDER BY coalesce(i.node, o.node) COLLATE "C";
-- by other labels: touches without are left out, the anchor stays
SELECT by, e.* FROM unnest(ARRAY['channel', 'team', 'reason']) WITH ORDINALITY b (by, n), LATERAL (SELECT cx.flow_agg(j, 'cancel', 1, 2, by) AS f FROM flow_journey) f, cx.flow_edges(f) WITH ORDINALITY e (step, source, target, journeys, share, m) ORDER BY n, m;
SELECT * FROM cx.flow_edges((SELECT cx.flow_agg(j, 'b', 2, 2, 'k') FROM (VALUES ('[{"at": "2026-01-05T00:00:00Z", "touchpoint": "a", "attrs": {"k": 1.50}}, {"at": "2026-01-05T01:00:00Z", "touchpoint": "a", "attrs": {"k": ""}}, {"at": "2026-01-05T02:00:00Z", "touchpoint": "b", "attrs": {"k": true}}, {"at": "2026-01-05T03:00:00Z", "touchpoint": "c", "attrs": {"l": 1}}]'::cx.journey)) v (j)));
SELECT cx.flow_agg(j, 'cancel', 2, 1) = cx.flow_agg(j, 'cancel', 2, 1, 'touchpoint') AS same FROM flow_journey;
-- anchors are selectors; the first touch that fits
SELECT anchor, cx.flow_journeys(f) AS journeys, f::jsonb -> 'anchor' AS normal, f::jsonb -> 'edges' AS edges
FROM unnest(ARRAY['cancel', '"cancel"', 'cancel|call', '@web', '*', '!search', 'nothing']) WITH ORDINALITY a (anchor, n), LATERAL (SELECT cx.flow_agg(j, anchor::cx.selector, 1, 0) AS f FROM flow_journey) s ORDER BY n;
-- labels that look like those of the chart stay what they are
SELECT source, target, journeys FROM cx.flow_edges((SELECT cx.flow_agg(j, 'x', 1, 0) FROM (VALUES ('[{"at": "2026-01-05T00:00:00Z", "touchpoint": "(start)"}, {"at": "2026-01-05T01:00:00Z", "touchpoint": "x"}]'::cx.journey), ('[{"at": "2026-01-05T00:00:00Z", "touchpoint": "x"}]')) v (j)));
-- how far it looks: not at all, and as far as it can
SELECT f, (SELECT count(*) FROM cx.flow_edges(f)) AS edges FROM (SELECT cx.flow_agg(j, 'cancel', 0, 0) AS f FROM flow_journey) s;
SELECT step, source, target FROM cx.flow_edges((SELECT cx.flow_agg(pg_temp.hours(array_to_string(array_fill('a'::text, ARRAY[300]), ' ') || ' b ' || array_to_string(array_fill('c'::text, ARRAY[300]), ' ')), 'b', 100, 100))) WHERE step IN (-100, -1, 0, 99);
SELECT count(*), min(step), max(step) FROM cx.flow_edges((SELECT cx.flow_agg(pg_temp.hours(array_to_string(array_fill('a'::text, ARRAY[300]), ' ') || ' b ' || array_to_string(array_fill('c'::text, ARRAY[300]), ' ')), 'b', 100, 100)));

-- Nothing, NULL and empty.
SELECT cx.flow_agg(j, 'a', 1, 1), cx.rollup(NULL::cx.flow_summary) FROM flow_journey WHERE false;
SELECT cx.flow_agg(NULL, 'a', 1, 1), cx.flow_agg(NULL, NULL, NULL, NULL), cx.flow_agg('[]', 'a', 1, 1), cx.flow_agg('[]', 'a', 0, 0, 'team');
SELECT cx.flow_journeys(NULL), cx.flow_without_anchor(NULL), (SELECT count(*) FROM cx.flow_edges(NULL)), (SELECT count(*) FROM cx.flow_edges(f, NULL)), (SELECT count(*) FROM cx.flow_edges(f, 0.5)) FROM (SELECT cx.flow_agg('[]', 'a', 1, 1) AS f) s;
-- wrong questions
SELECT arguments, pg_temp.outcome('SELECT cx.flow_agg(''[]'', ' || arguments || ')') AS refused
FROM unnest(ARRAY['NULL, 1, 1', '''a'', NULL, 1', '''a'', 1, NULL', '''a'', 1, 1, NULL', '''a'', -1, 1', '''a'', 1, -1', '''a'', 101, 0', '''a'', 0, 101', '''a'', 2147483647, -2147483648', '''a ->'', 1, 1', '''a -> b'', 1, 1', ''''', 1, 1']) WITH ORDINALITY a (arguments, n) ORDER BY n;
SELECT share, pg_temp.outcome(format('SELECT count(*) FROM cx.flow_edges(%L, %L)', :'flow', share)) AS edges FROM unnest(ARRAY['0', '1', '1e-300', '-0.1', '1.1', 'NaN', 'Infinity', '-Infinity']) WITH ORDINALITY a (share, n) ORDER BY n;
SELECT pg_temp.outcome($$SELECT cx.flow_agg(j, 'b', 1, 0, 'k') FROM (SELECT cx.journey_agg('2026-01-05Z', 'b', NULL, NULL, NULL, NULL, NULL, jsonb_build_object('k', repeat('x', 256))) AS j) s$$);
-- not the same in all rows, or in all parts
SELECT pg_temp.outcome(format('SELECT cx.flow_agg(j, anchor::cx.selector, before, after, by) FROM flow_journey, (VALUES (''a'', 1, 2, ''team''), (%s)) v (anchor, before, after, by)', other)) AS combined,
	pg_temp.outcome(format('SELECT cx.rollup(f) FROM (SELECT cx.flow_agg(j, anchor::cx.selector, before, after, by) AS f FROM flow_journey, (VALUES (''a'', 1, 2, ''team''), (%s)) v (anchor, before, after, by) GROUP BY anchor, before, after, by ORDER BY anchor, before, after, by DESC) s', other)) AS rolled_up
FROM unnest(ARRAY['''"a"'', 1, 2, ''team''', '''b'', 1, 2, ''team''', '''a'', 2, 2, ''team''', '''a'', 1, 3, ''team''', '''a'', 1, 2, ''tea''', '''a'', 1, 2, ''touchpoint''']) WITH ORDINALITY o (other, n) ORDER BY n;
-- support functions are for aggregates
SELECT pg_temp.outcome('SELECT cx._flow_agg(NULL, ''[]'', ''a'', 1, 1)'), pg_temp.outcome('SELECT cx._flow_agg_combine(f, f) FROM (SELECT cx.flow_agg(''[]'', ''a'', 1, 1) AS f) s'), cx._flow_agg_final(NULL);

-- Merging: in any order and any number of stages the same; as windows; with parameters.
SELECT (SELECT cx.rollup(f ORDER BY id) FROM (SELECT id, cx.flow_agg(j, 'cancel', 2, 1) AS f FROM flow_journey GROUP BY id) s) = :'flow' AS up, (SELECT cx.rollup(f ORDER BY id DESC) FROM (SELECT id, cx.flow_agg(j, 'cancel', 2, 1) AS f FROM flow_journey GROUP BY id) s) = :'flow' AS down,
	(SELECT cx.rollup(f) FROM (SELECT cx.rollup(f) AS f FROM (SELECT id, cx.flow_agg(j, 'cancel', 2, 1) AS f FROM flow_journey GROUP BY id) s GROUP BY id % 2) s) = :'flow' AS twice;
SELECT id, cx.flow_agg(j, 'cancel', 1, 0) OVER (ORDER BY id) AS so_far, cx.flow_journeys(cx.flow_agg(j, 'cancel', 1, 0) OVER (ORDER BY id ROWS 1 PRECEDING)) AS of_two FROM flow_journey ORDER BY id;
PREPARE flow (text, int, int, text) AS SELECT cx.flow_agg(j, $1, $2, $3, $4) FROM flow_journey;
EXECUTE flow ('cart', 1, 0, 'touchpoint');
SET plan_cache_mode = force_generic_plan;
EXECUTE flow ('cart', 1, 0, 'touchpoint');
EXECUTE flow ('cart', 0, 0, 'channel');
RESET plan_cache_mode;
DEALLOCATE flow;
-- many labels and entries: the state grows many times
SELECT cx.flow_journeys(f), cx.flow_without_anchor(f), count(*), sum(journeys), count(DISTINCT source)
FROM (SELECT cx.flow_agg(pg_temp.hours(format('label%s x%s goal', n, n % 3000)), 'goal', 2, 0) AS f FROM generate_series(1, 10000) n) s, cx.flow_edges(f) GROUP BY f;
-- as keys, and stored
CREATE TABLE flow_stored AS SELECT id % 3 AS k, cx.flow_agg(j, 'cancel', 2, 1) AS f FROM flow_journey GROUP BY 1;
INSERT INTO flow_stored SELECT 3, cx.flow_agg('[]', 'a', 0, 0);
SELECT min(k) AS k, count(*), min(f::text) AS f FROM (SELECT * FROM flow_stored UNION ALL SELECT * FROM flow_stored) s GROUP BY f ORDER BY k;
SELECT a.k, b.k, a.f = b.f AS eq, a.f <> b.f AS ne, (a.f < b.f)::int + (a.f > b.f)::int AS either, (a.f <= b.f)::int + (a.f >= b.f)::int AS both FROM flow_stored a, flow_stored b WHERE a.k <= b.k ORDER BY 1, 2;
SELECT count(*) FROM flow_stored a JOIN flow_stored b USING (f);

-- Text form: what is written otherwise but means the same.
SELECT '{"edges": [[0, "x", null, 1], [-1, null, "x", 1]], "by": "touchpoint", "without_anchor": 0, "journeys": 1.0, "after": 1, "before": 1, "anchor": "( y )"}'::cx.flow_summary;
SELECT :'flow'::cx.flow_summary::jsonb::cx.flow_summary = :'flow' AS jsonb, '{"anchor": "a", "before": 0, "after": 0, "by": "it''s \"k\"", "journeys": 0, "without_anchor": 0, "edges": []}'::cx.flow_summary;
-- and what is refused
SELECT input, pg_temp.outcome(format('SELECT %L::cx.flow_summary', input)) AS refused FROM unnest(ARRAY['', '1', '[]', '{}', 'null']) WITH ORDINALITY a (input, n) ORDER BY n;
CREATE FUNCTION pg_temp.flow(changes jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.outcome(format('SELECT %L::cx.flow_summary', '{"anchor": "x", "before": 1, "after": 1, "by": "team", "journeys": 2, "without_anchor": 0, "edges": [[-1, "a", "x", 1], [-1, null, "x", 1], [0, "x", null, 2]]}'::jsonb || changes))
$$;
SELECT changes, pg_temp.flow(changes) AS refused FROM unnest(ARRAY['{"anchor": null}', '{"anchor": "x ->"}', '{"anchor": ""}', '{"by": 1}', '{"before": -1}', '{"before": 101}', '{"before": 0.5}', '{"after": 1e30}', '{"journeys": -1}', '{"journeys": 9223372036854775808}', '{"without_anchor": -1}',
	'{"edges": null}', '{"edges": {}}', '{"edges": [1]}', '{"edges": [[]]}', '{"edges": [[0, "x", "y"]]}', '{"edges": [[0, "x", "y", 1, 1]]}', '{"edges": [[0, 1, "y", 1]]}', '{"edges": [[0, "", "y", 1]]}', '{"edges": [[-2, "x", "y", 1]]}', '{"edges": [[1, "x", "y", 1]]}', '{"edges": [[0, "x", "y", 0]]}',
	'{"edges": [[0, "x", "y", 3]]}', '{"edges": [[0, "x", "y", 1], [0, "x", "y", 1]]}']::jsonb[]) WITH ORDINALITY a (changes, n) ORDER BY n;
SELECT pg_temp.flow(jsonb_build_object('edges', jsonb_build_array(jsonb_build_array(0, repeat('x', 256), 'y', 1)))) AS label_of_256_bytes;
-- what no journeys can have done
SELECT changes, pg_temp.flow(changes) AS refused FROM unnest(ARRAY['{"edges": []}', '{"journeys": 3}', '{"edges": [[-1, "a", "x", 2]]}', '{"edges": [[0, "x", "y", 2]]}', '{"edges": [[-1, "a", "x", 2], [0, "y", "z", 2]]}', '{"edges": [[-1, "a", "x", 1], [-1, "b", "x", 2], [0, "x", "z", 2]]}',
	'{"before": 2, "edges": [[-2, "a", null, 1], [-1, null, "x", 2], [0, "x", "y", 2]]}', '{"before": 2, "edges": [[-2, "a", "b", 1], [-1, null, "x", 2], [0, "x", "y", 2]]}', '{"before": 2, "edges": [[-2, "a", "b", 1], [-1, "b", "x", 2], [0, "x", "y", 2]]}',
	'{"after": 2, "edges": [[-1, "a", "x", 2], [0, "x", "y", 2], [1, null, "z", 1]]}', '{"after": 2, "edges": [[-1, "a", "x", 2], [0, "x", "y", 2], [1, "y", "z", 1]]}']::jsonb[]) WITH ORDINALITY a (changes, n) ORDER BY n;
-- and what they can: an end after the first step, an anchor without label, more journeys than fit 32 bits
SELECT changes, pg_temp.flow(changes) AS accepted FROM unnest(ARRAY['{"after": 2, "edges": [[-1, "a", "x", 2], [0, "x", "y", 1], [0, "x", null, 1], [1, "y", "z", 1]]}', '{"edges": [[-1, "a", null, 2], [0, null, "y", 2]]}',
	'{"journeys": 9223372036854775807, "edges": [[-1, "a", "x", 9223372036854775807], [0, "x", null, 9223372036854775807]]}']::jsonb[]) WITH ORDINALITY a (changes, n) ORDER BY n;
SELECT pg_temp.outcome($$SELECT cx.rollup('{"anchor": "x", "before": 0, "after": 0, "by": "team", "journeys": 9223372036854775807, "without_anchor": 0, "edges": []}'::cx.flow_summary) FROM generate_series(1, 2)$$);

-- Binary form: a version byte and the text.
\set file :builddir '/results/flow_binary.data'
COPY flow_stored TO :'file' (FORMAT binary);
CREATE TABLE flow_received (LIKE flow_stored);
COPY flow_received FROM :'file' (FORMAT binary);
SELECT count(*), bool_and(a.f = b.f) AS same FROM flow_stored a JOIN flow_received b USING (k);
SELECT cx._flow_summary_send(f) = '\x01' || convert_to(f::text, 'UTF8') AS sent FROM flow_stored LIMIT 1;
COPY (SELECT 1, '\x02'::bytea || convert_to(f::text, 'UTF8') FROM flow_stored LIMIT 1) TO :'file' (FORMAT binary);
COPY flow_received FROM :'file' (FORMAT binary);
COPY (SELECT 1, ''::bytea) TO :'file' (FORMAT binary);
COPY flow_received FROM :'file' (FORMAT binary);

-- Stored bytes that no encoder wrote: what is good is read, all else is XX001.
CREATE FUNCTION pg_temp.bytes(cx.flow_summary) RETURNS cstring LANGUAGE internal STRICT AS 'byteaout';
CREATE FUNCTION pg_temp.forged(cstring) RETURNS cx.flow_summary LANGUAGE internal STRICT AS 'byteain';
CREATE FUNCTION pg_temp.reads(bytes bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	f cx.flow_summary := pg_temp.forged(bytes::text::cstring);
BEGIN
	PERFORM f::text, cx.flow_journeys(f), cx.flow_without_anchor(f), (SELECT count(source || target) FROM cx.flow_edges(f, 0.4)), f = f, cx._flow_summary_hash(f);
	PERFORM cx.rollup(f) FROM generate_series(1, 2);
	RETURN 'read';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT pg_temp.bytes(:'flow')::text::bytea AS bytes \gset
SELECT pg_temp.reads(:'bytes');
SELECT DISTINCT outcome FROM generate_series(0, length(:'bytes'::bytea) - 1) place, unnest(ARRAY[0, 1, 127, 128, 255]) byte, LATERAL (SELECT pg_temp.reads(set_byte(:'bytes', place, byte)) AS outcome) r ORDER BY 1;
SELECT DISTINCT outcome FROM generate_series(0, length(:'bytes'::bytea) - 1) length, LATERAL (SELECT pg_temp.reads(substr(:'bytes'::bytea, 1, length)) AS outcome) r ORDER BY 1;

-- Rework: a touchpoint again at once or later, by the same team or another.
SELECT touches, r.* FROM unnest(ARRAY['a', 'a a', 'a b a', 'a#x a#x a#y b a#y', 'a#x a a#x', 'a#x b a#y b a#x', 'a@web#x a@web#y a@app#y a', '']) WITH ORDINALITY t (touches, n), cx.repeats(pg_temp.hours(touches)) WITH ORDINALITY r (touchpoint, all_touches, self_loops, repeat_self_loops, redo_self_loops, repetitions, repeat_repetitions, redo_repetitions, m) ORDER BY n, m;
SELECT by, r.* FROM unnest(ARRAY['team', 'channel', 'k', 'touchpoint']) WITH ORDINALITY b (by, n), cx.repeats(pg_temp.hours('a@web#x a@web#y a@app#y a'), by) r ORDER BY n;
SELECT r.* FROM cx.repeats(journey => NULL) r;
SELECT r.* FROM cx.repeats('[]', NULL) r;
-- with the channel as touchpoint: again in the same channel, by the same team or another
SELECT touchpoint, touches, self_loops, repeat_self_loops, redo_self_loops FROM cx.repeats(cx.by_channel(pg_temp.hours('a@web#x b@web#y c@app#y')));
-- long journeys do not take long
SET statement_timeout = '5s';
SELECT r.* FROM (SELECT cx.journey_agg('2026-01-05Z'::timestamptz + n * interval '1 second', 't' || n % 3, NULL, 'team' || n % 2) AS j FROM generate_series(1, 200000) n) s, cx.repeats(j) r;
RESET statement_timeout;
DROP TABLE flow_journey, flow_stored, flow_received;
