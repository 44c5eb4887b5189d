-- Units and precision: what is stored, and in which unit it comes out.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(24);

CREATE FUNCTION pg_temp.one(value float8, lasted interval, attrs jsonb DEFAULT NULL) RETURNS cx.journey LANGUAGE sql AS $$
	SELECT cx.journey('{2026-01-01Z}', '{a}', amounts => ARRAY[value], lasted => ARRAY[lasted], attrs => ARRAY[attrs])
$$;
SELECT is(lasted_seconds, 312.5::float8, 'lasted comes out in seconds') FROM cx.touches(pg_temp.one(NULL, '00:05:12.5'));
SELECT is(lasted_seconds, 0.001::float8, 'it is kept in milliseconds, halves rounded up') FROM cx.touches(pg_temp.one(NULL, '0.0005 s'));
SELECT is(lasted_seconds, 0::float8, 'less than half is 0, not NULL') FROM cx.touches(pg_temp.one(NULL, '0.000499 s'));
SELECT is(lasted_seconds, 90000::float8, 'a day has 24 hours') FROM cx.touches(pg_temp.one(NULL, '1 day 1 hour'));
SELECT is(lasted_seconds, 3600::float8, 'parts may be negative, the sum not') FROM cx.touches(pg_temp.one(NULL, '1 day -23 hours'));
SELECT throws_ok($$SELECT pg_temp.one(NULL, '1 month')$$, '22023', NULL, 'months have no fixed length');
SELECT throws_ok($$SELECT pg_temp.one(NULL, '-1 second')$$, '22023', NULL, 'no touch lasts less than nothing');
SELECT is(lasted_seconds, NULL, 'NULL stays NULL') FROM cx.touches(pg_temp.one(1, NULL));

SELECT is(value, v, v || ' comes back to the last bit') FROM unnest(ARRAY[0.1, 1e-300, 1.7976931348623157e308, 5e-324, 0.30000000000000004, -123456789.125]::float8[]) v, cx.touches(pg_temp.one(v, NULL));
SELECT is(pg_temp.one('-0', NULL), pg_temp.one(0, NULL), '-0 is 0');
SELECT is(float8send(value), float8send(0), 'also bit for bit') FROM cx.touches(pg_temp.one('-0', NULL));
SELECT throws_ok($$SELECT pg_temp.one('NaN', NULL)$$, '22023', NULL, 'NaN is no value');
SELECT throws_ok($$SELECT pg_temp.one('Infinity', NULL)$$, '22023', NULL, 'nor is infinity');

SELECT is(pg_temp.one(1, NULL, '{"b": 1.50, "a": "x"}'), pg_temp.one(1, NULL, '{"a": "x", "b": 1.5}'), 'equal attrs make equal touches');
SELECT isnt(pg_temp.one(1, NULL, '{"a": 1}'), pg_temp.one(1, NULL, '{"a": "1"}'), 'a number is not its text');
SELECT isnt(pg_temp.one(1, NULL, '{}'), pg_temp.one(1, NULL, NULL), 'no attrs are not an empty object');
SELECT is(cx.duration(j), '2 days 03:00'::interval, 'duration is days of 24 hours and a time') FROM (SELECT cx.journey('{2026-03-28 12:00Z,2026-03-30 15:00Z}', '{a,b}', lasted => '{1 day,9 days}') AS j) AS s;
SELECT is(cx.duration_seconds(j), 183600::float8, 'or seconds; how long touches lasted does not count') FROM (SELECT cx.journey('{2026-03-28 12:00Z,2026-03-30 15:00Z}', '{a,b}', lasted => '{1 day,9 days}') AS j) AS s;
SELECT is(array_agg(since_seconds ORDER BY step), '{NULL,0,0.000001}'::float8[], 'since_seconds is the time since the touch before') FROM cx.touches(cx.journey('{2026-01-01 00:00:00.000001Z,2026-01-01Z,2026-01-01Z}', '{a,b,c}'));

SELECT * FROM finish();
ROLLBACK;
