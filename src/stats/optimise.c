/*
 * optimise.c
 *		Maximum likelihood for a few positive parameters.
 *
 * Newton's method on the logarithms of the parameters, so that they stay
 * positive and their scale does not matter, with exact second derivatives.  Far
 * from the maximum steps are damped (Levenberg and Marquardt): a step is taken
 * only if it makes the likelihood larger about as much as the derivatives
 * promise, otherwise a shorter one closer to the gradient is tried.
 *
 * Many data have no interior maximum: the likelihood keeps rising, ever less,
 * as some parameters grow or shrink together.  The steps end there as well,
 * where next to nothing can be gained, and the status says so.
 */
#include "stats/optimise.h"

#define MOST_STEPS 200
#define LONGEST_STEP 1.5	/* of a logarithm: a factor of 4.5 */
#define FARTHEST 60.0		/* a logarithm's absolute value: e^60 = 10^26 */
#define SMALL_GAIN 1e-11	/* of a log-likelihood: 5 millionths of a standard error */
#define SMALL_DISTANCE 1e-6 /* what may be left to gain where rounding ends the search */
#define VAGUE 3.0			/* standard error of a logarithm beyond which the data do not tell */
#define MOST_DAMPING 1e12

/* Replaces derivatives by parameters with those by their logarithms, in all of the matrix. */
static void
by_logarithms(CxExpansion *at, const float8 *parameters, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = i; j < n; j++)
		{
			at->hessian[i][j] *= parameters[i] * parameters[j];
			if (i == j)
				at->hessian[i][i] += parameters[i] * at->gradient[i];
			at->hessian[j][i] = at->hessian[i][j];
		}
	for (int i = 0; i < n; i++)
		at->gradient[i] *= parameters[i];
}

static bool
is_finite(const CxExpansion *at, int n)
{
	float8 sum = at->value;

	for (int i = 0; i < n; i++)
	{
		sum += at->gradient[i];
		for (int j = i; j < n; j++)
			sum += at->hessian[i][j];
	}
	return isfinite(sum);
}

/* Evaluates at the logarithms of parameters; false out of range. */
static bool
evaluate(CxLikelihood likelihood, void *arg, int n, const float8 *logarithms, CxExpansion *at)
{
	float8 parameters[CX_MAX_TERMS];

	CHECK_FOR_INTERRUPTS();
	for (int i = 0; i < n; i++)
	{
		if (!(fabs(logarithms[i]) <= FARTHEST))
			return false;
		parameters[i] = exp(logarithms[i]);
	}
	memset(at, 0, sizeof(*at));
	likelihood(parameters, at, arg);
	by_logarithms(at, parameters, n);
	return is_finite(at, n);
}

/*
 * Cholesky's factor of minus the Hessian with its diagonal made larger by
 * damping; false if that is not positive definite.
 */
static bool
factorise(const CxExpansion *at, int n, float8 damping, float8 factor[CX_MAX_TERMS][CX_MAX_TERMS])
{
	float8 largest = 0;

	for (int i = 0; i < n; i++)
		largest = Max(largest, fabs(at->hessian[i][i]));
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
		{
			float8 sum = -at->hessian[j][i];

			if (i == j)
				sum += damping * (fabs(at->hessian[i][i]) + 1e-6 * largest);
			for (int k = 0; k < j; k++)
				sum -= factor[i][k] * factor[j][k];
			if (i != j)
				factor[i][j] = sum / factor[j][j];
			else if (sum > 1e-14 * fabs(at->hessian[i][i]) && sum > 0)
				factor[i][i] = sqrt(sum);
			else
				return false;
		}
	return true;
}

/* Solves for the step that a factor and the right side give. */
static void
solve(float8 factor[CX_MAX_TERMS][CX_MAX_TERMS], int n, const float8 *right, float8 *step)
{
	for (int i = 0; i < n; i++)
	{
		step[i] = right[i];
		for (int k = 0; k < i; k++)
			step[i] -= factor[i][k] * step[k];
		step[i] /= factor[i][i];
	}
	for (int i = n - 1; i >= 0; i--)
	{
		for (int k = i + 1; k < n; k++)
			step[i] -= factor[k][i] * step[k];
		step[i] /= factor[i][i];
	}
}

/* What a step promises to gain by the derivatives. */
static float8
promise(const CxExpansion *at, int n, const float8 *step)
{
	float8 gain = 0;

	for (int i = 0; i < n; i++)
	{
		gain += at->gradient[i] * step[i];
		for (int j = 0; j < n; j++)
			gain += 0.5 * step[i] * step[j] * at->hessian[i][j];
	}
	return gain;
}

/* Shortens a step so that no logarithm changes too much. */
static void
shorten(float8 *step, int n)
{
	float8 longest = 0;

	for (int i = 0; i < n; i++)
		longest = Max(longest, fabs(step[i]));
	if (longest > LONGEST_STEP)
		for (int i = 0; i < n; i++)
			step[i] *= LONGEST_STEP / longest;
}

