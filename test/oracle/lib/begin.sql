--
-- What every differential test begins with, in a database of its own.
-- Variables: seed (default 1), scale (default 1: multiplies the number of cases).
--
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
\if :{?seed} \else \set seed 1 \endif
\if :{?scale} \else \set scale 1 \endif
SET client_min_messages = warning;
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET extra_float_digits = 1;
SET work_mem = '64MB';
SET jit = off;
CREATE EXTENSION IF NOT EXISTS cx_analytics;
CREATE SCHEMA oracle;
\ir generate.sql
\ir compare.sql
