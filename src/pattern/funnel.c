/*
 * funnel.c
 *		How far a journey went through the steps of a funnel.
 *
 * Per step the walk keeps one chain that has reached it, the one whose window
 * ends last: it can do whatever the others can, so nothing is lost.  Touches of
 * one instant are taken together, in the order that is best for the funnel.
 */
#include "pattern/funnel.h"

#include "journey/scalars.h"

/*
 * The last time at which a chain that began at start may go on; false: any time.
 * Never before start, whatever "1 month -30 days" makes of a short month.
 */
static bool
funnel_limit(const CxFunnel *funnel, TimestampTz start, TimestampTz *limit)
{
	if (funnel->within == NULL || !cx_time_plus(start, funnel->within, limit))
		return false;
	*limit = Max(*limit, start);
	return true;
}

/* True when a chain that began at start may go on at a time. */
bool
cx_funnel_in_window(const CxFunnel *funnel, TimestampTz start, TimestampTz at)
{
	TimestampTz limit;

	return !funnel_limit(funnel, start, &limit) || at <= limit;
}

/*
 * True when the window from a start ends after the one from another.  With
 * months that need not be the later start: from 30 January 18:00 and from 31
 * January 6:00 a month leads to 28 February 18:00 and 6:00.
 */
static bool
ends_later(const CxFunnel *funnel, TimestampTz start, TimestampTz other)
{
	TimestampTz limit;
	TimestampTz other_limit;

	if (funnel->within == NULL || funnel->within->month == 0)
		return start > other;
	if (!funnel_limit(funnel, other, &other_limit))
		return false;
	return !funnel_limit(funnel, start, &limit) || limit > other_limit;
}

/* Prepares to walk through a journey. */
void
cx_walk_begin(CxFunnelWalk *walk, const CxFunnel *funnel, CxScan *scan)
{
	memset(walk, 0, sizeof(CxFunnelWalk));
	walk->funnel = funnel;
	walk->scan = scan;
	walk->start = cx_palloc_array(TimestampTz, funnel->steps);
	walk->alive = cx_palloc_array(bool, funnel->steps);
	walk->ever = cx_palloc_array(bool, funnel->steps);
	walk->climb = cx_palloc_array(int, funnel->steps + 1);
	walk->count = cx_palloc_array(int, funnel->steps);
	cx_walk_restart(walk);
}

/* Forgets what a walk has seen, to walk again. */
void
cx_walk_restart(CxFunnelWalk *walk)
{
	memset(walk->alive, 0, sizeof(bool) * walk->funnel->steps);
	memset(walk->ever, 0, sizeof(bool) * walk->funnel->steps);
	walk->reached = 0;
	walk->started = false;
	walk->over = false;
	walk->window_over = false;
	walk->interrupted = false;
	walk->last_start = PG_INT64_MAX;
}

/*
 * True when touches after a time could make a chain get further than any has.
 * One that has fewer steps may catch up; not so if each instant is good for one
 * step only and the first repeat of a step ends the scan.
 */
bool
cx_walk_is_open(const CxFunnelWalk *walk, TimestampTz at)
{
	const CxFunnelModes *modes = &walk->funnel->modes;
	TimestampTz limit;
	int step = modes->strict_increase && modes->strict_deduplication ? walk->reached - 1 : 0;

	if (walk->over || walk->reached == 0)
		return false;
	for (; step < walk->reached; step++)
		if (walk->alive[step] &&
			(!funnel_limit(walk->funnel, walk->start[step], &limit) || limit > at))
			return true;
	return false;
}

/*
 * Moves to the next instant; starts before the first when instant->end is 0.
 * False behind the last.
 */
bool
cx_next_instant(const CxScan *scan, CxInstant *instant)
{
	instant->first = instant->end;
	if (instant->first >= scan->count)
		return false;
	instant->at = cx_view_time_at(scan->view, instant->first);
	do
		instant->end++;
	while (instant->end < scan->count && cx_view_time_at(scan->view, instant->end) == instant->at);
	return true;
}

/* True when a touch of the instant fits a step. */
bool
cx_instant_fits(CxScan *scan, const CxInstant *instant, int step)
{
	for (uint32 touch = instant->first; touch < instant->end; touch++)
		if (cx_scan_fits(scan, step, touch))
			return true;
	return false;
}

/* The steps that a touch of the instant fits. */
static uint64 *
mask_of(const CxFunnelWalk *walk, const CxInstant *instant, uint32 touch)
{
	return walk->masks + (Size) (touch - instant->first) * walk->scan->words;
}

static bool
has_step(const uint64 *mask, int step)
{
	return (mask[step / 64] >> (step % 64) & 1) != 0;
}

/*
 * Fills masks and counts for an instant.  Returns the lowest step of the touch
 * whose lowest step is highest (steps when one fits none at all), and in *any
 * whether any touch fits any step.
 */
