--
-- cx.funnel_times against a recursive query that makes every chain: of the longest the one whose times come earliest.
--
\ir lib/begin.sql
SELECT (20000 * :scale)::int AS journeys \gset

-- Few labels and few instants, so that ties, repeats and windows that end on a touch are the rule.
CREATE TABLE touch AS
SELECT id, timestamptz '2026-01-05 09:00+00' + oracle.dice(:seed, id * 100 + n, 'at', 6) * interval '1 hour' AS at,
	chr(97 + oracle.dice(:seed, id * 100 + n, 'label', 4)::int) AS touchpoint
FROM generate_series(1, :journeys) id, generate_series(1, 7) n
WHERE n <= oracle.dice(:seed, id, 'count', 8);
CREATE TABLE question AS
SELECT id, cx.journey_agg(at, touchpoint) AS journey,
	(ARRAY[ARRAY['a', 'b', 'c'], ARRAY['a', 'b | a', 'c'], ARRAY['a', 'a', 'b'], ARRAY['*', 'b', 'a | d'], ARRAY['d', 'c', 'b']])
		[1 + oracle.dice(:seed, id, 'steps', 5):1 + oracle.dice(:seed, id, 'steps', 5)] AS steps_row,
	CASE WHEN oracle.dice(:seed, id, 'within', 5) = 4 THEN NULL ELSE oracle.dice(:seed, id, 'within', 5) * interval '1 hour' END AS within,
	oracle.dice(:seed, id, 'strict', 2) = 1 AS strict
FROM touch GROUP BY id;
ALTER TABLE question ADD COLUMN steps text[];
UPDATE question SET steps = ARRAY(SELECT unnest(steps_row));

CREATE TABLE fitting AS
SELECT q.id, s.step, t.at
FROM question q CROSS JOIN LATERAL unnest(q.steps) WITH ORDINALITY AS s(selector, step)
JOIN touch t ON t.id = q.id AND (s.selector = '*' OR t.touchpoint = ANY (string_to_array(s.selector, ' | ')))
GROUP BY q.id, s.step, t.at;
CREATE INDEX ON fitting (id, step);
ANALYZE fitting;

CREATE TABLE expected AS
WITH RECURSIVE chain AS (
	SELECT id, 1::bigint AS step, ARRAY[at] AS times FROM fitting WHERE step = 1
	UNION ALL
	SELECT c.id, f.step, c.times || f.at
	FROM chain c JOIN question q USING (id)
	JOIN fitting f ON f.id = c.id AND f.step = c.step + 1
		AND CASE WHEN q.strict THEN f.at > c.times[c.step] ELSE f.at >= c.times[c.step] END
		AND (q.within IS NULL OR f.at <= c.times[1] + q.within)
)
SELECT DISTINCT ON (id) id, times FROM chain ORDER BY id, step DESC, times;

INSERT INTO oracle.result (what, cases, differences, example)
SELECT 'funnel_times', count(*), count(*) FILTER (WHERE wrong), min(concat_ws(' ', id, journey, steps, within, strict)) FILTER (WHERE wrong)
FROM (SELECT q.*, cx.funnel_times(journey, steps, within, modes) IS DISTINCT FROM coalesce(e.times, '{}')
		OR cx.funnel(journey, steps, within, modes) <> coalesce(cardinality(e.times), 0) AS wrong
	FROM (SELECT *, CASE WHEN strict THEN '{strict_increase}' ELSE '{}' END::text[] AS modes FROM question) q
	LEFT JOIN expected e USING (id)) x;
\ir lib/end.sql
