/*
 * calendar.c
 *		Time zones, and periods that follow each other by a zone's calendar.
 *
 * Days and months are steps on the zone's clock, each counted from the start of
 * period 0 (31 January, 28 February, 31 March), hours are elapsed time, as
 * where PostgreSQL adds an interval to a timestamptz.  A time that the clock
 * skips or shows twice means what it means to PostgreSQL.
 *
 * Times beyond the range of timestamptz become DT_NOBEGIN or DT_NOEND.
 */
#include "flow/calendar.h"

#include "utils/datetime.h"

#define EPOCH_SECONDS ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)
#define DAYS_IN_400_YEARS 146097
#define DAYS_PER_WEEK 7
#define FIRST_MONDAY 2 /* 2000-01-03 */
#define FIRST_DAY (-POSTGRES_EPOCH_JDATE - 1)
#define LAST_DAY (TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE + 1)
#define LAST_MONTH (INT64CONST(300000) * MONTHS_PER_YEAR)

/*
 * The widest step of a clock, and then some.  A clock time whose offset holds
 * that long before and after occurs once.
 */
#define MARGIN (2 * USECS_PER_DAY)

static inline int64
floor_division(int64 number, int64 divisor)
{
	int64 quotient = number / divisor;

	return quotient - (number % divisor < 0);
}

/* Opens a zone by its name; raises 22023 for an unknown one. */
static void
open_zone(CxZone *zone, text *name)
{
	char buffer[TZ_STRLEN_MAX + 1];
	long int seconds;

	zone->tz = NULL;
	zone->offset = 0;
	zone->from = PG_INT64_MIN;
	zone->to = PG_INT64_MAX;
	if (VARSIZE_ANY_EXHDR(name) == 3 && memcmp(VARDATA_ANY(name), "UTC", 3) == 0)
		return;
	text_to_cstring_buffer(name, buffer, sizeof(buffer));
	if (VARSIZE_ANY_EXHDR(name) <= TZ_STRLEN_MAX)
		zone->tz = pg_tzset(buffer);
	if (zone->tz == NULL || !pg_tz_acceptable(zone->tz))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("time zone \"%s\" not recognized", buffer),
						errhint("The view pg_timezone_names lists the names that are known.")));
	if (pg_get_timezone_offset(zone->tz, &seconds))
		zone->offset = seconds * USECS_PER_SEC;
	else
		zone->to = zone->from; /* nothing is known yet */
}

/* The next change of the offset after a time, PG_INT64_MAX for none, and the offset until then. */
static int64
next_change(const CxZone *zone, int64 at, int64 *offset)
{
	pg_time_t time = floor_division(at, USECS_PER_SEC) + EPOCH_SECONDS;
	pg_time_t boundary;
	long int before_seconds;
	long int after_seconds;
	int before_dst;
	int after_dst;
	int found = pg_next_dst_boundary(&time, &before_seconds, &before_dst, &boundary, &after_seconds,
									 &after_dst, zone->tz);

	if (found < 0)
		elog(ERROR, "could not find the next change of time zone \"%s\"",
			 pg_get_timezone_name(zone->tz));
	*offset = before_seconds * USECS_PER_SEC;
	if (found == 0 || pg_mul_s64_overflow(boundary - EPOCH_SECONDS, USECS_PER_SEC, &at))
		return PG_INT64_MAX;
	return at;
}

/* Looks up the span of time around a time in which the offset stays the same. */
static void
look_up(CxZone *zone, TimestampTz at)
{
	/* start early enough to know of the time before as well, with one question as a rule */
	zone->from = at - MARGIN;
	zone->to = next_change(zone, zone->from, &zone->offset);
	while (zone->to <= at)
	{
		zone->from = zone->to;
		zone->to = next_change(zone, zone->from, &zone->offset);
	}
}

/* What the zone's clock shows: microseconds since 2000 began on it. */
static int64
clock_of_time(CxZone *zone, TimestampTz at)
{
	if (unlikely(at < zone->from || at >= zone->to))
		look_up(zone, at);
	return at + zone->offset;
}

