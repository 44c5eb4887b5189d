/*
 * nbd.c
 *		NBD: everybody stays a customer and buys at a rate of their own, which is
 *		gamma distributed (shape r, rate alpha) among customers.
 *
 * Ehrenberg 1959.  The likelihood is that of the number of purchases.
 */
#include "churn/buying.h"

#include "stats/special.h"

enum
{
	R,
	ALPHA
};

/* ln x!, which does not depend on the parameters */
static float8
log_factorial(float8 x)
{
	return cx_log_gamma(x + 1).value;
}

static void
likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	float8 r = p[R];
	float8 alpha = p[ALPHA];

	for (uint32 i = 0; i < count; i++)
	{
		float8 x = buyers[i].frequency;
		float8 age = buyers[i].age;
		float8 weight = buyers[i].weight;
		CxJet rising = cx_log_rising(r, x);
		float8 log_share = -log1p(age / alpha);
		float8 sum = alpha + age;

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (age == 0)
			continue;
		at->value += weight * (rising.value - log_factorial(x) + r * log_share +
							   (x == 0 ? 0 : x * log(age / sum)));
		at->gradient[R] += weight * (rising.first + log_share);
		at->gradient[ALPHA] += weight * (r / alpha - (r + x) / sum);
		at->hessian[R][R] += weight * rising.second;
		at->hessian[R][ALPHA] += weight * (1 / alpha - 1 / sum);
		at->hessian[ALPHA][ALPHA] += weight * ((r + x) / (sum * sum) - r / (alpha * alpha));
	}
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	static const float8 shapes[] = {0.3, 1, 4};

	if (i >= lengthof(shapes))
		return false;
	p[R] = shapes[i];
	p[ALPHA] = p[R] * cx_rate_scale(buyers, count);
	return true;
}

static float8
log_alive(const float8 *p, const CxBuyer *buyer)
{
	return 0;
}

static float8
expected(const float8 *p, const CxBuyer *buyer, float8 horizon)
{
	return (p[R] + buyer->frequency) / (p[ALPHA] + buyer->age) * horizon;
}

static float8
scale_of_time(const float8 *p, const CxBuyer *buyer)
{
	return p[ALPHA] + buyer->age;
}

/* P(X(horizon) = purchases) while nobody leaves; r and alpha are the first parameters of p. */
float8
cx_nbd_probability(const float8 *p, float8 purchases, float8 horizon)
{
	if (horizon == 0)
		return purchases == 0;
	return exp(cx_log_rising(p[R], purchases).value - log_factorial(purchases) -
			   p[R] * log1p(horizon / p[ALPHA]) - purchases * log1p(p[ALPHA] / horizon));
}

/* P(X(horizon) >= purchases) */
float8
cx_nbd_at_least(const float8 *p, float8 purchases, float8 horizon)
{
	if (purchases == 0 || horizon == 0)
		return purchases == 0;
	return cx_incomplete_beta(purchases, p[R], horizon / (p[ALPHA] + horizon),
							  p[ALPHA] / (p[ALPHA] + horizon));
}

const CxBuyingMethods cx_nbd = {
	.name = "nbd",
	.terms = {"r", "alpha"},
	.check = cx_check_nbd,
	.likelihood = likelihood,
	.start = start,
	.log_alive = log_alive,
	.expected = expected,
	.probability = cx_nbd_probability,
	.time_scale = scale_of_time,
};
