/*
 * rfm.c
 *		Recency, frequency, monetary value: scores by cut points, and named cells.
 */
#include "cx.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#define SCORES 5

/* The name of each cell: the row is recency, the column frequency, both from 1 to 5. */
static const char *const segments[SCORES][SCORES] = {
	{"hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"},
	{"hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"},
	{"about_to_sleep", "about_to_sleep", "needs_attention", "loyal", "loyal"},
	{"promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"},
	{"new", "potential_loyalist", "potential_loyalist", "champion", "champion"}};

/* The cut points of an array, checked. */
static const float8 *
read_cut_points(ArrayType *array, int *count)
{
	const float8 *points = (const float8 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("array of cut points must have one dimension")));
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("cut point must not be NULL")));
	*count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	for (int i = 0; i < *count; i++)
	{
		if (isnan(points[i]))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("cut point must not be NaN")));
		if (i > 0 && points[i] < points[i - 1])
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cut points must ascend"),
					 errdetail("%g comes after %g.", points[i], points[i - 1])));
	}
	return points;
}

PG_FUNCTION_INFO_V1(cx_rfm_score);

/* cx.rfm_score(value, cutpoints): 1 and one more for each cut point below the value */
Datum
cx_rfm_score(PG_FUNCTION_ARGS)
{
	float8 value = PG_GETARG_FLOAT8(0);
	int count;
	const float8 *points = read_cut_points(PG_GETARG_ARRAYTYPE_P(1), &count);
	int score = 1;

	if (isnan(value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("value must not be NaN")));
	while (score <= count && points[score - 1] < value)
		score++;
	PG_RETURN_INT32(score);
}

/* A score as a place of the table. */
static int
place_of(int32 score, const char *what)
{
	if (score < 1 || score > SCORES)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a score from 1 to %d", what, SCORES),
						errdetail("It is %d.", score)));
	return score - 1;
}

PG_FUNCTION_INFO_V1(cx_rfm_segment);

/* cx.rfm_segment(recency, frequency [, monetary]) */
Datum
cx_rfm_segment(PG_FUNCTION_ARGS)
{
	int recency = place_of(PG_GETARG_INT32(0), "recency");
	int frequency = place_of(PG_GETARG_INT32(1), "frequency");

	/* the mean of two scores, halves up */
	if (PG_NARGS() > 2)
		frequency = (frequency + place_of(PG_GETARG_INT32(2), "monetary") + 1) / 2;
	PG_RETURN_DATUM(CStringGetTextDatum(segments[recency][frequency]));
}
