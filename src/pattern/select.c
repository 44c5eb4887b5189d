/*
 * select.c
 *		Functions of a journey and a selector: counting, sums, times, and
 *		journeys of the touches that fit.
 */
#include "pattern/pattern.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "journey/scalars.h"

/* Opens a journey to look for touches that fit the selector argument. */
static bool
begin_select(FunctionCallInfo fcinfo, int argument, CxScan *scan, CxView *view)
{
	const CxProgram *program = cx_call_selector(fcinfo, argument);

	cx_view_open(view, PG_GETARG_DATUM(0));
	return cx_scan_begin(scan, program, view);
}

/* The next touch from number on that fits; false if there is none. */
static bool
next_fit(CxScan *scan, uint32 *number)
{
	for (; *number < scan->count; (*number)++)
	{
		if ((*number & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(scan, 0, *number))
			return true;
	}
	return false;
}

PG_FUNCTION_INFO_V1(cx_select_count);

/* cx.count(j, selector) */
Datum
cx_select_count(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	int32 count = 0;

	if (begin_select(fcinfo, 1, &scan, &view))
		for (uint32 i = 0; next_fit(&scan, &i); i++)
			count++;
	PG_RETURN_INT32(count);
}

PG_FUNCTION_INFO_V1(cx_select_total);

/* cx.total(j, selector): sum of value in canonical order; NULL without any value */
Datum
cx_select_total(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	CxCursor cursor;
	CxTouch touch;
	float8 total = 0;
	bool any = false;

	if (!begin_select(fcinfo, 1, &scan, &view))
		PG_RETURN_NULL();
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		if ((touch.has & CX_HAS_VALUE) == 0 || !cx_scan_fits(&scan, 0, cursor.next - 1))
			continue;
		total += touch.value;
		any = true;
	}
	if (!any)
		PG_RETURN_NULL();
	if (isinf(total))
		float_overflow_error();
	PG_RETURN_FLOAT8(total);
}

PG_FUNCTION_INFO_V1(cx_select_first_at);

/* cx.first_at(j, selector) */
Datum
cx_select_first_at(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	uint32 number = 0;

	if (!begin_select(fcinfo, 1, &scan, &view) || !next_fit(&scan, &number))
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(cx_view_time_at(&view, number));
}

PG_FUNCTION_INFO_V1(cx_select_last_at);

/* cx.last_at(j, selector) */
Datum
cx_select_last_at(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;

	if (begin_select(fcinfo, 1, &scan, &view))
		for (uint32 number = scan.count; number-- > 0;)
			if (cx_scan_fits(&scan, 0, number))
				PG_RETURN_TIMESTAMPTZ(cx_view_time_at(&view, number));
	PG_RETURN_NULL();
}

PG_FUNCTION_INFO_V1(cx_select_nth_at);

/* cx.nth_at(j, selector, n) */
Datum
cx_select_nth_at(PG_FUNCTION_ARGS)
{
	int32 n = PG_GETARG_INT32(2);
	CxView view;
	CxScan scan;

	if (n < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("n must be at least 1"),
						errdetail("It is %d.", n)));
	if (begin_select(fcinfo, 1, &scan, &view))
		for (uint32 number = 0; next_fit(&scan, &number); number++)
			if (--n == 0)
				PG_RETURN_TIMESTAMPTZ(cx_view_time_at(&view, number));
	PG_RETURN_NULL();
}

