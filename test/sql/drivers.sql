-- Drivers of an outcome, reliability of a scale, and the summary that both read.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/drivers.data'
-- Numbers as they are meant: rounded where the last digits are noise.
CREATE FUNCTION pg_temp.r(number float8) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN trim_scale(round(number::numeric, 9));

-- y = 10 + 2 * x1 + x2, exactly, with x1 and x2 independent: R squared is 1, of which x1 has 4 / 5.
CREATE TEMP TABLE line AS SELECT n, 10 + 2 * a + b AS y, ARRAY[a, b]::float8[] AS x FROM (VALUES (1, -1, -1), (2, -1, 1), (3, 1, -1), (4, 1, 1)) AS v (n, a, b);
SELECT cx.driver_agg(y, x) AS summary FROM line;
SELECT driver, pg_temp.r(relative_weight) AS weight, pg_temp.r(relative_share) AS share, pg_temp.r(coefficient) AS coefficient, pg_temp.r(standardized) AS standardized, pg_temp.r(correlation) AS correlation, pg_temp.r(variance_inflation) AS inflation, mean, pg_temp.r(std_dev) AS std_dev
FROM (SELECT cx.driver_agg(y, x) AS s FROM line) a, cx.drivers(s);
SELECT observations, incomplete, drivers, pg_temp.r(intercept) AS intercept, pg_temp.r(r_squared) AS r_squared, pg_temp.r(adjusted_r_squared) AS adjusted, residual_std_dev AS residual, pg_temp.r(condition_number) AS condition, pg_temp.r(largest_variance_inflation) AS inflation, warning
FROM (SELECT cx.driver_agg(y, x) AS s FROM line) a, cx.driver_fit(s);
-- y = 1, 2, 4 over x = 0, 1, 2: slope 3/2, r = sqrt(27/28), error sqrt(1/12), t = 3 * sqrt(3) with one degree of freedom: p = 1 - 2 / pi * atan(t)
SELECT pg_temp.r(relative_weight * 28) AS "27", pg_temp.r(coefficient) AS "1.5", pg_temp.r(std_error * std_error * 12) AS "1", pg_temp.r(t * t) AS "27", abs(p - (1 - 2 / pi() * atan(sqrt(27)))) < 1e-14 AS p
FROM (SELECT cx.driver_agg(y, ARRAY[x]) AS s FROM (VALUES (0, 1), (1, 2), (2, 4)) v (x, y)) a, cx.drivers(s);
-- every method; of independent drivers all agree
SELECT method, array_agg(pg_temp.r(relative_weight) ORDER BY driver) AS weights FROM (SELECT cx.driver_agg(y, x) AS s FROM line) a, unnest('{johnson,shapley,car,pratt,first,last,beta_squared}'::text[]) WITH ORDINALITY AS m (method, n), cx.drivers(s, method) GROUP BY n, method ORDER BY n;
SELECT cx.drivers(cx.driver_agg(y, x), 'lmg') FROM line;
SELECT cx.drivers(cx.driver_agg(y, x), NULL) FROM line;

-- Drivers that cannot be told apart share their weight and have no coefficients; one that does not vary has no weight.
SELECT kind, driver, pg_temp.r(relative_weight) AS weight, pg_temp.r(relative_share) AS share, coefficient, p, standardized, variance_inflation AS inflation, pg_temp.r(correlation) AS correlation, mean, pg_temp.r(std_dev) AS std_dev
FROM (SELECT 'twins' AS kind, cx.driver_agg(y, ARRAY[x[1], x[1]]) AS s FROM line UNION ALL SELECT 'mirror', cx.driver_agg(y, ARRAY[x[1], -2 * x[1], x[2]]) FROM line UNION ALL SELECT 'constant', cx.driver_agg(x[1], ARRAY[7, x[1]]) FROM line
	UNION ALL SELECT 'constant outcome', cx.driver_agg(7, x) FROM line UNION ALL SELECT 'one row', cx.driver_agg(y, x) FROM line WHERE n = 1) k, cx.drivers(s);
