-- Reading journeys: rows, ends, labels, paths; NULL and empty journeys.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
CREATE TEMP TABLE j AS
SELECT '[{"at": "2026-01-05T09:00:00Z", "touchpoint": "visit", "channel": "web", "value": 1.5, "ref": 1},
	{"at": "2026-01-05T09:00:00Z", "touchpoint": "visit", "channel": "web", "value": 1.5, "ref": 1},
	{"at": "2026-01-06T10:30:00.25Z", "touchpoint": "call", "channel": "voice", "team": "care", "lasted": 312.5, "attrs": {"reason": "refund", "n": 2}},
	{"at": "2026-01-06T10:30:00.25Z", "touchpoint": "visit", "team": "shop"},
	{"at": "2026-01-09T09:00:00Z", "touchpoint": "call", "channel": "voice", "team": "care"}]'::cx.journey AS j;

SELECT t.* FROM j, cx.touches(j) t;
SELECT pg_typeof(step), pg_typeof(at), pg_typeof(touchpoint), pg_typeof(channel), pg_typeof(team), pg_typeof(value), pg_typeof(lasted_seconds), pg_typeof(ref),
	pg_typeof(attrs), pg_typeof(since_seconds) FROM j, cx.touches(j) LIMIT 1;
SELECT cx.touch_count(j), cx.started_at(j), cx.ended_at(j), cx.duration(j), cx.duration_seconds(j), cx.touchpoints(j), cx.channels(j), cx.teams(j),
	cx.first_touchpoint(j), cx.last_touchpoint(j), cx.path(j) FROM j;

-- The empty journey has no touches, no ends and no path; of NULL nothing is known.
SELECT j, cx.touch_count(j), cx.started_at(j), cx.ended_at(j), cx.duration(j), cx.duration_seconds(j), cx.touchpoints(j), cx.channels(j), cx.teams(j),
	cx.first_touchpoint(j), cx.last_touchpoint(j), cx.path(j), cx.path(j, '{collapse}'), (SELECT count(*) FROM cx.touches(j)) AS rows
FROM (VALUES ('[]'::cx.journey), (NULL)) AS v (j);
SELECT array_ndims(cx.touchpoints('[]')) IS NULL AS empty, cx.path(j, NULL) AS "NULL transforms" FROM j;

-- One touch: no time passes.
SELECT cx.duration(o), cx.duration_seconds(o), since_seconds FROM (SELECT cx.head(j, 1) AS o FROM j) AS s, cx.touches(o);
-- Labels absent throughout are NULL, not missing elements.
SELECT cx.channels(o), cx.teams(o), array_length(cx.teams(o), 1) FROM (SELECT '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]'::cx.journey AS o) AS s;

-- duration is the difference that PostgreSQL gives; it counts starts, not what lasted adds
SELECT span, cx.duration(j) = span::interval AS same, cx.duration_seconds(j) = extract(epoch FROM span::interval)::float8 AS seconds, cx.duration(j)
FROM unnest(ARRAY['0', '1 microsecond', '23:59:59.999999', '1 day', '400 days 00:00:01', '106751991 days 04:00:54.775807']) AS span,
	LATERAL (SELECT cx.journey(ARRAY['4713-01-01Z BC'::timestamptz, '4713-01-01Z BC'::timestamptz + span::interval], '{a,b}', lasted => '{1 day,2 days}') AS j) AS s;
-- all of time: too long for an interval, not for seconds
SELECT pg_temp.outcome('SELECT cx.duration(cx.journey(ARRAY[''4714-11-24Z BC'', ''294276-12-31T23:59:59.999999Z'']::timestamptz[], ''{a,b}''))') AS refused,
	cx.duration_seconds(j) = extract(epoch FROM '294276-12-31T23:59:59.999999Z'::timestamptz) - extract(epoch FROM '4714-11-24Z BC'::timestamptz) AS seconds,
	(SELECT max(since_seconds) FROM cx.touches(j)) = cx.duration_seconds(j) AS since, cx.started_at(j), cx.ended_at(j), cx.touchpoints(j)
FROM (SELECT cx.journey(ARRAY['4714-11-24Z BC', '294276-12-31T23:59:59.999999Z']::timestamptz[], '{a,b}') AS j) AS s;

-- Readers agree with the rows, on journeys of many shapes.
CREATE TEMP TABLE samples AS
SELECT n, cx.journey_agg('2026-01-01Z'::timestamptz + (hashint4(n * 1000 + i) % 1000) * (ARRAY['1 microsecond', '1 second', '1 day', '30 days'])[1 + n % 4]::interval,
	'touch ' || abs(hashint4(i) % (n + 1)), CASE WHEN n % 2 = 0 AND i % 3 > 0 THEN 'channel' || i % 5 END, CASE WHEN n % 5 = 0 AND i % 2 > 0 THEN 'team ü' || i % 4 END) AS j
