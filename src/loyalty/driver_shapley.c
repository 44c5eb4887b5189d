/*
 * driver_shapley.c
 *		Shapley values of R squared (LMG): what a driver adds to it, on average
 *		over all orders in which drivers can be added.
 *
 * R squared of every subset is computed by going through the drivers in turn,
 * with and without each; taking one in leaves of the others what it does not
 * explain.  This halves with every driver that is left, so that a subset costs
 * a few operations.
 */
#include "loyalty/driver_fit.h"

typedef struct Subsets
{
	int count;							  /* drivers */
	float8 *r_squared;					  /* by the set of drivers, as bits */
	float8 *matrices[CX_MAX_SHAPLEY + 1]; /* a level: what is left of drivers and outcome */
} Subsets;

/* Sets R squared of the subsets that begin so, and differ from driver level on. */
static void
go_through(Subsets *subsets, int level, const float8 *matrix, uint32 set, float8 explained)
{
	int size = subsets->count + 1;
	int outcome = subsets->count;
	float8 *left;
	float8 pivot;

	check_stack_depth();
	if (level == subsets->count)
	{
		CHECK_FOR_INTERRUPTS();
		subsets->r_squared[set] = Min(explained, 1);
		return;
	}
	go_through(subsets, level + 1, matrix, set, explained);
	pivot = matrix[level * size + level];
	set |= (uint32) 1 << level;
	if (pivot <= CX_COLLINEAR)
	{
		go_through(subsets, level + 1, matrix, set, explained);
		return;
	}
	left = subsets->matrices[level];
	for (int i = level + 1; i <= outcome; i++)
	{
		float8 factor = matrix[level * size + i] / pivot;

		for (int j = i; j <= outcome; j++)
			left[i * size + j] = matrix[i * size + j] - factor * matrix[level * size + j];
	}
	explained += matrix[level * size + outcome] * matrix[level * size + outcome] / pivot;
	go_through(subsets, level + 1, left, set, explained);
}

/* What each driver adds, weighted by how many orders have the subset before it. */
static void
share_out(const Subsets *subsets, float8 *weights)
{
	float8 orders[CX_MAX_SHAPLEY]; /* share of orders by the number of drivers before */

	orders[0] = 1.0 / subsets->count;
	for (int i = 1; i < subsets->count; i++)
		orders[i] = orders[i - 1] * i / (subsets->count - i);
	for (uint32 set = 0; set < (uint32) 1 << subsets->count; set++)
	{
		float8 share = orders[__builtin_popcount(set) % subsets->count];

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < subsets->count; i++)
		{
			uint32 driver = (uint32) 1 << i;

			if ((set & driver) == 0)
				weights[i] += share * (subsets->r_squared[set | driver] - subsets->r_squared[set]);
		}
	}
}

/* The Shapley values of the drivers; raises 54000 when there are too many. */
float8 *
cx_driver_shapley(const CxDriverFit *fit)
{
	Subsets subsets = {.count = fit->count};
	int size = fit->count + 1;
	float8 *weights = palloc0(mul_size(fit->count, sizeof(float8)));
	float8 *matrix = cx_palloc_array(float8, size * size);

	if (fit->count == 0)
		return weights;
	if (fit->count > CX_MAX_SHAPLEY)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many drivers for Shapley values"),
				 errdetail("There are %d; at most %d are possible.", fit->count, CX_MAX_SHAPLEY),
				 errhint("Use method johnson, which is close to them.")));
	for (int i = 0; i < fit->count; i++)
	{
		memcpy(&matrix[i * size], &fit->correlations[i * fit->count], fit->count * sizeof(float8));
		matrix[i * size + fit->count] = fit->with_outcome[i];
		subsets.matrices[i] = cx_palloc_array(float8, size * size);
	}
	matrix[size * size - 1] = 1;
	subsets.r_squared = cx_palloc_array(float8, (Size) 1 << fit->count);
	go_through(&subsets, 0, matrix, 0, 0);
	share_out(&subsets, weights);
	pfree(subsets.r_squared);
	return weights;
}
