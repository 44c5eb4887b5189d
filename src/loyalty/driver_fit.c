/*
 * driver_fit.c
 *		The regression in a summary of drivers, and how much each driver weighs.
 *
 * All is computed from correlations and their eigenvalues and eigenvectors, so
 * units do not matter and dependent drivers do no harm.
 */
#include "loyalty/driver_fit.h"

#include "stats/symmetric.h"

/* R squared this close to 1 is 1 */
#define PERFECT 1e-13

const char *const cx_driver_method_names[CX_DRIVER_METHOD_COUNT] = {
	"johnson", "shapley", "car", "pratt", "first", "last", "beta_squared"};

/* The sum of squared deviations of a variable. */
static float8
squares(const CxDriverSummary *summary, int variable)
{
	return cx_driver_products(summary)[cx_driver_place(variable, variable)];
}

static float8
correlation(const CxDriverSummary *summary, int a, int b)
{
	float8 product = cx_driver_products(summary)[cx_driver_place(Max(a, b), Min(a, b))];
	float8 value = product / sqrt(squares(summary, a)) / sqrt(squares(summary, b));

	return a == b ? 1 : Max(-1, Min(1, value));
}

/* Finds the drivers that vary, and their correlations. */
static void
correlate(const CxDriverSummary *summary, CxDriverFit *fit)
{
	int shift = summary->outcome;

	fit->drivers = cx_palloc_array(int, summary->drivers);
	fit->count = 0;
	for (int i = 0; i < summary->drivers; i++)
		if (squares(summary, i + shift) >= CX_LEAST_SQUARES)
			fit->drivers[fit->count++] = i;
	fit->outcome_varies =
		summary->outcome && summary->drivers > 0 && squares(summary, 0) >= CX_LEAST_SQUARES;
	fit->correlations = cx_palloc_array(float8, fit->count * fit->count);
	fit->with_outcome = cx_palloc_array(float8, fit->count);
	for (int i = 0; i < fit->count; i++)
	{
		for (int j = 0; j < fit->count; j++)
			fit->correlations[i * fit->count + j] =
				correlation(summary, fit->drivers[i] + shift, fit->drivers[j] + shift);
		fit->with_outcome[i] =
			fit->outcome_varies ? correlation(summary, 0, fit->drivers[i] + shift) : NAN;
	}
}

/* The part of the correlations with the outcome along an eigenvector. */
static float8
along(const CxDriverFit *fit, int vector)
{
	float8 sum = 0;

	for (int i = 0; i < fit->count; i++)
		sum += fit->vectors[i * fit->count + vector] * fit->with_outcome[i];
	return sum;
}

/* True when an eigenvalue counts. */
static bool
counts(const CxDriverFit *fit, int vector, float8 largest)
{
	return fit->values[vector] > CX_COLLINEAR * largest;
}

static float8
largest_value(const CxDriverFit *fit)
{
	float8 largest = 0;

	for (int k = 0; k < fit->count; k++)
		largest = Max(largest, fit->values[k]);
	return largest;
}

/* Computes what the inverse of the correlations gives. */
static void
solve(CxDriverFit *fit)
{
	float8 largest = largest_value(fit);
	float8 smallest = largest;

	fit->rank = 0;
	fit->r_squared = 0;
	memset(fit->standardized, 0, fit->count * sizeof(float8));
	memset(fit->inflation, 0, fit->count * sizeof(float8));
	for (int k = 0; k < fit->count; k++)
	{
		float8 part = along(fit, k);

		if (!counts(fit, k, largest))
			continue;
		fit->rank++;
		smallest = Min(smallest, fit->values[k]);
		fit->r_squared += part * part / fit->values[k];
		for (int i = 0; i < fit->count; i++)
		{
			float8 element = fit->vectors[i * fit->count + k];

			fit->standardized[i] += element * part / fit->values[k];
			fit->inflation[i] += element * element / fit->values[k];
		}
	}
	fit->condition = fit->count > 0 && fit->rank == fit->count ? sqrt(largest / smallest) : NAN;
	for (int i = 0; i < fit->count; i++)
	{
		fit->inflation[i] = Max(fit->inflation[i], 1);
		if (fit->rank < fit->count)
			fit->standardized[i] = fit->inflation[i] = NAN;
	}
	/* the last digits are noise, and make no residuals of a perfect fit */
	if (fit->r_squared > 1 - PERFECT)
		fit->r_squared = 1;
	if (!fit->outcome_varies)
		fit->r_squared = NAN;
}

