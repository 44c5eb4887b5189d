/*
 * ask.c
 *		Questions to a journey with a pattern: does it match, where, what came
 *		before and after.
 */
#include "pattern/pattern.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "journey/scalars.h"

/* Opens a journey and matches a program's selectors against its symbols. */
static bool
begin_scan(FunctionCallInfo fcinfo, CxScan *scan, CxView *view)
{
	const CxProgram *program = cx_call_program(fcinfo, 1);

	cx_view_open(view, PG_GETARG_DATUM(0));
	return cx_scan_begin(scan, program, view);
}

PG_FUNCTION_INFO_V1(cx_pattern_matches);

/* journey @@ pattern */
Datum
cx_pattern_matches(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;

	PG_RETURN_BOOL(begin_scan(fcinfo, &scan, &view) && cx_scan_exists(&scan));
}

/* The leftmost match with the earliest end at or behind *start; false if there is none. */
static bool
next_match(const CxScan *scan, const int64 *ends, uint32 *start)
{
	while (*start < scan->count && ends[*start] == CX_NO_MATCH)
		(*start)++;
	return *start < scan->count;
}

PG_FUNCTION_INFO_V1(cx_pattern_match_count);

/* cx.match_count(j, p): matches that do not overlap */
Datum
cx_pattern_match_count(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	int64 *ends;
	int32 count = 0;

	if (!begin_scan(fcinfo, &scan, &view))
		PG_RETURN_INT32(0);
	ends = cx_scan_ends(&scan);
	for (uint32 start = 0; next_match(&scan, ends, &start); start = ends[start] + 1)
		count++;
	PG_RETURN_INT32(count);
}

PG_FUNCTION_INFO_V1(cx_pattern_match);

/* cx.match(j, p): the touches of the first match; NULL if there is none */
Datum
cx_pattern_match(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	int64 *ends;
	uint32 start = 0;
	uint32 *path;

	if (!begin_scan(fcinfo, &scan, &view))
		PG_RETURN_NULL();
	ends = cx_scan_ends(&scan);
	if (!next_match(&scan, ends, &start))
		PG_RETURN_NULL();
	path = cx_palloc_array(uint32, ends[start] - start + 1);
	return PointerGetDatum(
		cx_touches_pick(&view, path, cx_scan_path(&scan, start, ends[start], path)));
}

PG_FUNCTION_INFO_V1(cx_pattern_match_set);

/* cx.matches(j, p): all matches that do not overlap */
Datum
cx_pattern_match_set(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext scratch;
	MemoryContext old;
	CxView view;
	CxScan scan;
	int64 *ends;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (!begin_scan(fcinfo, &scan, &view))
		return (Datum) 0;
	ends = cx_scan_ends(&scan);
	scratch = AllocSetContextCreate(CurrentMemoryContext, "cx match", ALLOCSET_DEFAULT_SIZES);
	for (uint32 start = 0; next_match(&scan, ends, &start); start = ends[start] + 1)
	{
		uint32 *path;
		Datum match;
		bool null = false;

		CHECK_FOR_INTERRUPTS();
		old = MemoryContextSwitchTo(scratch);
		path = cx_palloc_array(uint32, ends[start] - start + 1);
		match = PointerGetDatum(
			cx_touches_pick(&view, path, cx_scan_path(&scan, start, ends[start], path)));
		MemoryContextSwitchTo(old);
		tuplestore_putvalues(result->setResult, result->setDesc, &match, &null);
		MemoryContextReset(scratch);
	}
	return (Datum) 0;
}

/* The touchpoint of a touch as text. */
static Datum
touchpoint_of(CxScan *scan, uint32 touch)
{
	const CxSymbol *symbol =
		&cx_scan_dictionary(scan)->symbols[cx_view_symbol_at(scan->view, touch)];

	return PointerGetDatum(
		cx_span_text(&cx_scan_dictionary(scan)->labels[symbol->part[CX_TOUCHPOINT]]));
}

PG_FUNCTION_INFO_V1(cx_pattern_next_touchpoint);

