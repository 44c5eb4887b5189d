/*
 * driver_report.c
 *		Numbers for charts from cx.driver_summary.
 */
#include "loyalty/driver_fit.h"

#include "funcapi.h"
#include "stats/student.h"

/* from where on a warning is given (Belsley, Kuh and Welsch 1980) */
#define HIGH_CONDITION 30
#define HIGH_INFLATION 10

static CxDriverSummary *
read_with_outcome(Datum value)
{
	CxDriverSummary *summary = cx_driver_read(value);

	if (!summary->outcome)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("summary of items has no outcome"),
						errhint("Make it by cx.driver_agg(outcome, drivers).")));
	return summary;
}

/* Sets a number; NULL for what is not finite. */
static void
put(Datum *values, bool *nulls, int column, float8 number)
{
	nulls[column] = !isfinite(number);
	if (!nulls[column])
		values[column] = Float8GetDatum(number + 0.0);
}

/* Whole mean of a variable, or standard deviation; NAN when there are too few rows. */
static float8
mean_of(const CxDriverSummary *summary, int variable)
{
	return summary->observations > 0 ? cx_driver_means(summary)[variable] : NAN;
}

static float8
deviation_of(const CxDriverSummary *summary, int variable)
{
	/* without observations there are no products to look at */
	if (summary->observations < 2)
		return NAN;
	return sqrt(cx_driver_products(summary)[cx_driver_place(variable, variable)] /
				(summary->observations - 1));
}

/* The coefficient of driver i of a fit, in the outcome's unit for one of the driver's. */
static float8
coefficient_of(const CxDriverSummary *summary, const CxDriverFit *fit, int i)
{
	return fit->standardized[i] *
		   (deviation_of(summary, 0) / deviation_of(summary, fit->drivers[i] + 1));
}

/* The variance that the drivers leave, as part of the outcome's; NAN without degrees of freedom. */
static float8
left_variance(const CxDriverSummary *summary, const CxDriverFit *fit)
{
	return fit->freedom > 0 ? (1 - fit->r_squared) * (summary->observations - 1) / fit->freedom :
							  NAN;
}

static CxDriverMethod
method_of(text *argument)
{
	char *name = text_to_cstring(argument);

	for (int method = 0; method < CX_DRIVER_METHOD_COUNT; method++)
		if (strcmp(name, cx_driver_method_names[method]) == 0)
			return method;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown method of driver weights: \"%s\"", name),
			 errhint("Methods are johnson, shapley, car, pratt, first, last and beta_squared.")));
}

PG_FUNCTION_INFO_V1(cx_drivers);

