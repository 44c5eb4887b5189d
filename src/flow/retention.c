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

/* the question and its answer for one journey */
typedef struct Retention
{
	CxPeriods periods;
	CxScan *returns; /* says which touches fit */
	uint32 anchor;	 /* number of its touch */
	TimestampTz as_of;
	int observed; /* periods from 1 on that have an answer */
	bool *active; /* by period, from 0 */
} Retention;

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

/* Marks all periods if there is a return. */
static void
mark_unbounded(Retention *retention)
{
	uint32 number = retention->anchor + 1;

	if (next_fit(retention->returns, retention->as_of, &number))
		for (int64 k = 1; k <= retention->observed; k++)
			retention->active[k] = true;
}

/* Marks the periods from that of the first return on. */
static void
mark_cumulative(Retention *retention)
{
	uint32 number = retention->anchor + 1;
	int64 limit = retention->observed + 1;
	TimestampTz at;

	if (!next_fit(retention->returns, retention->as_of, &number))
		return;
	at = cx_view_time_at(retention->returns->view, number);
	for (int64 k = cx_period_of(&retention->periods, at, limit); k < limit; k++)
		retention->active[k] = true;
}

static const struct
{
	const char *name;
	void (*mark)(Retention *retention);
} modes[] = {
	{"bounded", mark_bounded},
	{"rolling", mark_rolling},
	{"unbounded", mark_unbounded},
	{"cumulative", mark_cumulative},
};

/* The number of a mode; raises 22023 for an unknown one. */
static int
mode_of_name(text *name)
{
	for (int i = 0; i < lengthof(modes); i++)
		if (strlen(modes[i].name) == VARSIZE_ANY_EXHDR(name) &&
			memcmp(modes[i].name, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0)
			return i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown retention mode: \"%.*s\"",
						   pg_mbcliplen(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), 80),
						   VARDATA_ANY(name)),
					errhint("Known are bounded, rolling, unbounded and cumulative.")));
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

/* The number of periods, of count, that are over at as_of. */
static int
observed_periods(Retention *retention, int count)
{
	int64 current;

	if (cx_period_start(&retention->periods, count + 1) <= retention->as_of)
		return count;
	current = cx_period_of(&retention->periods, retention->as_of, count + 1);
	return Max(current - 1, 0);
}

/* True when anchor and return are the same selector, so that one scan does for both. */
static bool
same_selector(FunctionCallInfo fcinfo)
{
	bytea *anchor = PG_GETARG_BYTEA_PP(1);
	bytea *comeback = PG_GETARG_BYTEA_PP(2);

	return VARSIZE_ANY_EXHDR(anchor) == VARSIZE_ANY_EXHDR(comeback) &&
		   memcmp(VARDATA_ANY(anchor), VARDATA_ANY(comeback), VARSIZE_ANY_EXHDR(anchor)) == 0;
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
	int mode;

	for (int i = 0; i < 9; i++)
		if (i != 6 && PG_ARGISNULL(i))
			PG_RETURN_NULL();
	count = check_count(PG_GETARG_INT32(4));
	mode = mode_of_name(PG_GETARG_TEXT_PP(5));
	retention.as_of = cx_as_of(fcinfo, 6);
	cx_periods_open(periods, PG_GETARG_TEXT_PP(7), PG_GETARG_INTERVAL_P(3), PG_GETARG_BOOL(8));

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&anchors, cx_call_selector(fcinfo, 1), &view) ||
		!next_fit(&anchors, retention.as_of, &retention.anchor))
		PG_RETURN_NULL();
	cx_periods_begin(periods, cx_view_time_at(&view, retention.anchor));
	retention.observed = observed_periods(&retention, count);
	retention.active = palloc0(mul_size(retention.observed + 1, sizeof(bool)));
	if (retention.observed > 0)
	{
		retention.returns = same_selector(fcinfo) ? &anchors : &returns;
		if (retention.returns == &anchors ||
			cx_scan_begin(&returns, cx_call_selector(fcinfo, 2), &view))
			modes[mode].mark(&retention);
	}
	PG_RETURN_DATUM(make_array(&retention, count));
}
