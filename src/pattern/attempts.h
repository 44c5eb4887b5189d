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

/* goes through the attempts of a journey */
typedef struct CxAttempts
{
	const CxFunnel *funnel;
	CxScan *scan;
	const TimestampTz *as_of; /* NULL: nothing is pending */
	CxFunnelWalk walk;
	CxInstant next; /* the last instant of the attempt before */
	List *ends;		/* ends of the touches that better attempts, behind those of scan, divided */
	TimestampTz *times;		/* of the attempt's steps */
	uint32 *last_of_all;	/* by step: the last touch that fits it */
	uint32 *last_of_part;	/* the same before the start of a better attempt */
	const uint32 *last_fit; /* one of these, which holds for the touches of scan */
} CxAttempts;

extern int cx_funnel_times(const CxFunnel *funnel, CxScan *scan, TimestampTz *times);
extern void cx_attempts_begin(CxAttempts *attempts, const CxFunnel *funnel, CxScan *scan,
							  const TimestampTz *as_of);
extern bool cx_next_attempt(CxAttempts *attempts, CxAttempt *attempt);
extern uint32 cx_attempt_touches(CxAttempts *attempts, const CxAttempt *attempt, uint32 *touches);

#endif /* CX_PATTERN_ATTEMPTS_H */