FROM generate_series(0, 200) n, generate_series(0, n * n % 297) i
GROUP BY n;
SELECT count(*), bool_and(cx.touch_count(j) = c) AS touch_count, bool_and(cx.started_at(j) = first) AS started_at, bool_and(cx.ended_at(j) = last) AS ended_at,
	bool_and(cx.duration(j) = last - first) AS duration, bool_and(cx.duration_seconds(j) = extract(epoch FROM last - first)::float8) AS seconds,
	bool_and(cx.touchpoints(j) = tp) AS touchpoints, bool_and(cx.channels(j) = ch) AS channels, bool_and(cx.teams(j) = te) AS teams,
	bool_and(cx.first_touchpoint(j) = tp[1]) AS first_touchpoint, bool_and(cx.last_touchpoint(j) = tp[c]) AS last_touchpoint, bool_and(cx.path(j) = array_to_string(tp, ' > ')) AS path
FROM samples, LATERAL (SELECT count(*) AS c, min(at) AS first, max(at) AS last, array_agg(touchpoint ORDER BY step) AS tp, array_agg(channel ORDER BY step) AS ch,
	array_agg(team ORDER BY step) AS te FROM cx.touches(j)) AS t;

-- Paths: each transform against plain SQL over the labels.
CREATE FUNCTION pg_temp.path(labels text[], transform text) RETURNS text[] LANGUAGE sql AS $$
	SELECT coalesce(array_agg(label ORDER BY n), '{}') FROM (SELECT label, n, lag(label) OVER (ORDER BY n) AS previous, min(n) OVER (PARTITION BY label) AS first_of, count(*) OVER () AS c
		FROM unnest(labels) WITH ORDINALITY u (label, n)) AS s
	WHERE CASE WHEN transform = 'collapse' THEN label IS DISTINCT FROM previous WHEN transform IN ('unique', 'first') THEN n = first_of
		WHEN transform LIKE 'first %' THEN n <= split_part(transform, ' ', 2)::int WHEN transform LIKE 'last %' THEN n > c - split_part(transform, ' ', 2)::int END
$$;
SELECT count(*) AS cases, bool_and(cx.path(j, ARRAY[one]) IS NOT DISTINCT FROM nullif(array_to_string(pg_temp.path(tp, one), ' > '), '')) AS single,
	bool_and(cx.path(j, ARRAY[one, two]) IS NOT DISTINCT FROM nullif(array_to_string(pg_temp.path(pg_temp.path(tp, one), two), ' > '), '')) AS pairs,
	bool_and(cx.path(j, ARRAY['channels', one]) IS NOT DISTINCT FROM nullif(array_to_string(pg_temp.path(array_remove(ch, NULL), one), ' > '), '')) AS channels,
	bool_and(cx.path(j, ARRAY['teams', one]) IS NOT DISTINCT FROM nullif(array_to_string(pg_temp.path(array_remove(te, NULL), one), ' > '), '')) AS teams
FROM samples, LATERAL (SELECT cx.touchpoints(j) AS tp, cx.channels(j) AS ch, cx.teams(j) AS te) AS l,
	unnest(ARRAY['collapse', 'unique', 'first', 'first 3', 'last 2', 'first 0', 'last 1000000']) AS one, unnest(ARRAY['collapse', 'unique', 'last 5', 'first 1']) AS two
WHERE n % 7 = 0 OR n < 20;
SELECT t AS transforms, cx.path(j, t::text[]) FROM j, unnest(ARRAY['{}', '{collapse}', '{unique}', '{first}', '{first 2}', '{last 2}', '{"last 2","first 1"}', '{first 0}', '{channels}', '{teams,collapse}',
	'{last 99999999999999999999}', '{channels,unique,last 1}', '{first 007}']) AS t;
SELECT t AS transforms, pg_temp.outcome(format('SELECT cx.path(j, %L) FROM j', t)) AS refused FROM unnest(ARRAY['{Collapse}', '{""}', '{first -1}', '{last}', '{"last "}', '{first  2}', '{"first 2 "}', '{first 1.5}', '{"first two"}',
	'{collapse,channels}', '{teams,teams}', '{NULL}', '{exposure}']) AS t
UNION ALL SELECT 'long', pg_temp.outcome('SELECT cx.path(''[]'', ARRAY[repeat(''é'', 100)])');
-- labels stand as they are, also such as look like the separator
SELECT cx.path('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a > b"}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "\"ü\""}]');
