-- Buying behaviour: how often customers buy, whether they still will, and what they are worth.

CREATE FUNCTION cx.buying(journey cx.journey, purchase cx.selector, until timestamptz, unit interval DEFAULT '1 week', zone text DEFAULT 'UTC',
	OUT frequency integer, OUT recency float8, OUT age float8, OUT monetary float8)
RETURNS record
AS 'MODULE_PATHNAME', 'cx_buying' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.buying(cx.journey, cx.selector, timestamptz, interval, text) IS
'What models of buying behaviour know of a customer, from the touches that fit purchase and are not after until, the time up to which the data are complete. Purchases on one day of the time zone zone are one. frequency: days with purchases after the first; recency: time from the first day to the last; age: time from the first day to that of until; both in units of unit, counted in whole days. monetary: mean value of the days of frequency, those without a value aside; NULL if there is none. NULL in all columns without a purchase or for NULL. Errors: a unit with months or not positive, an unknown zone (22023), an infinite until (22008). Definition: Fader, Hardie and Lee 2005.';

@summary type=buying_model
COMMENT ON TYPE cx.buying_model IS
'A model of buying behaviour: nbd, bgnbd, mbgnbd, pareto_nbd, gamma_gamma, bgbb or sbg, with its parameters, all positive. Made by cx.bgnbd_agg and its kin from data, or by cx.buying_model from parameters; read by cx.summary, cx.log_likelihood, cx.observations, cx.converged and cx.fit_status; used by cx.p_alive, cx.expected_purchases, cx.customer_value and others. It has no unit of time or money: these are those of the data that it was made from. Text form: {"version": 1, "model": "sbg", "terms": [{"term": "alpha", "estimate": 0.668, "std_error": 0.104}, ...], "log_likelihood": -1611.2, "observations": 1000, "status": "converged"}; model and terms with estimates are enough.';

CREATE FUNCTION cx.buying_model(model text, parameters float8[]) RETURNS cx.buying_model
AS 'MODULE_PATHNAME', 'cx_buying_model' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.buying_model(text, float8[]) IS
'A model with known parameters, in this order: nbd r, alpha; bgnbd and mbgnbd r, alpha, a, b; pareto_nbd r, alpha, s, beta; gamma_gamma p, q, gamma; bgbb alpha, beta, gamma, delta; sbg alpha, beta. It has fit status given, and no standard errors, log-likelihood or observations. NULL for NULL. Errors (22023): an unknown model, another number of parameters, one that is not from 1e-30 to 1e30.';