/* The date of a day since 2000; by way of 400 years later, as j2date begins in 4714 BC. */
static void
date_of_day(int64 day, int *year, int *month, int *month_day)
{
	j2date(day + POSTGRES_EPOCH_JDATE + DAYS_IN_400_YEARS, year, month, month_day);
	*year -= 400;
}

/* The days since 2000 of a day of a month since the year 0, at most the month's last. */
static int64
day_of_month(int64 months, int month_day)
{
	int64 year;
	int month;

	if (months > LAST_MONTH)
		return LAST_DAY;
	year = floor_division(months, MONTHS_PER_YEAR);
	month = months - year * MONTHS_PER_YEAR;
	month_day = Min(month_day, day_tab[isleap(year)][month]);
	return (int64) date2j(year + 400, month + 1, month_day) - DAYS_IN_400_YEARS -
		   POSTGRES_EPOCH_JDATE;
}

/* When the zone's clock shows a day and a time of the day. */
static TimestampTz
time_of_clock(CxZone *zone, int64 day, int64 time)
{
	int64 clock;
	int64 at;

	if (day <= FIRST_DAY)
		return DT_NOBEGIN;
	if (day >= LAST_DAY)
		return DT_NOEND;
	clock = day * USECS_PER_DAY + time;
	at = clock - zone->offset;
	if (zone->from != PG_INT64_MIN && (at < zone->from + MARGIN || at >= zone->to - MARGIN))
	{
		struct pg_tm tm = {0};

		date_of_day(day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
		tm.tm_hour = time / USECS_PER_HOUR;
		tm.tm_min = time / USECS_PER_MINUTE % MINS_PER_HOUR;
		tm.tm_sec = time / USECS_PER_SEC % SECS_PER_MINUTE;
		at = clock + DetermineTimeZoneOffset(&tm, zone->tz) * USECS_PER_SEC;
		/* the next question is likely to be about a time near by */
		if (IS_VALID_TIMESTAMP(at))
			look_up(zone, at);
	}
	if (at < MIN_TIMESTAMP)
		return DT_NOBEGIN;
	return at >= END_TIMESTAMP ? DT_NOEND : at;
}

static char *
interval_text(Interval *interval)
{
	return DatumGetCString(DirectFunctionCall1(interval_out, IntervalPGetDatum(interval)));
}

/* Raises 22023 for a length that no period can have. */
static void
check_length(Interval *length, bool calendar)
{
	bool days = length->month == 0 && (length->day == 1 || length->day == DAYS_PER_WEEK);
	bool months = length->day == 0 && length->month > 0 && MONTHS_PER_YEAR % length->month == 0;

	if (length->month < 0 || length->day < 0 || length->time < 0 ||
		(length->month == 0 && length->day == 0 && length->time == 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("period must be positive"),
						errdetail("It is \"%s\".", interval_text(length))));
	if (calendar && (length->time != 0 || (!days && !months)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("period must be one of the calendar"),
						errdetail("It is \"%s\".", interval_text(length)),
						errhint("Use 1 day, 1 week, or 1, 2, 3, 4, 6 or 12 months.")));
}

/*
 * Prepares periods of a length, counted from a time or those of the zone's
 * calendar.  Raises 22023 for a length or zone that cannot be.
 */
void
cx_periods_open(CxPeriods *periods, text *zone, Interval *length, bool calendar)
{
	check_length(length, calendar);
	open_zone(&periods->zone, zone);
	periods->length = *length;
	periods->calendar = calendar;
}

/* Sets period 0 to start when the clock shows a day and a time of the day. */
static void
set_first(CxPeriods *periods, int64 day, int64 time)
{
	periods->day = day;
	periods->time = time;
	if (periods->length.month > 0)
	{
		int year;
		int month;

		date_of_day(day, &year, &month, &periods->month_day);
		periods->month = (int64) year * MONTHS_PER_YEAR + month - 1;
	}
}

/* Sets period 0 to be that of the calendar in which a time lies; weeks begin on Monday. */
static void
set_first_of_calendar(CxPeriods *periods, TimestampTz at)
{
	const Interval *length = &periods->length;
	int64 day;

	for (;;)
	{
		if (length->month > 0)
			day = day_of_month(floor_division(periods->month, length->month) * length->month, 1);
		else
			day = floor_division(periods->day - FIRST_MONDAY, length->day) * length->day +
				  FIRST_MONDAY;
		periods->first = time_of_clock(&periods->zone, day, 0);
		if (periods->first <= at)
			break;
		/* a clock set back over midnight shows the new day twice; it starts with the second time */
		set_first(periods, day - 1, 0);
	}
	set_first(periods, day, 0);
}

/* Sets period 0: it starts at a time, or is that of the calendar in which the time lies. */
void
cx_periods_begin(CxPeriods *periods, TimestampTz at)
{
	int64 clock = clock_of_time(&periods->zone, at);
	int64 day = floor_division(clock, USECS_PER_DAY);

	periods->first = at;
	set_first(periods, day, clock - day * USECS_PER_DAY);
	if (periods->calendar)
		set_first_of_calendar(periods, at);
}

/* The day on the clock when a period starts. */
static int64
first_day(CxPeriods *periods, int64 number)
{
	int64 day = periods->day;

	if (periods->length.month > 0)
		day = day_of_month(periods->month + number * periods->length.month, periods->month_day);
	return Min(day + number * periods->length.day, LAST_DAY);
}

/* When a period, from 0 on, starts. */
TimestampTz
cx_period_start(CxPeriods *periods, int64 number)
{
	const Interval *length = &periods->length;
	TimestampTz at = periods->first;
	int64 elapsed;

	if (number == 0)
		return at;
	if (length->month > 0 && length->day > 0)
	{
		/* first the months, to a time that is there, then the days */
		int64 clock;
		int64 day = day_of_month(periods->month + number * length->month, periods->month_day);

		at = time_of_clock(&periods->zone, day, periods->time);
		if (TIMESTAMP_NOT_FINITE(at))
			return at;
		clock = clock_of_time(&periods->zone, at);
		day = floor_division(clock, USECS_PER_DAY);
		clock -= day * USECS_PER_DAY;
		at = time_of_clock(&periods->zone, Min(day + number * length->day, LAST_DAY), clock);
	}
	else if (length->month > 0 || length->day > 0)
		at = time_of_clock(&periods->zone, first_day(periods, number), periods->time);
	if (TIMESTAMP_NOT_FINITE(at))
		return at;
	if (pg_mul_s64_overflow(number, length->time, &elapsed) ||
		pg_add_s64_overflow(at, elapsed, &at) || at >= END_TIMESTAMP)
		return DT_NOEND;
	return at;
}

/* The number of the period that a time, not before period 0, lies in; at most limit. */
int64
cx_period_of(CxPeriods *periods, TimestampTz at, int64 limit)
{
	const Interval *length = &periods->length;
	float8 usecs = length->month * (DAYS_IN_400_YEARS / 4800.0 * USECS_PER_DAY) +
				   length->day * (float8) USECS_PER_DAY + length->time;
	uint64 passed = (uint64) at - (uint64) periods->first;
	float8 guess;
	int64 number;

	if (length->month > 0 || length->day > 0)
		passed = (uint64) clock_of_time(&periods->zone, at) -
				 (uint64) (periods->day * USECS_PER_DAY + periods->time);
	guess = passed / usecs;
	number = guess < limit ? (int64) guess : limit;

	/* the guess is off by one where clocks change or months are short */
	while (number > 0 && cx_period_start(periods, number) > at)
		number--;
	while (number < limit && cx_period_start(periods, number + 1) <= at)
		number++;
	return number;
}

/* The date on which a period starts; raises 22008 when it is out of range. */
DateADT
cx_period_date(CxPeriods *periods, int64 number)
{
	int64 day = first_day(periods, number);

	if (day < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || day >= LAST_DAY)
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("date out of range")));
	return (DateADT) day;
}

/*
 * The optional argument as_of, the time up to which the data are complete; the
 * end of time if it is NULL.  Raises 22008 for an infinite one.
 */
TimestampTz
cx_as_of(FunctionCallInfo fcinfo, int argument)
{
	TimestampTz as_of;

	if (PG_ARGISNULL(argument))
		return END_TIMESTAMP - 1;
	as_of = PG_GETARG_TIMESTAMPTZ(argument);
	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("as_of must be finite"),
				 errhint("It is the time up to which the data are complete.")));
	return as_of;
}
