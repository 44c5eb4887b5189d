-- Flows around an anchor for Sankey charts, and rework.

@summary type=flow_summary
COMMENT ON TYPE cx.flow_summary IS
'What many journeys did before and after an anchor, step by step: made by cx.flow_agg, read by cx.flow_edges. Text form: JSON, {"anchor": "cancel", "before": 2, "after": 0, "by": "touchpoint", "journeys": 3, "without_anchor": 1, "edges": [[-1, null, "search", 1], ...]}; an edge has the step of its source, source, target and a number of journeys; null is no label: the journey began or ended there, or the anchor has none. Input is refused (22P02) unless the edges carry every journey from step to step. Equal contents have equal bytes.';
COMMENT ON TYPE cx._flow_summary IS 'Array of cx.flow_summary.';

CREATE FUNCTION cx._flow_agg(cx.flow_summary, cx.journey, cx.selector, integer, integer) RETURNS cx.flow_summary
AS 'MODULE_PATHNAME', 'cx_flow_agg_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._flow_agg(cx.flow_summary, cx.journey, cx.selector, integer, integer) IS 'Transition function of cx.flow_agg.';
CREATE FUNCTION cx._flow_agg(cx.flow_summary, cx.journey, cx.selector, integer, integer, text) RETURNS cx.flow_summary
AS 'MODULE_PATHNAME', 'cx_flow_agg_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._flow_agg(cx.flow_summary, cx.journey, cx.selector, integer, integer, text) IS 'Transition function of cx.flow_agg.';
CREATE FUNCTION cx._flow_agg_combine(cx.flow_summary, cx.flow_summary) RETURNS cx.flow_summary
AS 'MODULE_PATHNAME', 'cx_flow_agg_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._flow_agg_combine(cx.flow_summary, cx.flow_summary) IS 'Combine function of cx.flow_agg, transition function of cx.rollup.';
CREATE FUNCTION cx._flow_agg_final(cx.flow_summary) RETURNS cx.flow_summary
AS 'MODULE_PATHNAME', 'cx_flow_agg_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._flow_agg_final(cx.flow_summary) IS 'Final function of cx.flow_agg and cx.rollup.';

CREATE AGGREGATE cx.flow_agg(journey cx.journey, anchor cx.selector, before integer, after integer) (
	SFUNC = cx._flow_agg,
	STYPE = cx.flow_summary,
	SSPACE = 1024,
	FINALFUNC = cx._flow_agg_final,
	COMBINEFUNC = cx._flow_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.flow_agg(cx.journey, cx.selector, integer, integer) IS
'The steps of many journeys around an anchor, by touchpoint: cx.flow_agg(journey, anchor, before, after, ''touchpoint'').';

CREATE AGGREGATE cx.flow_agg(journey cx.journey, anchor cx.selector, before integer, after integer, by text) (
	SFUNC = cx._flow_agg,
	STYPE = cx.flow_summary,
	SSPACE = 1024,
	FINALFUNC = cx._flow_agg_final,
	COMBINEFUNC = cx._flow_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.flow_agg(cx.journey, cx.selector, integer, integer, text) IS
'The steps of many journeys around an anchor: the last touches before it, at most before of them, and the first ones after it, at most after (0 to 100 each, else 22023). The anchor of a journey is its first touch that fits the selector; journeys without one are counted apart. by says which label stands for a touch: touchpoint, channel, team, or a key of attrs; touches without that label are left out, but an anchor stays. NULL journeys are skipped; NULL without any other. Other arguments must be the same in all rows of a group (22023) and not NULL (22004).';

CREATE AGGREGATE cx.rollup(summary cx.flow_summary) (
	SFUNC = cx._flow_agg_combine,
	STYPE = cx.flow_summary,
	SSPACE = 1024,
	FINALFUNC = cx._flow_agg_final,
	COMBINEFUNC = cx._flow_agg_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.flow_summary) IS
'Several flows as one, as if their journeys had been aggregated together, in whatever order. NULLs are skipped; NULL without any other. Flows with another anchor, other steps or labels are an error (22023).';

CREATE FUNCTION cx.flow_journeys(summary cx.flow_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_flow_journeys' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.flow_journeys(cx.flow_summary) IS
'The number of journeys that have the anchor: what shares of cx.flow_edges refer to. NULL for NULL.';

CREATE FUNCTION cx.flow_without_anchor(summary cx.flow_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_flow_without_anchor' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.flow_without_anchor(cx.flow_summary) IS
'The number of journeys in which no touch fits the anchor, empty ones included; they have no edges. NULL for NULL.';

CREATE FUNCTION cx.flow_edges(summary cx.flow_summary, min_share float8 DEFAULT 0) RETURNS TABLE (step integer, source text, target text, journeys bigint, share float8)
AS 'MODULE_PATHNAME', 'cx_flow_edges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 100;
COMMENT ON FUNCTION cx.flow_edges(cx.flow_summary, float8) IS
'The edges of a Sankey chart: how many journeys went from source to target. Nodes are a step and a label, "-1 search", "0 cancel", "+1 call"; the anchor is step 0, and step is that of the source, the target''s is one more: no cycles. "(start)" and "(end)" stand where a journey began or ended within the steps asked for, "(none)" for an anchor without label, so that what comes into a node of the steps between also goes out of it. share is journeys divided by all that have the anchor (cx.flow_journeys), 0 to 1. Labels that fewer than min_share of these have at a step (0 to 1, else 22023) are merged as "(other)"; no journey gets lost. Ordered by step, then by source and target bytewise. No rows for NULL, or if no journey has the anchor.';

CREATE FUNCTION cx.repeats(journey cx.journey, by text DEFAULT 'team') RETURNS TABLE (touchpoint text, touches bigint, self_loops bigint, repeat_self_loops bigint, redo_self_loops bigint, repetitions bigint, repeat_repetitions bigint, redo_repetitions bigint)
AS 'MODULE_PATHNAME', 'cx_journey_repeats' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.repeats(cx.journey, text) IS
'Rework, a row a touchpoint in bytewise order. touches counts all of it; a touch whose touchpoint came before is a self-loop if that was the touch right before it, otherwise, with others between, a repetition: touches = 1 + self_loops + repetitions. repeat_ are those of them by the same team as the latest touch of that touchpoint before, redo_ those by another (bupaR''s terms); where a team is NULL they are neither. by may name whose sameness counts instead of the team: channel, or a key of attrs. No rows for NULL or an empty journey.';
