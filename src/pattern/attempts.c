/*
 * attempts.c
 *		The chains of a funnel themselves: their times and touches, the best one
 *		and one attempt after the other.
 */
#include "pattern/attempts.h"

/*
 * Finds the earliest start behind an instant whose chain gets to a number of
 * steps by a time, where a walk with all of these starts first got to it.  A
 * start that gets there at all, later, would get there by then as well: where
 * it is alive it has at least the steps of any later one.  False if none is found.
 *
 * Usually the first start whose window is long enough is the one.  If a strict
 * mode ends its chain, it ends those of all starts until then.
 */
static bool
find_chain(CxFunnelWalk *walk, CxInstant *start, int reached, TimestampTz reached_at)
{
	while (cx_next_instant(walk->scan, start) && start->at <= reached_at)
	{
		CxInstant instant = {start->at, start->first, start->first};
		bool open = true;

		CHECK_FOR_INTERRUPTS();
		if (!cx_instant_fits(walk->scan, start, 0) ||
			!cx_funnel_in_window(walk->funnel, start->at, reached_at))
			continue;
		cx_walk_restart(walk);
		walk->last_start = start->at;
		while (walk->reached < reached && open && cx_next_instant(walk->scan, &instant) &&
			   instant.at <= reached_at)
		{
			cx_walk_instant(walk, &instant);
			open = cx_walk_is_open(walk, instant.at);
		}
		if (walk->reached == reached)
			return true;
		if (instant.first > start->first)
			*start = (CxInstant){instant.at, instant.first, instant.first};
	}
	return false;
}

/*
 * Fills times with the times of the steps of the best chain, of several the
 * one whose times come earliest, compared one after the other.  Returns the
 * number of steps.
 */
int
cx_funnel_times(const CxFunnel *funnel, CxScan *scan, TimestampTz *times)
{
	CxFunnelWalk walk;
	CxInstant start = {0};

	cx_walk_begin(&walk, funnel, scan);
	cx_walk_on(&walk, start, NULL);
	if (walk.reached == 0)
		return 0;
	walk.times = times;
	if (!find_chain(&walk, &start, walk.reached, walk.reached_at))
		elog(ERROR, "funnel lost its best chain");
	return walk.reached;
}

/* Notes by step the last touch from first to before end that fits it; first if there is none. */
static void
note_last_fits(CxAttempts *attempts, uint32 first, uint32 end, uint32 *last_fit)
{
	int steps = attempts->funnel->steps;
	int missing = steps;

	for (int step = 0; step < steps; step++)
		last_fit[step] = first;
	for (uint32 touch = end; touch-- > first + 1 && missing > 0;)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int step = 0; step < steps; step++)
		{
			if (last_fit[step] == first && cx_scan_fits(attempts->scan, step, touch))
			{
				last_fit[step] = touch;
				missing--;
			}
		}
	}
}

/* Prepares to go through the attempts of a journey. */
void
cx_attempts_begin(CxAttempts *attempts, const CxFunnel *funnel, CxScan *scan,
				  const TimestampTz *as_of)
{
	attempts->as_of = as_of;
	attempts->funnel = funnel;
	attempts->scan = scan;
	attempts->next = (CxInstant){0};
	attempts->ends = NIL;
	attempts->times = cx_palloc_array(TimestampTz, funnel->steps);
	attempts->last_of_all = cx_palloc_array(uint32, funnel->steps);
	attempts->last_of_part = cx_palloc_array(uint32, funnel->steps);
	attempts->last_fit = attempts->last_of_all;
	note_last_fits(attempts, 0, scan->count, attempts->last_of_all);
	cx_walk_begin(&attempts->walk, funnel, scan);
}

/* Walks from an instant with chains that begin until last_start, and notes times if wanted. */
static void
walk_from(CxAttempts *attempts, CxInstant start, TimestampTz last_start, TimestampTz *times)
{
	const CxFunnelModes *modes = &attempts->funnel->modes;

	cx_walk_restart(&attempts->walk);
	attempts->walk.last_start = last_start;
	attempts->walk.times = times;
	/* a strict mode may end a chain that nothing can carry on */
	cx_walk_on(&attempts->walk, (CxInstant){start.at, start.first, start.first},
			   modes->strict_order || modes->strict_deduplication ? NULL : attempts->last_fit);
}

/* True when a chain of the last walk may go on after as_of. */
static bool
is_open(const CxAttempts *attempts)
{
	return attempts->as_of != NULL && attempts->ends == NIL &&
		   cx_walk_is_open(&attempts->walk, *attempts->as_of);
}

/* Finds the next instant behind a place that has a touch for step 1. */
static bool
next_start(const CxAttempts *attempts, CxInstant *start)
{
	while (cx_next_instant(attempts->scan, start))
	{
		if (cx_instant_fits(attempts->scan, start, 0))
			return true;
		if ((start->first & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	return false;
}

/* Leaves the touches from the start of a better attempt to it, until the attempts before it are done. */
static void
divide(CxAttempts *attempts, const CxInstant *start, const CxInstant *better)
{
	attempts->ends = lappend_int(attempts->ends, attempts->scan->count);
	attempts->scan->count = better->first;
	attempts->last_fit = attempts->last_of_part;
	note_last_fits(attempts, start->first, better->first, attempts->last_of_part);
}

/* Goes on with the attempt before whose start the touches were divided; false if they were not. */
static bool
unite(CxAttempts *attempts, CxInstant *start)
{
	uint32 first = attempts->scan->count;

	if (attempts->ends == NIL)
		return false;
	*start = (CxInstant){0, first, first};
	attempts->scan->count = llast_int(attempts->ends);
	attempts->ends = list_delete_last(attempts->ends);
	attempts->last_fit = attempts->last_of_all;
	return true;
}

/*
 * Looks among the chains that begin within an attempt, which the last walk has
 * found, for one that gets further.  Fills better with the start of the best,
 * and open with whether any of them may go on after as_of.
 */
static bool
find_better(CxAttempts *attempts, CxInstant start, CxInstant *better, bool *open)
{
	CxFunnelWalk *walk = &attempts->walk;
	int reached = walk->reached;

	if (reached == attempts->funnel->steps || walk->reached_at == start.at ||
		attempts->funnel->modes.first)
		return false;
	walk_from(attempts, start, walk->reached_at, NULL);
	*open |= is_open(attempts);
	*better = start;
	return walk->reached > reached && find_chain(walk, better, walk->reached, walk->reached_at);
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
	CxInstant better;
	bool open;

	CHECK_FOR_INTERRUPTS();
	while (!next_start(attempts, &start))
		if (!unite(attempts, &start))
			return false;
	walk_from(attempts, start, start.at, NULL);
	open = is_open(attempts);
	if (find_better(attempts, start, &better, &open))
	{
		divide(attempts, &start, &better);
		open = false;
	}
	walk_from(attempts, start, start.at, attempts->times);
	attempt->start = start;
	attempt->ended_at = walk->reached_at;
	attempt->reached = walk->reached;
	attempt->state = CX_ATTEMPT_DROPPED;
	if (walk->reached == attempts->funnel->steps)
		attempt->state = CX_ATTEMPT_COMPLETED;
	else if (open)
		attempt->state = CX_ATTEMPT_PENDING;
	attempts->next = start;
	while (attempts->next.at < walk->reached_at && cx_next_instant(attempts->scan, &attempts->next))
		;
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
