/*
 * conformance_sql.c
 *		cx.conformance: a journey against an ideal path.
 */
#include "flow/conformance.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "journey/journey.h"
#include "pattern/pattern.h"
#include "utils/datum.h"

/* an ideal path as a call site keeps it */
typedef struct CallPath
{
	MemoryContext context;
	Datum steps; /* 0: none yet */
	CxProgram *program;
} CallPath;

/* The program of an ideal path, steps in reverse as the aligner wants them. */
static CxProgram *
parse_path(ArrayType *steps)
{
	CxProgram *program = cx_parse_steps(steps, "ideal path");
	int count = program->selector_count;

	for (int i = 0; i < count / 2; i++)
	{
		const CxSelector *selector = program->selectors[i];

		program->selectors[i] = program->selectors[count - 1 - i];
		program->selectors[count - 1 - i] = selector;
	}
	cx_program_list_names(program);
	return program;
}

/* The program of the argument ideal, parsed again only when that changes. */
static const CxProgram *
call_path(FunctionCallInfo fcinfo, ArrayType *steps)
{
	CallPath *call = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	if (call != NULL && call->steps != 0 &&
		datumIsEqual(call->steps, PointerGetDatum(steps), false, -1))
		return call->program;
	if (call == NULL)
	{
		call = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(CallPath));
		call->context =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx ideal path", ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = call;
	}
	call->steps = 0;
	MemoryContextReset(call->context);
	old = MemoryContextSwitchTo(call->context);
	call->program = parse_path(steps);
	call->steps = datumCopy(PointerGetDatum(steps), false, -1);
	MemoryContextSwitchTo(old);
	return call->program;
}

static Datum
text_array(Datum *values, int count)
{
	return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The steps that no touch stands for, as they were written. */
static Datum
skipped_steps(ArrayType *steps, const CxConformance *found)
{
	CxElements elements = cx_array_elements(steps, TEXTOID);
	int count = 0;

	for (int i = 0; i < elements.count; i++)
		if (!found->taken[i])
			elements.values[count++] = elements.values[i];
	return text_array(elements.values, count);
}

/* The touchpoints that no step admits. */
static Datum
unexpected_touchpoints(const CxView *view, const CxConformance *found)
{
	CxSpan *labels = cx_palloc_array(CxSpan, view->label_count);
	Datum *values = cx_palloc_array(Datum, found->surprise_count);

	cx_view_labels(view, labels);
	for (uint32 i = 0; i < found->surprise_count; i++)
		values[i] = PointerGetDatum(cx_span_text(&labels[found->surprises[i]]));
	return text_array(values, found->surprise_count);
}

PG_FUNCTION_INFO_V1(cx_conformance);

/* cx.conformance(j, ideal) */
Datum
cx_conformance(PG_FUNCTION_ARGS)
{
	ArrayType *steps = PG_GETARG_ARRAYTYPE_P(1);
	const CxProgram *program = call_path(fcinfo, steps);
	CxView view;
	CxScan scan;
	CxConformance found;
	TupleDesc columns;
	Datum values[6];
	bool nulls[6] = {false};

	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_scan_begin_all(&scan, program, &view);
	cx_conform(&scan, &found);
	values[0] =
		Float8GetDatum(2.0 * found.aligned / ((float8) view.touch_count + program->selector_count));
	values[1] = skipped_steps(steps, &found);
	values[2] = unexpected_touchpoints(&view, &found);
	values[3] = Int32GetDatum(found.out_of_order);
	values[4] = Int32GetDatum(found.repeated);
	values[5] = Int32GetDatum(found.aligned);
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls));
}
