-- Drivers of an outcome, and whether the items of a scale measure the same thing.

@summary type=driver_summary
COMMENT ON TYPE cx.driver_summary IS
'How an outcome (say satisfaction) and up to 100 drivers (say ratings of details) vary together: number of complete rows, means, sums of products of deviations from the means. Made by cx.driver_agg, or without an outcome by cx.item_agg; merged by cx.rollup; read by cx.drivers, cx.driver_fit, cx.reliability, cx.items and more. Text form: {"kind": "drivers" or "items", "names": null or [..], "observations": n, "incomplete": n, "means": [..], "mean_rests": [..], "products": [..]}: outcome first; mean_rests is what the mean is more than the number in means; products are the lower triangle by rows.';

CREATE FUNCTION cx._driver_add(cx.driver_summary, float8, float8[]) RETURNS cx.driver_summary
AS 'MODULE_PATHNAME', 'cx_driver_add_outcome' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._driver_add(cx.driver_summary, float8, float8[]) IS 'Transition function of cx.driver_agg.';
CREATE FUNCTION cx._item_add(cx.driver_summary, float8[]) RETURNS cx.driver_summary
AS 'MODULE_PATHNAME', 'cx_driver_add_items' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._item_add(cx.driver_summary, float8[]) IS 'Transition function of cx.item_agg and cx.cronbach_alpha.';
CREATE FUNCTION cx._driver_combine(cx.driver_summary, cx.driver_summary) RETURNS cx.driver_summary
AS 'MODULE_PATHNAME', 'cx_driver_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._driver_combine(cx.driver_summary, cx.driver_summary) IS 'Combine function of cx.driver_agg, cx.item_agg and cx.cronbach_alpha, transition function of cx.rollup.';
CREATE FUNCTION cx._driver_final(cx.driver_summary) RETURNS cx.driver_summary
AS 'MODULE_PATHNAME', 'cx_driver_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._driver_final(cx.driver_summary) IS 'Final function of cx.driver_agg, cx.item_agg and cx.rollup.';

