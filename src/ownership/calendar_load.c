/*
 * calendar_load.c
 *		Reading the calendars out of their tables.
 *
 * The queries are constant, qualified throughout, and run under the active
 * snapshot.  What they return is checked like any input: constraints can be
 * dropped.
 */
#include "ownership/calendar.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "ownership/cache.h"

#define MAX_CALENDAR_ROWS 10000000

static const char *const calendar_query =
	"SELECT c.calendar, c.zone FROM cx.calendar c ORDER BY c.calendar COLLATE pg_catalog.\"C\"";
static const Oid calendar_types[] = {TEXTOID, TEXTOID};

static const char *const hours_query =
	"SELECT h.calendar, h.weekday, h.opens, h.closes, pg_catalog.lower(h.valid), "
	"pg_catalog.upper(h.valid), pg_catalog.isempty(h.valid) FROM cx.calendar_hours h "
	"ORDER BY h.calendar COLLATE pg_catalog.\"C\", h.weekday, h.opens";
static const Oid hours_types[] = {TEXTOID, INT2OID, TIMEOID, TIMEOID, DATEOID, DATEOID, BOOLOID};

static const char *const exception_query =
	"SELECT e.calendar, e.day, e.opens, e.closes FROM cx.calendar_exception e "
	"ORDER BY e.calendar COLLATE pg_catalog.\"C\", e.day, e.opens";
static const Oid exception_types[] = {TEXTOID, DATEOID, TIMEOID, TIMEOID};

#define MAX_COLUMNS 7

/* a table being read */
typedef struct Source
{
	const char *table;
	SPITupleTable *rows;
	uint64 count;
	uint64 next;
	Datum values[MAX_COLUMNS];
	bool nulls[MAX_COLUMNS];
	CxSpan calendar; /* of the current row */
} Source;

pg_noreturn static void
refuse(const Source *source, const char *problem)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid row in table \"cx.%s\"", source->table),
					source->calendar.data == NULL ?
						errdetail("%s", problem) :
						errdetail("Calendar \"%.*s\": %s",
								  pg_mbcliplen(source->calendar.data, source->calendar.length, 80),
								  source->calendar.data, problem)));
}

/* Runs a query; raises 55000 unless its columns are what they should be. */
static void
open_source(Source *source, const char *table, const char *query, const Oid *types, int columns)
{
	int result = SPI_execute(query, true, 0);

	memset(source, 0, sizeof(Source));
	source->table = table;
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	source->rows = SPI_tuptable;
	source->count = SPI_processed;
	if (source->count > MAX_CALENDAR_ROWS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many rows in table \"cx.%s\"", table),
						errdetail("There are " UINT64_FORMAT "; at most %d are possible.",
								  source->count, MAX_CALENDAR_ROWS)));
	for (int i = 0; i < columns; i++)
		if (TupleDescAttr(source->rows->tupdesc, i)->atttypid != types[i])
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					 errmsg("column \"%s\" of table \"cx.%s\" has an unexpected type",
							NameStr(TupleDescAttr(source->rows->tupdesc, i)->attname), table),
					 errhint("Run ALTER EXTENSION cx_analytics UPDATE.")));
}

/* Takes the next row apart; false behind the last. */
static bool
read_row(Source *source)
{
	text *calendar;

	CHECK_FOR_INTERRUPTS();
	source->calendar = (CxSpan){NULL, 0};
	if (source->next >= source->count)
		return false;
	heap_deform_tuple(source->rows->vals[source->next++], source->rows->tupdesc, source->values,
					  source->nulls);
	if (source->nulls[0] || source->nulls[1])
		refuse(source, "A required column is null.");
	calendar = DatumGetTextPP(source->values[0]);
	source->calendar = (CxSpan){VARDATA_ANY(calendar), VARSIZE_ANY_EXHDR(calendar)};
	return true;
}

/* A window of the current row, whose times are columns 2 and 3. */
static CxWindow
read_window(const Source *source)
{
	CxWindow window = {.first = DATEVAL_NOBEGIN, .end = DATEVAL_NOEND};

	if (source->nulls[2] || source->nulls[3])
		refuse(source, "A required column is null.");
	window.opens = DatumGetTimeADT(source->values[2]);
	window.closes = DatumGetTimeADT(source->values[3]);
	return window;
}

/* Reads the hours of the week of a calendar, as far as the source is about it. */
static uint32
read_hours(CxCalendar *calendar, Source *source, bool *more)
{
	uint32 count = 0;
	int weekday = 0;

	for (; *more && cx_span_equal(&source->calendar, &calendar->name); *more = read_row(source))
	{
		int number = DatumGetInt16(source->values[1]) - 1;
		CxWindow window = read_window(source);

		if (number < 0 || number >= CX_WEEKDAYS)
			refuse(source, "The weekday must be from 1 to 7.");
		if (window.opens >= window.closes)
			refuse(source, "A window must open before it closes.");
		if (source->nulls[6] || DatumGetBool(source->values[6]))
			refuse(source, "The range valid must not be empty.");
		if (!source->nulls[4])
			window.first = DatumGetDateADT(source->values[4]);
		if (!source->nulls[5])
			window.end = DatumGetDateADT(source->values[5]);
		while (weekday < number)
			calendar->weekday[++weekday] = count;
		for (uint32 i = calendar->weekday[weekday]; i < count; i++)
		{
			const CxWindow *other = &calendar->windows[i];

			if (other->closes > window.opens && other->first < window.end &&
				window.first < other->end)
				refuse(source, "Windows of a weekday must not overlap.");
		}
		calendar->windows[count++] = window;
	}
	while (weekday < CX_WEEKDAYS)
		calendar->weekday[++weekday] = count;
	return count;
}

