--
-- The answer does not depend on the plan: the same rows through every kind of plan give the same bytes.
--
\ir lib/begin.sql

-- Many kinds of journeys, and more labels than the aggregate keeps for all groups (65,536, and 4 MB).
CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed + 50, 2000 * :scale) WHERE touches > 0;
INSERT INTO profile
SELECT 1000000 + id, :seed + id, 2500, 5000, 5000 * id, oracle.dice(:seed, id, 'fields', 64), 63, 0, 'tied', 'mixed', 'parts', 'mixed'
FROM generate_series(1, 60) id;
INSERT INTO profile
SELECT 2000000 + id, :seed + id, 1 + id % 5, 4, 300000 + 3 * id, 63, 63, 0, 's', 'cents', 'seconds', 'serial'
FROM generate_series(1, 10000) id;
CALL oracle.make('profile');
CALL oracle.check_rows('there are more labels than the aggregate shares', 'SELECT count(DISTINCT touchpoint) > 100000 FROM raw', 'SELECT true');

-- the same rows in three orders
CREATE TABLE shuffled AS SELECT *, n % 2 = 0 AS half, hashint8(id * 100 + n) & 3 AS quarter FROM raw ORDER BY hashint8extended(id * 3001 + n, :seed);
CREATE TABLE latest_first AS SELECT * FROM shuffled ORDER BY at DESC, n DESC;
CREATE TABLE by_partition (LIKE shuffled) PARTITION BY HASH (id);
SELECT format('CREATE TABLE by_partition_%s PARTITION OF by_partition FOR VALUES WITH (MODULUS 4, REMAINDER %1$s)', i) FROM generate_series(0, 3) i
\gexec
CREATE TABLE by_quarter (LIKE shuffled) PARTITION BY LIST (quarter);
SELECT format('CREATE TABLE by_quarter_%s PARTITION OF by_quarter FOR VALUES IN (%1$s)', i) FROM generate_series(0, 3) i
\gexec
INSERT INTO by_partition SELECT * FROM shuffled;
INSERT INTO by_quarter SELECT * FROM shuffled;
-- lead the planner to believe that groups are few, so that it aggregates parts first and is surprised by the memory it takes
ALTER TABLE by_quarter ALTER id SET (n_distinct = 300, n_distinct_inherited = 300);
SELECT format('ALTER TABLE by_quarter_%s ALTER id SET (n_distinct = 300)', i) FROM generate_series(0, 3) i
\gexec
ANALYZE shuffled, latest_first, by_partition, by_quarter;

\set build 'SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs)'
-- statements of the plans that must come out
\set gather '"Node Type": "Gather'
\set workers '"Workers Launched": [1-9]'
\set hashed '"Strategy": "Hashed"'
\set sorted '"Strategy": "Sorted"'
\set partial '"Partial Mode": "Partial"'
\set finalize '"Partial Mode": "Finalize"'
\set sort_spilled '"Sort Method": "external'
\set hash_spilled '"HashAgg Batches": ([2-9]|[1-9][0-9])'

SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
SET enable_hashagg = off;
CREATE TABLE journeys AS :build AS journey FROM raw GROUP BY id;
CREATE TABLE touches AS SELECT * FROM touch;
CALL oracle.check_journeys('sorted rows', 'TABLE journeys', 'TABLE touches');
CALL oracle.check_plan('sort', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'sorted');
CALL oracle.check_plan('sort, latest touch first', :'build' || ' FROM latest_first GROUP BY id', 'journeys', :'sorted');
SET work_mem = '64kB';
CALL oracle.check_plan('sort, spilled', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'sorted', :'sort_spilled');
RESET enable_hashagg;
SET enable_sort = off;
CALL oracle.check_plan('hash, spilled', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'hashed', :'hash_spilled');
CALL oracle.check_plan('hash, spilled, latest touch first', :'build' || ' FROM latest_first GROUP BY id', 'journeys', :'hashed', :'hash_spilled');
SET work_mem = '1MB';
CALL oracle.check_plan('hash, spilled with 1 MB', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'hashed', :'hash_spilled');
SET work_mem = '256MB';
CALL oracle.check_plan('hash', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'hashed');
CALL oracle.check_plan('hash, latest touch first', :'build' || ' FROM latest_first GROUP BY id', 'journeys', :'hashed');
SET jit = on;
SET jit_above_cost = 0;
CALL oracle.check_plan('hash, compiled where the server can', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'hashed');
SET jit = off;
RESET enable_sort;

