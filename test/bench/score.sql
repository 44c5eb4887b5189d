-- Rolling Net Promoter Scores: half as many responses as touches over three years, the last 90 days before each of them.
-- Taking back what leaves the frame must make it linear; without, only a small part can be waited for.  Needs :rounds.

SET jit = off;
SET work_mem = '4GB';
SET max_parallel_workers_per_gather = 0;

SELECT setseed(0.42) \g /dev/null
CREATE UNLOGGED TABLE bench.response AS
SELECT n, timestamptz '2023-01-01 00:00+00' + floor(random() * 94694400) * interval '1 second' AS at, CASE WHEN random() < 0.02 THEN NULL ELSE floor(11 * sqrt(random())) END::float8 AS score
FROM generate_series(1, (SELECT count(*) / 2 FROM bench.event)) n;
CREATE UNLOGGED TABLE bench.response_few AS SELECT * FROM bench.response LIMIT 20000;
VACUUM ANALYZE bench.response, bench.response_few;
-- the same aggregate without the way back
CREATE AGGREGATE bench.nps_forward(float8) (SFUNC = cx._score_add, STYPE = cx.score_summary, FINALFUNC = cx._score_nps, PARALLEL = SAFE);

\set over 'OVER (ORDER BY at RANGE BETWEEN ''90 days'' PRECEDING AND CURRENT ROW) AS nps'
\set all 'SELECT round(sum(nps)::numeric, 3)::text FROM (SELECT cx.nps(score) ':over' FROM bench.response) s'
\set half 'SELECT round(sum(nps)::numeric, 3)::text FROM (SELECT cx.nps(score) ':over' FROM bench.response WHERE n % 2 = 0) s'
\set counts 'SELECT round(sum(n)::numeric, 3)::text FROM (SELECT count(score) OVER (ORDER BY at RANGE BETWEEN ''90 days'' PRECEDING AND CURRENT ROW) AS n FROM bench.response) s'
CALL bench.race('rolling NPS', :rounds, 'WindowAgg', false, 'all', :'all', 'every second', :'half', 'count', :'counts');
\set few 'SELECT round(sum(nps)::numeric, 3)::text FROM (SELECT cx.nps(score) ':over' FROM bench.response_few) s'
\set forward 'SELECT round(sum(nps)::numeric, 3)::text FROM (SELECT bench.nps_forward(score) ':over' FROM bench.response_few) s'
CALL bench.race('rolling NPS, 20000 responses', :rounds, 'WindowAgg', true, 'nps', :'few', 'without inverse', :'forward');
CALL bench.race('NPS', :rounds, 'Aggregate', false, 'nps', 'SELECT cx.nps(score)::text FROM bench.response', 'avg', 'SELECT avg(score)::text FROM bench.response');

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'rolling NPS: twice the responses', bench.ms('rolling NPS', 'all') / bench.ms('rolling NPS', 'every second'), '<= 2.6'
UNION ALL
SELECT 'rolling NPS: score / count', bench.ms('rolling NPS', 'all') / bench.ms('rolling NPS', 'count'), NULL
UNION ALL
SELECT 'rolling NPS of 20,000: without inverse / score', bench.ms('rolling NPS, 20000 responses', 'without inverse') / bench.ms('rolling NPS, 20000 responses', 'nps'), NULL
UNION ALL
SELECT 'NPS: score / avg', bench.ms('NPS', 'nps') / bench.ms('NPS', 'avg'), NULL;
