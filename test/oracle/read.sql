--
-- Reading: every accessor against plain SQL over the touches.
--
\ir lib/begin.sql

CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed + 10, 4000 * :scale);
CALL oracle.make('profile');
CREATE TABLE truth AS SELECT id::bigint, step, at, touchpoint, channel, team FROM oracle.numbered('SELECT * FROM touch');
CREATE INDEX ON truth (id, step);
ANALYZE truth;

-- Some journeys span more time than an interval holds.
CREATE TABLE span AS
SELECT p.id, count(t.id) AS touches, min(at) AS first, max(at) AS last,
	coalesce(oracle.microseconds(max(at)) - oracle.microseconds(min(at)), 0) > 9223372036854775807 AS too_long
FROM profile p LEFT JOIN truth t USING (id) GROUP BY p.id;

CALL oracle.check_rows('touch_count, started_at, ended_at, duration_seconds',
	'SELECT id, cx.touch_count(journey)::bigint, cx.started_at(journey), cx.ended_at(journey), cx.duration_seconds(journey) FROM journey',
	'SELECT id, touches, first, last, (oracle.microseconds(last) - oracle.microseconds(first))::float8 / 1000000 AS seconds FROM span');
CALL oracle.check_rows('duration',
	'SELECT id, cx.duration(journey) FROM journey JOIN span USING (id) WHERE NOT too_long',
	'SELECT id, last - first AS duration FROM span WHERE NOT too_long');

CREATE FUNCTION pg_temp.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RETURN '00000';
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END $$;
CALL oracle.check_rows('duration over 292277 years',
	'SELECT id, pg_temp.sqlstate_of(format(''SELECT cx.duration(journey) FROM journey WHERE id = %s'', id)) FROM span WHERE too_long',
	'SELECT id, ''22008''::text FROM span WHERE too_long');

CALL oracle.check_rows('touchpoints, channels, teams, first_touchpoint, last_touchpoint',
	'SELECT id, cx.touchpoints(journey), cx.channels(journey), cx.teams(journey), cx.first_touchpoint(journey), cx.last_touchpoint(journey)
	FROM journey',
	'SELECT p.id, coalesce(array_agg(touchpoint ORDER BY step) FILTER (WHERE t.id IS NOT NULL), ''{}'') AS touchpoints,
		coalesce(array_agg(channel ORDER BY step) FILTER (WHERE t.id IS NOT NULL), ''{}'') AS channels,
		coalesce(array_agg(team ORDER BY step) FILTER (WHERE t.id IS NOT NULL), ''{}'') AS teams,
		(array_agg(touchpoint ORDER BY step))[1] AS first, (array_agg(touchpoint ORDER BY step DESC))[1] AS last
	FROM profile p LEFT JOIN truth t USING (id) GROUP BY p.id');

-- Paths.  The truth applies one transform after the other to arrays.
CREATE FUNCTION pg_temp.path_of(touchpoints text[], channels text[], teams text[], transforms text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	labels text[] := touchpoints;
	transform text;
	n int;
BEGIN
	FOREACH transform IN ARRAY transforms LOOP
		labels := CASE
			WHEN transform = 'channels' THEN array_remove(channels, NULL)
			WHEN transform = 'teams' THEN array_remove(teams, NULL)
			ELSE labels END;
		n := cardinality(labels);
		IF transform = 'collapse' THEN
			labels := ARRAY(SELECT labels[i] FROM generate_series(1, n) i WHERE i = 1 OR labels[i] <> labels[i - 1] ORDER BY i);
		ELSIF transform IN ('unique', 'first') THEN
			labels := ARRAY(SELECT l FROM unnest(labels) WITH ORDINALITY u (l, i) GROUP BY l ORDER BY min(i));
		ELSIF transform LIKE 'first %' THEN
			labels := labels[:split_part(transform, ' ', 2)::int];
		ELSIF transform LIKE 'last %' THEN
			labels := labels[greatest(n - split_part(transform, ' ', 2)::int, 0) + 1:];
		END IF;
	END LOOP;
	RETURN nullif(array_to_string(labels, ' > '), '');
END $$;

CREATE TABLE path_case AS
SELECT id, row_number() OVER () AS number,
	CASE oracle.dice(:seed, id, 'labels' || k, 4) WHEN 0 THEN ARRAY['channels'] WHEN 1 THEN ARRAY['teams'] ELSE '{}'::text[] END
	|| ARRAY(SELECT (ARRAY['collapse', 'unique', 'first', 'last 0', 'last 1', 'last 2', 'last 5', 'first 1', 'first 3', 'first 1000000',
			'last 99999999999999999999'])[1 + oracle.dice(:seed, id, 'transform' || k || ' ' || i, 10)]
		FROM generate_series(1, oracle.dice(:seed, id, 'transforms' || k, 4)) i) AS transforms
FROM profile, generate_series(1, 5) k;
CALL oracle.check_rows('path',
	'SELECT id, cx.path(journey) FROM journey',
	'SELECT p.id, string_agg(touchpoint, '' > '' ORDER BY step) FROM profile p LEFT JOIN truth t USING (id) GROUP BY p.id');
CALL oracle.check_rows('path with transforms',
	'SELECT number, transforms, cx.path(journey, transforms) FROM path_case JOIN journey USING (id)',
	'SELECT number, transforms, pg_temp.path_of(s.touchpoints, s.channels, s.teams, transforms)
	FROM path_case LEFT JOIN (SELECT id, array_agg(touchpoint ORDER BY step) AS touchpoints, array_agg(channel ORDER BY step) AS channels,
			array_agg(team ORDER BY step) AS teams FROM truth GROUP BY id) s USING (id)');

\ir lib/end.sql
