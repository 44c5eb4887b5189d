-- The binary form of cx.journey: byte map, round trips, and all that is refused.
-- Binary input cannot be called, so bytes go through a file: COPY writes them
-- as a bytea column and reads the same field as a journey.
\getenv srcdir PG_ABS_SRCDIR
\getenv builddir PG_ABS_BUILDDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
\set file :builddir '/results/journey_binary.data'
SELECT set_config('cxtest.file', :'file', false) <> '' AS file;

CREATE TEMP TABLE received (journey cx.journey);
CREATE FUNCTION pg_temp.receive(bytes bytea) RETURNS cx.journey LANGUAGE plpgsql AS $$
DECLARE
	result cx.journey;
BEGIN
	EXECUTE format('COPY (SELECT %L::bytea) TO %L (FORMAT binary)', bytes, current_setting('cxtest.file'));
	EXECUTE format('COPY received FROM %L (FORMAT binary)', current_setting('cxtest.file'));
	DELETE FROM received RETURNING journey INTO result;
	RETURN result;
END $$;

-- The parts of a message, after the byte map in wire.c.
CREATE FUNCTION pg_temp.label(label text) RETURNS bytea LANGUAGE sql AS $$
	SELECT pg_temp.big(octet_length(label), 4) || convert_to(label, 'UTF8')
$$;
CREATE FUNCTION pg_temp.touch(at bigint, touchpoint int, channel int DEFAULT -1, team int DEFAULT -1, attrs int DEFAULT -1,
	has int DEFAULT 0, numbers bytea DEFAULT '') RETURNS bytea LANGUAGE sql AS $$
	SELECT pg_temp.big(at, 8) || pg_temp.big(touchpoint, 4) || pg_temp.big(channel, 4) || pg_temp.big(team, 4) || pg_temp.big(attrs, 4)
		|| pg_temp.big(has, 1) || numbers
$$;
CREATE FUNCTION pg_temp.message(labels bytea[], touches bytea[], version int DEFAULT 1, label_count int DEFAULT NULL, touch_count int DEFAULT NULL)
RETURNS bytea LANGUAGE sql AS $$
	SELECT pg_temp.big(version, 1) || pg_temp.big(coalesce(label_count, cardinality(labels)), 4) || coalesce((SELECT string_agg(l, '' ORDER BY n) FROM unnest(labels) WITH ORDINALITY u (l, n)), '')
		|| pg_temp.big(coalesce(touch_count, cardinality(touches)), 4) || coalesce((SELECT string_agg(t, '' ORDER BY n) FROM unnest(touches) WITH ORDINALITY u (t, n)), '')
$$;

-- Byte map: labels sorted bytewise, touches in canonical order, times since 2000.
SELECT cx._journey_send('[]') = pg_temp.message('{}', '{}') AS empty,
	cx._journey_send('[{"at": "2000-01-01T00:00:00.000003Z", "touchpoint": "b", "team": "a", "attrs": {"é": 1}, "value": 1.5, "lasted": 2.5, "ref": -1},
		{"at": "1999-12-31T23:59:59.999999Z", "touchpoint": "é", "channel": "b", "ref": 258}]')
	= pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('b'), pg_temp.label('{"é": 1}'), pg_temp.label('é')], ARRAY[
		pg_temp.touch(-1, 3, 1, -1, -1, 4, pg_temp.big(258, 8)),
		pg_temp.touch(3, 1, -1, 0, 2, 7, float8send(1.5) || pg_temp.big(2500, 8) || pg_temp.big(-1, 8))]) AS full;

-- Round trips: the same bytes, for journeys of many shapes.
CREATE TEMP TABLE samples AS
SELECT n, cx.journey_agg('2026-01-01Z'::timestamptz + (hashint4(n * 1000 + i) % 1000000) * CASE n % 3 WHEN 0 THEN '1 microsecond' WHEN 1 THEN '1 second' ELSE '1 day' END::interval,
	'touch ' || abs(hashint4(i) % (n + 1)), CASE WHEN n % 2 = 0 AND i % 3 > 0 THEN 'channel "' || i % 5 END, CASE WHEN n % 5 = 0 THEN 'team ü' || i % 4 END,
	CASE WHEN n % 7 = 0 AND i % 2 = 0 THEN hashint4(i) / 7.0 WHEN n % 7 = 1 THEN i / 4.0 END, CASE WHEN n % 4 = 0 THEN i * '0.5 second'::interval END,
	CASE WHEN n % 3 = 0 AND i % 4 > 0 THEN hashint8extended(i, n) END, CASE WHEN n % 6 = 0 THEN jsonb_build_object('k', i % 3, 'v', 'ä' || i % 2) END) AS journey
