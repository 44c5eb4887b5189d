/*
 * bgbb.c
 *		BG/BB: at each of a number of opportunities customers buy with a probability
 *		of their own, beta distributed (alpha, beta), and before it leave with one,
 *		beta distributed too (gamma, delta).
 *
 * Fader, Hardie and Shang 2010.  A customer was there at all n opportunities, or
 * left before one of those after the last purchase: a sum of n - recency + 1 cases.
 */
#include "churn/buying.h"

#include "stats/special.h"

#define MOST_OPPORTUNITIES_AHEAD 10000000

enum
{
	ALPHA,
	BETA,
	GAMMA,
	DELTA
};

/* rising factorials of the parameters for all lengths */
typedef struct Tables
{
	CxJet *bought;	  /* of alpha */
	CxJet *skipped;	  /* beta */
	CxJet *chances;	  /* alpha + beta */
	CxJet *stayed;	  /* delta */
	CxJet *decisions; /* gamma + delta */
} Tables;

static void
check(const CxBuyer *buyer)
{
	cx_check_whole("number of opportunities", buyer->age, CX_MAX_OPPORTUNITIES);
	cx_check_whole("recency", buyer->recency, buyer->age);
	cx_check_whole("frequency", buyer->frequency, buyer->recency);
	if (buyer->frequency == 0 && buyer->recency > 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("recency must be 0 without repeat purchases"),
						errdetail("It is %g.", buyer->recency),
						errhint("Recency is the number of the last opportunity with a purchase.")));
}

static CxJet *
table(float8 z, float8 most)
{
	CxJet *jets = cx_palloc_array(CxJet, (Size) most + 1);

	for (int n = 0; n <= most; n++)
		jets[n] = cx_log_rising(z, n);
	return jets;
}

static Tables
tables_of(const float8 *p, float8 most)
{
	Tables tables;

	tables.bought = table(p[ALPHA], most);
	tables.skipped = table(p[BETA], most);
	tables.chances = table(p[ALPHA] + p[BETA], most);
	tables.stayed = table(p[DELTA], most);
	tables.decisions = table(p[GAMMA] + p[DELTA], most + 1);
	return tables;
}

static void
free_tables(Tables *tables)
{
	pfree(tables->bought);
	pfree(tables->skipped);
	pfree(tables->chances);
	pfree(tables->stayed);
	pfree(tables->decisions);
}

/* ln of the chance to have seen this and to have left after opportunity last; all: or to be there */
static inline float8
log_case(const Tables *t, const float8 *p, const CxBuyer *buyer, int last, bool all)
{
	int skips = last - (int) buyer->frequency;
	float8 value = t->skipped[skips].value - t->chances[last].value + t->stayed[last].value;

	return all ? value - t->decisions[last].value :
				 value + log(p[GAMMA]) - t->decisions[last + 1].value;
}

/* ln of the sum of all cases. */
static float8
log_cases(const Tables *t, const float8 *p, const CxBuyer *buyer)
{
	float8 sum = log_case(t, p, buyer, buyer->age, true);

	for (int last = buyer->recency; last < buyer->age; last++)
		sum = cx_log_add(sum, log_case(t, p, buyer, last, false));
	return sum;
}

/* Adds a buyer's part of the likelihood. */
static void
add_buyer(CxExpansion *at, const float8 *p, const Tables *t, const CxBuyer *buyer)
{
	float8 total = log_cases(t, p, buyer);
	float8 mean[4] = {0};
	float8 square[4][4] = {{0}};
	const CxJet *bought = &t->bought[(int) buyer->frequency];
	float8 weight = buyer->weight;

	for (int last = buyer->recency; last <= buyer->age; last++)
	{
		bool all = last == buyer->age;
		float8 share = exp(log_case(t, p, buyer, last, all) - total);
		const CxJet *skipped = &t->skipped[last - (int) buyer->frequency];
		const CxJet *chances = &t->chances[last];
		const CxJet *stayed = &t->stayed[last];
		const CxJet *decisions = &t->decisions[last + !all];
		float8 left = all ? 0 : 1 / p[GAMMA];
		float8 d[4] = {-chances->first, skipped->first - chances->first, left - decisions->first,
					   stayed->first - decisions->first};

		for (int i = 0; i < 4; i++)
		{
			mean[i] += share * d[i];
			for (int j = i; j < 4; j++)
				square[i][j] += share * d[i] * d[j];
		}
		square[ALPHA][ALPHA] -= share * chances->second;
		square[ALPHA][BETA] -= share * chances->second;
		square[BETA][BETA] += share * (skipped->second - chances->second);
		square[GAMMA][GAMMA] -= share * (left * left + decisions->second);
		square[GAMMA][DELTA] -= share * decisions->second;
		square[DELTA][DELTA] += share * (stayed->second - decisions->second);
	}
	at->value += weight * (bought->value + total);
	at->gradient[ALPHA] += weight * bought->first;
	at->hessian[ALPHA][ALPHA] += weight * bought->second;
	for (int i = 0; i < 4; i++)
	{
		at->gradient[i] += weight * mean[i];
		for (int j = i; j < 4; j++)
			at->hessian[i][j] += weight * (square[i][j] - mean[i] * mean[j]);
	}
}

