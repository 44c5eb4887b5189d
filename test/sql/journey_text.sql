-- The text form of cx.journey: what it accepts, what it refuses, what it prints.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup

-- a touch with every field, one with none but the two it needs, and no touch
SELECT '[{"ref": 7, "team": "care", "value": 4, "lasted": 312.5, "attrs": {"reason": "refund"},
	"channel": "voice", "touchpoint": "support.call", "at": "2026-01-05 10:30:00+01"},
	{"touchpoint": "visit", "at": "2026-01-05T09:29:59.25Z", "channel": null, "team": null,
	"value": null, "lasted": null, "ref": null, "attrs": null}]'::cx.journey;
SELECT '[]'::cx.journey, ' [ ] '::cx.journey = '[]' AS spaces;

-- A touch around a key and its value, or around a time.
CREATE FUNCTION pg_temp.touch(extra text) RETURNS text LANGUAGE sql AS $$
	SELECT '[{"at": "2026-01-05T00:00:00Z", "touchpoint": "a"' || extra || '}]'
$$;
CREATE FUNCTION pg_temp.at(at text) RETURNS text LANGUAGE sql AS $$
	SELECT '[{"at": "' || at || '", "touchpoint": "a"}]'
$$;

-- Times: what is accepted means what it means to timestamptz, and is printed
-- in UTC with as many digits as needed, which is what to_jsonb prints.
SELECT at, cx.started_at(pg_temp.at(at)::cx.journey) AS read
FROM unnest(ARRAY[
	'2026-01-05T09:30:00Z', '2026-01-05t09:30:00z', '2026-01-05 09:30:00+00', '2026-01-05 09:30+00',
	'2026-01-05T09:30:00 +01:00', '2026-01-05T09:30:00+0130', '2026-01-05T09:30:00-09:30:15',
	'2026-01-05T09:30:00+15:59:59', '2026-01-05T09:30:00-15:59', '2024-02-29T00:00:00Z', '2000-02-29T00:00:00Z',
	'0001-02-29T00:00:00Z BC', '0005-02-29T12:00:00Z BC', '0001-12-31T23:00:00-02:00 BC', '0001-01-01T00:00:00+01:00',
	'4714-11-24T00:00:00Z BC', '4714-11-24T05:00:00+05 BC', '294276-12-31T23:59:59.999999Z', '10000-01-01T00:00:00Z',
	'2026-01-05T09:30:00.1Z', '2026-01-05T09:30:00.000001Z', '2026-01-05T09:30:00.12345651Z',
	'2026-01-05T09:30:00.99999949999Z', '2026-12-31T23:59:59.9999995Z', '2026-01-05T09:30:00.1000000000000000000001Z'
]) AS at
WHERE cx.started_at(pg_temp.at(at)::cx.journey) IS DISTINCT FROM at::timestamptz
	OR pg_temp.at(at)::cx.journey::text IS DISTINCT FROM '[{"at": ' || to_jsonb(at::timestamptz)::text || ', "touchpoint": "a"}]'
	OR pg_temp.at(at)::cx.journey::text::cx.journey IS DISTINCT FROM pg_temp.at(at)::cx.journey;

-- The session's zone and style change nothing.
SET TimeZone = 'America/St_Johns';
SET DateStyle = 'German, DMY';
SELECT pg_temp.at('2026-07-05T09:30:00.5-02:30')::cx.journey;
RESET TimeZone;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';

-- Times that are refused.
SELECT at, regexp_replace(pg_temp.reading(pg_temp.at(at)), 'invalid input syntax for type journey \| Touch 1, key "at", ', '') AS refused
FROM unnest(ARRAY[
	'', 'yesterday', 'now', 'infinity', '-infinity', '2026-01-05', '2026-01-05T09:30:00', '2026-01-05T09:30:00 Europe/Berlin',
	'2026-01-05T09:30:00UTC', '2026-1-5T09:30:00Z', '26-01-05T09:30:00Z', '20260105T093000Z', '2026-01-05T09Z', '2026-01-05T9:30:00Z',
	'2026-01-05T09:30:0Z', '2026-01-05T09:30:00.Z', '2026-01-05T09:30:00,5Z', '2026-01-05T09:30:00+1', '2026-01-05T09:30:00+16',
	'2026-01-05T09:30:00+01:60', '2026-01-05T09:30:00+01:00:60', '2026-01-05T09:30:00+01:', '2026-01-05T09:30:00Z ',
	' 2026-01-05T09:30:00Z', '2026-01-05T09:30:00ZZ', '2026-01-05T09:30:00Z AD', '2026-01-05T09:30:00ZBC', '-2026-01-05T09:30:00Z',
	'2026-01-05T24:00:00Z', '2026-01-05T23:60:00Z', '2026-01-05T23:59:60Z', '2026-02-29T00:00:00Z', '1900-02-29T00:00:00Z',
	'0002-02-29T00:00:00Z BC', '2026-00-05T00:00:00Z', '2026-13-05T00:00:00Z', '2026-01-00T00:00:00Z', '2026-04-31T00:00:00Z',
	'0000-01-01T00:00:00Z', '4714-11-23T23:59:59Z BC', '4714-11-24T00:00:00+00:01 BC', '294277-01-01T00:00:00Z',
	'294276-12-31T23:59:59.9999995Z', '294276-12-31T23:59:59-01', '999999-01-01T00:00:00Z', '1234567-01-01T00:00:00Z'
]) AS at;

