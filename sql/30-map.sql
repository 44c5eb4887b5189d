-- Journey maps: what follows what.

@summary type=journey_map
COMMENT ON TYPE cx.journey_map IS
'What follows what in many journeys, how often and after how much time (a directly-follows graph): made by cx.map_agg, merged by cx.rollup, read by cx.edges and cx.nodes. Text form: a JSON object with by (what nodes are), journeys, nodes (node, journeys, starts, ends, value) and edges (source, target, journeys, microseconds: the sum of times, of which "more" counts whole 2^62, and times: pairs of a bucket and the number of times in it; below 128 microseconds a bucket is one microsecond, above every power of two has 64). Equal maps have equal bytes.';
COMMENT ON TYPE cx._journey_map IS 'Array of cx.journey_map.';

CREATE FUNCTION cx._map_combine(cx.journey_map, cx.journey_map) RETURNS cx.journey_map
AS 'MODULE_PATHNAME', 'cx_map_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._map_combine(cx.journey_map, cx.journey_map) IS 'Combine function of cx.map_agg, and transition function of cx.rollup.';
CREATE FUNCTION cx._map_final(cx.journey_map) RETURNS cx.journey_map
AS 'MODULE_PATHNAME', 'cx_map_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx._map_final(cx.journey_map) IS 'Final function of cx.map_agg and cx.rollup.';

