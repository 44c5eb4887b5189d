/*
 * buying_journey.c
 *		From a journey to what models of buying behaviour know of a customer.
 */
#include "churn/buying.h"

#include "funcapi.h"
#include "pattern/pattern.h"
#include "utils/date.h"
#include "utils/datetime.h"

/* the purchases so far */
typedef struct Purchases
{
	int64 first_day;
	int64 last_day;
	int32 repeats; /* days with purchases after the first */
	bool repeat_has_value;
	float8 repeat_value; /* of the last day, unless it is the first */
	float8 total;		 /* of values of repeats before the last day */
	int32 valued;		 /* days that these come from */
} Purchases;

/* Opens a zone by its name; NULL for UTC; raises 22023 for an unknown one. */
static pg_tz *
open_zone(text *name)
{
	char buffer[TZ_STRLEN_MAX + 1];
	pg_tz *zone = NULL;

	if (VARSIZE_ANY_EXHDR(name) == 3 && memcmp(VARDATA_ANY(name), "UTC", 3) == 0)
		return NULL;
	text_to_cstring_buffer(name, buffer, sizeof(buffer));
	if (VARSIZE_ANY_EXHDR(name) <= TZ_STRLEN_MAX)
		zone = pg_tzset(buffer);
	if (zone == NULL || !pg_tz_acceptable(zone))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" not recognized", buffer),
						errhint("The view pg_timezone_names lists the names that are known.")));
	return zone;
}

/* The day of a time on the zone's clock, from 2000-01-01. */
static int64
day_of(TimestampTz at, pg_tz *zone)
{
	struct pg_tm tm;
	fsec_t fraction;
	int offset;

	if (zone == NULL)
		return at / USECS_PER_DAY - (at % USECS_PER_DAY < 0);
	if (timestamp2tm(at, &offset, &tm, &fraction, NULL, zone) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("timestamp out of range")));
	return date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) - POSTGRES_EPOCH_JDATE;
}

/* A day is over: its value counts if it has one and is not the first. */
static void
close_day(Purchases *purchases)
{
	if (!purchases->repeat_has_value)
		return;
	purchases->total += purchases->repeat_value;
	purchases->valued++;
	purchases->repeat_has_value = false;
	purchases->repeat_value = 0;
}

static void
add(Purchases *purchases, const CxTouch *touch, int64 day)
{
	if (day != purchases->last_day)
	{
		close_day(purchases);
		purchases->last_day = day;
		purchases->repeats++;
	}
	if (day != purchases->first_day && (touch->has & CX_HAS_VALUE) != 0)
	{
		purchases->repeat_value += touch->value;
		purchases->repeat_has_value = true;
	}
}

/* The purchases up to a time; false without any. */
static bool
collect(FunctionCallInfo fcinfo, TimestampTz until, pg_tz *zone, Purchases *purchases)
{
	CxView view;
	CxScan scan;
	CxCursor cursor;
	CxTouch touch;
	bool any = false;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (!cx_scan_begin(&scan, cx_call_program(fcinfo, 1), &view))
		return false;
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch) && touch.at <= until)
	{
		int64 day;

		if ((cursor.next & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!cx_scan_fits(&scan, 0, cursor.next - 1))
			continue;
		day = day_of(touch.at, zone);
		if (!any)
		{
			memset(purchases, 0, sizeof(*purchases));
			purchases->first_day = purchases->last_day = day;
			any = true;
		}
		add(purchases, &touch, day);
	}
	if (any)
		close_day(purchases);
	return any;
}

/* The unit of time in microseconds. */
static float8
unit_of(const Interval *unit)
{
	float8 length = unit->day * (float8) USECS_PER_DAY + unit->time;

	if (unit->month != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unit must have a fixed length"),
				 errdetail("Months and years differ in their days."),
				 errhint("Use days or weeks, such as '7 days' or '30 days'.")));
	if (length <= 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unit must be a positive interval")));
	return length / USECS_PER_DAY;
}

PG_FUNCTION_INFO_V1(cx_buying);

/* cx.buying(journey, purchase, until, unit, zone); NULL without a purchase */
Datum
cx_buying(PG_FUNCTION_ARGS)
{
	TimestampTz until = PG_GETARG_TIMESTAMPTZ(2);
	float8 unit = unit_of(PG_GETARG_INTERVAL_P(3));
	pg_tz *zone = open_zone(PG_GETARG_TEXT_PP(4));
	Purchases purchases;
	TupleDesc row;
	Datum values[4];
	bool nulls[4] = {false};

	if (TIMESTAMP_NOT_FINITE(until))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("until must be finite"),
				 errhint("It is the time up to which the data are complete.")));
	if (!collect(fcinfo, until, zone, &purchases))
		PG_RETURN_NULL();
	if (isinf(purchases.total))
		float_overflow_error();
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	row = BlessTupleDesc(row);
	values[0] = Int32GetDatum(purchases.repeats);
	values[1] = Float8GetDatum((purchases.last_day - purchases.first_day) / unit);
	values[2] = Float8GetDatum((day_of(until, zone) - purchases.first_day) / unit);
	values[3] = Float8GetDatum(purchases.total / purchases.valued);
	nulls[3] = purchases.valued == 0;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, values, nulls)));
}
