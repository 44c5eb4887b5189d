/*
 * buying_agg.c
 *		The aggregates that fit models of buying behaviour.
 */
#include "churn/buying_groups.h"

#include "libpq/pqformat.h"

#define STATE_VERSION 1
#define SAMPLE 2000 /* groups on which the search begins */

static MemoryContext
aggregate_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	return context;
}

/* A transition: adds a customer, whose weight is the argument given or 1. */
static Datum
add(FunctionCallInfo fcinfo, CxBuyingKind kind, CxBuyer buyer, int weight_argument)
{
	MemoryContext context = aggregate_context(fcinfo);
	CxBuyerGroups *groups = PG_ARGISNULL(0) ? NULL : (CxBuyerGroups *) PG_GETARG_POINTER(0);

	buyer.weight = PG_NARGS() > weight_argument ? PG_GETARG_FLOAT8(weight_argument) : 1;
	if (!(buyer.weight >= 0 && buyer.weight <= CX_MAX_WEIGHT))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("weight must be from 0 to %g", CX_MAX_WEIGHT),
						errdetail("It is %g.", buyer.weight)));
	cx_buying_methods(kind)->check(&buyer);
	/* one zero: equal numbers must have equal bytes */
	buyer.frequency += 0.0;
	buyer.recency += 0.0;
	buyer.age += 0.0;
	if (buyer.weight > 0)
	{
		if (groups == NULL)
			groups = cx_buyer_groups_new(context, kind);
		groups = cx_buyer_groups_add(groups, &buyer, 1);
	}
	if (groups == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(groups);
}

static bool
any_is_null(FunctionCallInfo fcinfo)
{
	for (int i = 1; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i))
			return true;
	return false;
}