CREATE FUNCTION cx._map_agg(cx.journey_map, cx.journey) RETURNS cx.journey_map
AS 'MODULE_PATHNAME', 'cx_map_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._map_agg(cx.journey_map, cx.journey) IS 'Transition function of cx.map_agg.';
CREATE AGGREGATE cx.map_agg(journey cx.journey) (
	SFUNC = cx._map_agg,
	STYPE = cx.journey_map,
	SSPACE = 4096,
	FINALFUNC = cx._map_final,
	COMBINEFUNC = cx._map_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.map_agg(cx.journey) IS
'The journey map of the touchpoints: cx.map_agg(journey, ''touchpoint'').';

CREATE FUNCTION cx._map_agg(cx.journey_map, cx.journey, text) RETURNS cx.journey_map
AS 'MODULE_PATHNAME', 'cx_map_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._map_agg(cx.journey_map, cx.journey, text) IS 'Transition function of cx.map_agg.';
CREATE AGGREGATE cx.map_agg(journey cx.journey, by text) (
	SFUNC = cx._map_agg,
	STYPE = cx.journey_map,
	SSPACE = 4096,
	FINALFUNC = cx._map_final,
	COMBINEFUNC = cx._map_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.map_agg(cx.journey, text) IS
'The journey map of a group''s journeys, by touchpoint, channel, team or a key of attrs (any other name): its nodes are those labels, its edges the pairs of successive touches. Touches without the label, or with an empty value of the key, are left out, so that their neighbours follow each other; those of one instant keep the order of the journey. NULL journeys are skipped, empty ones add nothing; NULL if all are NULL. Errors: by is NULL (22004), not the same for all journeys of the group or over 255 bytes (22023), a value of attrs over 255 bytes (22023), more than 8388608 different labels (54000). Maps of parts are merged by cx.rollup.';

CREATE FUNCTION cx._map_agg(cx.journey_map, cx.journey, text, timestamptz, timestamptz) RETURNS cx.journey_map
AS 'MODULE_PATHNAME', 'cx_map_add' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._map_agg(cx.journey_map, cx.journey, text, timestamptz, timestamptz) IS 'Transition function of cx.map_agg.';
CREATE AGGREGATE cx.map_agg(journey cx.journey, by text, starts_at timestamptz, ends_at timestamptz) (
	SFUNC = cx._map_agg,
	STYPE = cx.journey_map,
	SSPACE = 4096,
	FINALFUNC = cx._map_final,
	COMBINEFUNC = cx._map_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.map_agg(cx.journey, text, timestamptz, timestamptz) IS
'The part of cx.map_agg(journey, by) that belongs to [starts_at, ends_at): touches at these times, edges whose target is such a touch (the source may lie before), starts of journeys that begin and ends of journeys that end there. NULL or infinite is no bound. So the maps of adjoining periods add up, by cx.rollup, to the map of the whole, in all but the counts of journeys: one whose touches lie in several periods is counted in each. The period may differ from journey to journey; the map does not know it.';

CREATE AGGREGATE cx.rollup(map cx.journey_map) (
	SFUNC = cx._map_combine,
	STYPE = cx.journey_map,
	SSPACE = 4096,
	FINALFUNC = cx._map_final,
	COMBINEFUNC = cx._map_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.journey_map) IS
'The maps of a group in one, whatever their order: of days in that of a month, of segments in that of all. Counts of journeys add up too: they are right when no journey is in two of the maps. Sums of values are right up to rounding, all else exactly. NULL maps are skipped; NULL if there are no others; maps of different nodes (by) are an error (22023).';

CREATE FUNCTION cx.journeys(map cx.journey_map) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_map_journeys' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.journeys(cx.journey_map) IS
'The number of journeys that have a touch in the map: the base of shares. Does not add up over periods: a journey counts in each period in which it has a touch. NULL for NULL.';

CREATE FUNCTION cx.edges(map cx.journey_map, with_ends boolean DEFAULT false)
RETURNS TABLE (source text, target text, count bigint, journeys bigint, mean_seconds float8, median_seconds float8, p90_seconds float8)
AS 'MODULE_PATHNAME', 'cx_map_edges' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION cx.edges(cx.journey_map, boolean) IS
'The edges of a journey map, a row each: how often target came next after source (count), in how many journeys at least once (journeys), and the time between the two touches in seconds: its mean, exact up to rounding, and its median and ninth decile, interpolated like percentile_cont and at most 0.8 percent off. with_ends adds an edge from (start) to every node at which journeys begin and one to (end) from every node at which they end; these have no times (NULL). No rows for NULL.';

CREATE FUNCTION cx.nodes(map cx.journey_map)
RETURNS TABLE (node text, count bigint, journeys bigint, starts bigint, ends bigint, self_loops bigint, value float8)
AS 'MODULE_PATHNAME', 'cx_map_nodes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 20;
COMMENT ON FUNCTION cx.nodes(cx.journey_map) IS
'The nodes of a journey map, a row each, in bytewise order: the number of touches (count), of journeys that have one (journeys), that begin and that end there (starts, ends), how often the node followed itself (self_loops), and the sum of the touches'' values (value, in their unit; NULL if none has one). In the map of a period, a node that is only the source of edges into it has a count of 0. No rows for NULL.';

CREATE FUNCTION cx.compare_maps(a cx.journey_map, b cx.journey_map, confidence float8 DEFAULT 0.95, with_ends boolean DEFAULT false)
RETURNS TABLE (source text, target text, a_count bigint, b_count bigint, a_total bigint, b_total bigint, a_share float8, b_share float8, difference float8, low float8, high float8)
AS 'MODULE_PATHNAME', 'cx_map_compare' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 100;
COMMENT ON FUNCTION cx.compare_maps(cx.journey_map, cx.journey_map, float8, boolean) IS
'Where two groups of journeys differ, a row for each edge of either map: a_count and b_count journeys of a_total and b_total have the edge at least once; a_share and b_share are those shares, 0..1; difference is a_share - b_share, -1..1, and low and high its interval at the given confidence (0..1): Newcombe''s hybrid of two Wilson score intervals (Statistics in Medicine 17, 1998, 873-890, method 10), for groups of different journeys. with_ends adds the edges from (start) and to (end). Shares and what follows from them are NULL where a map has no journeys. No rows if an argument is NULL; maps of different nodes (by) and a confidence outside 0..1 are errors (22023).';

CREATE FUNCTION cx.to_dot(map cx.journey_map, min_share float8 DEFAULT 0, max_edges integer DEFAULT NULL, with_ends boolean DEFAULT true) RETURNS text
AS 'MODULE_PATHNAME', 'cx_map_to_dot' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.to_dot(cx.journey_map, float8, integer, boolean) IS
'The journey map as a drawing in the DOT language of Graphviz: nodes with their touches, edges with their counts, lines the thicker the more frequent. Drawn are the edges that at least min_share (0..1) of the map''s journeys have, of these the max_edges most frequent (NULL: all), and the nodes that they join; with_ends adds a start and an end. Labels are quoted, control characters in them become spaces; the order is the same every time. NULL if map, min_share or with_ends is NULL; a min_share outside 0..1 or a negative max_edges is an error (22023).';

CREATE FUNCTION cx.to_mermaid(map cx.journey_map, min_share float8 DEFAULT 0, max_edges integer DEFAULT NULL, with_ends boolean DEFAULT true) RETURNS text
AS 'MODULE_PATHNAME', 'cx_map_to_mermaid' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.to_mermaid(cx.journey_map, float8, integer, boolean) IS
'The journey map as a flowchart in the language of Mermaid, which Markdown pages draw: the same edges and arguments as in cx.to_dot. Punctuation in labels becomes entity codes. NULL and errors as in cx.to_dot.';
