--
-- What functions get for their other arguments: values in text form.
--
-- the first three of a type are harmless
INSERT INTO cx_fuzz.argument (type, literal) VALUES
	('int', '1'), ('int', '2'), ('int', '3'), ('int', '0'), ('int', '7'), ('int', '-1'), ('int', '100'), ('int', '2147483647'), ('int', '-2147483648'), ('int', NULL),
	('bigint', '0'), ('bigint', '1'), ('bigint', '-1'), ('bigint', '42'), ('bigint', '9223372036854775807'), ('bigint', '-9223372036854775808'), ('bigint', NULL),
	('boolean', 'true'), ('boolean', 'false'), ('boolean', NULL),
	('float8', '0'), ('float8', '-0'), ('float8', '1.5'), ('float8', '-1e300'), ('float8', 'NaN'), ('float8', 'Infinity'), ('float8', NULL),
	('text', 'a'), ('text', 'channel'), ('text', 'device'), ('text', ''), ('text', 'touchpoint'), ('text', 'team'), ('text', 'n'), ('text', 'reason'),
	('text', 'touch.1'), ('text', 'touch.*'), ('text', 'x > y'), ('text', '**'), ('text', 'é'), ('text', repeat('z', 255)), ('text', repeat('z', 256)), ('text', 'last 2'), ('text', NULL),
	('text[]', '{a}'), ('text[]', '{collapse}'), ('text[]', '{touch.0}'), ('text[]', '{}'), ('text[]', '{a,b}'), ('text[]', '{NULL}'), ('text[]', '{a,NULL,b}'), ('text[]', '{{a,b},{c,d}}'), ('text[]', '{touch.0,touch.1,touch.2}'),
	('text[]', '{unique}'), ('text[]', '{first}'), ('text[]', '{last 2}'), ('text[]', '{first 3}'), ('text[]', '{channels}'), ('text[]', '{teams}'),
	('text[]', '{collapse,last 1}'), ('text[]', '{last 99999999999999999999}'), ('text[]', '{last -1}'), ('text[]', '[5:6]={x,y}'), ('text[]', '{""}'), ('text[]', NULL),
	('text[]', array_fill('t'::text, ARRAY[100])::text), ('text[]', array_fill(repeat('w', 255), ARRAY[3])::text),
	('bigint[]', '{0}'), ('bigint[]', '{90125}'), ('bigint[]', '{-1}'), ('bigint[]', '{}'), ('bigint[]', '{1,2,3}'), ('bigint[]', '{NULL,90125}'), ('bigint[]', '{9223372036854775807,-9223372036854775808}'), ('bigint[]', '{{1,2},{3,4}}'), ('bigint[]', NULL),
	('int[]', '{}'), ('int[]', '{1,2}'), ('int[]', '{NULL}'), ('int[]', NULL),
	('float8[]', '{1}'), ('float8[]', '{2.5}'), ('float8[]', '{NULL}'), ('float8[]', '{}'), ('float8[]', '{1.5,NULL}'), ('float8[]', '{NaN}'), ('float8[]', '{Infinity,0}'), ('float8[]', '{1,2,3}'), ('float8[]', NULL),
	('timestamptz', '2026-01-05 09:30+00'), ('timestamptz', '2026-01-05 09:31+00'), ('timestamptz', '2000-01-01 00:00+00'), ('timestamptz', '4713-01-01 00:00+00 BC'),
	('timestamptz', '294276-12-31 23:59:59.999999+00'), ('timestamptz', 'infinity'), ('timestamptz', '-infinity'), ('timestamptz', NULL),
	('timestamp', '2026-01-05 09:30'), ('timestamp', 'infinity'), ('timestamp', NULL),
	('timestamptz[]', '{2026-01-05 09:30+00}'), ('timestamptz[]', '{2026-01-05 09:31+00}'), ('timestamptz[]', '{2000-01-01 00:00+00}'), ('timestamptz[]', '{}'), ('timestamptz[]', '{2026-01-05 09:30+00,2026-01-05 09:30+00}'), ('timestamptz[]', '{2026-01-05 09:30+00,NULL}'),
	('timestamptz[]', '{infinity}'), ('timestamptz[]', '{"4713-01-01 00:00+00 BC","294276-12-31 23:59:59.999999+00","2026-01-05 09:30+00"}'), ('timestamptz[]', NULL),
	('interval', '0'), ('interval', '30 minutes'), ('interval', '1 day'), ('interval', '1 month'), ('interval', '-1 second'), ('interval', '178000000 years'), ('interval', '1 microsecond'), ('interval', NULL),
	('interval[]', '{1 second}'), ('interval[]', '{0}'), ('interval[]', '{NULL}'), ('interval[]', '{}'), ('interval[]', '{1 second,NULL}'), ('interval[]', '{-1 second}'), ('interval[]', '{1 month,1 day,1 hour}'), ('interval[]', NULL),
	('jsonb', '{}'), ('jsonb', '{"device": "ios"}'), ('jsonb', '{"n": 1.50, "t": true}'), ('jsonb', '{"a": {"b": 1}}'), ('jsonb', '[1, 2]'), ('jsonb', 'null'), ('jsonb', '"s"'), ('jsonb', NULL),
	('jsonb', '[{"at": "2026-01-05T09:30:00Z", "touchpoint": "a"}]'),
	('jsonb[]', '{"{}"}'), ('jsonb[]', '{"{\"a\": 1}"}'), ('jsonb[]', '{NULL}'), ('jsonb[]', '{}'), ('jsonb[]', '{"{\"a\": 1}",NULL}'), ('jsonb[]', '{"[]"}'), ('jsonb[]', NULL),
	('bytea', ''), ('bytea', '\x00'), ('bytea', '\x0102030405'), ('bytea', NULL);

