/*
 * health.c
 *		A weighted health score of what is known, how much that is, and why the
 *		score is what it is.
 */
#include "cx.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"

/* the components of a customer at one time */
typedef struct Health
{
	int count;
	float8 *values; /* 0 to 100; NAN when not known */
	const float8 *weights;
	float8 known; /* weight of what is known */
	float8 all;	  /* all weight */
	float8 score; /* NAN when nothing is known */
} Health;

static int
count_elements(ArrayType *array, const char *what)
{
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("array of %s must have one dimension", what)));
	return ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static void
check_count(int count, int wanted, const char *what)
{
	if (count != wanted)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there must be as many %s as weights", what),
						errdetail("There are %d, and %d weights.", count, wanted)));
}

/* Reads the weights, which give the number of components. */
static Health
read_weights(ArrayType *array)
{
	Health health = {.count = count_elements(array, "weights"),
					 .weights = (const float8 *) ARR_DATA_PTR(array),
					 .score = NAN};

	if (ARR_HASNULL(array) && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("weight must not be NULL")));
	for (int i = 0; i < health.count; i++)
	{
		if (!isfinite(health.weights[i]) || health.weights[i] < 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("weight must be a finite number from 0 on"),
							errdetail("Weight %d is %g.", i + 1, health.weights[i])));
		health.all += health.weights[i];
	}
	if (isinf(health.all * 100))
		float_overflow_error();
	if (health.count > 0 && health.all == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("weights must not all be zero")));
	return health;
}

/* Reads the values of the components, and scores them. */
static void
read_values(Health *health, ArrayType *array)
{
	Datum *elements;
	bool *nulls;
	float8 sum = 0;

	check_count(count_elements(array, "components"), health->count, "components");
	deconstruct_array(array, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &elements,
					  &nulls, &health->count);
	health->values = cx_palloc_array(float8, health->count);
	health->known = 0;
	for (int i = 0; i < health->count; i++)
	{
		float8 value = nulls[i] ? NAN : DatumGetFloat8(elements[i]);

		if (!nulls[i] && isnan(value))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("component must not be NaN"),
					 errdetail("It is component %d.", i + 1),
					 errhint("Say NULL for what is not known.")));
		health->values[i] = nulls[i] ? NAN : Max(0, Min(100, value));
		health->known += nulls[i] ? 0 : health->weights[i];
	}
	for (int i = 0; i < health->count; i++)
		if (!isnan(health->values[i]))
			sum += health->values[i] * health->weights[i];
	health->score = health->known > 0 ? Min(sum / health->known, 100) : NAN;
}

static Health
read_health(FunctionCallInfo fcinfo)
{
	Health health = read_weights(PG_GETARG_ARRAYTYPE_P(1));

	read_values(&health, PG_GETARG_ARRAYTYPE_P(0));
	return health;
}

PG_FUNCTION_INFO_V1(cx_health);

/* cx.health(components, weights, min_coverage) */
Datum
cx_health(PG_FUNCTION_ARGS)
{
	Health health = read_health(fcinfo);
	float8 least = PG_GETARG_FLOAT8(2);

	if (!(least >= 0 && least <= 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("min_coverage must be from 0 to 1"), errdetail("It is %g.", least)));
	/* sums of weights such as 0.1 may miss the bound by their rounding */
	if (isnan(health.score) || health.known / health.all < least * (1 - 1e-12))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(health.score);
}

PG_FUNCTION_INFO_V1(cx_health_coverage);

/* cx.health_coverage(components, weights) */
Datum
cx_health_coverage(PG_FUNCTION_ARGS)
{
	Health health = read_health(fcinfo);

	if (health.count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(health.known / health.all);
}

/* The part of all known weight that a component has; 0 when it is not known. */
static float8
share_of(const Health *health, int i)
{
	return isnan(health->values[i]) || health->known == 0 ? 0 : health->weights[i] / health->known;
}

/* What a component adds to the score. */
static float8
contribution_of(const Health *health, int i)
{
	return isnan(health->values[i]) || health->known == 0 ?
			   0 :
			   health->values[i] * health->weights[i] / health->known;
}

static void
put(Datum *values, bool *nulls, int column, float8 number)
{
	nulls[column] = !isfinite(number);
	if (!nulls[column])
		values[column] = Float8GetDatum(number + 0.0);
}

/*
 * Sets why the score changed by a component: because its value did, at its mean
 * share, and because its share did, which lifts the score if the component is
 * above its mean.  Over all components both add up to the change of the score.
 */
static void
put_change(const Health *now, const Health *before, int i, Datum *values, bool *nulls)
{
	float8 share = share_of(now, i);
	float8 share_before = share_of(before, i);
	float8 value = isnan(now->values[i]) ? before->values[i] : now->values[i];
	float8 value_before = isnan(before->values[i]) ? value : before->values[i];
	float8 middle = (now->score + before->score) / 2;
	float8 by_value = (share + share_before) / 2 * (value - value_before);
	float8 by_share = (share - share_before) * ((value + value_before) / 2 - middle);

	/* never known: no part in it */
	if (isnan(value) && !isnan(middle))
		by_value = by_share = 0;
	put(values, nulls, 0, by_value + by_share);
	put(values, nulls, 1, isnan(middle) ? NAN : by_value);
	put(values, nulls, 2, by_share);
}

PG_FUNCTION_INFO_V1(cx_health_explain);

/* cx.health_explain(names, components, weights, before): a row a component */
Datum
cx_health_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Health now;
	Health before;
	Datum *names;
	bool *name_nulls;
	int count;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	now = before = read_weights(PG_GETARG_ARRAYTYPE_P(2));
	check_count(count_elements(PG_GETARG_ARRAYTYPE_P(0), "names"), now.count, "names");
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT, &names,
					  &name_nulls, &count);
	read_values(&now, PG_GETARG_ARRAYTYPE_P(1));
	if (!PG_ARGISNULL(3))
		read_values(&before, PG_GETARG_ARRAYTYPE_P(3));
	for (int i = 0; i < now.count; i++)
	{
		Datum values[10];
		bool nulls[10] = {false};

		CHECK_FOR_INTERRUPTS();
		if (name_nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("name must not be NULL"),
					 errdetail("It is the name of component %d.", i + 1)));
		values[0] = names[i];
		put(values, nulls, 1, now.values[i]);
		put(values, nulls, 2, now.weights[i]);
		put(values, nulls, 3, share_of(&now, i));
		put(values, nulls, 4, contribution_of(&now, i));
		put(values, nulls, 5, PG_ARGISNULL(3) ? NAN : before.values[i]);
		put(values, nulls, 6, PG_ARGISNULL(3) ? NAN : contribution_of(&before, i));
		if (PG_ARGISNULL(3))
			nulls[7] = nulls[8] = nulls[9] = true;
		else
			put_change(&now, &before, i, &values[7], &nulls[7]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
