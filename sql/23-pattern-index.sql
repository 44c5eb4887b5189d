-- The index on journeys for patterns, and the statistics behind its use.

CREATE FUNCTION cx._journey_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_journey_typanalyze' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_typanalyze(internal) IS 'Statistics of columns of cx.journey: in how many journeys each label is.';
ALTER TYPE cx.journey SET (ANALYZE = cx._journey_typanalyze);

-- As in PostgreSQL's own operator classes the query's type is declared as the indexed one; what comes is a pattern.
CREATE FUNCTION cx._gin_extract_value(cx.journey, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_gin_extract_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._gin_extract_value(cx.journey, internal) IS 'GIN support: the labels of a journey.';
CREATE FUNCTION cx._gin_extract_query(cx.journey, internal, smallint, internal, internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_gin_extract_query' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._gin_extract_query(cx.journey, internal, smallint, internal, internal, internal, internal) IS 'GIN support: the labels that a pattern needs.';
CREATE FUNCTION cx._gin_consistent(internal, smallint, cx.journey, integer, internal, internal, internal, internal) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_gin_consistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._gin_consistent(internal, smallint, cx.journey, integer, internal, internal, internal, internal) IS 'GIN support: may a journey with these labels match?';
CREATE FUNCTION cx._gin_triconsistent(internal, smallint, cx.journey, integer, internal, internal, internal) RETURNS "char"
AS 'MODULE_PATHNAME', 'cx_gin_triconsistent' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._gin_triconsistent(internal, smallint, cx.journey, integer, internal, internal, internal) IS 'GIN support: may a journey match of which some labels are not known?';
CREATE FUNCTION cx._gin_compare_partial(bytea, bytea, smallint, internal) RETURNS integer
AS 'MODULE_PATHNAME', 'cx_gin_compare_partial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._gin_compare_partial(bytea, bytea, smallint, internal) IS 'GIN support: labels that begin with given ones.';

CREATE OPERATOR CLASS cx.journey_ops DEFAULT FOR TYPE cx.journey USING gin AS
	OPERATOR 1 cx.@@ (cx.journey, cx.pattern),
	FUNCTION 1 byteacmp(bytea, bytea),
	FUNCTION 2 cx._gin_extract_value(cx.journey, internal),
	FUNCTION 3 cx._gin_extract_query(cx.journey, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 cx._gin_consistent(internal, smallint, cx.journey, integer, internal, internal, internal, internal),
	FUNCTION 5 cx._gin_compare_partial(bytea, bytea, smallint, internal),
	FUNCTION 6 cx._gin_triconsistent(internal, smallint, cx.journey, integer, internal, internal, internal),
	STORAGE bytea;
COMMENT ON OPERATOR CLASS cx.journey_ops USING gin IS
'Finds journeys by the touchpoints, channels and teams that a pattern needs: journey @@ pattern and cx.has(journey, pattern). Every hit is checked again, because order and time are in the journey alone.';
COMMENT ON OPERATOR FAMILY cx.journey_ops USING gin IS 'Labels of cx.journey.';
