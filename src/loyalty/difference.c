/*
 * difference.c
 *		Intervals of a share and of the difference of two means, from the numbers
 *		that plain SQL gives.
 */
#include "cx.h"

#include "funcapi.h"
#include "stats/interval.h"

/* The row that a function returns. */
static Datum
row_of(FunctionCallInfo fcinfo, Datum *values, bool *nulls)
{
	TupleDesc row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls));
}

PG_FUNCTION_INFO_V1(cx_proportion);

/* cx.proportion(successes, trials, confidence) */
Datum
cx_proportion(PG_FUNCTION_ARGS)
{
	int64 successes = PG_GETARG_INT64(0);
	int64 trials = PG_GETARG_INT64(1);
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(2));
	Datum values[3] = {0};
	bool nulls[3] = {trials == 0, trials == 0, trials == 0};

	if (successes < 0 || successes > trials)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of successes must be between 0 and the number of trials"),
				 errdetail("There are " INT64_FORMAT " of " INT64_FORMAT ".", successes, trials)));
	if (trials > 0)
	{
		float8 low;
		float8 high;

		cx_wilson(successes, trials, z, &low, &high);
		values[0] = Float8GetDatum((float8) successes / trials);
		values[1] = Float8GetDatum(low);
		values[2] = Float8GetDatum(high);
	}
	return row_of(fcinfo, values, nulls);
}

/* What a mean adds to the squared standard error; raises 22023 for impossible arguments. */
static float8
squared_error(FunctionCallInfo fcinfo, int argument)
{
	int64 count = PG_GETARG_INT64(argument);
	float8 mean = PG_GETARG_FLOAT8(argument + 1);
	float8 variance = PG_GETARG_FLOAT8(argument + 2);

	if (count < 1 || !isfinite(mean) || !(variance >= 0) || isinf(variance))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("no sample has this count, mean and variance"),
						errdetail("They are " INT64_FORMAT ", %g and %g.", count, mean, variance)));
	return variance / count;
}

PG_FUNCTION_INFO_V1(cx_mean_difference);

/* cx.mean_difference(a_count, a_mean, a_variance, b_count, b_mean, b_variance, confidence, at_least) */
Datum
cx_mean_difference(PG_FUNCTION_ARGS)
{
	float8 error = sqrt(squared_error(fcinfo, 0) + squared_error(fcinfo, 3));
	float8 difference = PG_GETARG_FLOAT8(1) - PG_GETARG_FLOAT8(4);
	float8 half = cx_confidence_z(PG_GETARG_FLOAT8(6)) * error;
	bool few = Min(PG_GETARG_INT64(0), PG_GETARG_INT64(3)) < PG_GETARG_INT64(7);
	Datum values[4];
	bool nulls[4] = {false, few, few, few};

	if (!isfinite(difference - half) || !isfinite(difference + half))
		float_overflow_error();
	values[0] = Float8GetDatum(difference);
	values[1] = Float8GetDatum(error);
	values[2] = Float8GetDatum(difference - half);
	values[3] = Float8GetDatum(difference + half);
	return row_of(fcinfo, values, nulls);
}
