/*
 * attempts.h
 *		The chains of a funnel themselves: the best one, and one attempt after
 *		the other.
 */
#ifndef CX_PATTERN_ATTEMPTS_H
#define CX_PATTERN_ATTEMPTS_H

#include "pattern/funnel.h"

#include "nodes/pg_list.h"

typedef enum CxAttemptState
{
	CX_ATTEMPT_COMPLETED,
	CX_ATTEMPT_PENDING,
	CX_ATTEMPT_DROPPED
} CxAttemptState;

typedef struct CxAttempt
{
	CxInstant start;
	TimestampTz ended_at; /* of its last touch */
	int reached;
	CxAttemptState state;
} CxAttempt;

/* the first touch from a place on that matters to a chain */
typedef struct CxEvent
{
	uint32 from;
	uint32 touch;
} CxEvent;

/* goes through the attempts of a journey */
typedef struct CxAttempts
{
	const CxFunnel *funnel;
	CxScan *scan;
	const TimestampTz *as_of; /* NULL: nothing is pending */
	CxFunnelWalk walk;
	uint32 count;			/* touches of the journey */
	CxInstant next;			/* the last instant of the attempt before */
	List *ends;				/* where the touches of scan ended before they were divided */
	TimestampTz *times;		/* of the attempt's steps */
	CxEvent *events;		/* by number of steps: for the attempts */
	CxEvent *events_within; /* the same for chains that begin within one */
} CxAttempts;

extern int cx_funnel_times(const CxFunnel *funnel, CxScan *scan, TimestampTz *times);
extern void cx_attempts_begin(CxAttempts *attempts, const CxFunnel *funnel, CxScan *scan,
							  const TimestampTz *as_of);
extern bool cx_next_attempt(CxAttempts *attempts, CxAttempt *attempt);
extern uint32 cx_attempt_touches(CxAttempts *attempts, const CxAttempt *attempt, uint32 *touches);

#endif /* CX_PATTERN_ATTEMPTS_H */
