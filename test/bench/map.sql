-- The journey map of all journeys against the same question to the rows.  Needs :rounds.

SET jit = off;
SET work_mem = '4GB';
SET max_parallel_workers_per_gather = 0;

\set map `cat questions/map-journeys.sql`
\set lag `cat questions/map-rows.sql`
CALL bench.race('journey map', :rounds, 'Aggregate', true, 'map_agg, with times', :'map', 'lag window, counts only', :'lag');
CALL bench.race('journey map, floor', :rounds, 'Aggregate', false,
	'map_agg', 'SELECT pg_column_size(cx.map_agg(journey))::text FROM bench.journey',
	'map_agg by channel', 'SELECT pg_column_size(cx.map_agg(journey, ''channel''))::text FROM bench.channel_journey',
	'touch counts', 'SELECT sum(cx.touch_count(journey))::text FROM bench.journey');

INSERT INTO bench.ratio (what, ratio, must)
SELECT 'journey map: lag window / map_agg', bench.ms('journey map', 'lag window, counts only') / bench.ms('journey map', 'map_agg, with times'), NULL
UNION ALL
SELECT 'journey map: map_agg / reading touch counts', bench.ms('journey map, floor', 'map_agg') / bench.ms('journey map, floor', 'touch counts'), NULL;
