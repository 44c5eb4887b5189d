--
-- Equality, order and hash of journeys against the comparison of their touches row by row.
--
\ir lib/begin.sql

-- Families of small journeys that differ in one thing: in one field of one touch, by a touch more or less.
CREATE TABLE profile OF oracle.profile;
INSERT INTO profile
SELECT id, seed, least(touches, 12), labels, first_label, fields, sparse, repeats, times, "values", durations, refs
FROM oracle.profiles(:seed + 30, 400 * :scale);
CALL oracle.make('profile');
CREATE TABLE member_touch AS
WITH numbered AS (SELECT id::bigint AS family, step, at, touchpoint, channel, team, attrs, value, lasted, ref FROM oracle.numbered('SELECT * FROM touch')),
member AS (
	SELECT p.id AS family, m AS member, 1 + oracle.dice(:seed, p.id * 100 + m, 'step', p.touches) AS changed,
		oracle.dice(:seed, p.id * 100 + m, 'change', 18) AS change
	FROM profile p, generate_series(0, 12) m WHERE p.touches > 0)
SELECT family * 100 + member AS id,
	CASE WHEN c = 1 THEN least(at, timestamptz '294276-12-31 23:59:59.999998+00') + interval '1 microsecond' ELSE at END AS at,
	CASE c WHEN 2 THEN 'other' WHEN 3 THEN touchpoint || 'x' WHEN 4 THEN left(touchpoint, 1) ELSE touchpoint END AS touchpoint,
	CASE c WHEN 5 THEN NULL WHEN 6 THEN 'web' ELSE channel END AS channel,
	CASE c WHEN 7 THEN NULL WHEN 8 THEN 'care' ELSE team END AS team,
	CASE c WHEN 9 THEN NULL WHEN 10 THEN '{}' WHEN 11 THEN '{"n": 2}' ELSE attrs END AS attrs,
	CASE c WHEN 12 THEN NULL WHEN 13 THEN 0 ELSE value END AS value,
	CASE c WHEN 14 THEN NULL WHEN 15 THEN 7 ELSE lasted END AS lasted,
	CASE c WHEN 16 THEN -5 ELSE ref END AS ref
FROM member m JOIN numbered n USING (family), LATERAL (SELECT CASE WHEN step = changed AND member > 0 THEN change END) s (c)
WHERE coalesce(c, 0) <> 17 AND NOT (member = 12 AND step = 1) AND NOT (member = 11 AND step > 2);
-- labels are at most 255 bytes
UPDATE member_touch SET touchpoint = left(touchpoint, -2) || 'y' WHERE octet_length(touchpoint) > 255;
INSERT INTO member_touch SELECT 1, oracle.moment(9500, n), 'one', NULL, NULL, NULL, NULL, NULL, NULL FROM generate_series(1, 3) n;

-- What comes first: fields in canonical order, an absent one before any other.
CREATE TYPE touch_key AS (
	at timestamptz, touchpoint text COLLATE "C",
	has_channel boolean, channel text COLLATE "C", has_team boolean, team text COLLATE "C", has_attrs boolean, attrs text COLLATE "C",
	has_value boolean, value float8, has_lasted boolean, lasted bigint, has_ref boolean, ref bigint);
CREATE TABLE member AS
SELECT id::bigint AS id, array_agg((at, touchpoint, channel IS NOT NULL, coalesce(channel, ''), team IS NOT NULL, coalesce(team, ''),
		attrs IS NOT NULL, coalesce(attrs, ''), value IS NOT NULL, coalesce(value, 0), lasted IS NOT NULL, coalesce(lasted, 0),
		ref IS NOT NULL, coalesce(ref, 0))::touch_key ORDER BY step) AS key,
	cx.journey_agg(at, touchpoint, channel, team, value, oracle.duration(lasted), ref, attrs::jsonb) AS journey
FROM oracle.numbered('SELECT * FROM member_touch')
GROUP BY id;
INSERT INTO member VALUES (0, '{}', '[]');
ANALYZE member;

