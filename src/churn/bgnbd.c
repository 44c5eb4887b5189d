/*
 * bgnbd.c
 *		BG/NBD and MBG/NBD: customers buy at a rate of their own, gamma distributed
 *		(shape r, rate alpha), and leave after a purchase with a probability of
 *		their own, beta distributed (a, b).
 *
 * BG/NBD (Fader, Hardie and Lee 2005): after a repeat purchase; who never came
 * back is alive for certain.  MBG/NBD (Batislam, Denizel and Filiztekin 2007):
 * after the first purchase too.
 *
 * The two likelihoods differ in how many of the 1 + x purchases were followed by
 * staying: x - 1 before the last one, and the first of BG/NBD does not count.
 */
#include "churn/buying.h"

#include "stats/quadrature.h"
#include "stats/special.h"

#define MOST_TERMS 300

enum
{
	R,
	ALPHA,
	A,
	B
};

/* what the likelihoods of all buyers with one frequency share */
typedef struct Shared
{
	float8 frequency;
	CxJet rate;		 /* of gamma(r + x) / gamma(r), by r */
	CxJet stayed;	 /* of gamma(b + stays) / gamma(b), by b */
	CxJet chances;	 /* of the same with a + b, by either */
	float8 log_odds; /* of leaving at the last purchase, given the stays before */
	float8 last;	 /* b + stays - 1 */
} Shared;

static void
share(Shared *shared, const float8 *p, float8 x, bool modified)
{
	float8 stays = x + modified;

	shared->frequency = x;
	shared->rate = cx_log_rising(p[R], x);
	shared->stayed = cx_log_rising(p[B], stays);
	shared->chances = cx_log_rising(p[A] + p[B], stays);
	shared->last = p[B] + stays - 1;
	shared->log_odds = stays == 0 ? 0 : log(p[A] / shared->last);
}

/* Adds a buyer: alive at age (weight 1 - gone) or gone since the last purchase. */
static inline void
add(CxExpansion *at, const float8 *p, const Shared *shared, const CxBuyer *buyer, bool modified)
{
	float8 x = buyer->frequency;
	float8 weight = buyer->weight;
	float8 rate = p[R] + x;
	float8 per_age = 1 / (p[ALPHA] + buyer->age);
	float8 log_share = -log1p(buyer->age / p[ALPHA]);
	float8 value = shared->rate.value + shared->stayed.value - shared->chances.value +
				   p[R] * log_share - (x > 0 ? x * log(p[ALPHA] + buyer->age) : 0);
	bool can_be_gone = x > 0 || modified;
	float8 gone = 0;
	float8 alive = 1;
	float8 log_ratio = 0; /* of ages: ln ((alpha + age) / (alpha + recency)) */
	float8 per_recency = 0;

	if (can_be_gone)
	{
		float8 excess;

		per_recency = 1 / (p[ALPHA] + buyer->recency);
		log_ratio = log1p((buyer->age - buyer->recency) * per_recency);
		excess = shared->log_odds + rate * log_ratio;
		if (excess > 0)
		{
			alive = exp(-excess);
			gone = 1 / (1 + alive);
			value += excess + log1p(alive);
			alive *= gone;
		}
		else
		{
			gone = exp(excess);
			alive = 1 / (1 + gone);
			value += log1p(gone);
			gone *= alive;
		}
	}
	at->value += weight * value;
	at->gradient[R] += weight * (shared->rate.first + log_share + gone * log_ratio);
	/* r / alpha - (r + x) / (alpha + time), where both may be large and close */
	at->gradient[ALPHA] += weight * (alive * per_age * (p[R] * buyer->age / p[ALPHA] - x) +
									 gone * per_recency * (p[R] * buyer->recency / p[ALPHA] - x));
	at->gradient[A] += weight * -shared->chances.first;
	at->gradient[B] += weight * (shared->stayed.first - shared->chances.first);
	at->hessian[R][R] += weight * shared->rate.second;
	at->hessian[R][ALPHA] += weight * (1 / p[ALPHA] - alive * per_age - gone * per_recency);
	at->hessian[ALPHA][ALPHA] +=
		weight * (rate * (alive * per_age * per_age + gone * per_recency * per_recency) -
				  p[R] / (p[ALPHA] * p[ALPHA]));
	at->hessian[A][A] -= weight * shared->chances.second;
	at->hessian[A][B] -= weight * shared->chances.second;
	at->hessian[B][B] += weight * (shared->stayed.second - shared->chances.second);
	if (can_be_gone)
	{
		float8 spread = weight * alive * gone;
		float8 difference[4] = {log_ratio, rate * (per_age - per_recency), 1 / p[A],
								-1 / shared->last};

		at->gradient[A] += weight * gone * difference[A];
		at->gradient[B] += weight * gone * difference[B];
		at->hessian[A][A] -= weight * gone * difference[A] * difference[A];
		at->hessian[B][B] += weight * gone * difference[B] * difference[B];
		for (int i = 0; i < 4; i++)
			for (int j = i; j < 4; j++)
				at->hessian[i][j] += spread * difference[i] * difference[j];
	}
}