-- small journeys of few touchpoints, with ties, in which patterns match
INSERT INTO cx_fuzz.argument (type, literal)
SELECT 'cx.journey', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'at', timestamptz '2026-01-05 09:30+00' + trunc(random() * touches) * step,
		'touchpoint', (ARRAY['a', 'a', 'b', 'b', 'c', 'a.b', 'a.b.c', 'support call'])[1 + trunc(random() * 8)::int],
		'channel', CASE WHEN random() < 0.4 THEN (ARRAY['web', 'app', 'app.ios'])[1 + trunc(random() * 3)::int] END,
		'team', CASE WHEN random() < 0.3 THEN (ARRAY['care', 'team 1'])[1 + trunc(random() * 2)::int] END,
		'value', CASE WHEN random() < 0.4 THEN trunc(random() * 4) - 1 END,
		'lasted', CASE WHEN random() < 0.4 THEN trunc(random() * 3) * 60 END,
		'attrs', CASE WHEN random() < 0.3 THEN jsonb_build_object('k', (ARRAY['x', 'y'])[1 + trunc(random() * 2)::int], 'n', trunc(random() * 3), 'f', random() < 0.5) END))),
	'[]')::text
FROM (SELECT n, (ARRAY[1, 3, 5, 8, 13])[1 + n % 5] AS touches, (ARRAY['1 second', '1 hour', '1 day', '1 microsecond']::interval[])[1 + n % 4] AS step
	FROM generate_series(0, 39) AS n) AS shape, LATERAL generate_series(1, touches) AS touch
GROUP BY n;

INSERT INTO cx_fuzz.argument (type, literal)
SELECT type, value FROM seed WHERE valid AND length(value) < CASE type WHEN 'cx.journey'::regtype THEN 2000 ELSE 400 END
	AND (type <> 'cx.journey'::regtype OR number % 3 = 0);
INSERT INTO cx_fuzz.argument (type, literal) VALUES ('cx.journey', NULL), ('cx.pattern', NULL), ('cx.selector', NULL), ('cx_fuzz.step', NULL);
