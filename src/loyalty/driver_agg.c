/*
 * driver_agg.c
 *		The aggregates that make cx.driver_summary, and cx.with_names.
 */
#include "loyalty/driver.h"
#include "stats/summary.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

/* The aggregate's state, its first argument, as one that can be changed; NULL if there is none. */
static CxDriverSummary *
state_of(FunctionCallInfo fcinfo)
{
	CxDriverSummary *state;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	state = (CxDriverSummary *) PG_GETARG_VARLENA_P(0);
	return state->growing ? state : cx_driver_merge(NULL, cx_driver_read(PointerGetDatum(state)));
}

/* Raises what an array of drivers must not be. */
static int
count_drivers(ArrayType *array)
{
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	if (ARR_NDIM(array) > 1 || (count > 0 && ARR_LBOUND(array)[0] != 1))
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("array must have one dimension that begins with 1"),
						errdetail("Element k is driver k.")));
	if (count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("array of drivers is empty"),
				 errhint("Put NULL where a driver is not known.")));
	if (count > CX_MAX_DRIVERS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many drivers"),
				 errdetail("There are %d; at most %d are possible.", count, CX_MAX_DRIVERS)));
	return count;
}

/* Copies the elements of an array without bounds; false if one is not known. */
static bool
read_drivers(ArrayType *array, int count, float8 *row)
{
	if (ARR_HASNULL(array) && array_contains_nulls(array))
		return false;
	memcpy(row, ARR_DATA_PTR(array), count * sizeof(float8));
	for (int i = 0; i < count; i++)
		if (!isfinite(row[i]))
			return false;
	return true;
}

/* Adds a row whose drivers are the argument with this number and whose outcome, if any, is argument 1. */
static Datum
add_row(FunctionCallInfo fcinfo, bool outcome)
{
	CxDriverSummary *state = state_of(fcinfo);
	int argument = outcome ? 2 : 1;
	float8 row[CX_MAX_DRIVERS + 1];
	bool complete = !PG_ARGISNULL(argument);

	if (state == NULL)
		state = cx_driver_new(true, outcome, 0, NULL, 0);
	if (complete)
	{
		ArrayType *array = PG_GETARG_ARRAYTYPE_P(argument);
		int drivers = count_drivers(array);

		state = cx_driver_set_drivers(state, drivers);
		complete = read_drivers(array, drivers, row + outcome);
	}
	if (outcome)
	{
		complete = complete && !PG_ARGISNULL(1) && isfinite(PG_GETARG_FLOAT8(1));
		row[0] = complete ? PG_GETARG_FLOAT8(1) : 0;
	}
	if (complete)
		cx_driver_add(state, row);
	else
		state->incomplete++;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_driver_add_outcome);

/* transition of cx.driver_agg(outcome, drivers) */
Datum
cx_driver_add_outcome(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, true);
}

PG_FUNCTION_INFO_V1(cx_driver_add_items);

/* transition of cx.item_agg(items) and cx.cronbach_alpha(items) */
Datum
cx_driver_add_items(PG_FUNCTION_ARGS)
{
	return add_row(fcinfo, false);
}

PG_FUNCTION_INFO_V1(cx_driver_combine);

/* combination of partial states; transition of cx.rollup(cx.driver_summary) */
Datum
cx_driver_combine(PG_FUNCTION_ARGS)
{
	CxDriverSummary *state = state_of(fcinfo);

	if (!PG_ARGISNULL(1))
		state = cx_driver_merge(state, cx_driver_read(PG_GETARG_DATUM(1)));
	if (state == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_driver_final);

/* final function of all that give a summary */
Datum
cx_driver_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_driver_pack(cx_driver_read(PG_GETARG_DATUM(0))));
}

/* The text of a name, which must not be there already. */
static char *
check_name(Datum element, bool null, char **others, int count)
{
	char *name;

	if (null)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("name must not be NULL"),
						errdetail("It is the name of driver %d.", count + 1)));
	name = TextDatumGetCString(element);
	if (name[0] == '\0' || strlen(name) > CX_MAX_DRIVER_NAME)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("name must have 1 to %d bytes", CX_MAX_DRIVER_NAME),
						errdetail("The name of driver %d has %zu.", count + 1, strlen(name))));
	for (int i = 0; i < count; i++)
		if (strcmp(name, others[i]) == 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("name is given twice: \"%s\"", name)));
	return name;
}

PG_FUNCTION_INFO_V1(cx_driver_with_names);

/* cx.with_names(summary, names) */
Datum
cx_driver_with_names(PG_FUNCTION_ARGS)
{
	CxDriverSummary *summary = cx_driver_read(PG_GETARG_DATUM(0));
	ArrayType *array = PG_GETARG_ARRAYTYPE_P(1);
	StringInfoData names;
	Datum *elements;
	bool *nulls;
	char **texts;
	int count;
	CxDriverSummary *named;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("array of names must have one dimension")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	if (count != summary->drivers)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("there must be a name for each driver"),
						errdetail("There are %d names and %u drivers.", count, summary->drivers)));
	texts = cx_palloc_array(char *, count);
	initStringInfo(&names);
	for (int i = 0; i < count; i++)
	{
		texts[i] = check_name(elements[i], nulls[i], texts, i);
		appendBinaryStringInfo(&names, texts[i], strlen(texts[i]) + 1);
	}
	summary = cx_driver_pack(summary);
	named = cx_driver_new(false, summary->outcome, count, names.data, names.len);
	named->observations = summary->observations;
	named->incomplete = summary->incomplete;
	memcpy(named->numbers, summary->numbers,
		   cx_driver_names(summary) - (const char *) summary->numbers);
	PG_RETURN_POINTER(named);
}