FROM generate_series(0, 60) n, generate_series(0, n * n % 97) i
GROUP BY n;
SELECT count(*), sum(cx.touch_count(journey)) AS touches,
	bool_and(pg_temp.receive(cx._journey_send(journey)) = journey) AS same,
	bool_and(cx._bytes(pg_temp.receive(cx._journey_send(journey))) = cx._bytes(journey)) AS bytes
FROM samples;
COPY samples TO :'file' (FORMAT binary);
CREATE TEMP TABLE copied (n int, journey cx.journey);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*), bool_and(c.journey = s.journey) AS same FROM samples s JOIN copied c USING (n);

-- What is received need not be canonical: labels in any order, twice, unused
-- or empty but unused; touches in any order; attrs spaced; -0.
SELECT pg_temp.receive(pg_temp.message(ARRAY[pg_temp.label('z'), pg_temp.label(''), pg_temp.label('a'), pg_temp.label('z'), pg_temp.label(' {"b":1.0 , "a":-0} '), pg_temp.label('{"a": 0, "b": 1}')],
	ARRAY[pg_temp.touch(2, 0, -1, -1, 4, 1, float8send('-0')), pg_temp.touch(1, 3, 2), pg_temp.touch(1, 0), pg_temp.touch(2, 3, -1, -1, 5, 1, float8send(0))]));

-- Limits that are still good.
SELECT pg_temp.receive(pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(-211813488000000000, 0, 0, 0, -1, 2, pg_temp.big(9223372036854775, 8)),
	pg_temp.touch(9223371331199999999, 0, 0, 0, -1, 1, float8send('1.7976931348623157e308'))]));
SELECT cx.touch_count(pg_temp.receive(pg_temp.message(ARRAY[pg_temp.label(repeat('x', 255)), pg_temp.label('{"a": "' || repeat('x', 65526) || '"}')], ARRAY[pg_temp.touch(0, 0, 0, 0, 1)])));