CREATE AGGREGATE cx.driver_agg(outcome float8, drivers float8[]) (
	SFUNC = cx._driver_add,
	STYPE = cx.driver_summary,
	FINALFUNC = cx._driver_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._driver_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.driver_agg(float8, float8[]) IS
'Summary of how an outcome and its drivers vary together; element k of drivers is driver xk. Only complete rows count: one with a NULL, NaN or infinity, or without array, is counted as incomplete and nowhere else. NULL without rows. Other orders of rows or merges change a sum of products s(a,b) by at most 1e-15 of sqrt(s(a,a) * s(b,b)) or so, however many rows and however far from zero they are. Errors: arrays of different lengths or without elements (22023), of more dimensions or not beginning with 1 (2202E), over 100 drivers (54000), numbers whose squares are out of range (22003).';

CREATE AGGREGATE cx.item_agg(items float8[]) (
	SFUNC = cx._item_add,
	STYPE = cx.driver_summary,
	FINALFUNC = cx._driver_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._driver_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.item_agg(float8[]) IS
'Summary of how the items of a scale (the questions that are to measure one thing) vary together, for cx.reliability and cx.items: cx.driver_agg without an outcome. Only complete rows count; precision, NULL and errors as there.';

CREATE AGGREGATE cx.rollup(summary cx.driver_summary) (
	SFUNC = cx._driver_combine,
	STYPE = cx.driver_summary,
	FINALFUNC = cx._driver_final,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._driver_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.rollup(cx.driver_summary) IS
'The summary of all rows of several summaries; precision as in cx.driver_agg. NULL summaries are skipped; NULL without others. Different numbers or names of drivers, or only some with an outcome, are an error (22023); one without names takes those of the others.';

CREATE FUNCTION cx.with_names(summary cx.driver_summary, names text[]) RETURNS cx.driver_summary
AS 'MODULE_PATHNAME', 'cx_driver_with_names' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.with_names(cx.driver_summary, text[]) IS
'The summary with names for its drivers (or items), in their order, instead of x1, x2 and so on. NULL for NULL. Errors: not one name a driver, names twice or not of 1 to 255 bytes (22023), a NULL name (22004), more dimensions (2202E).';

CREATE FUNCTION cx.drivers(summary cx.driver_summary, method text DEFAULT 'johnson',
	OUT driver text, OUT relative_weight float8, OUT relative_share float8, OUT coefficient float8, OUT std_error float8, OUT t float8, OUT p float8,
	OUT standardized float8, OUT correlation float8, OUT variance_inflation float8, OUT mean float8, OUT std_dev float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_drivers' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000 ROWS 10;
COMMENT ON FUNCTION cx.drivers(cx.driver_summary, text) IS
'A row a driver, in their order: its relative_weight by the method, its share of the sum of all weights; coefficient of the linear regression of the outcome on all drivers, std_error, t and two-sided p (Student, observations - drivers - 1 degrees of freedom); standardized coefficient; correlation with the outcome; variance_inflation (1 = independent of the other drivers); mean and std_dev (sample). Methods: johnson (relative weights, Johnson 2000; equal to Genizi''s), shapley (mean increase of R squared over all orders, LMG; at most 20 drivers, 54000), car (squared CAR scores), pratt (standardized * correlation; may be negative): these four sum up to R squared; first (squared correlation), last (increase of R squared by the driver after all others), beta_squared. NULL in all but mean and std_dev for a driver that does not vary, in coefficients, pratt, last and beta_squared if drivers are linearly dependent (an eigenvalue of their correlations is at most 1e-12 of the largest), in errors without degrees of freedom. No rows for NULL. Errors: an unknown method, a summary of items (22023).';

CREATE FUNCTION cx.driver_fit(summary cx.driver_summary,
	OUT observations bigint, OUT incomplete bigint, OUT drivers integer, OUT intercept float8, OUT r_squared float8, OUT adjusted_r_squared float8,
	OUT residual_std_dev float8, OUT condition_number float8, OUT largest_variance_inflation float8, OUT warning text)
RETURNS record
AS 'MODULE_PATHNAME', 'cx_driver_fit_row' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cx.driver_fit(cx.driver_summary) IS
'One row about the linear regression of the outcome on all drivers: complete rows (observations) and others (incomplete), number of drivers, intercept, r_squared (0 to 1), adjusted_r_squared (for degrees of freedom; may be negative), residual_std_dev in the outcome''s unit, condition_number (square root of the largest by the smallest eigenvalue of the drivers'' correlations), the largest variance inflation, and a warning, NULL if there is none: outcome or drivers that do not vary, linearly dependent drivers, too few observations, collinear drivers (condition number over 30 or variance inflation over 10). Numbers that do not exist are NULL. A row of NULLs for NULL. A summary of items is an error (22023).';

CREATE FUNCTION cx.r_squared(summary cx.driver_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_driver_r_squared' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cx.r_squared(cx.driver_summary) IS
'The share, 0 to 1, of the outcome''s variance that the linear regression on all drivers explains. NULL for NULL or if the outcome does not vary. A summary of items is an error (22023).';

CREATE FUNCTION cx.observations(summary cx.driver_summary) RETURNS bigint
AS 'MODULE_PATHNAME', 'cx_driver_observations' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.observations(cx.driver_summary) IS
'Number of complete rows; NULL for NULL.';

CREATE FUNCTION cx.cronbach_alpha(summary cx.driver_summary) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_cronbach_alpha' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.cronbach_alpha(cx.driver_summary) IS
'Cronbach''s alpha of the items (of the drivers, if there is an outcome): k / (k - 1) * (1 - sum of their variances / variance of their sum); at most 1, negative if items contradict each other. NULL for NULL, with fewer than 2 items or if their sum does not vary.';

CREATE AGGREGATE cx.cronbach_alpha(items float8[]) (
	SFUNC = cx._item_add,
	STYPE = cx.driver_summary,
	FINALFUNC = cx.cronbach_alpha,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._driver_combine,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.cronbach_alpha(float8[]) IS
'Cronbach''s alpha of the items of a scale over complete rows: cx.cronbach_alpha of cx.item_agg in one step. NULL without complete rows, with fewer than 2 items or if their sum does not vary. Errors as in cx.item_agg.';

CREATE FUNCTION cx.reliability(summary cx.driver_summary,
	OUT observations bigint, OUT incomplete bigint, OUT items integer, OUT alpha float8, OUT standardized_alpha float8, OUT guttman_lambda6 float8,
	OUT mean_correlation float8, OUT std_error float8)
RETURNS record
AS 'MODULE_PATHNAME', 'cx_reliability' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cx.reliability(cx.driver_summary) IS
'One row about the items of a scale (the drivers, if there is an outcome): complete rows (observations) and others (incomplete), number of items, Cronbach''s alpha, the same from correlations (standardized_alpha), Guttman''s lambda 6, the mean correlation of two items, and the std_error of alpha for large samples (van Zyl, Neudecker and Nel 2000). Numbers that do not exist are NULL: all with fewer than 2 items, those from correlations if an item does not vary, lambda 6 also if items are linearly dependent. A row of NULLs for NULL.';

CREATE FUNCTION cx.items(summary cx.driver_summary,
	OUT item text, OUT mean float8, OUT std_dev float8, OUT item_rest_correlation float8, OUT alpha_without float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_items' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100 ROWS 10;
COMMENT ON FUNCTION cx.items(cx.driver_summary) IS
'A row an item, in their order (a driver, if there is an outcome): mean, std_dev (sample), its correlation with the sum of the other items, and Cronbach''s alpha without it: an item without which alpha is higher does not belong to the scale. NULL where a number does not exist. No rows for NULL.';
