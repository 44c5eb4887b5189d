-- Survey scores: published numbers, and what a summary is for.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(52);

-- a summary of promoters, passives and detractors
CREATE FUNCTION pg_temp.nps(promoters int, passives int, detractors int) RETURNS cx.score_summary LANGUAGE sql IMMUTABLE
RETURN format('{"scale": [0, 10], "counts": [0, 0, 0, %s, 0, 0, 0, %s, 0, 0, %s]}', detractors, passives, promoters)::cx.score_summary;
CREATE FUNCTION pg_temp.rounded(number float8, places int) RETURNS numeric LANGUAGE sql IMMUTABLE RETURN round(number::numeric, places);

SELECT is(cx.nps(pg_temp.nps(70, 20, 10)), 60::float8, '70 promoters, 20 passives, 10 detractors: 60');
SELECT is(pg_temp.rounded((cx.nps_high(pg_temp.nps(70, 20, 10), 0.6826894921370859) - 60), 4), 6.6332, 'its standard error is 6.6332');
SELECT is(pg_temp.rounded(cx.nps_high(pg_temp.nps(70, 20, 10)) - 60, 2), 13.00, 'and 13.00 points either way hold 95 percent');
SELECT is(pg_temp.rounded(60 - cx.nps_low(pg_temp.nps(70, 20, 10)), 2), 13.00, 'below as above');
SELECT is(pg_temp.rounded(cx.nps(pg_temp.nps(30, 20, 10)), 2), 33.33, '30, 20 and 10: 33.33');
SELECT is(pg_temp.rounded(cx.nps_high(pg_temp.nps(30, 20, 10), 0.6826894921370859) - cx.nps(pg_temp.nps(30, 20, 10)), 4), 9.6225, 'with a standard error of 9.6225');
SELECT is(pg_temp.rounded(z, 3), 1.762, '60 against 38: z = 1.762') FROM cx.nps_compare(pg_temp.nps(70, 20, 10), pg_temp.nps(60, 22, 18));
SELECT is(difference, 18::float8, 'a difference of 18 points') FROM cx.nps_compare(pg_temp.nps(70, 20, 10), pg_temp.nps(60, 22, 18));
SELECT is(ARRAY[pg_temp.rounded(difference, 4), pg_temp.rounded(z, 4), pg_temp.rounded(p, 5)], ARRAY[17.5, 1.6552, 0.09788], '20, 50 and 30 of 100 against 30, 45 and 45 of 120') FROM cx.nps_compare(pg_temp.nps(50, 30, 20), pg_temp.nps(45, 45, 30));
SELECT is(ARRAY[pg_temp.rounded(cx.nps_low(s), 3), pg_temp.rounded(cx.nps_high(s), 3)], ARRAY[14.692, 45.308], 'the plain interval of 30 from 50, 30 and 20') FROM pg_temp.nps(50, 30, 20) s;
SELECT is(ARRAY[pg_temp.rounded(cx.nps_low(s, method => 'adjusted'), 3), pg_temp.rounded(cx.nps_high(s, method => 'adjusted'), 3)], ARRAY[14.051, 44.201], 'and the adjusted one') FROM pg_temp.nps(50, 30, 20) s;
SELECT is(ARRAY[cx.nps_low(s), cx.nps_high(s)], ARRAY[100, 100]::float8[], 'ten of ten leave the plain interval no width') FROM pg_temp.nps(10, 0, 0) s;
SELECT is(ARRAY[pg_temp.rounded(cx.nps_low(s, method => 'adjusted'), 2), pg_temp.rounded(cx.nps_high(s, method => 'adjusted'), 2)], ARRAY[47.50, 100.00], 'but not the adjusted one') FROM pg_temp.nps(10, 0, 0) s;