-- parallel
SET max_parallel_workers_per_gather = 2;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CALL oracle.check_plan('parallel', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'gather', :'workers', :'partial', :'finalize');
SET parallel_leader_participation = off;
SET enable_sort = off;
CALL oracle.check_plan('parallel hash, without the leader', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'gather', :'workers', :'partial', :'hashed');
SET work_mem = '64kB';
CALL oracle.check_plan('parallel hash, without the leader, spilled', :'build' || ' FROM shuffled GROUP BY id', 'journeys', :'gather', :'workers', :'partial', :'hash_spilled');
RESET enable_sort;
SET enable_hashagg = off;
CALL oracle.check_plan('parallel sort, without the leader, spilled', :'build' || ' FROM latest_first GROUP BY id', 'journeys', :'gather', :'workers', :'partial', :'sorted', :'sort_spilled');
RESET enable_hashagg;
RESET parallel_leader_participation;
SET work_mem = '256MB';

-- partitions
SET enable_partitionwise_aggregate = on;
SET max_parallel_workers_per_gather = 0;
CALL oracle.check_plan('partitionwise, each group in one partition', :'build' || ' FROM by_partition GROUP BY id', 'journeys',
	'"Partial Mode": "Simple",\s*"Parent Relationship": "Member"');
SET enable_sort = off;
CALL oracle.check_plan('partitionwise, groups across partitions, hashed', :'build' || ' FROM by_quarter GROUP BY id', 'journeys', :'partial', :'finalize', :'hashed');
SET work_mem = '1MB';
CALL oracle.check_plan('partitionwise, groups across partitions, spilled', :'build' || ' FROM by_quarter GROUP BY id', 'journeys', :'partial', :'finalize', :'hash_spilled');
RESET enable_sort;
SET work_mem = '256MB';
SET enable_hashagg = off;
CALL oracle.check_plan('partitionwise, groups across partitions, sorted', :'build' || ' FROM by_quarter GROUP BY id', 'journeys', :'partial', :'finalize', :'sorted');
RESET enable_hashagg;
SET max_parallel_workers_per_gather = 2;
CALL oracle.check_plan('partitionwise and parallel', :'build' || ' FROM by_quarter GROUP BY id', 'journeys', :'gather', :'workers', :'partial', :'finalize');
CALL oracle.check_plan('partitionwise and parallel, each group in one partition', :'build' || ' FROM by_partition GROUP BY id', 'journeys', :'gather', :'workers');
RESET enable_partitionwise_aggregate;

