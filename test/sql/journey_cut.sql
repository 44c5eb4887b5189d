-- Several journeys out of one: cases by a label, sessions by gaps.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
CREATE TEMP TABLE samples AS
SELECT n, cx.journey_agg('2026-01-30Z'::timestamptz + (h % 200) * (ARRAY['10 minutes', '1 hour', '13 hours'])[1 + n % 3]::interval, (ARRAY['a', 'b', 'B', 'ä', 'ab'])[1 + h / 200 % 5],
	(ARRAY['web', 'app', 'Web', NULL])[1 + h / 1000 % 4], CASE WHEN n % 2 = 0 THEN (ARRAY['care', NULL])[1 + h / 4000 % 2] END, (ARRAY[1, NULL])[1 + h / 8000 % 2], NULL, NULL,
	(ARRAY['{"case": 1}', '{"case": "1"}', '{"case": "", "x": true}', '{"case": "c10", "touchpoint": "t"}', '{"x": "true"}', NULL])[1 + h / 16000 % 6]::jsonb) AS j
FROM (SELECT n, hashint4(n * 1000 + i) & 2147483647 AS h FROM generate_series(1, 60) n, generate_series(1, n * n % 150 + 1) i) AS s
GROUP BY n;

-- split: for each label, in bytewise order, the touches that have it; first those without
CREATE FUNCTION pg_temp.label_of(t cx.journey, by text) RETURNS TABLE (label text, journey cx.journey) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('SELECT (%s)::text COLLATE "C" AS label, cx.journey_agg(at, touchpoint, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs)
		FROM cx.touches($1) GROUP BY 1 ORDER BY 1 NULLS FIRST', CASE WHEN by IN ('touchpoint', 'channel', 'team') THEN by ELSE format('attrs->>%L', by) END) USING t;
END $$;
SELECT by, count(*) AS cases, bool_and((SELECT array_agg(s::text ORDER BY n) FROM cx.split(j, by) WITH ORDINALITY s (label, journey, n)) IS NOT DISTINCT FROM
		(SELECT array_agg(s::text ORDER BY n) FROM pg_temp.label_of(j, by) WITH ORDINALITY s (label, journey, n))) AS same,
	bool_and((SELECT cx.journey_agg(journey) FROM cx.split(j, by)) = j) AS whole, bool_and((SELECT bool_and(cx.check(journey) IS NULL) FROM cx.split(j, by))) AS sound
FROM samples, unnest(ARRAY['touchpoint', 'channel', 'team', 'case', 'x', 'none', '', 'Channel']) AS by GROUP BY by ORDER BY by COLLATE "C";
SELECT s.* FROM cx.split('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "attrs": {"case": 100.0}}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "b", "attrs": {"case": "100"}},
	{"at": "2026-01-03T00:00:00Z", "touchpoint": "c"}, {"at": "2026-01-04T00:00:00Z", "touchpoint": "d", "attrs": {"case": false, "b": 1}}]', 'case') s;
SELECT (SELECT count(*) FROM cx.split('[]', 'channel')) AS empty, (SELECT count(*) FROM cx.split(NULL, 'channel')) AS nothing, (SELECT count(*) FROM cx.split('[{"at": "2026-01-04T00:00:00Z", "touchpoint": "d"}]', NULL)) AS "by nothing";
-- names as the comment gives them
SELECT pg_get_function_result('cx.split(cx.journey, text)'::regprocedure);

-- sessions: a new one only where the gap is greater; the parts are the whole, in order
CREATE FUNCTION pg_temp.sessions_of(j cx.journey, gap interval) RETURNS TABLE (journey cx.journey) LANGUAGE sql AS $$
	SELECT cx.journey_agg(at, touchpoint, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs)
	FROM (SELECT *, count(*) FILTER (WHERE at > previous + gap) OVER (ORDER BY step) AS session FROM (SELECT *, lag(at) OVER (ORDER BY step) AS previous FROM cx.touches(j)) AS t) AS t
	GROUP BY session ORDER BY session
$$;
SELECT gap, count(*) AS cases, sum((SELECT count(*) FROM cx.sessions(j, gap))) > count(*) AS cut,
	bool_and((SELECT array_agg(s.s ORDER BY n) FROM cx.sessions(j, gap) WITH ORDINALITY s (s, n)) = (SELECT array_agg(s.s ORDER BY n) FROM pg_temp.sessions_of(j, gap) WITH ORDINALITY s (s, n))) AS same,
	bool_and((SELECT cx.journey_agg(s) FROM cx.sessions(j, gap) s) = j) AS whole, bool_and((SELECT bool_and(cx.check(s) IS NULL) FROM cx.sessions(j, gap) s)) AS sound
FROM samples, unnest(ARRAY['0', '1 microsecond', '9:59', '10:00', '30 minutes', '1 hour', '1 hour 0.000001 s', '13 hours', '1 day', '26 hours', '1 month', '1 month 2 days 03:00', '1000 years']::interval[]) AS gap GROUP BY gap ORDER BY gap;
-- the day and month of a gap are those of UTC, whatever the session's zone: clocks
-- change in Berlin between these touches, which are exactly 24 hours apart
SET TimeZone = 'Europe/Berlin';
SELECT (SELECT count(*) FROM cx.sessions(j, '1 day')) AS "1 day", (SELECT count(*) FROM cx.sessions(j, '23:59:59.999999')) AS less
FROM (SELECT '[{"at": "2026-03-28T12:00:00Z", "touchpoint": "a"}, {"at": "2026-03-29T12:00:00Z", "touchpoint": "b"}]'::cx.journey AS j) AS s;
SET TimeZone = 'UTC';
SELECT start, ended, (SELECT count(*) FROM cx.sessions(cx.journey(ARRAY[start, ended]::timestamptz[], '{a,b}'), gap::interval)) AS sessions, gap
FROM (VALUES ('2026-01-31Z', '2026-02-28Z', '1 month'), ('2026-01-31Z', '2026-02-28T00:00:00.000001Z', '1 month'), ('2024-01-31T12:00Z', '2024-02-29T12:00Z', '1 month'), ('2024-02-29Z', '2025-02-28Z', '1 year'),
	('2024-02-29Z', '2025-02-28T00:00:01Z', '1 year'), ('2026-12-31Z', '2027-02-28Z', '2 months'), ('0002-12-31Z BC', '0001-02-29Z BC', '2 months'), ('0002-12-31Z BC', '0001-03-01Z BC', '2 months'), ('0001-12-15Z BC', '0001-01-15Z', '1 month'),
	('0001-12-15Z BC', '0001-01-16Z', '1 month'), ('4714-11-24Z BC', '294276-12-31T23:59:59.999999Z', '1000 years'), ('4714-11-24Z BC', '294276-12-31T23:59:59.999999Z', '178000000 years'), ('4714-11-24Z BC', '294276-12-31T23:59:59.999999Z', '2147483647 days'),
	('294276-12-31Z', '294276-12-31T23:59:59Z', '1 day'), ('294276-12-30Z', '294276-12-31T23:59:59Z', '1 day')) AS v (start, ended, gap);
-- a gap is measured between times; how long a touch lasted is not taken off
SELECT s FROM cx.sessions('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "call", "lasted": 3600}, {"at": "2026-01-01T01:00:00Z", "touchpoint": "call"}]', '59 minutes') s;
SELECT (SELECT count(*) FROM cx.sessions('[]', '1 day')) AS empty, (SELECT count(*) FROM cx.sessions(NULL, '1 day')) AS nothing, (SELECT count(*) FROM cx.sessions('[{"at": "2026-01-04T00:00:00Z", "touchpoint": "d"}]', NULL)) AS "no gap";
SELECT gap, pg_temp.outcome(format('SELECT count(*) FROM cx.sessions(''[]'', %L)', gap)) AS refused FROM unnest(ARRAY['-1 second', '-1 day', '-1 month', '1 day -25 hours', '0']) AS gap;
