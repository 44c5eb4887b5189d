--
-- Reshaping, cutting and combining: journeys out of journeys against the same work on rows.
--
\ir lib/begin.sql

CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed + 20, 2500 * :scale);
CALL oracle.make('profile');
CREATE TABLE truth AS SELECT * FROM oracle.numbered('SELECT * FROM touch');
ALTER TABLE truth ALTER id TYPE bigint USING id::bigint;
CREATE INDEX ON truth (id, step);
-- what each journey is asked
CREATE TABLE question AS
SELECT p.id, p.touches, oracle.dice(:seed, id, 'n', greatest(touches, 2) + 2)::int AS n, 1 + oracle.dice(:seed, id, 'depth', 4)::int AS depth,
	-- bounds at, just before and just after times that are there, none, and infinite ones
	CASE oracle.dice(:seed, id, 'from', 8) WHEN 0 THEN NULL WHEN 1 THEN '-infinity' WHEN 2 THEN 'infinity'
		ELSE (SELECT at FROM raw WHERE raw.id = p.id AND n = 1 + oracle.dice(:seed, p.id, 'of', p.touches)) END
		AS starts_at,
	CASE oracle.dice(:seed, id, 'to', 8) WHEN 0 THEN NULL WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity'
		WHEN 3 THEN timestamptz '2026-01-05 00:00:00.000001+00'
		ELSE (SELECT at FROM raw WHERE raw.id = p.id AND n = 1 + oracle.dice(:seed, p.id, 'upto', p.touches)) END
		AS ends_at,
	(ARRAY['b', 'case', 'device', 'v', 'z', 'x', 't', '', 'ключ', 'n', 'none'])[1 + oracle.dice(:seed, id, 'key', 11)] AS key
FROM (SELECT id, touches FROM profile) p;
ANALYZE truth, question;
CREATE VIEW t AS SELECT t.*, q.n, q.depth, q.starts_at, q.ends_at, q.key, q.touches FROM truth t JOIN question q USING (id);
CREATE VIEW j AS SELECT * FROM journey JOIN question USING (id);

