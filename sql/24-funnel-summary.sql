-- What a funnel says of many journeys, and its attempts in one.

@summary type=funnel_summary
COMMENT ON TYPE cx.funnel_summary IS
'What a funnel says of many journeys: the steps, window and modes, and by step how many journeys reached it or still could, and how long it took them (counts in buckets of time, good to 0.8 percent). Made by cx.funnel_agg, merged by cx.rollup, read by cx.funnel_steps. Text form: JSON.';

CREATE FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[]) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[]) IS 'Transition function of cx.funnel_agg.';
CREATE FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval) IS 'Transition function of cx.funnel_agg.';
CREATE FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval, text[]) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval, text[]) IS 'Transition function of cx.funnel_agg.';
CREATE FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval, text[], timestamptz) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_agg' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._funnel_agg(cx.funnel_summary, cx.journey, text[], interval, text[], timestamptz) IS 'Transition function of cx.funnel_agg.';
CREATE FUNCTION cx._funnel_merge(cx.funnel_summary, cx.funnel_summary) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_merge' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._funnel_merge(cx.funnel_summary, cx.funnel_summary) IS 'Combine function of cx.funnel_agg and transition function of cx.rollup.';
CREATE FUNCTION cx._funnel_final(cx.funnel_summary) RETURNS cx.funnel_summary
AS 'MODULE_PATHNAME', 'cx_funnel_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._funnel_final(cx.funnel_summary) IS 'Final function of cx.funnel_agg and cx.rollup.';

CREATE AGGREGATE cx.funnel_agg(journey cx.journey, steps text[]) (
	SFUNC = cx._funnel_agg,
	STYPE = cx.funnel_summary,
	FINALFUNC = cx._funnel_final,
	COMBINEFUNC = cx._funnel_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.funnel_agg(cx.journey, text[]) IS
'The summary of cx.funnel over the journeys of a group, without a window. Arguments as there, the same for all journeys of a group (22023 otherwise). Journeys that are NULL are skipped; NULL without others. Errors as in cx.funnel; NULL steps or modes are an error (22004).';

CREATE AGGREGATE cx.funnel_agg(journey cx.journey, steps text[], within interval) (
	SFUNC = cx._funnel_agg,
	STYPE = cx.funnel_summary,
	FINALFUNC = cx._funnel_final,
	COMBINEFUNC = cx._funnel_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.funnel_agg(cx.journey, text[], interval) IS
'The summary of cx.funnel over the journeys of a group, with a window. Arguments as there, the same for all journeys of a group (22023 otherwise). Journeys that are NULL are skipped; NULL without others. Errors as in cx.funnel; NULL steps or modes are an error (22004).';

CREATE AGGREGATE cx.funnel_agg(journey cx.journey, steps text[], within interval, mode text[]) (
	SFUNC = cx._funnel_agg,
	STYPE = cx.funnel_summary,
	FINALFUNC = cx._funnel_final,
	COMBINEFUNC = cx._funnel_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.funnel_agg(cx.journey, text[], interval, text[]) IS
'The summary of cx.funnel over the journeys of a group, with a window and modes. Arguments as there, the same for all journeys of a group (22023 otherwise). Journeys that are NULL are skipped; NULL without others. Errors as in cx.funnel; NULL steps or modes are an error (22004).';

CREATE AGGREGATE cx.funnel_agg(journey cx.journey, steps text[], within interval, mode text[], as_of timestamptz) (
	SFUNC = cx._funnel_agg,
	STYPE = cx.funnel_summary,
	FINALFUNC = cx._funnel_final,
	COMBINEFUNC = cx._funnel_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.funnel_agg(cx.journey, text[], interval, text[], timestamptz) IS
'The summary of cx.funnel over the journeys of a group, with a window, modes and a watermark. Arguments as there, the same for all journeys of a group (22023 otherwise). With as_of, the time up to which the data are complete, touches after it are left out, and a journey whose window is open then is pending at its next step, not dropped; NULL: nothing is pending. Journeys that are NULL are skipped; NULL without others. Errors as in cx.funnel; NULL steps or modes are an error (22004).';

CREATE AGGREGATE cx.rollup(summary cx.funnel_summary) (
	SFUNC = cx._funnel_merge,
	STYPE = cx.funnel_summary,
	FINALFUNC = cx._funnel_final,
	COMBINEFUNC = cx._funnel_merge,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.funnel_summary) IS
'Summaries of the same funnel merged into one: the counts of all their journeys, exactly, in any order. NULL summaries are skipped; NULL without others. Different steps, windows or modes are an error (22023).';

CREATE FUNCTION cx.funnel_steps(summary cx.funnel_summary, confidence float8 DEFAULT 0.95,
	OUT step integer, OUT selector text, OUT reached bigint, OUT pending bigint, OUT reached_share float8, OUT low float8, OUT high float8,
	OUT from_previous_share float8, OUT dropped bigint, OUT median_seconds_from_previous float8, OUT p90_seconds_from_previous float8,
	OUT median_seconds_from_start float8, OUT p90_seconds_from_start float8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_funnel_steps' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.funnel_steps(cx.funnel_summary, float8) IS
'A row a step: reached, the journeys that reached it; pending, those that reached the step before and still could reach it; dropped, those that reached the step before and will not (NULL at step 1). reached_share = reached / (reached + dropped here or at a step before), low and high its Wilson interval at the confidence (between 0 and 1, 22023 otherwise); from_previous_share = reached / (reached + dropped), NULL at step 1; shares are NULL when nobody is known. Seconds of those who reached the step, between the times of cx.funnel_times: median and 90th percentile, interpolated, good to 0.8 percent; NULL at step 1 and when nobody reached it. No rows if summary or confidence is NULL.';

CREATE FUNCTION cx.journeys(summary cx.funnel_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_funnel_journeys' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.journeys(cx.funnel_summary) IS
'The number of journeys that the summary was made of, those that reached no step included. NULL if summary is NULL.';

CREATE FUNCTION cx.funnel_attempts(journey cx.journey, steps text[], within interval DEFAULT NULL, mode text[] DEFAULT '{}', as_of timestamptz DEFAULT NULL,
	OUT attempt integer, OUT started_at timestamptz, OUT ended_at timestamptz, OUT reached integer, OUT state text, OUT touches cx.journey) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_funnel_attempts' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100 ROWS 3;
COMMENT ON FUNCTION cx.funnel_attempts(cx.journey, text[], interval, text[], timestamptz) IS
'The attempts at a funnel in a journey, a row each in order of time. An attempt begins at the first touch that fits step 1 after the attempt before, and goes on as far as a chain from there can; if a chain that begins within it gets further, the one that gets furthest, the earliest of several, is an attempt of its own and cuts this one short (not in mode first). reached: its steps; started_at, ended_at: the times of its first and last touch; touches: those that filled its steps; state: completed, pending (it, or a chain that begins within it, could still go further after as_of, the time up to which the data are complete; touches after it are left out) or dropped; without as_of nothing is pending. The most that an attempt reached is cx.funnel, except that in modes first and strict_deduplication later attempts may get further. No rows if journey, steps or mode is NULL, or without a touch for step 1. Errors as in cx.funnel; an infinite as_of (22008).';
