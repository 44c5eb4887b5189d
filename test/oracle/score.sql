--
-- Survey scores against plain SQL over rows: counts, scores, intervals, comparison and decomposition; daily summaries
-- rolled up, subtracted, parallel and over moving windows, all to the byte; real scores with their published classes.
-- Variable: data, the folder with the scores (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/nps_verbatims/nps_verbatims.csv.gz" && echo true || echo false`
\ir lib/begin.sql

-- Groups with all kinds of answers: all alike, extremes, one, none, many ties, invalid ones, weights that vary, repeat or vanish.
CREATE TABLE answer AS
SELECT g, n, oracle.dice(g, n, 'day', 40)::int AS day, oracle.dice(g, n, 'team', 5)::int AS team,
	CASE oracle.dice(g, n, 'broken', 14) WHEN 0 THEN NULL WHEN 1 THEN (ARRAY['NaN', 'Infinity', '-Infinity', '-1', '11', '6.5', '1e300', '-0.001', '10.000001', '99'])[1 + oracle.dice(g, n, 'how', 10)]::float8
		ELSE CASE g % 5 WHEN 0 THEN 9 + oracle.dice(g, n, 'score', 2) WHEN 1 THEN oracle.dice(g, n, 'score', 7) WHEN 2 THEN 7 ELSE oracle.dice(g, n, 'score', 11) END END::float8 AS score,
	CASE g % 4 WHEN 0 THEN 1 WHEN 1 THEN (ARRAY[1, 0.37, 2.5, 0, NULL, 1000000, 0.000001])[1 + oracle.dice(g, n, 'weight', 7)] WHEN 2 THEN 0.5 + oracle.dice(g, n, 'weight', 1000000) / 1e6
		ELSE oracle.dice(g, n, 'weight', 1000000000) / 7e5 END::float8 AS weight
FROM generate_series(1, 300 * :scale) g, LATERAL generate_series(1, (ARRAY[1, 2, 5, 40, 300, 700])[1 + oracle.dice(g, 0, 'size', 6)]) n;
ANALYZE answer;
CREATE TABLE got AS SELECT g, cx.score_agg(score) AS plain, cx.score_agg(score, weight) AS weighted FROM answer GROUP BY g;

-- what a score and a weight mean, in numeric, without rounding
CREATE VIEW judged AS
SELECT *, CASE WHEN score IS NULL THEN 'missing' WHEN score::text ~ '^([0-9]|10)$' THEN 'valid' ELSE 'invalid' END AS state, round(weight::text::numeric, 12) AS w FROM answer;
CREATE TABLE expected AS
SELECT g, count(*) FILTER (WHERE state = 'valid') AS responses, count(*) FILTER (WHERE state = 'invalid') AS invalid, count(*) FILTER (WHERE state = 'missing') AS missing,
	count(*) FILTER (WHERE state = 'valid' AND score >= 9) AS promoters, count(*) FILTER (WHERE state = 'valid' AND score BETWEEN 7 AND 8) AS passives, count(*) FILTER (WHERE state = 'valid' AND score <= 6) AS detractors,
	count(*) FILTER (WHERE state = 'valid' AND w IS NOT NULL) AS weighed, count(*) FILTER (WHERE state = 'invalid' OR state = 'valid' AND w IS NULL) AS weighed_invalid,
	sum(w) FILTER (WHERE state = 'valid') AS w, sum(w * w) FILTER (WHERE state = 'valid') AS w2,
	sum(w) FILTER (WHERE state = 'valid' AND score >= 9) AS wp, sum(w) FILTER (WHERE state = 'valid' AND score <= 6) AS wd
FROM judged GROUP BY g;

CREATE FUNCTION pg_temp.near(a float8, b float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN a IS NOT DISTINCT FROM b OR coalesce(abs(a - b) <= 1e-9 * greatest(1, abs(b)), false);

-- Within a range; NULL stays NULL.
CREATE FUNCTION pg_temp.clamp(x float8, low float8, high float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN x < low THEN low WHEN x > high THEN high ELSE x END;

CALL oracle.check_rows('counts', 'SELECT g, cx.responses(plain), cx.invalid(plain), cx.missing(plain), cx.promoters(plain), cx.passives(plain), cx.detractors(plain), cx.response_rate(plain) FROM got',
	'SELECT g, responses, invalid, missing, promoters, passives, detractors, responses::float8 / (responses + invalid + missing) FROM expected');
CALL oracle.check_rows('counts with weights', 'SELECT g, cx.responses(weighted), cx.invalid(weighted), cx.missing(weighted) FROM got', 'SELECT g, weighed, weighed_invalid, missing FROM expected');
CALL oracle.check_rows('distribution', 'SELECT g, s.score, s.responses FROM got, cx.scores(plain) s WHERE s.responses > 0', 'SELECT g, score::int, count(*) FROM judged WHERE state = ''valid'' GROUP BY 1, 2');
-- weights of few digits add up exactly
CALL oracle.check_rows('weights', $$SELECT g, coalesce((SELECT array_agg(e::numeric ORDER BY n) FROM jsonb_array_elements_text(weighted::jsonb -> 'weights') WITH ORDINALITY e (e, n)), (SELECT array_agg(e::numeric ORDER BY n) FROM jsonb_array_elements_text(weighted::jsonb -> 'counts') WITH ORDINALITY e (e, n))),
		coalesce((weighted::jsonb ->> 'squares')::numeric, cx.responses(weighted)) FROM got WHERE g % 4 < 3$$,
	$$SELECT g, (SELECT array_agg(trim_scale(coalesce((SELECT sum(w) FROM judged j WHERE j.g = e.g AND state = 'valid' AND j.score = s), 0)) ORDER BY s) FROM generate_series(0, 10) s), trim_scale(coalesce(w2, 0)) FROM expected e WHERE g % 4 < 3$$);
CALL oracle.check_rows('distribution of weights', 'SELECT g, s.score, pg_temp.near(s.weight, w::float8), pg_temp.near(s.share, (w / nullif(t, 0))::float8) FROM got, cx.scores(weighted) s JOIN LATERAL (SELECT sum(w) AS w FROM judged j WHERE j.g = got.g AND state = ''valid'' AND j.score = s.score) j ON w IS NOT NULL, LATERAL (SELECT w AS t FROM expected e WHERE e.g = got.g) t',
	'SELECT g, score::int, true, true FROM judged WHERE state = ''valid'' AND w IS NOT NULL GROUP BY 1, 2');
CALL oracle.check_rows('nps, and in one step', 'SELECT g, cx.nps(plain), (SELECT cx.nps(score) FROM answer a WHERE a.g = got.g) FROM got',
	'SELECT g, x, x FROM (SELECT g, 100 * (promoters - detractors)::float8 / nullif(responses, 0) AS x FROM expected) s');
CALL oracle.check_rows('nps with weights', 'SELECT g, pg_temp.near(cx.nps(weighted), x), pg_temp.near(step, x) FROM got JOIN (SELECT g, (100 * (coalesce(wp, 0) - coalesce(wd, 0)) / nullif(w, 0))::float8 AS x FROM expected) e USING (g) JOIN (SELECT g, cx.nps(score, weight) AS step FROM answer GROUP BY g) o USING (g)',
	'SELECT g, true, true FROM expected');
CALL oracle.check_rows('effective n', 'SELECT g, pg_temp.near(cx.effective_n(weighted), coalesce(w * w / nullif(w2, 0), 0)::float8), cx.effective_n(plain) FROM got JOIN expected USING (g)', 'SELECT g, true, responses::float8 FROM expected');
-- the multinomial variance is that of the variable 1, 0, -1; its mean is the score
CALL oracle.check_rows('interval of nps', $$SELECT g, pg_temp.near(cx.nps_low(plain, 0.9), pg_temp.clamp(m - half, -100, 100)), pg_temp.near(cx.nps_high(plain, 0.9), pg_temp.clamp(m + half, -100, 100)) FROM got
		JOIN (SELECT g, avg(x) AS m, 1.6448536269514722 * stddev_pop(x) / sqrt(count(x)) AS half
			FROM (SELECT g, CASE WHEN state = 'valid' THEN CASE WHEN score >= 9 THEN 100 WHEN score <= 6 THEN -100 ELSE 0 END END::float8 AS x FROM judged) s GROUP BY g) e USING (g)$$,
	'SELECT g, true, true FROM expected');
CALL oracle.check_rows('interval of nps with weights', $$SELECT g, pg_temp.near(cx.nps_low(weighted), pg_temp.clamp(100 * (p - d) - half, -100, 100)), pg_temp.near(cx.nps_high(weighted), pg_temp.clamp(100 * (p - d) + half, -100, 100)) FROM got
		JOIN (SELECT g, p, d, 1.959963984540054 * 100 * sqrt(greatest(p + d - (p - d) ^ 2, 0) * w2 / nullif(w, 0) / nullif(w, 0)) AS half FROM (SELECT g, w, w2, coalesce(wp, 0) / nullif(w, 0) AS p, coalesce(wd, 0) / nullif(w, 0) AS d FROM expected) s) e USING (g)$$,
	'SELECT g, true, true FROM expected');
CALL oracle.check_rows('mean', $$SELECT g, pg_temp.near(cx.mean(plain), m), pg_temp.near(cx.mean_low(plain), pg_temp.clamp(m - half, 0, 10)), pg_temp.near(cx.mean_high(plain), pg_temp.clamp(m + half, 0, 10)) FROM got
		JOIN (SELECT g, avg(score) FILTER (WHERE state = 'valid') AS m, 1.959963984540054 * stddev_samp(score) FILTER (WHERE state = 'valid') / sqrt(count(*) FILTER (WHERE state = 'valid')) AS half FROM judged GROUP BY g) e USING (g)$$,
	'SELECT g, true, true, true FROM expected');
CALL oracle.check_rows('top boxes', $$SELECT g, top, cx.csat(plain, top), cx.csat(plain, top, at_least => 30), pg_temp.near(cx.csat_low(plain, top), low), pg_temp.near(cx.csat_high(plain, top), high) FROM got, generate_series(1, 10) top
		JOIN LATERAL (SELECT count(*) FILTER (WHERE score > 10 - top)::float8 AS r, nullif(count(*), 0)::float8 AS n, 1.959963984540054::float8 AS q FROM judged j WHERE j.g = got.g AND state = 'valid') e ON true,
		LATERAL (SELECT CASE WHEN r = 0 THEN 0 ELSE (r + q * q / 2 - q * sqrt(r * (n - r) / n + q * q / 4)) / (n + q * q) END AS low, CASE WHEN r = n THEN 1 ELSE (r + q * q / 2 + q * sqrt(r * (n - r) / n + q * q / 4)) / (n + q * q) END AS high) l
		WHERE n IS NOT NULL$$,
	'SELECT g, top, x, CASE WHEN n >= 30 THEN x END, true, true FROM (SELECT g, top, avg((score > 10 - top)::int)::float8 AS x, count(*) AS n FROM judged, generate_series(1, 10) top WHERE state = ''valid'' GROUP BY g, top) s');

-- other scales, by moving the scores, give the same; one-step aggregates as well
CALL oracle.check_rows('any scale', $$SELECT g, shift, (SELECT string_agg(format('%s:%s', s.score - shift, s.responses), ' ') FROM cx.scores(moved) s), round((cx.mean(moved) - shift)::numeric, 9), cx.invalid(moved), cx.csat(moved, 3)
	FROM (SELECT g, shift, cx.score_agg(score + shift, 1, int4range(shift, shift + 11)) AS moved FROM answer, unnest('{-5,1,90,100000}'::int[]) AS shift GROUP BY g, shift) s$$,
	$$SELECT g, shift, (SELECT string_agg(format('%s:%s', s.score, s.responses), ' ') FROM cx.scores(plain) s), round(cx.mean(plain)::numeric, 9), cx.invalid(plain), cx.csat(plain, 3) FROM got, unnest('{-5,1,90,100000}'::int[]) AS shift$$);
CALL oracle.check_rows('csat and ces in one step', 'SELECT g, cx.csat(score), cx.csat(score, 2), cx.ces(score) FROM answer GROUP BY g',
	$$SELECT g, (avg((score >= 4)::int) FILTER (WHERE state = 'valid' AND score BETWEEN 1 AND 5))::float8, (avg((score >= 4)::int) FILTER (WHERE state = 'valid' AND score BETWEEN 1 AND 5))::float8,
		(1 + avg(score - 1) FILTER (WHERE state = 'valid' AND score BETWEEN 1 AND 7))::float8 FROM judged GROUP BY g$$);
CALL oracle.check_rows('ces', $$SELECT g, cx.ces(s, 'agree'), cx.ces(s, 'index'), pg_temp.near(cx.ces(s), cx.mean(s)) FROM (SELECT g, cx.score_agg(score, 1, '[1,7]') AS s FROM answer GROUP BY g) s WHERE cx.responses(s) > 0$$,
	$$SELECT g, avg((score >= 5)::int)::float8, 100 * (count(*) FILTER (WHERE score >= 6) - count(*) FILTER (WHERE score <= 3))::float8 / count(*), true FROM judged WHERE state = 'valid' AND score BETWEEN 1 AND 7 GROUP BY g$$);

-- properties of the limits, at random confidences
CALL oracle.check_rows('limits hold the estimate and stay in range', $$SELECT g, bool_and(cx.nps(s) BETWEEN l AND h AND l >= -100 AND h <= 100), bool_and(cx.csat(s, top) BETWEEN cl AND ch AND cl >= 0 AND ch <= 1), bool_and(ml IS NULL OR cx.mean(s) BETWEEN ml - 1e-12 AND mh + 1e-12 AND ml >= 0 AND mh <= 10)
	FROM (SELECT g, plain AS s FROM got UNION ALL SELECT g, weighted FROM got) u, generate_series(1, 5) i, LATERAL (SELECT (1 + oracle.dice(g, i, 'confidence', 99998)) / 100000.0 AS c, 1 + oracle.dice(g, i, 'top', 10)::int AS top) q,
		LATERAL (SELECT cx.nps_low(s, c, method => m) AS l, cx.nps_high(s, c, method => m) AS h, cx.csat_low(s, top, c) AS cl, cx.csat_high(s, top, c) AS ch, cx.mean_low(s, c) AS ml, cx.mean_high(s, c) AS mh FROM unnest('{wald,adjusted}'::text[]) m) l
	WHERE cx.nps(s) IS NOT NULL GROUP BY g$$,
	'SELECT g, true, true, true FROM expected WHERE responses > 0');

-- and of summaries of any size, from one response to more than there are people
SELECT setseed(0.01 * :seed) \g /dev/null
CREATE TABLE point AS SELECT i, k, CASE WHEN random() < 0.3 THEN 0 ELSE floor(random() * power(10, i % 17))::bigint END AS n, floor(random() * 1000001)::numeric / 1000 AS w FROM generate_series(1, 20000 * :scale) i, generate_series(0, 10) k;
CREATE TABLE any_size AS
SELECT i, format('{"scale": [0, 10], "counts": [%s]%s}', string_agg(n::text, ', ' ORDER BY k), CASE WHEN i % 2 = 0 AND sum(n) > 0 THEN format(', "weights": [%s], "squares": %s', string_agg((n * w)::text, ', ' ORDER BY k), floor(random() * 1000000) / 1000) END)::cx.score_summary AS s,
	(1 + floor(random() * 9999998)) / 1e7 AS c FROM point GROUP BY i;
CREATE TABLE another AS SELECT i, s AS other FROM any_size WHERE i <= 100;
CALL oracle.check_rows('limits of summaries of any size', $$SELECT i, m BETWEEN l AND h AND l >= -100 AND h <= 100, top BETWEEN cl AND ch AND cl >= 0 AND ch <= 1, ml IS NULL OR mean BETWEEN ml AND mh AND ml >= 0 AND mh <= 10, cx.effective_n(s) BETWEEN 0 AND cx.responses(s), p IS NULL OR p BETWEEN 0 AND 1 AND abs(difference) <= 200 AND difference BETWEEN low AND high
	FROM any_size a, LATERAL (SELECT cx.nps(s) AS m, cx.nps_low(s, c, method => method) AS l, cx.nps_high(s, c, method => method) AS h, cx.csat(s) AS top, cx.csat_low(s, 2, c) AS cl, cx.csat_high(s, 2, c) AS ch, cx.mean(s) AS mean, cx.mean_low(s, c) AS ml, cx.mean_high(s, c) AS mh FROM (VALUES (CASE WHEN i % 3 = 0 THEN 'adjusted' ELSE 'wald' END)) v (method)) x,
		LATERAL cx.nps_compare(s, (SELECT other FROM another b WHERE b.i = a.i % 100 + 1), c) WHERE m IS NOT NULL$$,
	'SELECT i, true, true, true, true, true FROM point GROUP BY i HAVING sum(CASE WHEN i % 2 = 0 THEN n * w ELSE n END) > 0');

-- two scores
CREATE TABLE pair AS SELECT a.g AS g, a.plain AS a, b.plain AS b, a.weighted AS aw, b.weighted AS bw, e.promoters AS p1, e.detractors AS d1, e.responses AS n1, f.promoters AS p2, f.detractors AS d2, f.responses AS n2
FROM got a JOIN got b ON b.g = 1 + a.g * 7 % (300 * :scale) JOIN expected e ON e.g = a.g JOIN expected f ON f.g = b.g;
CALL oracle.check_rows('nps_compare', $$SELECT g, pg_temp.near(difference, d), pg_temp.near(z, d / nullif(se, 0)), pg_temp.near(low, pg_temp.clamp(d - 1.959963984540054 * se, -200, 200)), pg_temp.near(high, pg_temp.clamp(d + 1.959963984540054 * se, -200, 200)), (p IS NULL) = (z IS NULL) AND coalesce(p BETWEEN 0 AND 1, true),
		-- the normal tail by Abramowitz and Stegun 26.2.17, good to 7.5e-8
		coalesce(abs(p - 2 * exp(-z * z / 2) / sqrt(2 * pi()) * (0.319381530 * t - 0.356563782 * t ^ 2 + 1.781477937 * t ^ 3 - 1.821255978 * t ^ 4 + 1.330274429 * t ^ 5)) < 2e-7, true)
	FROM (SELECT *, v1.x - v2.x AS d, sqrt(v1.v / n1 + v2.v / n2) AS se FROM pair, LATERAL (SELECT 100.0 * (p1 - d1) / nullif(n1, 0) AS x, 10000.0 * (p1 + d1 - (p1 - d1)::float8 ^ 2 / nullif(n1, 0)) / nullif(n1, 0) AS v) v1,
			LATERAL (SELECT 100.0 * (p2 - d2) / nullif(n2, 0) AS x, 10000.0 * (p2 + d2 - (p2 - d2)::float8 ^ 2 / nullif(n2, 0)) / nullif(n2, 0) AS v) v2 WHERE n1 > 0 AND n2 > 0) s, cx.nps_compare(a, b) c, LATERAL (SELECT 1 / (1 + 0.2316419 * abs(z)) AS t) t$$,
	'SELECT g, true, true, true, true, true, true FROM pair WHERE n1 > 0 AND n2 > 0');
CALL oracle.check_rows('nps_compare the other way round', 'SELECT g, c.difference, c.z, c.p, c.low, c.high FROM pair, cx.nps_compare(aw, bw) c', 'SELECT g, 0 - c.difference, 0 - c.z, c.p, 0 - c.high, 0 - c.low FROM pair, cx.nps_compare(bw, aw) c');

-- Decomposition: teams of one group before, of another after.  The effects add up to the change, and are those of the formulas.
CREATE TABLE side AS SELECT g, team, cx.score_agg(score, weight) AS s FROM answer GROUP BY g, team;
CREATE TABLE effect AS
SELECT p.g, g2, d.* FROM (SELECT g, 1 + g * 11 % (300 * :scale) AS g2 FROM got WHERE g % 3 <> 0) p,
	LATERAL (SELECT array_agg(team::text ORDER BY team) AS t, array_agg(b.s ORDER BY team) AS b, array_agg(a.s ORDER BY team) AS a FROM (SELECT * FROM side WHERE side.g = p.g) b FULL JOIN (SELECT * FROM side WHERE side.g = g2) a USING (team)) s,
	cx.nps_decompose(t, b, a) d;
CREATE TABLE change AS SELECT DISTINCT e.g, g2, b.weighted AS before, a.weighted AS after FROM (SELECT DISTINCT g, g2 FROM effect) e JOIN got b ON b.g = e.g JOIN got a ON a.g = g2 WHERE cx.nps(b.weighted) IS NOT NULL AND cx.nps(a.weighted) IS NOT NULL;
CALL oracle.check_rows('nps_decompose: the sum', 'SELECT g, pg_temp.near((SELECT sum(rate + mix) FROM effect e WHERE e.g = c.g), cx.nps(after) - cx.nps(before)) FROM change c',
	'SELECT e.g, true FROM (SELECT DISTINCT g, g2 FROM effect) e JOIN expected b ON b.g = e.g JOIN expected a ON a.g = g2 WHERE a.w > 0 AND b.w > 0');
CALL oracle.check_rows('nps_decompose: each', $$SELECT g, segment, pg_temp.near(rate, (before_share + after_share) / 2 * coalesce(after_nps - before_nps, 0)),
		pg_temp.near(mix, (after_share - before_share) * (coalesce((before_nps + after_nps) / 2, before_nps, after_nps, 0) - (cx.nps(before) + cx.nps(after)) / 2)),
		pg_temp.near(before_share, coalesce((SELECT sum(w) FROM judged j WHERE j.g = e.g AND team = segment::int AND state = 'valid'), 0)::float8 / (SELECT w FROM expected x WHERE x.g = e.g)::float8)
	FROM effect e JOIN change USING (g)$$,
	'SELECT g, segment, true, true, true FROM effect JOIN change USING (g)');
CALL oracle.check_rows('nps_decompose: nothing at one time', 'SELECT g, segment, rate, mix FROM effect WHERE g NOT IN (SELECT g FROM change)', 'SELECT g, segment, NULL::float8, NULL::float8 FROM effect WHERE g NOT IN (SELECT g FROM change)');

-- Daily summaries by team, rolled up in any order and along any hierarchy, are one pass, to the byte.
CREATE TABLE daily AS SELECT g, day, team, cx.score_agg(score) AS plain, cx.score_agg(score, weight) AS weighted FROM answer GROUP BY g, day, team;
CREATE VIEW same AS SELECT g FROM got;
CALL oracle.check_rows('roll-up', 'SELECT g FROM got JOIN (SELECT g, cx.rollup(plain) AS p, cx.rollup(weighted) AS w FROM daily GROUP BY g) r USING (g) WHERE p OPERATOR(cx.=) plain AND w OPERATOR(cx.=) weighted', 'TABLE same');
CALL oracle.check_rows('roll-up of roll-ups', 'SELECT g FROM got JOIN (SELECT g, cx.rollup(p) AS p, cx.rollup(w) AS w FROM (SELECT g, day / 7 AS week, cx.rollup(plain ORDER BY team DESC) AS p, cx.rollup(weighted ORDER BY day DESC) AS w FROM daily GROUP BY 1, 2) s GROUP BY g) r USING (g) WHERE p OPERATOR(cx.=) plain AND w OPERATOR(cx.=) weighted', 'TABLE same');
CALL oracle.check_rows('less a part, plus the part', $$SELECT g FROM got JOIN (SELECT g, cx.rollup(plain) FILTER (WHERE team = 0) AS p, cx.rollup(weighted) FILTER (WHERE team = 0) AS w, cx.rollup(plain) FILTER (WHERE team > 0) AS p2, cx.rollup(weighted) FILTER (WHERE team > 0) AS w2 FROM daily GROUP BY g) r USING (g)
	WHERE coalesce(plain OPERATOR(cx.-) p OPERATOR(cx.=) p2 AND weighted OPERATOR(cx.-) w OPERATOR(cx.=) w2 AND w OPERATOR(cx.+) w2 OPERATOR(cx.=) weighted AND p2 OPERATOR(cx.+) p OPERATOR(cx.=) plain, p IS NULL OR p2 IS NULL)$$, 'TABLE same');
CALL oracle.check_rows('order of rows', 'SELECT g FROM got JOIN (SELECT g, cx.score_agg(score, weight ORDER BY weight DESC, n) AS a, cx.score_agg(score, weight ORDER BY md5(n::text)) AS b FROM answer GROUP BY g) s USING (g) WHERE a OPERATOR(cx.=) weighted AND b OPERATOR(cx.=) weighted', 'TABLE same');
CALL oracle.check_rows('text and JSON', 'SELECT g FROM got WHERE plain::text::cx.score_summary OPERATOR(cx.=) plain AND weighted::text::cx.score_summary OPERATOR(cx.=) weighted AND weighted::jsonb::cx.score_summary OPERATOR(cx.=) weighted', 'TABLE same');
CREATE TABLE copied (LIKE got);
\set scratch `mktemp`
\setenv CX_SCRATCH :scratch
\copy got TO PROGRAM 'cat >"$CX_SCRATCH"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH"' (FORMAT binary)
\! rm "$CX_SCRATCH"
CALL oracle.check_rows('binary form', 'SELECT g FROM got JOIN copied c USING (g) WHERE c.plain OPERATOR(cx.=) got.plain AND c.weighted OPERATOR(cx.=) got.weighted', 'TABLE same');

-- Moving windows: the same aggregates without the way back say the same, on frames of many kinds.
CREATE AGGREGATE pg_temp.forward(float8, float8) (SFUNC = cx._score_add, STYPE = cx.score_summary, FINALFUNC = cx._score_final);
CREATE AGGREGATE pg_temp.forward(float8) (SFUNC = cx._score_add, STYPE = cx.score_summary, FINALFUNC = cx._score_final);
CREATE AGGREGATE pg_temp.forward(cx.score_summary) (SFUNC = cx._score_combine, STYPE = cx.score_summary, FINALFUNC = cx._score_final);
CREATE TABLE frame (f text);
INSERT INTO frame VALUES ('ROWS BETWEEN 3 PRECEDING AND CURRENT ROW'), ('ROWS BETWEEN 20 PRECEDING AND 5 PRECEDING'), ('ROWS BETWEEN 2 FOLLOWING AND 9 FOLLOWING'), ('RANGE BETWEEN 5 PRECEDING AND CURRENT ROW'), ('RANGE BETWEEN 9 PRECEDING AND 4 PRECEDING'),
	('GROUPS BETWEEN 2 PRECEDING AND 1 FOLLOWING'), ('ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING'), ('ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'), ('RANGE BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW');
SELECT format($$CALL oracle.check_rows(%L, 'SELECT g, n, moving::text IS NOT DISTINCT FROM plain::text AND w_moving::text IS NOT DISTINCT FROM w_plain::text AND nps IS NOT DISTINCT FROM cx.nps(plain) AND wnps IS NOT DISTINCT FROM cx.nps(w_plain) AND csat IS NOT DISTINCT FROM ccsat FROM (
	SELECT g, n, cx.score_agg(score) OVER w AS moving, pg_temp.forward(score) OVER w AS plain, cx.score_agg(score, weight) OVER w AS w_moving, pg_temp.forward(score, weight) OVER w AS w_plain, cx.nps(score) OVER w AS nps, cx.nps(score, weight) OVER w AS wnps,
		cx.csat(score) OVER w AS csat, (avg(CASE WHEN score IN (4, 5) THEN 1 WHEN score IN (1, 2, 3) THEN 0 END) OVER w)::float8 AS ccsat
	FROM answer WHERE g <= 40 WINDOW w AS (PARTITION BY g %s)) s', 'SELECT g, n, true FROM answer WHERE g <= 40')$$, 'window ' || f, CASE WHEN f LIKE 'ROWS%' THEN 'ORDER BY day, n ' ELSE 'ORDER BY day ' END || f)
FROM frame \gexec
-- summaries with gaps, empty ones, and none
SELECT format($$CALL oracle.check_rows(%L, 'SELECT g, day, team, moving::text IS NOT DISTINCT FROM plain::text AND w_moving::text IS NOT DISTINCT FROM w_plain::text FROM (SELECT g, day, team, cx.rollup(p) OVER w AS moving, pg_temp.forward(p) OVER w AS plain, cx.rollup(q) OVER w AS w_moving, pg_temp.forward(q) OVER w AS w_plain
	FROM (SELECT *, CASE oracle.dice(g, day * 5 + team, ''gap'', 3) WHEN 0 THEN NULL WHEN 1 THEN plain OPERATOR(cx.-) plain ELSE plain END AS p, CASE oracle.dice(g, day * 5 + team, ''gap'', 4) WHEN 0 THEN NULL ELSE weighted END AS q FROM daily WHERE g <= 60) d WINDOW w AS (PARTITION BY g %s)) s',
	'SELECT g, day, team, true FROM daily WHERE g <= 60')$$, 'rolled-up window ' || f, CASE WHEN f LIKE 'ROWS%' THEN 'ORDER BY day, team ' ELSE 'ORDER BY day ' END || f)
FROM frame \gexec
-- frames that pass from one scale and kind to others never hold two
CALL oracle.check_rows('windows over several scales', $$SELECT n, cx.scale(s) = scale, cx.kind(s) IS NOT DISTINCT FROM kind, cx.responses(s) FROM (SELECT *, cx.score_agg(3, 1, scale, kind) OVER (ORDER BY block RANGE CURRENT ROW) AS s FROM (SELECT n, n / 4 AS block, int4range(n / 4 % 3, 8) AS scale, CASE n / 4 % 4 WHEN 1 THEN 'transactional' WHEN 2 THEN 'employee' END AS kind FROM generate_series(0, 99) n) b) s$$,
	'SELECT n, true, true, 4 FROM generate_series(0, 99) n');

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE plan text;
BEGIN
	EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) ' || query INTO plan;
	RETURN plan;
END $$;
CALL oracle.check_rows('the plan is parallel', $$SELECT plan ~ '"Partial Mode": "Finalize"' AND plan ~ '"Workers Launched": [1-9]' FROM pg_temp.plan('SELECT g, cx.score_agg(score), cx.score_agg(score, weight) FROM answer GROUP BY g') AS plan$$, 'SELECT true');
CALL oracle.check_rows('parallel', 'SELECT g FROM got JOIN (SELECT g, cx.score_agg(score) AS p, cx.score_agg(score, weight) AS w, cx.nps(score, weight) AS x FROM answer GROUP BY g) s USING (g) WHERE p OPERATOR(cx.=) plain AND w OPERATOR(cx.=) weighted AND x IS NOT DISTINCT FROM cx.nps(weighted)', 'TABLE same');
CALL oracle.check_rows('parallel roll-up of all', 'SELECT cx.rollup(plain)::text, cx.rollup(weighted)::text FROM daily', 'SELECT cx.score_agg(score)::text, cx.score_agg(score, weight)::text FROM answer');
RESET max_parallel_workers_per_gather;

\if :there
-- Real scores, with the class that the survey tool gave each response.
CREATE TABLE verbatim (responded text, stage text, rating text, score int, remark text, quarter text);
\copy verbatim FROM PROGRAM 'zcat "$CX_DATA/nps_verbatims/nps_verbatims.csv.gz"' (FORMAT csv, HEADER, FORCE_NULL (responded, stage, rating, score))
CREATE TABLE stage_score AS SELECT stage, to_timestamp(responded, 'DD/MM/YYYY HH24:MI')::date AS day, cx.score_agg(score) AS s FROM verbatim GROUP BY 1, 2;
CALL oracle.check_rows('verbatims: rows and score', 'SELECT cx.responses(s), cx.invalid(s), cx.missing(s), round(cx.nps(s)::numeric, 2) FROM (SELECT cx.score_agg(score) AS s FROM verbatim) v', 'SELECT 2353, 0, 32, -24.69');
CALL oracle.check_rows('verbatims: classes by stage', 'SELECT stage, cx.promoters(s), cx.passives(s), cx.detractors(s), cx.nps(s) FROM (SELECT stage, cx.rollup(s) AS s FROM stage_score GROUP BY stage) r',
	$$SELECT stage, count(*) FILTER (WHERE rating = 'Promoter'), count(*) FILTER (WHERE rating = 'Passive'), count(*) FILTER (WHERE rating = 'Detractor'), 100 * (count(*) FILTER (WHERE rating = 'Promoter') - count(*) FILTER (WHERE rating = 'Detractor'))::float8 / count(rating) FROM verbatim GROUP BY stage$$);
CALL oracle.check_rows('verbatims: score by stage', 'SELECT stage, round(cx.nps(score)::numeric, 2) FROM verbatim GROUP BY stage', $$VALUES ('Order', -9.98), ('Equipment Received', -56.71), ('First Payment', -29.29), ('Service in Use', -76.67)$$);
CALL oracle.check_rows('verbatims: days rolled up', 'SELECT cx.rollup(s)::text FROM stage_score', 'SELECT cx.score_agg(score)::text FROM verbatim');
\else
\echo no real scores in :data
\endif

\ir lib/end.sql
