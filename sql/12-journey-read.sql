-- Reading journeys.

CREATE FUNCTION cx.touches(journey cx.journey,
	OUT step integer, OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text, OUT value float8,
	OUT lasted_seconds float8, OUT ref bigint, OUT attrs jsonb, OUT since_seconds float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_journey_touches' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 20;
COMMENT ON FUNCTION cx.touches(cx.journey) IS
'The touches as rows, in canonical order: step from 1, at, touchpoint, channel, team, value, lasted_seconds, ref, attrs, and since_seconds since the touch before (NULL at step 1). No rows for NULL or an empty journey.';

CREATE FUNCTION cx.touch_count(journey cx.journey) RETURNS integer
AS 'MODULE_PATHNAME', 'cx_journey_touch_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.touch_count(cx.journey) IS
'Number of touches, 0 for an empty journey, NULL for NULL. Reads only the first bytes of a stored value.';

CREATE FUNCTION cx.started_at(journey cx.journey) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_journey_started_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.started_at(cx.journey) IS
'Time of the first touch; NULL for NULL or an empty journey. Reads only the first bytes of a stored value.';

CREATE FUNCTION cx.ended_at(journey cx.journey) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_journey_ended_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.ended_at(cx.journey) IS
'Time at which the last touch began (how long it lasted is not added); NULL for NULL or an empty journey.';

CREATE FUNCTION cx.duration(journey cx.journey) RETURNS interval
AS 'MODULE_PATHNAME', 'cx_journey_duration' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.duration(cx.journey) IS
'ended_at - started_at: days of 24 hours and a time of day; 0 for a single touch, NULL for NULL or an empty journey. Spans over 292277 years are an error (22008).';

CREATE FUNCTION cx.duration_seconds(journey cx.journey) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_journey_duration_seconds' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.duration_seconds(cx.journey) IS
'ended_at - started_at in seconds, exact to the microsecond up to 285 years; 0 for a single touch, NULL for NULL or an empty journey.';

CREATE FUNCTION cx.touchpoints(journey cx.journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'cx_journey_touchpoints' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.touchpoints(cx.journey) IS
'The touchpoint of each touch, in canonical order; an empty array for an empty journey, NULL for NULL.';

CREATE FUNCTION cx.channels(journey cx.journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'cx_journey_channels' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.channels(cx.journey) IS
'The channel of each touch, in canonical order, NULL where a touch has none; an empty array for an empty journey, NULL for NULL.';

CREATE FUNCTION cx.teams(journey cx.journey) RETURNS text[]
AS 'MODULE_PATHNAME', 'cx_journey_teams' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.teams(cx.journey) IS
'The team of each touch, in canonical order, NULL where a touch has none; an empty array for an empty journey, NULL for NULL.';

CREATE FUNCTION cx.first_touchpoint(journey cx.journey) RETURNS text
AS 'MODULE_PATHNAME', 'cx_journey_first_touchpoint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.first_touchpoint(cx.journey) IS
'Touchpoint of the first touch; NULL for NULL or an empty journey.';

CREATE FUNCTION cx.last_touchpoint(journey cx.journey) RETURNS text
AS 'MODULE_PATHNAME', 'cx_journey_last_touchpoint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.last_touchpoint(cx.journey) IS
'Touchpoint of the last touch; NULL for NULL or an empty journey.';

CREATE FUNCTION cx.path(journey cx.journey) RETURNS text
AS 'MODULE_PATHNAME', 'cx_journey_path' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.path(cx.journey) IS
'The touchpoints as text, a > b > c: GROUP BY it for the most frequent paths. NULL for NULL or an empty journey.';

CREATE FUNCTION cx.path(journey cx.journey, transforms text[]) RETURNS text
AS 'MODULE_PATHNAME', 'cx_journey_path' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.path(cx.journey, text[]) IS
'The path after transforms, applied from left to right: channels or teams (first only: those labels instead of touchpoints, touches without one left out), collapse (of each run of a label one), unique or first (of each label the first), first N, last N. NULL for NULL, or when no label is left. Unknown transforms are an error (22023).';