SELECT is(cx.nps(pg_temp.nps(8, 1, 1)), 70::float8, 'ten responses: 70');
SELECT is(cx.nps(pg_temp.nps(10, 40, 50)), -40::float8, 'a hundred others: -40');
SELECT is(pg_temp.rounded(cx.nps(pg_temp.nps(8, 1, 1) + pg_temp.nps(10, 40, 50)), 10), -30.0, 'together -30, not the average of 15');
SELECT is(pg_temp.rounded(cx.nps(cx.rollup(s)), 10), -30.0, 'by rollup as well') FROM (VALUES (pg_temp.nps(8, 1, 1)), (pg_temp.nps(10, 40, 50)), (NULL)) v (s);
SELECT is(pg_temp.nps(18, 41, 51) - pg_temp.nps(10, 40, 50), pg_temp.nps(8, 1, 1), 'what was added can be taken away');

CREATE TEMP TABLE change AS SELECT d.* FROM cx.nps_decompose('{ent,smb}', ARRAY[pg_temp.nps(60, 20, 20), pg_temp.nps(20, 30, 50)], ARRAY[pg_temp.nps(31, 10, 9), pg_temp.nps(33, 45, 72)]) d;
SELECT results_eq('SELECT segment, before_nps, after_nps FROM change', $$VALUES ('ent', 40::float8, 44::float8), ('smb', -30, -26)$$, 'both segments gain 4 points');
SELECT is(pg_temp.rounded(sum(rate), 10), 4.0, 'which is what the rates say') FROM change;
SELECT is(pg_temp.rounded(sum(mix), 10), -17.5, 'but the mix costs 17.5') FROM change;
SELECT is(pg_temp.rounded(sum(rate + mix), 10), -13.5, 'so all together lose 13.5 points: from 5 to -8.5') FROM change;

SELECT is(pg_temp.rounded(cx.ces(s), 2), 4.08, 'one survey, the mean: 4.08') FROM (VALUES ('{"scale": [1, 7], "counts": [80, 210, 140, 110, 160, 180, 120]}'::cx.score_summary)) v (s);
SELECT is(cx.ces(s, 'agree'), 0.46::float8, 'the same survey, those who agree: 46 percent') FROM (VALUES ('{"scale": [1, 7], "counts": [80, 210, 140, 110, 160, 180, 120]}'::cx.score_summary)) v (s);
SELECT is(cx.ces(s, 'index'), -13::float8, 'the same survey, the index: -13') FROM (VALUES ('{"scale": [1, 7], "counts": [80, 210, 140, 110, 160, 180, 120]}'::cx.score_summary)) v (s);
SELECT is(cx.ces(score), 4::float8, 'in one step, the mean') FROM generate_series(1, 7) score;
SELECT throws_ok($$SELECT cx.ces(pg_temp.nps(1, 1, 1), 'index')$$, '22023', NULL, 'the index is one of scores from 1 to 7');

SELECT is(ARRAY[cx.csat(s), pg_temp.rounded(cx.csat_low(s), 4), pg_temp.rounded(cx.csat_high(s), 4)]::numeric[], ARRAY[0.9, 0.7864, 0.9565], '45 of 50 are satisfied: Wilson''s limits are 0.7864 and 0.9565') FROM (VALUES ('{"scale": [1, 5], "counts": [1, 2, 2, 20, 25]}'::cx.score_summary)) v (s);
SELECT is(ARRAY[cx.csat(s), pg_temp.rounded(cx.csat_low(s), 4), cx.csat_high(s)]::numeric[], ARRAY[1, 0.4385, 1], '3 of 3: from 0.4385 to 1') FROM (VALUES ('{"scale": [1, 5], "counts": [0, 0, 0, 1, 2]}'::cx.score_summary)) v (s);
SELECT is(cx.csat(s, 1), 0.5::float8, 'only the highest score') FROM (VALUES ('{"scale": [1, 5], "counts": [1, 2, 2, 20, 25]}'::cx.score_summary)) v (s);
SELECT is(cx.csat(score), 0.4::float8, 'in one step, 4 and 5 of 1 to 5') FROM generate_series(1, 5) score;
SELECT is(cx.csat(pg_temp.nps(3, 1, 0)), 0.75::float8, 'top boxes go with any scale');
SELECT throws_ok($$SELECT cx.nps('{"scale": [1, 5], "counts": [1, 1, 1, 1, 1]}'::cx.score_summary)$$, '22023', NULL, 'promoters do not');

