/*
 * funnel_sql.c
 *		The funnel functions of one journey.
 */
#include "pattern/attempts.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "journey/journey.h"
#include "pattern/funnel_call.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(cx_funnel);

/* cx.funnel(j, steps, within, mode): the number of leading steps reached */
Datum
cx_funnel(PG_FUNCTION_ARGS)
{
	const CxFunnel *funnel = cx_call_funnel(fcinfo, 1);
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
	const CxFunnel *funnel = cx_call_funnel(fcinfo, 1);
	CxView view;
	CxScan scan;
	CxFunnelWalk walk;
	const char *why = "no_event";

	if (PG_ARGISNULL(0) || funnel == NULL)
		PG_RETURN_NULL();
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_scan_begin_all(&scan, funnel->program, &view);
	cx_walk_begin(&walk, funnel, &scan);
	cx_walk_all(&walk);
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
	const CxFunnel *funnel = cx_call_funnel(fcinfo, 1);
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

PG_FUNCTION_INFO_V1(cx_funnel_attempts);

/* cx.funnel_attempts(j, steps, within, mode, as_of): one attempt after the other */
Datum
cx_funnel_attempts(PG_FUNCTION_ARGS)
{
	static const char *const states[] = {"completed", "pending", "dropped"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const CxFunnel *funnel = cx_call_funnel(fcinfo, 1);
	TimestampTz as_of;
	CxView view;
	CxScan scan;
	CxAttempts attempts;
	CxAttempt attempt;
	MemoryContext scratch;
	uint32 *touches;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || funnel == NULL)
		return (Datum) 0;
	if (!PG_ARGISNULL(4))
	{
		as_of = PG_GETARG_TIMESTAMPTZ(4);
		cx_check_as_of(as_of);
	}
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&scan, funnel->program, &view))
		return (Datum) 0;
	if (!PG_ARGISNULL(4))
		cx_scan_cut(&scan, as_of);
	cx_attempts_begin(&attempts, funnel, &scan, PG_ARGISNULL(4) ? NULL : &as_of);
	touches = cx_palloc_array(uint32, funnel->steps);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "cx attempt", ALLOCSET_DEFAULT_SIZES);
	for (int number = 1; cx_next_attempt(&attempts, &attempt); number++)
	{
		uint32 count = cx_attempt_touches(&attempts, &attempt, touches);
		MemoryContext old = MemoryContextSwitchTo(scratch);
		Datum values[6] = {Int32GetDatum(number),
						   TimestampTzGetDatum(attempt.start.at),
						   TimestampTzGetDatum(attempt.ended_at),
						   Int32GetDatum(attempt.reached),
						   CStringGetTextDatum(states[attempt.state]),
						   PointerGetDatum(cx_touches_pick(&view, touches, count))};
		bool nulls[6] = {false};

		MemoryContextSwitchTo(old);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		MemoryContextReset(scratch);
	}
	return (Datum) 0;
}
