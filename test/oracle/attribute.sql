--
-- cx.attribute against plain SQL: which touches a conversion is credited to, their shares, and credits whose sums are
-- exact in any order.
--
\ir lib/begin.sql

-- few instants and labels; conversions at the same instant as others, first, last, many, none; with and without value
CREATE TABLE touch AS
SELECT id, timestamptz '2026-01-29Z' + oracle.dice(:seed, n, 'at', 40) * interval '12 hours' + oracle.dice(:seed, n, 'tick', 2) * interval '1 microsecond' AS at,
	chr(97 + oracle.dice(:seed, n, 'label', 5)::int) COLLATE "C" AS touchpoint, (ARRAY['web', 'app'])[1 + oracle.dice(:seed, n, 'channel', 3)] COLLATE "C" AS channel,
	(ARRAY['care'])[1 + oracle.dice(:seed, n, 'team', 2)] COLLATE "C" AS team,
	CASE oracle.dice(:seed, n, 'value', 6) WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN -19.99 WHEN 3 THEN 5e-324 WHEN 4 THEN 1.7976931348623157e308
		ELSE (oracle.dice(:seed, n, 'amount', 1000000) / 100.0)::float8 END AS value
FROM generate_series(1, 6000 * :scale) id CROSS JOIN LATERAL generate_series(1, oracle.dice(:seed, id, 'length', 25)) i CROSS JOIN LATERAL (SELECT id * 100 + i AS n) s;
CREATE TABLE question AS
SELECT id, cx.journey_agg(at, touchpoint, channel, team, value) AS journey,
	(ARRAY['e', 'd | e', '@app', 'a'])[1 + oracle.dice(:seed, id, 'conversion', 4)] AS conversion, (ARRAY['*', '*', 'a | b', '#care'])[1 + oracle.dice(:seed, id, 'touches', 4)] AS touches,
	(ARRAY['1 day', '7 days', '1 month', '0', '36:00:00.000001'])[1 + oracle.dice(:seed, id, 'lookback', 7)]::interval AS lookback,
	(ARRAY['7 days', '1 hour', '00:00:00.000001', '30 days'])[1 + oracle.dice(:seed, id, 'half_life', 5)]::interval AS half_life
FROM touch GROUP BY id;

CREATE TABLE numbered AS
SELECT t.*, row_number() OVER (PARTITION BY id ORDER BY at, touchpoint, channel NULLS FIRST, team NULLS FIRST, value NULLS FIRST) AS step,
	CASE conversion WHEN 'e' THEN touchpoint = 'e' WHEN 'd | e' THEN touchpoint IN ('d', 'e') WHEN '@app' THEN channel IS NOT DISTINCT FROM 'app' ELSE touchpoint = 'a' END AS converts,
	CASE touches WHEN '*' THEN true WHEN 'a | b' THEN touchpoint IN ('a', 'b') ELSE team IS NOT NULL END AS counts
FROM touch t JOIN question USING (id);
CREATE TABLE conversion AS
SELECT id, step, at, value, row_number() OVER steps AS number, lag(step, 1, 0::bigint) OVER steps AS previous
FROM numbered WHERE converts WINDOW steps AS (PARTITION BY id ORDER BY step);
-- each touch of each conversion's window
CREATE TABLE candidate AS
SELECT c.id, c.number, c.at AS converted_at, coalesce(c.value, 1) AS value, t.step, t.at, t.touchpoint, t.channel, t.team, extract(epoch FROM c.at - t.at) AS seconds_before,
	row_number() OVER w AS k, count(t.step) OVER (PARTITION BY c.id, c.number) AS n, coalesce(q.half_life, '7 days') AS half_life
FROM conversion c JOIN question q USING (id) LEFT JOIN numbered t ON t.id = c.id AND t.step > c.previous AND t.step < c.step AND t.counts
	AND (q.lookback IS NULL OR t.at + q.lookback >= c.at)