static int
fill_masks(CxFunnelWalk *walk, const CxInstant *instant, bool *any)
{
	CxScan *scan = walk->scan;
	int steps = walk->funnel->steps;
	uint32 touches = instant->end - instant->first;
	int highest = 0;

	if (touches > walk->mask_capacity)
	{
		walk->mask_capacity = Max(touches, 16);
		if (walk->masks != NULL)
			pfree(walk->masks);
		walk->masks = palloc_extended(
			mul_size(mul_size(walk->mask_capacity, scan->words), sizeof(uint64)), MCXT_ALLOC_HUGE);
	}
	memset(walk->count, 0, sizeof(int) * steps);
	*any = false;
	for (uint32 touch = instant->first; touch < instant->end; touch++)
	{
		uint64 *mask = mask_of(walk, instant, touch);
		int lowest = steps;

		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		memset(mask, 0, sizeof(uint64) * scan->words);
		for (int step = steps; step-- > 0;)
		{
			if (!cx_scan_fits(scan, step, touch))
				continue;
			mask[step / 64] |= UINT64CONST(1) << (step % 64);
			walk->count[step]++;
			lowest = step;
		}
		*any |= lowest < steps;
		highest = Max(highest, lowest);
	}
	return highest;
}

/*
 * Finds a touch of the instant for a step, moving other steps to other touches
 * if need be (an augmenting path).  taken holds by touch its step or -1, tried
 * by touch whether this search has been there.
 */
static bool
assign(CxFunnelWalk *walk, const CxInstant *instant, int step, int *taken, bool *tried)
{
	check_stack_depth();
	for (uint32 touch = instant->first; touch < instant->end; touch++)
	{
		uint32 i = touch - instant->first;

		if (tried[i] || !has_step(mask_of(walk, instant, touch), step))
			continue;
		CHECK_FOR_INTERRUPTS();
		tried[i] = true;
		if (taken[i] < 0 || assign(walk, instant, taken[i], taken, tried))
		{
			taken[i] = step;
			return true;
		}
	}
	return false;
}

/*
 * Keeps of touches that fit the same steps only as many as there are steps:
 * more can never be used, and the search stays small however many touches one
 * instant has.  Returns how many touches remain at the front of the masks.
 */
static uint32
drop_surplus(CxFunnelWalk *walk, const CxInstant *instant)
{
	uint32 words = walk->scan->words;
	uint32 kept = 0;

	for (uint32 touch = instant->first; touch < instant->end; touch++)
	{
		const uint64 *mask = mask_of(walk, instant, touch);
		int same = 0;

		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < kept && same < walk->funnel->steps; i++)
			same += memcmp(walk->masks + (Size) i * words, mask, sizeof(uint64) * words) == 0;
		if (same < walk->funnel->steps)
			memmove(walk->masks + (Size) kept++ * words, mask, sizeof(uint64) * words);
	}
	return kept;
}

/*
 * Fills climb: by level, the level that a chain at it can reach within the
 * instant when each touch fills at most one step.  Going from a level to the
 * next only frees the touch of one step, so the assignment is kept.
 */
static void
climb_once(CxFunnelWalk *walk, const CxInstant *instant)
{
	int steps = walk->funnel->steps;
	CxInstant few = {instant->at, instant->first, instant->first + drop_surplus(walk, instant)};
	uint32 touches = few.end - few.first;
	int *taken = cx_palloc_array(int, touches);
	bool *tried = cx_palloc_array(bool, touches);
	int top = 0;

	for (uint32 i = 0; i < touches; i++)
		taken[i] = -1;
	for (int level = 0; level <= steps; level++)
	{
		top = Max(top, level);
		while (top < steps && walk->count[top] > 0)
		{
			memset(tried, 0, touches);
			if (!assign(walk, &few, top, taken, tried))
				break;
			top++;
		}
		walk->climb[level] = top;
		for (uint32 i = 0; i < touches; i++)
			if (taken[i] == level)
				taken[i] = -1;
	}
	pfree(taken);
	pfree(tried);
}

/* Fills climb for the modes in which a touch may fill several steps. */
static void
climb_freely(CxFunnelWalk *walk)
{
	int steps = walk->funnel->steps;

	walk->climb[steps] = steps;
	for (int level = steps; level-- > 0;)
		walk->climb[level] = walk->count[level] == 0			 ? level :
							 walk->funnel->modes.strict_increase ? level + 1 :
																   walk->climb[level + 1];
}

/* Notes that a step has been reached by a chain. */
static void
reach(CxFunnelWalk *walk, int step, TimestampTz start, TimestampTz at)
{
	if (walk->times != NULL && !walk->ever[step])
		walk->times[step] = at;
	walk->ever[step] = true;
	if (step + 1 > walk->reached)
	{
		walk->window_over = false;
		walk->interrupted = false;
		walk->reached = step + 1;
		walk->reached_at = at;
		walk->reached_from = start;
	}
}

