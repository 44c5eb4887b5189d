--
-- Building: the touches of a journey are exactly the rows that went in, in canonical order, whichever way they went in.
--
\ir lib/begin.sql

CREATE TABLE profile OF oracle.profile;
INSERT INTO profile SELECT * FROM oracle.profiles(:seed, 3000 * :scale);
CALL oracle.make('profile');

CALL oracle.check_journeys('journey_agg of rows', 'SELECT id, journey FROM journey', 'SELECT * FROM touch');

-- beyond 285 years the microseconds are rounded to float8 before they become seconds
CALL oracle.check_rows('touches: step, lasted_seconds and since_seconds',
	'SELECT j.id::text, t.step::bigint, t.lasted_seconds, t.since_seconds FROM journey j, cx.touches(j.journey) t',
	'SELECT id, step, (lasted::numeric / 1000)::float8 AS lasted_seconds,
		(oracle.microseconds(at) - oracle.microseconds(lag(at) OVER (PARTITION BY id ORDER BY step)))::float8 / 1000000 AS since_seconds
	FROM oracle.numbered(''SELECT * FROM touch'')');

-- the shorter forms of the aggregate
CALL oracle.check_journeys('journey_agg(at, touchpoint)',
	'SELECT id, cx.journey_agg(at, touchpoint) FROM raw GROUP BY id',
	'SELECT id, at, touchpoint, NULL, NULL, NULL, NULL::float8, NULL::bigint, NULL::bigint FROM touch');
CALL oracle.check_journeys('journey_agg(at, touchpoint, channel)',
	'SELECT id, cx.journey_agg(at, touchpoint, channel) FROM raw GROUP BY id',
	'SELECT id, at, touchpoint, channel, NULL, NULL, NULL::float8, NULL::bigint, NULL::bigint FROM touch');
CALL oracle.check_journeys('journey_agg(at, touchpoint, channel, team)',
	'SELECT id, cx.journey_agg(at, touchpoint, channel, team) FROM raw GROUP BY id',
	'SELECT id, at, touchpoint, channel, team, NULL, NULL::float8, NULL::bigint, NULL::bigint FROM touch');
CALL oracle.check_journeys('journey_agg(at, touchpoint, channel, team, value)',
	'SELECT id, cx.journey_agg(at, touchpoint, channel, team, value) FROM raw GROUP BY id',
	'SELECT id, at, touchpoint, channel, team, NULL, value, NULL::bigint, NULL::bigint FROM touch');
CALL oracle.check_journeys('rows that are all NULL are skipped',
	'SELECT id, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs)
	FROM (SELECT id, at, touchpoint, channel, team, value, lasted, ref, attrs FROM raw
		UNION ALL SELECT id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM profile WHERE touches > 0) s
	GROUP BY id',
	'SELECT * FROM touch');

-- other ways in
CALL oracle.check_journeys('cx.journey of arrays',
	'SELECT p.id, cx.journey(coalesce(array_agg(at) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(touchpoint) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(channel) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(team) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(value) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(lasted) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(ref) FILTER (WHERE n IS NOT NULL), ''{}''),
		coalesce(array_agg(attrs) FILTER (WHERE n IS NOT NULL), ''{}''))
	FROM profile p LEFT JOIN raw r USING (id) GROUP BY p.id',
	'SELECT * FROM touch');
CALL oracle.check_journeys('cx.journey of arrays, fields by name',
	'SELECT id, cx.journey(array_agg(at), array_agg(touchpoint), refs => array_agg(ref), attrs => array_agg(attrs))
	FROM raw GROUP BY id',
	'SELECT id, at, touchpoint, NULL, NULL, attrs, NULL::float8, NULL::bigint, ref FROM touch');
CALL oracle.check_journeys('journey_agg of journeys of one touch',
	'SELECT id, cx.journey_agg(cx.journey(ARRAY[at], ARRAY[touchpoint], ARRAY[channel], ARRAY[team], ARRAY[value],
		ARRAY[lasted], ARRAY[ref], ARRAY[attrs]))
	FROM raw GROUP BY id',
	'SELECT * FROM touch');

-- text, built by hand from the touches
CREATE FUNCTION pg_temp.text_of(t oracle.numbered_touch) RETURNS text LANGUAGE sql AS $$
	SELECT '{"at": ' || to_json(t.at)::text || ', "touchpoint": ' || to_json(t.touchpoint)::text
		|| coalesce(', "channel": ' || to_json(t.channel)::text, '')
		|| coalesce(', "team": ' || to_json(t.team)::text, '')
		|| coalesce(', "lasted": ' || trim_scale(t.lasted / 1000::numeric), '')
		|| coalesce(', "value": ' || t.value::text, '')
		|| coalesce(', "ref": ' || t.ref, '')
		|| coalesce(', "attrs": ' || t.attrs, '') || '}'
$$;
CREATE TABLE written AS
SELECT p.id, '[' || coalesce(string_agg(pg_temp.text_of(t), ', ' ORDER BY t.step), '') || ']' AS text,
	'[' || coalesce(string_agg(pg_temp.text_of(t), ' ,' ORDER BY hashint8(t.step)), '') || ' ]' AS shuffled
FROM profile p LEFT JOIN oracle.numbered('SELECT * FROM touch') t ON t.id = p.id::text
GROUP BY p.id;

CALL oracle.check_rows('text form', 'SELECT id, journey::text FROM journey', 'SELECT id, text FROM written');
CALL oracle.check_rows('cast to jsonb', 'SELECT id, md5(journey::jsonb::text) FROM journey', 'SELECT id, md5(text::jsonb::text) FROM written');
CALL oracle.check_journeys('text read', 'SELECT id, text::cx.journey FROM written', 'SELECT * FROM touch');
CALL oracle.check_journeys('text read in another order', 'SELECT id, shuffled::cx.journey FROM written', 'SELECT * FROM touch');
CALL oracle.check_journeys('jsonb read in another order', 'SELECT id, shuffled::jsonb::cx.journey FROM written', 'SELECT * FROM touch');
SET timezone = 'Asia/Kathmandu';
SET datestyle = 'SQL, DMY';
SET extra_float_digits = -3;
CALL oracle.check_journeys('text round trip in another zone and style',
	'SELECT id, journey::text::cx.journey FROM journey', 'SELECT * FROM touch');
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET extra_float_digits = 1;

-- corner cases of one journey with many touches and many labels
CREATE TABLE large_profile OF oracle.profile;
INSERT INTO large_profile VALUES
	(1, :seed + 1, 200000, 5000, 0, 63, 21, 10, 'tied', 'mixed', 'mixed', 'mixed'),
	(2, :seed + 2, 200000, 16, 0, 0, 0, 0, 'ms', 'whole', 'seconds', 'serial'),
	(3, :seed + 3, 60000, 5000, 7, 36, 36, 3, 'all', 'cents', 'parts', 'repeated');
CALL oracle.make('large_profile', 'large_');
CALL oracle.check_journeys('journey_agg of up to 200,000 rows and 5,000 labels', 'SELECT * FROM large_journey', 'SELECT * FROM large_touch');
CALL oracle.check_rows('text of large journeys',
	'SELECT id, md5(cx._bytes(journey::text::cx.journey)) FROM large_journey',
	'SELECT id, md5(cx._bytes(journey)) FROM large_journey');

\ir lib/end.sql