/* cx.next_touchpoint(j, p): what follows the first match; NULL if nothing does */
Datum
cx_pattern_next_touchpoint(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	int64 *ends;
	uint32 start = 0;

	if (!begin_scan(fcinfo, &scan, &view))
		PG_RETURN_NULL();
	ends = cx_scan_ends(&scan);
	if (!next_match(&scan, ends, &start) || ends[start] + 1 >= scan.count)
		PG_RETURN_NULL();
	return touchpoint_of(&scan, ends[start] + 1);
}

PG_FUNCTION_INFO_V1(cx_pattern_previous_touchpoint);

/* cx.previous_touchpoint(j, p): what comes before the first match; NULL if nothing does */
Datum
cx_pattern_previous_touchpoint(PG_FUNCTION_ARGS)
{
	CxView view;
	CxScan scan;
	uint32 start = 0;

	if (!begin_scan(fcinfo, &scan, &view) || !next_match(&scan, cx_scan_ends(&scan), &start) ||
		start == 0)
		PG_RETURN_NULL();
	return touchpoint_of(&scan, start - 1);
}

PG_FUNCTION_INFO_V1(cx_pattern_match_state);

/* cx.match_state(j, p, as_of): yes, no or pending */
Datum
cx_pattern_match_state(PG_FUNCTION_ARGS)
{
	static const char *const names[] = {"no", "pending", "yes"};
	TimestampTz as_of = PG_GETARG_TIMESTAMPTZ(2);
	CxView view;
	CxScan scan;

	cx_check_as_of(as_of);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_scan_begin_all(&scan, cx_call_program(fcinfo, 1), &view);
	PG_RETURN_TEXT_P(cstring_to_text(names[cx_scan_state(&scan, as_of)]));
}

/* Raises 22023 for a lookback that ends after its target. */
void
cx_check_lookback(Interval *lookback)
{
	if (lookback->month < 0 || lookback->day < 0 || lookback->time < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("lookback must not be negative"),
				 errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
												interval_out, IntervalPGetDatum(lookback))))));
}

PG_FUNCTION_INFO_V1(cx_pattern_preceding);

/* cx.preceding(j, target, candidate, lookback): what came last before each target */
Datum
cx_pattern_preceding(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Interval *lookback;
	CxView view;
	CxScan targets;
	CxScan candidates;
	CxCursor cursor;
	CxTouch touch;
	CxTouch last = {0};
	bool any = false;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return (Datum) 0;
	lookback = PG_ARGISNULL(3) ? NULL : PG_GETARG_INTERVAL_P(3);
	if (lookback != NULL)
		cx_check_lookback(lookback);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&targets, cx_call_selector(fcinfo, 1), &view))
		return (Datum) 0;
	cx_scan_begin_all(&candidates, cx_call_selector(fcinfo, 2), &view);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		uint32 number = cursor.next - 1;

		CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(&targets, 0, number))
		{
			Datum values[7];
			bool nulls[7] = {false};
			TimestampTz limit;
			bool found = any && (lookback == NULL || !cx_time_plus(last.at, lookback, &limit) ||
								 touch.at <= limit);

			values[0] = TimestampTzGetDatum(touch.at);
			values[1] = Float8GetDatum(touch.value);
			nulls[1] = (touch.has & CX_HAS_VALUE) == 0;
			for (int i = 2; i < 7; i++)
				nulls[i] = !found;
			if (found)
			{
				const CxSymbol *symbol = &cx_scan_dictionary(&targets)->symbols[last.symbol];

				values[2] = TimestampTzGetDatum(last.at);
				for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
				{
					nulls[3 + part] = symbol->part[part] == CX_NONE;
					if (!nulls[3 + part])
						values[3 + part] = PointerGetDatum(cx_span_text(
							&cx_scan_dictionary(&targets)->labels[symbol->part[part]]));
				}
				values[6] = Float8GetDatum(cx_seconds_between(last.at, touch.at));
			}
			tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		}
		if (cx_scan_fits(&candidates, 0, number))
		{
			last = touch;
			any = true;
		}
	}
	return (Datum) 0;
}