-- lasted: seconds, kept in milliseconds, halves away from zero, as numeric rounds
SELECT seconds, pg_temp.touch(', "lasted": ' || seconds)::cx.journey
FROM unnest(ARRAY['0', '-0', '-0.000', '0.001', '0.0004', '0.0005', '0.0014999999', '1.5', '1e3', '1.25E-1', '12.3450', '0.9995', '59.9999',
	'9223372036854775', '9223372036854775.0000', '9223372036854.775', '1e-16000', '0e16000', '0.00000000000000000000000000000001']) AS seconds
WHERE seconds::numeric * 1000 <= 9223372036854775
	AND pg_temp.touch(', "lasted": ' || seconds)::cx.journey::text
		IS DISTINCT FROM pg_temp.touch(', "lasted": ' || trim_scale(round(seconds::numeric, 3)))::cx.journey::text;
SELECT cx.started_at(pg_temp.at('2026-01-05T09:30:00.1234565Z')::cx.journey) AS "half a microsecond goes up";
SELECT pg_temp.touch(', "lasted": 312.5000')::cx.journey, pg_temp.touch(', "lasted": 9223372036854.775')::cx.journey;

-- value: the shortest text that reads back to the same number, and no -0
SELECT number, pg_temp.touch(', "value": ' || number)::cx.journey
FROM unnest(ARRAY['0', '1', '-1', '0.1', '0.30000000000000004', '1e21', '1e22', '1.7976931348623157e308', '-1.7976931348623157e308', '5e-324',
	'2.2250738585072014e-308', '1e-7', '123456789012345680', '9007199254740993', '3.141592653589793', '100.00', '1E2', '4.35', '1125899906842624', '1125899906842625.5',
	'0.1e-15', '999999999999999.9']) AS number
WHERE pg_temp.touch(', "value": ' || number)::cx.journey::text
		IS DISTINCT FROM '[{"at": "2026-01-05T00:00:00+00:00", "touchpoint": "a", "value": ' || number::float8 || '}]'
	OR (SELECT value FROM cx.touches(pg_temp.touch(', "value": ' || number)::cx.journey)) IS DISTINCT FROM number::float8;
SELECT pg_temp.touch(', "value": -0')::cx.journey, pg_temp.touch(', "value": -0.0e5')::cx.journey = pg_temp.touch(', "value": 0')::cx.journey AS zero;

-- ref: every int8
SELECT (SELECT array_agg(ref) FROM cx.touches(('[' || string_agg(trim(pg_temp.touch(', "ref": ' || ref), '[]'), ',') || ']')::cx.journey))
FROM unnest(ARRAY['9223372036854775807', '-9223372036854775808', '0', '-0', '-1']) AS ref;

-- attrs: the text of equal jsonb objects is the same, keys shorter first, then bytewise
SELECT attrs, pg_temp.touch(', "attrs": ' || attrs)::cx.journey
FROM unnest(ARRAY['{}', '{"b": 1, "a": 2, "aa": true, "B": false}', '{"n": 1.500, "m": -0.0, "k": 1e2, "o": 100, "p": 0.00}', '{"": ""}',
	'{"é": "ü", "z": "\u00e9\n\"\\", "e\"": "/\/"}', '{"x": "\u00e9", "y": "é"}', '{"n": 12345678901234567890.12345678901234567890}', '{"n": 1e-400}',
	'{"a": "1", "b": 1}']) AS attrs
WHERE (SELECT t.attrs FROM cx.touches(pg_temp.touch(', "attrs": ' || attrs)::cx.journey) t) IS DISTINCT FROM attrs::jsonb
	OR pg_temp.touch(', "attrs": ' || attrs)::cx.journey::jsonb -> 0 -> 'attrs' IS DISTINCT FROM attrs::jsonb;