/*
 * The step to take at a damping, which is made larger until there is one; false
 * if there is none.
 */
static bool
find_step(const CxExpansion *at, int n, float8 *damping, float8 *step)
{
	float8 factor[CX_MAX_TERMS][CX_MAX_TERMS];

	while (!factorise(at, n, *damping, factor))
	{
		*damping = Max(*damping * 4, 1e-3);
		if (*damping > MOST_DAMPING)
			return false;
	}
	solve(factor, n, at->gradient, step);
	shorten(step, n);
	return true;
}

/* True when no parameter makes a difference that rounding would let through. */
static bool
is_flat(const CxExpansion *at, int n)
{
	for (int i = 0; i < n; i++)
		if (fabs(at->gradient[i]) > 1e-6 * (1 + fabs(at->value)))
			return false;
	return true;
}

/* Climbs from the logarithms given until nothing is left to gain, or nothing gains. */
static void
climb(CxLikelihood likelihood, void *arg, int n, float8 *logarithms, CxExpansion *at)
{
	float8 damping = 0;

	for (int i = 0; i < MOST_STEPS; i++)
	{
		float8 step[CX_MAX_TERMS];
		float8 trial[CX_MAX_TERMS];
		CxExpansion there;
		float8 gain;
		float8 noise = 1e-13 * fabs(at->value);
		bool finite;

		if (!find_step(at, n, &damping, step))
			return;
		gain = promise(at, n, step);
		if (gain == 0)
			return;
		for (int k = 0; k < n; k++)
			trial[k] = logarithms[k] + step[k];
		finite = evaluate(likelihood, arg, n, trial, &there);
		if (gain <= SMALL_GAIN && damping < 1e-3)
		{
			/* the last step is worth taking, as far as rounding lets it be judged */
			if (finite && there.value >= at->value - noise)
			{
				memcpy(logarithms, trial, sizeof(trial));
				*at = there;
			}
			return;
		}
		if (!finite || there.value < at->value + 1e-4 * gain - noise)
		{
			damping = Max(damping * 8, 1e-3);
			if (damping > MOST_DAMPING)
				return;
			continue;
		}
		if (there.value - at->value > 0.75 * gain)
			damping = damping < 1e-5 ? 0 : damping / 8;
		else if (there.value - at->value < 0.25 * gain)
			damping = Max(damping * 4, 1e-3);
		memcpy(logarithms, trial, sizeof(trial));
		*at = there;
	}
}

/* Standard errors of logarithms; false if the data do not tell one of them. */
static bool
log_errors(const CxExpansion *at, int n, float8 *errors)
{
	float8 factor[CX_MAX_TERMS][CX_MAX_TERMS];

	if (!factorise(at, n, 0, factor))
		return false;
	for (int i = 0; i < n; i++)
	{
		float8 unit[CX_MAX_TERMS] = {0};
		float8 column[CX_MAX_TERMS];

		unit[i] = 1;
		solve(factor, n, unit, column);
		errors[i] = sqrt(column[i]);
		if (!(errors[i] < VAGUE))
			return false;
	}
	return true;
}

/* How the climb ended; sets the standard errors if at a maximum. */
static CxFitStatus
judge(const CxExpansion *at, int n, const float8 *parameters, float8 *std_errors)
{
	float8 errors[CX_MAX_TERMS];
	float8 step[CX_MAX_TERMS];
	float8 damping = 0;

	if (!log_errors(at, n, errors))
		return is_flat(at, n) ? CX_FIT_BOUNDARY : CX_FIT_STOPPED;
	if (!find_step(at, n, &damping, step) || promise(at, n, step) > SMALL_DISTANCE)
		return CX_FIT_STOPPED;
	for (int i = 0; i < n; i++)
		std_errors[i] = parameters[i] * errors[i];
	return CX_FIT_CONVERGED;
}

/*
 * Maximises the likelihood from the parameters in *fit, which must be positive,
 * and sets all of it; the log-likelihood is minus infinity if it is not finite
 * there.
 */
void
cx_fit_positive(CxFit *fit, int terms, CxLikelihood likelihood, void *arg)
{
	float8 logarithms[CX_MAX_TERMS];
	CxExpansion at;

	for (int i = 0; i < terms; i++)
		logarithms[i] = log(fit->parameters[i]);
	fit->status = CX_FIT_STOPPED;
	fit->log_likelihood = -get_float8_infinity();
	if (!evaluate(likelihood, arg, terms, logarithms, &at))
		return;
	climb(likelihood, arg, terms, logarithms, &at);
	fit->log_likelihood = at.value;
	for (int i = 0; i < terms; i++)
		fit->parameters[i] = exp(logarithms[i]);
	fit->status = judge(&at, terms, fit->parameters, fit->std_errors);
}
