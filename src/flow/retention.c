/*
 * retention.c
 *		In which periods after an anchor a journey has a return.
 *
 * What is known at as_of decides which periods have an answer: those that are
 * over then.  The rest stays NULL, also where a return has already come, or
 * shares over many journeys would count early returns and leave out those who
 * have yet to come.
 */
#include "flow/retention.h"

#include "catalog/pg_type.h"
#include "flow/calendar.h"
#include "pattern/pattern.h"
#include "utils/array.h"

typedef enum RetentionMode
{
	BOUNDED,	/* a return in this very period */
	ROLLING,	/* in this period or later */
	UNBOUNDED,	/* at any time after the anchor */
	CUMULATIVE, /* after the anchor and up to the end of this period */
} RetentionMode;

/* the question and its answer for one journey */
typedef struct Retention
{
	CxPeriods periods;
	RetentionMode mode;
	CxScan *returns;
	uint32 anchor; /* number of its touch */
	TimestampTz as_of;
	int observed; /* periods from 1 on that have an answer */
	bool *active; /* by period, from 1 */
} Retention;

static RetentionMode
mode_of_name(text *name)
{
	static const char *const names[] = {"bounded", "rolling", "unbounded", "cumulative"};
	char *wanted = text_to_cstring(name);

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(wanted, names[i]) == 0)
			return i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown retention mode: \"%.*s\"",
						   pg_mbcliplen(wanted, strlen(wanted), 80), wanted),
					errhint("Known are bounded, rolling, unbounded and cumulative.")));
}

/* The next touch from number on that fits; false if there is none up to as_of. */
static bool
next_fit(CxScan *scan, TimestampTz as_of, uint32 *number)
{
	for (; *number < scan->count; (*number)++)
	{
		if ((*number & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(scan, 0, *number))
			return cx_view_time_at(scan->view, *number) <= as_of;
	}
	return false;
}

/* Marks the periods with a return. */
static void
mark_bounded(Retention *retention)
{
	CxPeriods *periods = &retention->periods;
	TimestampTz end = cx_period_start(periods, retention->observed + 1);
	TimestampTz next = cx_period_start(periods, 1);

	for (uint32 i = retention->anchor + 1; i < retention->returns->count; i++)
	{
		TimestampTz at = cx_view_time_at(retention->returns->view, i);
		int64 number;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (at >= end)
			break;
		if (at < next || !cx_scan_fits(retention->returns, 0, i))
			continue;
		number = cx_period_of(periods, at, retention->observed);
		retention->active[number] = true;
		next = cx_period_start(periods, number + 1);
	}
}

/* Marks the periods not later than the last return. */
static void
mark_rolling(Retention *retention)
{
	const CxView *view = retention->returns->view;
	int64 last = 0;

	for (uint32 i = retention->returns->count; --i > retention->anchor;)
	{
		TimestampTz at = cx_view_time_at(view, i);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (at > retention->as_of || !cx_scan_fits(retention->returns, 0, i))
			continue;
		last = cx_period_of(&retention->periods, at, retention->observed);
		break;
	}
	for (int64 k = 1; k <= last; k++)
		retention->active[k] = true;
}

/* Marks the periods from the first return on, or all if there is one. */
static void
mark_from_first(Retention *retention)
{
	uint32 number = retention->anchor + 1;
	int64 first = 1;

	if (!next_fit(retention->returns, retention->as_of, &number))
		return;
	if (retention->mode == CUMULATIVE)
		first =
			Max(cx_period_of(&retention->periods, cx_view_time_at(retention->returns->view, number),
							 retention->observed + 1),
				1);
	for (int64 k = first; k <= retention->observed; k++)
		retention->active[k] = true;
}

/* The answers as an array, NULL for periods without one. */
static Datum
make_array(const Retention *retention, int count)
{
	Datum *values = cx_palloc_array(Datum, count);
	bool *nulls = cx_palloc_array(bool, count);
	int lower = 1;

	for (int i = 0; i < count; i++)
	{
		nulls[i] = i >= retention->observed;
		values[i] = BoolGetDatum(!nulls[i] && retention->active[i + 1]);
	}
	return PointerGetDatum(construct_md_array(values, nulls, 1, &count, &lower, BOOLOID,
											  sizeof(bool), true, TYPALIGN_CHAR));
}

static int
check_count(int32 count)
{
	if (count < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of periods must be at least 1"), errdetail("It is %d.", count)));
	if (count > CX_MAX_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many periods"),
						errdetail("There are %d; at most %d are possible.", count, CX_MAX_PERIODS),
						errhint("Use longer periods.")));
	return count;
}

PG_FUNCTION_INFO_V1(cx_retention);

/* cx.retention(j, anchor, return, period, periods, mode, as_of, zone, aligned) */
Datum
cx_retention(PG_FUNCTION_ARGS)
{
	Retention retention = {0};
	CxPeriods *periods = &retention.periods;
	CxView view;
	CxScan anchors;
	CxScan returns;
	int count;

	for (int i = 0; i < 9; i++)
		if (i != 6 && PG_ARGISNULL(i))
			PG_RETURN_NULL();
	count = check_count(PG_GETARG_INT32(4));
	retention.mode = mode_of_name(PG_GETARG_TEXT_PP(5));
	retention.as_of = cx_as_of(fcinfo, 6);
	cx_periods_open(periods, PG_GETARG_TEXT_PP(7), PG_GETARG_INTERVAL_P(3), PG_GETARG_BOOL(8));

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&anchors, cx_call_program(fcinfo, 1), &view) ||
		!next_fit(&anchors, retention.as_of, &retention.anchor))
		PG_RETURN_NULL();
	cx_periods_begin(periods, cx_view_time_at(&view, retention.anchor));
	/* the period of as_of is not over, the one before it is */
	retention.observed = cx_period_of(periods, retention.as_of, count + 1) - 1;
	retention.observed = Max(retention.observed, 0);
	retention.active = palloc0(mul_size(retention.observed + 1, sizeof(bool)));
	retention.returns = &returns;
	if (retention.observed > 0 && cx_scan_begin(&returns, cx_call_program(fcinfo, 2), &view))
	{
		if (retention.mode == BOUNDED)
			mark_bounded(&retention);
		else if (retention.mode == ROLLING)
			mark_rolling(&retention);
		else
			mark_from_first(&retention);
	}
	PG_RETURN_DATUM(make_array(&retention, count));
}