SELECT pg_temp.touch(', "attrs": {"b": 1.500, "a": -0.0, "aa": true, "c": 1e2, "B": "x\u00e9\u000a"}')::cx.journey;
SELECT count(DISTINCT pg_temp.touch(', "attrs": ' || attrs)::cx.journey) = 1 AS one
FROM unnest(ARRAY['{"n": 100, "m": 1}', '{"m": 1.0, "n": 1e2}', '{"n": 100.00, "m": 10e-1}', '{"m":1,"n":1E+2}']) AS attrs;

-- labels: bytes are counted, not characters; any character but NUL
SELECT label, pg_temp.touch(', "team": ' || to_jsonb(label)::text)::cx.journey AS journey
FROM unnest(ARRAY['x', ' ', repeat('x', 255), repeat('é', 127), repeat('é', 127) || 'x', repeat('😀', 63), '"', '\', E'\x01\x1f\x7f\t\n\r\b\f',
	'a > b', '[{"at": 1}]', 'null', U&'\FEFF\200B', 'Ünïcödé 漢字 😀']) AS label
WHERE (cx.teams(pg_temp.touch(', "team": ' || to_jsonb(label)::text)::cx.journey))[1] IS DISTINCT FROM label
	OR pg_temp.touch(', "team": ' || to_jsonb(label)::text)::cx.journey::text::cx.journey IS DISTINCT FROM pg_temp.touch(', "team": ' || to_jsonb(label)::text)::cx.journey;
SELECT pg_temp.touch(', "team": "\"\\\/\b\f\n\r\t\u0001\u00e9\ud83d\ude00"')::cx.journey;

-- All that is refused besides times.
SELECT input, pg_temp.reading(input) AS refused
FROM unnest(ARRAY[
	'{}', '{"at": 1}', '1', '"a"', 'null', 'true', '[1]', '["a"]', '[null]', '[true]', '[[]]', '[{}]',
	'[{"touchpoint": "a"}]', '[{"at": null, "touchpoint": "a"}]', '[{"at": "2026-01-05T00:00:00Z"}]', '[{"at": "2026-01-05T00:00:00Z", "touchpoint": null}]',
	'[{"at": 1767571200, "touchpoint": "a"}]', '[{"at": ["x"]}]', '[{"at": {}}]', '[{"at": true}]',
	pg_temp.touch(', "Team": "x"'), pg_temp.touch(', "": 1'), pg_temp.touch(', "since_seconds": 1'), pg_temp.touch(', "team": "x", "team": "x"'), pg_temp.touch(', "team": null, "team": "x"'),
	pg_temp.touch(', "at": "2026-01-05T00:00:00Z"'),
	pg_temp.touch(', "channel": ""'), pg_temp.touch(', "channel": 1'), pg_temp.touch(', "channel": false'), pg_temp.touch(', "channel": ["x"]'), pg_temp.touch(', "channel": {"x": 1}'),
	pg_temp.touch(', "value": "1"'), pg_temp.touch(', "value": true'), pg_temp.touch(', "value": 1e309'), pg_temp.touch(', "value": -1e309'), pg_temp.touch(', "value": 1e-400'), pg_temp.touch(', "value": [1]'),
	pg_temp.touch(', "lasted": "1"'), pg_temp.touch(', "lasted": -1'), pg_temp.touch(', "lasted": -0.0001'), pg_temp.touch(', "lasted": 9223372036854.776'), pg_temp.touch(', "lasted": 9223372036854.7755'),
	pg_temp.touch(', "lasted": 1e30'), pg_temp.touch(', "lasted": 1e99999999999'), pg_temp.touch(', "lasted": 18446744073709551616'),
	pg_temp.touch(', "ref": "1"'), pg_temp.touch(', "ref": 1.0'), pg_temp.touch(', "ref": 1e3'), pg_temp.touch(', "ref": 9223372036854775808'), pg_temp.touch(', "ref": -9223372036854775809'), pg_temp.touch(', "ref": true'),
	pg_temp.touch(', "attrs": 1'), pg_temp.touch(', "attrs": "x"'), pg_temp.touch(', "attrs": []'), pg_temp.touch(', "attrs": {"a": null}'), pg_temp.touch(', "attrs": {"a": []}'), pg_temp.touch(', "attrs": {"a": {}}'),
	pg_temp.touch(', "attrs": {"a": 1, "a": 1}'), pg_temp.touch(', "attrs": {"a": 1, "b": 2, "\u0061": 3}'), pg_temp.touch(', "attrs": {"a": 1e99999}'),
	pg_temp.touch(', "team": "' || repeat('x', 256) || '"'), pg_temp.touch(', "team": "' || repeat('é', 128) || '"'), pg_temp.touch(', "team": "' || repeat('😀', 64) || '"'),
	'[{"at": "2026-01-05T00:00:00Z", "touchpoint": "a"}, {"at": "2026-01-05T00:00:00Z", "touchpoint": ""}]'
]) AS input;