SELECT is(cx.score_agg(score), '{"scale": [0, 10], "counts": [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "invalid": 4, "missing": 1}', 'what is none of the scale is invalid and not clipped, NULL is missing') FROM unnest('{0,10,11,-1,9.5,NaN,NULL}'::float8[]) score;
SELECT is(cx.nps(score), 0::float8, 'neither changes the score, which may be 0') FROM unnest('{0,10,11,-1,9.5,NaN,NULL}'::float8[]) score;
SELECT is(cx.nps(score), NULL, 'but without a valid score there is none') FROM unnest('{11,NULL}'::float8[]) score;
SELECT is(cx.response_rate(cx.score_agg(score)), 0.4::float8, 'two answers to five questions') FROM unnest('{9,3,NULL,NULL,NULL}'::float8[]) score;
SELECT is(cx.nps(pg_temp.nps(7, 2, 1), at_least => 30), NULL, 'ten responses are less than 30');
SELECT is(cx.nps(pg_temp.nps(7, 2, 1), at_least => 10), 60::float8, 'but ten');
SELECT results_eq($$SELECT cx.promoters(s), cx.passives(s), cx.detractors(s), cx.responses(s) FROM pg_temp.nps(7, 2, 1) s$$, 'VALUES (7::bigint, 2::bigint, 1::bigint, 10::bigint)', 'what a score is made of adds up');

SELECT is(pg_temp.rounded(cx.nps(score, weight), 4), 20.0, 'weights count as shares') FROM (VALUES (10, 3), (0, 2)) v (score, weight);
SELECT is(pg_temp.rounded(cx.effective_n(cx.score_agg(score, weight)), 6), 1.923077, 'Kish: 5 squared by 13') FROM (VALUES (10, 3), (0, 2)) v (score, weight);
SELECT is(cx.effective_n(cx.score_agg(score, 0.1)), 3::float8, 'equal weights are worth their number') FROM (VALUES (10), (0), (7)) v (score);
SELECT is(cx.score_agg(9, 1), cx.score_agg(9), 'the weight 1 is no weight');
SELECT is(cx.nps_high(a), cx.nps_high(b), 'ten times the weight makes nothing surer') FROM (SELECT cx.score_agg(s, 0.5) AS a, cx.score_agg(s, 5) AS b FROM generate_series(0, 10) s) t;

SELECT throws_ok($$SELECT cx.score_agg(s, 1, '[0,10]', k) FROM (VALUES (9, 'relational'), (9, 'transactional')) v (s, k)$$, '22023', NULL, 'relational and transactional scores do not mix');
SELECT throws_ok($$SELECT cx.score_agg(1, 1, '[0,10]', 'employee') + cx.score_agg(1)$$, '22023', NULL, 'nor employees with those who did not say');
SELECT throws_ok($$SELECT cx.nps_compare(cx.score_agg(1, 1, '[0,10]', 'employee'), cx.score_agg(1, 1, '[0,10]', 'relational'))$$, '22023', NULL, 'nor are they compared');
SELECT throws_ok($$SELECT cx.rollup(s) FROM (SELECT cx.score_agg(1, 1, scale) AS s FROM unnest('{"[0,10]","[1,10]"}'::int4range[]) scale GROUP BY scale) t$$, '22023', NULL, 'different scales do not merge');
SELECT is(cx.kind(cx.score_agg(1, 1, '[0,10]', 'employee')), 'employee', 'the kind can be asked for');
SELECT is(cx.scale(cx.score_agg(1, 1, '[1,5]')), '[1,5]'::int4range, 'and the scale');
SELECT results_eq($$SELECT cx.nps(s) OVER (ORDER BY n ROWS 1 PRECEDING) FROM (VALUES (1, 10), (2, 10), (3, 0), (4, 0), (5, 7)) v (n, s)$$, 'VALUES (100::float8), (100), (0), (-100), (-50)', 'a moving score forgets what has left the window');

SELECT * FROM finish();
ROLLBACK;