static void
sum_up(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at, bool modified)
{
	Shared shared = {-1};

	for (uint32 i = 0; i < count; i++)
	{
		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (buyers[i].frequency != shared.frequency)
			share(&shared, p, buyers[i].frequency, modified);
		add(at, p, &shared, &buyers[i], modified);
	}
}

static void
bg_likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	sum_up(p, buyers, count, at, false);
}

static void
mbg_likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	sum_up(p, buyers, count, at, true);
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	static const float8 starts[][3] = {{0.3, 0.8, 2.5}, {1, 0.8, 2.5}, {4, 0.8, 2.5},
									   {0.3, 1, 20},	{1, 1, 20},	   {0.5, 0.3, 0.3}};

	if (i >= lengthof(starts))
		return false;
	p[R] = starts[i][0];
	p[ALPHA] = p[R] * cx_rate_scale(buyers, count);
	p[A] = starts[i][1];
	p[B] = starts[i][2];
	return true;
}

static float8
log_alive(const float8 *p, const CxBuyer *buyer, float8 stays)
{
	float8 excess;

	if (stays == 0)
		return 0;
	excess = log(p[A] / (p[B] + stays - 1)) +
			 (p[R] + buyer->frequency) *
				 log1p((buyer->age - buyer->recency) / (p[ALPHA] + buyer->recency));
	return -cx_log_add(0, excess);
}

static float8
bg_log_alive(const float8 *p, const CxBuyer *buyer)
{
	return log_alive(p, buyer, buyer->frequency);
}

static float8
mbg_log_alive(const float8 *p, const CxBuyer *buyer)
{
	return log_alive(p, buyer, buyer->frequency + 1);
}

/* what the expectation of one who is alive depends on */
typedef struct Expectation
{
	float8 rate;	/* r + x */
	float8 a;		/* of the beta distribution of leaving, as known by now */
	float8 b;		/* the same */
	float8 horizon; /* over alpha + age */
	float8 log_beta;
} Expectation;

/*
 * By Euler's transformation of the published hypergeometric function, where the
 * frequency stands in a denominator only; a = 1 is no special case.  False when
 * the series is long or its terms cancel out.
 */