-- pairs in a family, with strangers, and with the empty journey
CREATE TABLE pair AS
SELECT a.id AS left_id, b.id AS right_id, a.key AS left_key, b.key AS right_key, a.journey AS left_journey, b.journey AS right_journey
FROM member a JOIN member b ON b.id / 100 = a.id / 100 OR b.id = 0 OR hashint8(a.id * 1000000 + b.id) % 500 = 0;
CALL oracle.check_rows('= <> < <= > >= and the comparison function',
	'SELECT left_id, right_id, l OPERATOR(cx.=) r, l OPERATOR(cx.<>) r, l OPERATOR(cx.<) r, l OPERATOR(cx.<=) r,
		l OPERATOR(cx.>) r, l OPERATOR(cx.>=) r, sign(cx._journey_cmp(l, r))
	FROM (SELECT left_id, right_id, left_journey, right_journey FROM pair) s (left_id, right_id, l, r)',
	'SELECT left_id, right_id, l = r, l <> r, l < r, l <= r, l > r, l >= r, CASE WHEN l < r THEN -1 WHEN l > r THEN 1 ELSE 0 END::float8
	FROM (SELECT left_id, right_id, left_key, right_key FROM pair) s (left_id, right_id, l, r)');
CALL oracle.check_rows('hashes of equal journeys are equal',
	'SELECT left_id, right_id, cx._journey_hash(left_journey) = cx._journey_hash(right_journey) AS h,
		cx._journey_hash_extended(left_journey, 42) = cx._journey_hash_extended(right_journey, 42) AS x
	FROM pair WHERE left_key = right_key',
	'SELECT left_id, right_id, true AS h, true AS x FROM pair WHERE left_key = right_key');
CALL oracle.check_rows('hashes of different journeys differ, almost always',
	'SELECT cx._journey_hash_extended(left_journey, 42) = cx._journey_hash_extended(right_journey, 42) AS x,
		avg((cx._journey_hash(left_journey) = cx._journey_hash(right_journey))::int) < 0.0001 AS h
	FROM pair WHERE left_key <> right_key GROUP BY 1',
	'SELECT false AS x, true AS h');

CALL oracle.check_rows('ORDER BY', 'SELECT id, dense_rank() OVER (ORDER BY journey) AS r FROM member',
	'SELECT id, dense_rank() OVER (ORDER BY key) AS r FROM member');
SET enable_hashagg = off;
CALL oracle.check_rows('DISTINCT by sorting', 'SELECT count(*) FROM (SELECT DISTINCT journey FROM member) s',
	'SELECT count(*) FROM (SELECT DISTINCT key FROM member) s');
RESET enable_hashagg;
SET enable_sort = off;
CALL oracle.check_rows('GROUP BY by hashing', 'SELECT min(id), count(*) FROM member GROUP BY journey',
	'SELECT min(id), count(*) FROM member GROUP BY key');
RESET enable_sort;

-- joins and indexes
CREATE TABLE key_pair AS SELECT a.id AS left_id, b.id AS right_id FROM member a JOIN member b ON a.key = b.key;
SET enable_mergejoin = off;
SET enable_nestloop = off;
CALL oracle.check_rows('hash join', 'SELECT a.id AS l, b.id AS r FROM member a JOIN member b ON a.journey OPERATOR(cx.=) b.journey', 'TABLE key_pair');
RESET enable_mergejoin;
SET enable_hashjoin = off;
CALL oracle.check_rows('merge join', 'SELECT a.id AS l, b.id AS r FROM member a JOIN member b ON a.journey OPERATOR(cx.=) b.journey', 'TABLE key_pair');
RESET enable_nestloop;
RESET enable_hashjoin;
CREATE INDEX member_journey ON member USING hash (journey);
SET enable_seqscan = off;
CALL oracle.check_rows('hash index', 'SELECT a.id AS l, b.id AS r FROM member a CROSS JOIN LATERAL (SELECT id FROM member b WHERE b.journey OPERATOR(cx.=) a.journey OFFSET 0) b', 'TABLE key_pair');
DROP INDEX member_journey;
CREATE INDEX member_journey ON member USING btree (journey) WHERE cx.touch_count(journey) < 20;
CALL oracle.check_rows('btree index',
	'SELECT a.id AS l, (SELECT count(*) FROM member b WHERE cx.touch_count(b.journey) < 20 AND b.journey OPERATOR(cx.<) a.journey) AS n FROM member a WHERE id % 10 = 0',
	'SELECT a.id AS l, (SELECT count(*) FROM member b WHERE b.key < a.key) AS n FROM member a WHERE id % 10 = 0');
RESET enable_seqscan;

-- hash partitions by journey: every journey is found where it was put
CREATE TABLE by_journey (id bigint, journey cx.journey) PARTITION BY HASH (journey);
CREATE TABLE by_journey_0 PARTITION OF by_journey FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE by_journey_1 PARTITION OF by_journey FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE by_journey_2 PARTITION OF by_journey FOR VALUES WITH (MODULUS 3, REMAINDER 2);
INSERT INTO by_journey SELECT id, journey FROM member;
ANALYZE by_journey;
CALL oracle.check_rows('partitions by journey are all used', 'SELECT count(DISTINCT tableoid) FROM by_journey', 'SELECT 3::bigint');
SET enable_partitionwise_join = on;
CALL oracle.check_rows('partitionwise join', 'SELECT a.id AS l, b.id AS r FROM by_journey a JOIN by_journey b ON a.journey OPERATOR(cx.=) b.journey', 'TABLE key_pair');

\ir lib/end.sql
