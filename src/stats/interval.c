/*
 * interval.c
 *		Confidence intervals, and the normal distribution that they rest on.
 */
#include "stats/interval.h"

/* The probability that a standard normal variable is at most x. */
float8
cx_normal_cdf(float8 x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/*
 * The standard normal quantile, for p between 0 and 1.  Starts with the
 * approximation 26.2.23 of Abramowitz and Stegun, good to 4.5e-4, and repeats
 * Halley's step, which triples the digits.
 */
float8
cx_normal_quantile(float8 p)
{
	float8 tail = p < 0.5 ? p : 1 - p; /* worked out in the lower tail, where digits are kept */
	float8 t = sqrt(-2 * log(tail));
	float8 x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
						 (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));

	for (int i = 0; i < 3; i++)
	{
		float8 u = (cx_normal_cdf(x) - tail) * sqrt(2 * M_PI) * exp(x * x / 2);

		x -= u / (1 + x * u / 2);
	}
	return p < 0.5 ? x : -x;
}

/* The half-width in standard errors of a two-sided interval; raises 22023 for what is none. */
float8
cx_confidence_z(float8 confidence)
{
	if (!(confidence > 0 && confidence < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("confidence must be between 0 and 1"),
						errdetail("It is %g.", confidence), errhint("Use 0.95 for 95 percent.")));
	return Max(-cx_normal_quantile((1 - confidence) / 2), 0);
}

/*
 * Wilson's score interval of a proportion (Wilson 1927).  Trials may be an
 * effective number, and must be positive.
 */
void
cx_wilson(float8 successes, float8 trials, float8 z, float8 *low, float8 *high)
{
	float8 share = successes / trials;
	float8 z2 = z * z;
	float8 middle = (share + z2 / (2 * trials)) / (1 + z2 / trials);
	float8 half =
		z / (1 + z2 / trials) * sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials));

	*low = successes <= 0 ? 0 : Max(middle - half, 0);
	*high = successes >= trials ? 1 : Min(middle + half, 1);
}

/*
 * The difference of two independent proportions, a's less b's, and its interval
 * from their two Wilson intervals (Newcombe 1998, method 10).
 */
float8
cx_newcombe(float8 a_successes, float8 a_trials, float8 b_successes, float8 b_trials, float8 z,
			float8 *low, float8 *high)
{
	float8 a = a_successes / a_trials;
	float8 b = b_successes / b_trials;
	float8 a_low;
	float8 a_high;
	float8 b_low;
	float8 b_high;

	cx_wilson(a_successes, a_trials, z, &a_low, &a_high);
	cx_wilson(b_successes, b_trials, z, &b_low, &b_high);
	*low = Max(a - b - hypot(a - a_low, b_high - b), -1);
	*high = Min(a - b + hypot(a_high - a, b - b_low), 1);
	return a - b;
}
