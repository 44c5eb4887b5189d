\set ECHO none
-- Settings and helpers that the suites share:
--   \getenv srcdir PG_ABS_SRCDIR
--   \set setup :srcdir '/sql/include/setup.sql'
--   \i :setup
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
SET IntervalStyle = 'postgres';
SET extra_float_digits = 1;
SET client_min_messages = 'warning';
SET search_path = public, cx;	-- the operators live in cx
\pset format unaligned
\pset fieldsep ' | '
\pset null '(null)'

-- What a query that gives one value gives: the value as text, or the error.
CREATE FUNCTION pg_temp.outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	result text; state text; message text; detail text;
BEGIN
	EXECUTE query INTO result;
	RETURN result;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
	RETURN state || ': ' || message || CASE WHEN detail <> '' THEN ' | ' || detail ELSE '' END;
END $$;

-- The same for text read as a journey.
CREATE FUNCTION pg_temp.reading(input text) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.outcome(format('SELECT %L::cx.journey', input))
$$;

-- Expectations that failed; a suite prints none of them.
CREATE FUNCTION pg_temp.failures(cases text[]) RETURNS TABLE (failed text, wanted text, got text) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. array_length(cases, 1) LOOP
		failed := cases[i][1];
		wanted := cases[i][2];
		got := pg_temp.outcome(failed);
		CONTINUE WHEN got IS NOT DISTINCT FROM wanted;
		RETURN NEXT;
	END LOOP;
END $$;

-- A number as bytes, lowest first, as stored journeys have them.
CREATE FUNCTION pg_temp.little(number bigint, size int) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(set_byte('\x00', 0, ((number >> (8 * k)) & 255)::int), ''::bytea ORDER BY k)
	FROM generate_series(0, size - 1) k
$$;

-- A number as bytes, highest first, as the binary form has them.
CREATE FUNCTION pg_temp.big(number bigint, size int) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
	SELECT string_agg(set_byte('\x00', 0, ((number >> (8 * k)) & 255)::int), ''::bytea ORDER BY k DESC)
	FROM generate_series(0, size - 1) k
$$;
\set ECHO all
