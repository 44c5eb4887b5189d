/*
 * handoff.h
 *		Customers handed over from one team to another, within one journey.
 *
 * Only touches with a team take part.  Two of them that follow each other too
 * far apart, counted from the end of the earlier, belong to different cases.
 */
#ifndef CX_OWNERSHIP_HANDOFF_H
#define CX_OWNERSHIP_HANDOFF_H

#include "journey/layout.h"

#include "utils/timestamp.h"

/* a touch with a team */
typedef struct CxHandling
{
	uint32 touch; /* its number, from 0 */
	uint32 symbol;
	int32 team; /* label number */
	bool timed; /* how long it lasted is known */
	TimestampTz at;
	TimestampTz until; /* when it was over; PG_INT64_MAX beyond all times */
} CxHandling;

/* what happened between a touch with a team and the one before */
typedef struct CxHandoffLink
{
	bool handoff;	/* another team, of the same case */
	bool returned;	/* that has had the customer before in the case */
	bool ping_pong; /* right before the team that hands over */
} CxHandoffLink;

/* walks through the touches with a team */
typedef struct CxHandoffWalk
{
	const CxView *view;
	const Interval *within; /* NULL: a journey is one case */
	TimestampTz as_of;		/* later touches are not looked at */
	CxCursor cursor;
	int32 *team_of;	 /* by symbol */
	uint32 *seen_in; /* by label: the case in which the team was last seen, 0 for none */
	uint32 current;	 /* number of the case; 0 before the first touch */
	int32 previous;	 /* the team before that of the last touch, in the case */
	CxHandling last;
} CxHandoffWalk;

extern void cx_handoffs_begin(CxHandoffWalk *walk, const CxView *view, const Interval *within,
							  TimestampTz as_of);
extern bool cx_handoffs_next(CxHandoffWalk *walk, CxHandoffLink *link);
extern bool cx_handoff_near(const Interval *within, TimestampTz until, TimestampTz at);

#endif /* CX_OWNERSHIP_HANDOFF_H */
