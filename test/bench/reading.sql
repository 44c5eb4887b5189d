-- Reading stored journeys against the same question to the rows, and what they take on disk.  Needs :rounds.

SET jit = off;
SET work_mem = '4GB';
SET max_parallel_workers_per_gather = 0;

CALL bench.race('read the touch count', :rounds, 'Aggregate', true,
	'journeys', 'SELECT sum(cx.touch_count(journey))::text FROM bench.journey',
	'rows', 'SELECT count(*)::text FROM bench.event');
CALL bench.race('read the times', :rounds, 'Aggregate', true,
	'journeys', 'SELECT max(cx.duration(journey))::text FROM bench.journey',
	'rows', 'SELECT max(d)::text FROM (SELECT max(at) - min(at) AS d FROM bench.event GROUP BY customer_id) x');
CALL bench.race('read the touchpoints', :rounds, 'Aggregate', true,
	'journeys', 'SELECT sum(length(cx.path(journey)))::text FROM bench.journey',
	'rows', 'SELECT sum(length(p))::text FROM (SELECT string_agg(touchpoint, '' > '' ORDER BY at) AS p FROM bench.event GROUP BY customer_id) x');

INSERT INTO bench.ratio (what, ratio, must)
SELECT race || ': rows / journeys', bench.ms(race, 'rows') / bench.ms(race, 'journeys'), NULL
FROM (VALUES ('read the touch count'), ('read the times'), ('read the touchpoints')) r(race);

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'bytes a touch, touchpoints', sum(pg_column_size(journey))::float8 / sum(cx.touch_count(journey)), '<= 12' FROM bench.journey
UNION ALL
SELECT 'bytes a touch, with channels', sum(pg_column_size(journey))::float8 / sum(cx.touch_count(journey)), '<= 13' FROM bench.channel_journey;
INSERT INTO bench.ratio (what, ratio, must)
SELECT 'heap rows / journeys with channels, bytes', pg_relation_size('bench.event')::float8 / sum(pg_column_size(journey)), '>= 5' FROM bench.channel_journey;
