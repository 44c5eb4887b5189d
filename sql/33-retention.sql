-- Retention, cohorts, lifecycle and stickiness.

CREATE FUNCTION cx.retention(journey cx.journey, anchor cx.selector, return cx.selector, period interval, periods integer,
	mode text DEFAULT 'bounded', as_of timestamptz DEFAULT NULL, zone text DEFAULT 'UTC', aligned boolean DEFAULT false)
RETURNS boolean[]
AS 'MODULE_PATHNAME', 'cx_retention' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.retention(cx.journey, cx.selector, cx.selector, interval, integer, text, timestamptz, text, boolean) IS
'Whether the journey came back in each of periods 1 to periods after its first touch that fits anchor: element k tells about period k, period 0 being the anchor''s own, which has no element. Period k lasts from k to k + 1 times period after the anchor, its end excluded, months and days counted by the calendar of the time zone zone; if aligned, periods are the days, weeks (from Monday), months, quarters or years of that calendar. A return is a touch that fits return and comes after the anchor in canonical order. mode: bounded (a return in period k), rolling (in period k or later), unbounded (at any time after the anchor), cumulative (after the anchor and before the end of period k). An element is NULL as long as its period is not over at as_of, the time up to which the data are complete; touches after as_of are not looked at; NULL as_of: all is known. NULL for NULL in any other argument, or if no touch fits anchor. Errors: a period that is not positive, an aligned one that the calendar does not have, less than 1 period, an unknown mode or zone (22023), over 10000 periods (54000), an infinite as_of (22008).';

@summary type=retention_summary
COMMENT ON TYPE cx.retention_summary IS
'Retention of many journeys: how many there are, and by period how many were observed and how many of these were active. Made by cx.retention_agg, merged by cx.rollup, read by cx.retention_curve, cx.retention_share and cx.cohort_size. Text form: {"journeys": 5, "at_risk": [5, 4], "retained": [3, 1]}.';

CREATE FUNCTION cx._retention_add(cx.retention_summary, boolean[]) RETURNS cx.retention_summary
AS 'MODULE_PATHNAME', 'cx_retention_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._retention_add(cx.retention_summary, boolean[]) IS 'Transition function of cx.retention_agg.';
CREATE FUNCTION cx._retention_combine(cx.retention_summary, cx.retention_summary) RETURNS cx.retention_summary
AS 'MODULE_PATHNAME', 'cx_retention_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._retention_combine(cx.retention_summary, cx.retention_summary) IS 'Combine function of cx.retention_agg, transition function of cx.rollup.';
CREATE FUNCTION cx._retention_pack(cx.retention_summary) RETURNS cx.retention_summary
AS 'MODULE_PATHNAME', 'cx_retention_pack' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._retention_pack(cx.retention_summary) IS 'Final function of cx.retention_agg and cx.rollup.';

CREATE AGGREGATE cx.retention_agg(answers boolean[]) (
	SFUNC = cx._retention_add,
	STYPE = cx.retention_summary,
	FINALFUNC = cx._retention_pack,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._retention_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.retention_agg(boolean[]) IS
'Summary of what cx.retention gave for many journeys. NULL arrays (no anchor) do not count; a NULL element says that the period was not observed, and so does one that is not there: arrays may have different lengths. NULL without any array. Errors: an array of more dimensions or one that does not begin with 1 (2202E), over 10000 elements (54000).';

CREATE AGGREGATE cx.rollup(summary cx.retention_summary) (
	SFUNC = cx._retention_combine,
	STYPE = cx.retention_summary,
	FINALFUNC = cx._retention_pack,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._retention_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.retention_summary) IS
'The summary of all journeys of several summaries, in any order the same bytes; period k of one is period k of the others. NULL without any.';

CREATE FUNCTION cx.retention_curve(summary cx.retention_summary, confidence float8 DEFAULT 0.95,
	OUT period integer, OUT at_risk bigint, OUT retained bigint, OUT share float8, OUT low float8, OUT high float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_retention_curve' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 12;
COMMENT ON FUNCTION cx.retention_curve(cx.retention_summary, float8) IS
'A row for each period that was observed in some journey: period from 1, at_risk (journeys in which it was observed), retained (those of them that were active), share = retained / at_risk from 0 to 1, and low and high, Wilson''s score interval of the share at the given confidence. No rows for NULL. A confidence not between 0 and 1 is an error (22023).';

CREATE FUNCTION cx.retention_share(summary cx.retention_summary, period integer) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_retention_share' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.retention_share(cx.retention_summary, integer) IS
'The share, 0 to 1, of the journeys active in a period among those in which it was observed; NULL for NULL or if it was observed in none.';

CREATE FUNCTION cx.cohort_size(summary cx.retention_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_cohort_size' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.cohort_size(cx.retention_summary) IS
'Number of journeys with an anchor, whether any period was observed in them or not; NULL for NULL.';

CREATE FUNCTION cx.cohort_start(journey cx.journey, anchor cx.selector, period interval, zone text DEFAULT 'UTC') RETURNS date
AS 'MODULE_PATHNAME', 'cx_cohort_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.cohort_start(cx.journey, cx.selector, interval, text) IS
'The first day of the calendar period in which the first touch that fits anchor lies, by the clock of the time zone zone; period is 1 day, 1 week (from Monday), or 1, 2, 3, 4, 6 or 12 months. NULL for NULL or if no touch fits anchor. Another period or an unknown zone is an error (22023).';

CREATE FUNCTION cx.lifecycle(journey cx.journey, period interval, as_of timestamptz, zone text DEFAULT 'UTC',
	OUT period_start date, OUT state text)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_lifecycle' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION cx.lifecycle(cx.journey, interval, timestamptz, text) IS
'The calendar periods in which the journey was active, and those right after, in order: period_start, and state, which is new (the first activity ever), returning (active in the period before too), resurrecting (active earlier, but not in the period before) or dormant (not active, but in the period before). new + returning + resurrecting = active. Any touch is activity. period is 1 day, 1 week (from Monday), or 1, 2, 3, 4, 6 or 12 months, by the calendar of the time zone zone. Only periods that are over at as_of, the time up to which the data are complete; NULL as_of: all is known. No rows for NULL in another argument or an empty journey. Errors: another period or an unknown zone (22023), an infinite as_of (22008).';

CREATE FUNCTION cx.active_periods(journey cx.journey, selector cx.selector, period interval, starts_at timestamptz DEFAULT NULL,
	ends_at timestamptz DEFAULT NULL, zone text DEFAULT 'UTC')
RETURNS integer
AS 'MODULE_PATHNAME', 'cx_active_periods' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.active_periods(cx.journey, cx.selector, interval, timestamptz, timestamptz, text) IS
'Number of calendar periods with a touch that fits the selector, counting touches from starts_at up to, but not including, ends_at (NULL: no limit). period is 1 day, 1 week (from Monday), or 1, 2, 3, 4, 6 or 12 months, by the calendar of the time zone zone. 0 if no touch fits; NULL for NULL in another argument. Another period or an unknown zone is an error (22023).';
