/*
 * erlang.h
 *		Queues of a contact centre: Erlang's formulas B, C and A.
 *
 * Traffic is arrivals times mean handle time in the same unit of time, the
 * number of agents that would be busy if nobody waited.
 */
#ifndef CX_STATS_ERLANG_H
#define CX_STATS_ERLANG_H

#include "cx.h"

#define CX_MAX_AGENTS 10000000

/* what Erlang A says; shares of all who call */
typedef struct CxErlangA
{
	float8 wait;		/* that have to wait */
	float8 abandon;		/* that hang up, and the mean wait of all in mean patiences */
	float8 within;		/* that are answered within the threshold */
	float8 answer_wait; /* mean wait of those who are answered, in mean patiences; NaN for none */
} CxErlangA;

extern float8 cx_erlang_b(float8 traffic, int32 agents);
extern float8 cx_erlang_c(float8 traffic, int32 agents);
extern CxErlangA cx_erlang_a(float8 traffic, int32 agents, float8 patience, float8 threshold);
extern int32 cx_erlang_c_agents(float8 traffic, float8 share, float8 threshold);
extern int32 cx_erlang_a_agents(float8 traffic, float8 share, float8 patience, float8 threshold);

#endif /* CX_STATS_ERLANG_H */
