-- Asking stored journeys: a funnel, a pattern with a time limit, counting; against plain SQL on the rows, and against queries
-- that only read the journeys.  Needs :rounds.

SET jit = off;
SET work_mem = '4GB';
SET max_parallel_workers_per_gather = 0;

\set funnel `cat questions/funnel-journeys.sql`
\set funnel_rows `cat questions/funnel-rows.sql`
\set pattern `cat questions/pattern-journeys.sql`
\set pattern_rows `cat questions/pattern-rows.sql`
\set count 'SELECT sum(cx.count(journey, ''"support call" | chat''))::text FROM bench.journey'
\set filter 'SELECT sum(cx.touch_count(cx.filter(journey, ''"support call" | chat'')))::text FROM bench.journey'
\set count_rows 'SELECT count(*)::text FROM bench.event WHERE touchpoint IN (''support call'', ''chat'')'

CALL bench.race('funnel', :rounds, 'Aggregate', true, 'journeys', :'funnel', 'rows', :'funnel_rows');
CALL bench.race('pattern', :rounds, 'Aggregate', true, 'journeys', :'pattern', 'rows', :'pattern_rows');
CALL bench.race('count', :rounds, 'Aggregate', true, 'count', :'count', 'filter', :'filter', 'rows', :'count_rows');

-- The first reads what a journey begins with, the second copies all of it.
CALL bench.race('asking beside reading', :rounds, 'Seq Scan on journey', false,
	'read only, touch counts', 'SELECT sum(cx.touch_count(journey))::text FROM bench.journey',
	'read only, whole values', 'SELECT sum(length(cx._bytes(journey)))::text FROM bench.journey',
	'funnel', :'funnel', 'pattern', :'pattern', 'count', :'count', 'filter', :'filter');

INSERT INTO bench.ratio (what, ratio, must)
SELECT race || ': rows / journeys', bench.ms(race, 'rows') / bench.ms(race, asked), NULL
FROM (VALUES ('funnel', 'journeys'), ('pattern', 'journeys'), ('count', 'count')) r(race, asked);
INSERT INTO bench.ratio (what, ratio, must)
SELECT asked || ' / reading ' || what, bench.ms(race, asked) / bench.ms(race, 'read only, ' || what), CASE WHEN asked = 'funnel' THEN '<= 2' END
FROM (VALUES ('asking beside reading')) r(race), unnest('{funnel,pattern,count,filter}'::text[]) WITH ORDINALITY a(asked, i), unnest('{touch counts,whole values}'::text[]) what
ORDER BY i, what;
