/*
 * driver_summary.c
 *		The value cx.driver_summary: growing, merging, packing, checking.
 */
#include "loyalty/driver.h"

#include "stats/summary.h"

#define VERSION 1

StaticAssertDecl(offsetof(CxDriverSummary, numbers) == 32, "numbers are found by this offset");

static int
count_of_numbers(int variables, bool growing)
{
	return 2 * variables + cx_driver_place(variables, 0) * (growing ? 2 : 1);
}

static Size
size_of(bool growing, bool outcome, int drivers, uint32 names_size)
{
	int variables = drivers == 0 ? 0 : drivers + outcome;

	return add_size(offsetof(CxDriverSummary, numbers) +
						count_of_numbers(variables, growing) * sizeof(float8),
					names_size);
}

/* An empty summary, in the current context. */
CxDriverSummary *
cx_driver_new(bool growing, bool outcome, int drivers, const char *names, uint32 names_size)
{
	Size size = size_of(growing, outcome, drivers, names_size);
	CxDriverSummary *summary = palloc0(size);

	SET_VARSIZE(summary, size);
	summary->version = VERSION;
	summary->growing = growing;
	summary->outcome = outcome;
	summary->drivers = drivers;
	summary->names_size = names_size;
	if (names_size > 0)
		memcpy((char *) cx_driver_names(summary), names, names_size);
	return summary;
}

/* The names, one behind the other. */
const char *
cx_driver_names(const CxDriverSummary *summary)
{
	return (const char *) (summary->numbers +
						   count_of_numbers(cx_driver_variables(summary), summary->growing));
}

/* The name of a driver, counted from 0: what was given, or x and its number. */
char *
cx_driver_name(const CxDriverSummary *summary, int driver)
{
	const char *name = cx_driver_names(summary);

	if (summary->names_size == 0)
		return psprintf("x%d", driver + 1);
	while (driver-- > 0)
		name += strlen(name) + 1;
	return pstrdup(name);
}

/* True when there are as many names as drivers. */
static bool
names_are_sound(const CxDriverSummary *summary)
{
	const char *name = cx_driver_names(summary);
	const char *end = name + summary->names_size;

	if (summary->names_size == 0)
		return true;
	for (int i = 0; i < summary->drivers; i++)
	{
		size_t length = name < end ? strnlen(name, end - name) : 0;

		if (length == 0 || length > CX_MAX_DRIVER_NAME || name + length == end)
			return false;
		name += length + 1;
	}
	return name == end;
}

static bool
is_sound(const CxDriverSummary *summary, Size size)
{
	int variables;

	if (size < offsetof(CxDriverSummary, numbers) || summary->version != VERSION ||
		summary->growing > 1 || summary->outcome > 1 || summary->reserved != 0 ||
		summary->drivers > CX_MAX_DRIVERS || summary->observations < 0 || summary->incomplete < 0 ||
		size_of(summary->growing, summary->outcome, summary->drivers, summary->names_size) != size)
		return false;
	if (summary->drivers == 0 && (summary->observations > 0 || summary->names_size > 0))
		return false;
	variables = cx_driver_variables(summary);
	for (int i = 0; i < count_of_numbers(variables, summary->growing); i++)
		if (!isfinite(summary->numbers[i]))
			return false;
	for (int i = 0; i < variables; i++)
		if (cx_driver_products(summary)[cx_driver_place(i, i)] < 0)
			return false;
	return names_are_sound(summary);
}

/* A stored value or state, checked; raises XX001 when it is none. */
CxDriverSummary *
cx_driver_read(Datum value)
{
	CxDriverSummary *summary = (CxDriverSummary *) PG_DETOAST_DATUM(value);

	if (!is_sound(summary, VARSIZE(summary)))
		cx_summary_corrupt(CX_DRIVER_TYPE);
	return summary;
}

/* Adds to a sum of two numbers and gathers what the first cannot hold in the second. */
static inline void
add_to(float8 *sum, float8 *rest, float8 number)
{
	float8 total = *sum + number;
	float8 back = total - *sum;

	*rest += (*sum - (total - back)) + (number - back);
	*sum = total;
}

/* Moves as much as fits from the second number of a sum to the first. */
static inline void
settle(float8 *sum, float8 *rest)
{
	float8 total = *sum + *rest;

	*rest -= total - *sum;
	*sum = total;
}

/*
 * Adds factor times the products of deviations.  No product is larger than
 * those on the diagonal, so only these are checked for overflow.
 */
static void
add_products(CxDriverSummary *state, const float8 *deviations, float8 factor)
{
	float8 *products = cx_driver_products(state);
	float8 *rests = cx_driver_product_rests(state);
	int variables = cx_driver_variables(state);

	for (int i = 0; i < variables; i++)
	{
		float8 deviation = deviations[i] * factor;
		int row = cx_driver_place(i, 0);

		for (int j = 0; j <= i; j++)
			add_to(&products[row + j], &rests[row + j], deviation * deviations[j]);
		if (unlikely(!isfinite(products[row + i])))
			float_overflow_error();
	}
}

static void
count(int64 *counter, int64 number)
{
	if (unlikely(pg_add_s64_overflow(*counter, number, counter)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("count of a summary is out of range")));
}

