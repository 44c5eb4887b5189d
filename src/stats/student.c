/*
 * student.c
 *		Student's t distribution.
 */
#include "stats/student.h"

#include <float.h>

/* From here on the normal distribution of a transformed t is good to 1e-10. */
#define MANY_DEGREES 1e5

/*
 * Gamma(a + 1/2) / Gamma(a): Stirling's series from a = 30 on, down from there
 * by Gamma's recurrence.
 */
static float8
half_step_of_gamma(float8 a)
{
	float8 factor = 1;
	float8 inverse;

	for (; a < 30; a++)
		factor *= a / (a + 0.5);
	inverse = 1 / a;
	return factor * sqrt(a) *
		   exp(inverse *
			   (-1.0 / 8 + inverse * inverse *
							   (1.0 / 192 + inverse * inverse *
												(-1.0 / 640 + inverse * inverse * 17 / 14336))));
}

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
static float8
beta_fraction(float8 a, float8 b, float8 x)
{
	float8 c = 1;
	float8 d = 1 / (1 - (a + b) / (a + 1) * x);
	float8 value = d;
	float8 step;
	int m = 1;

	do
	{
		float8 even = m * (b - m) / (a + 2 * m - 1) / (a + 2 * m) * x;
		float8 odd = -(a + m) / (a + 2 * m) * ((a + b + m) / (a + 2 * m + 1)) * x;

		d = 1 / (1 + even * d);
		c = 1 + even / c;
		value *= c * d;
		d = 1 / (1 + odd * d);
		c = 1 + odd / c;
		step = c * d;
		value *= step;
		m++;
	} while (fabs(step - 1) > DBL_EPSILON && m < 10000);
	return value;
}

/*
 * The probability that a variable with so many degrees of freedom (more than 0)
 * is at least as far from 0 as t.  Good to about 1e-10 relative.
 */
float8
cx_student_p(float8 t, float8 freedom)
{
	float8 square = t * t / freedom;
	float8 a = freedom / 2;
	float8 x = 1 / (1 + square); /* the probability is the incomplete beta I_x(a, 1/2) */
	float8 edge;

	if (freedom > MANY_DEGREES)
	{
		/* Wallace 1959 */
		float8 z = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log1p(square));

		return erfc(z * M_SQRT1_2);
	}
	edge = half_step_of_gamma(a) / sqrt(M_PI) * exp(-a * log1p(square)) * sqrt(square * x);
	if (isinf(square))
		return 0;
	if (x < (a + 1) / (a + 2.5))
		return edge * beta_fraction(a, 0.5, x) / a;
	return Max(1 - 2 * edge * beta_fraction(0.5, a, square * x), 0);
}
