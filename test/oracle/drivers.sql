--
-- Drivers and reliability against exact arithmetic in plain SQL: sums of products as whole numbers, inverses by Gauss,
-- square roots of matrices by iteration (Denman and Beavers 1976), Shapley values over all orders; and against the
-- numbers that R's packages relaimpo, rwa and psych gave.
-- Variable: data, the folder with the reference data (default ../shared/data, beside the checkout).
--
\if :{?data} \else \set data ../shared/data \endif
\setenv CX_DATA :data
\set there `test -f "$CX_DATA/models/reference.json" && echo true || echo false`
\ir lib/begin.sql

-- two numbers that should be the same, as true or what they are
CREATE FUNCTION pg_temp.same(got float8, wanted numeric, scale numeric DEFAULT 0) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN got IS NULL OR wanted IS NULL THEN coalesce(nullif((got IS NULL AND wanted IS NULL)::text, 'false'), format('%s for %s', got, wanted))
	WHEN abs(got::numeric - wanted) <= 1e-9 * greatest(abs(wanted), scale) THEN 'true' ELSE format('%s for %s', got, wanted) END;

-- The inverse of a matrix by Gauss and Jordan; NULL if it is singular.
CREATE FUNCTION pg_temp.inverse(m numeric[]) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n int := coalesce(array_length(m, 1), 0);
	v numeric[];
	factor numeric;
BEGIN
	SELECT array_agg(r ORDER BY i) INTO v FROM (SELECT i, array_agg((i = j)::int::numeric ORDER BY j) AS r FROM generate_series(1, n) i, generate_series(1, n) j GROUP BY i) s;
	FOR k IN 1 .. n LOOP
		IF abs(m[k][k]) < 1e-40 THEN RETURN NULL; END IF;
		factor := 1 / round(m[k][k], 60);
		FOR j IN 1 .. n LOOP m[k][j] := round(m[k][j] * factor, 60); v[k][j] := round(v[k][j] * factor, 60); END LOOP;
		FOR i IN 1 .. n LOOP
			CONTINUE WHEN i = k;
			factor := m[i][k];
			FOR j IN 1 .. n LOOP m[i][j] := round(m[i][j] - factor * m[k][j], 60); v[i][j] := round(v[i][j] - factor * v[k][j], 60); END LOOP;
		END LOOP;
	END LOOP;
	RETURN v;
END $$;

-- The square root of a positive definite matrix, and the inverse of it.
CREATE FUNCTION pg_temp.square_root(m numeric[], OUT root numeric[], OUT inverse_root numeric[]) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n int := array_length(m, 1);
	y numeric[];
	z numeric[];
	moved numeric;
BEGIN
	root := m;
	SELECT array_agg(r ORDER BY i) INTO inverse_root FROM (SELECT i, array_agg((i = j)::int::numeric ORDER BY j) AS r FROM generate_series(1, n) i, generate_series(1, n) j GROUP BY i) s;
	LOOP
		y := pg_temp.inverse(inverse_root);
		z := pg_temp.inverse(root);
		moved := 0;
		FOR i IN 1 .. n LOOP FOR j IN 1 .. n LOOP
			moved := greatest(moved, abs(y[i][j] - root[i][j]));
			root[i][j] := round((root[i][j] + y[i][j]) / 2, 60);
			inverse_root[i][j] := round((inverse_root[i][j] + z[i][j]) / 2, 60);
		END LOOP; END LOOP;
		EXIT WHEN moved < 1e-30;
	END LOOP;
END $$;

