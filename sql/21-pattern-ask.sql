-- Journeys and patterns.

CREATE FUNCTION cx._has_support(internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_has_support' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._has_support(internal) IS 'Planner support of cx.has: its index condition and selectivity.';
CREATE FUNCTION cx._match_sel(internal, oid, internal, integer) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_match_sel' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._match_sel(internal, oid, internal, integer) IS 'Restriction selectivity of journey @@ pattern.';

CREATE FUNCTION cx.has(journey cx.journey, pattern cx.pattern) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_pattern_matches' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 5 SUPPORT cx._has_support;
COMMENT ON FUNCTION cx.has(cx.journey, cx.pattern) IS
'True when the pattern matches somewhere in the journey; the same as journey @@ pattern, for where the operator''s schema is not in the search_path. NULL for NULL.';

CREATE OPERATOR cx.@@ (LEFTARG = cx.journey, RIGHTARG = cx.pattern, FUNCTION = cx.has, RESTRICT = cx._match_sel, JOIN = contjoinsel);
COMMENT ON OPERATOR cx.@@ (cx.journey, cx.pattern) IS 'The pattern matches somewhere in the journey.';

CREATE FUNCTION cx.match(journey cx.journey, pattern cx.pattern) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_pattern_match' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.match(cx.journey, cx.pattern) IS
'The touches of the first match: the leftmost start, for it the earliest end, and of all ways between them the one whose touches come earliest. NULL for NULL or without a match.';

CREATE FUNCTION cx.matches(journey cx.journey, pattern cx.pattern) RETURNS SETOF cx.journey
AS 'MODULE_PATHNAME', 'cx_pattern_match_set' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION cx.matches(cx.journey, cx.pattern) IS
'All matches that do not overlap, each as the journey of its touches: the search goes on behind the end of a match. No rows for NULL or without a match.';

CREATE FUNCTION cx.match_count(journey cx.journey, pattern cx.pattern) RETURNS integer
AS 'MODULE_PATHNAME', 'cx_pattern_match_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.match_count(cx.journey, cx.pattern) IS
'Number of matches that do not overlap: the search goes on behind the end of a match. 0 without a match, NULL for NULL.';

CREATE FUNCTION cx.match_state(journey cx.journey, pattern cx.pattern, as_of timestamptz) RETURNS text
AS 'MODULE_PATHNAME', 'cx_pattern_match_state' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.match_state(cx.journey, cx.pattern, timestamptz) IS
'yes, no or pending, as far as is known at as_of, the time up to which the data are complete (never now()): touches after as_of are not looked at. pending: something that has begun could still become a match, or a negative end could still be taken away. NULL for NULL; an infinite as_of is an error (22008).';

CREATE FUNCTION cx.next_touchpoint(journey cx.journey, pattern cx.pattern) RETURNS text
AS 'MODULE_PATHNAME', 'cx_pattern_next_touchpoint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.next_touchpoint(cx.journey, cx.pattern) IS
'Touchpoint of the touch right behind the end of the first match; NULL for NULL, without a match, or if nothing follows.';

CREATE FUNCTION cx.previous_touchpoint(journey cx.journey, pattern cx.pattern) RETURNS text
AS 'MODULE_PATHNAME', 'cx_pattern_previous_touchpoint' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.previous_touchpoint(cx.journey, cx.pattern) IS
'Touchpoint of the touch right before the start of the first match; NULL for NULL, without a match, or if nothing comes before.';

CREATE FUNCTION cx.preceding(journey cx.journey, target cx.selector, candidate cx.selector, lookback interval DEFAULT NULL,
	OUT target_at timestamptz, OUT target_value float8, OUT at timestamptz, OUT touchpoint text, OUT channel text, OUT team text,
	OUT seconds_before float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_pattern_preceding' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 2;
COMMENT ON FUNCTION cx.preceding(cx.journey, cx.selector, cx.selector, interval) IS
'A row for each touch that fits target, with the last touch before it that fits candidate: target_at, target_value, at, touchpoint, channel, team, seconds_before. The candidate lies at most lookback before (inclusive; days of 24 hours, months by the calendar in UTC; NULL: no limit); where there is none the last five columns are NULL. No rows for NULL; a negative lookback is an error (22023).';

CREATE FUNCTION cx.count(journey cx.journey, selector cx.selector) RETURNS integer
AS 'MODULE_PATHNAME', 'cx_select_count' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.count(cx.journey, cx.selector) IS
'Number of touches that fit the selector, 0 if none does, NULL for NULL.';

CREATE FUNCTION cx.total(journey cx.journey, selector cx.selector) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_select_total' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.total(cx.journey, cx.selector) IS
'Sum of value over the touches that fit the selector and have one, added in canonical order, in the unit of value. NULL for NULL or without any value; overflow is an error (22003).';

CREATE FUNCTION cx.first_at(journey cx.journey, selector cx.selector) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_select_first_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.first_at(cx.journey, cx.selector) IS
'Time of the first touch that fits the selector; NULL for NULL or if none does.';

CREATE FUNCTION cx.last_at(journey cx.journey, selector cx.selector) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_select_last_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.last_at(cx.journey, cx.selector) IS
'Time of the last touch that fits the selector; NULL for NULL or if none does.';

CREATE FUNCTION cx.nth_at(journey cx.journey, selector cx.selector, n integer) RETURNS timestamptz
AS 'MODULE_PATHNAME', 'cx_select_nth_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.nth_at(cx.journey, cx.selector, integer) IS
'Time of the n-th touch (from 1) that fits the selector; NULL for NULL or if there are fewer. n below 1 is an error (22023).';

CREATE FUNCTION cx.filter(journey cx.journey, selector cx.selector) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_select_filter' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.filter(cx.journey, cx.selector) IS
'The journey of the touches that fit the selector, empty if none does; NULL for NULL.';

CREATE FUNCTION cx.since(journey cx.journey, selector cx.selector) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_select_since' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.since(cx.journey, cx.selector) IS
'The journey from the first touch that fits the selector on, empty if none does; NULL for NULL.';

CREATE FUNCTION cx.until(journey cx.journey, selector cx.selector) RETURNS cx.journey
AS 'MODULE_PATHNAME', 'cx_select_until' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.until(cx.journey, cx.selector) IS
'The journey up to and including the first touch that fits the selector, all of it if none does; NULL for NULL.';

CREATE FUNCTION cx.instances(journey cx.journey, gap interval, goal cx.selector) RETURNS SETOF cx.journey
AS 'MODULE_PATHNAME', 'cx_select_instances' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.instances(cx.journey, interval, cx.selector) IS
'The journey cut into attempts at a goal, in order: a new one starts behind each touch that fits goal, and where more than gap lies between two touches (as in cx.sessions). No rows for NULL or an empty journey; a negative gap is an error (22023).';

CREATE FUNCTION cx.time_between(journey cx.journey, a cx.selector, b cx.selector, which text DEFAULT 'first') RETURNS interval
AS 'MODULE_PATHNAME', 'cx_select_time_between' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.time_between(cx.journey, cx.selector, cx.selector, text) IS
'Time from a touch that fits a to the next touch behind it that fits b, as PostgreSQL subtracts times. which says for which a: first, last, shortest or longest of those that are followed by b. NULL for NULL or if there is none; another which is an error (22023).';
