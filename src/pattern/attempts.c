/*
 * attempts.c
 *		The chains of a funnel themselves: their times and touches, the best one
 *		and one attempt after the other.
 */
#include "pattern/attempts.h"

/*
 * Fills times with the times of the steps of the best chain, of several the
 * one whose times come earliest, compared one after the other.  Returns the
 * number of steps.
 *
 * The first walk tells how many steps there are and when they were first all
 * reached.  The earliest start that still is in the window then leads there
 * too, unless a strict mode interrupts its chain; so usually the second walk
 * is the last.
 */
int
cx_funnel_times(const CxFunnel *funnel, CxScan *scan, TimestampTz *times)
{
	CxFunnelWalk walk;
	CxInstant start = {0};
	TimestampTz reached_at;
	int reached;

	cx_walk_begin(&walk, funnel, scan);
	cx_walk_on(&walk, start, NULL);
	if (walk.reached == 0)
		return 0;
	reached = walk.reached;
	reached_at = walk.reached_at;
	walk.times = times;
	while (cx_next_instant(scan, &start))
	{
		CxInstant instant = {start.at, start.first, start.first};

		if (!cx_instant_fits(scan, &start, 0) || !cx_funnel_in_window(funnel, start.at, reached_at))
			continue;
		CHECK_FOR_INTERRUPTS();
		cx_walk_restart(&walk);
		walk.last_start = start.at;
		while (walk.reached < reached && !walk.over && cx_next_instant(scan, &instant) &&
			   instant.at <= reached_at)
			cx_walk_instant(&walk, &instant);
		if (walk.reached == reached)
			return reached;
	}
	elog(ERROR, "funnel lost its best chain");
}

/* Prepares to go through the attempts of a journey. */
void
cx_attempts_begin(CxAttempts *attempts, const CxFunnel *funnel, CxScan *scan,
				  const TimestampTz *as_of)
{
	int missing = funnel->steps;

	attempts->as_of = as_of;
	attempts->funnel = funnel;
	attempts->scan = scan;
	attempts->next = (CxInstant){0};
	attempts->bound = scan->count;
	attempts->times = cx_palloc_array(TimestampTz, funnel->steps);
	attempts->last_fit = cx_palloc_array(uint32, funnel->steps);
	memset(attempts->last_fit, 0, sizeof(uint32) * funnel->steps);
	cx_walk_begin(&attempts->walk, funnel, scan);
	attempts->walk.times = attempts->times;
	for (uint32 touch = scan->count; touch-- > 0 && missing > 0;)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int step = 0; step < funnel->steps; step++)
		{
			if (attempts->last_fit[step] == 0 && cx_scan_fits(scan, step, touch))
			{
				attempts->last_fit[step] = touch;
				missing--;
			}
		}
	}
}

/* Walks from an instant, with chains that begin until last_start, through the touches before bound. */
static void
walk_from(CxAttempts *attempts, CxInstant start, TimestampTz last_start, uint32 bound)
{
	const CxFunnelModes *modes = &attempts->funnel->modes;
	uint32 count = attempts->scan->count;

	cx_walk_restart(&attempts->walk);
	attempts->walk.last_start = last_start;
	attempts->scan->count = bound;
	/* a strict mode may end a chain that nothing can carry on */
	cx_walk_on(&attempts->walk, (CxInstant){start.at, start.first, start.first},
			   modes->strict_order || modes->strict_deduplication ? NULL : attempts->last_fit);
	attempts->scan->count = count;
}

/* True when a chain of the last walk may go on after as_of. */
static bool
is_open(const CxAttempts *attempts)
{
	return attempts->as_of != NULL && attempts->bound == attempts->scan->count &&
		   cx_walk_is_open(&attempts->walk, *attempts->as_of);
}

/* Finds the next instant from a place on, before the bound, that has a touch for step 1. */
static bool
next_start(const CxAttempts *attempts, CxInstant *start)
{
	while (cx_next_instant(attempts->scan, start) && start->first < attempts->bound)
	{
		if (cx_instant_fits(attempts->scan, start, 0))
			return true;
		if ((start->first & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return false;
}

/*
 * Fills attempt with the next one; false when there are no more.
 *
 * An attempt begins at the first touch for step 1 behind the attempt before,
 * and goes on as far as a chain from there can.  If one that begins within it
 * gets further, the best of these is an attempt of its own, and the touches
 * from its start on are no longer this one's.
 */
bool
cx_next_attempt(CxAttempts *attempts, CxAttempt *attempt)
{
	CxFunnelWalk *walk = &attempts->walk;
	CxInstant start = attempts->next;
	CxInstant end;
	bool open; /* a chain that begins within may go on after as_of */

	CHECK_FOR_INTERRUPTS();
	while (!next_start(attempts, &start))
	{
		if (attempts->bound == attempts->scan->count)
			return false;
		/* the attempts before a better one are done; now that */
		start = (CxInstant){0, attempts->bound, attempts->bound};
		attempts->bound = attempts->scan->count;
	}
	walk_from(attempts, start, start.at, attempts->bound);
	open = is_open(attempts);
	if (walk->reached < attempts->funnel->steps && walk->reached_at > start.at &&
		!attempts->funnel->modes.first)
	{
		int reached = walk->reached;

		walk->times = NULL;
		walk_from(attempts, start, walk->reached_at, attempts->bound);
		open = is_open(attempts);
		if (walk->reached > reached && walk->reached_from > start.at)
		{
			end = start;
			while (cx_next_instant(attempts->scan, &end) && end.at < walk->reached_from)
				;
			attempts->bound = end.first;
			open = false;
		}
		walk->times = attempts->times;
		walk_from(attempts, start, start.at, attempts->bound);
	}
	attempt->start = start;
	attempt->ended_at = walk->reached_at;
	attempt->reached = walk->reached;
	attempt->state = CX_ATTEMPT_DROPPED;
	if (walk->reached == attempts->funnel->steps)
		attempt->state = CX_ATTEMPT_COMPLETED;
	else if (open)
		attempt->state = CX_ATTEMPT_PENDING;
	end = start;
	while (end.at < walk->reached_at && cx_next_instant(attempts->scan, &end))
		;
	attempts->next = end;
	return true;
}

/*
 * Fills touches with the numbers of an attempt's touches, rising, a touch that
 * fills several steps once.  Returns how many; there is room for one a step.
 */
uint32
cx_attempt_touches(CxAttempts *attempts, const CxAttempt *attempt, uint32 *touches)
{
	CxInstant instant = attempt->start;
	uint32 count = 0;

	for (int step = 0; step < attempt->reached;)
	{
		int first = step;

		while (instant.at < attempts->times[first] && cx_next_instant(attempts->scan, &instant))
			;
		while (step < attempt->reached && attempts->times[step] == instant.at)
			step++;
		count += cx_walk_choose(&attempts->walk, &instant, first, step, touches + count);
	}
	return count;
}
