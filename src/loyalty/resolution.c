/*
 * resolution.c
 *		Were contacts the last about their matter, and did self-service do
 *		without people?
 */
#include "loyalty/contacts.h"

#include "funcapi.h"
#include "journey/scalars.h"

#define NOBODY PG_UINT32_MAX /* the number of no touch */

/* contacts of which each followed the one before at once: a call and its forwarding */
typedef struct Episode
{
	int32 number; /* from 1; 0 for none yet */
	uint32 first; /* touches */
	uint32 last;
	int32 contacts;
} Episode;

/* Adds the row of an episode and the contact after it. */
static void
put_episode(ReturnSetInfo *result, CxScan *scan, const Episode *episode, uint32 next,
			const Interval *within, TimestampTz as_of)
{
	TimestampTz ended_at = cx_view_time_at(scan->view, episode->last);
	TimestampTz next_at = next == NOBODY ? DT_NOEND : cx_view_time_at(scan->view, next);
	TimestampTz deadline = cx_deadline(ended_at, within);
	Datum values[10];
	bool nulls[10] = {false};

	values[0] = Int32GetDatum(episode->number);
	values[1] = TimestampTzGetDatum(cx_view_time_at(scan->view, episode->first));
	values[2] = TimestampTzGetDatum(ended_at);
	values[3] = Int32GetDatum(episode->contacts);
	cx_put_labels(scan, episode->first, &values[4], &nulls[4]);
	cx_put_time(next_at, next != NOBODY, &values[7], &nulls[7]);
	nulls[8] = next == NOBODY;
	values[8] = Float8GetDatum(cx_seconds_between(ended_at, next_at));
	values[9] = CStringGetTextDatum(deadline > as_of					  ? "pending" :
									next != NOBODY && next_at <= deadline ? "repeated" :
																			"resolved");
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(cx_resolution);

/* cx.resolution(j, contact, within, as_of, forward_gap): a row an episode */
Datum
cx_resolution(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Episode episode = {0};
	Interval *within;
	Interval *forward_gap;
	TimestampTz as_of;
	CxView view;
	CxScan scan;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 5; i++)
		if (i != 3 && PG_ARGISNULL(i))
			return (Datum) 0;
	within = cx_call_span(fcinfo, 2, "within");
	as_of = cx_call_watermark(fcinfo, 3);
	forward_gap = cx_call_span(fcinfo, 4, "forward_gap");
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_begin_contacts(fcinfo, 1, &view, &scan, as_of);
	for (uint32 i = 0; i < scan.count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!cx_scan_fits(&scan, 0, i))
			continue;
		if (episode.number == 0 ||
			cx_view_time_at(&view, i) >=
				cx_deadline(cx_view_time_at(&view, episode.last), forward_gap))
		{
			if (episode.number > 0)
				put_episode(result, &scan, &episode, i, within, as_of);
			episode = (Episode){episode.number + 1, i, i, 0};
		}
		episode.last = i;
		episode.contacts++;
	}
	if (episode.number > 0)
		put_episode(result, &scan, &episode, NOBODY, within, as_of);
	return (Datum) 0;
}

/* self-service and assisted touches with no long gap between */
typedef struct Session
{
	int32 number;	/* of the last with self-service */
	uint32 first;	/* self-service touch; NOBODY before it */
	uint32 last;	/* touch of either kind */
	int32 touches;	/* of self-service */
	bool escalated; /* an assisted one came after the first */
} Session;

/* what a call of cx.containment asks */
typedef struct Containment
{
	ReturnSetInfo *result;
	CxScan self_service;
	CxScan assisted;
	Interval *within;
	Interval *gap;
	TimestampTz as_of;
	uint32 *next_assisted; /* by touch: the first from it on; NOBODY for none */
} Containment;

/* Adds the row of a session, if it has self-service. */
static void
put_session(Containment *containment, Session *session)
{
	CxScan *scan = &containment->self_service;
	Datum values[11];
	bool nulls[11] = {false};
	TimestampTz ended_at;
	TimestampTz next_at;
	TimestampTz deadline;
	bool over;
	uint32 next;

	if (session->first == NOBODY)
		return;
	ended_at = cx_view_time_at(scan->view, session->last);
	next = containment->next_assisted[session->first + 1];
	next_at = next == NOBODY ? DT_NOEND : cx_view_time_at(scan->view, next);
	deadline = cx_deadline(ended_at, containment->within);
	over = cx_deadline(ended_at, containment->gap) <= containment->as_of;

	values[0] = Int32GetDatum(++session->number);
	values[1] = TimestampTzGetDatum(cx_view_time_at(scan->view, session->first));
	values[2] = TimestampTzGetDatum(ended_at);
	values[3] = Int32GetDatum(session->touches);
	cx_put_labels(scan, session->first, &values[4], &nulls[4]);
	cx_put_time(next_at, next != NOBODY, &values[7], &nulls[7]);
	nulls[8] = next == NOBODY;
	if (next != NOBODY)
		values[8] = Float8GetDatum(
			cx_seconds_between(cx_view_time_at(scan->view, session->first), next_at));
	values[9] = BoolGetDatum(!session->escalated);
	nulls[9] = !over;
	values[10] = CStringGetTextDatum(!over || deadline > containment->as_of ? "pending" :
									 session->escalated						? "escalated" :
									 next != NOBODY && next_at <= deadline	? "recontacted" :
																			  "contained");
	tuplestore_putvalues(containment->result->setResult, containment->result->setDesc, values,
						 nulls);
}

/* Works out, for each touch and the place behind the last, which assisted one comes next. */
static uint32 *
find_assisted(CxScan *assisted)
{
	uint32 *next = cx_palloc_array(uint32, (uint64) assisted->count + 1);

	next[assisted->count] = NOBODY;
	for (uint32 i = assisted->count; i-- > 0;)
	{
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		next[i] = cx_scan_fits(assisted, 0, i) ? i : next[i + 1];
	}
	return next;
}

PG_FUNCTION_INFO_V1(cx_containment);

/* cx.containment(j, self_service, assisted, within, gap, as_of): a row a session with self-service */
Datum
cx_containment(PG_FUNCTION_ARGS)
{
	Containment containment = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	Session session = {.first = NOBODY, .last = NOBODY};
	CxView view;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 5; i++)
		if (PG_ARGISNULL(i))
			return (Datum) 0;
	containment.within = cx_call_span(fcinfo, 3, "within");
	containment.gap = cx_call_span(fcinfo, 4, "gap");
	containment.as_of = cx_call_watermark(fcinfo, 5);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_begin_contacts(fcinfo, 1, &view, &containment.self_service, containment.as_of);
	cx_begin_contacts(fcinfo, 2, &view, &containment.assisted, containment.as_of);
	containment.next_assisted = find_assisted(&containment.assisted);
	for (uint32 i = 0; i < containment.assisted.count; i++)
	{
		bool assisted = containment.next_assisted[i] == i;

		CHECK_FOR_INTERRUPTS();
		if (!assisted && !cx_scan_fits(&containment.self_service, 0, i))
			continue;
		if (session.last != NOBODY && cx_starts_session(cx_view_time_at(&view, session.last),
														cx_view_time_at(&view, i), containment.gap))
		{
			put_session(&containment, &session);
			session = (Session){.number = session.number, .first = NOBODY};
		}
		session.last = i;
		if (assisted)
			session.escalated |= session.first != NOBODY;
		else
		{
			session.first = Min(session.first, i);
			session.touches++;
		}
	}
	put_session(&containment, &session);
	return (Datum) 0;
}