static Datum
unchanged(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* transitions with (frequency, recency, age [, weight]) */
#define PURCHASES(name, kind) \
	PG_FUNCTION_INFO_V1(cx_##name##_add); \
	Datum cx_##name##_add(PG_FUNCTION_ARGS) \
	{ \
		CxBuyer buyer; \
\
		if (any_is_null(fcinfo)) \
			return unchanged(fcinfo); \
		buyer = (CxBuyer){PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2), PG_GETARG_FLOAT8(3), 0}; \
		return add(fcinfo, kind, buyer, 4); \
	}

PURCHASES(bgnbd, CX_BGNBD)
PURCHASES(mbgnbd, CX_MBGNBD)
PURCHASES(pareto_nbd, CX_PARETO_NBD)
PURCHASES(bgbb, CX_BGBB)

PG_FUNCTION_INFO_V1(cx_nbd_add);

/* transition of cx.nbd_agg(frequency, age [, weight]) */
Datum
cx_nbd_add(PG_FUNCTION_ARGS)
{
	CxBuyer buyer = {0};

	if (any_is_null(fcinfo))
		return unchanged(fcinfo);
	buyer.frequency = PG_GETARG_FLOAT8(1);
	buyer.age = PG_GETARG_FLOAT8(2);
	return add(fcinfo, CX_NBD, buyer, 3);
}

PG_FUNCTION_INFO_V1(cx_gamma_gamma_add);

/* transition of cx.gamma_gamma_agg(frequency, monetary [, weight]): without repeat purchases nothing is known */
Datum
cx_gamma_gamma_add(PG_FUNCTION_ARGS)
{
	CxBuyer buyer = {0};

	if (any_is_null(fcinfo) || PG_GETARG_FLOAT8(1) == 0)
		return unchanged(fcinfo);
	buyer.frequency = PG_GETARG_FLOAT8(1);
	buyer.recency = PG_GETARG_FLOAT8(2);
	return add(fcinfo, CX_GAMMA_GAMMA, buyer, 3);
}

PG_FUNCTION_INFO_V1(cx_sbg_add);

/* transition of cx.sbg_agg(duration, left [, weight]) */
Datum
cx_sbg_add(PG_FUNCTION_ARGS)
{
	CxBuyer buyer = {0};

	if (any_is_null(fcinfo))
		return unchanged(fcinfo);
	buyer.age = PG_GETARG_FLOAT8(1);
	buyer.frequency = PG_GETARG_BOOL(2);
	return add(fcinfo, CX_SBG, buyer, 3);
}

/* Adds all of a partial state. */
static CxBuyerGroups *
merge(CxBuyerGroups *groups, const CxBuyerGroups *other)
{
	if (groups->kind != other->kind)
		elog(ERROR, "partial states are of different models");
	for (uint32 i = 0; i < other->count; i++)
	{
		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		groups = cx_buyer_groups_add(groups, &other->groups[i].buyer, other->groups[i].count);
	}
	return groups;
}

PG_FUNCTION_INFO_V1(cx_buying_combine);

/* combination of partial states */
Datum
cx_buying_combine(PG_FUNCTION_ARGS)
{
	MemoryContext context = aggregate_context(fcinfo);
	CxBuyerGroups *groups;
	const CxBuyerGroups *other;

	if (PG_ARGISNULL(1))
		return unchanged(fcinfo);
	other = (const CxBuyerGroups *) PG_GETARG_POINTER(1);
	groups = PG_ARGISNULL(0) ? cx_buyer_groups_new(context, other->kind) :
							   (CxBuyerGroups *) PG_GETARG_POINTER(0);
	PG_RETURN_POINTER(merge(groups, other));
}

PG_FUNCTION_INFO_V1(cx_buying_serial);

/* partial state -> bytes */
Datum
cx_buying_serial(PG_FUNCTION_ARGS)
{
	const CxBuyerGroups *groups = (const CxBuyerGroups *) PG_GETARG_POINTER(0);
	StringInfoData out;

	aggregate_context(fcinfo);
	pq_begintypsend(&out);
	pq_sendint8(&out, STATE_VERSION);
	pq_sendint8(&out, groups->kind);
	for (uint32 i = 0; i < groups->count; i++)
	{
		const CxBuyerGroup *group = &groups->groups[i];

		if ((i & 0xffff) == 0)
			CHECK_FOR_INTERRUPTS();
		pq_sendfloat8(&out, group->buyer.frequency);
		pq_sendfloat8(&out, group->buyer.recency);
		pq_sendfloat8(&out, group->buyer.age);
		pq_sendfloat8(&out, group->buyer.weight);
		pq_sendint64(&out, group->count);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(cx_buying_deserial);

/* bytes -> partial state, checked like rows */
Datum
cx_buying_deserial(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	StringInfoData in = {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), VARSIZE_ANY_EXHDR(bytes), 0};
	const CxBuyingMethods *methods = NULL;
	CxBuyerGroups *groups;
	uint8 kind;

	aggregate_context(fcinfo);
	if (pq_getmsgbyte(&in) == STATE_VERSION)
		methods = cx_buying_methods(kind = pq_getmsgbyte(&in));
	if (methods == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported partial state of a buying model")));
	groups = cx_buyer_groups_new(CurrentMemoryContext, kind);
	while (in.cursor < in.len)
	{
		CxBuyer buyer;
		int64 count;

		buyer.frequency = pq_getmsgfloat8(&in);
		buyer.recency = pq_getmsgfloat8(&in);
		buyer.age = pq_getmsgfloat8(&in);
		buyer.weight = pq_getmsgfloat8(&in);
		count = pq_getmsgint64(&in);
		methods->check(&buyer);
		if (!(buyer.weight > 0 && buyer.weight <= CX_MAX_WEIGHT) || count <= 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
							errmsg("partial state of a buying model has an invalid weight")));
		groups = cx_buyer_groups_add(groups, &buyer, count);
	}
	PG_RETURN_POINTER(groups);
}

/* what a fit works on */
typedef struct Sample
{
	const CxBuyingMethods *methods;
	const CxBuyer *buyers;
	uint32 count;
} Sample;

static void
likelihood(const float8 *parameters, CxExpansion *at, void *arg)
{
	const Sample *sample = arg;

	sample->methods->likelihood(parameters, sample->buyers, sample->count, at);
}

static float8
likelihood_of(Sample *sample, const float8 *parameters)
{
	CxExpansion at = {0};

	likelihood(parameters, &at, sample);
	return isfinite(at.value) ? at.value : -get_float8_infinity();
}

/* The best of the model's starts. */
static void
find_start(Sample *sample, float8 *parameters)
{
	float8 most = -get_float8_infinity();
	float8 trial[CX_MAX_TERMS];

	for (int i = 0; sample->methods->start(sample->buyers, sample->count, i, trial); i++)
	{
		float8 value = likelihood_of(sample, trial);

		if (i > 0 && !(value > most))
			continue;
		most = value;
		memcpy(parameters, trial, sizeof(trial));
	}
}

/*
 * Fits a model.  Large data are searched from the maximum of a part of them,
 * groups at regular distances, so that few passes over all are needed.
 */
static void
fit_model(const CxBuyingMethods *methods, const CxBuyer *buyers, uint32 count, CxFit *fit)
{
	Sample all = {methods, buyers, count};
	int terms = cx_buying_terms(methods);

	if (count > 2 * SAMPLE)
	{
		uint32 step = count / SAMPLE;
		CxBuyer *some = cx_palloc_array(CxBuyer, count / step + 1);
		Sample part = {methods, some, 0};
		CxFit first = {0};

		for (uint32 i = step / 2; i < count; i += step)
			some[part.count++] = buyers[i];
		find_start(&part, first.parameters);
		memcpy(fit->parameters, first.parameters, sizeof(fit->parameters));
		cx_fit_positive(&first, terms, likelihood, &part);
		if (first.status == CX_FIT_CONVERGED)
			memcpy(fit->parameters, first.parameters, sizeof(fit->parameters));
		pfree(some);
	}
	else
		find_start(&all, fit->parameters);
	cx_fit_positive(fit, terms, likelihood, &all);
}

PG_FUNCTION_INFO_V1(cx_buying_fit);

/* final function of all: fits the model */
Datum
cx_buying_fit(PG_FUNCTION_ARGS)
{
	const CxBuyerGroups *groups;
	CxBuyingModel *model;
	CxBuyer *buyers;
	uint32 count;
	CxFit fit = {0};

	aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	groups = (const CxBuyerGroups *) PG_GETARG_POINTER(0);
	buyers = cx_buyer_groups_sorted(groups, &count);
	fit_model(cx_buying_methods(groups->kind), buyers, count, &fit);
	if (!isfinite(fit.log_likelihood))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("likelihood is out of range"),
				 errhint("Use a unit of time in which ages are not so large or small.")));
	model = cx_buying_model_new(groups->kind, fit.parameters);
	model->status = fit.status;
	memcpy(model->std_errors, fit.std_errors, sizeof(model->std_errors));
	model->log_likelihood = fit.log_likelihood + 0.0;
	for (uint32 i = 0; i < count; i++)
		model->observations += buyers[i].weight;
	pfree(buyers);
	PG_RETURN_POINTER(model);
}
