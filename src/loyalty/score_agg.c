/*
 * score_agg.c
 *		The aggregates that make, merge and take apart cx.score_summary, as
 *		window functions with an exact way back.
 */
#include "loyalty/score.h"
#include "stats/summary.h"

#include "catalog/pg_type.h"
#include "utils/fmgroids.h"
#include "utils/rangetypes.h"
#include "utils/typcache.h"

/* the scale that a call site gave last */
typedef struct ScaleCache
{
	int32 low;
	uint32 points;
	Size size;
	char range[FLEXIBLE_ARRAY_MEMBER];
} ScaleCache;

static void
read_scale(RangeType *range, int32 *low, uint32 *points)
{
	RangeBound lower;
	RangeBound upper;
	bool empty;
	int64 count = 0;

	range_deserialize(lookup_type_cache(INT4RANGEOID, TYPECACHE_RANGE_INFO), range, &lower, &upper,
					  &empty);
	/* ranges of integers include their lower end and exclude the upper one */
	if (!empty && !lower.infinite && !upper.infinite)
		count = (int64) DatumGetInt32(upper.val) - DatumGetInt32(lower.val);
	if (count < 2 || count > CX_SCORE_MOST_POINTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("scale must have a lowest and a highest score"),
						errdetail("It is \"%s\"; 2 to %d scores are possible.",
								  OidOutputFunctionCall(F_RANGE_OUT, RangeTypePGetDatum(range)),
								  CX_SCORE_MOST_POINTS),
						errhint("Write '[1,5]' for scores from 1 to 5.")));
	*low = DatumGetInt32(lower.val);
	*points = count;
}

/* The scale in an argument; constant, as a rule, and then read once. */
static void
scale_argument(FunctionCallInfo fcinfo, int argument, CxScoreScale *scale)
{
	RangeType *range;
	ScaleCache *cache = fcinfo->flinfo->fn_extra;

	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("scale must not be null")));
	range = PG_GETARG_RANGE_P(argument);
	if (cache == NULL || cache->size != VARSIZE(range) ||
		memcmp(cache->range, range, cache->size) != 0)
	{
		read_scale(range, &scale->low, &scale->points);
		cache = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt,
								   offsetof(ScaleCache, range) + VARSIZE(range));
		cache->low = scale->low;
		cache->points = scale->points;
		cache->size = VARSIZE(range);
		memcpy(cache->range, range, cache->size);
		if (fcinfo->flinfo->fn_extra != NULL)
			pfree(fcinfo->flinfo->fn_extra);
		fcinfo->flinfo->fn_extra = cache;
	}
	scale->low = cache->low;
	scale->points = cache->points;
}

static void
kind_argument(FunctionCallInfo fcinfo, int argument, CxScoreScale *scale)
{
	text *kind;

	if (PG_ARGISNULL(argument))
		return;
	kind = PG_GETARG_TEXT_PP(argument);
	scale->kind = VARDATA_ANY(kind);
	scale->kind_size = VARSIZE_ANY_EXHDR(kind);
	if (scale->kind_size < 1 || scale->kind_size > CX_SCORE_KIND_SIZE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("kind of a score must have 1 to %d bytes", CX_SCORE_KIND_SIZE),
						errdetail("It has %u.", scale->kind_size),
						errhint("Use NULL for scores without a kind.")));
}

/* A weight in units; raises 22023 for one that is none. */
static uint64
weight_argument(FunctionCallInfo fcinfo, int argument)
{
	float8 weight = PG_GETARG_FLOAT8(argument);
	float8 whole;

	if (!(weight >= 0 && weight <= CX_WEIGHT_MOST))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight of a score must be from 0 to %.0f", CX_WEIGHT_MOST),
				 errdetail("It is %s.",
						   DatumGetCString(DirectFunctionCall1(float8out, Float8GetDatum(weight)))),
				 errhint("Divide the weights by their average; only their proportions "
						 "matter.")));
	/* apart, both have all their digits */
	whole = floor(weight);
	return (uint64) whole * CX_WEIGHT_ONE + (uint64) rint((weight - whole) * CX_WEIGHT_ONE);
}

/* Reads score, weight, scale and kind from the arguments after the state, as far as there are any. */
static CxScoreRow
row_arguments(FunctionCallInfo fcinfo, CxScoreScale *scale)
{
	CxScoreRow row = {CX_SCORE_VALID, 0, CX_WEIGHT_ONE};
	float8 score;

	if (PG_NARGS() > 3)
		scale_argument(fcinfo, 3, scale);
	if (PG_NARGS() > 4)
		kind_argument(fcinfo, 4, scale);
	if (PG_NARGS() > 2)
	{
		if (PG_ARGISNULL(2))
			row.state = CX_SCORE_INVALID;
		else
			row.weight = weight_argument(fcinfo, 2);
	}
	if (PG_ARGISNULL(1))
	{
		row.state = CX_SCORE_MISSING;
		return row;
	}
	score = PG_GETARG_FLOAT8(1);
	/* false for NaN as well */
	if (!(score == floor(score) && score >= scale->low && score - scale->low < scale->points))
		row.state = CX_SCORE_INVALID;
	else
		row.point = (uint32) (score - scale->low);
	return row;
}