SELECT kind, observations, pg_temp.r(r_squared) AS r_squared, pg_temp.r(adjusted_r_squared) AS adjusted, intercept, condition_number AS condition, largest_variance_inflation AS inflation, warning
FROM (SELECT 'twins' AS kind, cx.driver_agg(y, ARRAY[x[1], x[1]]) AS s FROM line WHERE n <> 1 UNION ALL SELECT 'constant', cx.driver_agg(y, ARRAY[7, 8, x[1]]) FROM line WHERE n IN (1, 3) UNION ALL SELECT 'constant outcome', cx.driver_agg(7, x) FROM line
	UNION ALL SELECT 'one row', cx.driver_agg(y, x) FROM line WHERE n = 1 UNION ALL SELECT 'no rows', cx.driver_agg(NULL, x) FROM line UNION ALL SELECT 'no arrays', cx.driver_agg(y, NULL) FROM line) k, cx.driver_fit(s);
SELECT warning FROM (SELECT cx.with_names(cx.driver_agg(n % 3, ARRAY[n, n + 10 * (n % 2), n % 5]), '{price,cost,"wait"}') AS s FROM generate_series(1, 100) n) a, cx.driver_fit(s);
-- just under the limits there is no warning: of two drivers with correlation r the inflation is 1 / (1 - r * r), the condition number sqrt((1 + r) / (1 - r))
SELECT r, pg_temp.r(largest_variance_inflation) AS inflation, pg_temp.r(condition_number) AS condition, warning
FROM unnest('{0.94,0.95}'::float8[]) r, cx.driver_fit(('{"kind": "drivers", "observations": 100, "incomplete": 0, "means": [0, 0, 0], "mean_rests": [0, 0, 0], "products": [1, 0.5, 1, 0.5, ' || r || ', 1]}')::cx.driver_summary);

-- Incomplete rows are counted, and nothing else of them.
SELECT cx.driver_agg(y, x) AS summary FROM (VALUES (1::float8, '{1}'::float8[]), (NULL, '{2}'), (2, '{NULL}'), (3, NULL), ('NaN', '{4}'), (4, '{NaN}'), ('Infinity', '{5}'), (5, '{-Infinity}'), (NULL, NULL), (2, '{3}')) v (y, x);
SELECT cx.driver_agg(y, x) AS summary, cx.observations(cx.driver_agg(y, x)) FROM (VALUES (1::float8, NULL::float8[]), (NULL, NULL)) v (y, x);
SELECT cx.driver_agg(y, x), cx.item_agg(x), cx.cronbach_alpha(x) FROM line WHERE false;
SELECT cx.observations(NULL::cx.driver_summary), cx.r_squared(NULL), cx.cronbach_alpha(NULL::cx.driver_summary), cx.with_names(NULL, '{a}'), cx.rollup(NULL::cx.driver_summary), cx.driver_fit(NULL), cx.reliability(NULL), (SELECT count(*) FROM cx.drivers(NULL)) AS drivers, (SELECT count(*) FROM cx.items(NULL)) AS items;
-- what is refused, whatever the plan
SELECT rows, pg_temp.outcome(format('SELECT cx.driver_agg(y, x::float8[]) FROM (VALUES %s) v (y, x)', rows)) AS refused
FROM unnest(ARRAY[$$(1, '{}')$$, $$(1, '{1}'), (2, '{1,2}')$$, $$(1, '{1,2,3}'), (NULL, '{1}')$$, $$(1, '{{1,2}}')$$, $$(1, '[0:1]={1,2}')$$, $$(1, '{1e200}'), (2, '{-1e200}')$$, $$(1, '{1.7e308}'), (2, '{-1.7e308}')$$, $$(-1e200, '{1}'), (1e200, '{1}')$$]) AS rows;
SELECT pg_temp.outcome(format('SELECT cx.observations(cx.driver_agg(1, array_fill(1.0, ARRAY[%s])))', n)) FROM unnest('{100,101}'::int[]) n;
SELECT pg_temp.outcome(format('SELECT cx.rollup(s) FROM (SELECT cx.driver_agg(y, x) AS s FROM line UNION ALL SELECT %s FROM line) u', other)) AS refused FROM unnest(ARRAY['cx.driver_agg(y, x || 1.0::float8)', 'cx.item_agg(x)']) AS other;
-- far from zero, and close to it
SELECT pg_temp.r(r_squared) AS r_squared, pg_temp.r(adjusted_r_squared) AS adjusted, condition_number FROM (SELECT cx.driver_agg(1e15 + y, ARRAY[1e15 + x[1], -1e300 + x[2]]) AS s FROM line) a, cx.driver_fit(s);
SELECT scale, driver, pg_temp.r(relative_weight) AS weight, pg_temp.r(coefficient) AS coefficient FROM unnest('{1e150,1e-140,1e-160}'::float8[]) scale, LATERAL (SELECT cx.driver_agg(y * scale, ARRAY[x[1] * scale, x[2] * scale]) AS s FROM line) a, cx.drivers(s);