/* Adds a complete row of finite numbers to a state; raises 22003 when squares overflow. */
void
cx_driver_add(CxDriverSummary *state, const float8 *row)
{
	float8 deviations[CX_MAX_DRIVERS + 1];
	float8 *means = cx_driver_means(state);
	float8 *rests = cx_driver_mean_rests(state);
	int variables = cx_driver_variables(state);
	float8 n;

	count(&state->observations, 1);
	n = state->observations;
	for (int i = 0; i < variables; i++)
	{
		deviations[i] = (row[i] - means[i]) - rests[i];
		if (unlikely(isinf(deviations[i])))
			float_overflow_error();
		add_to(&means[i], &rests[i], deviations[i] / n);
		settle(&means[i], &rests[i]);
	}
	add_products(state, deviations, (n - 1) / n);
}

/* A copy of a state with that many drivers and these names. */
static CxDriverSummary *
enlarge(const CxDriverSummary *state, int drivers, const char *names, uint32 names_size)
{
	CxDriverSummary *copy = cx_driver_new(true, state->outcome, drivers, names, names_size);

	copy->observations = state->observations;
	copy->incomplete = state->incomplete;
	memcpy(copy->numbers, state->numbers,
		   count_of_numbers(cx_driver_variables(state), true) * sizeof(float8));
	return copy;
}

/* A state for rows with that many drivers: the same, or a copy if it knew of none yet. */
CxDriverSummary *
cx_driver_set_drivers(CxDriverSummary *state, int drivers)
{
	if (state->drivers == 0)
		return enlarge(state, drivers, NULL, 0);
	if (state->drivers != drivers)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("rows have different numbers of drivers"),
						errdetail("One has %d, another %d.", Min((int) state->drivers, drivers),
								  Max((int) state->drivers, drivers)),
						errhint("Put NULL where a driver is not known.")));
	return state;
}

/* Adds the numbers of another summary with as many drivers. */
static void
merge_numbers(CxDriverSummary *state, const CxDriverSummary *other)
{
	float8 deviations[CX_MAX_DRIVERS + 1];
	int variables = cx_driver_variables(state);
	float8 own = state->observations;
	float8 all;

	count(&state->observations, other->observations);
	if (own == 0 || other->observations == 0)
	{
		if (own == 0)
			memcpy(state->numbers, other->numbers,
				   count_of_numbers(variables, other->growing) * sizeof(float8));
		return;
	}
	all = state->observations;
	for (int i = 0; i < variables; i++)
	{
		float8 *mean = &cx_driver_means(state)[i];
		float8 *rest = &cx_driver_mean_rests(state)[i];

		deviations[i] =
			(cx_driver_means(other)[i] - *mean) + (cx_driver_mean_rests(other)[i] - *rest);
		if (unlikely(isinf(deviations[i])))
			float_overflow_error();
		add_to(mean, rest, deviations[i] * (other->observations / all));
		settle(mean, rest);
	}
	for (int i = 0; i < cx_driver_place(variables, 0); i++)
	{
		add_to(&cx_driver_products(state)[i], &cx_driver_product_rests(state)[i],
			   cx_driver_products(other)[i]);
		if (other->growing)
			cx_driver_product_rests(state)[i] += cx_driver_product_rests(other)[i];
	}
	add_products(state, deviations, own * (other->observations / all));
}

/*
 * Adds a summary to a state, or to nothing; the result is a copy if there was
 * nothing or no room.
 */
CxDriverSummary *
cx_driver_merge(CxDriverSummary *state, const CxDriverSummary *other)
{
	const char *names = cx_driver_names(other);

	if (state == NULL)
		state = cx_driver_new(true, other->outcome, other->drivers, names, other->names_size);
	if (state->outcome != other->outcome)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine a summary with an outcome and one without"),
						errhint("One comes from cx.driver_agg, the other from cx.item_agg.")));
	if (other->drivers > 0)
		state = cx_driver_set_drivers(state, other->drivers);
	if (other->names_size > 0)
	{
		if (state->names_size == 0)
			state = enlarge(state, state->drivers, names, other->names_size);
		else if (state->names_size != other->names_size ||
				 memcmp(cx_driver_names(state), names, other->names_size) != 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("cannot combine summaries with different names")));
	}
	count(&state->incomplete, other->incomplete);
	if (state->drivers > 0 && other->drivers > 0)
		merge_numbers(state, other);
	return state;
}

/* A copy without rests of products: what is stored. */
CxDriverSummary *
cx_driver_pack(const CxDriverSummary *summary)
{
	CxDriverSummary *packed = cx_driver_new(false, summary->outcome, summary->drivers,
											cx_driver_names(summary), summary->names_size);
	int variables = cx_driver_variables(summary);

	packed->observations = summary->observations;
	packed->incomplete = summary->incomplete;
	/* adding zero makes a negative zero a positive one */
	for (int i = 0; i < 2 * variables; i++)
		packed->numbers[i] = summary->numbers[i] + 0.0;
	for (int i = 0; i < cx_driver_place(variables, 0); i++)
	{
		packed->numbers[2 * variables + i] = cx_driver_products(summary)[i] + 0.0;
		if (summary->growing)
			cx_driver_products(packed)[i] += cx_driver_product_rests(summary)[i];
	}
	return packed;
}
