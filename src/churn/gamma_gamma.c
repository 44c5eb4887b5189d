/*
 * gamma_gamma.c
 *		Gamma-Gamma: what a customer spends at a time is gamma distributed (shape p)
 *		around a mean of their own, with a rate that is gamma distributed (shape q,
 *		rate gamma) among customers.
 *
 * Fader, Hardie and Lee 2005.  Spending is taken to have nothing to do with how
 * often customers buy.
 */
#include "churn/buying.h"

#include "stats/special.h"

enum
{
	P,
	Q,
	GAMMA
};

static void
check(const CxBuyer *buyer)
{
	cx_check_whole("frequency", buyer->frequency, CX_MAX_PURCHASES);
	if (!(buyer->recency > 0 && isfinite(buyer->recency)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("monetary must be a positive finite number"),
				 errdetail("It is %g, and frequency is %g.", buyer->recency, buyer->frequency),
				 errhint("Leave out customers whose purchases are worth nothing or less: "
						 "FILTER (WHERE monetary > 0).")));
}

/* what all buyers with one frequency share */
typedef struct Shared
{
	float8 frequency;
	float8 value;	  /* of gamma functions and x */
	float8 p_first;	  /* digamma(px + q) - digamma(px) */
	float8 p_second;  /* and trigamma */
	float8 q_first;	  /* digamma(px + q) - digamma(q) */
	float8 q_second;  /* and trigamma */
	float8 trigamma;  /* of px + q */
	float8 log_count; /* ln x */
} Shared;

static void
share(Shared *shared, const float8 *p, float8 x)
{
	float8 shape = p[P] * x;
	CxJet by_p = cx_log_rising(shape, p[Q]);
	CxJet by_q = cx_log_rising(p[Q], shape);

	shared->frequency = x;
	shared->log_count = log(x);
	shared->value = by_q.value - cx_log_gamma(shape).value + shape * shared->log_count;
	shared->p_first = by_p.first;
	shared->p_second = by_p.second;
	shared->q_first = by_q.first;
	shared->q_second = by_q.second;
	shared->trigamma = cx_log_gamma(shape + p[Q]).second;
}

static void
likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	Shared shared = {-1};
	float8 gamma = p[GAMMA];

	for (uint32 i = 0; i < count; i++)
	{
		float8 x = buyers[i].frequency;
		float8 weight = buyers[i].weight;
		float8 log_mean = log(buyers[i].recency);
		float8 sum = x * buyers[i].recency + gamma;
		float8 log_sum = log(sum);
		float8 shape = p[P] * x + p[Q];

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (x != shared.frequency)
			share(&shared, p, x);
		at->value += weight * (shared.value + p[Q] * log(gamma) + (p[P] * x - 1) * log_mean -
							   shape * log_sum);
		at->gradient[P] += weight * x * (shared.p_first + log_mean + shared.log_count - log_sum);
		at->gradient[Q] += weight * (shared.q_first + log(gamma) - log_sum);
		at->gradient[GAMMA] += weight * (p[Q] / gamma - shape / sum);
		at->hessian[P][P] += weight * x * x * shared.p_second;
		at->hessian[P][Q] += weight * x * shared.trigamma;
		at->hessian[P][GAMMA] -= weight * x / sum;
		at->hessian[Q][Q] += weight * shared.q_second;
		at->hessian[Q][GAMMA] += weight * (1 / gamma - 1 / sum);
		at->hessian[GAMMA][GAMMA] += weight * (shape / (sum * sum) - p[Q] / (gamma * gamma));
	}
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	static const float8 shapes[][2] = {{1, 2}, {1, 5}, {5, 4}, {20, 4}};
	float8 weight = 0;
	float8 total = 0;

	if (i >= lengthof(shapes))
		return false;
	for (uint32 k = 0; k < count; k++)
	{
		weight += buyers[k].weight;
		total += buyers[k].weight * buyers[k].recency;
	}
	p[P] = shapes[i][0];
	p[Q] = shapes[i][1];
	p[GAMMA] = total / weight * (p[Q] - 1) / p[P];
	return true;
}

/*
 * The mean value of a purchase of one who made frequency repeat purchases worth
 * mean each; infinity if the distribution has no mean.
 */
float8
cx_gamma_gamma_mean(const float8 *p, float8 frequency, float8 mean)
{
	float8 shape = p[P] * frequency + p[Q] - 1;

	if (shape <= 0)
		return get_float8_infinity();
	if (frequency == 0)
		return p[P] * p[GAMMA] / shape;
	return p[P] * (p[GAMMA] + frequency * mean) / shape;
}

const CxBuyingMethods cx_gamma_gamma = {
	.name = "gamma_gamma",
	.terms = {"p", "q", "gamma"},
	.check = check,
	.likelihood = likelihood,
	.start = start,
};
