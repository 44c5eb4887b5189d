/*
 * calendar.h
 *		Business calendars: when a company is open, on the clock of a time zone.
 *
 * A time is open when the zone's clock shows a day and a time of the day that a
 * window of the calendar contains.  So an hour that the clock skips is never
 * open, and one that it shows twice is open twice.
 *
 * Days count from 2000-01-01; times on the clock are microseconds since it began.
 */
#ifndef CX_OWNERSHIP_CALENDAR_H
#define CX_OWNERSHIP_CALENDAR_H

#include "journey/layout.h"

#include "utils/date.h"
#include "utils/timestamp.h"

#define CX_WEEKDAYS 7

/* a time of the day when it is open: from opens up to, but not including, closes */
typedef struct CxWindow
{
	int64 opens;
	int64 closes;
	DateADT first; /* days on which the window holds: from this one */
	DateADT end;   /* up to, but not including, this one */
} CxWindow;

/* a day with windows of its own, or none */
typedef struct CxException
{
	DateADT day;
	uint32 first; /* its windows: from this one up to that of the next exception */
	int64 before; /* time that exceptions of earlier days add to the hours of the week */
} CxException;

/* a compiled calendar */
typedef struct CxCalendar
{
	CxSpan name;
	pg_tz *zone;
	CxWindow *windows;				 /* of weekdays, Monday first, then of exceptions */
	uint32 weekday[CX_WEEKDAYS + 1]; /* where the windows of each begin, and the last end */
	CxException *exceptions;		 /* by day; one more without day at the end */
	uint32 exception_count;
	int64 first_day;  /* nothing is open before this day ... */
	int64 end_day;	  /* ... and from this one on */
	TimestampTz from; /* the zone's offset that was last looked up: since when ... */
	TimestampTz to;	  /* ... and until when it holds, and what it is */
	int64 offset;
} CxCalendar;

/* all calendars, by name */
typedef struct CxCalendars
{
	CxCalendar *items;
	uint32 count;
} CxCalendars;

extern void cx_calendar_finish(CxCalendar *calendar);
extern int64 cx_calendar_between(CxCalendar *calendar, TimestampTz from, TimestampTz to);
extern bool
cx_calendar_add(CxCalendar *calendar, TimestampTz at, int64 duration, TimestampTz *result);
extern CxCalendar *cx_call_calendar(FunctionCallInfo fcinfo, text *name);

#endif /* CX_OWNERSHIP_CALENDAR_H */
