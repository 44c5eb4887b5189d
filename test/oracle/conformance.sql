--
-- cx.conformance against a recursive query that makes every alignment: of the longest the one whose pairs come first.
--
\ir lib/begin.sql
SELECT (15000 * :scale)::int AS journeys \gset

-- Few labels and few instants, so that ties, repeats and several longest alignments are the rule.
CREATE TABLE raw AS
SELECT id, timestamptz '2026-01-05 09:00+00' + oracle.dice(:seed, id * 100 + n, 'at', 6) * interval '1 hour' AS at,
	chr(97 + oracle.dice(:seed, id * 100 + n, 'label', 5)::int) AS touchpoint, (ARRAY['x', 'y', NULL])[1 + oracle.dice(:seed, id * 100 + n, 'channel', 3)] AS channel,
	nullif(oracle.dice(:seed, id * 100 + n, 'value', 4), 3)::float8 AS value
FROM generate_series(1, :journeys) id, generate_series(1, 8) n
WHERE n <= oracle.dice(:seed, id, 'count', 9);
CREATE TABLE touch AS
SELECT id::bigint, step AS touch, touchpoint, channel, value
FROM oracle.numbered('SELECT id, at, touchpoint, channel, NULL::text, NULL::text, value, NULL::bigint, NULL::bigint FROM raw');
CREATE TABLE selector (n int GENERATED ALWAYS AS IDENTITY, selector text, fits text);
INSERT INTO selector (selector, fits) VALUES ('a', 'touchpoint = ''a'''), ('b', 'touchpoint = ''b'''), ('c', 'touchpoint = ''c'''), ('"a"', 'touchpoint = ''a'''), ('b | d', 'touchpoint IN (''b'', ''d'')'),
	('*', 'true'), ('!a', 'touchpoint <> ''a'''), ('a@x', 'touchpoint = ''a'' AND channel = ''x'''), ('c[value > 0]', 'touchpoint = ''c'' AND value > 0'), ('[value = 1] | a', 'coalesce(value = 1, false) OR touchpoint = ''a''');
CREATE TABLE fitting (n int, id bigint, touch bigint);
SELECT format('INSERT INTO fitting SELECT %s, id, touch FROM touch WHERE %s', n, fits) FROM selector \gexec
-- one to six steps; most questions ask for plain labels alone
CREATE TABLE step AS
SELECT id, step, n, selector
FROM generate_series(1, :journeys) id, generate_series(1, 6) step, LATERAL (SELECT 1 + oracle.dice(:seed, id * 10 + step, 'step', CASE WHEN id % 3 = 0 THEN 10 ELSE 3 END)::int AS n) d JOIN selector USING (n)
WHERE step <= 1 + oracle.dice(:seed, id, 'steps', 6);
CREATE TABLE question AS
SELECT id, ideal, steps, coalesce(touches, 0) AS touches, coalesce(journey, '[]') AS journey
FROM (SELECT id, array_agg(selector ORDER BY step) AS ideal, count(*) AS steps FROM step GROUP BY id) s
LEFT JOIN (SELECT id, count(*) AS touches, cx.journey_agg(at, touchpoint, channel, NULL, value) AS journey FROM raw GROUP BY id) r USING (id);
CREATE TABLE pair AS SELECT id, touch, step FROM step JOIN fitting USING (id, n);
CREATE INDEX ON pair (id);
CREATE INDEX ON step (id);
CREATE INDEX ON touch (id);
ANALYZE pair, step, touch;

-- every alignment as touch, step, touch, step ...
CREATE TABLE best AS
WITH RECURSIVE alignment AS (
	SELECT id, 0 AS pairs, '{}'::bigint[] AS path, 0::bigint AS touch, 0::bigint AS step FROM question
	UNION ALL
	SELECT a.id, pairs + 1, path || p.touch || p.step, p.touch, p.step
	FROM alignment a JOIN pair p ON p.id = a.id AND p.touch > a.touch AND p.step > a.step
)
SELECT DISTINCT ON (id) id, pairs, path FROM alignment ORDER BY id, pairs DESC, path;
CREATE TABLE aligned AS SELECT id, path[2 * k - 1] AS touch, path[2 * k] AS step FROM best, generate_series(1, pairs) k;
CREATE INDEX ON aligned (id);
ANALYZE best, aligned;

-- what the other touches are
CREATE TABLE kind AS
SELECT t.id, t.touch, t.touchpoint, CASE
	WHEN NOT EXISTS (SELECT FROM pair p WHERE p.id = t.id AND p.touch = t.touch) THEN 'unexpected'
	WHEN EXISTS (SELECT FROM pair p JOIN aligned a USING (id, step) WHERE p.id = t.id AND p.touch = t.touch AND a.touch < t.touch) THEN 'repeated'
	ELSE 'out of order' END AS kind
