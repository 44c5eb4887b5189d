/*
 * apportion.c
 *		Dividing an amount by weights so that the parts add up to it exactly.
 *
 * Every part is a multiple of the last bit of the whole.  So are all sums of
 * parts, which therefore are exact: the parts add up to the amount in whatever
 * order they are added.  Not the parts are rounded but the running sums of what
 * is due, and a part is the difference of two: none is off by more than a few of
 * these bits, however many there are.
 */
#include "stats/apportion.h"

#include <float.h>

/* The exponent of the last bit of a number other than 0. */
static int
last_bit(float8 number)
{
	int exponent;

	frexp(number, &exponent);
	return Max(exponent - DBL_MANT_DIG, DBL_MIN_EXP - DBL_MANT_DIG);
}

/*
 * Fills parts, one for each weight.  The amount may be a part of a whole, of
 * whose last bit it is a multiple too; or the whole.  False, and nothing filled,
 * when the weights add up to 0 while the amount is not 0.  Weights should not be
 * negative: the parts then add up only as well as float8 can.
 */
bool
cx_apportion(float8 amount, float8 whole, const float8 *weights, uint32 count, float8 *parts)
{
	float8 total = 0;
	float8 running = 0;
	float8 given = 0;
	int bit;

	for (uint32 i = 0; i < count; i++)
		total += weights[i];
	if (amount == 0)
	{
		memset(parts, 0, count * sizeof(float8));
		return true;
	}
	if (total == 0)
		return false;
	bit = last_bit(whole);
	for (uint32 i = 0; i < count; i++)
	{
		float8 due;

		running += weights[i];
		/* one rounding less than by shares, where the product cannot overflow */
		due = fabs(amount) < 1e200 && fabs(running) < 1e100 ? amount * running / total :
															  amount * (running / total);
		due = running == total ? amount : ldexp(rint(ldexp(due, -bit)), bit);
		parts[i] = due - given;
		given = due;
	}
	return true;
}
