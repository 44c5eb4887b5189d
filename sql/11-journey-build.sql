-- Building journeys: the aggregate, the array constructor, and two into one.

CREATE FUNCTION cx._journey_agg_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg_combine(internal, internal) IS 'Combine function of cx.journey_agg.';
CREATE FUNCTION cx._journey_agg_serial(internal) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_journey_agg_serial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg_serial(internal) IS 'Serialisation function of cx.journey_agg.';
CREATE FUNCTION cx._journey_agg_deserial(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_deserial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg_deserial(bytea, internal) IS 'Deserialisation function of cx.journey_agg.';
CREATE FUNCTION cx._journey_agg_final(internal) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_agg_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg_final(internal) IS 'Final function of cx.journey_agg.';

CREATE FUNCTION cx._journey_agg(internal, timestamptz, text) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, timestamptz, text) IS 'Transition function of cx.journey_agg.';
CREATE AGGREGATE cx.journey_agg(at timestamptz, touchpoint text) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(timestamptz, text) IS
'The journey of a group''s rows: touches with at, touchpoint. Needs no ORDER BY: the result is the same for every order of rows and every plan. Rows whose arguments are all NULL are skipped; otherwise a NULL at or touchpoint is an error (22004), as are infinite times (22008) and labels that are empty or over 255 bytes (22023). NULL without rows. More than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_agg(internal, timestamptz, text, text) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, timestamptz, text, text) IS 'Transition function of cx.journey_agg.';
CREATE AGGREGATE cx.journey_agg(at timestamptz, touchpoint text, channel text) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(timestamptz, text, text) IS
'The journey of a group''s rows: touches with at, touchpoint and channel. Needs no ORDER BY: the result is the same for every order of rows and every plan. Rows whose arguments are all NULL are skipped; otherwise a NULL at or touchpoint is an error (22004), as are infinite times (22008) and labels that are empty or over 255 bytes (22023). channel may be NULL. NULL without rows. More than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_agg(internal, timestamptz, text, text, text) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, timestamptz, text, text, text) IS 'Transition function of cx.journey_agg.';
CREATE AGGREGATE cx.journey_agg(at timestamptz, touchpoint text, channel text, team text) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(timestamptz, text, text, text) IS
'The journey of a group''s rows: touches with at, touchpoint, channel and team. Needs no ORDER BY: the result is the same for every order of rows and every plan. Rows whose arguments are all NULL are skipped; otherwise a NULL at or touchpoint is an error (22004), as are infinite times (22008) and labels that are empty or over 255 bytes (22023). channel and team may be NULL. NULL without rows. More than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_agg(internal, timestamptz, text, text, text, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, timestamptz, text, text, text, float8) IS 'Transition function of cx.journey_agg.';
CREATE AGGREGATE cx.journey_agg(at timestamptz, touchpoint text, channel text, team text, value float8) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(timestamptz, text, text, text, float8) IS
'The journey of a group''s rows: touches with at, touchpoint, channel, team and value. Needs no ORDER BY: the result is the same for every order of rows and every plan. Rows whose arguments are all NULL are skipped; otherwise a NULL at or touchpoint is an error (22004), as are infinite times (22008) and labels that are empty or over 255 bytes (22023). channel, team and value may be NULL; value must be finite. NULL without rows. More than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_agg(internal, timestamptz, text, text, text, float8, interval, int8, jsonb) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_row' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, timestamptz, text, text, text, float8, interval, int8, jsonb) IS 'Transition function of cx.journey_agg.';
CREATE AGGREGATE cx.journey_agg(at timestamptz, touchpoint text, channel text, team text, value float8, lasted interval, ref int8, attrs jsonb) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(timestamptz, text, text, text, float8, interval, int8, jsonb) IS
'The journey of a group''s rows: touches with at, touchpoint, channel, team, value, lasted, ref and attrs. Needs no ORDER BY: the result is the same for every order of rows and every plan. Rows whose arguments are all NULL are skipped; otherwise a NULL at or touchpoint is an error (22004), as are infinite times (22008) and labels that are empty or over 255 bytes (22023). All but at and touchpoint may be NULL; value must be finite, lasted at least 0 and without months (rounded to milliseconds), attrs a flat JSON object of strings, numbers and booleans. NULL without rows. More than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_agg(internal, cx.journey) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_journey_agg_journey' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._journey_agg(internal, cx.journey) IS 'Transition function of cx.journey_agg over journeys.';
CREATE AGGREGATE cx.journey_agg(journey cx.journey) (
	SFUNC = cx._journey_agg,
	STYPE = internal,
	SSPACE = 512,
	FINALFUNC = cx._journey_agg_final,
	COMBINEFUNC = cx._journey_agg_combine,
	SERIALFUNC = cx._journey_agg_serial,
	DESERIALFUNC = cx._journey_agg_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.journey_agg(cx.journey) IS
'All touches of a group''s journeys in one journey (duplicates kept): months of a customer, or customers found to be one. NULL journeys are skipped; NULL if there are no others. More than 4194304 touches are an error (54000).';

-- Overloads for timestamp without time zone, which only say what is wrong.

CREATE FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_refuse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text) IS 'Transition function that refuses timestamp without time zone.';
CREATE AGGREGATE cx.journey_agg(at timestamp, touchpoint text) (SFUNC = cx._refuse_timestamp, STYPE = cx.journey, PARALLEL = SAFE);
COMMENT ON AGGREGATE cx.journey_agg(timestamp, text) IS
'Always an error (42804): a timestamp without time zone says no moment. Use at AT TIME ZONE ''Europe/Berlin'' or whatever zone it is in.';