static bool
expected_by_series(const Expectation *e, float8 *expected)
{
	float8 c = e->a + e->b - 1;
	float8 z = e->horizon / (1 + e->horizon);
	float8 log_rest = -log1p(e->horizon);
	float8 exponent = (e->a - 1) * log_rest;
	float8 first = e->a == 1 ? -log_rest : -expm1(exponent) / (e->a - 1);
	float8 term = (c - e->rate) * z;
	float8 sum = 0;
	float8 largest = fabs(term);

	for (int n = 1; n < MOST_TERMS; n++)
	{
		sum += term;
		term *= (e->a + n - 1) * (c - e->rate + n) * z / ((c + n) * (n + 1));
		largest = Max(largest, fabs(term));
		if (fabs(term) <= 1e-17 * fabs(sum))
		{
			float8 scale = exp(exponent);

			*expected = c * first - scale * sum;
			return *expected >= 1e-5 * Max(fabs(c * first), scale * largest);
		}
	}
	return false;
}

/* The integrand of the expectation by the logit of the probability of leaving. */
static float8
integrand(float8 logit, void *arg)
{
	const Expectation *e = arg;
	float8 common = -log1p(exp(-fabs(logit)));
	float8 log_p = common + Min(logit, 0);
	float8 log_rest = common - Max(logit, 0);
	float8 density = exp(e->a * log_p + e->b * log_rest - e->log_beta);
	float8 p = exp(log_p);

	if (density == 0)
		return 0;
	if (p * e->horizon < 1e-200)
		return density * e->rate * e->horizon;
	return density * -expm1(-e->rate * log1p(p * e->horizon)) / p;
}

static float8
expected_of(const float8 *p, const CxBuyer *buyer, float8 horizon, float8 stays)
{
	Expectation e = {p[R] + buyer->frequency, p[A], p[B] + stays,
					 horizon / (p[ALPHA] + buyer->age)};
	float8 expected;

	if (horizon == 0)
		return 0;
	if (e.horizon < 20 && expected_by_series(&e, &expected))
		return expected;
	e.log_beta = cx_log_gamma(e.a).value - cx_log_rising(e.b, e.a).value;
	return cx_integrate_line(integrand, &e, log(e.a / e.b), sqrt(1 / e.a + 1 / e.b));
}

static float8
bg_expected(const float8 *p, const CxBuyer *buyer, float8 horizon)
{
	return expected_of(p, buyer, horizon, buyer->frequency);
}

static float8
mbg_expected(const float8 *p, const CxBuyer *buyer, float8 horizon)
{
	return expected_of(p, buyer, horizon, buyer->frequency + 1);
}

static float8
scale_of_time(const float8 *p, const CxBuyer *buyer)
{
	return p[ALPHA] + buyer->age;
}

/* Bought so often and is alive, or would have bought as often or more and left after the last. */
static float8
probability(const float8 *p, float8 purchases, float8 horizon, float8 stays)
{
	float8 stayed = exp(cx_log_rising(p[B], stays).value - cx_log_rising(p[A] + p[B], stays).value);
	float8 total = stayed * cx_nbd_probability(p, purchases, horizon);

	if (stays > 0)
		total += stayed * p[A] / (p[B] + stays - 1) * cx_nbd_at_least(p, purchases, horizon);
	return total;
}

static float8
bg_probability(const float8 *p, float8 purchases, float8 horizon)
{
	return probability(p, purchases, horizon, purchases);
}

static float8
mbg_probability(const float8 *p, float8 purchases, float8 horizon)
{
	return probability(p, purchases, horizon, purchases + 1);
}

const CxBuyingMethods cx_bgnbd = {
	.name = "bgnbd",
	.terms = {"r", "alpha", "a", "b"},
	.check = cx_check_purchases,
	.likelihood = bg_likelihood,
	.start = start,
	.log_alive = bg_log_alive,
	.expected = bg_expected,
	.probability = bg_probability,
	.time_scale = scale_of_time,
};

const CxBuyingMethods cx_mbgnbd = {
	.name = "mbgnbd",
	.terms = {"r", "alpha", "a", "b"},
	.check = cx_check_purchases,
	.likelihood = mbg_likelihood,
	.start = start,
	.log_alive = mbg_log_alive,
	.expected = mbg_expected,
	.probability = mbg_probability,
	.time_scale = scale_of_time,
};