-- Merging gives what all rows give; nothing, and rows of which nothing is known, change nothing.
SELECT cx.rollup(s)::text = (SELECT cx.driver_agg(y, x) FROM line)::text AS same FROM (SELECT cx.driver_agg(y, x) AS s FROM line GROUP BY n UNION ALL SELECT NULL) p;
SELECT (cx.rollup(s))::jsonb -> 'incomplete' AS incomplete, (cx.rollup(s))::jsonb - 'incomplete' = (SELECT cx.driver_agg(y, x)::jsonb - 'incomplete' FROM line) AS same
FROM (SELECT cx.driver_agg(y, NULL) AS s FROM line UNION ALL SELECT cx.driver_agg(NULL, x) FROM line UNION ALL SELECT cx.driver_agg(y, x) FROM line UNION ALL SELECT cx.driver_agg(NULL, NULL)) p;
SELECT cx.rollup(s) FROM (SELECT cx.driver_agg(y, NULL) AS s FROM line GROUP BY n) p;
-- a window asks again and again
SELECT n, cx.observations(cx.driver_agg(y, x) OVER w), cx.cronbach_alpha(x) OVER w AS alpha FROM line WINDOW w AS (ORDER BY n) ORDER BY n;

-- Names.
SELECT driver, pg_temp.r(relative_weight) AS weight FROM (SELECT cx.with_names(cx.driver_agg(y, x), '{wait,"the price"}') AS s FROM line) a, cx.drivers(s);
SELECT cx.with_names(cx.with_names(cx.driver_agg(y, x), '{a,b}'), '{"é \"\\","x2"}') FROM line;
SELECT cx.rollup(s)::jsonb ->> 'names' AS names FROM (SELECT cx.driver_agg(y, x) AS s FROM line UNION ALL SELECT cx.with_names(cx.driver_agg(y, x), '{a,b}') FROM line UNION ALL SELECT cx.with_names(cx.driver_agg(NULL, x), '{a,b}') FROM line) p;
SELECT cx.rollup(s) FROM (SELECT cx.with_names(cx.driver_agg(y, x), '{a,b}') AS s FROM line UNION ALL SELECT cx.with_names(cx.driver_agg(y, x), '{b,a}') FROM line) p;
SELECT names, pg_temp.outcome(format('SELECT cx.with_names(cx.driver_agg(y, x), %L) FROM line', names)) AS refused FROM unnest(ARRAY['{}', '{a}', '{a,b,c}', '{a,NULL}', '{a,""}', '{a,a}', '{{a},{b}}', format('{a,%s}', repeat('x', 256))]) AS names;
SELECT length(driver) FROM (SELECT cx.with_names(cx.driver_agg(y, x), ARRAY['a', repeat('é', 127) || 'e']) AS s FROM line) a, cx.drivers(s);

-- Shapley values are for at most 20 drivers that vary.
SELECT count(*), pg_temp.r(sum(relative_weight)) = pg_temp.r(cx.r_squared(s)) AS sum FROM (SELECT cx.driver_agg(hashint4(n), array_fill(1.0::float8, ARRAY[5]) || (SELECT array_agg(hashint4(n * 100 + k)::float8) FROM generate_series(1, 12) k)) AS s FROM generate_series(1, 40) n) a, cx.drivers(s, 'shapley') GROUP BY s;
SELECT cx.drivers(s, 'shapley') FROM (SELECT cx.driver_agg(n, (SELECT array_agg(hashint4(n * 100 + k)::float8) FROM generate_series(1, 21) k)) AS s FROM generate_series(1, 5) n) a;
-- a hundred drivers, more than there are rows
SELECT count(*), pg_temp.r(sum(relative_weight)) AS sum, count(coefficient) AS coefficients FROM (SELECT cx.driver_agg(hashint4(n), (SELECT array_agg(hashint4(n * 100 + k)::float8) FROM generate_series(1, 100) k)) AS s FROM generate_series(1, 30) n) a, cx.drivers(s);
SELECT pg_temp.r(r_squared) AS r_squared, adjusted_r_squared, residual_std_dev, warning FROM (SELECT cx.driver_agg(hashint4(n), (SELECT array_agg(hashint4(n * 100 + k)::float8) FROM generate_series(1, 100) k)) AS s FROM generate_series(1, 30) n) a, cx.driver_fit(s);

