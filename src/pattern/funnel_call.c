/*
 * funnel_call.c
 *		The arguments of the funnel functions, parsed once a call site.
 */
#include "pattern/funnel_call.h"

#include "catalog/pg_type.h"
#include "journey/journey.h"
#include "pattern/funnel_summary.h"

/* a funnel's arguments as a call site keeps them */
typedef struct CallFunnel
{
	MemoryContext context;
	ArrayType *steps;
	ArrayType *modes;
	bool has_within;
	Interval within;
	bool constant; /* the arguments cannot change */
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

const char *const cx_funnel_mode_names[CX_FUNNEL_MODE_COUNT] = {
	"strict_increase", "once", "strict_order", "strict_deduplication", "first"};

/* The modes named in an array; raises 22023 for others. */
static CxFunnelModes
parse_modes(ArrayType *names)
{
	CxFunnelModes modes = {0};
	bool *switches[] = {&modes.strict_increase, &modes.once, &modes.strict_order,
						&modes.strict_deduplication, &modes.first};
	CxElements elements = cx_array_elements(names, TEXTOID);

	for (int i = 0; i < elements.count; i++)
	{
		char *name = elements.nulls[i] ? NULL : TextDatumGetCString(elements.values[i]);
		int mode = 0;

		while (name != NULL && mode < CX_FUNNEL_MODE_COUNT &&
			   strcmp(name, cx_funnel_mode_names[mode]) != 0)
			mode++;
		if (name == NULL || mode == CX_FUNNEL_MODE_COUNT)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 name == NULL ? errmsg("funnel mode must not be null") :
									errmsg("unknown funnel mode: \"%.*s\"",
										   pg_mbcliplen(name, strlen(name), 80), name),
					 errhint("Known are strict_increase, once, strict_order, strict_deduplication "
							 "and first.")));
		*switches[mode] = true;
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

/* True unless a window is negative, with months of 30 days. */
bool
cx_is_window(const Interval *within)
{
	Interval zero = {0};

	return DatumGetBool(
		DirectFunctionCall2(interval_ge, PointerGetDatum(within), PointerGetDatum(&zero)));
}

/*
 * The funnel of the arguments steps, within and mode at the given positions,
 * parsed again only when they change.  NULL when steps or mode is NULL.
 */
const CxFunnel *
cx_call_funnel(FunctionCallInfo fcinfo, int position)
{
	CallFunnel *call = fcinfo->flinfo->fn_extra;
	ArrayType *steps;
	ArrayType *modes;
	Interval *within = NULL;
	MemoryContext old;

	if (call != NULL && call->constant)
		return &call->funnel;
	if (PG_ARGISNULL(position) || (PG_NARGS() > position + 2 && PG_ARGISNULL(position + 2)))
		return NULL;
	steps = PG_GETARG_ARRAYTYPE_P(position);
	if (PG_NARGS() > position + 1 && !PG_ARGISNULL(position + 1))
		within = PG_GETARG_INTERVAL_P(position + 1);
	if (within != NULL && cx_interval_is_endless(within))
		within = NULL;
	modes = PG_NARGS() > position + 2 ? PG_GETARG_ARRAYTYPE_P(position + 2) :
										construct_empty_array(TEXTOID);
	if (call != NULL && call->steps != NULL && same_array(call->steps, steps) &&
		same_array(call->modes, modes) && call->has_within == (within != NULL) &&
		(within == NULL || memcmp(&call->within, within, sizeof(Interval)) == 0))
		return &call->funnel;

	if (within != NULL && !cx_is_window(within))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("window of the funnel must not be negative"),
						errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
													   interval_out, IntervalPGetDatum(within))))));
	if (call == NULL)
	{
		call = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallFunnel));
		call->context =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx funnel", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = call;
	}
	call->steps = NULL;
	call->constant = false;
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
	cx_funnel_describe(&call->funnel);
	call->constant = true;
	for (int i = position; i < Min(PG_NARGS(), position + 3); i++)
		call->constant &= cx_argument_is_const(fcinfo, i);
	call->modes = copy_array(modes);
	call->steps = copy_array(steps);
	MemoryContextSwitchTo(old);
	return &call->funnel;
}
