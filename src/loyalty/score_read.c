/*
 * score_read.c
 *		What cx.score_summary says: counts, scores and their intervals.  These
 *		functions are also the final functions of the one-step aggregates, which
 *		give the state alone: what is not given has its default.
 */
#include "loyalty/score.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "stats/interval.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

#define DEFAULT_TOP 2
#define CES_POINTS 7

/* the methods of cx.ces */
typedef enum CesMethod
{
	CES_MEAN,
	CES_AGREE,
	CES_INDEX
} CesMethod;

static CxScore *
score_argument(FunctionCallInfo fcinfo)
{
	return cx_score_read(PG_GETARG_DATUM(0));
}

/* Whether there are fewer responses than an argument, if given, demands. */
static bool
too_few(FunctionCallInfo fcinfo, const CxScore *score, int argument)
{
	return PG_NARGS() > argument && cx_score_responses(score) < PG_GETARG_INT64(argument);
}

/* Finite numbers and nothing else. */
static Datum
finite_or_null(FunctionCallInfo fcinfo, float8 number)
{
	if (isnan(number) || isinf(number))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(number);
}

/* How many points at the upper end count for cx.csat. */
static uint32
top_argument(FunctionCallInfo fcinfo, const CxScore *score)
{
	int32 top = PG_NARGS() > 1 ? PG_GETARG_INT32(1) : DEFAULT_TOP;

	if (top < 1 || top >= (int64) score->points)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("top must be from 1 to the number of scores less 1"),
						errdetail("It is %d, and there are %u scores.", top, score->points),
						errhint("On a scale from 1 to 5, 2 counts the scores 4 and 5.")));
	return top;
}

/* True for the text in an argument, which must be one of the two. */
static bool
is_adjusted(FunctionCallInfo fcinfo, int argument)
{
	char *method = text_to_cstring(PG_GETARG_TEXT_PP(argument));

	if (strcmp(method, "adjusted") == 0)
		return true;
	if (strcmp(method, "wald") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown method \"%s\" of an interval", method),
						errhint("Methods are \"wald\" and \"adjusted\".")));
	return false;
}

static CesMethod
ces_method(FunctionCallInfo fcinfo, const CxScore *score)
{
	char *name = PG_NARGS() > 1 ? text_to_cstring(PG_GETARG_TEXT_PP(1)) : "mean";

	if (strcmp(name, "mean") == 0)
		return CES_MEAN;
	if (strcmp(name, "agree") != 0 && strcmp(name, "index") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown method \"%s\" of the Customer Effort Score", name),
						errhint("Methods are \"mean\", \"agree\" and \"index\".")));
	if (score->low != 1 || score->points != CES_POINTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("method \"%s\" is defined on scores from 1 to %d", name, CES_POINTS),
						errdetail("The summary has scores from %d to %d.", score->low,
								  score->low + (int32) (score->points - 1)),
						errhint("Method \"mean\" goes with any scale.")));
	return strcmp(name, "agree") == 0 ? CES_AGREE : CES_INDEX;
}

/* The limits of the mean, which is never beyond its scale; NaN if the error is. */
static void
mean_interval(CxScore *score, float8 z, float8 *low, float8 *high)
{
	float8 mean;
	float8 error;

	*low = *high = get_float8_nan();
	if (!cx_score_mean(score, &mean, &error) || isnan(error))
		return;
	*low = Max(mean - z * error, score->low);
	*high = Min(mean + z * error, score->low + (float8) score->points - 1);
}

static void
share_interval(CxScoreShares shares, float8 z, float8 *low, float8 *high)
{
	cx_wilson(shares.top * shares.n, shares.n, z, low, high);
}

PG_FUNCTION_INFO_V1(cx_score_nps_value);

/* cx.nps(summary, at_least) */
Datum
cx_score_nps_value(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	CxScoreShares shares = cx_score_nps(score);

	if (shares.total == 0 || too_few(fcinfo, score, 1))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(shares.net);
}