-- Reliability.  Items 1, 2, 3 and 2, 2, 5: variances 1 and 3, of the sum 7; alpha = 2 * (1 - 4 / 7) = 6 / 7, r = sqrt(3) / 2.
CREATE TEMP TABLE scale AS SELECT ARRAY[a, b]::float8[] AS x FROM (VALUES (1, 2), (2, 2), (3, 5)) v (a, b);
SELECT pg_temp.r(cx.cronbach_alpha(x) * 7) AS "6", pg_temp.r(cx.cronbach_alpha(cx.item_agg(x)) * 7) AS "6", cx.item_agg(x) AS summary FROM scale;
SELECT observations, incomplete, items, pg_temp.r(alpha * 7) AS "6", pg_temp.r(standardized_alpha - 2 * sqrt(3) / (2 + sqrt(3))) AS "0", pg_temp.r(guttman_lambda6 - (1 - 2 * 0.25 / (2 + sqrt(3)))) AS "0", pg_temp.r(mean_correlation * mean_correlation) AS "3/4", std_error > 0 AS std_error FROM (SELECT cx.item_agg(x) AS s FROM scale) a, cx.reliability(s);
SELECT item, mean, pg_temp.r(std_dev * std_dev) AS variance, pg_temp.r(item_rest_correlation * item_rest_correlation) AS "3/4", alpha_without FROM (SELECT cx.item_agg(x) AS s FROM scale) a, cx.items(s);
-- three equal items are perfect, and so are two of them; two that contradict each other add up to nothing
SELECT kind, observations, incomplete, items, pg_temp.r(alpha) AS alpha, pg_temp.r(standardized_alpha) AS standardized, guttman_lambda6 AS lambda6, pg_temp.r(mean_correlation) AS mean_correlation, pg_temp.r(std_error) AS std_error, pg_temp.r(cx.cronbach_alpha(s)) AS again FROM (SELECT 'equal' AS kind, cx.item_agg(ARRAY[x[1], x[1], x[1]]) AS s FROM scale UNION ALL SELECT 'opposite', cx.item_agg(ARRAY[x[1], -x[1]]) FROM scale UNION ALL SELECT 'one', cx.item_agg(ARRAY[x[1]]) FROM scale
	UNION ALL SELECT 'constant', cx.item_agg(x || 3.0::float8) FROM scale UNION ALL SELECT 'one row', cx.item_agg(x) FROM scale WHERE x[1] = 1 UNION ALL SELECT 'no items', cx.item_agg(NULL) FROM scale) k, cx.reliability(s);
SELECT kind, item, mean, pg_temp.r(std_dev) AS std_dev, pg_temp.r(item_rest_correlation) AS rest, pg_temp.r(alpha_without) AS without FROM (SELECT 'equal' AS kind, cx.item_agg(ARRAY[x[1], x[1], x[1]]) AS s FROM scale UNION ALL SELECT 'opposite', cx.item_agg(ARRAY[x[1], -x[1]]) FROM scale UNION ALL SELECT 'one', cx.item_agg(ARRAY[x[1]]) FROM scale
	UNION ALL SELECT 'constant', cx.item_agg(x || 3.0::float8) FROM scale UNION ALL SELECT 'one row', cx.item_agg(x) FROM scale WHERE x[1] = 1 UNION ALL SELECT 'no rows', cx.item_agg(ARRAY[NULL, 1]) FROM scale) k, cx.items(s);
-- the drivers of an outcome are items as well; a summary of items has no outcome
SELECT pg_temp.r(cx.cronbach_alpha(cx.driver_agg(42, x)) * 7) AS "6" FROM scale;
SELECT cx.drivers(cx.item_agg(x)) FROM scale;
SELECT pg_temp.outcome('SELECT cx.driver_fit(cx.item_agg(x)) FROM scale') AS fit, pg_temp.outcome('SELECT cx.r_squared(cx.item_agg(x)) FROM scale') AS r_squared;