CREATE FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_refuse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text) IS 'Transition function that refuses timestamp without time zone.';
CREATE AGGREGATE cx.journey_agg(at timestamp, touchpoint text, channel text) (SFUNC = cx._refuse_timestamp, STYPE = cx.journey, PARALLEL = SAFE);
COMMENT ON AGGREGATE cx.journey_agg(timestamp, text, text) IS
'Always an error (42804): a timestamp without time zone says no moment. Use at AT TIME ZONE ''Europe/Berlin'' or whatever zone it is in.';

CREATE FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_refuse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text) IS 'Transition function that refuses timestamp without time zone.';
CREATE AGGREGATE cx.journey_agg(at timestamp, touchpoint text, channel text, team text) (SFUNC = cx._refuse_timestamp, STYPE = cx.journey, PARALLEL = SAFE);
COMMENT ON AGGREGATE cx.journey_agg(timestamp, text, text, text) IS
'Always an error (42804): a timestamp without time zone says no moment. Use at AT TIME ZONE ''Europe/Berlin'' or whatever zone it is in.';

CREATE FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text, float8) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_refuse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text, float8) IS 'Transition function that refuses timestamp without time zone.';
CREATE AGGREGATE cx.journey_agg(at timestamp, touchpoint text, channel text, team text, value float8) (SFUNC = cx._refuse_timestamp, STYPE = cx.journey, PARALLEL = SAFE);
COMMENT ON AGGREGATE cx.journey_agg(timestamp, text, text, text, float8) IS
'Always an error (42804): a timestamp without time zone says no moment. Use at AT TIME ZONE ''Europe/Berlin'' or whatever zone it is in.';

CREATE FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text, float8, interval, int8, jsonb) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_refuse_timestamp' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._refuse_timestamp(cx.journey, timestamp, text, text, text, float8, interval, int8, jsonb) IS 'Transition function that refuses timestamp without time zone.';
CREATE AGGREGATE cx.journey_agg(at timestamp, touchpoint text, channel text, team text, value float8, lasted interval, ref int8, attrs jsonb) (SFUNC = cx._refuse_timestamp, STYPE = cx.journey, PARALLEL = SAFE);
COMMENT ON AGGREGATE cx.journey_agg(timestamp, text, text, text, float8, interval, int8, jsonb) IS
'Always an error (42804): a timestamp without time zone says no moment. Use at AT TIME ZONE ''Europe/Berlin'' or whatever zone it is in.';

CREATE FUNCTION cx.journey(at timestamptz[], touchpoints text[], channels text[] DEFAULT NULL, teams text[] DEFAULT NULL,
	amounts float8[] DEFAULT NULL, lasted interval[] DEFAULT NULL, refs int8[] DEFAULT NULL, attrs jsonb[] DEFAULT NULL)
RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_from_arrays' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.journey(timestamptz[], text[], text[], text[], float8[], interval[], int8[], jsonb[]) IS
'The journey whose touch i has element i of each array; the touches may come in any order. Arrays that are NULL or left out give touches without that field, NULL elements likewise; elements of at and touchpoints must not be NULL (22023). All arrays need the same length (2202E). NULL if at or touchpoints is NULL.';

CREATE FUNCTION cx._journey_union(cx.journey, cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_union(cx.journey, cx.journey) IS 'Implementation of || operator of cx.journey.';
CREATE OPERATOR cx.|| (LEFTARG = cx.journey, RIGHTARG = cx.journey, FUNCTION = cx._journey_union, COMMUTATOR = OPERATOR(cx.||));
COMMENT ON OPERATOR cx.|| (cx.journey, cx.journey) IS
'The touches of both journeys, duplicates kept; commutative and associative. NULL if either is NULL; more than 4194304 touches are an error (54000).';

CREATE FUNCTION cx._journey_difference(cx.journey, cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_difference' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_difference(cx.journey, cx.journey) IS 'Implementation of - operator of cx.journey.';
CREATE OPERATOR cx.- (LEFTARG = cx.journey, RIGHTARG = cx.journey, FUNCTION = cx._journey_difference);
COMMENT ON OPERATOR cx.- (cx.journey, cx.journey) IS
'The left journey without the touches of the right one: each touch takes away one that is equal in every field; those that are not there are ignored. NULL if either is NULL.';

CREATE FUNCTION cx.merge(journey cx.journey, newer cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_merge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.merge(cx.journey, cx.journey) IS
'Both journeys'' touches, where a touch of newer replaces those of journey that have the same ref; touches without ref are added as by ||. So loading a batch again, or with corrections, changes nothing that is already right. Inside newer the same ref may stand several times; all are kept. NULL if either is NULL.';

CREATE FUNCTION cx.without(journey cx.journey, refs bigint[]) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_without' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.without(cx.journey, bigint[]) IS
'The journey without the touches whose ref is one of refs: events taken back. NULL elements and refs that are not there are ignored; touches without ref stay. NULL for NULL.';
