-- Journeys out of a journey: parts of it, or other labels, compared with plain
-- SQL over the rows.  What is not changed stays as it is.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
CREATE TEMP TABLE samples AS
SELECT n, cx.journey_agg('2026-01-01Z'::timestamptz + (h % 300) * (ARRAY['1 microsecond', '1 hour', '1 day'])[1 + n % 3]::interval,
	(ARRAY['a', 'a.b', 'a.b.c', 'a.bc', 'b', 'b.c.d.e', '.x', 'y.', 'z..w', 'ä.ö'])[1 + h / 300 % 10], (ARRAY['web', 'app', 'a.b', NULL])[1 + h / 3000 % 4], (ARRAY['care', NULL])[1 + h / 12000 % 2],
	(ARRAY[1, 2.5, NULL])[1 + h / 24000 % 3], (ARRAY['1 s', NULL])[1 + h / 72000 % 2]::interval, (ARRAY[7, NULL])[1 + h / 144000 % 2],
	(ARRAY['{"k": "v"}', '{"k": 1.50, "b": true}', '{"k": "", "b": "true"}', '{"b": false}', NULL])[1 + h / 288000 % 5]::jsonb) AS j
FROM (SELECT n, hashint4(n * 1000 + i) & 2147483647 AS h FROM generate_series(1, 60) n, generate_series(1, n * n % 200 + 1) i) AS s
GROUP BY n;
UPDATE samples SET j = j || cx.head(j, 5);
INSERT INTO samples VALUES (0, '[]'), (-1, NULL);

-- Builds a journey again from rows that a query selects; step orders nothing.
CREATE FUNCTION pg_temp.from_rows(journey cx.journey, touchpoint text, condition text) RETURNS cx.journey LANGUAGE plpgsql AS $$
DECLARE
	result cx.journey;
