\echo Use "CREATE EXTENSION cx_analytics" to load this file. \quit

COMMENT ON SCHEMA cx IS 'cx_analytics: customer journeys, ownership, loyalty and churn. Functions are called with the schema, as in cx.path(journey).';
GRANT USAGE ON SCHEMA cx TO PUBLIC;

CREATE FUNCTION cx.version() RETURNS text
AS 'MODULE_PATHNAME', 'cx_version' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.version() IS
'Version of the cx_analytics library that the server has loaded, as text such as 0.1.0. Never NULL, no errors. pg_extension.extversion is the version of the SQL objects: where it is older, run ALTER EXTENSION cx_analytics UPDATE.';
