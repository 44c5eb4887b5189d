-- Journeys out of a journey: parts of it, other labels, several from one.

CREATE FUNCTION cx.head(journey cx.journey, n integer) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_head' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.head(cx.journey, integer) IS
'The first n touches, all if there are fewer; NULL for NULL, an error (22023) for n below 0.';

CREATE FUNCTION cx.tail(journey cx.journey, n integer) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_tail' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.tail(cx.journey, integer) IS
'The last n touches, all if there are fewer; NULL for NULL, an error (22023) for n below 0.';

CREATE FUNCTION cx.slice(journey cx.journey, starts_at timestamptz, ends_at timestamptz) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_slice' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.slice(cx.journey, timestamptz, timestamptz) IS
'The touches in [starts_at, ends_at): from starts_at on and before ends_at. A NULL or infinite bound is no bound. NULL if journey is NULL.';

CREATE FUNCTION cx.collapse(journey cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_collapse' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.collapse(cx.journey) IS
'Of each run of touches with the same touchpoint the first one, as it is. NULL for NULL.';

CREATE FUNCTION cx.dedupe(journey cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_dedupe' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.dedupe(cx.journey) IS
'One of each set of touches that are equal in every field. NULL for NULL.';

CREATE FUNCTION cx.truncate(journey cx.journey, depth integer) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_truncate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.truncate(cx.journey, integer) IS
'The journey with touchpoints cut to their first depth dotted labels: support.billing.refund is support.billing at depth 2; a touchpoint of which nothing would be left, such as .a at depth 1, stays. NULL for NULL, an error (22023) for depth below 1.';

CREATE FUNCTION cx.rename(journey cx.journey, old_names text[], new_names text[]) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_rename' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.rename(cx.journey, text[], text[]) IS
'The journey with touchpoints old_names[i] called new_names[i], all at once, so that names can be exchanged; others stay. NULL for NULL; NULL elements (22004), a name twice in old_names (22023) and different lengths (2202E) are errors.';

CREATE FUNCTION cx.by_channel(journey cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_by_channel' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.by_channel(cx.journey) IS
'The journey with the channel of each touch as its touchpoint; touches without channel are left out. NULL for NULL.';

CREATE FUNCTION cx.by_team(journey cx.journey) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_by_team' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.by_team(cx.journey) IS
'The journey with the team of each touch as its touchpoint; touches without team are left out. NULL for NULL.';

CREATE FUNCTION cx.by_attr(journey cx.journey, key text) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_by_attr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.by_attr(cx.journey, text) IS
'The journey with the value of an attrs key as the touchpoint of each touch, numbers and booleans as text; touches without the key, or with an empty value, are left out. NULL for NULL; a value over 255 bytes is an error (22023).';

CREATE FUNCTION cx.split(j cx.journey, by text) RETURNS TABLE (label text, journey cx.journey)
AS 'MODULE_PATHNAME', 'cx_journey_split' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.split(cx.journey, text) IS
'The journey in parts, a row a label: by is touchpoint, channel, team, or a key of attrs (cases out of a customer''s journey). Touches without the label come in a first row whose label is NULL, so that the parts together are the whole; then labels in bytewise order. No rows for NULL or an empty journey.';

CREATE FUNCTION cx.sessions(journey cx.journey, gap interval) RETURNS SETOF cx.journey
AS 'MODULE_PATHNAME', 'cx_journey_sessions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.sessions(cx.journey, interval) IS
'The journey cut into sessions, in order: a new one starts where more than gap (exactly gap does not) lies between the times of two touches; days are 24 hours, months go by the calendar in UTC. No rows for NULL or an empty journey; a negative gap is an error (22023).';
