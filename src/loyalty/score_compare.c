/*
 * score_compare.c
 *		Two Net Promoter Scores: whether they differ, and what of the difference
 *		comes from the mix of groups.
 */
#include "loyalty/score.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "stats/interval.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(cx_score_nps_compare);

/* cx.nps_compare(a, b, confidence) */
Datum
cx_score_nps_compare(PG_FUNCTION_ARGS)
{
	CxScore *a = cx_score_read(PG_GETARG_DATUM(0));
	CxScore *b = cx_score_read(PG_GETARG_DATUM(1));
	float8 half = cx_confidence_z(PG_GETARG_FLOAT8(2));
	CxScoreShares a_shares = cx_score_nps(a);
	CxScoreShares b_shares = cx_score_nps(b);
	TupleDesc row;
	Datum values[5];
	bool nulls[5] = {true, true, true, true, true};

	cx_score_expect(a, cx_score_scale(b));
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (a_shares.total > 0 && b_shares.total > 0)
	{
		float8 difference = a_shares.net - b_shares.net;
		float8 error = hypot(cx_score_net_error(a_shares), cx_score_net_error(b_shares));
		float8 z = difference / error;

		half *= error;
		memset(nulls, false, sizeof(nulls));
		values[0] = Float8GetDatum(difference);
		nulls[1] = nulls[2] = error == 0;
		values[1] = Float8GetDatum(z);
		values[2] = Float8GetDatum(Min(2 * cx_normal_cdf(-fabs(z)), 1));
		values[3] = Float8GetDatum(Max(difference - half, -200));
		values[4] = Float8GetDatum(Min(difference + half, 200));
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}

/* the groups of cx.nps_decompose */
typedef struct Groups
{
	int count;
	Datum *values;
	bool *nulls;
} Groups;

/* a group at one of the two times */
typedef struct Side
{
	int64 responses;
	float8 weight;
	float8 nps; /* NaN without responses */
} Side;

static Groups
array_argument(FunctionCallInfo fcinfo, int argument)
{
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
	Groups groups;
	int16 length;
	bool by_value;
	char align;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("arrays of groups must have one dimension")));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &groups.values,
					  &groups.nulls, &groups.count);
	return groups;
}

/* Reads summaries, which must be of one kind; adds the weight of all up. */
static Side *
read_sides(Groups groups, CxScore **first, float8 *total)
{
	Side *sides = cx_palloc_array(Side, groups.count);

	*total = 0;
	for (int i = 0; i < groups.count; i++)
	{
		CxScore *score;
		CxScoreShares shares;

		CHECK_FOR_INTERRUPTS();
		sides[i] = (Side){0, 0, get_float8_nan()};
		if (groups.nulls[i])
			continue;
		score = cx_score_read(groups.values[i]);
		shares = cx_score_nps(score);
		if (*first == NULL)
			*first = score;
		cx_score_expect(*first, cx_score_scale(score));
		sides[i].responses = cx_score_responses(score);
		sides[i].weight = shares.total;
		if (shares.total > 0)
			sides[i].nps = shares.net;
		*total += shares.total;
	}
	return sides;
}

/* The score of all groups together. */
static float8
overall(const Side *sides, int count, float8 total)
{
	float8 nps = 0;

	for (int i = 0; i < count; i++)
		if (sides[i].weight > 0)
			nps += sides[i].weight / total * sides[i].nps;
	return nps;
}

static void
put_number(Datum *value, bool *null, float8 number)
{
	*null = isnan(number);
	*value = Float8GetDatum(number);
}

PG_FUNCTION_INFO_V1(cx_score_nps_decompose);

/* cx.nps_decompose(segments, before, after): a row a segment */
Datum
cx_score_nps_decompose(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Groups segments = array_argument(fcinfo, 0);
	Groups befores = array_argument(fcinfo, 1);
	Groups afters = array_argument(fcinfo, 2);
	CxScore *first = NULL;
	float8 before_total;
	float8 after_total;
	Side *before;
	Side *after;
	float8 middle; /* the average of the scores of both times */

	if (segments.count != befores.count || segments.count != afters.count)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("arrays of groups must have the same length"),
						errdetail("They have %d, %d and %d elements.", segments.count,
								  befores.count, afters.count)));
	before = read_sides(befores, &first, &before_total);
	after = read_sides(afters, &first, &after_total);
	middle =
		(overall(before, befores.count, before_total) + overall(after, afters.count, after_total)) /
		2;
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < segments.count; i++)
	{
		float8 share_before = before[i].weight / before_total;
		float8 share_after = after[i].weight / after_total;
		/* a group that is not there at one time has no score to change */
		float8 was = before[i].weight > 0 ? before[i].nps : after[i].nps;
		float8 is = after[i].weight > 0 ? after[i].nps : before[i].nps;
		float8 rate = (share_before + share_after) / 2 * (is - was);
		float8 mix = (share_after - share_before) * ((is + was) / 2 - middle);
		Datum values[9];
		bool nulls[9];

		CHECK_FOR_INTERRUPTS();
		if (before[i].weight + after[i].weight == 0 && before_total > 0 && after_total > 0)
			rate = mix = 0;
		values[0] = segments.values[i];
		nulls[0] = segments.nulls[i];
		values[1] = Int64GetDatum(before[i].responses);
		values[2] = Int64GetDatum(after[i].responses);
		nulls[1] = nulls[2] = false;
		put_number(&values[3], &nulls[3], share_before);
		put_number(&values[4], &nulls[4], share_after);
		put_number(&values[5], &nulls[5], before[i].nps);
		put_number(&values[6], &nulls[6], after[i].nps);
		put_number(&values[7], &nulls[7], rate);
		put_number(&values[8], &nulls[8], mix);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