/* Lets a chain at a level, or a new one, climb as far as the instant leads. */
static void
climb_chain(CxFunnelWalk *walk, int level, TimestampTz start, TimestampTz at)
{
	for (int step = level; step < walk->climb[level]; step++)
	{
		if (!walk->alive[step] || ends_later(walk->funnel, start, walk->start[step]))
			walk->start[step] = start;
		walk->alive[step] = true;
		reach(walk, step, start, at);
	}
}

/* Lets the chains from earlier instants climb. */
static void
climb_chains(CxFunnelWalk *walk, TimestampTz at)
{
	/* from the top, so that no chain moves twice in one instant */
	for (int level = walk->funnel->steps - 1; level > 0; level--)
	{
		TimestampTz start = walk->start[level - 1];

		if (!walk->alive[level - 1] || walk->climb[level] == level)
			continue;
		if (cx_funnel_in_window(walk->funnel, start, at))
			climb_chain(walk, level, start, at);
		else
			walk->window_over |= level == walk->reached;
	}
}

/* Ends the chains whose steps do not cover every touch; not those whose window is over already. */
static void
interrupt_chains(CxFunnelWalk *walk, int highest, TimestampTz at)
{
	for (int step = 0; step < highest && step < walk->funnel->steps; step++)
	{
		if (!walk->alive[step] || !cx_funnel_in_window(walk->funnel, walk->start[step], at))
			continue;
		walk->alive[step] = false;
		walk->interrupted |= step + 1 == walk->reached;
	}
}

/* Takes the touches of one instant into account. */
void
cx_walk_instant(CxFunnelWalk *walk, const CxInstant *instant)
{
	const CxFunnel *funnel = walk->funnel;
	bool any;
	int highest = fill_masks(walk, instant, &any);
	bool repeated = false;

	if (!any && !funnel->modes.strict_order)
		return;
	if (funnel->modes.strict_deduplication)
		for (int step = 1; step < funnel->steps; step++)
			repeated |= walk->ever[step] && walk->count[step] > 0;
	if (funnel->modes.once && !funnel->modes.strict_increase && instant->end - instant->first > 1)
		climb_once(walk, instant);
	else if (funnel->modes.once)
	{
		for (int level = 0; level <= funnel->steps; level++)
			walk->climb[level] =
				level < funnel->steps && walk->count[level] > 0 ? level + 1 : level;
	}
	else
		climb_freely(walk);

	climb_chains(walk, instant->at);
	if (funnel->modes.strict_order)
		interrupt_chains(walk, highest, instant->at);
	/* what a chain that begins here does not need came before it */
	if (walk->count[0] > 0 && !(funnel->modes.first && walk->started) &&
		instant->at <= walk->last_start)
	{
		climb_chain(walk, 0, instant->at, instant->at);
		walk->started = true;
	}

	if (funnel->modes.strict_deduplication)
	{
		for (int step = 1; step < funnel->steps; step++)
			repeated |= walk->ever[step] && walk->count[step] > 1;
		walk->over = repeated;
		walk->interrupted |= repeated;
	}
	walk->over |= walk->reached == funnel->steps;
}

/* Walks through all touches, until nothing can change the answer any more. */
void
cx_walk_all(CxFunnelWalk *walk)
{
	CxInstant instant = {0};

	while (!walk->over && cx_next_instant(walk->scan, &instant))
		cx_walk_instant(walk, &instant);
}

static int
compare_numbers(const void *a, const void *b)
{
	return (*(const uint32 *) a > *(const uint32 *) b) -
		   (*(const uint32 *) a < *(const uint32 *) b);
}

/*
 * Fills touches with the numbers of touches of the instant that fill steps, the
 * earliest that can, rising, each once.  Returns how many.
 */
uint32
cx_walk_choose(CxFunnelWalk *walk, const CxInstant *instant, int first, int end, uint32 *touches)
{
	uint32 count = 0;

	if (walk->funnel->modes.once)
	{
		uint32 size = instant->end - instant->first;
		int *taken = cx_palloc_array(int, size);
		bool *tried = cx_palloc_array(bool, size);
		bool any;

		fill_masks(walk, instant, &any);
		for (uint32 i = 0; i < size; i++)
			taken[i] = -1;
		for (int step = first; step < end; step++)
		{
			memset(tried, 0, size);
			assign(walk, instant, step, taken, tried);
		}
		for (uint32 i = 0; i < size; i++)
			if (taken[i] >= 0)
				touches[count++] = instant->first + i;
		pfree(taken);
		pfree(tried);
		return count;
	}
	for (int step = first; step < end; step++)
	{
		uint32 touch = instant->first;
		bool known = false;

		while (!cx_scan_fits(walk->scan, step, touch))
			touch++;
		for (uint32 i = 0; i < count && !known; i++)
			known = touches[i] == touch;
		if (!known)
			touches[count++] = touch;
	}
	qsort(touches, count, sizeof(uint32), compare_numbers);
	return count;
}