/* A limit of cx.nps: (summary, confidence, at_least, method) */
static Datum
nps_limit(FunctionCallInfo fcinfo, bool upper)
{
	CxScore *score = score_argument(fcinfo);
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(1));
	bool adjusted = is_adjusted(fcinfo, 3);
	CxScoreShares shares = cx_score_nps(score);
	float8 low;
	float8 high;

	if (shares.total == 0 || too_few(fcinfo, score, 2))
		PG_RETURN_NULL();
	cx_score_net_interval(shares, z, adjusted, &low, &high);
	PG_RETURN_FLOAT8(upper ? high : low);
}

PG_FUNCTION_INFO_V1(cx_score_csat_value);

/* cx.csat(summary, top, at_least) */
Datum
cx_score_csat_value(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	CxScoreShares shares = cx_score_shares(score, 0, top_argument(fcinfo, score));

	if (shares.total == 0 || too_few(fcinfo, score, 2))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(shares.top);
}

/* A limit of cx.csat: (summary, top, confidence, at_least) */
static Datum
csat_limit(FunctionCallInfo fcinfo, bool upper)
{
	CxScore *score = score_argument(fcinfo);
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(2));
	CxScoreShares shares = cx_score_shares(score, 0, top_argument(fcinfo, score));
	float8 low;
	float8 high;

	if (shares.total == 0 || too_few(fcinfo, score, 3))
		PG_RETURN_NULL();
	share_interval(shares, z, &low, &high);
	PG_RETURN_FLOAT8(upper ? high : low);
}

/* The upper and lower group of a method: 5 to 7; 6 and 7 against 1 to 3. */
static CxScoreShares
ces_shares(CxScore *score, CesMethod method)
{
	return method == CES_AGREE ? cx_score_shares(score, 0, 3) : cx_score_shares(score, 3, 2);
}

PG_FUNCTION_INFO_V1(cx_score_ces_value);

/* cx.ces(summary, method, at_least) */
Datum
cx_score_ces_value(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	CesMethod method = ces_method(fcinfo, score);
	CxScoreShares shares;
	float8 mean;
	float8 error;

	if (!cx_score_mean(score, &mean, &error) || too_few(fcinfo, score, 2))
		PG_RETURN_NULL();
	if (method == CES_MEAN)
		PG_RETURN_FLOAT8(mean);
	shares = ces_shares(score, method);
	PG_RETURN_FLOAT8(method == CES_AGREE ? shares.top : shares.net);
}

/* A limit of cx.ces: (summary, method, confidence, at_least) */
static Datum
ces_limit(FunctionCallInfo fcinfo, bool upper)
{
	CxScore *score = score_argument(fcinfo);
	CesMethod method = ces_method(fcinfo, score);
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(2));
	CxScoreShares shares;
	float8 low;
	float8 high;

	if (too_few(fcinfo, score, 3))
		PG_RETURN_NULL();
	if (method == CES_MEAN)
		mean_interval(score, z, &low, &high);
	else
	{
		shares = ces_shares(score, method);
		if (shares.total == 0)
			PG_RETURN_NULL();
		if (method == CES_AGREE)
			share_interval(shares, z, &low, &high);
		else
			cx_score_net_interval(shares, z, false, &low, &high);
	}
	return finite_or_null(fcinfo, upper ? high : low);
}

PG_FUNCTION_INFO_V1(cx_score_mean_value);

/* cx.mean(summary, at_least) */
Datum
cx_score_mean_value(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	float8 mean;
	float8 error;

	if (!cx_score_mean(score, &mean, &error) || too_few(fcinfo, score, 1))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mean);
}

/* A limit of cx.mean: (summary, confidence, at_least) */
static Datum
mean_limit(FunctionCallInfo fcinfo, bool upper)
{
	CxScore *score = score_argument(fcinfo);
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(1));
	float8 low;
	float8 high;

	if (too_few(fcinfo, score, 2))
		PG_RETURN_NULL();
	mean_interval(score, z, &low, &high);
	return finite_or_null(fcinfo, upper ? high : low);
}

