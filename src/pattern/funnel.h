/*
 * funnel.h
 *		How far a journey went through the steps of a funnel.
 */
#ifndef CX_PATTERN_FUNNEL_H
#define CX_PATTERN_FUNNEL_H

#include "pattern/match.h"

#include "utils/timestamp.h"

typedef struct CxFunnelModes
{
	bool strict_increase;
	bool once;
	bool strict_order;
	bool strict_deduplication;
	bool first;
} CxFunnelModes;

/* the modes in the order of their names */
#define CX_FUNNEL_MODES(m) \
	(m)->strict_increase, (m)->once, (m)->strict_order, (m)->strict_deduplication, (m)->first
#define CX_FUNNEL_MODE_COUNT 5
extern const char *const cx_funnel_mode_names[CX_FUNNEL_MODE_COUNT];

/* the question; steps are the selectors of a program without positions */
typedef struct CxFunnel
{
	const CxProgram *program;
	int steps;
	Interval *within;			 /* NULL: no limit */
	int64 window[CX_TIME_UNITS]; /* the same in each unit of stored times */
	CxFunnelModes modes;
	const void *question; /* all of it, as a summary keeps it */
	uint32 question_size;
} CxFunnel;

/* why the best chain did not go on */
typedef enum CxFunnelStop
{
	CX_STOP_COMPLETED,
	CX_STOP_NO_EVENT,
	CX_STOP_WINDOW_OVER,
	CX_STOP_INTERRUPTED
} CxFunnelStop;

/* the touches of one instant: a range of touch numbers */
typedef struct CxInstant
{
	TimestampTz at;
	uint32 first;
	uint32 end;
} CxInstant;

/* what a walk through a journey's instants has reached */
typedef struct CxFunnelWalk
{
	const CxFunnel *funnel;
	CxScan *scan;
	int reached;			/* most steps so far */
	TimestampTz *start;		/* by step: start of the chain that has it and may go on longest */
	bool *alive;			/* by step: there is such a chain */
	bool *ever;				/* by step: some chain has had it */
	bool started;			/* a chain has begun (for the mode first) */
	bool over;				/* the scan has ended */
	TimestampTz last_start; /* chains may not begin later */
	TimestampTz *times;		/* by step: when it was first reached; NULL: not wanted */
	TimestampTz reached_at; /* when reached was first reached, and by which start */
	TimestampTz reached_from;
	bool window_over; /* a chain could have gone on but for the window */
	bool interrupted; /* chains were ended by a mode */
	int *climb;		  /* scratch: by level, how far one instant leads */
	int *count;		  /* scratch: by step, touches of the instant that fit */
	uint64 *masks;	  /* scratch: steps that a touch fits, words a touch */
	uint32 mask_capacity;
} CxFunnelWalk;

extern void cx_funnel_set_window(CxFunnel *funnel);
extern void cx_walk_begin(CxFunnelWalk *walk, const CxFunnel *funnel, CxScan *scan);
extern void cx_walk_restart(CxFunnelWalk *walk);
extern bool cx_walk_is_open(const CxFunnelWalk *walk, TimestampTz at);
extern void cx_walk_instant(CxFunnelWalk *walk, const CxInstant *instant);
extern void cx_walk_all(CxFunnelWalk *walk);
extern uint32
cx_walk_choose(CxFunnelWalk *walk, const CxInstant *instant, int first, int end, uint32 *touches);
extern bool cx_next_instant(const CxScan *scan, CxInstant *instant);
extern bool cx_instant_fits(CxScan *scan, const CxInstant *instant, int step);
extern bool cx_funnel_in_window(const CxFunnel *funnel, TimestampTz start, TimestampTz at);
extern int cx_funnel_reached(const CxFunnel *funnel, CxScan *scan);

#endif /* CX_PATTERN_FUNNEL_H */