-- What is not JSON: the parser's error, by SQLSTATE.
SELECT input, left(pg_temp.reading(input), 5) AS state
FROM unnest(ARRAY['', ' ', '[', ']', '[,]', '[{]', '[] []', '[]x', '[{"at"}]', '[{''at'': 1}]', '[{"at": "2026', 'NaN', '[NaN]', pg_temp.touch(', "value": NaN'), pg_temp.touch(', "value": Infinity'),
	pg_temp.touch(', "value": 01'), pg_temp.touch(', "value": .5'), pg_temp.touch(', "value": +1'), pg_temp.touch(','), pg_temp.touch(', "team": "' || E'\n' || '"'), pg_temp.touch(', "team": "\x"'),
	pg_temp.touch(', "team": "\u0000"'), pg_temp.touch(', "attrs": {"a": "\u0000"}'), pg_temp.touch(', "attrs": {"\u0000": 1}'), pg_temp.touch(', "team": "\ud83d"')]) AS input;

-- Errors name the touch and the key, also where numbers are too long for numeric.
SELECT left(field, 15) AS field, octet_length(field) AS length, pg_temp.reading(pg_temp.touch(', ' || field)) ~ '^\[|\| Touch 1, key "(value|lasted|attrs)"[:,]' AS "read or named",
	pg_temp.outcome(format('SELECT (SELECT attrs IS NULL OR attrs = j::jsonb #> ''{0,attrs}'' FROM cx.touches(j)) FROM (SELECT %L::cx.journey AS j) AS s', pg_temp.touch(', ' || field))) ~ '^true$|^22.*Touch 1, key' AS "what is read has rows"
FROM unnest(ARRAY['"lasted": 1e20000', '"lasted": 1.' || repeat('1', 17000) || 'e0', '"lasted": 1.' || repeat('1', 9000) || 'e-9000', '"attrs": {"n": 1e20000}', '"attrs": {"n": 1.' || repeat('1', 9000) || 'e-9000}',
	'"attrs": {"n": 1' || repeat('1', 16001) || 'e0}', '"attrs": {"n": 1' || repeat('1', 20000) || '}', '"attrs": {"n": 1.' || repeat('1', 20000) || '}', '"value": 1e400']) AS field;

-- Attrs take up to 65535 bytes of canonical text: {"a": "..."} has 9 bytes around the value.
SELECT length, left(pg_temp.reading(pg_temp.touch(', "attrs": {"a": "' || repeat('x', length) || '"}')), 97) AS got
FROM unnest(ARRAY[65526, 65527]) AS length;

-- Only deep JSON is refused for being deep, and the backend lives.
SELECT left(pg_temp.reading(repeat('[', 1000000)), 5) AS state;
SELECT left(pg_temp.reading(pg_temp.touch(', "attrs": ' || repeat('{"a": ', 100000))), 5) AS state;

-- jsonb: the same touches there and back, the same checks
SELECT j::jsonb = j::text::jsonb AS same, j::jsonb::cx.journey = j AS back
FROM (VALUES ('[]'::cx.journey), (pg_temp.touch(', "value": 1e300, "lasted": 1e-3, "ref": -5, "attrs": {"b": "ü", "a": 1.0}')::cx.journey)) AS v (j);
SELECT pg_temp.outcome(format('SELECT (%L::jsonb)::cx.journey', json)) FROM unnest(ARRAY['{}', '1', 'null', '"x"', '[1]', '[{"at": "2026-01-05T00:00:00Z"}]',
	pg_temp.touch(', "value": 1e400'), pg_temp.touch(', "attrs": {"a": [1]}'), pg_temp.touch(', "team": 1, "team": "last wins"')]) AS json;
SELECT pg_temp.outcome('SELECT ''[]''::jsonb || ''[]''::cx.journey') AS "casts are explicit";
SELECT NULL::cx.journey, NULL::cx.journey::jsonb, NULL::jsonb::cx.journey;