/* The journey of the touches from first to before end, all or only those that fit. */
static Datum
take_touches(CxScan *scan, uint32 first, uint32 end, bool only_fitting)
{
	CxTouches touches;
	CxCursor cursor;
	CxTouch touch;

	cx_touches_init(&touches, cx_scan_dictionary(scan), end - first);
	cx_cursor_start(&cursor, scan->view, first);
	while (cursor.next < end && cx_cursor_next(&cursor, &touch))
		if (!only_fitting || cx_scan_fits(scan, 0, cursor.next - 1))
			*cx_touches_next(&touches) = touch;
	return PointerGetDatum(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_select_filter);

/* cx.filter(j, selector) */
Datum
cx_select_filter(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	bool any = begin_select(fcinfo, 1, &scan, &view);

	return take_touches(&scan, 0, any ? scan.count : 0, true);
}

PG_FUNCTION_INFO_V1(cx_select_since);

/* cx.since(j, selector): from the first touch that fits; empty if none does */
Datum
cx_select_since(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	uint32 number = 0;

	if (!begin_select(fcinfo, 1, &scan, &view))
		number = scan.count;
	else
		next_fit(&scan, &number);
	return take_touches(&scan, number, scan.count, false);
}

PG_FUNCTION_INFO_V1(cx_select_until);

/* cx.until(j, selector): up to and including the first touch that fits; all if none does */
Datum
cx_select_until(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	uint32 number = 0;

	if (begin_select(fcinfo, 1, &scan, &view) && next_fit(&scan, &number))
		return take_touches(&scan, 0, number + 1, false);
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

PG_FUNCTION_INFO_V1(cx_select_instances);

/* cx.instances(j, gap, goal): sessions that also end with a touch that fits the goal */
Datum
cx_select_instances(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Interval *gap = PG_GETARG_INTERVAL_P(1);
	CxView view;
	CxScan scan;
	uint32 first = 0;

	cx_check_gap(gap);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_scan_begin_all(&scan, cx_call_selector(fcinfo, 2), &view);
	for (uint32 number = 0; number < scan.count; number++)
	{
		Datum instance;
		bool null = false;

		CHECK_FOR_INTERRUPTS();
		if (number + 1 < scan.count && !cx_scan_fits(&scan, 0, number) &&
			!cx_starts_session(cx_view_time_at(&view, number), cx_view_time_at(&view, number + 1),
							   gap))
			continue;
		instance = take_touches(&scan, first, number + 1, false);
		tuplestore_putvalues(result->setResult, result->setDesc, &instance, &null);
		pfree(DatumGetPointer(instance));
		first = number + 1;
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_select_time_between);

/* cx.time_between(j, a, b, which): from a touch that fits a to the next that fits b */
Datum
cx_select_time_between(PG_FUNCTION_ARGS)
{
	char *which = text_to_cstring(PG_GETARG_TEXT_PP(3));
	bool first = strcmp(which, "first") == 0;
	bool shortest = strcmp(which, "shortest") == 0;
	bool longest = strcmp(which, "longest") == 0;
	CxView view;
	CxScan from;
	CxScan to;
	int64 next = -1; /* the nearest touch behind that fits b */
	int64 best[2] = {-1, -1};

	if (!first && !shortest && !longest && strcmp(which, "last") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown choice of a time: \"%.*s\"",
							   pg_mbcliplen(which, strlen(which), 80), which),
						errhint("Known are first, last, shortest and longest.")));
	if (!begin_select(fcinfo, 1, &from, &view) ||
		!cx_scan_begin(&to, cx_call_selector(fcinfo, 2), &view))
		PG_RETURN_NULL();
	for (uint32 number = view.touch_count; number-- > 0;)
	{
		if ((number & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (next >= 0 && cx_scan_fits(&from, 0, number))
		{
			uint64 gap = (uint64) cx_view_time_at(&view, next) - cx_view_time_at(&view, number);
			uint64 known = best[0] < 0 ? 0 :
										 (uint64) cx_view_time_at(&view, best[1]) -
											 cx_view_time_at(&view, best[0]);

			/* going backwards: the last is the first seen, the first the last seen */
			if (best[0] < 0 || first || (shortest && gap <= known) || (longest && gap >= known))
			{
				best[0] = number;
				best[1] = next;
			}
		}
		if (cx_scan_fits(&to, 0, number))
			next = number;
	}
	if (best[0] < 0)
		PG_RETURN_NULL();
	return cx_time_difference(cx_view_time_at(&view, best[0]), cx_view_time_at(&view, best[1]));
}