CREATE FUNCTION cx._buying_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_buying_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._buying_combine(internal, internal) IS 'Combine function of the aggregates that fit models of buying behaviour.';
CREATE FUNCTION cx._buying_serial(internal) RETURNS bytea
AS 'MODULE_PATHNAME', 'cx_buying_serial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._buying_serial(internal) IS 'Serialization function of the aggregates that fit models of buying behaviour.';
CREATE FUNCTION cx._buying_deserial(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_buying_deserial' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx._buying_deserial(bytea, internal) IS 'Deserialization function of the aggregates that fit models of buying behaviour.';
CREATE FUNCTION cx._buying_fit(internal) RETURNS cx.buying_model
AS 'MODULE_PATHNAME', 'cx_buying_fit' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1000;
COMMENT ON FUNCTION cx._buying_fit(internal) IS 'Final function of the aggregates that fit models of buying behaviour.';

CREATE FUNCTION cx._nbd_add(internal, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_nbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._nbd_add(internal, float8, float8) IS 'Transition function of cx.nbd_agg.';
CREATE FUNCTION cx._nbd_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_nbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._nbd_add(internal, float8, float8, float8) IS 'Transition function of cx.nbd_agg.';
CREATE AGGREGATE cx.nbd_agg(frequency float8, age float8) (
	SFUNC = cx._nbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.nbd_agg(float8, float8) IS
'Fits the NBD model: everybody stays a customer. frequency counts repeat purchases in the time age after the first. The log-likelihood is that of the counts. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative, not finite or 0 with repeat purchases, a weight that is not from 0 to 1e15. Source: Ehrenberg 1959.';
CREATE AGGREGATE cx.nbd_agg(frequency float8, age float8, weight float8) (
	SFUNC = cx._nbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.nbd_agg(float8, float8, float8) IS
'Fits the NBD model: everybody stays a customer. frequency counts repeat purchases in the time age after the first. The log-likelihood is that of the counts. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative, not finite or 0 with repeat purchases, a weight that is not from 0 to 1e15. Source: Ehrenberg 1959.';

CREATE FUNCTION cx._bgnbd_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_bgnbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._bgnbd_add(internal, float8, float8, float8) IS 'Transition function of cx.bgnbd_agg.';
CREATE FUNCTION cx._bgnbd_add(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_bgnbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._bgnbd_add(internal, float8, float8, float8, float8) IS 'Transition function of cx.bgnbd_agg.';
CREATE AGGREGATE cx.bgnbd_agg(frequency float8, recency float8, age float8) (
	SFUNC = cx._bgnbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.bgnbd_agg(float8, float8, float8) IS
'Fits the BG/NBD model: customers buy at a rate of their own and may leave after each repeat purchase. frequency counts repeat purchases, recency is the time from the first to the last purchase, age that from the first to the end of the data, all as cx.buying gives them. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Fader, Hardie and Lee 2005.';
CREATE AGGREGATE cx.bgnbd_agg(frequency float8, recency float8, age float8, weight float8) (
	SFUNC = cx._bgnbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.bgnbd_agg(float8, float8, float8, float8) IS
'Fits the BG/NBD model: customers buy at a rate of their own and may leave after each repeat purchase. frequency counts repeat purchases, recency is the time from the first to the last purchase, age that from the first to the end of the data, all as cx.buying gives them. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Fader, Hardie and Lee 2005.';

CREATE FUNCTION cx._mbgnbd_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_mbgnbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._mbgnbd_add(internal, float8, float8, float8) IS 'Transition function of cx.mbgnbd_agg.';
CREATE FUNCTION cx._mbgnbd_add(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_mbgnbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._mbgnbd_add(internal, float8, float8, float8, float8) IS 'Transition function of cx.mbgnbd_agg.';
CREATE AGGREGATE cx.mbgnbd_agg(frequency float8, recency float8, age float8) (
	SFUNC = cx._mbgnbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.mbgnbd_agg(float8, float8, float8) IS
'Fits the MBG/NBD model: as cx.bgnbd_agg, but customers may leave after the first purchase too, so that one who never came back is not alive for certain. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Batislam, Denizel and Filiztekin 2007.';
CREATE AGGREGATE cx.mbgnbd_agg(frequency float8, recency float8, age float8, weight float8) (
	SFUNC = cx._mbgnbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.mbgnbd_agg(float8, float8, float8, float8) IS
'Fits the MBG/NBD model: as cx.bgnbd_agg, but customers may leave after the first purchase too, so that one who never came back is not alive for certain. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Batislam, Denizel and Filiztekin 2007.';

CREATE FUNCTION cx._pareto_nbd_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_pareto_nbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._pareto_nbd_add(internal, float8, float8, float8) IS 'Transition function of cx.pareto_nbd_agg.';
CREATE FUNCTION cx._pareto_nbd_add(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_pareto_nbd_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._pareto_nbd_add(internal, float8, float8, float8, float8) IS 'Transition function of cx.pareto_nbd_agg.';
CREATE AGGREGATE cx.pareto_nbd_agg(frequency float8, recency float8, age float8) (
	SFUNC = cx._pareto_nbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.pareto_nbd_agg(float8, float8, float8) IS
'Fits the Pareto/NBD model: customers buy at a rate of their own and may leave at any time. Arguments as those of cx.bgnbd_agg. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Schmittlein, Morrison and Colombo 1987.';
CREATE AGGREGATE cx.pareto_nbd_agg(frequency float8, recency float8, age float8, weight float8) (
	SFUNC = cx._pareto_nbd_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.pareto_nbd_agg(float8, float8, float8, float8) IS
'Fits the Pareto/NBD model: customers buy at a rate of their own and may leave at any time. Arguments as those of cx.bgnbd_agg. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, an age that is negative or not finite, a recency that is not from 0 to age or is 0 with repeat purchases or positive without, a weight that is not from 0 to 1e15; over 67108864 different customers (54000). Source: Schmittlein, Morrison and Colombo 1987.';

CREATE FUNCTION cx._gamma_gamma_add(internal, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_gamma_gamma_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._gamma_gamma_add(internal, float8, float8) IS 'Transition function of cx.gamma_gamma_agg.';
CREATE FUNCTION cx._gamma_gamma_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_gamma_gamma_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._gamma_gamma_add(internal, float8, float8, float8) IS 'Transition function of cx.gamma_gamma_agg.';
CREATE AGGREGATE cx.gamma_gamma_agg(frequency float8, monetary float8) (
	SFUNC = cx._gamma_gamma_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.gamma_gamma_agg(float8, float8) IS
'Fits the Gamma-Gamma model of what customers spend at a time: monetary is the mean value of the frequency repeat purchases. Rows with frequency 0 tell nothing and do not count. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, a monetary that is not positive and finite, a weight that is not from 0 to 1e15. Source: Fader, Hardie and Lee 2005.';
CREATE AGGREGATE cx.gamma_gamma_agg(frequency float8, monetary float8, weight float8) (
	SFUNC = cx._gamma_gamma_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.gamma_gamma_agg(float8, float8, float8) IS
'Fits the Gamma-Gamma model of what customers spend at a time: monetary is the mean value of the frequency repeat purchases. Rows with frequency 0 tell nothing and do not count. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a frequency that is not a whole number from 0 to 1000000000, a monetary that is not positive and finite, a weight that is not from 0 to 1e15. Source: Fader, Hardie and Lee 2005.';

CREATE FUNCTION cx._bgbb_add(internal, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_bgbb_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._bgbb_add(internal, float8, float8, float8) IS 'Transition function of cx.bgbb_agg.';
CREATE FUNCTION cx._bgbb_add(internal, float8, float8, float8, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_bgbb_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._bgbb_add(internal, float8, float8, float8, float8) IS 'Transition function of cx.bgbb_agg.';
CREATE AGGREGATE cx.bgbb_agg(frequency float8, recency float8, opportunities float8) (
	SFUNC = cx._bgbb_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.bgbb_agg(float8, float8, float8) IS
'Fits the BG/BB model: at each of a number of opportunities customers buy or not, and before it may leave. frequency is the number of opportunities with a purchase, recency the number of the last of these (0 for none). Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): numbers that are not whole, not 0 <= frequency <= recency <= opportunities <= 100000, a recency without a purchase, a weight that is not from 0 to 1e15. Source: Fader, Hardie and Shang 2010.';
CREATE AGGREGATE cx.bgbb_agg(frequency float8, recency float8, opportunities float8, weight float8) (
	SFUNC = cx._bgbb_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.bgbb_agg(float8, float8, float8, float8) IS
'Fits the BG/BB model: at each of a number of opportunities customers buy or not, and before it may leave. frequency is the number of opportunities with a purchase, recency the number of the last of these (0 for none). Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): numbers that are not whole, not 0 <= frequency <= recency <= opportunities <= 100000, a recency without a purchase, a weight that is not from 0 to 1e15. Source: Fader, Hardie and Shang 2010.';

CREATE FUNCTION cx._sbg_add(internal, float8, boolean) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_sbg_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._sbg_add(internal, float8, boolean) IS 'Transition function of cx.sbg_agg.';
CREATE FUNCTION cx._sbg_add(internal, float8, boolean, float8) RETURNS internal
AS 'MODULE_PATHNAME', 'cx_sbg_add' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx._sbg_add(internal, float8, boolean, float8) IS 'Transition function of cx.sbg_agg.';
CREATE AGGREGATE cx.sbg_agg(duration float8, left_then boolean) (
	SFUNC = cx._sbg_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.sbg_agg(float8, boolean) IS
'Fits the shifted-beta-geometric model of contracts: duration is the number of periods in which the customer was there, left_then whether the customer left at the end of the last of them or is still there. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a duration that is not a whole number from 0 to 1000000000 or is 0 for one who left, a weight that is not from 0 to 1e15. Source: Fader and Hardie 2007.';
CREATE AGGREGATE cx.sbg_agg(duration float8, left_then boolean, weight float8) (
	SFUNC = cx._sbg_add,
	STYPE = internal,
	SSPACE = 256,
	FINALFUNC = cx._buying_fit,
	FINALFUNC_MODIFY = READ_ONLY,
	COMBINEFUNC = cx._buying_combine,
	SERIALFUNC = cx._buying_serial,
	DESERIALFUNC = cx._buying_deserial,
	PARALLEL = SAFE
);
COMMENT ON AGGREGATE cx.sbg_agg(float8, boolean, float8) IS
'Fits the shifted-beta-geometric model of contracts: duration is the number of periods in which the customer was there, left_then whether the customer left at the end of the last of them or is still there. Each customer counts weight times (1 without): rows that are grouped before weigh as many as they stand for. A row with a NULL does not count; NULL without any row. The fit is maximum likelihood by Newton''s method over grouped data, customers of whom the same is known once: memory is 48 to 140 bytes a group, and the same data give the same model in any plan. Where the likelihood has no maximum at finite parameters cx.fit_status says boundary. Errors (22023): a duration that is not a whole number from 0 to 1000000000 or is 0 for one who left, a weight that is not from 0 to 1e15. Source: Fader and Hardie 2007.';

CREATE FUNCTION cx.summary(model cx.buying_model, confidence float8 DEFAULT 0.95,
	OUT term text, OUT estimate float8, OUT std_error float8, OUT z float8, OUT p float8, OUT low float8, OUT high float8)
RETURNS SETOF record
AS 'MODULE_PATHNAME', 'cx_buying_summary' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10 ROWS 4;
COMMENT ON FUNCTION cx.summary(cx.buying_model, float8) IS
'A row for each parameter of a model: term (its name in the literature), estimate, std_error (from the curvature of the likelihood), z = estimate / std_error, p (0 to 1, two-sided normal probability of such a z; parameters are positive, so it says how well a parameter is known, not whether it matters), low and high (interval at the given confidence, made on the logarithm, so that it is positive). All after estimate are NULL unless the fit converged. No rows for NULL. A confidence not between 0 and 1 is an error (22023).';
CREATE FUNCTION cx.log_likelihood(model cx.buying_model) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_buying_log_likelihood' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.log_likelihood(cx.buying_model) IS
'Natural logarithm of the likelihood of the data that a model was fitted to, in their unit of time; NULL for NULL or a model with given parameters.';
CREATE FUNCTION cx.observations(model cx.buying_model) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_buying_observations' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.observations(cx.buying_model) IS
'Number of customers, or sum of their weights, that a model was fitted to; NULL for NULL or a model with given parameters.';
CREATE FUNCTION cx.converged(model cx.buying_model) RETURNS boolean
AS 'MODULE_PATHNAME', 'cx_buying_converged' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.converged(cx.buying_model) IS
'Whether the fit of a model ended at a maximum of the likelihood; NULL for NULL or a model with given parameters.';
CREATE FUNCTION cx.fit_status(model cx.buying_model) RETURNS text
AS 'MODULE_PATHNAME', 'cx_buying_status' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.fit_status(cx.buying_model) IS
'How a model came about: converged (at a maximum of the likelihood), boundary (the likelihood hardly changes any more while some parameters grow or shrink without end: customers are more alike than the model needs, or the data do not tell; predictions are those at the end of that way), stopped (after the last step allowed), given (no fit). NULL for NULL.';

CREATE FUNCTION cx.p_alive(model cx.buying_model, frequency float8, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_p_alive' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.p_alive(cx.buying_model, float8, float8, float8) IS
'Probability, 0 to 1, that a customer is still one at age: nbd (always 1), bgnbd (1 without repeat purchases), mbgnbd, pareto_nbd; bgbb: at the next opportunity, age being the number of opportunities so far. NULL for NULL. Errors (22023): another model, values that its aggregate refuses.';
CREATE FUNCTION cx.log_p_alive(model cx.buying_model, frequency float8, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_log_p_alive' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.log_p_alive(cx.buying_model, float8, float8, float8) IS
'Natural logarithm of cx.p_alive, also where that is too small for a number; NULL for NULL. Errors as those of cx.p_alive.';
CREATE FUNCTION cx.log_likelihood(model cx.buying_model, frequency float8, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_buyer_log_likelihood' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.log_likelihood(cx.buying_model, float8, float8, float8) IS
'A customer''s part of the log-likelihood of nbd, bgnbd, mbgnbd, pareto_nbd or bgbb: the lower, the less the model expects such a customer. NULL for NULL. Errors as those of cx.p_alive.';
CREATE FUNCTION cx.expected_purchases(model cx.buying_model, horizon float8, frequency float8, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_expected_purchases' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.expected_purchases(cx.buying_model, float8, float8, float8, float8) IS
'Expected number of purchases of a customer in the time horizon after age, in the unit of the data; bgbb: at the next horizon opportunities. That the customer may have left is part of it. NULL for NULL. Errors (22023): as those of cx.p_alive, and a horizon that is negative, not finite or, for bgbb, not a whole number up to 1000000.';
CREATE FUNCTION cx.expected_purchases(model cx.buying_model, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_expected_purchases_new' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.expected_purchases(cx.buying_model, float8) IS
'Expected number of repeat purchases of a new customer in the time horizon after the first purchase; bgbb: at the first horizon opportunities. NULL for NULL. Errors (22023): a model that is not of purchases, a horizon as in the other form.';
CREATE FUNCTION cx.purchase_probability(model cx.buying_model, purchases float8, horizon float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_purchase_probability' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.purchase_probability(cx.buying_model, float8, float8) IS
'Probability, 0 to 1, that a new customer makes exactly so many repeat purchases in the time horizon after the first; bgbb: at horizon opportunities, at most 100000. NULL for NULL. Errors (22023): a model that is not of purchases, a number of purchases that is not whole or over 1000000000, a horizon as in cx.expected_purchases.';
CREATE FUNCTION cx.discounted_purchases(model cx.buying_model, horizon float8, discount float8, frequency float8, recency float8, age float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_discounted_purchases' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.discounted_purchases(cx.buying_model, float8, float8, float8, float8, float8) IS
'Expected number of purchases of a customer in the time horizon after age, each worth 1 / (1 + discount)^t when it comes a time t after age: discount is the rate a unit of time (cx.discount_rate makes it of an annual one). NULL horizon: for ever. NULL for NULL in another argument. Errors (22023): as those of cx.expected_purchases, a discount that is negative or not finite, or 0 without a horizon; a rate so small that the sum has no end in sight (22003, bgbb).';
CREATE FUNCTION cx.expected_value(model cx.buying_model, frequency float8, monetary float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_expected_value' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION cx.expected_value(cx.buying_model, float8, float8) IS
'Expected value of a purchase of a customer by a gamma_gamma model: between the mean of all customers and monetary, the mean of the customer''s frequency repeat purchases. With frequency 0 the mean of all, and monetary does not matter. NULL for NULL, or where the mean has no bound (p frequency + q <= 1). Errors (22023): another model, a frequency that is not a whole number from 0 to 1000000000, a monetary that is not positive and finite.';
CREATE FUNCTION cx.customer_value(purchases cx.buying_model, spending cx.buying_model, horizon float8, discount float8, frequency float8, recency float8, age float8, monetary float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_customer_value' LANGUAGE C IMMUTABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION cx.customer_value(cx.buying_model, cx.buying_model, float8, float8, float8, float8, float8, float8) IS
'What a customer''s purchases in the time horizon after age (NULL: for ever) are expected to be worth now, in the unit of monetary: cx.discounted_purchases(purchases, horizon, discount, frequency, recency, age) times cx.expected_value(spending, frequency, monetary). Revenue or margin, as monetary is. NULL for NULL in another argument than horizon, or monetary without repeat purchases; NULL where the mean value has no bound. Errors as those of the two functions.';
CREATE FUNCTION cx.discount_rate(annual float8, unit interval DEFAULT '1 week') RETURNS float8
AS 'MODULE_PATHNAME', 'cx_discount_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.discount_rate(float8, interval) IS
'The discount rate a unit of time that makes up an annual one (0.1: 10 percent): (1 + annual)^(unit in years) - 1, with 12 months or 365.2425 days a year. NULL for NULL. Errors (22023): a rate that is negative or not finite, a unit that is not positive.';

CREATE FUNCTION cx.survival_at(model cx.buying_model, periods float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sbg_survival_at' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.survival_at(cx.buying_model, float8) IS
'Share, 0 to 1, of customers that an sbg model expects to stay for more than so many periods. NULL for NULL. Errors (22023): another model, a number of periods that is not a whole number from 0 to 1000000000.';
CREATE FUNCTION cx.retention_rate(model cx.buying_model, period float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_sbg_retention_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION cx.retention_rate(cx.buying_model, float8) IS
'Share, 0 to 1, of the customers there in a period, from 1, that an sbg model expects to stay at its end. It rises with the period, as those who leave easily are gone. NULL for NULL. Errors (22023): another model, a period that is not a whole number from 1 to 1000000000.';
CREATE FUNCTION cx.expected_renewals(model cx.buying_model, renewals float8, discount float8) RETURNS float8
AS 'MODULE_PATHNAME', 'cx_expected_renewals' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION cx.expected_renewals(cx.buying_model, float8, float8) IS
'Expected number of renewals to come of a customer who renewed so often and is about to decide again, by an sbg model: the next one counts as 1, those k periods after it 1 / (1 + discount)^k. NULL for NULL, or with discount 0 if they have no bound (alpha <= 1). Errors (22023): another model, a number of renewals that is not a whole number from 0 to 1000000000, a discount that is negative or not finite; one so small that the sum has no end in sight (22003).';
