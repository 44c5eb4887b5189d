-- Drivers: weights that add up to what is explained, whatever drivers have in common; reliability of a scale.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(17);

-- satisfaction with waiting, price and the whole: whole = 2 * waiting + 2 * price, which have nothing to do with each other, and waiting varies twice as much
CREATE TEMP TABLE survey AS SELECT whole::float8, ARRAY[waiting, price]::float8[] AS details FROM (VALUES (1, 1, 4), (3, 1, 8), (3, 2, 10), (1, 2, 6)) v (waiting, price, whole);
SELECT results_eq('SELECT driver, round(relative_weight::numeric, 9), round(relative_share::numeric, 9) FROM (SELECT cx.driver_agg(whole, details) AS s FROM survey) a, cx.drivers(s)', $$VALUES ('x1', 0.8, 0.8), ('x2', 0.2, 0.2)$$, 'weights of independent drivers are squared correlations');
SELECT results_eq('SELECT driver FROM (SELECT cx.with_names(cx.driver_agg(whole, details), ''{waiting,price}'') AS s FROM survey) a, cx.drivers(s)', $$VALUES ('waiting'), ('price')$$, 'drivers can be named');
SELECT is(round(cx.r_squared(cx.driver_agg(whole, details))::numeric, 9), 1.000000000, 'R squared') FROM survey;
SELECT results_eq('SELECT round(relative_weight::numeric, 9), coefficient FROM (SELECT cx.driver_agg(whole, ARRAY[details[1], 10 * details[1] + 3]) AS s FROM survey) a, cx.drivers(s)', $$VALUES (0.400000000, NULL::float8), (0.400000000, NULL)$$, 'drivers that say the same share the weight and have no coefficients');
SELECT results_eq('SELECT round(sum(relative_weight)::numeric, 9) FROM (SELECT cx.driver_agg(whole, details || (details[1] + details[2])) AS s FROM survey) a, unnest(''{johnson,shapley,car}''::text[]) m, cx.drivers(s, m) GROUP BY m', 'VALUES (1.000000000), (1.000000000), (1.000000000)', 'weights of dependent drivers add up to R squared');
SELECT ok(bool_and(relative_weight IS NULL AND correlation IS NULL AND mean IS NOT NULL), 'a driver that does not vary has no weight') FROM (SELECT cx.driver_agg(whole, ARRAY[5, 5]) AS s FROM survey) a, cx.drivers(s);
SELECT is(cx.r_squared(cx.driver_agg(5, details)), NULL, 'nothing explains what does not vary') FROM survey;
SELECT is((cx.driver_fit(cx.driver_agg(whole, details || details[1]))).warning ~ 'linearly dependent', true, 'dependence is told') FROM survey;
SELECT is((cx.driver_fit(cx.driver_agg(whole, details))).warning, NULL, 'and nothing if there is nothing to tell') FROM survey;
SELECT results_eq('SELECT observations, incomplete FROM (SELECT cx.driver_agg(y, x) AS s FROM (VALUES (1::float8, ''{1}''::float8[]), (NULL, ''{2}''), (2, ''{NaN}''), (3, ''{NULL}''), (4, NULL), (2, ''{3}'')) v (y, x)) a, cx.driver_fit(s)', 'VALUES (2::bigint, 4::bigint)', 'rows that are not complete are counted apart');
SELECT is(cx.driver_agg(whole, details), NULL, 'no rows, no summary') FROM survey WHERE false;
SELECT results_eq('SELECT driver, round(relative_weight::numeric, 9), round(mean::numeric, 9) FROM (SELECT cx.rollup(s) AS s FROM (SELECT cx.driver_agg(whole, details) AS s FROM survey GROUP BY whole) p) a, cx.drivers(s)', 'SELECT driver, round(relative_weight::numeric, 9), round(mean::numeric, 9) FROM (SELECT cx.driver_agg(whole, details) AS s FROM survey) a, cx.drivers(s)', 'parts make up the whole');
SELECT throws_ok($$SELECT cx.driver_agg(1, x) FROM (VALUES ('{1}'::float8[]), ('{1,2}')) v (x)$$, '22023', 'rows have different numbers of drivers', 'all rows have the same drivers');
SELECT is(round(cx.cronbach_alpha(x)::numeric, 9), round(6 / 7.0, 9), 'alpha of variances 1 and 3 whose sum has 7') FROM (VALUES ('{1,2}'::float8[]), ('{2,2}'), ('{3,5}')) v (x);
SELECT is(cx.cronbach_alpha(x), NULL, 'one item is no scale') FROM (VALUES ('{1}'::float8[]), ('{2}')) v (x);
SELECT is(cx.cronbach_alpha(x), NULL, 'items that cancel out have no alpha') FROM (VALUES ('{0.1,-0.1}'::float8[]), ('{0.2,-0.2}'), ('{0.7,-0.7}')) v (x);
SELECT throws_ok($$SELECT cx.r_squared(cx.item_agg('{1,2}'))$$, '22023', 'summary of items has no outcome', 'a scale has no outcome');

SELECT * FROM finish();
ROLLBACK;
