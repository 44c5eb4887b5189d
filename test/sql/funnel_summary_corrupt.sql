-- Stored bytes of cx.funnel_summary that nothing here wrote: every function gives
-- a result or raises XX001, and the backend lives.
\getenv srcdir PG_ABS_SRCDIR
\set setup :srcdir '/sql/include/setup.sql'
\i :setup
BEGIN;
-- only a superuser can, and only so, make a summary of any bytes, or see its bytes
CREATE TYPE raw;
CREATE FUNCTION raw_in(cstring) RETURNS raw LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION raw_out(raw) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE raw (INPUT = raw_in, OUTPUT = raw_out, LIKE = cx.funnel_summary);
CREATE CAST (raw AS cx.funnel_summary) WITHOUT FUNCTION;
CREATE CAST (cx.funnel_summary AS raw) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.forged(bytes bytea) RETURNS cx.funnel_summary LANGUAGE sql AS $$ SELECT bytes::text::raw::cx.funnel_summary $$;
-- the state of the aggregate before it is packed
CREATE AGGREGATE pg_temp.state_agg(cx.journey, text[], interval) (SFUNC = cx._funnel_agg, STYPE = cx.funnel_summary);

CREATE TEMP TABLE subject AS SELECT what, summary::raw::text::bytea AS bytes
FROM (SELECT cx.funnel_agg(j, '{a,b}', '1 hour'), pg_temp.state_agg(j, '{a,b}', '1 hour')
	FROM unnest(ARRAY['[]', '[{"at": "2026-01-05T09:00:00Z", "touchpoint": "a"}]', '[{"at": "2026-01-05T09:00:00Z", "touchpoint": "a"}, {"at": "2026-01-05T09:00:01Z", "touchpoint": "b"}]',
		'[{"at": "2026-01-05T09:00:00Z", "touchpoint": "a"}, {"at": "2026-01-05T09:00:00.000007Z", "touchpoint": "b"}]']::cx.journey[]) AS j) AS s (packed, state), LATERAL (VALUES ('packed', packed), ('state', state)) AS v (what, summary);
CREATE TEMP TABLE good AS SELECT bytes, pg_temp.forged(bytes) AS summary FROM subject WHERE what = 'packed';
-- 44 bytes of numbers, 34 of the question, 6 of nothing, 16 an entry: 8 entries, or room for 16
SELECT what, octet_length(bytes), pg_temp.forged(bytes)::text AS text FROM subject ORDER BY what;

-- One of each function, on a summary called s.
CREATE TEMP TABLE calls AS SELECT call FROM unnest(ARRAY['s::text', 's::jsonb', 'cx._funnel_summary_send(s)', 's = s', 's < good', 'cx._funnel_summary_cmp(good, s)', 'cx._funnel_summary_hash(s)', 'cx._funnel_summary_hash_extended(s, 1)', 'cx.journeys(s)',
	'(SELECT string_agg(t::text, '' '') FROM cx.funnel_steps(s) t)', 'cx._funnel_final(s)', '(SELECT cx.rollup(t) FROM (SELECT s) AS u (t))', '(SELECT cx.rollup(t) FROM (SELECT s UNION ALL SELECT good) AS u (t))', '(SELECT cx.rollup(t) FROM (SELECT good UNION ALL SELECT s) AS u (t))']) AS call;
