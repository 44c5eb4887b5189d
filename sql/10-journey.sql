-- The type cx.journey: input and output, casts, comparison, self-check.

CREATE TYPE cx.journey;

CREATE FUNCTION cx._journey_in(cstring) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_in(cstring) IS 'Input function of cx.journey.';

CREATE FUNCTION cx._journey_out(cx.journey) RETURNS cstring
AS 'MODULE_PATHNAME', 'cx_journey_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_out(cx.journey) IS 'Output function of cx.journey.';

CREATE FUNCTION cx._journey_recv(internal) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_recv' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_recv(internal) IS 'Binary input function of cx.journey. STABLE: labels come in the client''s encoding.';

CREATE FUNCTION cx._journey_send(cx.journey) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_journey_send' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_send(cx.journey) IS 'Binary output function of cx.journey. STABLE: labels leave in the client''s encoding.';

CREATE TYPE cx.journey (
	INPUT = cx._journey_in,
	OUTPUT = cx._journey_out,
	RECEIVE = cx._journey_recv,
	SEND = cx._journey_send,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external
);
COMMENT ON TYPE cx.journey IS
'What a customer (or a case) went through: touches in order of time. A touch has at, touchpoint and optionally channel, team, attrs (a flat JSON object), value, lasted and ref. Text form: a JSON array, [{"at": "2026-01-05T09:30:00+00:00", "touchpoint": "support.call", "channel": "voice", "team": "care", "lasted": 312.5, "value": 4, "ref": 90125, "attrs": {"reason": "refund"}}], times in ISO 8601 with zone, lasted in seconds; [] is the empty journey. Equal touches give equal bytes whatever order they came in. At most 4194304 touches; labels take 1 to 255 bytes, attrs up to 65535.';
COMMENT ON TYPE cx._journey IS 'Array of cx.journey.';

-- casts

CREATE FUNCTION cx._journey_to_jsonb(cx.journey) RETURNS jsonb
AS 'MODULE_PATHNAME', 'cx_journey_to_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_to_jsonb(cx.journey) IS 'Cast of cx.journey to jsonb.';

CREATE FUNCTION cx._journey_from_jsonb(jsonb) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_from_jsonb' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._journey_from_jsonb(jsonb) IS 'Cast of jsonb to cx.journey.';

CREATE CAST (cx.journey AS jsonb) WITH FUNCTION cx._journey_to_jsonb(cx.journey);
COMMENT ON CAST (cx.journey AS jsonb) IS 'The touches as a JSON array, as in the text form. Explicit only. jsonb itself refuses arrays over 256 MB.';
CREATE CAST (jsonb AS cx.journey) WITH FUNCTION cx._journey_from_jsonb(jsonb);
COMMENT ON CAST (jsonb AS cx.journey) IS 'A JSON array of touches as a journey, with the checks of the text form (22P02 names the touch and the key). Explicit only.';

-- looking inside

CREATE FUNCTION cx._bytes(journey cx.journey) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_journey_bytes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._bytes(cx.journey) IS
'The stored bytes of a journey without their length, to compare in tests: equal journeys have equal bytes. NULL for NULL; no errors.';

CREATE FUNCTION cx.check(journey cx.journey) RETURNS text
AS 'MODULE_PATHNAME', 'cx_journey_check' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.check(cx.journey) IS
'NULL for a sound journey, otherwise a sentence that says what is wrong with the stored value: find damage with WHERE cx.check(journey) IS NOT NULL. Does not raise errors for corrupted values. NULL for NULL.';

-- comparison

@comparable type=journey symbol=journey
COMMENT ON OPERATOR cx.= (cx.journey, cx.journey) IS 'The same touches in every field, duplicates counted.';
COMMENT ON OPERATOR cx.< (cx.journey, cx.journey) IS 'Before, comparing touch by touch in canonical order; a journey that begins another comes first.';