-- Text and JSON: what is written reads back.
SELECT s::text::cx.driver_summary = s AS text, s::jsonb::cx.driver_summary = s AS jsonb, s::text::cx.driver_summary::text = s::text AS again
FROM (SELECT cx.driver_agg(y / 3, ARRAY[x[1] / 7 + 1e9, x[2] * 1e-9]) AS s FROM line UNION ALL SELECT cx.driver_agg(NULL, NULL) UNION ALL SELECT cx.with_names(cx.item_agg(x), '{a,b}') FROM scale UNION ALL SELECT cx.driver_agg(y * 1e-155, ARRAY[x[1] * 3e-163, x[2] * 1e140]) FROM line) a;
SELECT '{"products": [2.0, -0.0, 2e0], "mean_rests": [0, 0], "means": [-0.0, 1], "incomplete": 0, "observations": 2, "kind": "drivers"}'::cx.driver_summary AS canonical;
SELECT input, pg_temp.outcome(format('SELECT %L::cx.driver_summary', input)) AS refused
FROM unnest(ARRAY['', '5', '{}', '{"kind": "drivers"}', '{"kind": "others", "observations": 0, "incomplete": 0, "means": [], "mean_rests": [], "products": []}']
	|| ARRAY(SELECT replace('{"kind": "drivers", "names": NAMES, "observations": N, "incomplete": 0, "means": MEANS, "mean_rests": RESTS, "products": PRODUCTS}', 'NAMES', coalesce(names, 'null')) FROM unnest(ARRAY['["a", "b"]', '[]', '[""]', '[1]', '"a"']) AS names) ) AS template,
	LATERAL (SELECT replace(replace(replace(replace(template, 'N,', '3,'), 'MEANS', '[1, 2]'), 'RESTS', '[0, 0]'), 'PRODUCTS', '[1, 0, 1]') AS input) AS i;
SELECT n, means, rests, products, pg_temp.outcome(format('SELECT ''{"kind": "%s", "observations": %s, "incomplete": 0, "means": %s, "mean_rests": %s, "products": %s}''::cx.driver_summary', CASE WHEN means = '[7]' THEN 'items' ELSE 'drivers' END, n, means, rests, products)) AS answer
FROM (VALUES (3, '[1, 2]', '[0, 0]', '[1, 0]'), (3, '[1, 2]', '[0]', '[1, 0, 1]'), (3, '[1]', '[0]', '[1]'), (3, '[]', '[]', '[]'), (0, '[]', '[]', '[]'), (-1, '[1, 2]', '[0, 0]', '[1, 0, 1]'), (3, '[1, 2]', '[0, 0]', '[1, 0, -1]'), (3, '[1, 2]', '[0, 0]', '[1, 1.01, 1]'), (3, '[1, 2]', '[0, 0]', '[1, 1, 1]'),
	(3, '[1, 2]', '[0, 0]', '[1, 1, 0]'), (1, '[1, 2]', '[0, 0]', '[1, 0, 1]'), (1, '[1, 2]', '[0, 0]', '[0, 0, 0]'), (0, '[0, 2]', '[0, 0]', '[0, 0, 0]'), (3, '[1, 2]', '[0, 0.5]', '[1, 0, 1]'), (3, '[1, 2]', '[0, 1e-17]', '[1, 0, 1]'), (3, '[1, 1e400]', '[0, 0]', '[1, 0, 1]'), (3, '[1, null]', '[0, 0]', '[1, 0, 1]'),
	(9, '[0, 0, 0]', '[0, 0, 0]', '[1, 0.9, 1, 0.9, -0.9, 1]'), (9, '[0, 0, 0]', '[0, 0, 0]', '[1, 0.9, 1, 0.9, 0.9, 1]'), (9, '[7]', '[0]', '[2]')) v (n, means, rests, products);
SELECT pg_temp.outcome(format('SELECT ''{"kind": "items", "observations": 0, "incomplete": 0, "means": %s, "mean_rests": %1$s, "products": %s}''::cx.driver_summary IS NOT NULL', to_json(array_fill(0, ARRAY[n])), to_json(array_fill(0, ARRAY[n * (n + 1) / 2])))) AS answer FROM unnest('{100,101}'::int[]) n;
-- counts stay in range
SELECT pg_temp.outcome($$SELECT cx.rollup(s) FROM (SELECT '{"kind": "items", "observations": 9223372036854775807, "incomplete": 0, "means": [0], "mean_rests": [0], "products": [0]}'::cx.driver_summary AS s FROM generate_series(1, 2)) a$$) AS observations,
	pg_temp.outcome($$SELECT cx.rollup(s) FROM (SELECT '{"kind": "items", "observations": 0, "incomplete": 9223372036854775807, "means": [0], "mean_rests": [0], "products": [0]}'::cx.driver_summary AS s FROM generate_series(1, 2)) a$$) AS incomplete;
