-- The guided tour, chapter by chapter.
--
-- Works on any relation demo.touch (customer text, at timestamptz, touchpoint, channel, team text, value float8, lasted interval,
-- ref bigint, attrs jsonb): the simulated company, or the reader's own events.  What follows can be typed line by line.

\set ON_ERROR_STOP on
\pset footer off
\pset null ''
\pset border 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET jit = off;
CREATE EXTENSION IF NOT EXISTS cx_analytics;

-- A span of time for people to read.
CREATE OR REPLACE FUNCTION demo.span(seconds float8) RETURNS text IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN seconds < 60 THEN round(seconds) || ' s'
            WHEN seconds < 5400 THEN round(seconds / 60) || ' min'
            WHEN seconds < 172800 THEN round(seconds / 3600) || ' h'
            ELSE round(seconds / 86400) || ' days' END;

-- A text that fits into a table.
CREATE OR REPLACE FUNCTION demo.cut(entry text, length int) RETURNS text IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN char_length(entry) > length THEN left(entry, length - 3) || '...' ELSE entry END;

\ir tour/journeys.sql
\ir tour/funnels.sql
\ir tour/flow.sql
\ir tour/ownership.sql
\ir tour/loyalty.sql

\echo 'The queries are in demo/tour, all functions in docs; make demo EVENTS=file.csv shows the same with your own events.'