-- merges of parts
SET max_parallel_workers_per_gather = 0;
CREATE TABLE half AS SELECT id, half, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey FROM shuffled GROUP BY id, half;
CREATE TABLE quarter AS SELECT id, quarter, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey FROM shuffled GROUP BY id, quarter;
CREATE TABLE single AS SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey FROM shuffled GROUP BY id, n;
ALTER TABLE quarter ALTER id SET (n_distinct = 300);
ANALYZE half, quarter, single;
CALL oracle.check_plan('merge of quarters', 'SELECT id, cx.journey_agg(journey) FROM quarter GROUP BY id', 'journeys');
SET enable_sort = off;
SET work_mem = '64kB';
CALL oracle.check_plan('merge of single touches, hashed and spilled', 'SELECT id, cx.journey_agg(journey) FROM single GROUP BY id', 'journeys', :'hash_spilled');
SET max_parallel_workers_per_gather = 2;
CALL oracle.check_plan('merge of single touches, parallel', 'SELECT id, cx.journey_agg(journey) FROM single GROUP BY id', 'journeys', :'workers', :'partial');
RESET enable_sort;
SET work_mem = '256MB';
CALL oracle.check_plan('merge of quarters, parallel', 'SELECT id, cx.journey_agg(journey) FROM quarter GROUP BY id', 'journeys', :'workers', :'partial');
SET max_parallel_workers_per_gather = 0;
CALL oracle.check_plan('half || half', 'SELECT id, CASE WHEN a.journey IS NULL THEN b.journey WHEN b.journey IS NULL THEN a.journey ELSE a.journey OPERATOR(cx.||) b.journey END
	FROM (SELECT * FROM half WHERE half) a FULL JOIN (SELECT * FROM half WHERE NOT half) b USING (id)', 'journeys');
SET search_path = public, cx;
CALL oracle.check_plan('quarters by ||, in both associations', 'SELECT id, CASE WHEN (a || b) || (c || d) = (d || ((c || b) || a)) THEN (d || ((c || b) || a)) END
	FROM (SELECT id, coalesce((array_agg(journey) FILTER (WHERE quarter = 0))[1], ''[]''), coalesce((array_agg(journey) FILTER (WHERE quarter = 1))[1], ''[]''),
		coalesce((array_agg(journey) FILTER (WHERE quarter = 2))[1], ''[]''), coalesce((array_agg(journey) FILTER (WHERE quarter = 3))[1], ''[]'') FROM quarter GROUP BY id) s (id, a, b, c, d)', 'journeys');

RESET search_path;

-- several aggregates in one node, ordered and filtered input, grouping sets, a subquery for each group
CALL oracle.check_plan('four aggregates side by side',
	'SELECT id, CASE WHEN whole OPERATOR(cx.=) (coalesce(one, ''[]'') OPERATOR(cx.||) coalesce(two, ''[]'')) AND cx.touch_count(small) = cx.touch_count(whole) THEN whole END
	FROM (SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS whole, cx.journey_agg(at, touchpoint) AS small,
		cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FILTER (WHERE half) AS one,
		cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FILTER (WHERE NOT half) AS two
		FROM shuffled GROUP BY id) s', 'journeys');
CALL oracle.check_plan('ordered input', 'SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs ORDER BY touchpoint DESC, ref)
	FROM shuffled GROUP BY id', 'journeys');
CALL oracle.check_plan('grouping sets', 'SELECT id, journey FROM (SELECT id, half, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey
	FROM shuffled GROUP BY GROUPING SETS ((id), (half), (id, half))) s WHERE id IS NOT NULL AND half IS NULL', 'journeys', '"(Grouping Sets|Hash Key|Group Keys|Hash Keys)"');
SET work_mem = '64kB';
CALL oracle.check_plan('grouping sets, spilled', 'SELECT id, journey FROM (SELECT id, half, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey
	FROM shuffled GROUP BY GROUPING SETS ((id), (half), (id, half))) s WHERE id IS NOT NULL AND half IS NULL', 'journeys', '"(Grouping Sets|Hash Key|Group Keys|Hash Keys)"');
SET work_mem = '256MB';
CREATE INDEX ON shuffled (id);
SET enable_seqscan = off;
CALL oracle.check_plan('a subquery for each customer', 'SELECT p.id, s.journey FROM profile p, LATERAL (SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs)
	AS journey FROM shuffled r WHERE r.id = p.id) s', 'journeys', '"Node Type": "Nested Loop"');
RESET enable_seqscan;

-- more bytes of labels than the aggregate shares
CREATE TABLE long_label AS
SELECT n % 300 AS id, n, oracle.moment(9500, n) AS at, lpad(n::text, 255, 'x') AS touchpoint, CASE WHEN n % 3 = 0 THEN n % 17 END::float8 AS value
FROM generate_series(1, 60000) n;
CREATE TABLE long_journey AS SELECT id, cx.journey_agg(at, touchpoint, NULL, NULL, value ORDER BY n) AS journey FROM long_label GROUP BY id;
CALL oracle.check_journeys('long labels', 'TABLE long_journey', 'SELECT id, at, touchpoint, NULL, NULL, NULL, value, NULL::bigint, NULL::bigint FROM long_label');
CALL oracle.check_plan('long labels, hashed', 'SELECT id, cx.journey_agg(at, touchpoint, NULL, NULL, value) FROM (SELECT * FROM long_label ORDER BY hashint8(n)) s GROUP BY id', 'long_journey', :'hashed');
SET max_parallel_workers_per_gather = 2;
ANALYZE long_label;
CALL oracle.check_plan('long labels, parallel', 'SELECT id, cx.journey_agg(at, touchpoint, NULL, NULL, value) FROM long_label GROUP BY id', 'long_journey', :'workers', :'partial');
SET max_parallel_workers_per_gather = 0;

-- windows: the final function runs at every row, and the state goes on
CREATE TABLE windowed AS SELECT id * 1000 + n AS number, id, n, at, touchpoint, channel, team, value, lasted, ref, attrs FROM shuffled WHERE id % 10 = 1 AND id < 1000000 AND n <= 60;
CREATE INDEX ON windowed (id, n);
ANALYZE windowed;
CREATE TABLE growing AS SELECT w.number AS id, (SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FROM windowed o WHERE o.id = w.id AND o.n <= w.n) AS journey FROM windowed w;
CALL oracle.check_plan('window frame that grows',
	'SELECT number, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) OVER (PARTITION BY id ORDER BY n) FROM windowed', 'growing', '"WindowAgg"');
CREATE TABLE sliding AS SELECT w.number AS id, (SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FROM windowed o WHERE o.id = w.id AND o.n BETWEEN w.n - 3 AND w.n + 2) AS journey FROM windowed w;
CALL oracle.check_plan('window frame that slides',
	'SELECT number, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) OVER (PARTITION BY id ORDER BY n RANGE BETWEEN 3 PRECEDING AND 2 FOLLOWING) FROM windowed', 'sliding', '"WindowAgg"');
CALL oracle.check_plan('window over journeys',
	'SELECT number, cx.journey_agg(cx.journey(ARRAY[at], ARRAY[touchpoint], ARRAY[channel], ARRAY[team], ARRAY[value], ARRAY[lasted], ARRAY[ref], ARRAY[attrs]))
		OVER (PARTITION BY id ORDER BY n) FROM windowed', 'growing', '"WindowAgg"');

-- round trips
CALL oracle.check_plan('text', 'SELECT id, journey::text::cx.journey FROM journeys', 'journeys');
CALL oracle.check_plan('jsonb', 'SELECT id, journey::jsonb::cx.journey FROM journeys', 'journeys');
CALL oracle.check_plan('touches aggregated again', 'SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted_seconds * interval ''1 second'', ref, attrs)
	FROM (SELECT j.id, t.* FROM journeys j, cx.touches(j.journey) t) s GROUP BY id', 'journeys');
\set scratch `mktemp -d`
\setenv CX_SCRATCH :scratch
CREATE TABLE copied (id bigint, journey cx.journey);
\copy journeys TO PROGRAM 'cat >"$CX_SCRATCH/binary"' (FORMAT binary)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/binary"' (FORMAT binary)
CALL oracle.check_plan('COPY, binary', 'TABLE copied', 'journeys');
TRUNCATE copied;
\copy journeys TO PROGRAM 'cat >"$CX_SCRATCH/text"'
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/text"'
CALL oracle.check_plan('COPY, text', 'TABLE copied', 'journeys');
TRUNCATE copied;
\copy journeys TO PROGRAM 'cat >"$CX_SCRATCH/csv"' (FORMAT csv)
\copy copied FROM PROGRAM 'cat "$CX_SCRATCH/csv"' (FORMAT csv)
CALL oracle.check_plan('COPY, CSV', 'TABLE copied', 'journeys');
\! rm -r "$CX_SCRATCH"

-- storage
CREATE TEMP TABLE compressed (id bigint, journey cx.journey);
ALTER TABLE compressed ALTER journey SET STORAGE extended;
INSERT INTO compressed TABLE journeys;
CALL oracle.check_plan('temporary table, compressed', 'TABLE compressed', 'journeys');
CREATE TABLE plain (id bigint, journey cx.journey);
ALTER TABLE plain ALTER journey SET STORAGE main;
INSERT INTO plain TABLE journeys;
UPDATE plain SET journey = cx.dedupe(journey OPERATOR(cx.||) journey) WHERE id % 2 = 0;
UPDATE plain SET journey = j.journey FROM journeys j WHERE j.id = plain.id AND plain.id % 2 = 0;
CALL oracle.check_plan('stored in line, updated', 'TABLE plain', 'journeys');
CALL oracle.check_rows('touch_count and started_at of stored values', 'SELECT id, cx.touch_count(journey), cx.started_at(journey) FROM plain UNION ALL SELECT id, cx.touch_count(journey), cx.started_at(journey) FROM compressed',
	'SELECT id, count(*)::int, min(at) FROM raw GROUP BY id UNION ALL SELECT id, count(*)::int, min(at) FROM raw GROUP BY id');

\ir lib/end.sql