/* The regression of the outcome on the drivers that vary. */
CxDriverFit
cx_driver_fit(const CxDriverSummary *summary)
{
	CxDriverFit fit;
	float8 *matrix;
	int size;

	correlate(summary, &fit);
	size = fit.count * fit.count;
	matrix = cx_palloc_array(float8, size);
	fit.values = cx_palloc_array(float8, fit.count);
	fit.vectors = cx_palloc_array(float8, size);
	fit.standardized = cx_palloc_array(float8, fit.count);
	fit.inflation = cx_palloc_array(float8, fit.count);
	if (size > 0)
		memcpy(matrix, fit.correlations, size * sizeof(float8));
	cx_symmetric_eigen(matrix, fit.count, fit.values, fit.vectors);
	pfree(matrix);
	solve(&fit);
	fit.freedom = (float8) summary->observations - fit.rank - 1;
	return fit;
}

/*
 * The coefficients of the outcome on the orthogonal variables that are closest
 * to the drivers (Johnson 2000).  Their squares are the CAR scores (Zuber and
 * Strimmer 2011), and sum up to R squared.
 */
static float8 *
closest_coefficients(const CxDriverFit *fit)
{
	float8 *closest = palloc0(mul_size(fit->count, sizeof(float8)));
	float8 largest = largest_value(fit);

	for (int k = 0; k < fit->count; k++)
	{
		float8 part = along(fit, k);

		for (int i = 0; i < fit->count && counts(fit, k, largest); i++)
			closest[i] += fit->vectors[i * fit->count + k] * part / sqrt(fit->values[k]);
	}
	return closest;
}

/* Johnson's relative weights: squared coefficients, shared out by squared loadings. */
static void
put_johnson(const CxDriverFit *fit, const float8 *closest, float8 *weights)
{
	float8 largest = largest_value(fit);

	for (int i = 0; i < fit->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		weights[i] = 0;
		for (int j = 0; j < fit->count; j++)
		{
			float8 loading = 0;

			for (int k = 0; k < fit->count; k++)
				if (counts(fit, k, largest))
					loading += fit->vectors[i * fit->count + k] * fit->vectors[j * fit->count + k] *
							   sqrt(fit->values[k]);
			weights[i] += loading * loading * closest[j] * closest[j];
		}
	}
}

/* The weights by a method of the drivers that vary; NAN where the method has none. */
float8 *
cx_driver_weights(const CxDriverFit *fit, CxDriverMethod method)
{
	float8 *weights;
	float8 *closest;

	if (method == CX_DRIVER_SHAPLEY && fit->outcome_varies)
		return cx_driver_shapley(fit);
	weights = cx_palloc_array(float8, fit->count);
	closest = closest_coefficients(fit);
	if (method == CX_DRIVER_JOHNSON)
		put_johnson(fit, closest, weights);
	for (int i = 0; i < fit->count; i++)
	{
		float8 beta = fit->standardized[i];

		if (!fit->outcome_varies)
			weights[i] = NAN;
		else if (method == CX_DRIVER_CAR)
			weights[i] = closest[i] * closest[i];
		else if (method == CX_DRIVER_PRATT)
			weights[i] = beta * fit->with_outcome[i];
		else if (method == CX_DRIVER_FIRST)
			weights[i] = fit->with_outcome[i] * fit->with_outcome[i];
		else if (method == CX_DRIVER_LAST)
			weights[i] = beta * beta / fit->inflation[i];
		else if (method == CX_DRIVER_BETA_SQUARED)
			weights[i] = beta * beta;
	}
	pfree(closest);
	return weights;
}