/* Reads the exceptions of a calendar, behind the windows of its week. */
static void
read_exceptions(CxCalendar *calendar, Source *source, bool *more, uint32 count)
{
	uint32 number = 0; /* of the exception after the current day */
	bool closed = false;

	for (; *more && cx_span_equal(&source->calendar, &calendar->name); *more = read_row(source))
	{
		DateADT day = DatumGetDateADT(source->values[1]);
		CxWindow window = read_window(source);
		bool same = number > 0 && calendar->exceptions[number - 1].day == day;

		if (DATE_NOT_FINITE(day))
			refuse(source, "The day of an exception must be finite.");
		if (window.opens > window.closes || (window.opens == window.closes && window.opens != 0))
			refuse(source, "A window must open before it closes.");
		if (same &&
			(closed || window.closes == 0 || calendar->windows[count - 1].closes > window.opens))
			refuse(source, "Exceptions of a day must not overlap.");
		closed = window.closes == 0;
		if (!same)
			calendar->exceptions[number++] = (CxException){.day = day, .first = count};
		if (!closed)
			calendar->windows[count++] = window;
	}
	calendar->exception_count = number;
	calendar->exceptions[number] = (CxException){.day = DATEVAL_NOEND, .first = count};
}

/* Opens the zone of the calendar in the current row. */
static pg_tz *
read_zone(const Source *source)
{
	char name[TZ_STRLEN_MAX + 1];
	text *zone = DatumGetTextPP(source->values[1]);
	pg_tz *result = NULL;

	text_to_cstring_buffer(zone, name, sizeof(name));
	if (VARSIZE_ANY_EXHDR(zone) <= TZ_STRLEN_MAX)
		result = pg_tzset(name);
	if (result == NULL || !pg_tz_acceptable(result))
		refuse(source, "Its time zone is not known to this server.");
	return result;
}

/* How many rows at the head of what is left of a source are about a calendar. */
static uint64
rows_about(const Source *source, const CxCalendar *calendar, bool more)
{
	uint64 count = more && cx_span_equal(&source->calendar, &calendar->name);

	for (uint64 i = source->next; count > 0 && i < source->count; i++, count++)
	{
		bool null;
		Datum value = heap_getattr(source->rows->vals[i], 1, source->rows->tupdesc, &null);
		text *name = null ? NULL : DatumGetTextPP(value);

		if (null ||
			!cx_span_equal(&(CxSpan){VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)}, &calendar->name))
			break;
	}
	return count;
}

/* Compiles all calendars in a context of their own. */
static void *
compile_calendars(MemoryContext context)
{
	CxCalendars *result = MemoryContextAllocZero(context, sizeof(CxCalendars));
	Source calendars;
	Source hours;
	Source exceptions;
	bool more_hours;
	bool more_exceptions;

	SPI_connect();
	open_source(&calendars, "calendar", calendar_query, calendar_types, lengthof(calendar_types));
	open_source(&hours, "calendar_hours", hours_query, hours_types, lengthof(hours_types));
	open_source(&exceptions, "calendar_exception", exception_query, exception_types,
				lengthof(exception_types));
	result->items =
		MemoryContextAllocZero(context, mul_size(Max(calendars.count, 1), sizeof(CxCalendar)));
	more_hours = read_row(&hours);
	more_exceptions = read_row(&exceptions);
	while (read_row(&calendars))
	{
		CxCalendar *calendar = &result->items[result->count++];
		uint64 weekly;
		uint64 special;
		char *name = MemoryContextAlloc(context, Max(calendars.calendar.length, 1));

		memcpy(name, calendars.calendar.data, calendars.calendar.length);
		calendar->name = (CxSpan){name, calendars.calendar.length};
		calendar->zone = read_zone(&calendars);
		weekly = rows_about(&hours, calendar, more_hours);
		special = rows_about(&exceptions, calendar, more_exceptions);
		calendar->windows = MemoryContextAllocHuge(
			context, mul_size(add_size(add_size(weekly, special), 1), sizeof(CxWindow)));
		calendar->exceptions =
			MemoryContextAllocHuge(context, mul_size(add_size(special, 1), sizeof(CxException)));
		read_exceptions(calendar, &exceptions, &more_exceptions,
						read_hours(calendar, &hours, &more_hours));
		cx_calendar_finish(calendar);
	}
	if (more_hours)
		refuse(&hours, "There is no such calendar.");
	if (more_exceptions)
		refuse(&exceptions, "There is no such calendar.");
	SPI_finish();
	return result;
}

static const char *const tables[] = {"calendar", "calendar_hours", "calendar_exception", NULL};
static const CxCompiled calendars_kind = {tables, compile_calendars};

/*
 * The calendar of a name as it holds for a call of a function, good until its
 * next call.  Raises 22023 for an unknown one.
 */
CxCalendar *
cx_call_calendar(FunctionCallInfo fcinfo, text *name)
{
	CxCalendars *calendars = cx_call_compiled(fcinfo, &calendars_kind);
	CxSpan wanted = {VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)};
	uint32 low = 0;
	uint32 high = calendars->count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;
		int order = cx_span_compare(&calendars->items[middle].name, &wanted);

		if (order == 0)
			return &calendars->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown calendar: \"%.*s\"",
						   pg_mbcliplen(wanted.data, wanted.length, 80), wanted.data),
					errhint("Calendars are rows of table cx.calendar.")));
}
