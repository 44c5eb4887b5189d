-- Loads the reader's own events: demo/events.pl FILE | psql -v file=FILE -f demo/events.sql
--
-- Result: the view demo.touch, or, if anything is wrong, rows in demo.problem that say where and what.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';           -- a time without zone is UTC
SET DateStyle = 'ISO, YMD';

DROP SCHEMA IF EXISTS demo CASCADE;
CREATE SCHEMA demo;

CREATE TABLE demo.csv (
    line bigint, problem text, bad_column text, found text,
    customer text, at text, touchpoint text, channel text, team text, value text
);
\copy demo.csv FROM PSTDIN

-- NULL instead of an error.  (PostgreSQL 16 has pg_input_is_valid for this; 15 has not.)
CREATE FUNCTION demo.time_of(entry text) RETURNS timestamptz
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN entry::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
CREATE FUNCTION demo.number_of(entry text) RETURNS float8
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN entry::float8;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- Year first, so that nobody's 5 January becomes 1 May; no "now", no "infinity".
CREATE TABLE demo.event AS
SELECT line, customer, touchpoint, channel, team, at AS at_text, value AS value_text,
       CASE WHEN at ~ '^\s*\d{4,6}-\d{1,2}-\d{1,2}([Tt ]\s*\d.*)?$' THEN demo.time_of(at) END AS at,
       at ~ '^\s*\d{4,6}-\d{1,2}-\d{1,2}([Tt ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d*)?)?(\s*[AaPp][Mm])?)?\s*$' AS without_zone,
       CASE WHEN value ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$' THEN demo.number_of(value) END AS value
FROM demo.csv WHERE problem IS NULL;

CREATE TABLE demo.problem AS
SELECT line, bad_column AS in_column, problem || coalesce(': "' || found || '"', '') AS what FROM demo.csv WHERE problem IS NOT NULL
UNION ALL
SELECT line, 'customer', 'empty; every event needs a customer' FROM demo.event WHERE customer IS NULL
UNION ALL
SELECT line, 'touchpoint', 'empty; every event needs a touchpoint' FROM demo.event WHERE touchpoint IS NULL
UNION ALL
SELECT line, 'at', 'empty; every event needs a time' FROM demo.event WHERE at_text IS NULL
UNION ALL
SELECT line, 'at', '"' || left(at_text, 60) || '" is not a time; expected one such as 2026-01-05 09:30:00+01 or 2026-01-05T08:30:00Z'
FROM demo.event WHERE at_text IS NOT NULL AND at IS NULL
UNION ALL
SELECT line, 'value', '"' || left(value_text, 60) || '" is not a number (or too large for one); expected one such as 12.5'
FROM demo.event WHERE value_text IS NOT NULL AND value IS NULL
UNION ALL
SELECT line, label.name, '"' || left(label.entry, 40) || '..." has ' || octet_length(label.entry) || ' bytes; a label may have 255'
FROM demo.event CROSS JOIN LATERAL (VALUES ('touchpoint', touchpoint), ('channel', channel), ('team', team)) AS label (name, entry)
WHERE octet_length(label.entry) > 255
UNION ALL
SELECT 1, NULL, 'there is a header but no event' WHERE NOT EXISTS (SELECT FROM demo.csv);

SELECT NOT EXISTS (SELECT FROM demo.problem) AS fine, to_char(count(*), 'FM999,999,999,999') AS events,
       to_char(count(*) FILTER (WHERE without_zone), 'FM999,999,999,999') AS zoneless, min(line) FILTER (WHERE without_zone) AS first_zoneless,
       count(*) FILTER (WHERE without_zone) > 0 AS some_zoneless
FROM demo.event \gset
\if :fine
    \echo :events 'events read from' :file
    \if :some_zoneless
        \echo 'Note:' :zoneless 'of their times name no zone and are taken as UTC (the first in line' :first_zoneless').'
    \endif
    -- ref is the line of the file: from any touch of a journey back to where it came from.
    CREATE VIEW demo.touch AS
    SELECT customer, at, touchpoint, channel, team, value, NULL::interval AS lasted, line AS ref, NULL::jsonb AS attrs
    FROM demo.event;
\endif
DROP TABLE demo.csv;
ANALYZE;