BEGIN
	EXECUTE format('SELECT coalesce(cx.journey_agg(at, %s, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs), ''[]'')
		FROM (SELECT *, count(*) OVER () AS touches, lag(touchpoint) OVER (ORDER BY step) AS previous FROM cx.touches($1)) AS t WHERE %s', touchpoint, condition)
	INTO result USING journey;
	RETURN result;
END $$;
-- Each call against what its comment says, for all samples.
SELECT call FROM (VALUES
	('cx.head(j, 0)', 'touchpoint', 'false'), ('cx.head(j, 3)', 'touchpoint', 'step <= 3'), ('cx.head(j, 1000)', 'touchpoint', 'true'), ('cx.head(j, 2147483647)', 'touchpoint', 'true'),
	('cx.tail(j, 0)', 'touchpoint', 'false'), ('cx.tail(j, 3)', 'touchpoint', 'step > touches - 3'), ('cx.tail(j, 17)', 'touchpoint', 'step > touches - 17'), ('cx.tail(j, 1000)', 'touchpoint', 'true'),
	($$cx.slice(j, '2026-01-01T00:00:00.0001Z', '2026-01-09Z')$$, 'touchpoint', $$at >= '2026-01-01T00:00:00.0001Z' AND at < '2026-01-09Z'$$),
	($$cx.slice(j, NULL, '2026-01-02Z')$$, 'touchpoint', $$at < '2026-01-02Z'$$), ($$cx.slice(j, '2026-01-02Z', NULL)$$, 'touchpoint', $$at >= '2026-01-02Z'$$), ('cx.slice(j, NULL, NULL)', 'touchpoint', 'true'),
	($$cx.slice(j, '-infinity', '2026-01-02Z')$$, 'touchpoint', $$at < '2026-01-02Z'$$), ($$cx.slice(j, '2026-01-02Z', 'infinity')$$, 'touchpoint', $$at >= '2026-01-02Z'$$),
	($$cx.slice(j, 'infinity', '-infinity')$$, 'touchpoint', 'false'), ($$cx.slice(j, '2026-01-09Z', '2026-01-01Z')$$, 'touchpoint', 'false'), ($$cx.slice(j, '2026-01-01Z', '2026-01-01Z')$$, 'touchpoint', 'false'),
	($$cx.slice(j, cx.started_at(j), cx.ended_at(j))$$, 'touchpoint', 'at < cx.ended_at($1)'), ('cx.collapse(j)', 'touchpoint', 'touchpoint IS DISTINCT FROM previous'),
	('cx.by_channel(j)', 'channel', 'channel IS NOT NULL'), ('cx.by_team(j)', 'team', 'team IS NOT NULL'),
	($$cx.by_attr(j, 'k')$$, $$CASE attrs->>'k' WHEN '1.50' THEN '1.5' ELSE attrs->>'k' END$$, $$attrs->>'k' <> ''$$), ($$cx.by_attr(j, 'b')$$, $$attrs->>'b'$$, 'attrs ? ''b'''), ($$cx.by_attr(j, 'none')$$, 'touchpoint', 'false'),
	($$cx.by_attr(j, '')$$, 'touchpoint', 'false'),
	('cx.truncate(j, 1)', $$coalesce(nullif(split_part(touchpoint, '.', 1), ''), touchpoint)$$, 'true'), ('cx.truncate(j, 2)', $$array_to_string((string_to_array(touchpoint, '.'))[1:2], '.')$$, 'true'),
	('cx.truncate(j, 3)', $$array_to_string((string_to_array(touchpoint, '.'))[1:3], '.')$$, 'true'), ('cx.truncate(j, 2147483647)', 'touchpoint', 'true'),
	($$cx.rename(j, '{a,a.b,nowhere}', '{a.b,a,x}')$$, $$CASE touchpoint WHEN 'a' THEN 'a.b' WHEN 'a.b' THEN 'a' ELSE touchpoint END$$, 'true'), ($$cx.rename(j, '{b,y.}', '{ä.ö,ä.ö}')$$, $$CASE WHEN touchpoint IN ('b', 'y.') THEN 'ä.ö' ELSE touchpoint END$$, 'true'),
	($$cx.rename(j, '{}', '{}')$$, 'touchpoint', 'true'), ($$cx.rename(j, '{a}', '{a}')$$, 'touchpoint', 'true'), ($$cx.rename(j, '{A}', '{b}')$$, 'touchpoint', 'true')
) AS v (call, touchpoint, condition)
WHERE pg_temp.outcome(format('SELECT string_agg(n::text, '' '' ORDER BY n) FROM samples WHERE %s IS DISTINCT FROM CASE WHEN j IS NOT NULL THEN pg_temp.from_rows(j, %L, %L) END OR cx.check(%s) IS NOT NULL', call, touchpoint, condition, call)) IS NOT NULL;
SELECT bool_and(cx.dedupe(j) = (SELECT coalesce(cx.journey_agg(at, touchpoint, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs), '[]')
	FROM (SELECT DISTINCT at, touchpoint, channel, team, value, lasted_seconds, ref, attrs FROM cx.touches(j)) AS d)) AS dedupe, bool_and(cx.check(cx.dedupe(j)) IS NULL) AS sound,
	bool_and(cx.dedupe(cx.dedupe(j)) = cx.dedupe(j) AND cx.dedupe(j || j) = cx.dedupe(j)) AS idempotent, bool_and(cx.collapse(cx.collapse(j)) = cx.collapse(j)) AS collapsed,
	bool_and(cx.head(j, 4) || cx.tail(j, greatest(cx.touch_count(j) - 4, 0)) = j) AS "head and tail", bool_and(cx.slice(j, NULL, '2026-01-05Z') || cx.slice(j, '2026-01-05Z', NULL) = j) AS slices
FROM samples WHERE j IS NOT NULL;

-- Examples.
SELECT cx.truncate('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "support.billing.refund"}]', 2), cx.truncate('[{"at": "2026-01-01T00:00:00Z", "touchpoint": ".a"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "..", "value": 1}]', 1);
SELECT cx.by_attr(j, 'n') AS n, cx.by_attr(j, 'b') AS b, cx.by_attr(j, 'ü') AS "ü", cx.by_attr(j, 'N') AS other
FROM (SELECT '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "attrs": {"n": 1e2, "b": true, "ü": "\u00e9\"\n"}}]'::cx.journey AS j) AS s;
SELECT cx.rename('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}]', '{a,b}', '{b,a}') AS "exchanged: the same",
	cx.rename('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}]', '{a}', '{z}') AS reordered;
-- of touches of the same time and touchpoint, collapse keeps the first in canonical order
SELECT cx.collapse('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "value": 2}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "b"}, {"at": "2026-01-02T00:00:00Z", "touchpoint": "a"}]');

-- NULL arguments and all that is refused.
SELECT cx.head('[]', NULL), cx.tail('[]', NULL), cx.truncate('[]', NULL), cx.by_attr('[]', NULL), cx.rename('[]', NULL, '{}'), cx.rename('[]', '{}', NULL), cx.slice(NULL, NULL, NULL), cx.slice('[]', NULL, NULL);
SELECT call, pg_temp.outcome('SELECT ' || call) AS refused
FROM unnest(ARRAY['cx.head(''[]'', -1)', 'cx.tail(''[]'', -1)', 'cx.tail(''[]'', -2147483648)', 'cx.truncate(''[]'', 0)', 'cx.truncate(''[]'', -5)', 'cx.rename(''[]'', ''{a}'', ''{}'')', 'cx.rename(''[]'', ''{}'', ''{a}'')',
	'cx.rename(''[]'', ''{a,b,a}'', ''{x,y,z}'')', 'cx.rename(''[]'', ''{NULL}'', ''{a}'')', 'cx.rename(''[]'', ''{a}'', ''{NULL}'')', 'cx.rename(''[]'', ''{""}'', ''{a}'')', 'cx.rename(''[]'', ''{a}'', ''{""}'')',
	'cx.rename(''[]'', ''{a}'', ARRAY[repeat(''x'', 256)])', 'cx.by_attr(cx.journey(''{2026-01-01Z}'', ''{a}'', attrs => ARRAY[jsonb_build_object(''k'', repeat(''x'', 256))]), ''k'')']) AS call;
SELECT cx.touch_count(cx.by_attr(cx.journey('{2026-01-01Z}', '{a}', attrs => ARRAY[jsonb_build_object('k', repeat('x', 255))]), 'k')) AS "255 bytes";
