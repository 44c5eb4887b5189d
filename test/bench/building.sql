-- Building journeys from raw rows, against the cheapest grouping that reads the same rows.  Needs :rounds.

SET jit = off;
SET work_mem = '4GB';
SET hash_mem_multiplier = 1;
SET max_parallel_workers_per_gather = 0;

\set count_max 'SELECT sum(c)::text FROM (SELECT customer_id, count(*) AS c, max(at) AS m FROM bench.event GROUP BY 1) x WHERE m IS NOT NULL'
\set journeys 'SELECT sum(cx.touch_count(j))::text FROM (SELECT customer_id, cx.journey_agg(at, touchpoint) AS j FROM bench.event GROUP BY 1) x'
\set arrays 'SELECT sum(cardinality(a))::text FROM (SELECT customer_id, array_agg(touchpoint ORDER BY at) AS a FROM bench.event GROUP BY 1) x'
\set count_max_part 'SELECT sum(c)::text FROM (SELECT customer_id, count(*) AS c, max(at) AS m FROM bench.event_part GROUP BY 1) x WHERE m IS NOT NULL'
\set journeys_part 'SELECT sum(cx.touch_count(j))::text FROM (SELECT customer_id, cx.journey_agg(at, touchpoint) AS j FROM bench.event_part GROUP BY 1) x'

SET enable_hashagg = off;
CALL bench.race('build, sort plan', :rounds, 'GroupAggregate', true,
	'count, max', :'count_max', 'journey_agg', :'journeys', 'array_agg', :'arrays');
SET enable_hashagg = on;

SET enable_sort = off;
CALL bench.race('build, hash plan', :rounds, 'HashAggregate', true,
	'count, max', :'count_max', 'journey_agg', :'journeys');

SET enable_partitionwise_aggregate = on;
CALL bench.race('build, hash plan, 8 partitions by customer', :rounds, 'Append(.*HashAggregate){8}', true,
	'count, max', :'count_max_part', 'journey_agg', :'journeys_part');
RESET enable_sort;

SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET enable_sort = off;
CALL bench.race('build, 2 workers, 8 partitions by customer', :rounds, 'Parallel Append', true,
	'count, max', :'count_max_part', 'journey_agg', :'journeys_part');
RESET enable_sort;
RESET enable_partitionwise_aggregate;
SET enable_hashagg = off;
CALL bench.race('build, 2 workers', :rounds, 'Partial GroupAggregate', true,
	'count, max', :'count_max', 'journey_agg', :'journeys');
RESET enable_hashagg;
RESET max_parallel_workers_per_gather;

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'journey_agg / (count, max): sort plan', bench.ms('build, sort plan', 'journey_agg') / bench.ms('build, sort plan', 'count, max'), '<= 1.25'
UNION ALL
SELECT 'journey_agg / (count, max): hash plan', bench.ms('build, hash plan', 'journey_agg') / bench.ms('build, hash plan', 'count, max'), '<= 2'
UNION ALL
SELECT 'array_agg(touchpoint ORDER BY at) / journey_agg', bench.ms('build, sort plan', 'array_agg') / bench.ms('build, sort plan', 'journey_agg'), '>= 1.25'
UNION ALL
SELECT 'journey_agg / (count, max): 8 partitions', bench.ms('build, hash plan, 8 partitions by customer', 'journey_agg') / bench.ms('build, hash plan, 8 partitions by customer', 'count, max'), NULL
UNION ALL
SELECT 'journey_agg: 1 core / 2 workers, 8 partitions', bench.ms('build, hash plan, 8 partitions by customer', 'journey_agg') / bench.ms('build, 2 workers, 8 partitions by customer', 'journey_agg'), NULL
UNION ALL
SELECT 'journey_agg: 1 core / 2 workers, one table', bench.ms('build, sort plan', 'journey_agg') / bench.ms('build, 2 workers', 'journey_agg'), NULL;
