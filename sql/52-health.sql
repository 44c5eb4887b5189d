-- RFM scores and cells, and the health of a customer.

CREATE FUNCTION cx.rfm_score(value float8, cutpoints float8[]) RETURNS integer
AS 'MODULE_PATHNAME', 'cx_rfm_score' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.rfm_score(float8, float8[]) IS
'1 plus the number of cut points that are less than value: n cut points give scores 1 to n + 1, equal values equal scores, a value on a cut point the lower one. Larger is better: give the time of the last purchase as recency, not the days since. Cut points ascend and may repeat; the quintiles are percentile_disc(ARRAY[0.2, 0.4, 0.6, 0.8]) WITHIN GROUP (ORDER BY value). NULL for NULL. Errors: cut points that do not ascend, NaN (22023), a NULL cut point (22004), more dimensions (2202E).';

CREATE FUNCTION cx.rfm_segment(recency integer, frequency integer) RETURNS text
AS 'MODULE_PATHNAME', 'cx_rfm_segment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.rfm_segment(integer, integer) IS
'The name of the cell of two scores from 1 to 5, of which 5 is the best: champion, loyal, potential_loyalist, new, promising, needs_attention, about_to_sleep, at_risk, cannot_lose or hibernating; each of the 25 cells has one (cx.rfm_cells lists them). NULL for NULL. Another score is an error (22023).';

CREATE FUNCTION cx.rfm_segment(recency integer, frequency integer, monetary integer) RETURNS text
AS 'MODULE_PATHNAME', 'cx_rfm_segment' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.rfm_segment(integer, integer, integer) IS
'cx.rfm_segment(recency, frequency) with the mean of frequency and monetary, halves up, as frequency. NULL for NULL. A score that is not from 1 to 5 is an error (22023).';

CREATE FUNCTION cx.rfm_cells(OUT recency integer, OUT frequency integer, OUT segment text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 25
BEGIN ATOMIC
	SELECT r, f, cx.rfm_segment(r, f) FROM pg_catalog.generate_series(1, 5) AS r, pg_catalog.generate_series(1, 5) AS f;
END;
COMMENT ON FUNCTION cx.rfm_cells() IS
'The 25 cells of cx.rfm_segment, a row each: recency and frequency from 1 to 5, segment.';

CREATE FUNCTION cx.health(components float8[], weights float8[], min_coverage float8 DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_health' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.health(float8[], float8[], float8) IS
'Health score, 0 to 100: the mean of the components that are known (not NULL), each clamped to 0 to 100, by their weights: sum of w * x / sum of w. NULL for NULL, if nothing with a weight is known, or if the known part of all weight is less than min_coverage (0 to 1). Errors: not one weight a component, a weight that is negative or not finite, all weights 0, a component NaN, a min_coverage out of range (22023), a NULL weight (22004), more dimensions (2202E).';

CREATE FUNCTION cx.health_coverage(components float8[], weights float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_health_coverage' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.health_coverage(float8[], float8[]) IS
'The part, 0 to 1, of all weight whose components are known (not NULL). NULL for NULL or without components. Errors as in cx.health.';

CREATE FUNCTION cx.health_explain(names text[], components float8[], weights float8[], before float8[] DEFAULT NULL,
	OUT component text, OUT value float8, OUT weight float8, OUT share float8, OUT contribution float8, OUT value_before float8,
	OUT contribution_before float8, OUT change float8, OUT change_by_value float8, OUT change_by_share float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_health_explain' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.health_explain(text[], float8[], float8[], float8[]) IS
'Why cx.health is what it is, and why it changed since the components were as in before: a row a component, in their order. value (0 to 100, clamped; NULL: not known), its weight, share (its part of all known weight, 0 if not known), contribution (value * share: they sum up to the score), value_before and contribution_before. change sums up to the change of the score; it is change_by_value (mean share times change of the value) plus change_by_share (change of the share, because components became known or unknown, times how far the component''s mean value is above the mean of both scores). Without before, the columns about it are NULL; the changes also if nothing was or is known. No rows if names, components or weights are NULL. Errors as in cx.health; not one name a component (22023), a NULL name (22004).';
