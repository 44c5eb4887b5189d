-- Survey scores: summaries that roll up, and the numbers read from them.

@summary type=score_summary
COMMENT ON TYPE cx.score_summary IS
'Survey scores of a group: the scale, a kind of survey if given, how often each score was given and what it weighs, and how many rows had no score or an invalid one. Made by cx.score_agg, merged by cx.rollup and +, taken from each other by -, read by cx.nps, cx.csat, cx.ces, cx.mean and others. Sums are exact in any order. Text form: JSON, {"scale": [1, 5], "kind": "relational", "counts": [2, 0, 1, 4, 9], "invalid": 1, "missing": 3}, with "weights" and "squares" (sums of weights by score and of squared weights) if not all weights are 1; "invalid" and "missing" may be left out for 0.';

CREATE FUNCTION cx._score_add(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_add(cx.score_summary, float8) IS 'Transition function of cx.score_agg and cx.nps.';
CREATE FUNCTION cx._score_remove(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_remove(cx.score_summary, float8) IS 'Inverse transition function of cx.score_agg and cx.nps.';
CREATE FUNCTION cx._score_add(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_add(cx.score_summary, float8, float8) IS 'Transition function of cx.score_agg and cx.nps.';
CREATE FUNCTION cx._score_remove(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_remove(cx.score_summary, float8, float8) IS 'Inverse transition function of cx.score_agg and cx.nps.';
CREATE FUNCTION cx._score_add(cx.score_summary, float8, float8, int4range) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_add(cx.score_summary, float8, float8, int4range) IS 'Transition function of cx.score_agg.';
CREATE FUNCTION cx._score_remove(cx.score_summary, float8, float8, int4range) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_remove(cx.score_summary, float8, float8, int4range) IS 'Inverse transition function of cx.score_agg.';
CREATE FUNCTION cx._score_add(cx.score_summary, float8, float8, int4range, text) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_add(cx.score_summary, float8, float8, int4range, text) IS 'Transition function of cx.score_agg.';
CREATE FUNCTION cx._score_remove(cx.score_summary, float8, float8, int4range, text) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_remove(cx.score_summary, float8, float8, int4range, text) IS 'Inverse transition function of cx.score_agg.';
CREATE FUNCTION cx._csat_add(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_csat_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._csat_add(cx.score_summary, float8) IS 'Transition function of cx.csat.';
CREATE FUNCTION cx._csat_remove(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_csat_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._csat_remove(cx.score_summary, float8) IS 'Inverse transition function of cx.csat.';
CREATE FUNCTION cx._csat_add(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_csat_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._csat_add(cx.score_summary, float8, float8) IS 'Transition function of cx.csat.';
CREATE FUNCTION cx._csat_remove(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_csat_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._csat_remove(cx.score_summary, float8, float8) IS 'Inverse transition function of cx.csat.';
CREATE FUNCTION cx._ces_add(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_ces_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._ces_add(cx.score_summary, float8) IS 'Transition function of cx.ces.';
CREATE FUNCTION cx._ces_remove(cx.score_summary, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_ces_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._ces_remove(cx.score_summary, float8) IS 'Inverse transition function of cx.ces.';
CREATE FUNCTION cx._ces_add(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_ces_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._ces_add(cx.score_summary, float8, float8) IS 'Transition function of cx.ces.';
CREATE FUNCTION cx._ces_remove(cx.score_summary, float8, float8) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_ces_remove' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._ces_remove(cx.score_summary, float8, float8) IS 'Inverse transition function of cx.ces.';
CREATE FUNCTION cx._score_combine(cx.score_summary, cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_combine(cx.score_summary, cx.score_summary) IS
'Combine function of the aggregates of scores, transition function of cx.rollup.';
CREATE FUNCTION cx._score_enter(cx.score_summary, cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_enter' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_enter(cx.score_summary, cx.score_summary) IS 'Transition function of cx.rollup over moving windows.';
CREATE FUNCTION cx._score_leave(cx.score_summary, cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_leave' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_leave(cx.score_summary, cx.score_summary) IS 'Inverse transition function of cx.rollup over moving windows.';
CREATE FUNCTION cx._score_final(cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_final(cx.score_summary) IS 'Final function of cx.score_agg and cx.rollup.';
CREATE FUNCTION cx._score_nps(cx.score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_nps_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_nps(cx.score_summary) IS 'Final function of cx.nps.';
CREATE FUNCTION cx._score_csat(cx.score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_csat_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_csat(cx.score_summary) IS 'Final function of cx.csat.';
CREATE FUNCTION cx._score_ces(cx.score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_ces_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_ces(cx.score_summary) IS 'Final function of cx.ces.';

CREATE AGGREGATE cx.score_agg(score float8) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_final,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.score_agg(float8) IS
'Summary of scores from 0 to 10, each with the weight 1. A score that is not one of the scale (too low, too high, not an integer, NaN) is counted as invalid and never clipped, NULL as missing; NULL without rows. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.score_agg(score float8, weight float8) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_final,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.score_agg(float8, float8) IS
'Summary of scores from 0 to 10 with weights. A score that is not one of the scale (too low, too high, not an integer, NaN) is counted as invalid and never clipped, NULL as missing; NULL without rows. As a window function it takes back rows that leave the frame, exactly. The weight of a response is from 0 to 1000000 (22023 otherwise), taken to 12 decimal places; a score whose weight is NULL is invalid.';

CREATE AGGREGATE cx.score_agg(score float8, weight float8, scale int4range) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_final,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.score_agg(float8, float8, int4range) IS
'Summary of scores of any scale of integers, with weights; 1 for none. The scale, such as ''[1,5]'', has 2 to 1001 scores (22023 otherwise), must not be NULL (22004), and be the same for all rows of a group (22023 otherwise). A score that is not one of the scale (too low, too high, not an integer, NaN) is counted as invalid and never clipped, NULL as missing; NULL without rows. As a window function it takes back rows that leave the frame, exactly. The weight of a response is from 0 to 1000000 (22023 otherwise), taken to 12 decimal places; a score whose weight is NULL is invalid.';

CREATE AGGREGATE cx.score_agg(score float8, weight float8, scale int4range, kind text) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_final,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.score_agg(float8, float8, int4range, text) IS
'Summary of scores of one kind of survey, such as relational, transactional or employee: a label of 1 to 255 bytes that the summary carries, the same for all rows of a group (22023 otherwise); NULL for none. Summaries of different kinds do not merge. The scale, such as ''[1,5]'', has 2 to 1001 scores (22023 otherwise), must not be NULL (22004), and be the same for all rows of a group (22023 otherwise). A score that is not one of the scale (too low, too high, not an integer, NaN) is counted as invalid and never clipped, NULL as missing; NULL without rows. As a window function it takes back rows that leave the frame, exactly. The weight of a response is from 0 to 1000000 (22023 otherwise), taken to 12 decimal places; a score whose weight is NULL is invalid.';

CREATE AGGREGATE cx.rollup(summary cx.score_summary) (
	SFUNC = cx._score_combine,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_enter,
	MINVFUNC = cx._score_leave,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_final,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.score_summary) IS
'Summaries of scores merged into one: the same bytes as from all their rows at once, in any order. NULL summaries are skipped; NULL without others. Different scales or kinds are an error (22023). As a window function it takes back summaries that leave the frame, exactly.';

CREATE AGGREGATE cx.nps(score float8) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_nps,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_nps,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.nps(float8) IS
'Net Promoter Score of scores from 0 to 10, from -100 to 100: cx.nps of their summary. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.nps(score float8, weight float8) (
	SFUNC = cx._score_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_nps,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._score_add,
	MINVFUNC = cx._score_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_nps,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.nps(float8, float8) IS
'Net Promoter Score of scores from 0 to 10 with weights, from -100 to 100: cx.nps of their summary. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.csat(score float8) (
	SFUNC = cx._csat_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_csat,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._csat_add,
	MINVFUNC = cx._csat_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_csat,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.csat(float8) IS
'Customer satisfaction of scores from 1 to 5: the share, 0 to 1, of the scores 4 and 5. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.csat(score float8, weight float8) (
	SFUNC = cx._csat_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_csat,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._csat_add,
	MINVFUNC = cx._csat_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_csat,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.csat(float8, float8) IS
'Customer satisfaction of scores from 1 to 5 with weights: the share, 0 to 1, of the scores 4 and 5. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.ces(score float8) (
	SFUNC = cx._ces_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_ces,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._ces_add,
	MINVFUNC = cx._ces_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_ces,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.ces(float8) IS
'Customer Effort Score of scores from 1 to 7: their mean. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE AGGREGATE cx.ces(score float8, weight float8) (
	SFUNC = cx._ces_add,
	STYPE = cx.score_summary,
	FINALFUNC = cx._score_ces,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._score_combine,
	MSFUNC = cx._ces_add,
	MINVFUNC = cx._ces_remove,
	MSTYPE = cx.score_summary,
	MFINALFUNC = cx._score_ces,
	MFINALFUNC_MODIFY = READ_ONLY,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.ces(float8, float8) IS
'Customer Effort Score of scores from 1 to 7 with weights: their mean. Rows as in cx.score_agg; NULL without a valid score. As a window function it takes back rows that leave the frame, exactly.';

CREATE FUNCTION cx._score_plus(cx.score_summary, cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_plus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_plus(cx.score_summary, cx.score_summary) IS 'Implementation of + operator of cx.score_summary.';
CREATE OPERATOR cx.+ (LEFTARG = cx.score_summary, RIGHTARG = cx.score_summary, FUNCTION = cx._score_plus, COMMUTATOR = OPERATOR(cx.+));
COMMENT ON OPERATOR cx.+ (cx.score_summary, cx.score_summary) IS 'Both summaries in one, as by cx.rollup.';
CREATE FUNCTION cx._score_minus(cx.score_summary, cx.score_summary) RETURNS cx.score_summary
AS 'MODULE_PATHNAME', 'cx_score_minus' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx._score_minus(cx.score_summary, cx.score_summary) IS 'Implementation of - operator of cx.score_summary.';
CREATE OPERATOR cx.- (LEFTARG = cx.score_summary, RIGHTARG = cx.score_summary, FUNCTION = cx._score_minus);
COMMENT ON OPERATOR cx.- (cx.score_summary, cx.score_summary) IS 'The first summary without the responses of the second, exactly: what merging with it added. An error (22023) if scales or kinds differ, or if the second is not part of the first.';

CREATE FUNCTION cx.nps(summary cx.score_summary, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_nps_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.nps(cx.score_summary, bigint) IS
'Net Promoter Score, from -100 to 100: 100 times the share of promoters (9 and 10) less that of detractors (0 to 6). NULL for NULL, without a valid score of positive weight or with fewer valid scores than at_least. Another scale than 0 to 10 is an error (22023).';

CREATE FUNCTION cx.nps_low(summary cx.score_summary, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0, method text DEFAULT 'wald') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_nps_low' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.nps_low(cx.score_summary, float8, bigint, text) IS
'Lower limit of cx.nps at a confidence, from the multinomial variance, with the effective number of responses if weighted, within -100 and 100. method: wald (the default), within z standard errors of the estimate, 100 sqrt((p + d - (p - d)^2) / n) with the shares p of promoters and d of detractors; or adjusted, the same after adding 3 responses, 3/4 of one to promoters and to detractors, which is not of zero width when all agree. NULL as cx.nps. Another scale than 0 to 10, a confidence not between 0 and 1, an unknown method: errors (22023).';

CREATE FUNCTION cx.nps_high(summary cx.score_summary, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0, method text DEFAULT 'wald') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_nps_high' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.nps_high(cx.score_summary, float8, bigint, text) IS
'Upper limit of cx.nps at a confidence, from the multinomial variance, with the effective number of responses if weighted, within -100 and 100. method: wald (the default), within z standard errors of the estimate, 100 sqrt((p + d - (p - d)^2) / n) with the shares p of promoters and d of detractors; or adjusted, the same after adding 3 responses, 3/4 of one to promoters and to detractors, which is not of zero width when all agree. NULL as cx.nps. Another scale than 0 to 10, a confidence not between 0 and 1, an unknown method: errors (22023).';

CREATE FUNCTION cx.promoters(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_promoters' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.promoters(cx.score_summary) IS
'Number of responses with a score of 9 or 10, whatever they weigh. NULL for NULL. Another scale than 0 to 10 is an error (22023).';

CREATE FUNCTION cx.passives(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_passives' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.passives(cx.score_summary) IS
'Number of responses with a score of 7 or 8, whatever they weigh. NULL for NULL. Another scale than 0 to 10 is an error (22023).';

CREATE FUNCTION cx.detractors(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_detractors' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.detractors(cx.score_summary) IS
'Number of responses with a score of 0 to 6, whatever they weigh. NULL for NULL. Another scale than 0 to 10 is an error (22023).';

CREATE FUNCTION cx.csat(summary cx.score_summary, top integer DEFAULT 2, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_csat_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.csat(cx.score_summary, integer, bigint) IS
'Customer satisfaction: the share, 0 to 1, of responses with one of the highest scores. top is the number of scores at the upper end that count, from 1 to one less than the scale has (22023 otherwise): 2 of the scale 1 to 5 are 4 and 5. NULL for NULL, without a valid score of positive weight or with fewer valid scores than at_least.';

CREATE FUNCTION cx.csat_low(summary cx.score_summary, top integer DEFAULT 2, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_csat_low' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.csat_low(cx.score_summary, integer, float8, bigint) IS
'Lower limit of cx.csat at a confidence (between 0 and 1, 22023 otherwise): the score interval of Wilson (1927), with the effective number of responses if weighted. top is the number of scores at the upper end that count, from 1 to one less than the scale has (22023 otherwise): 2 of the scale 1 to 5 are 4 and 5. NULL as cx.csat.';

CREATE FUNCTION cx.csat_high(summary cx.score_summary, top integer DEFAULT 2, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_csat_high' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.csat_high(cx.score_summary, integer, float8, bigint) IS
'Upper limit of cx.csat at a confidence (between 0 and 1, 22023 otherwise): the score interval of Wilson (1927), with the effective number of responses if weighted. top is the number of scores at the upper end that count, from 1 to one less than the scale has (22023 otherwise): 2 of the scale 1 to 5 are 4 and 5. NULL as cx.csat.';

CREATE FUNCTION cx.ces(summary cx.score_summary, method text DEFAULT 'mean', at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_ces_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.ces(cx.score_summary, text, bigint) IS
'Customer Effort Score by one of the published methods, which differ: say which. method: mean, of any scale and in its units; agree, the share, 0 to 1, of the scores 5 to 7 on the scale 1 to 7; index, from -100 to 100, 100 times the share of 6 and 7 less that of 1 to 3 on that scale. Unknown methods and other scales are errors (22023). NULL for NULL, without a valid score of positive weight or with fewer valid scores than at_least.';

CREATE FUNCTION cx.ces_low(summary cx.score_summary, method text DEFAULT 'mean', confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_ces_low' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.ces_low(cx.score_summary, text, float8, bigint) IS
'Lower limit of cx.ces at a confidence (between 0 and 1, 22023 otherwise): of the mean as in cx.mean_low, of the share agree by Wilson, of the index by the multinomial variance. method: mean, of any scale and in its units; agree, the share, 0 to 1, of the scores 5 to 7 on the scale 1 to 7; index, from -100 to 100, 100 times the share of 6 and 7 less that of 1 to 3 on that scale. Unknown methods and other scales are errors (22023). NULL as cx.ces, and for the mean of fewer than 2 responses.';

CREATE FUNCTION cx.ces_high(summary cx.score_summary, method text DEFAULT 'mean', confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_ces_high' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.ces_high(cx.score_summary, text, float8, bigint) IS
'Upper limit of cx.ces at a confidence (between 0 and 1, 22023 otherwise): of the mean as in cx.mean_high, of the share agree by Wilson, of the index by the multinomial variance. method: mean, of any scale and in its units; agree, the share, 0 to 1, of the scores 5 to 7 on the scale 1 to 7; index, from -100 to 100, 100 times the share of 6 and 7 less that of 1 to 3 on that scale. Unknown methods and other scales are errors (22023). NULL as cx.ces, and for the mean of fewer than 2 responses.';

CREATE FUNCTION cx.mean(summary cx.score_summary, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_mean_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.mean(cx.score_summary, bigint) IS
'Mean score, in units of the scale. NULL for NULL, without a valid score of positive weight or with fewer valid scores than at_least.';

CREATE FUNCTION cx.mean_low(summary cx.score_summary, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_mean_low' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.mean_low(cx.score_summary, float8, bigint) IS
'Lower limit of cx.mean at a confidence (between 0 and 1, 22023 otherwise): normal, with the standard error s / sqrt(n) of the sample''s standard deviation s and the effective number n of responses, within the scale. NULL as cx.mean, and for an effective number of at most 1.';

CREATE FUNCTION cx.mean_high(summary cx.score_summary, confidence float8 DEFAULT 0.95, at_least bigint DEFAULT 0) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_mean_high' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.mean_high(cx.score_summary, float8, bigint) IS
'Upper limit of cx.mean at a confidence (between 0 and 1, 22023 otherwise): normal, with the standard error s / sqrt(n) of the sample''s standard deviation s and the effective number n of responses, within the scale. NULL as cx.mean, and for an effective number of at most 1.';

CREATE FUNCTION cx.responses(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_valid' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.responses(cx.score_summary) IS
'Number of valid scores, whatever they weigh: what minimum numbers are about. NULL for NULL.';

CREATE FUNCTION cx.invalid(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_invalid' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.invalid(cx.score_summary) IS
'Number of rows with a score that is not one of the scale, or with a score whose weight is NULL. NULL for NULL.';

CREATE FUNCTION cx.missing(summary cx.score_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_score_missing' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.missing(cx.score_summary) IS 'Number of rows whose score is NULL: no answer. NULL for NULL.';

CREATE FUNCTION cx.response_rate(summary cx.score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_response_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.response_rate(cx.score_summary) IS
'Share, 0 to 1, of the rows that have a valid score: responses / (responses + invalid + missing), if rows without an answer are kept with a NULL score. NULL for NULL or without rows.';

CREATE FUNCTION cx.effective_n(summary cx.score_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_score_n' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.effective_n(cx.score_summary) IS
'Effective number of responses by Kish: (sum of weights)^2 / sum of squared weights, at most the number of responses, which it is if all weigh the same. It takes the place of n in intervals. 0 without weight; NULL for NULL.';

CREATE FUNCTION cx.scale(summary cx.score_summary) RETURNS int4range
AS 'MODULE_PATHNAME', 'cx_score_range' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.scale(cx.score_summary) IS 'The scale, from the lowest to the highest score. NULL for NULL.';

CREATE FUNCTION cx.kind(summary cx.score_summary) RETURNS text
AS 'MODULE_PATHNAME', 'cx_score_kind_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.kind(cx.score_summary) IS
'The kind of survey that was given to cx.score_agg. NULL for NULL or without one.';

CREATE FUNCTION cx.scores(summary cx.score_summary,
	OUT score integer, OUT responses bigint, OUT weight float8, OUT share float8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_score_counts' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 11;
COMMENT ON FUNCTION cx.scores(cx.score_summary) IS
'The distribution: a row for each score of the scale, in order, also for those that nobody gave. responses: how often it was given; weight: the sum of their weights; share: of all weight, 0 to 1, NULL without any. What adds up: any score can be worked out from sums over these rows. No rows for NULL.';

CREATE FUNCTION cx.nps_compare(a cx.score_summary, b cx.score_summary, confidence float8 DEFAULT 0.95,
	OUT difference float8, OUT z float8, OUT p float8, OUT low float8, OUT high float8) RETURNS record
AS 'MODULE_PATHNAME', 'cx_score_nps_compare' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.nps_compare(cx.score_summary, cx.score_summary, float8) IS
'Whether two Net Promoter Scores of different respondents differ. difference: the score of a less that of b, -200 to 200; z: the difference in standard errors, whose square is the sum of both squares; p: the probability, two-sided, of one as large by chance, if there is none; low, high: its limits at a confidence (between 0 and 1, 22023 otherwise). z and p are NULL if both are unanimous; all are NULL if one has no valid score of positive weight, or for NULL. Other scales than 0 to 10 and different kinds are errors (22023).';

CREATE FUNCTION cx.nps_decompose(segments text[], before cx.score_summary[], after cx.score_summary[],
	OUT segment text, OUT before_responses bigint, OUT after_responses bigint, OUT before_share float8, OUT after_share float8,
	OUT before_nps float8, OUT after_nps float8, OUT rate float8, OUT mix float8) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_score_nps_decompose' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 5;
COMMENT ON FUNCTION cx.nps_decompose(text[], cx.score_summary[], cx.score_summary[]) IS
'Why the Net Promoter Score of all groups together changed: a row for each group, in the order of the arrays, which have the same length (2202E otherwise). Shares, 0 to 1, are of the weight of all groups; rate, in points, is the average share times the change of the group''s score; mix is the change of its share times the average by which its score is above that of all. The sums of rate and mix add up to the change of the total. A group without responses at one time (a NULL summary, or an empty one) has the other time''s score in both terms, so its effect is all mix. rate and mix are NULL if one time has no responses at all. No rows for a NULL array. Other scales than 0 to 10 and different kinds are errors (22023).';
