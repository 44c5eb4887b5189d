/*
 * buying_score.c
 *		What a model of buying behaviour says about a customer.
 *
 * All are functions of the model and the customer alone: a customer's score does
 * not depend on who else is scored.
 */
#include "churn/buying.h"

#include "stats/quadrature.h"
#include "utils/timestamp.h"

#define MOST_AHEAD 1e6	  /* opportunities */
#define NEGLIGIBLE 50.0	  /* e^-50 of a discounted value */
#define WIDEST_SPAN 2.0	  /* of the integral below, in the logarithm of time */
#define STEEPEST_SPAN 6.0 /* and in the exponent of the discount */
#define DAYS_PER_YEAR_MEAN 365.2425

pg_noreturn static void
does_not_tell(const CxBuyingMethods *methods, const char *what)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("model \"%s\" does not tell %s", methods->name, what)));
}

/* A model of purchases that is an argument. */
static const CxBuyingModel *
purchases_argument(FunctionCallInfo fcinfo, int argument, const CxBuyingMethods **methods)
{
	const CxBuyingModel *model = cx_buying_argument(fcinfo, argument, methods);

	if ((*methods)->expected == NULL)
		does_not_tell(*methods, "about purchases");
	return model;
}

/* A customer: arguments frequency, recency and age from one on. */
static CxBuyer
buyer_argument(FunctionCallInfo fcinfo, int argument, const CxBuyingMethods *methods)
{
	CxBuyer buyer = {PG_GETARG_FLOAT8(argument), PG_GETARG_FLOAT8(argument + 1),
					 PG_GETARG_FLOAT8(argument + 2), 1};

	methods->check(&buyer);
	return buyer;
}

static void
check_horizon(const CxBuyingMethods *methods, float8 horizon)
{
	if (methods->discrete)
		cx_check_whole("horizon", horizon, MOST_AHEAD);
	if (!(horizon >= 0 && isfinite(horizon)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("horizon must be a finite number that is not negative"),
						errdetail("It is %g.", horizon)));
}

static void
check_discount(float8 discount)
{
	if (!(discount >= 0 && isfinite(discount)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("discount must be a finite number that is not negative"),
						errdetail("It is %g.", discount),
						errhint("0.1 means that a unit of time makes money worth 10 percent less; "
								"cx.discount_rate gives it for an annual rate.")));
}

/* Returns a number; NULL where it is too large to be one. */
#define RETURN_FINITE(number) \
	do \
	{ \
		float8 finite_ = (number); \
		if (!isfinite(finite_)) \
			PG_RETURN_NULL(); \
		PG_RETURN_FLOAT8(finite_); \
	} while (0)

PG_FUNCTION_INFO_V1(cx_p_alive);

/* cx.p_alive(model, frequency, recency, age) */
Datum
cx_p_alive(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	CxBuyer buyer = buyer_argument(fcinfo, 1, methods);

	PG_RETURN_FLOAT8(exp(methods->log_alive(model->estimates, &buyer)));
}

PG_FUNCTION_INFO_V1(cx_log_p_alive);

/* cx.log_p_alive(model, frequency, recency, age) */
Datum
cx_log_p_alive(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	CxBuyer buyer = buyer_argument(fcinfo, 1, methods);

	RETURN_FINITE(methods->log_alive(model->estimates, &buyer));
}

PG_FUNCTION_INFO_V1(cx_buyer_log_likelihood);

/* cx.log_likelihood(model, frequency, recency, age) */
Datum
cx_buyer_log_likelihood(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	CxBuyer buyer = buyer_argument(fcinfo, 1, methods);
	CxExpansion at = {0};

	methods->likelihood(model->estimates, &buyer, 1, &at);
	RETURN_FINITE(at.value);
}

/* Expected purchases of a customer. */
static float8
expected_purchases(const CxBuyingModel *model, const CxBuyingMethods *methods, const CxBuyer *buyer,
				   float8 horizon)
{
	return exp(methods->log_alive(model->estimates, buyer)) *
		   methods->expected(model->estimates, buyer, horizon);
}

PG_FUNCTION_INFO_V1(cx_expected_purchases);

/* cx.expected_purchases(model, horizon, frequency, recency, age) */
Datum
cx_expected_purchases(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	CxBuyer buyer = buyer_argument(fcinfo, 2, methods);

	check_horizon(methods, PG_GETARG_FLOAT8(1));
	RETURN_FINITE(expected_purchases(model, methods, &buyer, PG_GETARG_FLOAT8(1)));
}

