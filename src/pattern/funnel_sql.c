/*
 * funnel_sql.c
 *		The funnel functions of one journey.
 */
#include "pattern/funnel.h"

#include "catalog/pg_type.h"
#include "journey/journey.h"
#include "pattern/pattern.h"
#include "utils/array.h"

/* a funnel's arguments as a call site keeps them */
typedef struct CallFunnel
{
	MemoryContext context;
	ArrayType *steps;
	ArrayType *modes;
	bool has_within;
	Interval within;
	CxFunnel funnel;
} CallFunnel;

static bool
same_array(const ArrayType *a, const ArrayType *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

static ArrayType *
copy_array(const ArrayType *array)
{
	ArrayType *copy = palloc(VARSIZE(array));

	memcpy(copy, array, VARSIZE(array));
	return copy;
}

/* The modes named in an array; raises 22023 for others. */
static CxFunnelModes
parse_modes(ArrayType *names)
{
	CxFunnelModes modes = {0};
	CxElements elements = cx_array_elements(names, TEXTOID);

	for (int i = 0; i < elements.count; i++)
	{
		char *name = elements.nulls[i] ? NULL : TextDatumGetCString(elements.values[i]);

		if (name != NULL && strcmp(name, "strict_increase") == 0)
			modes.strict_increase = true;
		else if (name != NULL && strcmp(name, "once") == 0)
			modes.once = true;
		else if (name != NULL && strcmp(name, "strict_order") == 0)
			modes.strict_order = true;
		else if (name != NULL && strcmp(name, "strict_deduplication") == 0)
			modes.strict_deduplication = true;
		else if (name != NULL && strcmp(name, "first") == 0)
			modes.first = true;
		else
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 name == NULL ? errmsg("funnel mode must not be null") :
									errmsg("unknown funnel mode: \"%.*s\"",
										   pg_mbcliplen(name, strlen(name), 80), name),
					 errhint("Known are strict_increase, once, strict_order, strict_deduplication "
							 "and first.")));
	}
	return modes;
}

/* The program of the steps: without the first one nothing is reached. */
static CxProgram *
parse_steps(ArrayType *array)
{
	CxProgram *program = cx_parse_steps(array, "funnel");

	program->required_count = 1;
	program->required = palloc0(sizeof(int));
	cx_program_list_names(program);
	return program;
}

/*
 * The funnel of the arguments steps, within and mode at the given positions,
 * parsed again only when they change.  NULL when steps or mode is NULL.
 */
static const CxFunnel *
call_funnel(FunctionCallInfo fcinfo, int position)
{
	CallFunnel *call = fcinfo->flinfo->fn_extra;
	ArrayType *steps;
	ArrayType *modes;
	Interval *within;
	MemoryContext old;

	if (PG_ARGISNULL(position) || PG_ARGISNULL(position + 2))
		return NULL;
	steps = PG_GETARG_ARRAYTYPE_P(position);
	within = PG_ARGISNULL(position + 1) ? NULL : PG_GETARG_INTERVAL_P(position + 1);
	modes = PG_GETARG_ARRAYTYPE_P(position + 2);
	if (call != NULL && call->steps != NULL && same_array(call->steps, steps) &&
		same_array(call->modes, modes) && call->has_within == (within != NULL) &&
		(within == NULL || memcmp(&call->within, within, sizeof(Interval)) == 0))
		return &call->funnel;

	if (within != NULL)
	{
		Interval zero = {0};

		if (DatumGetBool(DirectFunctionCall2(interval_lt, IntervalPGetDatum(within),
											 IntervalPGetDatum(&zero))))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("window of the funnel must not be negative"),
					 errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
													interval_out, IntervalPGetDatum(within))))));
	}
	if (call == NULL)
	{
		call = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallFunnel));
		call->context =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx funnel", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = call;
	}
	call->steps = NULL;
	MemoryContextReset(call->context);
	old = MemoryContextSwitchTo(call->context);
	call->has_within = within != NULL;
	if (within != NULL)
		call->within = *within;
	call->funnel.within = within == NULL ? NULL : &call->within;
	cx_funnel_set_window(&call->funnel);
	call->funnel.modes = parse_modes(modes);
	call->funnel.program = parse_steps(copy_array(steps));
	call->funnel.steps = call->funnel.program->selector_count;
	call->modes = copy_array(modes);
	call->steps = copy_array(steps);
	MemoryContextSwitchTo(old);
	return &call->funnel;
}

PG_FUNCTION_INFO_V1(cx_funnel);

/* cx.funnel(j, steps, within, mode): the number of leading steps reached */
Datum
cx_funnel(PG_FUNCTION_ARGS)
{
	const CxFunnel *funnel = call_funnel(fcinfo, 1);
	CxView view;
	CxScan scan;

	if (PG_ARGISNULL(0) || funnel == NULL)
		PG_RETURN_NULL();
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&scan, funnel->program, &view))
		PG_RETURN_INT32(0);
	PG_RETURN_INT32(cx_funnel_reached(funnel, &scan));
}

PG_FUNCTION_INFO_V1(cx_funnel_stop);

/* cx.funnel_stop(j, steps, within, mode): why the best chain did not go on */
Datum
cx_funnel_stop(PG_FUNCTION_ARGS)
{
	const CxFunnel *funnel = call_funnel(fcinfo, 1);
	CxView view;
	CxScan scan;
	CxFunnelWalk walk;
	CxInstant instant = {0};
	const char *why = "no_event";

	if (PG_ARGISNULL(0) || funnel == NULL)
		PG_RETURN_NULL();
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_scan_begin(&scan, funnel->program, &view);
	cx_walk_begin(&walk, funnel, &scan);
	while (!walk.over && cx_next_instant(&scan, &instant))
		cx_walk_instant(&walk, &instant);
	if (walk.reached == funnel->steps)
		why = "completed";
	else if (walk.interrupted)
		why = "interrupted";
	else if (walk.window_over)
		why = "window_over";
	PG_RETURN_TEXT_P(cstring_to_text(why));
}

PG_FUNCTION_INFO_V1(cx_funnel_times_of);

/* cx.funnel_times(j, steps, within, mode): when the best chain reached each of its steps */
Datum
cx_funnel_times_of(PG_FUNCTION_ARGS)
{
	const CxFunnel *funnel = call_funnel(fcinfo, 1);
	CxView view;
	CxScan scan;
	TimestampTz *times;
	Datum *values;
	int count = 0;

	if (PG_ARGISNULL(0) || funnel == NULL)
		PG_RETURN_NULL();
	cx_view_open(&view, PG_GETARG_DATUM(0));
	times = cx_palloc_array(TimestampTz, funnel->steps);
	if (cx_scan_begin(&scan, funnel->program, &view))
		count = cx_funnel_times(funnel, &scan, times);
	values = cx_palloc_array(Datum, funnel->steps);
	for (int i = 0; i < count; i++)
		values[i] = TimestampTzGetDatum(times[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, count, TIMESTAMPTZOID, sizeof(TimestampTz),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