-- parts
CALL oracle.check_journeys('head', 'SELECT id, cx.head(journey, n) FROM j',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM t WHERE step <= n');
CALL oracle.check_journeys('tail', 'SELECT id, cx.tail(journey, n) FROM j',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM t WHERE step > touches - n');
CALL oracle.check_journeys('slice', 'SELECT id, cx.slice(journey, starts_at, ends_at) FROM j',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM t
	WHERE (starts_at IS NULL OR at >= starts_at) AND (ends_at IS NULL OR at < ends_at)');
CALL oracle.check_journeys('collapse', 'SELECT id, cx.collapse(journey) FROM j',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref
	FROM (SELECT *, lag(touchpoint) OVER (PARTITION BY id ORDER BY step) AS previous FROM t) s WHERE touchpoint IS DISTINCT FROM previous');
CALL oracle.check_journeys('dedupe', 'SELECT id, cx.dedupe(journey) FROM j',
	'SELECT DISTINCT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM t');

-- other labels
CALL oracle.check_journeys('truncate', 'SELECT id, cx.truncate(journey, depth) FROM j',
	'SELECT id, at, coalesce(nullif(array_to_string((string_to_array(touchpoint, ''.''))[:depth], ''.''), ''''), touchpoint),
		channel, team, attrs, value, lasted, ref FROM t');
CALL oracle.check_journeys('by_channel', 'SELECT id, cx.by_channel(journey) FROM j',
	'SELECT id, at, channel, channel, team, attrs, value, lasted, ref FROM t WHERE channel IS NOT NULL');
CALL oracle.check_journeys('by_team', 'SELECT id, cx.by_team(journey) FROM j',
	'SELECT id, at, team, channel, team, attrs, value, lasted, ref FROM t WHERE team IS NOT NULL');
CALL oracle.check_journeys('by_attr', 'SELECT id, cx.by_attr(journey, key) FROM j',
	'SELECT id, at, attrs::jsonb ->> key, channel, team, attrs, value, lasted, ref FROM t WHERE attrs::jsonb ->> key <> ''''');
-- all names rotate by one place, except that every third goes to a name that others have too
CREATE TABLE renaming AS
SELECT id, array_agg(touchpoint) AS old_names, array_agg(new_name) AS new_names
FROM (SELECT id, touchpoint,
		CASE WHEN hashtext(touchpoint) % 3 = 0 THEN 'x' ELSE coalesce(lead(touchpoint) OVER (PARTITION BY id ORDER BY touchpoint),
			first_value(touchpoint) OVER (PARTITION BY id ORDER BY touchpoint)) END AS new_name
	FROM (SELECT DISTINCT id, touchpoint FROM truth WHERE hashtext(touchpoint) % 5 <> 0
		UNION SELECT id, 'is not there' FROM profile) s) s
GROUP BY id;
CALL oracle.check_journeys('rename', 'SELECT id, cx.rename(journey, old_names, new_names) FROM j JOIN renaming USING (id)',
	'SELECT id, at, coalesce(new_names[array_position(old_names, touchpoint)], touchpoint), channel, team, attrs, value, lasted, ref
	FROM t JOIN renaming USING (id)');

-- several out of one
CREATE TABLE part AS
SELECT j.id, by, s.label, s.journey, s.number
FROM j, (VALUES ('touchpoint'), ('channel'), ('team'), (NULL)) v (by),
	LATERAL (SELECT * FROM cx.split(journey, coalesce(by, key)) WITH ORDINALITY s (label, journey, number)) s;
CREATE TABLE part_truth AS
SELECT t.*, by, CASE by WHEN 'touchpoint' THEN touchpoint WHEN 'channel' THEN channel WHEN 'team' THEN team ELSE attrs::jsonb ->> key END AS label
FROM t, (VALUES ('touchpoint'), ('channel'), ('team'), (NULL)) v (by);
CALL oracle.check_journeys('split', 'SELECT (id, by, label), journey FROM part',
	'SELECT (id, by, label), at, touchpoint, channel, team, attrs, value, lasted, ref FROM part_truth');
CALL oracle.check_rows('split: order of the parts', 'SELECT id, by, number, label FROM part',
	'SELECT id, by, row_number() OVER (PARTITION BY id, by ORDER BY label COLLATE "C" NULLS FIRST), label
	FROM (SELECT DISTINCT id, by, label FROM part_truth) s');

CREATE TABLE gap_case AS
SELECT id, gap, row_number() OVER () AS number FROM profile,
	(VALUES (interval '0'), ('1 microsecond'), ('1 millisecond'), ('30 minutes'), ('1 hour'), ('1 day'), ('30 days 00:00:00.000001'), ('100000 days')) v (gap)
UNION ALL
SELECT id, gap, -row_number() OVER () FROM profile,
	(VALUES (interval '1 month'), ('1 month 1 day'), ('7 years 3 months 2 hours')) v (gap) WHERE times <> 'all';
CREATE TABLE session AS SELECT c.number, s.n, s.journey FROM gap_case c JOIN journey j USING (id), cx.sessions(j.journey, c.gap) WITH ORDINALITY s (journey, n);
CALL oracle.check_journeys('sessions', 'SELECT (number, n), journey FROM session',
	'SELECT (number, sum(starts::int) OVER (PARTITION BY number ORDER BY step)), at, touchpoint, channel, team, attrs, value, lasted, ref
	FROM (SELECT c.number, t.*, step = 1 OR CASE
				WHEN number < 0 THEN at > lag(at) OVER steps + gap
				ELSE oracle.microseconds(at) - oracle.microseconds(lag(at) OVER steps) > extract(epoch FROM gap) * 1000000 END AS starts
		FROM gap_case c JOIN truth t USING (id)
		WINDOW steps AS (PARTITION BY number ORDER BY step)) s');

-- Two journeys: each with a relative that shares about half of its touches, some corrected, and with a stranger.
CREATE TABLE other_touch AS
SELECT id, at, touchpoint,
	CASE WHEN oracle.dice(:seed, id * 1000 + step, 'change', 6) = 0 THEN 'changed' ELSE channel END AS channel,
	team, attrs, CASE WHEN oracle.dice(:seed, id * 1000 + step, 'change', 6) = 1 THEN 4711 ELSE value END AS value, lasted, ref
FROM truth, generate_series(1, 2) twice
WHERE oracle.dice(:seed, id * 1000 + step, 'share' || twice, 2 + twice) = 0
UNION ALL
SELECT id - 1, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth WHERE id % 3 = 0 AND id > 1 AND step < 10;
CREATE TABLE pair AS
SELECT j.id, j.journey AS one, coalesce((SELECT cx.journey_agg(at, touchpoint, channel, team, value, oracle.duration(lasted), ref, attrs::jsonb)
	FROM other_touch o WHERE o.id = j.id), '[]') AS two
FROM journey j;
ANALYZE other_touch, pair;
CALL oracle.check_journeys('||', 'SELECT id, one OPERATOR(cx.||) two FROM pair', 'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth UNION ALL SELECT * FROM other_touch');
CALL oracle.check_journeys('|| the other way round', 'SELECT id, two OPERATOR(cx.||) one FROM pair', 'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth UNION ALL SELECT * FROM other_touch');
CALL oracle.check_journeys('journey_agg of journeys',
	'SELECT id, cx.journey_agg(j) FROM (SELECT id, one AS j FROM pair UNION ALL SELECT id, two FROM pair UNION ALL SELECT id, NULL FROM pair) s GROUP BY id',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth UNION ALL SELECT * FROM other_touch');
CALL oracle.check_journeys('-', 'SELECT id, one OPERATOR(cx.-) two FROM pair',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth EXCEPT ALL SELECT * FROM other_touch');
CALL oracle.check_journeys('- the other way round', 'SELECT id, two OPERATOR(cx.-) one FROM pair',
	'SELECT * FROM other_touch EXCEPT ALL SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth');
CALL oracle.check_journeys('merge', 'SELECT id, cx.merge(one, two) FROM pair',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth t
	WHERE NOT EXISTS (SELECT FROM other_touch o WHERE o.id = t.id AND o.ref = t.ref) UNION ALL SELECT * FROM other_touch');
CREATE TABLE taken AS
SELECT id, array_agg(CASE WHEN oracle.dice(:seed, id * 1000 + step, 'null', 9) > 0 THEN ref END) || 77::bigint AS refs
FROM truth WHERE oracle.dice(:seed, id * 1000 + step, 'without', 3) = 0 GROUP BY id
UNION ALL
SELECT id, '{}' FROM profile WHERE touches = 0;
CALL oracle.check_journeys('without', 'SELECT id, cx.without(journey, refs) FROM journey JOIN taken USING (id)',
	'SELECT id, at, touchpoint, channel, team, attrs, value, lasted, ref FROM truth JOIN taken USING (id) WHERE ref IS NULL OR array_position(refs, ref) IS NULL');

\ir lib/end.sql
