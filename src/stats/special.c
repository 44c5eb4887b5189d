/*
 * special.c
 *		Special functions: gamma and its kin, differences of them that stay exact
 *		for large arguments, Gauss' hypergeometric function with a 1.
 */
#include "stats/special.h"

#define STIRLING_FROM 16.0 /* where the series below is exact to the last bits */
#define MOST_FRACTION_STEPS 20000000
#define HALF_LOG_2PI 0.91893853320467274178

/*
 * Stirling's series without its leading terms, z >= STIRLING_FROM: what ln gamma
 * is more than (z - 1/2) ln z - z + ln(2 pi) / 2, digamma more than ln z, and all
 * of trigamma.
 */
static inline CxJet
stirling(float8 z)
{
	float8 u = 1 / z;
	float8 v = u * u;
	CxJet tail;

	tail.value =
		u * (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188)))));
	tail.first =
		-u / 2 -
		v * (1.0 / 12 - v * (1.0 / 120 - v * (1.0 / 252 - v * (1.0 / 240 - v * (1.0 / 132)))));
	tail.second =
		u + v / 2 +
		u * v * (1.0 / 6 - v * (1.0 / 30 - v * (1.0 / 42 - v * (1.0 / 30 - v * (5.0 / 66)))));
	return tail;
}

/* ln gamma, digamma and trigamma of z > 0. */
CxJet
cx_log_gamma(float8 z)
{
	float8 product = 1;
	float8 reciprocals = 0;
	float8 squares = 0;
	float8 log_z;
	CxJet jet;

	for (; z < STIRLING_FROM; z++)
	{
		product *= z;
		reciprocals += 1 / z;
		squares += 1 / (z * z);
	}
	jet = stirling(z);
	log_z = log(z);
	jet.value += (z - 0.5) * log_z - z + HALF_LOG_2PI - log(product);
	jet.first += log_z - reciprocals;
	jet.second += squares;
	return jet;
}

/*
 * ln (gamma(z + n) / gamma(z)) for z > 0 and n >= 0, and its derivatives by z.
 * Unlike a difference of two logarithms of gamma it is as exact for z of a
 * billion as for 1.
 */
CxJet
cx_log_rising(float8 z, float8 n)
{
	float8 ratio = 1;
	CxJet jet = {0, 0, 0};
	CxJet upper;
	CxJet lower;
	float8 log_ratio;

	if (n == 0)
		return jet;
	for (; z < STIRLING_FROM; z++)
	{
		float8 low = 1 / z;
		float8 high = 1 / (z + n);

		ratio *= z * high;
		jet.first += low - high;
		jet.second -= (low - high) * (low + high);
	}
	log_ratio = log1p(n / z);
	upper = stirling(z + n);
	lower = stirling(z);
	jet.value = log(ratio) + (z - 0.5) * log_ratio + n * log(z + n) - n + upper.value - lower.value;
	jet.first += log_ratio + upper.first - lower.first;
	jet.second += upper.second - lower.second;
	return jet;
}

/* ln (e^a + e^b); either may be minus infinity. */
float8
cx_log_add(float8 a, float8 b)
{
	float8 most = Max(a, b);

	return isinf(most) ? most : most + log1p(exp(Min(a, b) - most));
}

/* A continued fraction 1 + s1 / (1 + s2 / (1 + ...)) by the method of Lentz, a step at a time. */
typedef struct Fraction
{
	float8 value;
	float8 numerator;
	float8 denominator;
} Fraction;

/* Takes the next step; true when it changed nothing. */
static inline bool
fraction_add(Fraction *fraction, float8 step)
{
	float8 change;

	fraction->denominator = 1 + step * fraction->denominator;
	fraction->numerator = 1 + step / fraction->numerator;
	if (fabs(fraction->denominator) < 1e-300)
		fraction->denominator = 1e-300;
	if (fabs(fraction->numerator) < 1e-300)
		fraction->numerator = 1e-300;
	fraction->denominator = 1 / fraction->denominator;
	change = fraction->numerator * fraction->denominator;
	fraction->value *= change;
	return fabs(change - 1) <= 2e-16;
}

/*
 * The regularised incomplete beta function of x for a, b > 0; rest is 1 - x.  The
 * fraction takes about sqrt(a + b) steps.
 */
float8
cx_incomplete_beta(float8 a, float8 b, float8 x, float8 rest)
{
	Fraction fraction = {1, 1, 0};
	float8 log_front;

	if (x > (a + 1) / (a + b + 2))
		return 1 - cx_incomplete_beta(b, a, rest, x);
	if (x == 0)
		return 0;
	log_front = a * log(x) + b * log(rest) + cx_log_rising(b, a).value - cx_log_gamma(a + 1).value;
	for (int i = 1; i < MOST_FRACTION_STEPS; i++)
	{
		float8 k = i / 2;
		float8 step = i % 2 == 1 ? -x * (a + k) * (a + b + k) / ((a + 2 * k) * (a + 2 * k + 1)) :
								   x * k * (b - k) / ((a + 2 * k - 1) * (a + 2 * k));

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (fraction_add(&fraction, step))
			break;
	}
	return exp(log_front) / fraction.value;
}

/*
 * 2F1(1, b; c; z) for b > 0, c >= b and 0 <= z < 1: Gauss' continued fraction.
 * Its steps grow with 1 / sqrt(1 - z); a z too close to 1 is refused.
 */
float8
cx_hypergeometric_1(float8 b, float8 c, float8 z)
{
	Fraction fraction = {1, 1, 0};

	c -= 1;
	for (int i = 1; i < MOST_FRACTION_STEPS; i++)
	{
		float8 k = i / 2;
		float8 step = i == 1	 ? -z * b / (c + 1) :
					  i % 2 == 1 ? -z * (b + k) * (c + k) / ((c + 2 * k) * (c + 2 * k + 1)) :
								   -z * k * (c - b + k) / ((c + 2 * k - 1) * (c + 2 * k));

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (fraction_add(&fraction, step))
			return 1 / fraction.value;
	}
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("discounted sum is out of range"),
			 errhint("Use a larger discount rate.")));
}