FROM touch t WHERE NOT EXISTS (SELECT FROM aligned a WHERE a.id = t.id AND a.touch = t.touch);
CREATE INDEX ON kind (id);
ANALYZE kind;

CALL oracle.check_rows('conformance', 'SELECT id, c.* FROM question, cx.conformance(journey, ideal) c',
	$$SELECT id, 2 * pairs / (touches + steps)::float8,
		ARRAY(SELECT selector FROM step s WHERE s.id = q.id AND NOT EXISTS (SELECT FROM aligned a WHERE a.id = s.id AND a.step = s.step) ORDER BY step),
		ARRAY(SELECT touchpoint::text FROM kind k WHERE k.id = q.id AND kind = 'unexpected' GROUP BY touchpoint ORDER BY min(touch)),
		(SELECT count(*) FROM kind k WHERE k.id = q.id AND kind = 'out of order'), (SELECT count(*) FROM kind k WHERE k.id = q.id AND kind = 'repeated'), pairs
	FROM question q JOIN best USING (id)$$);
-- a cost of 1 for each touch and each step without partner, of all of them at worst
CALL oracle.check_rows('fitness is 1 - cost / worst cost', 'SELECT id, round(fitness::numeric, 12) FROM question, cx.conformance(journey, ideal) c',
	$$SELECT id, round(1 - (SELECT count(*) FROM touch t WHERE t.id = q.id AND NOT EXISTS (SELECT FROM aligned a WHERE a.id = q.id AND a.touch = t.touch))::numeric / (touches + steps)
		- (SELECT count(*) FROM step s WHERE s.id = q.id AND NOT EXISTS (SELECT FROM aligned a WHERE a.id = q.id AND a.step = s.step))::numeric / (touches + steps), 12) FROM question q$$);

-- Long ones, over several words of steps and blocks of touches, against the recurrence cell by cell.
CREATE FUNCTION pairs_by_cells(fits boolean[], touches int, steps int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	above int[] := array_fill(0, ARRAY[steps + 1]);
	here int[];
BEGIN
	FOR t IN 1 .. touches LOOP
		here := ARRAY[0];
		FOR s IN 1 .. steps LOOP
			here[s + 1] := CASE WHEN fits[(t - 1) * steps + s] THEN above[s] + 1 ELSE greatest(above[s + 1], here[s]) END;
		END LOOP;
		above := here;
	END LOOP;
	RETURN above[steps + 1];
END $$;
CREATE TABLE long AS
SELECT id, steps, touches, labels,
	ARRAY(SELECT 't' || oracle.dice(:seed, id * 1000 + s, 'long step', labels) FROM generate_series(1, steps) s) AS ideal,
	ARRAY(SELECT 't' || oracle.dice(:seed, id * 1000 + t, 'long touch', labels + 1) FROM generate_series(1, touches) t) AS labels_of
FROM (SELECT id, (ARRAY[1, 63, 64, 65, 127, 128, 129, 200])[1 + id % 8] AS steps, (ARRAY[1, 2, 63, 64, 65, 100, 257])[1 + id % 7] AS touches, (ARRAY[1, 2, 5, 40])[1 + id % 4] AS labels
	FROM generate_series(1, (560 * :scale)::int) id) s;
CREATE TABLE long_answer AS
SELECT l.*, c.*, (SELECT count(*) FROM unnest(labels_of) u WHERE u <> ALL (ideal)) AS strangers
FROM long l, LATERAL (SELECT cx.journey_agg('2026-01-05 09:00+00'::timestamptz + n * interval '1 minute', label) AS journey FROM unnest(labels_of) WITH ORDINALITY u (label, n)) j, cx.conformance(journey, ideal) c;
CALL oracle.check_rows('long: aligned', 'SELECT id, aligned FROM long_answer',
	'SELECT id, pairs_by_cells(ARRAY(SELECT t = s FROM unnest(labels_of) WITH ORDINALITY a (t, n), unnest(ideal) WITH ORDINALITY b (s, m) ORDER BY n, m), touches, steps) FROM long');
CALL oracle.check_rows('long: every touch and step is counted once', 'SELECT id, aligned + cardinality(skipped), aligned + repeated + out_of_order + strangers, fitness FROM long_answer',
	'SELECT id, steps, touches::bigint, 2 * aligned / (touches + steps)::float8 FROM long_answer');
\ir lib/end.sql
