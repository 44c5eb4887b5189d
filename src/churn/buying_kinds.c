/*
 * buying_kinds.c
 *		What models of buying behaviour have in common: their list, and checks of
 *		what is known about a customer.
 */
#include "churn/buying.h"

/* The methods of a kind; NULL if there is none of the number. */
const CxBuyingMethods *
cx_buying_methods(uint8 kind)
{
	static const CxBuyingMethods *const methods[] = {
		NULL, &cx_nbd, &cx_bgnbd, &cx_mbgnbd, &cx_pareto_nbd, &cx_gamma_gamma, &cx_bgbb, &cx_sbg};

	return kind < lengthof(methods) ? methods[kind] : NULL;
}

/* The number of parameters. */
int
cx_buying_terms(const CxBuyingMethods *methods)
{
	int count = 0;

	while (methods->terms[count] != NULL)
		count++;
	return count;
}

/* Raises 22023 unless a number is whole, from 0 to most. */
void
cx_check_whole(const char *what, float8 number, float8 most)
{
	if (!(number >= 0 && number <= most && floor(number) == number))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a whole number from 0 to %.0f", what, most),
						errdetail("It is %g.", number)));
}

static void
check_age(const CxBuyer *buyer)
{
	if (!(buyer->age >= 0 && isfinite(buyer->age)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("age must be a finite number that is not negative"),
						errdetail("It is %g.", buyer->age)));
}

/* Raises 22023 for repeat purchases, their last and an age that cannot go together. */
void
cx_check_purchases(const CxBuyer *buyer)
{
	cx_check_whole("frequency", buyer->frequency, CX_MAX_PURCHASES);
	check_age(buyer);
	if (!(buyer->recency >= 0 && buyer->recency <= buyer->age))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("recency must be from 0 to age"),
				 errdetail("It is %g, and age is %g.", buyer->recency, buyer->age),
				 errhint("Recency is the time from the first purchase to the last, not "
						 "from the last one to now.")));
	if ((buyer->frequency > 0) != (buyer->recency > 0))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("recency must be 0 without repeat purchases, and only then"),
				 errdetail("It is %g, and frequency is %g.", buyer->recency, buyer->frequency),
				 errhint("Purchases at the time of the first are one purchase.")));
}

/* The same where the times of the purchases do not matter. */
void
cx_check_nbd(const CxBuyer *buyer)
{
	cx_check_whole("frequency", buyer->frequency, CX_MAX_PURCHASES);
	check_age(buyer);
	if (buyer->frequency > 0 && buyer->age == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("age must be positive with repeat purchases"),
						errdetail("It is 0, and frequency is %g.", buyer->frequency)));
}

/* The mean time between purchases in all ages together: where the search for alpha / r begins. */
float8
cx_rate_scale(const CxBuyer *buyers, uint32 count)
{
	float8 purchases = 0;
	float8 time = 0;

	for (uint32 i = 0; i < count; i++)
	{
		purchases += buyers[i].weight * buyers[i].frequency;
		time += buyers[i].weight * buyers[i].age;
	}
	if (time <= 0)
		return 1;
	return time / Max(purchases, 0.01);
}
