--
-- Loading is idempotent: batches that come once, twice, overlapping, and with corrections give the same journeys as the
-- truth loaded once.
--
\ir lib/begin.sql

-- The truth: events with a key, as the source has them in the end.
CREATE TABLE profile OF oracle.profile;
INSERT INTO profile
SELECT id, seed, 1 + touches, labels, first_label, fields & ~16, sparse, repeats, times, "values", durations, refs
FROM oracle.profiles(:seed + 40, 1500 * :scale);
CALL oracle.make('profile');
-- keys unlike row numbers, negative and extreme ones among them
CREATE TABLE event AS
SELECT r.id, r.n, at, touchpoint, channel, team, value, lasted,
	CASE r.n WHEN 1 THEN 9223372036854775807 - r.id WHEN 2 THEN -9223372036854775808 + r.id ELSE (r.n - 20) * 7 END AS ref, attrs
FROM raw r;
CREATE TABLE truth AS
SELECT id::text, at, touchpoint, channel, team, oracle.attrs_text(attrs) AS attrs, CASE WHEN value <> 0 THEN value WHEN value = 0 THEN 0 END AS value,
	oracle.milliseconds(lasted) AS lasted, ref
FROM event;

-- What the source sent: each event in two to four batches; until the last time, wrong in up to three fields.
CREATE TABLE sending AS
SELECT e.id, e.ref, batch, batch = max(batch) OVER (PARTITION BY e.id, e.n) AS final,
	oracle.dice(:seed, e.id * 100003 + e.n * 10 + batch, 'wrong', 8) AS wrong, n
FROM event e, generate_series(1, 6) batch
WHERE batch IN (1 + oracle.dice(:seed, e.id * 100003 + e.n, 'first', 6), 1 + oracle.dice(:seed, e.id * 100003 + e.n, 'second', 6),
	1 + oracle.dice(:seed, e.id * 100003 + e.n, 'third', 6));
CREATE TABLE batch AS
SELECT s.id, s.batch, cx.journey_agg(
	CASE WHEN NOT final AND wrong & 1 = 1 THEN timestamptz '2025-02-03 04:05:06+00' ELSE at END,
	CASE WHEN NOT final AND wrong & 2 = 2 THEN 'not yet known' ELSE touchpoint END, channel, team,
	CASE WHEN NOT final AND wrong & 4 = 4 THEN 0 ELSE value END, lasted, s.ref, attrs) AS journey
FROM sending s JOIN event e USING (id, n)
GROUP BY s.id, s.batch;
ANALYZE batch;

-- Merges a customer's batches in order.  Each may come twice at once, again in two halves, and together with the next.
CREATE FUNCTION pg_temp.loaded(customer bigint, repeats int, halves boolean) RETURNS cx.journey LANGUAGE plpgsql AS $$
DECLARE
	result cx.journey := '[]';
	b record;
BEGIN
	FOR b IN SELECT batch, journey FROM batch WHERE id = customer ORDER BY batch LOOP
		FOR i IN 1 .. repeats LOOP
			result := cx.merge(result, b.journey);
		END LOOP;
		IF halves THEN
			result := cx.merge(result, cx.head(b.journey, cx.touch_count(b.journey) / 2));
			result := cx.merge(result, cx.tail(b.journey, cx.touch_count(b.journey) / 2 + 1));
		END IF;
	END LOOP;
	RETURN result;
END $$;
CALL oracle.check_journeys('each batch loaded once', 'SELECT id, pg_temp.loaded(id, 1, false) FROM profile', 'TABLE truth');
CALL oracle.check_journeys('each batch loaded twice', 'SELECT id, pg_temp.loaded(id, 2, false) FROM profile', 'TABLE truth');
CALL oracle.check_journeys('each batch loaded again in overlapping halves', 'SELECT id, pg_temp.loaded(id, 1, true) FROM profile', 'TABLE truth');

-- As a load job does it, into a stored table.
CREATE TABLE store (id bigint PRIMARY KEY, journey cx.journey NOT NULL);
INSERT INTO store SELECT id, cx.journey_agg(journey) FROM batch WHERE batch = 1 GROUP BY id;
INSERT INTO store SELECT id, journey FROM batch WHERE batch = 2
ON CONFLICT (id) DO UPDATE SET journey = cx.merge(store.journey, excluded.journey);
SELECT format('INSERT INTO store SELECT id, journey FROM batch WHERE batch = %s
	ON CONFLICT (id) DO UPDATE SET journey = cx.merge(store.journey, excluded.journey)', b) FROM unnest('{3,3,4,5,5,5,6,6}'::int[]) b
\gexec
CALL oracle.check_journeys('INSERT … ON CONFLICT', 'TABLE store', 'TABLE truth');
CREATE TABLE stored_before AS SELECT id, cx._bytes(journey) AS bytes FROM store;
UPDATE store SET journey = cx.merge(store.journey, b.journey) FROM (SELECT id, journey FROM batch WHERE batch = 6) b WHERE b.id = store.id;
CALL oracle.check_rows('the last batch again changes no byte', 'SELECT id, cx._bytes(journey) FROM store', 'TABLE stored_before');

-- Events taken back, and the same taken back and sent again.
CALL oracle.check_journeys('without, then merged again',
	'SELECT s.id, cx.merge(cx.without(s.journey, (SELECT array_agg(ref) FROM event e WHERE e.id = s.id AND n % 3 = 0)),
		coalesce((SELECT cx.journey_agg(at, touchpoint, channel, team, value, lasted, ref, attrs) FROM event e WHERE e.id = s.id AND n % 3 = 0), ''[]''))
	FROM store s WHERE EXISTS (SELECT FROM event e WHERE e.id = s.id AND n = 3)',
	'SELECT * FROM truth t WHERE EXISTS (SELECT FROM event e WHERE e.id::text = t.id AND n = 3)');

-- Touches without ref cannot be recognised: they are added.
CALL oracle.check_journeys('touches without ref are added',
	'SELECT id, cx.merge(cx.merge(journey, two), two) FROM (SELECT id, journey, cx.journey(ARRAY[timestamptz ''2026-01-05 00:00:00+00''], ARRAY[''note'']) AS two FROM store) s',
	'SELECT * FROM truth UNION ALL SELECT id::text, timestamptz ''2026-01-05 00:00:00+00'', ''note'', NULL, NULL, NULL, NULL, NULL, NULL FROM store, generate_series(1, 2)');

\ir lib/end.sql