/* The state of the aggregate that calls. */
static CxScore *
state_argument(FunctionCallInfo fcinfo)
{
	cx_require_aggregate(fcinfo);
	return PG_ARGISNULL(0) ? NULL : (CxScore *) PG_GETARG_VARLENA_P(0);
}

static Datum
add_row(FunctionCallInfo fcinfo, int32 low, uint32 points)
{
	CxScore *state = state_argument(fcinfo);
	CxScoreScale scale = {low, points, 0, NULL};
	CxScoreRow row = row_arguments(fcinfo, &scale);

	if (state == NULL)
		state = cx_score_new(scale, false);
	else
		cx_score_expect(state, scale);
	cx_score_count_row(&state, row);
	PG_RETURN_POINTER(state);
}

/* NULL, by which the executor starts again, where taking back is not possible. */
static Datum
remove_row(FunctionCallInfo fcinfo, int32 low, uint32 points)
{
	CxScore *state = state_argument(fcinfo);
	CxScoreScale scale = {low, points, 0, NULL};

	if (state == NULL || !cx_score_uncount_row(state, row_arguments(fcinfo, &scale)))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

#define TRANSITION(name, low, points) \
	PG_FUNCTION_INFO_V1(cx_##name##_add); \
	Datum cx_##name##_add(PG_FUNCTION_ARGS) \
	{ \
		return add_row(fcinfo, low, points); \
	} \
	PG_FUNCTION_INFO_V1(cx_##name##_remove); \
	Datum cx_##name##_remove(PG_FUNCTION_ARGS) \
	{ \
		return remove_row(fcinfo, low, points); \
	}

/* what aggregates of these names begin with, and what rows that leave a window are taken back by */
TRANSITION(score, 0, 11)
TRANSITION(csat, 1, 5)
TRANSITION(ces, 1, 7)

PG_FUNCTION_INFO_V1(cx_score_combine);

/* combination of partial states; transition of cx.rollup(cx.score_summary) */
Datum
cx_score_combine(PG_FUNCTION_ARGS)
{
	CxScore *state = state_argument(fcinfo);
	CxScore *other;

	if (PG_ARGISNULL(1))
	{
		if (state == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(state);
	}
	other = cx_score_read(PG_GETARG_DATUM(1));
	if (state == NULL)
		state = cx_score_copy(other);
	else
		cx_score_merge(&state, other);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_score_enter);

/*
 * transition of cx.rollup(cx.score_summary) over a moving window; there a state
 * must not be NULL, so one without points stands for no summary yet
 */
Datum
cx_score_enter(PG_FUNCTION_ARGS)
{
	CxScore *state = state_argument(fcinfo);
	CxScore *other;

	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state == NULL ? cx_score_new((CxScoreScale){0}, false) : state);
	other = cx_score_read(PG_GETARG_DATUM(1));
	if (state == NULL || state->points == 0)
		state = cx_score_copy(other);
	else
		cx_score_merge(&state, other);
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_score_leave);

/*
 * its way back; NULL, by which the executor starts again, also when nothing is
 * left: only it knows whether the window still has summaries, which tell a scale
 */
Datum
cx_score_leave(PG_FUNCTION_ARGS)
{
	CxScore *state = state_argument(fcinfo);

	if (state == NULL)
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	if (!cx_score_unmerge(&state, cx_score_read(PG_GETARG_DATUM(1))) || cx_score_is_empty(state))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_score_final);

/* final function: the state as a value; NULL for one without points */
Datum
cx_score_final(PG_FUNCTION_ARGS)
{
	CxScore *state = (CxScore *) PG_GETARG_VARLENA_P(0);

	if (VARSIZE(state) == offsetof(CxScore, counts))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(cx_score_pack(cx_score_read(PointerGetDatum(state))));
}

PG_FUNCTION_INFO_V1(cx_score_plus);

/* summary + summary */
Datum
cx_score_plus(PG_FUNCTION_ARGS)
{
	CxScore *sum = cx_score_copy(cx_score_read(PG_GETARG_DATUM(0)));

	cx_score_merge(&sum, cx_score_read(PG_GETARG_DATUM(1)));
	PG_RETURN_POINTER(cx_score_pack(sum));
}

PG_FUNCTION_INFO_V1(cx_score_minus);

/* summary - summary; raises 22023 if the second is not part of the first */
Datum
cx_score_minus(PG_FUNCTION_ARGS)
{
	CxScore *rest = cx_score_copy(cx_score_read(PG_GETARG_DATUM(0)));

	if (!cx_score_unmerge(&rest, cx_score_read(PG_GETARG_DATUM(1))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot subtract a score_summary that is not part of the other"),
						errdetail("Some count or weight would be negative.")));
	PG_RETURN_POINTER(cx_score_pack(rest));
}
