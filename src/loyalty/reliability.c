/*
 * reliability.c
 *		Do the items of a scale measure the same thing?  Cronbach's alpha and
 *		its company, from the drivers of cx.driver_summary, an outcome aside.
 */
#include "loyalty/driver_fit.h"

#include "funcapi.h"

/* sums over the covariance matrix of the items, the outcome left out */
typedef struct Scale
{
	const CxDriverSummary *summary;
	int items;
	float8 own;		/* variances */
	float8 all;		/* all elements: the variance of the sum of the items */
	float8 *rows;	/* an item with all of them */
	float8 squared; /* squares of all elements */
} Scale;

/* The covariance of two items. */
static float8
covariance(const Scale *scale, int a, int b)
{
	int shift = scale->summary->outcome;
	int place = cx_driver_place(Max(a, b) + shift, Min(a, b) + shift);

	return cx_driver_products(scale->summary)[place] / (scale->summary->observations - 1);
}

/* The sums; zero with fewer than two rows. */
static Scale
scale_of(const CxDriverSummary *summary)
{
	Scale scale = {.summary = summary, .items = summary->drivers};

	scale.rows = palloc0(mul_size(scale.items, sizeof(float8)));
	for (int i = 0; i < scale.items && summary->observations > 1; i++)
	{
		scale.own += covariance(&scale, i, i);
		for (int j = 0; j < scale.items; j++)
		{
			scale.rows[i] += covariance(&scale, i, j);
			scale.squared += covariance(&scale, i, j) * covariance(&scale, i, j);
		}
		scale.all += scale.rows[i];
	}
	return scale;
}

/*
 * Alpha of so many items, whose variances and all covariances add up to these;
 * NAN if there is none, as when the sum of the items varies by rounding only.
 */
static float8
alpha_of(int items, float8 own, float8 all)
{
	return items < 2 || !(all > 1e-12 * own) ? NAN : (1 - own / all) * items / (items - 1);
}

PG_FUNCTION_INFO_V1(cx_cronbach_alpha);

/* cx.cronbach_alpha(summary); final function of cx.cronbach_alpha(items) */
Datum
cx_cronbach_alpha(PG_FUNCTION_ARGS)
{
	Scale scale = scale_of(cx_driver_pack(cx_driver_read(PG_GETARG_DATUM(0))));
	float8 alpha = alpha_of(scale.items, scale.own, scale.all);

	if (!isfinite(alpha))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(alpha);
}

/* Variance of alpha times the number of rows (van Zyl, Neudecker and Nel 2000). */
static float8
alpha_variance(const Scale *scale)
{
	float8 k = scale->items;
	float8 all = scale->all;
	float8 own_of_square = 0; /* what the squared covariance matrix adds up to */

	for (int i = 0; i < scale->items; i++)
		own_of_square += scale->rows[i] * scale->rows[i];
	return 2 * k * k / ((k - 1) * (k - 1)) / all *
		   ((scale->squared + scale->own * scale->own) / all -
			2 * (scale->own / all) * (own_of_square / all));
}

PG_FUNCTION_INFO_V1(cx_reliability);

/* cx.reliability(summary): one row about the scale */
Datum
cx_reliability(PG_FUNCTION_ARGS)
{
	CxDriverSummary *summary = cx_driver_read(PG_GETARG_DATUM(0));
	Scale scale = scale_of(summary);
	CxDriverFit fit = cx_driver_fit(summary);
	bool all_vary = fit.count == scale.items && fit.count > 1;
	float8 correlations = 0;
	float8 unexplained = 0; /* of the standardized items by the others */
	float8 numbers[5];
	TupleDesc descriptor;
	Datum values[8];
	bool nulls[8] = {false};

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	for (int i = 0; i < fit.count; i++)
	{
		unexplained += 1 / fit.inflation[i];
		for (int j = 0; j < fit.count; j++)
			correlations += fit.correlations[i * fit.count + j];
	}
	numbers[0] = alpha_of(scale.items, scale.own, scale.all);
	numbers[1] = all_vary ? alpha_of(scale.items, scale.items, correlations) : NAN;
	numbers[2] = all_vary && correlations > 1e-12 ? 1 - unexplained / correlations : NAN;
	numbers[3] =
		all_vary ? (correlations - fit.count) / ((float8) fit.count * (fit.count - 1)) : NAN;
	numbers[4] =
		isnan(numbers[0]) ? NAN : sqrt(Max(alpha_variance(&scale), 0) / summary->observations);
	values[0] = Int64GetDatum(summary->observations);
	values[1] = Int64GetDatum(summary->incomplete);
	values[2] = Int32GetDatum(summary->drivers);
	for (int i = 0; i < lengthof(numbers); i++)
	{
		nulls[3 + i] = !isfinite(numbers[i]);
		values[3 + i] = Float8GetDatum(numbers[i]);
	}
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(cx_items);

/* cx.items(summary): a row an item */
Datum
cx_items(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxDriverSummary *summary = cx_driver_read(PG_GETARG_DATUM(0));
	Scale scale = scale_of(summary);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < scale.items; i++)
	{
		float8 own = summary->observations > 1 ? covariance(&scale, i, i) : NAN;
		float8 with_others = scale.rows[i] - own;
		float8 others = scale.all - 2 * scale.rows[i] + own;
		float8 numbers[] = {
			summary->observations > 0 ? cx_driver_means(summary)[i + summary->outcome] : NAN,
			sqrt(own), own > 0 && others > 0 ? with_others / sqrt(own) / sqrt(others) : NAN,
			alpha_of(scale.items - 1, scale.own - own, others)};
		Datum values[5];
		bool nulls[5] = {false};

		values[0] = CStringGetTextDatum(cx_driver_name(summary, i));
		for (int k = 0; k < lengthof(numbers); k++)
		{
			nulls[1 + k] = !isfinite(numbers[k]);
			values[1 + k] = Float8GetDatum(numbers[k]);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
