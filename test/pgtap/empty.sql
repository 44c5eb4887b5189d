-- Empty journeys and NULL, everywhere: an empty journey is a journey without
-- touches, NULL is one of which nothing is known.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(64);

CREATE TEMP TABLE answers (call text, empty text);
INSERT INTO answers VALUES
	('cx.touch_count(j)', '0'), ('cx.started_at(j)', NULL), ('cx.ended_at(j)', NULL), ('cx.duration(j)', NULL), ('cx.duration_seconds(j)', NULL), ('cx.touchpoints(j)', '{}'), ('cx.channels(j)', '{}'), ('cx.teams(j)', '{}'),
	('cx.first_touchpoint(j)', NULL), ('cx.last_touchpoint(j)', NULL), ('cx.path(j)', NULL), ('cx.path(j, ''{channels,collapse}'')', NULL), ('cx.head(j, 3)', '[]'), ('cx.tail(j, 3)', '[]'), ('cx.slice(j, ''2026-01-01Z'', NULL)', '[]'),
	('cx.collapse(j)', '[]'), ('cx.dedupe(j)', '[]'), ('cx.truncate(j, 1)', '[]'), ('cx.rename(j, ''{a}'', ''{b}'')', '[]'), ('cx.by_channel(j)', '[]'), ('cx.by_team(j)', '[]'), ('cx.by_attr(j, ''k'')', '[]'), ('j || j', '[]'), ('j - j', '[]'),
	('cx.merge(j, j)', '[]'), ('cx.without(j, ''{1}'')', '[]'), ('j::jsonb', '[]'), ('cx.check(j)', NULL);
CREATE FUNCTION pg_temp.ask(call text, j cx.journey) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text;
BEGIN
	EXECUTE format('SELECT (%s)::text FROM (SELECT $1 AS j) AS s', call) INTO result USING j;
	RETURN result;
END $$;
SELECT is(pg_temp.ask(call, '[]'), empty, call || ' of an empty journey') FROM answers;
SELECT is(pg_temp.ask(call, NULL), NULL, call || ' of NULL') FROM answers;
SELECT is_empty($$SELECT * FROM cx.touches('[]')$$, 'no rows of an empty journey');
SELECT is_empty('SELECT * FROM cx.touches(NULL)', 'no rows of NULL');
SELECT is((SELECT cx.journey_agg(j) FROM (VALUES ('[]'::cx.journey), (NULL)) AS v (j)), '[]', 'empty journeys make an empty one, NULL is skipped');
SELECT is((SELECT cx.journey_agg(j) FROM (VALUES (NULL::cx.journey)) AS v (j)), NULL, 'NULL alone makes NULL');
SELECT is(cx.journey('{}', '{}'), '[]', 'empty arrays make an empty journey');
SELECT is(cx.journey(NULL, NULL), NULL, 'NULL arrays make NULL');
SELECT ok('[]'::cx.journey = '[]' AND cx._journey_hash('[]') = cx._journey_hash(cx.head('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', 0)), 'there is one empty journey');
SELECT ok('[]'::cx.journey < '[{"at": "4714-11-24T00:00:00Z BC", "touchpoint": "a"}]', 'it comes before all others');

SELECT * FROM finish();
ROLLBACK;
