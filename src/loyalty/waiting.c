/*
 * waiting.c
 *		Silence: customers who wait for an answer, and those who are given no
 *		rest.
 */
#include "loyalty/contacts.h"

#include "funcapi.h"
#include "journey/scalars.h"

/* a customer who waits for an answer */
typedef struct Wait
{
	uint32 first; /* touch that it began with */
	TimestampTz since;
	int32 contacts; /* 0: nobody waits */
} Wait;

/* When a touch was over: at + lasted. */
static TimestampTz
end_of(const CxTouch *touch)
{
	TimestampTz end;

	if ((touch->has & CX_HAS_LASTED) == 0)
		return touch->at;
	if (pg_add_s64_overflow(touch->at, touch->lasted * 1000, &end) || !IS_VALID_TIMESTAMP(end))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("end of a touch is out of range"),
						errdetail("Its time plus lasted is beyond what timestamptz can hold.")));
	return end;
}

/* Adds the row of a wait and its answer, which is NULL if there is none. */
static void
put_wait(ReturnSetInfo *result, CxScan *scan, const Wait *wait, const TimestampTz *answer,
		 const Interval *within, TimestampTz as_of)
{
	TimestampTz deadline = cx_deadline(wait->since, within);
	Datum values[9];
	bool nulls[9] = {false};

	values[0] = TimestampTzGetDatum(cx_view_time_at(scan->view, wait->first));
	cx_put_labels(scan, wait->first, &values[1], &nulls[1]);
	values[4] = Int32GetDatum(wait->contacts);
	values[5] = TimestampTzGetDatum(wait->since);
	nulls[6] = nulls[7] = answer == NULL;
	if (answer != NULL)
	{
		values[6] = TimestampTzGetDatum(*answer);
		values[7] =
			Float8GetDatum(*answer < wait->since ? 0 : cx_seconds_between(wait->since, *answer));
	}
	values[8] = CStringGetTextDatum(deadline > as_of	? "pending" :
									answer == NULL		? "unanswered" :
									*answer <= deadline ? "answered" :
														  "late");
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(cx_left_waiting);

/* cx.left_waiting(j, inbound, answer, within, as_of): a row a wait */
Datum
cx_left_waiting(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Wait wait = {0};
	Interval *within;
	TimestampTz as_of;
	CxView view;
	CxScan inbound;
	CxScan answers;
	CxCursor cursor;
	CxTouch touch;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 4; i++)
		if (PG_ARGISNULL(i))
			return (Datum) 0;
	within = cx_call_span(fcinfo, 3, "within");
	as_of = cx_call_watermark(fcinfo, 4);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_begin_contacts(fcinfo, 1, &view, &inbound, as_of);
	cx_begin_contacts(fcinfo, 2, &view, &answers, as_of);
	cx_cursor_start(&cursor, &view, 0);
	while (cursor.next < inbound.count && cx_cursor_next(&cursor, &touch))
	{
		uint32 number = cursor.next - 1;

		CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(&answers, 0, number))
		{
			if (wait.contacts > 0)
				put_wait(result, &inbound, &wait, &touch.at, within, as_of);
			wait.contacts = 0;
		}
		else if (cx_scan_fits(&inbound, 0, number))
		{
			if (wait.contacts == 0)
				wait = (Wait){number, end_of(&touch), 0};
			wait.contacts++;
		}
	}
	if (wait.contacts > 0)
		put_wait(result, &inbound, &wait, NULL, within, as_of);
	return (Datum) 0;
}

/* the last touch of a team */
typedef struct TeamTouch
{
	int32 team; /* number of its label; CX_NONE for none */
	TimestampTz at;
} TeamTouch;

/* the last outbound touches, by team */
typedef struct Teams
{
	TeamTouch last;
	TeamTouch other; /* the last by another team than that */
} Teams;

/* Notes a touch; tells whether another team's is less than a span before it. */
static bool
collides(Teams *teams, TeamTouch touch, const Interval *span)
{
	const TeamTouch *other = teams->last.team == touch.team ? &teams->other : &teams->last;
	bool found = other->team != CX_NONE && touch.at < cx_deadline(other->at, span);

	if (teams->last.team != touch.team)
		teams->other = teams->last;
	teams->last = touch;
	return found;
}

PG_FUNCTION_INFO_V1(cx_contact_pressure);

/* cx.contact_pressure(j, outbound, period, most, collision): a row an outbound touch */
Datum
cx_contact_pressure(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Teams teams = {{CX_NONE, 0}, {CX_NONE, 0}};
	Interval *period;
	Interval *collision;
	CxView view;
	CxScan scan;
	uint32 oldest = 0; /* touch from which on the period is counted */
	int32 contacts = 0;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 5; i++)
		if (i != 3 && PG_ARGISNULL(i))
			return (Datum) 0;
	period = cx_call_span(fcinfo, 2, "period");
	collision = cx_call_span(fcinfo, 4, "collision");
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_begin_contacts(fcinfo, 1, &view, &scan, DT_NOEND);
	for (uint32 i = 0; i < scan.count; i++)
	{
		TimestampTz at = cx_view_time_at(&view, i);
		int32 team;
		Datum values[7];
		bool nulls[7] = {false};

		CHECK_FOR_INTERRUPTS();
		if (!cx_scan_fits(&scan, 0, i))
			continue;
		contacts++;
		for (; oldest < i && at >= cx_deadline(cx_view_time_at(&view, oldest), period); oldest++)
			contacts -= cx_scan_fits(&scan, 0, oldest);
		team = cx_scan_dictionary(&scan)->symbols[cx_view_symbol_at(&view, i)].part[CX_TEAM];

		values[0] = TimestampTzGetDatum(at);
		cx_put_labels(&scan, i, &values[1], &nulls[1]);
		values[4] = Int32GetDatum(contacts);
		nulls[5] = PG_ARGISNULL(3);
		values[5] = BoolGetDatum(!nulls[5] && contacts > PG_GETARG_INT32(3));
		nulls[6] = team == CX_NONE;
		values[6] = BoolGetDatum(!nulls[6] && collides(&teams, (TeamTouch){team, at}, collision));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
