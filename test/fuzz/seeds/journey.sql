--
-- Journeys that the fuzzer starts from, in text form.
--
-- journeys by hand: each corner once
INSERT INTO seed (value) VALUES
	('[]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "a"}]'),
	('[{"at": "2000-01-01T00:00:00+00:00", "touchpoint": "support.call"}]'),
	('[{"at": "2026-01-05T09:30:00.000001+00:00", "touchpoint": "support.call", "channel": "voice", "team": "care", "lasted": 312.5, "value": 4, "ref": 90125, "attrs": {"reason": "refund"}}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "x", "value": -1.5}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "x", "value": -1.5}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "x"}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "x", "channel": "web"}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "x", "team": "t"}]'),
	('[{"at": "4713-01-01T00:00:00+00:00 BC", "touchpoint": "dawn"}, {"at": "294276-12-31T23:59:59.999999+00:00", "touchpoint": "dusk"}]'),
	('[{"at": "1999-12-31T23:59:59.999999+00:00", "touchpoint": "before"}, {"at": "2000-01-01T00:00:00.000001+00:00", "touchpoint": "after"}]'),
	('[{"at": "2026-01-05T00:00:00+00:00", "touchpoint": "d"}, {"at": "2026-01-06T00:00:00+00:00", "touchpoint": "d"}, {"at": "2026-02-01T00:00:00+00:00", "touchpoint": "e"}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 0}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 0.1}, {"at": "2026-01-05T09:30:01+00:00", "touchpoint": "v", "value": 19.99}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 1.7976931348623157e308}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 5e-324}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": -1.7976931348623157e308}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 9007199254740993}, {"at": "2026-01-05T09:30:00+00:00", "touchpoint": "v", "value": 0.30000000000000004}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "r", "ref": -9223372036854775808}, {"at": "2026-01-05T09:31:00+00:00", "touchpoint": "r", "ref": 9223372036854775807}, {"at": "2026-01-05T09:32:00+00:00", "touchpoint": "r", "ref": 0}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "l", "lasted": 0}, {"at": "2026-01-05T09:31:00+00:00", "touchpoint": "l", "lasted": 0.001}, {"at": "2026-01-05T09:32:00+00:00", "touchpoint": "l", "lasted": 86400}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "l", "lasted": 3600}, {"at": "2026-01-05T09:31:00+00:00", "touchpoint": "l"}, {"at": "2026-01-05T09:32:00+00:00", "touchpoint": "l", "lasted": 7200}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "quote \" back \\ slash", "channel": "\u00e9\u20ac\ud83d\ude00", "team": "tab\tline\n"}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "t", "attrs": {"device": "ios", "n": 1, "ok": true, "no": false, "x": 1.50}}, {"at": "2026-01-05T09:31:00+00:00", "touchpoint": "t", "attrs": {"device": "android"}}, {"at": "2026-01-05T09:32:00+00:00", "touchpoint": "t"}]'),
	('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "a.b.c.d"}, {"at": "2026-01-05T09:30:30+00:00", "touchpoint": "a.b"}, {"at": "2026-01-05T09:31:00+00:00", "touchpoint": "a"}, {"at": "2026-01-05T10:31:00+00:00", "touchpoint": "a.b.c"}]');
INSERT INTO seed (value) VALUES
	(format('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "%s", "channel": "%s", "team": "%s"}]', repeat('t', 255), repeat('c', 255), repeat('é', 127))),
	(format('[{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "t", "attrs": {"long": "%s"}}]', repeat('y', 3000)));

-- journeys by chance: every mix of optional fields, over few and many labels, from few to many touches
INSERT INTO seed (value)
SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'at', timestamptz '2026-01-05 09:30+00' + trunc(random() * spread) * step,
		'touchpoint', 'touch.' || trunc(random() * labels),
		'channel', CASE WHEN kind & 1 > 0 AND random() < 0.8 THEN (ARRAY['web', 'app', 'voice', 'store'])[1 + trunc(random() * 4)::int] END,
		'team', CASE WHEN kind & 2 > 0 AND random() < 0.5 THEN 'team ' || trunc(random() * 6) END,
		'value', CASE WHEN kind & 4 > 0 AND random() < 0.7 THEN
			CASE kind % 3 WHEN 0 THEN round((random() * 1000)::numeric, 2) WHEN 1 THEN trunc(random() * 10)::numeric ELSE (random() - 0.5)::numeric END END,
		'lasted', CASE WHEN kind & 8 > 0 AND random() < 0.9 THEN round((random() * 500)::numeric, kind % 4) END,
		'ref', CASE WHEN kind & 16 > 0 THEN trunc((random() - 0.5) * 1000000)::bigint END,
		'attrs', CASE WHEN kind & 32 > 0 AND random() < 0.3 THEN jsonb_build_object('device', (ARRAY['ios', 'web'])[1 + trunc(random() * 2)::int], 'n', trunc(random() * 3)) END))),
	'[]')::text
FROM (
	SELECT kind,
		(ARRAY[1, 2, 3, 8, 20, 60])[1 + kind % 6] AS touches,
		(ARRAY[1, 2, 5, 17, 40])[1 + kind % 5] AS labels,
		(ARRAY[10, 1000, 100000])[1 + kind % 3] AS spread,
		(ARRAY['1 microsecond', '1 millisecond', '1 second', '1 minute', '1 hour', '1 day']::interval[])[1 + kind % 6] AS step
	FROM generate_series(0, 127) AS kind) AS shape,
	LATERAL generate_series(1, touches) AS touch
GROUP BY kind;

-- large journeys: 300 and 3,000 distinct labels, 4,000 touches
INSERT INTO seed (value)
SELECT jsonb_agg(jsonb_build_object('at', timestamptz '2026-01-05 09:30+00' + touch * interval '7 seconds',
	'touchpoint', 'label.' || touch % labels, 'ref', touch))::text
FROM (VALUES (300, 300), (3000, 3000), (4000, 3)) AS shape (touches, labels),
	LATERAL generate_series(1, touches) AS touch
GROUP BY touches, labels;
