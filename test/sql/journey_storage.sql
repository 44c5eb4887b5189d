-- How journeys are stored: layout version 1 byte by byte, sizes, TOAST, limits.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup

-- Some small journeys by hand, after the byte map in layout.h.
CREATE FUNCTION pg_temp.hex(text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT decode(replace($1, ' ', ''), 'hex') $$;
SELECT what, cx._bytes(j::cx.journey) = pg_temp.hex(bytes) AS as_documented, octet_length(cx._bytes(j::cx.journey)) AS size
FROM (VALUES
	-- version 1, no flags, counts of 1 byte, width 0 | four counts | first time
	('empty', '[]', '01 00 00 00  00 00 00 00  0000000000000000'),
	-- the largest unit, days (5 << 3 = 28), divides no offsets | 1 s after 2000 | length 1 | a
	('one touch', '[{"at": "2000-01-01T00:00:01Z", "touchpoint": "a"}]', '01 00 28 00  01 01 01 01  40420f0000000000  01  61'),
	-- 1 s before 2000; symbols 0 1 0 in 1 bit each; offsets 0, 1, 5 s (2 << 3 = 10) in 3 bits: 0 | 1 << 3 | 5 << 6 = 148
	('seconds', '[{"at": "1999-12-31T23:59:59Z", "touchpoint": "a"}, {"at": "2000-01-01T00:00:00Z", "touchpoint": "b"}, {"at": "2000-01-01T00:00:04Z", "touchpoint": "a"}]',
		'01 00 10 03  03 02 02 02  c0bdf0ffffffffff  01 01  6162  02  4801'),
	-- channel and team flags (3); labels a, b, c; symbols (a, -, c) and (b, a, -): touchpoints 0 1 in 2 bits, channels 0 1 and teams 3 0 in 2 bits
	('table', '[{"at": "2000-01-01T00:00:00Z", "touchpoint": "b", "channel": "a"}, {"at": "2000-01-01T00:00:00Z", "touchpoint": "a", "team": "c"}]',
		'01 03 28 00  02 02 03 03  0000000000000000  01 01 01  616263  04  04  03  02'),
	-- value, lasted and ref (38); 1.5 and 0.25 as 150 and 25 of 2 digits, base 25, width 7: 125; lasted in minutes (unit 2) from 1, width 1; refs -1 and 6
	('numbers', '[{"at": "2000-01-01T00:00:00Z", "touchpoint": "a", "value": 0.25, "lasted": 60, "ref": 6}, {"at": "2000-01-01T00:00:00Z", "touchpoint": "a", "value": 1.5, "lasted": 120, "ref": -1}]',
		'01 38 28 00  02 01 01 01  0000000000000000  01  61  02 07 1900000000000000 803e  02 01 0100000000000000 02  00 03 ffffffffffffffff 07'),
	-- value sparse (40): present in the second of two; 1/3 as it is (80), 64 bits
	('raw', '[{"at": "2000-01-01T00:00:00Z", "touchpoint": "a"}, {"at": "2000-01-01T00:00:00Z", "touchpoint": "a", "value": 0.3333333333333333}]',
		'01 08 28 00  02 01 01 01  0000000000000000  01  61  c0 40  02  555555555555d53f')
) AS v (what, j, bytes);

-- An encoder in SQL, from the rows and the byte map alone.
CREATE FUNCTION pg_temp.pack(numbers bigint[], width int) RETURNS bytea LANGUAGE sql AS $$
	SELECT coalesce(string_agg(set_byte('\x00', 0, bits::int), '' ORDER BY place), '')
	FROM (SELECT k / 8 AS place, sum(((numbers[k / width + 1] >> (k % width)) & 1) << (k % 8)) AS bits FROM generate_series(0, cardinality(numbers) * width - 1) k GROUP BY 1) AS s
$$;
CREATE FUNCTION pg_temp.width(most numeric) RETURNS int LANGUAGE sql AS $$ SELECT count(*)::int FROM generate_series(0, 63) k WHERE most >= 2::numeric ^ k $$;
CREATE FUNCTION pg_temp.numbers(present boolean[], numbers bigint[], form int) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	base bigint := (SELECT min(n) FROM unnest(numbers) n);
	offsets numeric[] := (SELECT array_agg(n::numeric - base ORDER BY o) FROM unnest(numbers) WITH ORDINALITY u (n, o));
	width int := pg_temp.width((SELECT max(n) FROM unnest(offsets) n));
BEGIN
	RETURN pg_temp.little(form + CASE WHEN false = ANY (present) THEN 64 ELSE 0 END, 1) || pg_temp.little(width, 1) || pg_temp.little(base, 8)
		|| CASE WHEN false = ANY (present) THEN pg_temp.pack((SELECT array_agg(p::int::bigint ORDER BY o) FROM unnest(present) WITH ORDINALITY u (p, o)), 1) ELSE '' END
		|| pg_temp.pack((SELECT array_agg(CASE WHEN n >= 2::numeric ^ 63 THEN n - 2::numeric ^ 64 ELSE n END::bigint ORDER BY o) FROM unnest(offsets) WITH ORDINALITY u (n, o)), width);
END $$;
CREATE FUNCTION pg_temp.encode(j cx.journey) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
	units bigint[] := '{1,1000,1000000,60000000,3600000000,86400000000}'; spans bigint[] := '{1,1000,60000,3600000,86400000}';
	parts bytea[]; flags int; labels bytea[]; symbols bytea[][]; n int; first bigint; offsets bigint[]; unit int; label_bytes int; count_size int; bytes bytea; presence boolean[]; found int; wide int; result bytea;
BEGIN
	CREATE TEMP TABLE t AS SELECT step, (extract(epoch FROM at) * 1000000 - 946684800000000)::bigint AS at, ARRAY[convert_to(touchpoint, 'UTF8'), convert_to(channel, 'UTF8'), convert_to(team, 'UTF8'), convert_to(attrs::text, 'UTF8')] AS parts,
		value, round(lasted_seconds * 1000)::bigint AS lasted, ref FROM cx.touches(j);
	n := (SELECT count(*) FROM t);
	flags := (SELECT sum((EXISTS (SELECT FROM t WHERE t.parts[p + 1] IS NOT NULL))::int << (p - 1)) FROM generate_series(1, 3) p)
		+ (SELECT (count(value) > 0)::int * 8 + (count(lasted) > 0)::int * 16 + (count(ref) > 0)::int * 32 FROM t);
	labels := (SELECT array_agg(l ORDER BY l) FROM (SELECT DISTINCT unnest(t.parts) AS l FROM t) AS d WHERE l IS NOT NULL);
	CREATE TEMP TABLE s AS SELECT t.parts, row_number() OVER (ORDER BY t.parts[1], t.parts[2] NULLS FIRST, t.parts[3] NULLS FIRST, t.parts[4] NULLS FIRST) - 1 AS number FROM t GROUP BY t.parts;
	found := (SELECT count(*) FROM s);
	label_bytes := (SELECT sum(octet_length(l)) FROM unnest(labels) l);
	first := (SELECT min(at) FROM t);
	unit := (SELECT max(u) FROM generate_series(1, 6) u WHERE (SELECT bool_and((at - first) % units[u] = 0) FROM t)) - 1;
	offsets := (SELECT array_agg((at - first) / units[unit + 1] ORDER BY step) FROM t);
	wide := pg_temp.width(offsets[n]);
	count_size := CASE WHEN greatest(n, cardinality(labels), label_bytes) < 256 THEN 1 WHEN greatest(n, cardinality(labels), label_bytes) < 65536 THEN 2 ELSE 4 END;
	result := pg_temp.little(1, 1) || pg_temp.little(flags, 1) || pg_temp.little(count_size / 2 + CASE WHEN (SELECT max(octet_length(l)) FROM unnest(labels) l) > 255 THEN 4 ELSE 0 END + unit * 8, 1) || pg_temp.little(wide, 1)
		|| pg_temp.little(n, count_size) || pg_temp.little(found, count_size) || pg_temp.little(cardinality(labels), count_size) || pg_temp.little(label_bytes, count_size) || pg_temp.little(first, 8)
		|| (SELECT string_agg(pg_temp.little(octet_length(l), CASE WHEN (SELECT max(octet_length(l)) FROM unnest(labels) l) > 255 THEN 2 ELSE 1 END), '' ORDER BY l) || string_agg(l, '' ORDER BY l) FROM unnest(labels) l);
	FOR p IN 1 .. 4 LOOP
		CONTINUE WHEN flags & 7 = 0 OR (p > 1 AND flags & (1 << (p - 2)) = 0);
		result := result || pg_temp.pack((SELECT array_agg(coalesce(array_position(labels, s.parts[p]) - (p = 1)::int, 0) ORDER BY number) FROM s), pg_temp.width(cardinality(labels) - (p = 1)::int));
	END LOOP;
	result := result || pg_temp.pack((SELECT array_agg(number ORDER BY step) FROM t JOIN s ON t.parts IS NOT DISTINCT FROM s.parts), pg_temp.width(found - 1)) || pg_temp.pack(offsets, wide);
	IF flags & 8 <> 0 THEN
		presence := (SELECT array_agg(value IS NOT NULL ORDER BY step) FROM t);
		found := (SELECT min(d) FROM generate_series(0, 15) d WHERE (SELECT bool_and(abs(round(value * 10::float8 ^ d)) <= 2::float8 ^ 50 AND round(value * 10::float8 ^ d) / 10::float8 ^ d = value) FROM t));
		IF found IS NULL THEN
			result := result || pg_temp.little(128 + CASE WHEN false = ANY (presence) THEN 64 ELSE 0 END, 1) || '\x40'
				|| CASE WHEN false = ANY (presence) THEN pg_temp.pack((SELECT array_agg(p::int::bigint ORDER BY o) FROM unnest(presence) WITH ORDINALITY u (p, o)), 1) ELSE '' END
				|| (SELECT string_agg(substr(float8send(value), 9 - k, 1), '' ORDER BY step, k) FROM t, generate_series(1, 8) k WHERE value IS NOT NULL);
		ELSE
			result := result || pg_temp.numbers(presence, (SELECT array_agg(round(value * 10::float8 ^ found)::bigint ORDER BY step) FROM t WHERE value IS NOT NULL), found);
		END IF;
	END IF;
	IF flags & 16 <> 0 THEN
		unit := (SELECT max(u) FROM generate_series(1, 5) u WHERE (SELECT bool_and(lasted % spans[u] = 0) FROM t));
		result := result || pg_temp.numbers((SELECT array_agg(lasted IS NOT NULL ORDER BY step) FROM t), (SELECT array_agg(lasted / spans[unit] ORDER BY step) FROM t WHERE lasted IS NOT NULL), unit - 1);
	END IF;
	IF flags & 32 <> 0 THEN
		result := result || pg_temp.numbers((SELECT array_agg(ref IS NOT NULL ORDER BY step) FROM t), (SELECT array_agg(ref ORDER BY step) FROM t WHERE ref IS NOT NULL), 0);
	END IF;
	DROP TABLE t, s;
	RETURN result;
END $$;
CREATE TEMP TABLE samples AS
SELECT n, cx.journey_agg('2026-01-01T00:00:00.123456Z'::timestamptz + (h % 1000) * (ARRAY['1 microsecond', '1 millisecond', '3 seconds', '1 minute', '5 hours', '1 day', '90 days 1 us'])[1 + n % 7]::interval,
	CASE WHEN n % 11 = 0 THEN repeat('long ', 20) ELSE 't' END || h / 1000 % (1 + n), CASE WHEN n % 2 = 0 THEN (ARRAY['web', 'äpp', NULL])[1 + h / 1000 % 3] END, CASE WHEN n % 3 = 0 THEN (ARRAY['care', 't1', NULL])[1 + h / 3000 % 3] END,
	CASE n % 5 WHEN 0 THEN h % 100 / 100.0 WHEN 1 THEN CASE WHEN h % 3 > 0 THEN h / 3.0 END WHEN 2 THEN CASE WHEN h % 2 > 0 THEN h * -1000.0 END WHEN 3 THEN (h % 1000) * 1e15 END::float8,
	CASE n % 4 WHEN 0 THEN h % 90 * '1 ms'::interval WHEN 1 THEN CASE WHEN h % 2 > 0 THEN h % 40 * '1 hour'::interval END END, CASE n % 6 WHEN 0 THEN h::bigint << 33 WHEN 1 THEN CASE WHEN h % 5 > 0 THEN h END WHEN 2 THEN hashint8extended(h, 1) END,
	CASE WHEN n % 13 = 0 THEN jsonb_build_object('k', h % 3, 'long', repeat('ü', n * 7)) WHEN n % 13 = 1 THEN '{"b": 1.5, "aa": true, "c": "\"ü\n"}' END) AS j
FROM (SELECT n, hashint4(n * 1000 + i) & 2147483647 AS h FROM generate_series(1, 90) n, generate_series(1, 1 + n * 37 % 60) i) AS s GROUP BY n;
INSERT INTO samples VALUES (0, cx.journey(ARRAY['4714-11-24Z BC', '294276-12-31T23:59:59.999999Z']::timestamptz[], '{a,b}', refs => '{-9223372036854775808,9223372036854775807}'));
SELECT count(*), bool_and(cx.check(j) IS NULL) AS sound FROM samples;
SELECT n, encode(cx._bytes(j), 'hex') AS ours, encode(pg_temp.encode(j), 'hex') AS documented FROM samples WHERE cx._bytes(j) <> pg_temp.encode(j) AND n > 0;
-- numbers that need all 64 bits, more than int8 has: offsets 0 and 9435184819199999999 (less 2^64: -9011559254509551617)
SELECT cx._bytes(j) = pg_temp.hex('01 20 00 40 02 02 02 02') || pg_temp.little(-211813488000000000, 8) || pg_temp.hex('01 01 6162 02') || pg_temp.little(0, 8) || pg_temp.little(-9011559254509551617, 8)
	|| pg_temp.hex('00 40') || pg_temp.little(-9223372036854775808, 8) || pg_temp.little(0, 8) || pg_temp.little(-1, 8) AS "all of time" FROM samples WHERE n = 0;

-- Sizes.  20 touches over 16 labels of 6 bytes, milliseconds over 90 days (33 bits):
-- header 16, label lengths 16, labels 96, symbols 20 * 4 bits = 10, times 20 * 33 bits = 83: 221 bytes, 11.05 a touch.
-- With 4 channels (3, 3, 5, 5 bytes), one to a touchpoint: 4 lengths and 16 bytes more, a table of 16 * 5 bits (20 labels) twice = 20: 261 bytes, 13.05;
-- touchpoints of 5 bytes save 16: 245 bytes, 12.25.
SELECT octet_length(cx._bytes(cx.journey_agg(at, 'touch' || to_hex(n % 16)))) AS plain, octet_length(cx._bytes(cx.journey_agg(at, 'touch' || to_hex(n % 16), (ARRAY['web', 'app', 'voice', 'store'])[1 + n % 4]))) AS channels,
	octet_length(cx._bytes(cx.journey_agg(at, 'step' || to_hex(n % 16), (ARRAY['web', 'app', 'voice', 'store'])[1 + n % 4]))) AS shorter
FROM (SELECT n, '2026-01-01Z'::timestamptz + n * '4 days 17:41:03.157'::interval AS at FROM generate_series(0, 19) n) AS s;
-- Equal numbers, or none, take no bits; a constant team costs its label, its length and a table of a byte a column.
SELECT octet_length(cx._bytes(cx.journey_agg(at, 'a'))) AS bare, octet_length(cx._bytes(cx.journey_agg(at, 'a', NULL, NULL, 7.25))) - octet_length(cx._bytes(cx.journey_agg(at, 'a'))) AS "constant value",
	octet_length(cx._bytes(cx.journey_agg(at, 'a', NULL, 'team'))) - octet_length(cx._bytes(cx.journey_agg(at, 'a'))) AS "constant team"
FROM (SELECT '2026-01-01Z'::timestamptz AS at FROM generate_series(1, 1000) n) AS s;

-- Where a value lies: short and long headers, compressed, out of line, both.  All functions read the same.
SELECT attstorage FROM pg_attribute WHERE attrelid = 'samples'::regclass AND attname = 'j';
CREATE TABLE storage_rows (what text, j cx.journey);
SET default_toast_compression = 'pglz';
INSERT INTO storage_rows SELECT CASE WHEN n <= 3 THEN 'short' WHEN n <= 300 THEN 'inline' ELSE 'external' END, cx.journey_agg('2026-01-01Z'::timestamptz + i * i * '1 s'::interval, 'touch ' || i % 50, NULL, NULL, i) FROM unnest(ARRAY[3, 300, 5000]) n, generate_series(1, n) i GROUP BY n;
SELECT what, octet_length(cx._bytes(j)) AS bytes, pg_column_size(j) - octet_length(cx._bytes(j)) AS header, pg_column_compression(j) FROM storage_rows ORDER BY bytes;
ALTER TABLE storage_rows ALTER j SET STORAGE extended;
INSERT INTO storage_rows SELECT CASE WHEN n < 3000 THEN 'compressed' ELSE 'external compressed' END, cx.journey_agg('2026-01-01Z'::timestamptz + i * '64 s'::interval, 'touch ' || repeat(md5((i % 50 / 40 * i)::text), 7), NULL, NULL, i) FROM unnest(ARRAY[60, 30000]) n, generate_series(1, n) i GROUP BY n;
SELECT what, pg_column_size(j) < octet_length(cx._bytes(j)) AS smaller, pg_column_size(j) < 2000 AS inline, pg_column_compression(j) FROM storage_rows WHERE what LIKE '%compressed';
SELECT pg_relation_size(reltoastrelid) > 0 AS toasted FROM pg_class WHERE oid = 'storage_rows'::regclass;
SELECT what, cx.touch_count(j) = cx.touch_count(f) AND cx.started_at(j) = cx.started_at(f) AND cx.ended_at(j) = cx.ended_at(f) AND cx.duration(j) = cx.duration(f) AND cx.path(j) = cx.path(f) AND j = f AND j::text = f::text
	AND cx.last_touchpoint(j) = cx.last_touchpoint(f) AND cx._journey_hash(j) = cx._journey_hash(f) AND cx.check(j) IS NULL AND cx.tail(j, 2) = cx.tail(f, 2) AND cx._journey_send(j) = cx._journey_send(f) AS same
FROM storage_rows, LATERAL (SELECT (j || '[]') AS f) AS fresh ORDER BY what COLLATE "C";
DROP TABLE storage_rows;

-- Limits: 4194304 touches, and a text form under 1 GB.
SELECT cx.touch_count(j) AS most, cx.touch_count(cx.tail(j, 1)) AS last, octet_length(cx._bytes(j)) AS bytes, pg_temp.outcome('SELECT cx.journey_agg(at, ''a'') FROM (SELECT ''2026-01-01Z''::timestamptz AS at FROM generate_series(1, 4194305)) AS s') AS aggregate,
	pg_temp.outcome('SELECT cx.journey(array_fill(''2026-01-01Z''::timestamptz, ''{4194305}''), array_fill(''a''::text, ''{4194305}''))') AS arrays
FROM (SELECT cx.journey_agg('2026-01-01Z'::timestamptz, 'a') AS j FROM generate_series(1, 4194304)) AS s;
SELECT pg_temp.outcome('SELECT j || cx.head(j, 1) FROM (SELECT cx.journey_agg(''2026-01-01Z''::timestamptz, ''a'') AS j FROM generate_series(1, 4194304)) AS s') AS "union",
	pg_temp.outcome('SELECT cx.touch_count(cx.journey_agg(j)) FROM (SELECT j FROM (SELECT cx.journey_agg(''2026-01-01Z''::timestamptz, ''a'') AS j FROM generate_series(1, 2097153)) AS s, generate_series(1, 2)) AS t') AS journeys;
CREATE FUNCTION pg_temp.double(j cx.journey) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	LOOP
		j := j || j;
	END LOOP;
EXCEPTION WHEN program_limit_exceeded THEN
	RETURN cx.touch_count(j) || ', then ' || SQLERRM;
END $$;
-- attrs of 65535 bytes: 8192 touches would print 537 MB, 16384 of them 1074 MB
SELECT pg_temp.double(cx.journey('{2026-01-01Z}', '{a}', attrs => ARRAY[jsonb_build_object('a', repeat('x', 65526))])) AS grown;
SELECT pg_temp.double('[{"at": "2026-01-01T00:00:00Z", "touchpoint": "a"}]') AS grown;
