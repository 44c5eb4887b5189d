/*
 * contacts.c
 *		What functions share that look for contacts in a journey and wait for
 *		what may still follow them.
 *
 * What is not over at as_of, the time up to which the data are complete, has no
 * verdict yet, even where one could be told: early repeats without the early
 * non-repeats would bias every rate.
 */
#include "loyalty/contacts.h"

#include "journey/scalars.h"

/* An interval that is not negative; raises 22023 for one that is. */
Interval *
cx_call_span(FunctionCallInfo fcinfo, int argument, const char *name)
{
	Interval *span = PG_GETARG_INTERVAL_P(argument);

	if (span->month < 0 || span->day < 0 || span->time < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s must not be negative", name),
				 errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
												interval_out, IntervalPGetDatum(span))))));
	return span;
}

/* The time up to which the data are complete; the end of time for NULL. */
TimestampTz
cx_call_watermark(FunctionCallInfo fcinfo, int argument)
{
	if (PG_ARGISNULL(argument))
		return DT_NOEND;
	cx_check_as_of(PG_GETARG_TIMESTAMPTZ(argument));
	return PG_GETARG_TIMESTAMPTZ(argument);
}

/* at + span with months and days by UTC's calendar; the end of time beyond its range. */
TimestampTz
cx_deadline(TimestampTz at, const Interval *span)
{
	TimestampTz deadline;

	return cx_time_plus(at, span, &deadline) ? deadline : DT_NOEND;
}

/* Prepares to look through an open journey, up to as_of, for touches that fit a selector. */
void
cx_begin_contacts(FunctionCallInfo fcinfo, int argument, CxView *view, CxScan *scan,
				  TimestampTz as_of)
{
	cx_scan_begin_all(scan, cx_call_program(fcinfo, argument), view);
	cx_scan_cut(scan, as_of);
}

/* Sets a time; NULL if it is not known. */
void
cx_put_time(TimestampTz at, bool known, Datum *value, bool *null)
{
	*value = TimestampTzGetDatum(at);
	*null = !known;
}

/* Sets touchpoint, channel and team of a touch. */
void
cx_put_labels(CxScan *scan, uint32 touch, Datum *values, bool *nulls)
{
	CxDictionary *dictionary = cx_scan_dictionary(scan);
	const CxSymbol *symbol = &dictionary->symbols[cx_view_symbol_at(scan->view, touch)];

	for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
	{
		nulls[part] = symbol->part[part] == CX_NONE;
		if (!nulls[part])
			values[part] = PointerGetDatum(cx_span_text(&dictionary->labels[symbol->part[part]]));
	}
}
