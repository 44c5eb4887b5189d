-- Building: rows in any order and any parts give the same journey.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(18);

CREATE TEMP TABLE events (customer int, at timestamptz, touchpoint text, channel text, team text, value float8, lasted interval, ref int8, attrs jsonb);
INSERT INTO events VALUES
	(1, '2026-01-05 09:00Z', 'visit', 'web', NULL, NULL, NULL, 1, NULL),
	(1, '2026-01-05 09:00Z', 'visit', 'web', NULL, NULL, NULL, 1, NULL),
	(1, '2026-01-05 09:00Z', 'call', 'voice', 'care', 4, '5 minutes', 2, '{"reason": "refund"}'),
	(1, '2026-01-07 12:30Z', 'survey', NULL, NULL, 9, NULL, 3, NULL),
	(2, '2026-01-06 10:00Z', 'purchase', 'store', 'sales', 99.95, NULL, 4, '{"items": 3}');
CREATE TEMP TABLE journeys AS
SELECT customer, cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS journey FROM events GROUP BY customer;

SELECT is((SELECT count(*) FROM journeys), 2::bigint, 'each customer has one journey');
SELECT is((SELECT cx.touch_count(journey) FROM journeys WHERE customer = 1), 4, 'every row is a touch, duplicates too');
SELECT is((SELECT cx.touchpoints(journey) FROM journeys WHERE customer = 1), '{call,visit,visit,survey}', 'touches are ordered by time, then by touchpoint');
SELECT bag_eq('SELECT customer, at, touchpoint, channel, team, value, make_interval(secs => lasted_seconds), ref, attrs FROM journeys, cx.touches(journey)', 'SELECT * FROM events', 'touches gives back exactly the rows that went in');

SELECT is((SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs ORDER BY at DESC, touchpoint DESC) FROM events WHERE customer = 1), (SELECT journey FROM journeys WHERE customer = 1), 'the order of rows makes no difference');
SELECT is((SELECT cx._bytes(cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs ORDER BY ref)) FROM events WHERE customer = 1), (SELECT cx._bytes(journey) FROM journeys WHERE customer = 1), 'not even to the stored bytes');
SELECT is((SELECT cx.journey_agg(part ORDER BY cx.ended_at(part) DESC) FROM (SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) AS part FROM events WHERE customer = 1 GROUP BY at::date) AS days), (SELECT journey FROM journeys WHERE customer = 1), 'days together make the whole');
SELECT is((SELECT cx.journey_agg(journey) FROM journeys), (SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FROM events), 'two customers found to be one have the journey of all their rows');
SELECT is((SELECT cx.journey(array_agg(at), array_agg(touchpoint), array_agg(channel), array_agg(team), array_agg(value), array_agg(lasted), array_agg(ref), array_agg(attrs)) FROM events WHERE customer = 1), (SELECT journey FROM journeys WHERE customer = 1), 'arrays make the same journey as rows');
SELECT is((SELECT journey::text::cx.journey FROM journeys WHERE customer = 1), (SELECT journey FROM journeys WHERE customer = 1), 'the text form reads back to the same journey');
SELECT is((SELECT journey::jsonb::cx.journey FROM journeys WHERE customer = 1), (SELECT journey FROM journeys WHERE customer = 1), 'so does jsonb');

SELECT is((SELECT cx.journey_agg(at, touchpoint) FROM events WHERE false), NULL, 'no rows make no journey');
SELECT is((SELECT cx.journey_agg(at, touchpoint, channel) FROM (VALUES (NULL::timestamptz, NULL, NULL), ('2026-01-01Z', 'a', NULL)) AS v (at, touchpoint, channel)), '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', 'rows with nothing but NULL are skipped, as outer joins make them');
SELECT throws_ok($$SELECT cx.journey_agg(NULL::timestamptz, 'a')$$, '22004', 'at of a touch must not be null', 'a touch needs a time');
SELECT throws_ok($$SELECT cx.journey_agg('2026-01-01Z'::timestamptz, NULL)$$, '22004', 'touchpoint of a touch must not be null', 'a touch needs a touchpoint');
SELECT throws_ok($$SELECT cx.journey_agg('2026-01-01'::timestamp, 'a')$$, '42804', 'the time of a touch must be a timestamp with time zone', 'a time without zone is no moment');
SELECT throws_ok($$SELECT cx.journey_agg('infinity'::timestamptz, 'a')$$, '22008', 'at of a touch must be finite', 'a touch happens at some time');
SELECT throws_ok($$SELECT cx.journey_agg('2026-01-01Z'::timestamptz, '')$$, '22023', 'invalid touchpoint: ""', 'an empty label is none');

SELECT * FROM finish();
ROLLBACK;