PG_FUNCTION_INFO_V1(cx_expected_purchases_new);

/* cx.expected_purchases(model, horizon): repeat purchases of a customer who has just come */
Datum
cx_expected_purchases_new(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	CxBuyer buyer = {0, 0, 0, 1};

	check_horizon(methods, PG_GETARG_FLOAT8(1));
	RETURN_FINITE(expected_purchases(model, methods, &buyer, PG_GETARG_FLOAT8(1)));
}

PG_FUNCTION_INFO_V1(cx_purchase_probability);

/* cx.purchase_probability(model, purchases, horizon) */
Datum
cx_purchase_probability(PG_FUNCTION_ARGS)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	float8 purchases = PG_GETARG_FLOAT8(1);
	float8 horizon = PG_GETARG_FLOAT8(2);

	cx_check_whole("number of purchases", purchases, CX_MAX_PURCHASES);
	if (methods->discrete)
		cx_check_whole("horizon", horizon, CX_MAX_OPPORTUNITIES);
	check_horizon(methods, horizon);
	PG_RETURN_FLOAT8(Min(methods->probability(model->estimates, purchases, horizon), 1));
}

/*
 * Purchases of one who is alive, each discounted from its time, by integration by
 * parts: what is expected by each time is a smooth function of its logarithm.
 */
static float8
discounted_alive(const CxBuyingModel *model, const CxBuyingMethods *methods, const CxBuyer *buyer,
				 float8 horizon, float8 force)
{
	const float8 *p = model->estimates;
	float8 scale = methods->time_scale(p, buyer);
	float8 total = 0;
	float8 from = 0;

	if (force == 0)
		return methods->expected(p, buyer, horizon);
	while (from < horizon && force * from < NEGLIGIBLE)
	{
		float8 width = Min(WIDEST_SPAN, log1p(STEEPEST_SPAN / (force * (scale + from))));
		float8 half = Min(width, log1p((horizon - from) / (scale + from))) / 2;

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < 2 * CX_GAUSS_POINTS; i++)
		{
			float8 point = cx_gauss_point[i / 2];
			float8 later = (scale + from) * expm1(half * (i % 2 == 0 ? 1 - point : 1 + point));

			total += cx_gauss_weight[i / 2] * half * (scale + from + later) * force *
					 exp(-force * (from + later)) * methods->expected(p, buyer, from + later);
		}
		from = 2 * half < width ? horizon : from + (scale + from) * expm1(width);
	}
	if (isfinite(horizon))
		total += exp(-force * horizon) * methods->expected(p, buyer, horizon);
	return total;
}

/* The arguments of a model, horizon (NULL: for ever), discount and customer: discounted purchases. */
static float8
discounted_arguments(FunctionCallInfo fcinfo, int horizon_argument)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = purchases_argument(fcinfo, 0, &methods);
	float8 horizon = get_float8_infinity();
	float8 discount = PG_GETARG_FLOAT8(horizon_argument + 1);
	CxBuyer buyer = buyer_argument(fcinfo, horizon_argument + 2, methods);
	float8 alive = exp(methods->log_alive(model->estimates, &buyer));

	check_discount(discount);
	if (!PG_ARGISNULL(horizon_argument))
	{
		horizon = PG_GETARG_FLOAT8(horizon_argument);
		check_horizon(methods, horizon);
	}
	else if (discount == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("discount must be positive without a horizon")));
	if (methods->discrete)
		return alive * cx_bgbb_discounted(model->estimates, &buyer, horizon, discount);
	return alive * discounted_alive(model, methods, &buyer, horizon, log1p(discount));
}

/* True when an argument other than the one that may be NULL is. */
static bool
any_is_null_but(FunctionCallInfo fcinfo, int optional)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (i != optional && PG_ARGISNULL(i))
			return true;
	return false;
}

PG_FUNCTION_INFO_V1(cx_discounted_purchases);

/* cx.discounted_purchases(model, horizon, discount, frequency, recency, age) */
Datum
cx_discounted_purchases(PG_FUNCTION_ARGS)
{
	if (any_is_null_but(fcinfo, 1))
		PG_RETURN_NULL();
	RETURN_FINITE(discounted_arguments(fcinfo, 1));
}