-- a b' , and what is left of a matrix without some rows and columns
CREATE FUNCTION pg_temp.times(m numeric[], v numeric[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg(s ORDER BY i) FROM (SELECT i, sum(m[i][j] * v[j]) AS s FROM generate_subscripts(v, 1) i, generate_subscripts(v, 1) j GROUP BY i) t);
CREATE FUNCTION pg_temp.part(m numeric[], which int[]) RETURNS numeric[] LANGUAGE sql IMMUTABLE
RETURN (SELECT array_agg(r ORDER BY i) FROM (SELECT i, array_agg(m[which[i]][which[j]] ORDER BY j) AS r FROM generate_subscripts(which, 1) i, generate_subscripts(which, 1) j GROUP BY i) t);
CREATE FUNCTION pg_temp.r_squared(m numeric[], r numeric[], which int[]) RETURNS numeric LANGUAGE sql IMMUTABLE
RETURN CASE WHEN which = '{}' THEN 0 ELSE (SELECT sum(b.b * r[w.w]) FROM unnest(pg_temp.times(pg_temp.inverse(pg_temp.part(m, which)), (SELECT array_agg(r[w] ORDER BY n) FROM unnest(which) WITH ORDINALITY AS u (w, n)))) WITH ORDINALITY AS b (b, n)
	JOIN unnest(which) WITH ORDINALITY AS w (w, n) USING (n)) END;

-- Random cases: whole numbers, few or many, tied, close to each other or far from zero; drivers that are made of others; gaps.
CREATE TABLE sample AS
SELECT id, 1 + oracle.dice(id, 0, 'drivers', 4)::int AS drivers, oracle.dice(id, 0, 'rows', CASE WHEN id % 3 = 0 THEN 8 ELSE 60 END)::int AS rows,
	(ARRAY[2, 5, 11, 1000, 1000000])[1 + oracle.dice(id, 0, 'spread', 5)] AS spread, (ARRAY[0, 0, 1000, 1000000007, 1000000000000])[1 + oracle.dice(id, 0, 'offset', 5)] AS shift, oracle.dice(id, 0, 'kind', 6) AS kind
FROM generate_series(:seed * 100000 + 1, :seed * 100000 + 150 * :scale) AS id;
CREATE TABLE entry AS
SELECT id, n, k, CASE WHEN oracle.dice(id, n * 10 + k, 'gap', 60) = 0 AND kind < 3 THEN (ARRAY[NULL, 'NaN', 'Infinity', '-Infinity'])[1 + oracle.dice(id, n, 'what', 4)]::float8
	ELSE shift + (oracle.dice(id, n * 10 + k, 'value', spread) + CASE WHEN kind = 1 THEN k * oracle.dice(id, n, 'common', spread) ELSE 0 END)::float8 END AS value
FROM sample, generate_series(1, rows) n, generate_series(0, drivers) k;
CREATE TABLE row AS
SELECT id, n, max(value) FILTER (WHERE k = 0) AS y, array_agg(value ORDER BY k) FILTER (WHERE k > 0) AS x, bool_and(coalesce(value NOT IN ('NaN', 'Infinity', '-Infinity'), false)) AS complete FROM entry GROUP BY id, n;
-- in two kinds the second driver is the first, or what is left to a sum
UPDATE row r SET x[2] = CASE kind WHEN 4 THEN 3 * x[1] - 5 ELSE shift END, complete = y NOT IN ('NaN', 'Infinity', '-Infinity') AND y IS NOT NULL AND x[1] IS NOT NULL AND array_position(x, NULL) IS NULL FROM sample s WHERE s.id = r.id AND kind IN (4, 5) AND drivers > 1;

-- whole numbers: n times the sum of products less the product of sums
CREATE TABLE variable AS SELECT id, n, k, CASE WHEN k = 0 THEN y ELSE x[k] END::numeric AS value FROM row JOIN sample USING (id), generate_series(0, drivers) k WHERE complete;
CREATE TABLE product AS
SELECT a.id, a.k AS i, b.k AS j, count(*) AS n, count(*) * sum(a.value * b.value) - sum(a.value) * sum(b.value) AS product, sum(a.value) / count(*) AS mean FROM variable a JOIN variable b USING (id, n) GROUP BY a.id, a.k, b.k;
CREATE TABLE correlation AS
SELECT p.id, p.i, p.j, CASE WHEN p.i = p.j THEN 1 ELSE round(p.product / sqrt(round(a.product, 80) * b.product), 60) END AS r FROM product p JOIN product a ON a.id = p.id AND a.i = p.i AND a.j = p.i JOIN product b ON b.id = p.id AND b.i = p.j AND b.j = p.j
WHERE a.product > 0 AND b.product > 0;
-- the drivers that vary, their correlations, and the inverse if there is one
CREATE TABLE fit AS
SELECT id, which, m, r, pg_temp.inverse(m) AS inverse
FROM (SELECT id, array_agg(i ORDER BY i) AS which, array_agg(row ORDER BY i) AS m FROM (SELECT id, i, array_agg(r ORDER BY j) AS row FROM correlation WHERE i > 0 AND j > 0 GROUP BY id, i) s GROUP BY id) s
JOIN (SELECT id, array_agg(r ORDER BY j) AS r FROM correlation WHERE i = 0 AND j > 0 GROUP BY id) t USING (id);
CREATE TABLE solved AS
SELECT id, which, m, r, inverse, b, root, (SELECT sum(b[i] * r[i]) FROM generate_subscripts(b, 1) i) AS r_squared, pg_temp.times(inverse_root, r) AS closest
FROM fit, LATERAL (SELECT pg_temp.times(inverse, r) AS b) s, pg_temp.square_root(m) WHERE inverse IS NOT NULL;
CREATE TABLE summary AS SELECT id, cx.driver_agg(y, x) AS summary, cx.item_agg(x) AS items FROM row GROUP BY id;
-- the same through parts that are merged in an order of their own
CREATE TABLE merged AS SELECT id, cx.rollup(s ORDER BY n DESC) AS summary FROM (SELECT id, n % 7 AS n, cx.driver_agg(y, x ORDER BY n DESC) AS s FROM row GROUP BY id, n % 7) p GROUP BY id;

CALL oracle.check_rows('cases of each kind', 'SELECT (SELECT count(*) FROM solved) > 60, (SELECT count(*) FROM fit WHERE inverse IS NULL) > 8, (SELECT count(*) FROM summary) > (SELECT count(*) FROM fit) + 3', 'SELECT true, true, true');
CALL oracle.check_rows('rows', 'SELECT id, cx.observations(summary), observations, incomplete, drivers FROM summary, cx.driver_fit(summary)',
	'SELECT id, count(*) FILTER (WHERE complete), count(*) FILTER (WHERE complete), count(*) FILTER (WHERE NOT complete), drivers FROM row JOIN sample USING (id) GROUP BY id, drivers');
-- numbers of a summary: every product within 1e-15 of what the deviations could give
CALL oracle.check_rows('products', $$SELECT id, what, i, j, n, abs(got - product / n) <= 1e-15 * sqrt(round(a * b, 60)) / n FROM (
		SELECT p.id, what, p.i, p.j, p.n, p.product, (SELECT product FROM product s WHERE s.id = p.id AND s.i = p.i AND s.j = p.i) AS a, (SELECT product FROM product s WHERE s.id = p.id AND s.i = p.j AND s.j = p.j) AS b, (v.s::jsonb -> 'products' ->> (p.i * (p.i + 1) / 2 + p.j))::numeric AS got
		FROM product p, (SELECT id, 'rows' AS what, summary AS s FROM summary UNION ALL SELECT id, 'merged', summary FROM merged) v WHERE v.id = p.id AND p.j <= p.i) q$$,
	$$SELECT id, what, i, j, n, true FROM product, unnest('{rows,merged}'::text[]) AS what WHERE j <= i$$);
CALL oracle.check_rows('means', $$SELECT id, what, k, m <= 1e-28 * (abs(mean) + 1) FROM (SELECT p.id, what, p.i AS k, abs((v.s::jsonb -> 'means' ->> p.i)::numeric + (v.s::jsonb -> 'mean_rests' ->> p.i)::numeric - mean) AS m, mean FROM product p,
		(SELECT id, 'rows' AS what, summary AS s FROM summary UNION ALL SELECT id, 'merged', summary FROM merged) v WHERE v.id = p.id AND p.j = 0 AND p.n = 1) q$$, $$SELECT id, what, i, true FROM product, unnest('{rows,merged}'::text[]) AS what WHERE j = 0 AND n = 1$$);

-- R squared, of the drivers that do not depend on those before them if they are dependent
CALL oracle.check_rows('R squared', 'SELECT id, pg_temp.same(cx.r_squared(summary), r_squared, 1e-4), pg_temp.same(r_squared_of_row, r_squared, 1e-4) FROM solved JOIN summary USING (id), LATERAL (SELECT f.r_squared AS r_squared_of_row FROM cx.driver_fit(summary) f) f', 'SELECT id, ''true'', ''true'' FROM solved');
CREATE FUNCTION pg_temp.base(m numeric[]) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	base int[] := '{}';
BEGIN
	FOR i IN 1 .. array_length(m, 1) LOOP
		IF pg_temp.inverse(pg_temp.part(m, base || i)) IS NOT NULL THEN base := base || i; END IF;
	END LOOP;
	RETURN base;
END $$;
CREATE TABLE dependent AS SELECT id, r, m, pg_temp.base(m) AS base FROM fit WHERE inverse IS NULL;
CALL oracle.check_rows('R squared, dependent drivers', 'SELECT id, pg_temp.same(cx.r_squared(summary), pg_temp.r_squared(m, r, base), 1e-4), (SELECT count(coefficient) + count(standardized) + count(variance_inflation) FROM cx.drivers(summary)), (SELECT pg_temp.same(sum(relative_weight), pg_temp.r_squared(m, r, base), 1e-4) FROM cx.drivers(summary)),
	(SELECT pg_temp.same(sum(relative_weight), pg_temp.r_squared(m, r, base), 1e-4) FROM cx.drivers(summary, ''shapley'')), (SELECT warning ~ ''linearly dependent'' FROM cx.driver_fit(summary)) FROM dependent JOIN summary USING (id)', 'SELECT id, ''true'', 0, ''true'', ''true'', true FROM dependent');

-- weights by each method
CREATE FUNCTION pg_temp.orders(n int) RETURNS SETOF int[] LANGUAGE sql IMMUTABLE AS $$
	WITH RECURSIVE o AS (SELECT '{}'::int[] AS o UNION ALL SELECT o || i FROM o, generate_series(1, n) i WHERE i <> ALL (o) AND cardinality(o) < n) SELECT o FROM o WHERE cardinality(o) = n
$$;
CREATE TABLE weight AS
SELECT id, 'johnson' AS method, which[i] AS driver, (SELECT sum((root[i][j] * closest[j]) ^ 2) FROM generate_subscripts(r, 1) j) AS weight FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'car', which[i], closest[i] ^ 2 FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'pratt', which[i], b[i] * r[i] FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'first', which[i], r[i] ^ 2 FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'beta_squared', which[i], b[i] ^ 2 FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'last', which[i], r_squared - pg_temp.r_squared(m, r, coalesce((SELECT array_agg(k) FROM generate_subscripts(r, 1) k WHERE k <> i), '{}')) FROM solved, generate_subscripts(r, 1) i
UNION ALL SELECT id, 'shapley', which[o[k]], avg(pg_temp.r_squared(m, r, o[:k]) - pg_temp.r_squared(m, r, o[:k - 1])) FROM solved, pg_temp.orders(cardinality(r)) o, generate_subscripts(o, 1) k GROUP BY id, which[o[k]];
-- to 1e-9 of the weight, or of a thousandth of the whole: a weight of about zero is a difference of larger numbers
CALL oracle.check_rows('weights', $$SELECT id, method, driver, pg_temp.same(relative_weight, weight, 1e-3), pg_temp.same(relative_share, CASE WHEN total > 1e-12 THEN weight / total END, 1e-3 / nullif(greatest(total, 1e-12), 0)) FROM (SELECT *, sum(weight) OVER (PARTITION BY id, method) AS total FROM weight) w
	JOIN (SELECT id, m AS method, d.* FROM summary, unnest('{johnson,shapley,car,pratt,first,last,beta_squared}'::text[]) m, LATERAL (SELECT substr(d.driver, 2)::int AS driver, relative_weight, relative_share FROM cx.drivers(summary, m) d) d) s USING (id, method, driver) WHERE total > 1e-12$$,
	$$SELECT id, method, driver, 'true', 'true' FROM (SELECT *, sum(weight) OVER (PARTITION BY id, method) AS total FROM weight) w WHERE total > 1e-12$$);
CALL oracle.check_rows('weights add up', $$SELECT id, method, pg_temp.same(sum(relative_weight), r_squared, 1e-4) FROM solved JOIN summary USING (id), unnest('{johnson,shapley,car,pratt}'::text[]) method, cx.drivers(summary, method) GROUP BY id, method, r_squared$$, $$SELECT id, method, 'true' FROM solved, unnest('{johnson,shapley,car,pratt}'::text[]) method$$);

-- the regression: slopes, their errors, its mean and spread
CREATE TABLE spread AS SELECT id, i AS k, n, mean, CASE WHEN n > 1 THEN sqrt(round(product, 60) / n / (n - 1)) END AS std_dev FROM product WHERE i = j;
CALL oracle.check_rows('coefficients', $$SELECT id, k, pg_temp.same(coefficient, b * y.std_dev / x.std_dev, 1e-4 * y.std_dev / x.std_dev), pg_temp.same(standardized, b, 1e-4), pg_temp.same(variance_inflation, v), pg_temp.same(correlation, r, 1e-4),
		CASE WHEN 1 - r_squared > 1e-9 THEN pg_temp.same(std_error, sqrt(round((1 - r_squared) * v / nullif(x.n - c - 1, 0), 60)) * y.std_dev / x.std_dev, 0) ELSE 'true' END, pg_temp.same(s.mean, x.mean), pg_temp.same(s.std_dev, x.std_dev)
	FROM (SELECT id, k, b[i] AS b, inverse[i][i] AS v, r[i] AS r, r_squared, cardinality(r) AS c FROM solved, unnest(which) WITH ORDINALITY AS w (k, i)) f
	JOIN (SELECT id, substr(driver, 2)::int AS k, d.* FROM summary, cx.drivers(summary) d) s USING (id, k) JOIN spread x USING (id, k) JOIN (SELECT id, std_dev FROM spread WHERE k = 0) y USING (id)$$,
	$$SELECT id, unnest(which), 'true', 'true', 'true', 'true', 'true', 'true', 'true' FROM solved$$);
CALL oracle.check_rows('intercept and spread', $$SELECT id, pg_temp.same(intercept, y.mean - slopes, greatest(abs(y.mean), slope_size)), CASE WHEN 1 - s.r_squared > 1e-9 THEN pg_temp.same(residual_std_dev, sqrt(round((1 - s.r_squared) * (y.n - 1) / nullif(y.n - c - 1, 0), 60)) * y.std_dev) ELSE 'true' END,
		pg_temp.same(adjusted_r_squared, 1 - (1 - s.r_squared) * (y.n - 1) / nullif(y.n - c - 1, 0), 1)
	FROM (SELECT id, r_squared, cardinality(r) AS c, (SELECT sum(b[i] * y.std_dev / x.std_dev * x.mean) FROM spread x, unnest(which) WITH ORDINALITY AS w (k, i) WHERE x.id = solved.id AND x.k = w.k) AS slopes,
			(SELECT sum(abs(b[i] * y.std_dev / x.std_dev * x.mean)) FROM spread x, unnest(which) WITH ORDINALITY AS w (k, i) WHERE x.id = solved.id AND x.k = w.k) AS slope_size FROM solved JOIN spread y USING (id) WHERE y.k = 0) s
	JOIN spread y USING (id) JOIN summary USING (id), cx.driver_fit(summary) WHERE y.k = 0$$, 'SELECT id, ''true'', ''true'', ''true'' FROM solved');
CALL oracle.check_rows('nothing without a varying outcome', 'SELECT id, cx.r_squared(summary), (SELECT count(relative_weight) + count(coefficient) + count(correlation) FROM cx.drivers(summary)), (SELECT warning ~ ''outcome does not vary|too few observations'' FROM cx.driver_fit(summary)) FROM summary WHERE id NOT IN (SELECT id FROM correlation WHERE i = 0)',
	'SELECT id, NULL::float8, 0, true FROM summary WHERE id NOT IN (SELECT id FROM correlation WHERE i = 0)');

-- p: closed forms of Student's distribution for 1 to 4 degrees of freedom, Simpson's rule for others
CREATE FUNCTION pg_temp.power(base float8, exponent int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN base > 0 AND ln(base) * exponent > -700 THEN exp(ln(base) * exponent) ELSE 0 END;
CREATE FUNCTION pg_temp.p(t float8, df int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE df WHEN 1 THEN 1 - 2 / pi() * atan(t) WHEN 2 THEN 1 - t / sqrt(2 + t * t) WHEN 3 THEN 1 - 2 / pi() * (t / sqrt(3) / (1 + t * t / 3) + atan(t / sqrt(3))) WHEN 4 THEN 1 - (t / sqrt(4 + t * t)) * (1 + 2 / (4 + t * t))
	-- the density over angles: t = sqrt(df) * tan(a), so the tail is an integral of cos(a) ^ (df - 1), from which nothing is left far from its beginning
	ELSE (SELECT sum(w * pg_temp.power(cos(low + (high - low) * i / 4000), df - 1)) * (high - low) / sum(w * pg_temp.power(cos(wide * i / 4000), df - 1)) / wide
		FROM (SELECT *, least(pi() / 2, low + wide) AS high FROM (SELECT i, atan(t / sqrt(df)) AS low, least(pi() / 2, 12 / sqrt(df)) AS wide, CASE WHEN i IN (0, 4000) THEN 1 WHEN i % 2 = 1 THEN 4 ELSE 2 END AS w FROM generate_series(0, 4000) i) r) s GROUP BY low, high, wide) END;
CREATE TABLE line AS SELECT df, r, ('{"kind": "drivers", "observations": ' || df + 2 || ', "incomplete": 0, "means": [0, 0], "mean_rests": [0, 0], "products": [1, ' || r || ', 1]}')::cx.driver_summary AS summary
FROM unnest('{1,2,3,4,5,6,7,10,19,20,58,59,60,61,100,999,5000,99999,100000,100001,200000}'::int[]) df, unnest('{0.001,0.005,0.01,0.02,0.05,0.1,0.3,0.5,0.9}'::float8[]) r;
CALL oracle.check_rows('p', 'SELECT df, r, CASE WHEN wanted > 1e-12 THEN pg_temp.same(p, wanted::numeric, 1e-4) ELSE (p BETWEEN 0 AND 1e-12)::text END FROM (SELECT df, r, p, pg_temp.p(t, df) AS wanted FROM line, cx.drivers(summary)) s', 'SELECT df, r, ''true'' FROM line');

-- reliability of the drivers as items of a scale, where only these must be known
CREATE TABLE item AS SELECT id, n, k, value::numeric FROM row, unnest(x) WITH ORDINALITY AS u (value, k) WHERE array_position(x, NULL) IS NULL AND NOT x && '{NaN,Infinity,-Infinity}';
CREATE TABLE item_product AS
SELECT a.id, a.k AS i, b.k AS j, CASE WHEN count(*) > 1 THEN (count(*) * sum(a.value * b.value) - sum(a.value) * sum(b.value)) / count(*) / (count(*) - 1) END AS c FROM item a JOIN item b USING (id, n) GROUP BY a.id, a.k, b.k;
CREATE TABLE alpha AS
SELECT id, max(i) AS k, sum(c) AS whole, sum(c) FILTER (WHERE i = j) AS own, CASE WHEN max(i) > 1 AND sum(c) > 0 THEN round(max(i) / (max(i) - 1.0), 60) * (1 - round(sum(c) FILTER (WHERE i = j), 60) / sum(c)) END AS alpha FROM item_product GROUP BY id;
CALL oracle.check_rows('alpha', 'SELECT id, pg_temp.same(cx.cronbach_alpha(items), alpha, 1), pg_temp.same((SELECT cx.cronbach_alpha(x) FROM row r WHERE r.id = s.id), alpha, 1), pg_temp.same(a, alpha, 1) FROM summary s JOIN alpha USING (id), LATERAL (SELECT alpha AS a FROM cx.reliability(items)) r', 'SELECT id, ''true'', ''true'', ''true'' FROM alpha');
CALL oracle.check_rows('items', $$SELECT id, k, pg_temp.same(alpha_without, CASE WHEN whole > 0 AND count > 1 THEN round(count / (count - 1.0), 60) * (1 - round(own, 60) / whole) END, 1), pg_temp.same(item_rest_correlation, CASE WHEN whole > 0 AND self > 0 THEN rest / sqrt(round(self * whole, 60)) END, 1e-3)
	FROM (SELECT id, substr(item, 2)::int AS k, alpha_without, item_rest_correlation FROM summary, cx.items(items)) s JOIN (SELECT a.id, a.k, count(DISTINCT i) FILTER (WHERE i <> a.k) AS count, sum(c) FILTER (WHERE i <> a.k AND j <> a.k) AS whole, sum(c) FILTER (WHERE i <> a.k AND i = j) AS own, coalesce(sum(c) FILTER (WHERE i = a.k AND j <> a.k), 0) AS rest, sum(c) FILTER (WHERE i = a.k AND j = a.k) AS self
		FROM (SELECT DISTINCT id, i AS k FROM item_product) a JOIN item_product p USING (id) GROUP BY a.id, a.k) q USING (id, k)$$, 'SELECT DISTINCT id, i, ''true'', ''true'' FROM item_product');

-- Many rows far from zero, in one go, by parallel workers, by days that are merged: the error does not grow.
CREATE TABLE many AS SELECT n, n / 400 AS day, 1e12 + (n * 7919 % 1000) + (n % 13) AS y, ARRAY[1e9 + n * 7919 % 1000, -1e15 + n % 13, n % 2, 0.5 * (n % 13) + n * 104729 % 17] AS x FROM (SELECT n::float8::int8 AS n FROM generate_series(1, 200000) n) s;
ANALYZE many;
CREATE TABLE many_exact AS SELECT i, j, (count(*) * sum(v[i] * v[j]) - sum(v[i]) * sum(v[j])) / count(*) AS product FROM (SELECT ARRAY[y::numeric, x[1]::numeric, x[2]::numeric, x[3]::numeric, x[4]::numeric] AS v FROM many) m, generate_series(1, 5) i, generate_series(1, 5) j GROUP BY i, j;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE many_summary AS SELECT 'serial' AS how, cx.driver_agg(y, x) AS summary FROM many UNION ALL SELECT 'days', cx.rollup(s) FROM (SELECT cx.driver_agg(y, x) AS s FROM many GROUP BY day) d UNION ALL SELECT 'backwards', cx.driver_agg(y, x ORDER BY n DESC) FROM many;
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
INSERT INTO many_summary SELECT 'parallel', cx.driver_agg(y, x) FROM many;
INSERT INTO many_summary SELECT 'alpha', cx.item_agg(x) FROM many;
DO $$ DECLARE plan text; BEGIN EXECUTE 'EXPLAIN (FORMAT json) SELECT cx.driver_agg(y, x) FROM many' INTO plan; IF plan !~ 'Partial' THEN RAISE 'not parallel: %', plan; END IF; END $$;
CALL oracle.check_rows('many rows', $$SELECT how, e.i, e.j, abs((summary::jsonb -> 'products' ->> ((e.i - 1) * e.i / 2 + e.j - 1))::numeric - e.product) <= 1e-15 * sqrt(round(a.product * b.product, 30)) FROM many_summary, many_exact e JOIN many_exact a ON a.i = e.i AND a.j = e.i JOIN many_exact b ON b.i = e.j AND b.j = e.j WHERE e.j <= e.i AND how <> 'alpha'$$,
	$$SELECT how, i, j, true FROM many_exact, unnest('{serial,days,backwards,parallel}'::text[]) how WHERE j <= i$$);
CALL oracle.check_rows('alpha in parallel', 'SELECT abs((SELECT cx.cronbach_alpha(x) FROM many) - (SELECT cx.cronbach_alpha(summary) FROM many_summary WHERE how = ''serial'')) <= 1e-14', 'SELECT true');

-- what R's packages computed
\if :there
CREATE TABLE file (line text);
\copy file FROM PROGRAM 'tr -d "\n" <"$CX_DATA/models/reference.json" | sed -E "s,: (NaN|-?Infinity),: null,g"' (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
CREATE TABLE attitude (rating float8, complaints float8, privileges float8, learning float8, raises float8, critical float8, advance float8);
\copy attitude FROM PROGRAM 'cat "$CX_DATA/models/attitude.csv"' (FORMAT csv, HEADER)
CREATE TABLE swiss (region text, fertility float8, agriculture float8, examination float8, education float8, catholic float8, infant_mortality float8);
\copy swiss FROM PROGRAM 'cat "$CX_DATA/models/swiss.csv"' (FORMAT csv, HEADER)
CREATE TABLE known AS
SELECT 'swiss (Fertility ~ .)' AS name, cx.with_names(cx.driver_agg(fertility, ARRAY[agriculture, examination, education, catholic, infant_mortality]), '{Agriculture,Examination,Education,Catholic,Infant.Mortality}') AS summary FROM swiss
UNION ALL SELECT 'attitude (rating ~ .)', cx.with_names(cx.driver_agg(rating, ARRAY[complaints, privileges, learning, raises, critical, advance]), '{complaints,privileges,learning,raises,critical,advance}') FROM attitude
UNION ALL SELECT 'attitude/cronbach alpha (7 items)', cx.with_names(cx.item_agg(ARRAY[rating, complaints, privileges, learning, raises, critical, advance]), '{rating,complaints,privileges,learning,raises,critical,advance}') FROM attitude;
CREATE TABLE reference AS SELECT name, f.key, f.value FROM file, jsonb_each(line::jsonb -> 'drivers') AS d (name, facts), jsonb_each(CASE jsonb_typeof(facts) WHEN 'object' THEN facts ELSE '{}' END) f;
-- what is given by method, and what is the share of it
CREATE TABLE method (key text, method text, unit numeric);
INSERT INTO method VALUES ('lmg', 'shapley', NULL), ('lmg_pct', 'shapley', 100), ('last', 'last', NULL), ('first', 'first', NULL), ('betasq', 'beta_squared', NULL), ('pratt', 'pratt', NULL), ('genizi', 'johnson', NULL), ('car', 'car', NULL), ('johnson_raw', 'johnson', NULL), ('johnson_pct', 'johnson', 100);
CALL oracle.check_rows('published weights', 'SELECT name, key, driver, pg_temp.same(CASE WHEN unit IS NULL THEN relative_weight ELSE relative_share * 100 END, (value ->> driver)::numeric) FROM known JOIN reference USING (name) JOIN method USING (key), cx.drivers(summary, method)',
	'SELECT name, key, driver, ''true'' FROM reference JOIN method USING (key), jsonb_object_keys(value) AS driver');
CALL oracle.check_rows('published weights of another package', 'SELECT name, driver, pg_temp.same(relative_weight, (row ->> ''Raw.RelWeight'')::numeric), pg_temp.same(relative_share, (row ->> ''Rescaled.RelWeight'')::numeric / 100)
	FROM known JOIN reference USING (name), jsonb_array_elements(value) AS row JOIN LATERAL cx.drivers(summary) ON driver = row ->> ''Variables'' WHERE key = ''rwa_pkg''', 'SELECT name, row ->> ''Variables'', ''true'', ''true'' FROM reference, jsonb_array_elements(value) AS row WHERE key = ''rwa_pkg''');
CALL oracle.check_rows('published coefficients', 'SELECT name, driver, pg_temp.same(coefficient, (value ->> driver)::numeric) FROM known JOIN reference USING (name), LATERAL (SELECT driver, coefficient FROM cx.drivers(summary) UNION ALL SELECT ''(Intercept)'', intercept FROM cx.driver_fit(summary)) d WHERE key = ''coef''',
	'SELECT name, jsonb_object_keys(value), ''true'' FROM reference WHERE key = ''coef''');
CALL oracle.check_rows('published fit', 'SELECT name, pg_temp.same(r_squared, (a.value #>> ''{}'')::numeric), pg_temp.same(observations, (b.value #>> ''{}'')::numeric) FROM known JOIN reference a USING (name) JOIN reference b USING (name), cx.driver_fit(summary) WHERE a.key = ''R2'' AND b.key = ''n''', 'SELECT name, ''true'', ''true'' FROM reference WHERE key = ''R2''');
CALL oracle.check_rows('published reliability', 'SELECT key, pg_temp.same(number, (value #>> ''{}'')::numeric) FROM known JOIN reference USING (name), cx.reliability(summary), LATERAL (VALUES (''raw_alpha'', alpha), (''std_alpha'', standardized_alpha), (''G6'', guttman_lambda6), (''average_r'', mean_correlation), (''ase'', std_error)) AS v (k, number) WHERE k = key',
	'SELECT unnest(''{raw_alpha,std_alpha,G6,average_r,ase}''::text[]), ''true''');
CALL oracle.check_rows('published items', 'SELECT key, item, pg_temp.same(CASE key WHEN ''alpha_drop'' THEN alpha_without ELSE item_rest_correlation END, (value ->> item)::numeric) FROM known JOIN reference USING (name), cx.items(summary) WHERE key ~ ''_drop$''', 'SELECT key, jsonb_object_keys(value), ''true'' FROM reference WHERE key ~ ''_drop$''');
CALL oracle.check_rows('all that is published is looked at', 'SELECT count(*) FROM reference WHERE key NOT IN (SELECT key FROM method) AND key NOT IN (''rwa_pkg'', ''coef'', ''R2'', ''n'', ''raw_alpha'', ''std_alpha'', ''G6'', ''average_r'', ''ase'', ''alpha_drop'', ''item_rest_r_drop'')', 'SELECT 0');
\else
\echo no reference data in :data
\endif

\ir lib/end.sql