#define LIMITS(name) \
	PG_FUNCTION_INFO_V1(cx_score_##name##_low); \
	Datum cx_score_##name##_low(PG_FUNCTION_ARGS) \
	{ \
		return name##_limit(fcinfo, false); \
	} \
	PG_FUNCTION_INFO_V1(cx_score_##name##_high); \
	Datum cx_score_##name##_high(PG_FUNCTION_ARGS) \
	{ \
		return name##_limit(fcinfo, true); \
	}

LIMITS(nps)
LIMITS(csat)
LIMITS(ces)
LIMITS(mean)

/* The number of responses from a score to another on the scale of the Net Promoter Score. */
static Datum
nps_count(FunctionCallInfo fcinfo, int first, int last)
{
	CxScore *score = score_argument(fcinfo);
	int64 count = 0;

	cx_score_expect_nps(score);
	for (int i = first; i <= last; i++)
		count += score->counts[i];
	PG_RETURN_INT64(count);
}

#define COUNT(name, expression) \
	PG_FUNCTION_INFO_V1(cx_score_##name); \
	Datum cx_score_##name(PG_FUNCTION_ARGS) \
	{ \
		return expression; \
	}

COUNT(detractors, nps_count(fcinfo, 0, 6))
COUNT(passives, nps_count(fcinfo, 7, 8))
COUNT(promoters, nps_count(fcinfo, 9, 10))
COUNT(valid, Int64GetDatum(cx_score_responses(score_argument(fcinfo))))
COUNT(invalid, Int64GetDatum(score_argument(fcinfo)->invalid))
COUNT(missing, Int64GetDatum(score_argument(fcinfo)->missing))

PG_FUNCTION_INFO_V1(cx_score_n);

/* cx.effective_n(summary) */
Datum
cx_score_n(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(cx_score_effective_n(score_argument(fcinfo)));
}

PG_FUNCTION_INFO_V1(cx_score_response_rate);

/* cx.response_rate(summary); NULL if not a single row was counted */
Datum
cx_score_response_rate(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	int64 responses = cx_score_responses(score);
	int64 rows = responses + score->missing + score->invalid;

	if (rows == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((float8) responses / rows);
}

PG_FUNCTION_INFO_V1(cx_score_kind_text);

/* cx.kind(summary); NULL without one */
Datum
cx_score_kind_text(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);

	if (score->kind_size == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(cx_score_kind(score), score->kind_size));
}

PG_FUNCTION_INFO_V1(cx_score_range);

/* cx.scale(summary) */
Datum
cx_score_range(PG_FUNCTION_ARGS)
{
	CxScore *score = score_argument(fcinfo);
	int64 end = (int64) score->low + score->points;
	RangeBound lower = {Int32GetDatum(score->low), .inclusive = true, .lower = true};
	RangeBound upper = {Int32GetDatum((int32) end), .infinite = end > PG_INT32_MAX};

	PG_RETURN_RANGE_P(cx_make_range(lookup_type_cache(INT4RANGEOID, TYPECACHE_RANGE_INFO), &lower,
									&upper, false));
}

PG_FUNCTION_INFO_V1(cx_score_counts);

/* cx.scores(summary): a row a score of the scale */
Datum
cx_score_counts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxScore *score = score_argument(fcinfo);
	float8 total = cx_score_weight(score, 0, score->points);

	InitMaterializedSRF(fcinfo, 0);
	for (uint32 i = 0; i < score->points; i++)
	{
		float8 weight = cx_score_weight(score, i, i + 1);
		Datum values[4] = {Int32GetDatum(score->low + (int32) i), Int64GetDatum(score->counts[i]),
						   Float8GetDatum(weight), 0};
		bool nulls[4] = {false, false, false, total == 0};

		if (total > 0)
			values[3] = Float8GetDatum(weight / total);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
