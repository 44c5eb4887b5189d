-- Merging: loading again, late or corrected never makes a journey wrong.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE EXTENSION IF NOT EXISTS pgtap;
SET LOCAL search_path = public, cx;
SET LOCAL TimeZone = 'UTC';
SELECT plan(22);

CREATE FUNCTION pg_temp.batch(first int, last int, note text DEFAULT 'seen') RETURNS cx.journey LANGUAGE sql AS $$
	SELECT coalesce(cx.journey_agg('2026-01-01Z'::timestamptz + n * '1 hour'::interval, note, NULL, NULL, n, NULL, n, NULL), '[]') FROM generate_series(first, last) n
$$;
SELECT is(cx.merge(pg_temp.batch(1, 5), pg_temp.batch(6, 9)), pg_temp.batch(1, 9), 'new events are added');
SELECT is(cx.merge(pg_temp.batch(6, 9), pg_temp.batch(1, 5)), pg_temp.batch(1, 9), 'late ones find their place');
SELECT is(cx.merge(pg_temp.batch(1, 9), pg_temp.batch(1, 9)), pg_temp.batch(1, 9), 'the same batch again changes nothing');
SELECT is(cx.merge(pg_temp.batch(1, 6), pg_temp.batch(4, 9)), pg_temp.batch(1, 9), 'batches may overlap');
SELECT is(cx.merge(cx.merge(pg_temp.batch(1, 6), pg_temp.batch(4, 9)), pg_temp.batch(4, 9)), cx.merge(pg_temp.batch(1, 6), pg_temp.batch(4, 9)), 'merging is idempotent');
SELECT is(cx.merge(pg_temp.batch(1, 9), pg_temp.batch(3, 3, 'corrected')), pg_temp.batch(1, 2) || pg_temp.batch(3, 3, 'corrected') || pg_temp.batch(4, 9), 'a correction replaces the touch with its ref');
SELECT is(cx.merge(pg_temp.batch(3, 3, 'corrected'), pg_temp.batch(1, 9)), pg_temp.batch(1, 9), 'the newer one wins, whichever that is');
SELECT is(cx.merge('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a", "ref": 1}]', '[{"at": "2025-01-01T00:00:00Z", "touchpoint": "b", "ref": 1}]'), '[{"at": "2025-01-01T00:00:00Z", "touchpoint": "b", "ref": 1}]', 'also when it moves the touch in time');
SELECT is(cx.merge(pg_temp.batch(1, 3) || pg_temp.batch(1, 3), pg_temp.batch(1, 3)), pg_temp.batch(1, 3), 'all touches with the ref are replaced');
SELECT is(cx.merge(pg_temp.batch(1, 3), pg_temp.batch(2, 2) || pg_temp.batch(2, 2, 'part two')), pg_temp.batch(1, 3) || pg_temp.batch(2, 2, 'part two'), 'newer may split an event in two');
SELECT is(cx.merge('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]'), '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}, {"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', 'touches without ref are added');
SELECT is(cx.merge(pg_temp.batch(1, 3), '[]'), pg_temp.batch(1, 3), 'merging nothing changes nothing');
SELECT is(cx.merge('[]', pg_temp.batch(1, 3)), pg_temp.batch(1, 3), 'nothing merged with a batch is the batch');
SELECT is(cx.merge(NULL, pg_temp.batch(1, 3)), NULL, 'what is unknown stays unknown: begin with an empty journey');

SELECT is(pg_temp.batch(1, 3) || pg_temp.batch(2, 4), pg_temp.batch(2, 4) || pg_temp.batch(1, 3), '|| is commutative');
SELECT is((pg_temp.batch(1, 3) || pg_temp.batch(2, 4)) || pg_temp.batch(9, 9), pg_temp.batch(1, 3) || (pg_temp.batch(2, 4) || pg_temp.batch(9, 9)), '|| is associative');
SELECT is(cx.touch_count(pg_temp.batch(1, 3) || pg_temp.batch(2, 4)), 6, '|| keeps duplicates');
SELECT is((pg_temp.batch(1, 3) || pg_temp.batch(2, 4)) - pg_temp.batch(2, 4), pg_temp.batch(1, 3), '- takes back what || added');
SELECT is((pg_temp.batch(2, 2) || pg_temp.batch(2, 2)) - pg_temp.batch(2, 2), pg_temp.batch(2, 2), '- takes one touch for one');
SELECT is(pg_temp.batch(1, 3) - pg_temp.batch(2, 9), pg_temp.batch(1, 1), '- ignores what is not there');
SELECT is(cx.without(pg_temp.batch(1, 5), '{2,4,77,NULL}'), pg_temp.batch(1, 1) || pg_temp.batch(3, 3) || pg_temp.batch(5, 5), 'without takes events back by their refs');
SELECT is(cx.without('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', '{0,NULL}'), '[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]', 'touches without ref stay');

SELECT * FROM finish();
ROLLBACK;
