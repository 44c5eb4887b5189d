-- RFM: ties together, a name for every cell.  Health: what is known counts, and every point is explained.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SELECT plan(16);

SELECT is(cx.rfm_score(15, '{10,20,30,40}'), 2, 'a score is 1 plus the cut points below');
SELECT is(cx.rfm_score(20, '{10,20,30,40}'), 2, 'a value on a cut point has the lower score');
SELECT is(cx.rfm_score(1, '{1,1,1,2}'), 1, 'ties take the lowest score');
SELECT is(cx.rfm_score(2, '{1,1,1,2}'), 4, 'and what is above them skips the scores they take up');
SELECT throws_ok($$SELECT cx.rfm_score(1, '{2,1}')$$, '22023', 'cut points must ascend', 'cut points have an order');
SELECT results_eq('SELECT count(*), count(segment), count(DISTINCT segment) FROM cx.rfm_cells()', 'VALUES (25::bigint, 25::bigint, 10::bigint)', 'each of 25 cells has one of ten names');
SELECT is(cx.rfm_segment(5, 5), 'champion', 'the best');
SELECT is(cx.rfm_segment(1, 5), 'cannot_lose', 'who bought most and left');
SELECT is(cx.rfm_segment(5, 3, 4), 'champion', 'frequency and amount count the same, halves up');

SELECT is(round(cx.health('{80,NULL,20}', '{40,30,30}')::numeric, 2), 54.29, 'usage 80 of weight 40, tickets 20 of 30, survey not known');
SELECT is(cx.health_coverage('{80,NULL,20}', '{40,30,30}'), 0.7::float8, 'of which 70 % are known');
SELECT is(cx.health('{80,NULL,20}', '{40,30,30}', 0.75), NULL, 'too little for who wants 75 %');
SELECT is(cx.health('{400,-5}', '{1,1}'), 50::float8, 'values stay within 0 and 100');
SELECT is(cx.health('{NULL}', '{1}'), NULL, 'nothing known, no score: not 0');
SELECT is(round(sum(contribution)::numeric, 9), round(cx.health('{80,NULL,20}', '{40,30,30}')::numeric, 9), 'contributions add up to the score') FROM cx.health_explain('{usage,survey,tickets}', '{80,NULL,20}', '{40,30,30}');
SELECT is(round(sum(change)::numeric, 9), round((cx.health('{80,NULL,20}', '{40,30,30}') - cx.health('{60,50,NULL}', '{40,30,30}'))::numeric, 9), 'changes add up to the change of the score')
FROM cx.health_explain('{usage,survey,tickets}', '{80,NULL,20}', '{40,30,30}', '{60,50,NULL}');

SELECT * FROM finish();
ROLLBACK;