static void
likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	float8 most = 0;
	Tables tables;

	for (uint32 i = 0; i < count; i++)
		most = Max(most, buyers[i].age);
	tables = tables_of(p, most);
	for (uint32 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_buyer(at, p, &tables, &buyers[i]);
	}
	free_tables(&tables);
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	static const float8 starts[][4] = {
		{1, 1, 0.7, 3}, {0.5, 2, 1, 10}, {3, 3, 1, 5}, {0.3, 0.3, 0.3, 1}};

	if (i >= lengthof(starts))
		return false;
	memcpy(p, starts[i], sizeof(starts[i]));
	return true;
}

/* Posterior: there at all opportunities, and not leaving before the next one. */
static float8
log_alive(const float8 *p, const CxBuyer *buyer)
{
	Tables tables = tables_of(p, buyer->age);
	float8 all = log_case(&tables, p, buyer, buyer->age, true);
	float8 stays = (p[DELTA] + buyer->age) / (p[GAMMA] + p[DELTA] + buyer->age);
	float8 result = all - log_cases(&tables, p, buyer) + log(stays);

	free_tables(&tables);
	return result;
}

/*
 * Expected purchases of one who will be there at the next opportunity, each
 * discounted by a rate an opportunity; the horizon may be infinite.
 */
float8
cx_bgbb_discounted(const float8 *p, const CxBuyer *buyer, float8 horizon, float8 rate)
{
	float8 buys = (p[ALPHA] + buyer->frequency) / (p[ALPHA] + p[BETA] + buyer->age);
	float8 there = 1 / (1 + rate);
	float8 sum = 0;

	for (int64 i = 1; i <= horizon && there > 1e-17 * sum; i++)
	{
		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (i > MOST_OPPORTUNITIES_AHEAD)
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("discounted sum is out of range"),
							errhint("Use a larger discount rate, or a horizon.")));
		sum += there;
		there *= (p[DELTA] + buyer->age + i) / (p[GAMMA] + p[DELTA] + buyer->age + i) / (1 + rate);
	}
	return buys * sum;
}

static float8
expected(const float8 *p, const CxBuyer *buyer, float8 horizon)
{
	return cx_bgbb_discounted(p, buyer, horizon, 0);
}

static float8
probability(const float8 *p, float8 purchases, float8 horizon)
{
	Tables tables;
	float8 sum = 0;
	CxBuyer buyer = {purchases, 0, horizon, 1};
	float8 log_ways = 0; /* ln of the ways to choose purchases among last opportunities */

	if (purchases > horizon)
		return 0;
	tables = tables_of(p, horizon);
	for (int last = purchases; last <= horizon; last++)
	{
		if (last > purchases)
			log_ways += log(last / (last - purchases));
		sum += exp(log_ways + tables.bought[(int) purchases].value +
				   log_case(&tables, p, &buyer, last, last == horizon));
	}
	free_tables(&tables);
	return sum;
}

const CxBuyingMethods cx_bgbb = {
	.name = "bgbb",
	.terms = {"alpha", "beta", "gamma", "delta"},
	.check = check,
	.likelihood = likelihood,
	.start = start,
	.log_alive = log_alive,
	.expected = expected,
	.probability = probability,
	.discrete = true,
};
