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
	cx_walk_all(&walk);
	if (walk.reached == 0)
		return 0;
	walk.times = times;
	if (!find_chain(&walk, &start, walk.reached, walk.reached_at))
		elog(ERROR, "funnel lost its best chain");
	return walk.reached;
}

/* Prepares to go through the attempts of a journey. */
void
cx_attempts_begin(CxAttempts *attempts, const CxFunnel *funnel, CxScan *scan,
				  const TimestampTz *as_of)
{
	Size size = sizeof(CxEvent) * funnel->steps;

	attempts->as_of = as_of;
	attempts->funnel = funnel;
	attempts->scan = scan;
	attempts->count = scan->count;
	attempts->next = (CxInstant){0};
	attempts->ends = NIL;
	attempts->times = cx_palloc_array(TimestampTz, funnel->steps);
	attempts->events = palloc0(size);
	attempts->events_within = palloc0(size);
	cx_walk_begin(&attempts->walk, funnel, scan);
}

/* True when a touch can change what becomes of a chain that has the first steps. */
static bool
is_event(const CxAttempts *attempts, int steps, uint32 touch)
{
	const CxFunnelModes *modes = &attempts->funnel->modes;
	bool foreign = modes->strict_order;

	if (cx_scan_fits(attempts->scan, steps, touch))
		return true;
	if (!modes->strict_order && !modes->strict_deduplication)
		return false;
	for (int step = 0; step < steps; step++)
	{
		if (!cx_scan_fits(attempts->scan, step, touch))
			continue;
		if (modes->strict_deduplication && step > 0)
			return true;
		foreign = false;
	}
	return foreign;
}

/*
 * The first touch from a place on that matters to a chain with a number of
 * steps; behind the last if there is none.  The answer serves all places from
 * where it was looked for: chains that begin later are later at each step, so
 * that all of them together look at a touch once a step.
 */
static uint32
next_event(const CxAttempts *attempts, CxEvent *events, int steps, uint32 place)
{
	CxEvent *event = &events[steps];
	bool before = place < event->from;
	uint32 end = before ? event->from : attempts->count;
	uint32 touch = place;

	if (place >= event->from && place <= event->touch)
		return event->touch;
	while (touch < end && !is_event(attempts, steps, touch))
	{
		if ((++touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
	}
	if (!before || touch < end)
		event->touch = touch;
	event->from = place;
	return event->touch;
}

/* Widens a touch behind a place to its instant. */
static CxInstant
instant_of(const CxAttempts *attempts, uint32 touch, uint32 place)
{
	TimestampTz at = cx_view_time_at(attempts->scan->view, touch);
	CxInstant instant;

	while (touch > place && cx_view_time_at(attempts->scan->view, touch - 1) == at)
		touch--;
	instant.end = touch;
	cx_next_instant(attempts->scan, &instant);
	return instant;
}

/*
 * Follows the chain that begins in an instant, and notes its times if wanted.
 * Looks only at instants that matter to it.
 */
static void
follow(CxAttempts *attempts, CxInstant start, CxEvent *events, TimestampTz *times)
{
	CxFunnelWalk *walk = &attempts->walk;
	CxInstant instant = start;

	CHECK_FOR_INTERRUPTS();
	cx_walk_restart(walk);
	walk->last_start = start.at;
	walk->times = times;
	cx_walk_instant(walk, &instant);
	while (cx_walk_is_open(walk, instant.at))
	{
		uint32 touch = next_event(attempts, events, walk->reached, instant.end);

		if (touch >= attempts->scan->count)
			break;
		instant = instant_of(attempts, touch, instant.end);
		cx_walk_instant(walk, &instant);
	}
}

/* True when the chain that was followed last may go on after as_of. */
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

/*
 * Looks among the chains that begin within an attempt, which has been followed,
 * for one that gets further.  Fills better with the start of the best, the
 * earliest of several, and open with whether any of them may go on after as_of.
 */
static bool
find_better(CxAttempts *attempts, CxInstant start, CxInstant *better, bool *open)
{
	CxFunnelWalk *walk = &attempts->walk;
	TimestampTz ended_at = walk->reached_at;
	int most = walk->reached;
	bool found = false;

	if (attempts->funnel->modes.first)
		return false;
	while (most < attempts->funnel->steps && next_start(attempts, &start) && start.at <= ended_at)
	{
		follow(attempts, start, attempts->events_within, NULL);
		*open |= is_open(attempts);
		if (walk->reached <= most)
			continue;
		most = walk->reached;
		*better = start;
		found = true;
	}
	return found;
}

/* Leaves the touches from a better attempt on to it, until the attempts before it are done. */
static void
divide(CxAttempts *attempts, const CxInstant *better)
{
	attempts->ends = lappend_int(attempts->ends, attempts->scan->count);
	attempts->scan->count = better->first;
}

/* Goes on with the attempt before which the touches were divided; false if they were not. */
static bool
unite(CxAttempts *attempts, CxInstant *place)
{
	uint32 first = attempts->scan->count;

	if (attempts->ends == NIL)
		return false;
	*place = (CxInstant){0, first, first};
	attempts->scan->count = llast_int(attempts->ends);
	attempts->ends = list_delete_last(attempts->ends);
	return true;
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

	while (!next_start(attempts, &start))
		if (!unite(attempts, &start))
			return false;
	follow(attempts, start, attempts->events, NULL);
	open = is_open(attempts);
	if (find_better(attempts, start, &better, &open))
	{
		divide(attempts, &better);
		open = false;
	}
	follow(attempts, start, attempts->events, attempts->times);
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
