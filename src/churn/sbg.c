/*
 * sbg.c
 *		Shifted-beta-geometric: at the end of each period of a contract customers
 *		leave with a probability of their own, beta distributed (alpha, beta).
 *
 * Fader and Hardie 2007.
 */
#include "churn/buying.h"

#include "stats/special.h"

enum
{
	ALPHA,
	BETA
};

static void
check(const CxBuyer *buyer)
{
	cx_check_whole("duration", buyer->age, CX_MAX_PURCHASES);
	if (buyer->frequency > 0 && buyer->age == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("duration must be at least 1 for customers who left"),
						errhint("Who left at the end of the first period stayed for 1.")));
}

static void
likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	for (uint32 i = 0; i < count; i++)
	{
		float8 left = buyers[i].frequency;
		float8 renewals = buyers[i].age - left;
		float8 weight = buyers[i].weight;
		CxJet stayed = cx_log_rising(p[BETA], renewals);
		CxJet chances = cx_log_rising(p[ALPHA] + p[BETA], renewals);
		float8 per_alpha = left / p[ALPHA];
		float8 next = p[ALPHA] + p[BETA] + renewals;
		float8 per_next = left / next;

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		at->value += weight * (stayed.value - chances.value);
		if (left > 0)
			at->value += weight * log(p[ALPHA] / next);
		at->gradient[ALPHA] += weight * (per_alpha - per_next - chances.first);
		at->gradient[BETA] += weight * (stayed.first - per_next - chances.first);
		at->hessian[ALPHA][ALPHA] +=
			weight * (per_next * per_next - per_alpha * per_alpha - chances.second);
		at->hessian[ALPHA][BETA] += weight * (per_next * per_next - chances.second);
		at->hessian[BETA][BETA] += weight * (stayed.second + per_next * per_next - chances.second);
	}
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	static const float8 starts[][2] = {{0.7, 1.5}, {0.7, 5}, {2, 20}, {1, 200}};

	if (i >= lengthof(starts))
		return false;
	memcpy(p, starts[i], sizeof(starts[i]));
	return true;
}

/* The share of customers who are still there after so many periods. */
float8
cx_sbg_survival(const float8 *p, float8 periods)
{
	return exp(cx_log_rising(p[BETA], periods).value -
			   cx_log_rising(p[ALPHA] + p[BETA], periods).value);
}

/* The share that renews at the end of a period among those who are there in it. */
float8
cx_sbg_retention(const float8 *p, float8 period)
{
	return (p[BETA] + period - 1) / (p[ALPHA] + p[BETA] + period - 1);
}

/*
 * Expected renewals of one who renewed so often, each discounted by the rate from
 * the next one on, which is about to come; infinity if they have no bound.
 */
float8
cx_sbg_renewals(const float8 *p, float8 renewals, float8 discount)
{
	float8 b = p[BETA] + renewals;

	if (discount == 0)
		return p[ALPHA] > 1 ? b / (p[ALPHA] - 1) : get_float8_infinity();
	return b / (p[ALPHA] + b) * cx_hypergeometric_1(b + 1, p[ALPHA] + b + 1, 1 / (1 + discount));
}

const CxBuyingMethods cx_sbg = {
	.name = "sbg",
	.terms = {"alpha", "beta"},
	.check = check,
	.likelihood = likelihood,
	.start = start,
};
