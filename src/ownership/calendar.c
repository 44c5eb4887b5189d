/*
 * calendar.c
 *		Business time: how much of a span of time is open, and when a duration
 *		of open time is over.
 *
 * Between two changes of its offset a zone's clock runs like any other.  So a
 * span of time is cut there, and within a piece everything is arithmetic on the
 * clock: whole days are counted, not visited.
 */
#include "ownership/calendar.h"

#define EPOCH_SECONDS ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)
#define FIRST_MONDAY 2 /* 2000-01-03 */
#define LONGEST (PG_INT64_MAX / 2)

static inline int64
floor_division(int64 number, int64 divisor)
{
	int64 quotient = number / divisor;

	return quotient - (number % divisor < 0);
}

/* The weekday of a day, 0 for Monday. */
static inline int
weekday_of(int64 day)
{
	return (int) (day - FIRST_MONDAY -
				  floor_division(day - FIRST_MONDAY, CX_WEEKDAYS) * CX_WEEKDAYS);
}

/* The number of the first exception that is not before a day. */
static uint32
exception_from(const CxCalendar *calendar, int64 day)
{
	uint32 low = 0;
	uint32 high = calendar->exception_count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (calendar->exceptions[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Finds the windows that may hold on a day: from *first up to *end. */
static void
windows_of(const CxCalendar *calendar, int64 day, uint32 *first, uint32 *end)
{
	uint32 number = exception_from(calendar, day);
	int weekday = weekday_of(day);

	if (number < calendar->exception_count && calendar->exceptions[number].day == day)
	{
		*first = calendar->exceptions[number].first;
		*end = calendar->exceptions[number + 1].first;
		return;
	}
	*first = calendar->weekday[weekday];
	*end = calendar->weekday[weekday + 1];
}

/* The open time of windows that hold on a day, between two times of it. */
static int64
open_in_windows(const CxCalendar *calendar, uint32 first, uint32 end, int64 day, int64 from,
				int64 to)
{
	int64 sum = 0;

	for (uint32 i = first; i < end; i++)
	{
		const CxWindow *window = &calendar->windows[i];
		int64 opens = Max(window->opens, from);
		int64 closes = Min(window->closes, to);

		if (day >= window->first && day < window->end && opens < closes)
			sum += closes - opens;
	}
	return sum;
}

static int64
open_on_day(const CxCalendar *calendar, int64 day, int64 from, int64 to)
{
	uint32 first;
	uint32 end;

	windows_of(calendar, day, &first, &end);
	return open_in_windows(calendar, first, end, day, from, to);
}

/* How many days of a weekday there are from a day on before another. */
static int64
days_between(int weekday, int64 first, int64 end)
{
	int64 origin = FIRST_MONDAY + weekday - (CX_WEEKDAYS - 1);

	if (end <= first)
		return 0;
	return floor_division(end - origin, CX_WEEKDAYS) - floor_division(first - origin, CX_WEEKDAYS);
}

/* The open time of whole days: from first up to, but not including, end. */
static int64
open_on_days(const CxCalendar *calendar, int64 first, int64 end)
{
	int64 sum;

	if (end - first <= 1)
		return end > first ? open_on_day(calendar, first, 0, USECS_PER_DAY) : 0;
	sum = calendar->exceptions[exception_from(calendar, end)].before -
		  calendar->exceptions[exception_from(calendar, first)].before;
	for (int weekday = 0; weekday < CX_WEEKDAYS; weekday++)
		for (uint32 i = calendar->weekday[weekday]; i < calendar->weekday[weekday + 1]; i++)
		{
			const CxWindow *window = &calendar->windows[i];

			sum += (window->closes - window->opens) *
				   days_between(weekday, Max(first, window->first), Min(end, window->end));
		}
	return sum;
}

/* The open time between two times on the clock. */
static int64
open_on_clock(const CxCalendar *calendar, int64 from, int64 to)
{
	int64 first = floor_division(from, USECS_PER_DAY);
	int64 last = floor_division(to, USECS_PER_DAY);

	if (first == last)
		return open_on_day(calendar, first, from - first * USECS_PER_DAY,
						   to - first * USECS_PER_DAY);
	return open_on_day(calendar, first, from - first * USECS_PER_DAY, USECS_PER_DAY) +
		   open_on_days(calendar, first + 1, last) +
		   open_on_day(calendar, last, 0, to - last * USECS_PER_DAY);
}

/*
 * Completes a calendar whose windows and exceptions are there: what exceptions
 * add to the hours of the week, and the days beyond which nothing is open.
 */
void
cx_calendar_finish(CxCalendar *calendar)
{
	int64 before = 0;

	calendar->first_day = PG_INT64_MAX;
	calendar->end_day = PG_INT64_MIN;
	for (uint32 i = 0; i < calendar->weekday[CX_WEEKDAYS]; i++)
	{
		calendar->first_day = Min(calendar->first_day, calendar->windows[i].first);
		calendar->end_day = Max(calendar->end_day, calendar->windows[i].end);
	}
	for (uint32 i = 0; i < calendar->exception_count; i++)
	{
		CxException *exception = &calendar->exceptions[i];
		int weekday = weekday_of(exception->day);

		exception->before = before;
		before += open_in_windows(calendar, exception->first, exception[1].first, exception->day, 0,
								  USECS_PER_DAY) -
				  open_in_windows(calendar, calendar->weekday[weekday],
								  calendar->weekday[weekday + 1], exception->day, 0, USECS_PER_DAY);
		calendar->first_day = Min(calendar->first_day, exception->day);
		calendar->end_day = Max(calendar->end_day, (int64) exception->day + 1);
	}
	calendar->exceptions[calendar->exception_count].before = before;
	calendar->from = calendar->to = 0;
}

/* Looks up the zone's offset at a time, and until when it holds. */
static void
look_up(CxCalendar *calendar, TimestampTz at)
{
	pg_time_t time;
	pg_time_t boundary;
	long int before;
	long int after;
	int dst;
	int found;

	if (at >= calendar->from && at < calendar->to)
		return;
	time = floor_division(at, USECS_PER_SEC) + EPOCH_SECONDS;
	found = pg_next_dst_boundary(&time, &before, &dst, &boundary, &after, &dst, calendar->zone);
	if (found < 0)
		elog(ERROR, "could not find the next change of time zone \"%s\"",
			 pg_get_timezone_name(calendar->zone));
	calendar->from = at;
	calendar->offset = before * USECS_PER_SEC;
	if (found == 0 || pg_mul_s64_overflow(boundary - EPOCH_SECONDS, USECS_PER_SEC, &calendar->to))
		calendar->to = PG_INT64_MAX;
}

/* The open time from a time until a later one, which is at most 292,277 years away. */
int64
cx_calendar_between(CxCalendar *calendar, TimestampTz from, TimestampTz to)
{
	int64 sum = 0;

	while (from < to)
	{
		TimestampTz end;

		CHECK_FOR_INTERRUPTS();
		look_up(calendar, from);
		end = Min(to, calendar->to);
		sum += open_on_clock(calendar, from + calendar->offset, end + calendar->offset);
		from = end;
	}
	return sum;
}

/*
 * When the clock shows that after a time an amount of open time has passed: the
 * first such time, or the last one.  It is before another time.
 */
static int64
clock_after(const CxCalendar *calendar, int64 from, int64 to, int64 amount, bool last)
{
	int64 start = floor_division(from, USECS_PER_DAY);
	int64 low = start; /* the day is this one or later ... */
	int64 high;		   /* ... and at most this one */
	int64 width = 1;
	int64 before;
	uint32 first;
	uint32 end;

	for (high = start; high * USECS_PER_DAY < to - USECS_PER_DAY; high += width, width *= 2)
	{
		if (open_on_clock(calendar, from, Min((high + 1) * USECS_PER_DAY, to)) >= amount + last)
			break;
		low = high + 1;
	}
	high = Min(high, floor_division(to - 1, USECS_PER_DAY));
	while (low < high)
	{
		int64 middle = low + (high - low) / 2;

		if (open_on_clock(calendar, from, (middle + 1) * USECS_PER_DAY) >= amount + last)
			high = middle;
		else
			low = middle + 1;
	}

	before = Max(from, low * USECS_PER_DAY);
	amount -= open_on_clock(calendar, from, before);
	before -= low * USECS_PER_DAY;
	windows_of(calendar, low, &first, &end);
	for (uint32 i = first; i < end; i++)
	{
		const CxWindow *window = &calendar->windows[i];
		int64 opens = Max(window->opens, before);

		if (low < window->first || low >= window->end || opens >= window->closes)
			continue;
		if (window->closes - opens >= amount + last)
			return low * USECS_PER_DAY + opens + amount;
		amount -= window->closes - opens;
	}
	elog(ERROR, "a calendar has less open time than was counted");
}

/* As clock_after, but for times; false if it is not before the other time. */
static bool
time_after(CxCalendar *calendar, TimestampTz from, TimestampTz to, int64 amount, bool last,
		   TimestampTz *result)
{
	while (from < to)
	{
		TimestampTz end;
		int64 open;

		CHECK_FOR_INTERRUPTS();
		look_up(calendar, from);
		end = Min(to, calendar->to);
		/* open time that no int64 holds is of no use */
		if ((uint64) end - (uint64) from > LONGEST)
			end = from + LONGEST;
		open = open_on_clock(calendar, from + calendar->offset, end + calendar->offset);
		if (open >= amount + last)
		{
			*result = clock_after(calendar, from + calendar->offset, end + calendar->offset, amount,
								  last) -
					  calendar->offset;
			return true;
		}
		amount -= open;
		from = end;
	}
	return false;
}

/* The start of a day somewhere on earth, or the first or last of all times. */
static TimestampTz
time_of_day(int64 day, int64 margin)
{
	day = Max(Min(day + margin, floor_division(END_TIMESTAMP, USECS_PER_DAY) + 1),
			  floor_division(MIN_TIMESTAMP, USECS_PER_DAY));
	return Max(Min(day * USECS_PER_DAY, END_TIMESTAMP), MIN_TIMESTAMP);
}

/*
 * The first time by which a duration of open time has passed since a time; for a
 * negative one the last time from which on it passes until then.  False if there
 * is not that much.
 */
bool
cx_calendar_add(CxCalendar *calendar, TimestampTz at, int64 duration, TimestampTz *result)
{
	TimestampTz bound;
	int64 width = (CX_WEEKDAYS * USECS_PER_DAY);

	*result = at;
	if (duration == 0)
		return true;
	if (calendar->first_day >= calendar->end_day)
		return false;
	if (duration > 0)
		return time_after(calendar, at, time_of_day(calendar->end_day, 2), duration, false, result);

	/* go back far enough, then forward again */
	bound = time_of_day(calendar->first_day, -2);
	while (at > bound)
	{
		TimestampTz from = (uint64) at - (uint64) bound > (uint64) width ? at - width : bound;
		int64 open = cx_calendar_between(calendar, from, at);

		if (open >= -(uint64) duration)
			return time_after(calendar, from, at, open + duration, true, result);
		if (from == bound || width == PG_INT64_MAX)
			return false;
		width = width > LONGEST ? PG_INT64_MAX : width * 2;
	}
	return false;
}
