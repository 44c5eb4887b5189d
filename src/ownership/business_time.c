/*
 * business_time.c
 *		The SQL functions of calendars.
 */
#include "ownership/calendar.h"

PG_FUNCTION_INFO_V1(cx_is_time_zone);

/* cx._is_time_zone(name): whether the server knows a zone of that name */
Datum
cx_is_time_zone(PG_FUNCTION_ARGS)
{
	text *name = PG_GETARG_TEXT_PP(0);
	char buffer[TZ_STRLEN_MAX + 1];
	pg_tz *zone;

	if (VARSIZE_ANY_EXHDR(name) > TZ_STRLEN_MAX)
		PG_RETURN_BOOL(false);
	text_to_cstring_buffer(name, buffer, sizeof(buffer));
	zone = pg_tzset(buffer);
	PG_RETURN_BOOL(zone != NULL && pg_tz_acceptable(zone));
}

/* Raises 22008 for an infinite time. */
static void
check_time(const char *argument, TimestampTz at)
{
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("%s must be finite", argument)));
}

/* The open time between the arguments; negative if the second is the earlier one. */
static int64
business_time(FunctionCallInfo fcinfo)
{
	TimestampTz starts_at = PG_GETARG_TIMESTAMPTZ(0);
	TimestampTz ends_at = PG_GETARG_TIMESTAMPTZ(1);
	CxCalendar *calendar = cx_call_calendar(fcinfo, PG_GETARG_TEXT_PP(2));
	int64 elapsed;

	check_time("starts_at", starts_at);
	check_time("ends_at", ends_at);
	if (pg_sub_s64_overflow(ends_at, starts_at, &elapsed))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("time between starts_at and ends_at is out of range for type %s",
							   "interval"),
						errdetail("It is more than 292277 years.")));
	if (starts_at > ends_at)
		return -cx_calendar_between(calendar, ends_at, starts_at);
	return cx_calendar_between(calendar, starts_at, ends_at);
}

PG_FUNCTION_INFO_V1(cx_business_time);

/* cx.business_time(starts_at, ends_at, calendar), in hours and below */
Datum
cx_business_time(PG_FUNCTION_ARGS)
{
	Interval *result = palloc0(sizeof(Interval));

	result->time = business_time(fcinfo);
	PG_RETURN_INTERVAL_P(result);
}

PG_FUNCTION_INFO_V1(cx_business_time_seconds);

/* cx.business_time_seconds(starts_at, ends_at, calendar) */
Datum
cx_business_time_seconds(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(business_time(fcinfo) / (float8) USECS_PER_SEC);
}

PG_FUNCTION_INFO_V1(cx_add_business_time);

/* cx.add_business_time(starts_at, duration, calendar) */
Datum
cx_add_business_time(PG_FUNCTION_ARGS)
{
	TimestampTz starts_at = PG_GETARG_TIMESTAMPTZ(0);
	Interval *duration = PG_GETARG_INTERVAL_P(1);
	text *name = PG_GETARG_TEXT_PP(2);
	CxCalendar *calendar = cx_call_calendar(fcinfo, name);
	TimestampTz result;

	check_time("starts_at", starts_at);
	if (duration->month != 0 || duration->day != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("business time is counted in hours, not in days or months"),
						errdetail("The duration is \"%s\".",
								  DatumGetCString(DirectFunctionCall1(
									  interval_out, IntervalPGetDatum(duration)))),
						errhint("Say how many hours of business time it is.")));
	if (!cx_calendar_add(calendar, starts_at, duration->time, &result) ||
		!IS_VALID_TIMESTAMP(result))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("calendar \"%s\" has not that much business time", text_to_cstring(name)),
				 errdetail("It is \"%s\" from \"%s\" on.",
						   DatumGetCString(
							   DirectFunctionCall1(interval_out, IntervalPGetDatum(duration))),
						   DatumGetCString(DirectFunctionCall1(timestamptz_out,
															   TimestampTzGetDatum(starts_at)))),
				 errhint("Look at the hours of the calendar, and when they are valid.")));
	PG_RETURN_TIMESTAMPTZ(result);
}
