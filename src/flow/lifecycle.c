/*
 * lifecycle.c
 *		In which periods of the calendar a journey is active.
 */
#include "flow/calendar.h"
#include "pattern/pattern.h"

#include "funcapi.h"

/* a journey's rows of cx.lifecycle */
typedef struct Lifecycle
{
	CxPeriods periods;
	TimestampTz as_of;
	ReturnSetInfo *result;
} Lifecycle;

/* Adds a row for a period, unless it is not over yet; tells whether it is. */
static bool
put_period(Lifecycle *lifecycle, int64 number, const char *state)
{
	Datum values[2];
	bool nulls[2] = {false, false};

	if (cx_period_start(&lifecycle->periods, number + 1) > lifecycle->as_of)
		return false;
	values[0] = DateADTGetDatum(cx_period_date(&lifecycle->periods, number));
	values[1] = CStringGetTextDatum(state);
	tuplestore_putvalues(lifecycle->result->setResult, lifecycle->result->setDesc, values, nulls);
	pfree(DatumGetPointer(values[1]));
	return true;
}

PG_FUNCTION_INFO_V1(cx_lifecycle);

/* cx.lifecycle(j, period, as_of, zone): a row a period, active or the first that is not */
Datum
cx_lifecycle(PG_FUNCTION_ARGS)
{
	Lifecycle lifecycle = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	CxPeriods *periods = &lifecycle.periods;
	CxView view;
	int64 last = -1; /* the last active period */
	TimestampTz next;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return (Datum) 0;
	lifecycle.as_of = cx_as_of(fcinfo, 2);
	cx_periods_open(periods, PG_GETARG_TEXT_PP(3), PG_GETARG_INTERVAL_P(1), true);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		return (Datum) 0;
	next = cx_view_time_at(&view, 0);
	cx_periods_begin(periods, next);
	for (uint32 i = 0; i < view.touch_count; i++)
	{
		TimestampTz at = cx_view_time_at(&view, i);
		int64 number;
		const char *state = "new";

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (at < next)
			continue;
		number = cx_period_of(periods, at, PG_INT32_MAX);
		if (last >= 0)
		{
			state = number == last + 1 ? "returning" : "resurrecting";
			if (number > last + 1)
				put_period(&lifecycle, last + 1, "dormant");
		}
		last = number;
		if (!put_period(&lifecycle, number, state))
			return (Datum) 0;
		next = cx_period_start(periods, number + 1);
	}
	put_period(&lifecycle, last + 1, "dormant");
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_active_periods);

/* cx.active_periods(j, selector, period, starts_at, ends_at, zone): in how many a touch fits */
Datum
cx_active_periods(PG_FUNCTION_ARGS)
{
	TimestampTz next = PG_ARGISNULL(3) ? DT_NOBEGIN : PG_GETARG_TIMESTAMPTZ(3);
	TimestampTz end = PG_ARGISNULL(4) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(4);
	CxPeriods periods;
	CxView view;
	CxScan scan;
	int32 count = 0;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(5))
		PG_RETURN_NULL();
	cx_periods_open(&periods, PG_GETARG_TEXT_PP(5), PG_GETARG_INTERVAL_P(2), true);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&scan, cx_call_selector(fcinfo, 1), &view))
		PG_RETURN_INT32(0);
	for (uint32 i = 0; i < scan.count; i++)
	{
		TimestampTz at = cx_view_time_at(&view, i);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (at >= end)
			break;
		if (at < next || !cx_scan_fits(&scan, 0, i))
			continue;
		if (count++ == 0)
			cx_periods_begin(&periods, at);
		next = cx_period_start(&periods, cx_period_of(&periods, at, PG_INT32_MAX) + 1);
	}
	PG_RETURN_INT32(count);
}

PG_FUNCTION_INFO_V1(cx_cohort_start);

/* cx.cohort_start(j, anchor, period, zone): the first day of the period in which the anchor lies */
Datum
cx_cohort_start(PG_FUNCTION_ARGS)
{
	CxPeriods periods;
	CxView view;
	CxScan scan;

	cx_periods_open(&periods, PG_GETARG_TEXT_PP(3), PG_GETARG_INTERVAL_P(2), true);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (cx_scan_begin(&scan, cx_call_selector(fcinfo, 1), &view))
		for (uint32 i = 0; i < scan.count; i++)
		{
			if ((i & 1023) == 0)
				CHECK_FOR_INTERRUPTS();
			if (!cx_scan_fits(&scan, 0, i))
				continue;
			cx_periods_begin(&periods, cx_view_time_at(&view, i));
			PG_RETURN_DATEADT(cx_period_date(&periods, 0));
		}
	PG_RETURN_NULL();
}