/* The expected value of a purchase by the arguments of a model, frequency and monetary; infinity for none. */
static float8
value_arguments(FunctionCallInfo fcinfo, int model_argument, int frequency_argument,
				int monetary_argument)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, model_argument, &methods);
	CxBuyer buyer = {PG_GETARG_FLOAT8(frequency_argument)};

	if (methods != &cx_gamma_gamma)
		does_not_tell(methods, "about the value of purchases");
	cx_check_whole("frequency", buyer.frequency, CX_MAX_PURCHASES);
	if (buyer.frequency == 0)
		return cx_gamma_gamma_mean(model->estimates, 0, 0);
	if (PG_ARGISNULL(monetary_argument))
		return get_float8_infinity();
	buyer.recency = PG_GETARG_FLOAT8(monetary_argument);
	methods->check(&buyer);
	return cx_gamma_gamma_mean(model->estimates, buyer.frequency, buyer.recency);
}

PG_FUNCTION_INFO_V1(cx_expected_value);

/* cx.expected_value(model, frequency, monetary) */
Datum
cx_expected_value(PG_FUNCTION_ARGS)
{
	if (any_is_null_but(fcinfo, 2))
		PG_RETURN_NULL();
	RETURN_FINITE(value_arguments(fcinfo, 0, 1, 2));
}

PG_FUNCTION_INFO_V1(cx_customer_value);

/* cx.customer_value(purchases, spending, horizon, discount, frequency, recency, age, monetary) */
Datum
cx_customer_value(PG_FUNCTION_ARGS)
{
	float8 value;

	for (int i = 0; i < 7; i++)
		if (i != 2 && PG_ARGISNULL(i))
			PG_RETURN_NULL();
	value = value_arguments(fcinfo, 1, 4, 7);
	if (isinf(value))
		PG_RETURN_NULL();
	RETURN_FINITE(value * discounted_arguments(fcinfo, 2));
}

/* A model of contracts that is an argument. */
static const CxBuyingModel *
contract_argument(FunctionCallInfo fcinfo)
{
	const CxBuyingMethods *methods;
	const CxBuyingModel *model = cx_buying_argument(fcinfo, 0, &methods);

	if (methods != &cx_sbg)
		does_not_tell(methods, "about contracts");
	return model;
}

PG_FUNCTION_INFO_V1(cx_sbg_survival_at);

/* cx.survival_at(model, periods) */
Datum
cx_sbg_survival_at(PG_FUNCTION_ARGS)
{
	const CxBuyingModel *model = contract_argument(fcinfo);

	cx_check_whole("number of periods", PG_GETARG_FLOAT8(1), CX_MAX_PURCHASES);
	PG_RETURN_FLOAT8(cx_sbg_survival(model->estimates, PG_GETARG_FLOAT8(1)));
}

PG_FUNCTION_INFO_V1(cx_sbg_retention_rate);

/* cx.retention_rate(model, period) */
Datum
cx_sbg_retention_rate(PG_FUNCTION_ARGS)
{
	const CxBuyingModel *model = contract_argument(fcinfo);
	float8 period = PG_GETARG_FLOAT8(1);

	cx_check_whole("period", period, CX_MAX_PURCHASES);
	if (period < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("period must be at least 1")));
	PG_RETURN_FLOAT8(cx_sbg_retention(model->estimates, period));
}

PG_FUNCTION_INFO_V1(cx_expected_renewals);

/* cx.expected_renewals(model, renewals, discount) */
Datum
cx_expected_renewals(PG_FUNCTION_ARGS)
{
	const CxBuyingModel *model = contract_argument(fcinfo);

	cx_check_whole("number of renewals", PG_GETARG_FLOAT8(1), CX_MAX_PURCHASES);
	check_discount(PG_GETARG_FLOAT8(2));
	RETURN_FINITE(cx_sbg_renewals(model->estimates, PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2)));
}

PG_FUNCTION_INFO_V1(cx_discount_rate);

/* cx.discount_rate(annual, unit): the rate a unit of time */
Datum
cx_discount_rate(PG_FUNCTION_ARGS)
{
	float8 annual = PG_GETARG_FLOAT8(0);
	Interval *unit = PG_GETARG_INTERVAL_P(1);
	float8 years = unit->month / (float8) MONTHS_PER_YEAR +
				   (unit->day + unit->time / (float8) USECS_PER_DAY) / DAYS_PER_YEAR_MEAN;

	check_discount(annual);
	if (years <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unit must be a positive interval")));
	RETURN_FINITE(expm1(log1p(annual) * years));
}