WINDOW w AS (PARTITION BY c.id, c.number ORDER BY t.step);
CREATE TABLE expected AS
SELECT *, CASE WHEN n = 0 THEN 1 ELSE weight / sum(weight) OVER (PARTITION BY id, number, model) END AS share
FROM (SELECT c.*, model, CASE model WHEN 'first' THEN (k = 1)::int WHEN 'last' THEN (k = n)::int WHEN 'linear' THEN 1
		WHEN 'position' THEN CASE WHEN n <= 2 THEN 1 WHEN k IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END
		ELSE CASE WHEN n > 0 THEN power(2.0::float8, greatest(-500, -(seconds_before - min(seconds_before) OVER (PARTITION BY id, number, model)) / extract(epoch FROM half_life))::float8) END END::float8 AS weight
	FROM candidate c CROSS JOIN unnest('{first,last,linear,position,time_decay}'::text[]) model) s;
CREATE TABLE got AS
SELECT id, model, row_number() OVER (PARTITION BY id, model, conversion_number ORDER BY ordinality) AS k, a.*
FROM question CROSS JOIN unnest('{first,last,linear,position,time_decay}'::text[]) model
CROSS JOIN LATERAL cx.attribute(journey, conversion, model, half_life, lookback, touches) WITH ORDINALITY a;

CALL oracle.check_rows('touches and their order', 'SELECT id, model, conversion_number, k, converted_at, at, touchpoint, channel, team, seconds_before FROM got',
	'SELECT id, model, number, k, converted_at, at, touchpoint, channel, team, seconds_before::float8 FROM expected');
INSERT INTO oracle.result (what, cases, differences, example)
SELECT 'shares and credits: ' || model, count(*), count(*) FILTER (WHERE wrong), min(concat_ws(' ', e, g)) FILTER (WHERE wrong)
FROM got g JOIN expected e USING (id, model, k), LATERAL (SELECT NOT (abs(g.share - e.share) <= 1e-12 AND (abs(e.value) BETWEEN 5e-324 AND 1e-300 OR abs(g.credit / 2 - e.share * (e.value / 2)) <= 1e-12 * abs(e.value)))) w (wrong)
WHERE g.conversion_number = e.number GROUP BY model;
CALL oracle.check_rows('sums are exact, in order, reversed and shuffled', $$SELECT id, model, conversion_number, abs(sum(share) - 1) < 1e-14, sum(credit ORDER BY k), sum(credit ORDER BY k DESC), sum(credit ORDER BY md5(k::text)) FROM got GROUP BY 1, 2, 3$$,
	'SELECT id, model, number, true, v.value, v.value, v.value FROM conversion CROSS JOIN unnest(''{first,last,linear,position,time_decay}''::text[]) model CROSS JOIN LATERAL (SELECT coalesce(conversion.value, 1)) v (value)');
CALL oracle.check_rows('no part has the other sign', 'SELECT count(*) FROM got JOIN conversion c USING (id) WHERE c.number = conversion_number AND (share < 0 OR credit * sign(coalesce(value, 1)) < 0)', 'SELECT 0');
CALL oracle.check_rows('there are windows of 0, 1, 2 and more touches', 'SELECT DISTINCT least(n, 3) FROM candidate', 'VALUES (0), (1), (2), (3)');

-- long windows: no part strays, however many there are
CREATE TABLE long AS
SELECT n, value, a.* FROM (VALUES (3000, 1000.1::float8), (100000, 0.1), (99999, 123456789.123)) s (n, value) CROSS JOIN LATERAL cx.attribute(
	(SELECT cx.journey_agg(timestamptz '2026-01-01Z' + i * interval '1 minute', CASE WHEN i <= n THEN 'a' ELSE 'buy' END, NULL, NULL, CASE WHEN i > n THEN value END) FROM generate_series(1, n + 1) i), 'buy', 'linear') a;
CALL oracle.check_rows('long windows', 'SELECT n, sum(credit), round(sum(share)::numeric, 9), count(*), bool_and(abs(credit - value / n) <= value * 4 * power(2::float8, -53)) FROM long GROUP BY n, value', 'VALUES (3000, 1000.1, 1.000000000, 3000, true), (100000, 0.1, 1.000000000, 100000, true), (99999, 123456789.123, 1.000000000, 99999, true)');
\ir lib/end.sql