-- The functions that fail otherwise than they should: not at all is right, and XX001 is.
CREATE FUNCTION pg_temp.misbehaved(bytes bytea) RETURNS TABLE (call text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR call IN SELECT calls.call FROM calls LOOP
		BEGIN
			EXECUTE format('SELECT (%s)::text FROM (SELECT $1::text::raw::cx.funnel_summary AS s, summary AS good FROM good OFFSET 0) AS x', call) INTO got USING bytes;
		EXCEPTION WHEN data_corrupted THEN
			CONTINUE WHEN SQLERRM = 'stored cx.funnel_summary is corrupted';
			got := SQLSTATE || ': ' || SQLERRM;
			RETURN NEXT;
		WHEN OTHERS THEN
			-- another question is no damage, nor is a large count
			CONTINUE WHEN call LIKE '%rollup%good%' AND SQLERRM = 'cannot combine funnels with different steps, window or modes';
			CONTINUE WHEN call LIKE '%rollup%good%' AND SQLERRM = 'count of a summary is out of range';
			got := SQLSTATE || ': ' || SQLERRM;
			RETURN NEXT;
		END;
	END LOOP;
END $$;
-- any byte changed, or cut anywhere
CREATE TEMP TABLE mutants AS SELECT what, n, changed, set_byte(bytes, n, changed) AS bytes FROM subject, generate_series(0, octet_length(bytes) - 1) n, unnest(ARRAY[0, 1, 2, 127, 128, 255]) changed
	UNION ALL SELECT what, n, NULL, substr(bytes, 1, n) FROM subject, generate_series(0, octet_length(bytes) - 1) n;
SELECT count(*) > 3500 AS many FROM mutants;
SELECT what, n, changed, m.* FROM mutants, pg_temp.misbehaved(bytes) m LIMIT 5;
-- what prints has no number that is none; if the question is as it was it can be read again, of a packed one as the same bytes
CREATE TEMP TABLE printed AS SELECT *, pg_temp.outcome(format('SELECT pg_temp.forged(%L)', bytes)) AS text FROM mutants;
SELECT count(*) FILTER (WHERE text LIKE '{%') > 500 AS "some print", count(*) FILTER (WHERE text LIKE 'XX001%') > 1500 AS "some do not", count(*) FILTER (WHERE text NOT LIKE '{%' AND text <> 'XX001: stored cx.funnel_summary is corrupted') AS others FROM printed;
SELECT count(*) > 300 AS "some print", count(*) FILTER (WHERE pg_temp.outcome(format('SELECT %L::cx.funnel_summary', text)) IS DISTINCT FROM text) AS unreadable,
	count(*) FILTER (WHERE what = 'packed' AND pg_temp.outcome(format('SELECT %L::cx.funnel_summary::raw', text)) IS DISTINCT FROM bytes::text) AS "other bytes"
FROM printed WHERE text LIKE '{%' AND (n < 44 OR n >= 78);
SELECT count(*) AS "without numbers" FROM printed WHERE text LIKE '{%' AND pg_temp.outcome(format('SELECT (SELECT string_agg(t::text, '' '') FROM cx.funnel_steps(pg_temp.forged(%L)) t)', bytes)) ~ 'NaN|Infinity';
-- some damages by name
SELECT what, pg_temp.outcome(format('SELECT pg_temp.forged(%L)', bytes)) AS text
FROM (SELECT bytes AS good, octet_length(bytes) AS size FROM good) AS s,
	LATERAL (VALUES ('as it should be', good), ('nothing', ''), ('version 2', set_byte(good, 0, 2)), ('another kind', set_byte(good, 1, 2)), ('neither packed nor not', set_byte(good, 2, 2)), ('reserved', set_byte(good, 3, 1)), ('a byte more', good || '\x00'), ('a byte less', substr(good, 1, size - 1)),
		('no steps', set_byte(good, 44 + 16, 0)), ('3 steps', set_byte(good, 44 + 16, 3)), ('an unknown mode', set_byte(good, 44 + 20, 32)), ('neither with a window nor without', set_byte(good, 44 + 21, 2)), ('reserved in the question', set_byte(good, 44 + 22, 1)), ('a long step', set_byte(good, 44 + 24, 9)),
		('a step of half a character', set_byte(good, 44 + 32, 195)), ('a step of a zero byte', set_byte(good, 44 + 32, 0)), ('something behind the question', set_byte(good, 44 + 35, 1)), ('no journeys', set_byte(good, 84 + 8, 0)), ('more reached than journeys', set_byte(good, 84 + 16 + 8, 5)),
		('more at step 2 than at step 1', set_byte(good, 84 + 2 * 16 + 8, 4)), ('a negative count', set_byte(good, size - 1, 255)), ('more times than reached', set_byte(good, size - 8, 2)), ('a count of something unknown', set_byte(good, size - 12, 5)), ('a bucket beyond all', set_byte(good, size - 15, 255)),
		('not in order', set_byte(good, size - 12, 0)), ('an entry twice', overlay(good PLACING substr(good, size - 31, 16) FROM size - 15))) AS v (what, bytes);
ROLLBACK;