-- binary: a version byte and the text; read through a file
SELECT get_byte(b, 0) AS version, convert_from(substr(b, 2), 'UTF8') = s::text AS text FROM (SELECT cx._driver_summary_send(s) AS b, s FROM (SELECT cx.driver_agg(y, x) AS s FROM line) a) b;
CREATE TEMP TABLE received (summary cx.driver_summary);
INSERT INTO received SELECT cx.driver_agg(y, x) FROM line;
COPY received TO :'file' (FORMAT binary);
COPY received FROM :'file' (FORMAT binary);
SELECT count(*), count(DISTINCT summary) FROM received;

-- Bytes that are no summary: an answer or XX001, and the backend lives.
BEGIN;
CREATE TYPE raw;
CREATE FUNCTION raw_in(cstring) RETURNS raw LANGUAGE internal STRICT IMMUTABLE AS 'byteain';
CREATE FUNCTION raw_out(raw) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'byteaout';
CREATE TYPE raw (INPUT = raw_in, OUTPUT = raw_out, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (raw AS cx.driver_summary) WITHOUT FUNCTION;
CREATE CAST (cx.driver_summary AS raw) WITHOUT FUNCTION;
CREATE TEMP TABLE calls AS SELECT unnest(ARRAY['s::text', 's::jsonb', 'cx._driver_summary_send(s)', '(SELECT string_agg(d::text, '' '') FROM cx.drivers(s) d)', '(SELECT string_agg(d::text, '' '') FROM cx.drivers(s, ''shapley'') d)', 'cx.driver_fit(s)', 'cx.reliability(s)', '(SELECT string_agg(d::text, '' '') FROM cx.items(s) d)',
	'cx.with_names(s, ''{a,b}'')', '(SELECT cx.rollup(x) FROM unnest(ARRAY[s, s]) x)', 'cx.cronbach_alpha(s)', 'cx.observations(s)', 'cx.r_squared(s)', 's = s']) AS call;
CREATE FUNCTION pg_temp.misbehaved(bytes bytea) RETURNS TABLE (call text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR call IN SELECT calls.call FROM calls LOOP
		BEGIN
			EXECUTE format('SELECT (%s)::text FROM (SELECT $1::text::raw::cx.driver_summary AS s) AS s', call) INTO got USING bytes;
		EXCEPTION WHEN data_corrupted THEN
			CONTINUE WHEN SQLERRM = 'stored driver_summary is corrupted';
			got := SQLERRM;
			RETURN NEXT;
		-- numbers may leave their range when they are added up
		WHEN numeric_value_out_of_range THEN
			CONTINUE WHEN call ~ 'rollup';
			got := SQLERRM;
			RETURN NEXT;
		-- a turned bit may take the outcome away
		WHEN invalid_parameter_value THEN
			CONTINUE WHEN SQLERRM IN ('summary of items has no outcome', 'there must be a name for each driver');
			got := SQLERRM;
			RETURN NEXT;
		END;
	END LOOP;
END $$;
CREATE TEMP TABLE good AS SELECT cx.with_names(cx.driver_agg(y, x), '{ab,c}')::raw::text::bytea AS bytes FROM line UNION ALL SELECT cx.item_agg(x)::raw::text::bytea FROM scale;
SELECT length(bytes) FROM good;
SELECT i, value, x.* FROM good, generate_series(0, length(bytes) - 1) i, unnest('{0,1,2,127,255}'::int[]) value, pg_temp.misbehaved(set_byte(bytes, i, value)) x LIMIT 5;
SELECT i, x.* FROM good, generate_series(0, length(bytes) - 1) i, pg_temp.misbehaved(substr(bytes, 1, i)) x LIMIT 5;
SELECT x.* FROM good, unnest('{"\\x00","\\x0102030405060708"}'::bytea[]) more, pg_temp.misbehaved(bytes || more) x LIMIT 5;
ROLLBACK;
-- support functions are for aggregates
SELECT cx._driver_add(cx.driver_agg(y, x), 1, '{1,2}') FROM line;