/* cx.drivers(summary, method): a row a driver */
Datum
cx_drivers(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxDriverSummary *summary = read_with_outcome(PG_GETARG_DATUM(0));
	CxDriverMethod method = method_of(PG_GETARG_TEXT_PP(1));
	CxDriverFit fit;
	float8 *weights;
	float8 left;
	float8 total = 0;

	InitMaterializedSRF(fcinfo, 0);
	fit = cx_driver_fit(summary);
	weights = cx_driver_weights(&fit, method);
	left = left_variance(summary, &fit);
	for (int i = 0; i < fit.count; i++)
		total += weights[i];
	for (int driver = 0, i = 0; driver < summary->drivers; driver++)
	{
		Datum values[12];
		bool nulls[12];

		memset(nulls, true, sizeof(nulls));
		values[0] = CStringGetTextDatum(cx_driver_name(summary, driver));
		nulls[0] = false;
		if (i < fit.count && fit.drivers[i] == driver)
		{
			float8 coefficient = coefficient_of(summary, &fit, i);
			float8 error = sqrt(left * fit.inflation[i] / (summary->observations - 1)) *
						   (deviation_of(summary, 0) / deviation_of(summary, driver + 1));
			float8 t = coefficient / error;

			put(values, nulls, 1, weights[i]);
			put(values, nulls, 2, weights[i] / total);
			put(values, nulls, 3, coefficient);
			put(values, nulls, 4, error);
			put(values, nulls, 5, t);
			put(values, nulls, 6, isfinite(t) ? cx_student_p(t, fit.freedom) : NAN);
			put(values, nulls, 7, fit.standardized[i]);
			put(values, nulls, 8, fit.with_outcome[i]);
			put(values, nulls, 9, fit.inflation[i]);
			i++;
		}
		put(values, nulls, 10, mean_of(summary, driver + 1));
		put(values, nulls, 11, deviation_of(summary, driver + 1));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The outcome where all drivers are zero. */
static float8
intercept_of(const CxDriverSummary *summary, const CxDriverFit *fit)
{
	float8 intercept = fit->outcome_varies ? mean_of(summary, 0) : NAN;

	for (int i = 0; i < fit->count; i++)
		intercept -= coefficient_of(summary, fit, i) * mean_of(summary, fit->drivers[i] + 1);
	return intercept;
}

/* The place in a fit of the driver with the largest inflation of variance; -1 if none is known. */
static int
most_inflated(const CxDriverFit *fit)
{
	int most = -1;

	for (int i = 0; i < fit->count; i++)
		if (isfinite(fit->inflation[i]) && (most < 0 || fit->inflation[i] > fit->inflation[most]))
			most = i;
	return most;
}

static void
warn(StringInfo out, const char *warning)
{
	appendStringInfo(out, "%s%s", out->len > 0 ? "; " : "", warning);
}

/* What a reader of the weights should know; empty if nothing. */
static StringInfoData
warnings(const CxDriverSummary *summary, const CxDriverFit *fit)
{
	static const char *const too_few = "too few observations for so many drivers";
	int most = most_inflated(fit);
	StringInfoData out;

	initStringInfo(&out);
	if (summary->observations < 2)
	{
		warn(&out, too_few);
		return out;
	}
	if (!fit->outcome_varies)
		warn(&out, "the outcome does not vary");
	for (int driver = 0, i = 0; driver < summary->drivers; driver++)
	{
		if (i < fit->count && fit->drivers[i] == driver)
			i++;
		else
			warn(&out, psprintf("%s does not vary", cx_driver_name(summary, driver)));
	}
	if (fit->rank < fit->count)
		warn(&out, "drivers are linearly dependent: they have weights but no coefficients");
	if (fit->freedom <= 0)
		warn(&out, too_few);
	if (fit->condition > HIGH_CONDITION || (most >= 0 && fit->inflation[most] > HIGH_INFLATION))
		warn(&out,
			 psprintf(
				 "drivers are collinear: condition number %.4g, variance of %s inflated by %.4g",
				 fit->condition, cx_driver_name(summary, fit->drivers[most]),
				 fit->inflation[most]));
	return out;
}

PG_FUNCTION_INFO_V1(cx_driver_fit_row);

/* cx.driver_fit(summary): one row about all drivers */
Datum
cx_driver_fit_row(PG_FUNCTION_ARGS)
{
	CxDriverSummary *summary = read_with_outcome(PG_GETARG_DATUM(0));
	CxDriverFit fit = cx_driver_fit(summary);
	int most = most_inflated(&fit);
	StringInfoData warning = warnings(summary, &fit);
	float8 left = left_variance(summary, &fit);
	TupleDesc descriptor;
	Datum values[10];
	bool nulls[10] = {false};

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int64GetDatum(summary->observations);
	values[1] = Int64GetDatum(summary->incomplete);
	values[2] = Int32GetDatum(summary->drivers);
	put(values, nulls, 3, intercept_of(summary, &fit));
	put(values, nulls, 4, fit.r_squared);
	put(values, nulls, 5, 1 - left);
	put(values, nulls, 6, sqrt(left) * deviation_of(summary, 0));
	put(values, nulls, 7, fit.condition);
	put(values, nulls, 8, most < 0 ? NAN : fit.inflation[most]);
	nulls[9] = warning.len == 0;
	values[9] = CStringGetTextDatum(warning.data);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls));
}

PG_FUNCTION_INFO_V1(cx_driver_r_squared);

/* cx.r_squared(summary) */
Datum
cx_driver_r_squared(PG_FUNCTION_ARGS)
{
	CxDriverFit fit = cx_driver_fit(read_with_outcome(PG_GETARG_DATUM(0)));

	if (isnan(fit.r_squared))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(fit.r_squared);
}

PG_FUNCTION_INFO_V1(cx_driver_observations);

/* cx.observations(summary) */
Datum
cx_driver_observations(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(cx_driver_read(PG_GETARG_DATUM(0))->observations);
}
