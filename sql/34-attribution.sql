-- Attribution: which touches a conversion is credited to.

CREATE FUNCTION cx.attribute(journey cx.journey, conversion cx.selector, model text, half_life interval DEFAULT NULL, lookback interval DEFAULT NULL,
	touches cx.selector DEFAULT '*', OUT conversion_number integer, OUT converted_at timestamptz, OUT at timestamptz, OUT touchpoint text, OUT channel text,
	OUT team text, OUT seconds_before float8, OUT share float8, OUT credit float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribute' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 10;
COMMENT ON FUNCTION cx.attribute(cx.journey, cx.selector, text, interval, interval, cx.selector) IS
'Credits each conversion, a touch that fits the selector, to the touches before it: those since the previous conversion that fit touches (default: any) and lie at most lookback before (inclusive; days of 24 hours, months by the calendar in UTC; NULL: no limit). A row for each of them, credited or not: conversion_number (from 1), converted_at, at, touchpoint, channel, team, seconds_before, share (0..1), credit (share of the conversion''s value, in its unit; a conversion without value counts as 1). Models: first, last, linear (the same for all), position (first and last 40 % each, the others 20 % together; two touches 50 % each), time_decay (the weight halves with every half_life before the conversion, default 7 days; other models ignore half_life). The credits of a conversion add up to its value exactly, in any order. A conversion that no touch comes before is one row with the full credit and NULL for at, touchpoint, channel, team and seconds_before. No rows if journey, conversion, model or touches is NULL. Errors (22023): another model, a negative lookback, a half_life that is not positive or has months.';

@summary type=attribution_summary
COMMENT ON TYPE cx.attribution_summary IS
'Counts of the paths to conversions in many journeys: transitions between touchpoints and the sets of touchpoints that paths had, each for paths that converted and for others. Made by cx.attribution_agg, merged by cx.rollup, read by cx.markov_credits and cx.shapley_credits. Its size depends on the different touchpoints, transitions and sets, not on the number of journeys. Text form: {"markov_order": 1, "by": "touchpoint", "touchpoints": ["ad", "mail"], "transitions": [[[], [0], 3, 1], [[0], [1], 2, 0]], "ends": [[[0], 1, 1, 20], [[1], 2, 0, 60.5]], "sets": [[[0], 1, 1, 20], [[0, 1], 2, 0, 60.5]], "direct": [1, 9.5]}: touchpoints by number from 0; from, to (empty: the start), how often in paths that converted, in others; touchpoints, paths that converted, others, value; conversions without a path, value.';

CREATE FUNCTION cx._attribution_agg_combine(cx.attribution_summary, cx.attribution_summary) RETURNS cx.attribution_summary
AS 'MODULE_PATHNAME', 'cx_attribution_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._attribution_agg_combine(cx.attribution_summary, cx.attribution_summary) IS
'Combine function of cx.attribution_agg, transition function of cx.rollup.';
CREATE FUNCTION cx._attribution_agg_final(cx.attribution_summary) RETURNS cx.attribution_summary
AS 'MODULE_PATHNAME', 'cx_attribution_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._attribution_agg_final(cx.attribution_summary) IS 'Final function of cx.attribution_agg and cx.rollup.';

CREATE FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector) RETURNS cx.attribution_summary
AS 'MODULE_PATHNAME', 'cx_attribution_add_journey' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector) IS 'Transition function of cx.attribution_agg.';
CREATE AGGREGATE cx.attribution_agg(journey cx.journey, conversion cx.selector) (
	SFUNC = cx._attribution_agg,
	STYPE = cx.attribution_summary,
	FINALFUNC = cx._attribution_agg_final,
	COMBINEFUNC = cx._attribution_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.attribution_agg(cx.journey, cx.selector) IS
'The paths to conversions of a group''s journeys, for data-driven attribution: each journey is cut behind every touch that fits the selector. The touches before a conversion, since the one before it, are a path that converted; those behind the last one, or all of a journey without any, a path that did not. A conversion that no touch comes before is counted as direct. Conversions without value count as 1. Markov order 1, by touchpoint. NULL journeys are skipped; a NULL conversion is an error (22004). NULL without journeys.';

CREATE FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector, integer) RETURNS cx.attribution_summary
AS 'MODULE_PATHNAME', 'cx_attribution_add_journey' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector, integer) IS 'Transition function of cx.attribution_agg.';
CREATE AGGREGATE cx.attribution_agg(journey cx.journey, conversion cx.selector, markov_order integer) (
	SFUNC = cx._attribution_agg,
	STYPE = cx.attribution_summary,
	FINALFUNC = cx._attribution_agg_final,
	COMBINEFUNC = cx._attribution_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.attribution_agg(cx.journey, cx.selector, integer) IS
'The same with a Markov order from 1 to 4: a state of the chain is that many touches in a row (a shorter path is one state). Another order, or different ones in a group, are errors (22023), NULL too (22004).';

CREATE FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector, integer, text) RETURNS cx.attribution_summary
AS 'MODULE_PATHNAME', 'cx_attribution_add_journey' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._attribution_agg(cx.attribution_summary, cx.journey, cx.selector, integer, text) IS 'Transition function of cx.attribution_agg.';
CREATE AGGREGATE cx.attribution_agg(journey cx.journey, conversion cx.selector, markov_order integer, by text) (
	SFUNC = cx._attribution_agg,
	STYPE = cx.attribution_summary,
	FINALFUNC = cx._attribution_agg_final,
	COMBINEFUNC = cx._attribution_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.attribution_agg(cx.journey, cx.selector, integer, text) IS
'The same by other labels than the touchpoint: touchpoint, channel, team, or any other text for that key of attrs. Touches without it are left out of the paths; which touches are conversions does not depend on it. An empty by, or different ones in a group, are errors (22023), NULL too (22004).';

CREATE AGGREGATE cx.rollup(summary cx.attribution_summary) (
	SFUNC = cx._attribution_agg_combine,
	STYPE = cx.attribution_summary,
	FINALFUNC = cx._attribution_agg_final,
	COMBINEFUNC = cx._attribution_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.attribution_summary) IS
'Attribution summaries merged: what cx.attribution_agg gives for all their journeys at once (values up to rounding). NULLs are skipped; NULL without any. Summaries of different markov_order or by are an error (22023).';

CREATE FUNCTION cx.markov_credits(summary cx.attribution_summary, conversions_only boolean DEFAULT false,
	OUT touchpoint text, OUT credit float8, OUT share float8, OUT removal_effect float8, OUT value float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribution_markov' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 20;
COMMENT ON FUNCTION cx.markov_credits(cx.attribution_summary, boolean) IS
'Conversions credited to touchpoints by a Markov chain: journeys as walks from state to state until conversion or not, with the probabilities observed. removal_effect (0..1): the share of conversions that is lost when the states with this touchpoint lead nowhere. credit: the conversions, divided in proportion to the removal effects; credits add up to them exactly. share (0..1): credit / all conversions. value: the conversions'' value, divided in the same way by what is lost of it (NULL when that says nothing). Solved exactly, not by simulation. conversions_only: of the paths that converted alone. A last row with touchpoint and removal_effect NULL has the conversions that no touch came before, if there are any. Without conversions credit is 0, the rest NULL. No rows for NULL. More than 200000 states, or 4000000 transitions that arise on the way, are an error (54000). Method: Anderl et al. (2016).';

CREATE FUNCTION cx.shapley_credits(summary cx.attribution_summary,
	OUT touchpoint text, OUT credit float8, OUT share float8, OUT removal_effect float8, OUT value float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribution_shapley' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION cx.shapley_credits(cx.attribution_summary) IS
'Conversions credited to touchpoints by Shapley value, where a set of touchpoints is worth the conversions of paths that have no others: exact for any number of touchpoints, because each path''s conversion is then shared equally by the different touchpoints that it has. credit, share (0..1, of all conversions) and value add up exactly; with negative values, value up to rounding. removal_effect (0..1): the share of conversions whose path has the touchpoint. Rows and NULLs as in cx.markov_credits. The markov_order does not matter.';

CREATE FUNCTION cx.markov_transitions(summary cx.attribution_summary, conversions_only boolean DEFAULT false,
	OUT source text, OUT target text, OUT count bigint, OUT share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribution_transitions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION cx.markov_transitions(cx.attribution_summary, boolean) IS
'The Markov chain behind cx.markov_credits: source and target are states, several touchpoints joined by " > " with a markov_order above 1; (start), and as targets (conversion) and (null) for the end of a path. count: how often, share (0..1): of all that leave source. A state that follows itself is not counted. No rows for NULL.';

CREATE FUNCTION cx.coalitions(summary cx.attribution_summary,
	OUT touchpoints text[], OUT conversions bigint, OUT unconverted bigint, OUT value float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_attribution_coalitions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION cx.coalitions(cx.attribution_summary) IS
'The sets of touchpoints that paths had, sorted bytewise, whatever their order and repeats: how many of these paths converted, how many did not, and the value of the conversions (NULL without any). What cx.shapley_credits rests on. No rows for NULL.';

CREATE FUNCTION cx.conversions(summary cx.attribution_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_attribution_conversions' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.conversions(cx.attribution_summary) IS 'Number of conversions, those that no touch came before included; NULL for NULL.';

CREATE FUNCTION cx.unconverted(summary cx.attribution_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_attribution_unconverted' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.unconverted(cx.attribution_summary) IS 'Number of paths that did not convert; NULL for NULL.';

CREATE FUNCTION cx.conversion_value(summary cx.attribution_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_attribution_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.conversion_value(cx.attribution_summary) IS
'Sum of the conversions'' values, in their unit; conversions without value count as 1. NULL for NULL or without conversions.';
