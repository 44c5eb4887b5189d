-- The events that the benchmarks measure: touches in random order of about touches/20 customers with a long tail,
-- over 180 days, 16 touchpoints of uneven frequency, each with its channel, times in milliseconds.
-- Needs :touches.

SELECT setseed(0.42) \g /dev/null

CREATE TABLE bench.touchpoint (k int PRIMARY KEY, touchpoint text, channel text);
INSERT INTO bench.touchpoint VALUES
	(1, 'ad click', 'web'), (2, 'search', 'web'), (3, 'product page', 'web'), (4, 'cart', 'web'),
	(5, 'checkout', 'web'), (6, 'purchase', 'web'), (7, 'support call', 'voice'), (8, 'chat', 'chat'),
	(9, 'survey', 'email'), (10, 'store visit', 'store'), (11, 'return', 'store'), (12, 'newsletter', 'email'),
	(13, 'app open', 'app'), (14, 'complaint', 'voice'), (15, 'renewal', 'app'), (16, 'cancel', 'voice');

CREATE UNLOGGED TABLE bench.event AS
SELECT e.customer_id, e.at, t.touchpoint, t.channel
FROM (SELECT (power(random(), 1.5) * :touches / 20)::int AS customer_id,
             timestamptz '2026-01-01 00:00+00' + floor(random() * 15552000000) * interval '1 millisecond' AS at,
             1 + floor(power(random(), 1.7) * 16)::int AS k
      FROM generate_series(1, :touches)) e
JOIN bench.touchpoint t USING (k);
VACUUM ANALYZE bench.event;

CREATE UNLOGGED TABLE bench.event_part (LIKE bench.event) PARTITION BY HASH (customer_id);
SELECT format('CREATE UNLOGGED TABLE bench.event_part_%s PARTITION OF bench.event_part FOR VALUES WITH (MODULUS 8, REMAINDER %s)', i, i)
FROM generate_series(0, 7) i \gexec
INSERT INTO bench.event_part SELECT * FROM bench.event;
VACUUM ANALYZE bench.event_part;

CREATE UNLOGGED TABLE bench.journey AS
SELECT customer_id, cx.journey_agg(at, touchpoint) AS journey FROM bench.event GROUP BY customer_id;
CREATE UNLOGGED TABLE bench.channel_journey AS
SELECT customer_id, cx.journey_agg(at, touchpoint, channel) AS journey FROM bench.event GROUP BY customer_id;
VACUUM ANALYZE bench.journey, bench.channel_journey;