-- All that is refused.
CREATE FUNCTION pg_temp.receiving(bytes bytea) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.outcome(format('SELECT pg_temp.receive(%L)', bytes))
$$;
SELECT what, pg_temp.receiving(bytes) AS refused
FROM (VALUES
	('nothing', ''::bytea),
	('version 0', pg_temp.message('{}', '{}', 0)),
	('version 2', pg_temp.message('{}', '{}', 2)),
	('version 255', pg_temp.message('{}', '{}', 255)),
	('version only', '\x01'),
	('half a label count', '\x010000'),
	('no touch count', '\x0100000000'),
	('negative label count', pg_temp.message('{}', '{}', 1, -1)),
	('largest label count', pg_temp.message('{}', '{}', 1, 2147483647)),
	('one label too few', pg_temp.message(ARRAY[pg_temp.label('a')], '{}', 1, 2)),
	('one label too many', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('b')], '{}', 1, 1)),
	('negative label length', pg_temp.message(ARRAY[pg_temp.big(-1, 4)], '{}')),
	('label longer than the message', pg_temp.message(ARRAY[pg_temp.big(1000, 4) || 'a'::bytea], '{}')),
	('label with half a character', pg_temp.message(ARRAY[pg_temp.big(1, 4) || '\xc3'::bytea], '{}')),
	('label with NUL', pg_temp.message(ARRAY[pg_temp.big(1, 4) || '\x00'::bytea], '{}')),
	('negative touch count', pg_temp.message('{}', '{}', 1, NULL, -1)),
	('largest touch count', pg_temp.message('{}', '{}', 1, NULL, 2147483647)),
	('one touch too few', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0)], 1, NULL, 2)),
	('one touch too many', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0)], 1, NULL, 0)),
	('a byte too many', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0)]) || '\x00'),
	('a byte too few', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 4, pg_temp.big(0, 7))])),
	('no touchpoint', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0), pg_temp.touch(0, -1)])),
	('touchpoint beyond the labels', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 1)])),
	('touchpoint without labels', pg_temp.message('{}', ARRAY[pg_temp.touch(0, 0)])),
	('channel -2', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -2)])),
	('team beyond the labels', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, 0, 2147483647)])),
	('attrs beyond the labels', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, 0, 0, 1)])),
	('empty touchpoint', pg_temp.message(ARRAY[pg_temp.label('')], ARRAY[pg_temp.touch(0, 0)])),
	('long channel', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label(repeat('é', 128))], ARRAY[pg_temp.touch(0, 0, 1)])),
	('attrs not JSON', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, 0)])),
	('attrs empty', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs array', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('[]')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs number', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('1')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs nested', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": {"b": 1}}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs with array', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": [1]}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs with null', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": null}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs with a key twice', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": 1, "a": 2}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs with \u0000', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": "\u0000"}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs with a huge number', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": 1e99999}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('attrs too long', pg_temp.message(ARRAY[pg_temp.label('a'), pg_temp.label('{"a": "' || repeat('x', 65527) || '"}')], ARRAY[pg_temp.touch(0, 0, -1, -1, 1)])),
	('time -infinity', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(-9223372036854775808, 0)])),
	('time infinity', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(9223372036854775807, 0)])),
	('time before 4714 BC', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(-211813488000000001, 0)])),
	('time after 294276', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(9223371331200000000, 0)])),
	('unknown numbers', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 8, pg_temp.big(0, 8))])),
	('value NaN', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 1, float8send('NaN'))])),
	('value infinity', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 1, float8send('Infinity'))])),
	('value -infinity', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 1, float8send('-Infinity'))])),
	('lasted negative', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 2, pg_temp.big(-1, 8))])),
	('lasted too long', pg_temp.message(ARRAY[pg_temp.label('a')], ARRAY[pg_temp.touch(0, 0, -1, -1, -1, 2, pg_temp.big(9223372036854776, 8))]))
) AS v (what, bytes);

-- A message that is cut anywhere, or has any byte changed, is refused with a
-- known SQLSTATE or gives a sound journey.
CREATE TEMP TABLE original AS SELECT cx._journey_send('[{"at": "2026-01-05T09:30:00Z", "touchpoint": "a", "channel": "é", "value": 0.1, "lasted": 2, "ref": 3, "attrs": {"k": "v"}}]') AS bytes;
SELECT n AS cut, pg_temp.receiving(substr(bytes, 1, n)) FROM original, generate_series(0, octet_length(bytes) - 1) n
WHERE left(pg_temp.receiving(substr(bytes, 1, n)), 5) NOT IN ('08P01', '22P03');
SELECT n, changed, got
FROM original, generate_series(0, octet_length(bytes) - 1) n, unnest(ARRAY[0, 1, 127, 128, 255]) changed,
	pg_temp.receiving(set_byte(bytes, n, changed)) got
WHERE CASE WHEN left(got, 1) = '[' THEN cx.check(got::cx.journey) IS NOT NULL ELSE left(got, 5) NOT IN ('08P01', '22P03', '22021', '54000') END;

-- Labels travel in the client's encoding.
SET client_encoding = 'LATIN1';
SELECT encode(cx._journey_send('[{"at": "2000-01-01T00:00:00Z", "touchpoint": "\u00e9"}]'), 'hex') AS latin1,
	pg_temp.receive(cx._journey_send(journey)) = journey AS same FROM (SELECT '[{"at": "2000-01-01T00:00:00Z", "touchpoint": "\u00e9", "attrs": {"\u00fc": "\u00e4"}}]'::cx.journey AS journey) AS s;
SELECT pg_temp.outcome($$SELECT pg_temp.receive(cx._journey_send('[{"at": "2000-01-01T00:00:00Z", "touchpoint": "\u20ac"}]'))$$) AS "no euro in LATIN1";
RESET client_encoding;
SELECT encode(cx._journey_send('[{"at": "2000-01-01T00:00:00Z", "touchpoint": "\u00e9"}]'), 'hex') AS utf8;
