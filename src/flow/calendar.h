/*
 * calendar.h
 *		Time zones, and periods that follow each other by a zone's calendar.
 */
#ifndef CX_FLOW_CALENDAR_H
#define CX_FLOW_CALENDAR_H

#include "cx.h"

#include "utils/date.h"
#include "utils/timestamp.h"

/* a time zone, and the span of time around the last question in which its offset stays the same */
typedef struct CxZone
{
	pg_tz *tz;
	int64 offset; /* microseconds east of UTC */
	int64 from;	  /* UTC; holds from this time on */
	int64 to;	  /* and before this one; PG_INT64_MAX without end */
} CxZone;

/*
 * Periods of one length, numbered from 0.  Period k is half open: from
 * cx_period_start(k) up to, but not including, cx_period_start(k + 1).
 */
typedef struct CxPeriods
{
	CxZone zone;
	Interval length;
	bool calendar;	   /* days, weeks, months of the calendar */
	TimestampTz first; /* when period 0 starts */
	int64 day;		   /* the same on the zone's clock: days since 2000 */
	int64 time;		   /* microseconds of the day */
	int64 month;	   /* months since the year 0; only set if the length has months */
	int month_day;
} CxPeriods;

extern void cx_periods_open(CxPeriods *periods, text *zone, Interval *length, bool calendar);
extern void cx_periods_begin(CxPeriods *periods, TimestampTz at);
extern TimestampTz cx_period_start(CxPeriods *periods, int64 number);
extern int64 cx_period_of(CxPeriods *periods, TimestampTz at, int64 limit);
extern DateADT cx_period_date(CxPeriods *periods, int64 number);
extern TimestampTz cx_as_of(FunctionCallInfo fcinfo, int argument);

#endif /* CX_FLOW_CALENDAR_H */
