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

static bool
in_window(const CxFunnel *funnel, TimestampTz start, TimestampTz at)
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
	walk->alive = palloc0(funnel->steps);
	walk->ever = palloc0(funnel->steps);
	walk->climb = cx_palloc_array(int, funnel->steps + 1);
	walk->count = cx_palloc_array(int, funnel->steps);
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
		if (in_window(walk->funnel, start, at))
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
		if (!walk->alive[step] || !in_window(walk->funnel, walk->start[step], at))
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
	if (walk->count[0] > 0 && !(funnel->modes.first && walk->started))
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

/* True when the plain walk below answers the question. */
static bool
is_plain(const CxFunnel *funnel, const CxScan *scan)
{
	const CxFunnelModes *modes = &funnel->modes;

	return !modes->strict_increase && !modes->once && !modes->strict_order &&
		   !modes->strict_deduplication && !modes->first && funnel->steps <= 64 &&
		   !scan->any_maybe && (funnel->within == NULL || funnel->within->month == 0);
}

/*
 * Computes the window in each unit of the stored times, for the plain walk;
 * no window, or one beyond all times, is the largest number.
 */
void
cx_funnel_set_window(CxFunnel *funnel)
{
	int64 window = 0;
	bool endless = funnel->within == NULL ||
				   pg_mul_s64_overflow(funnel->within->day, USECS_PER_DAY, &window) ||
				   pg_add_s64_overflow(window, funnel->within->time, &window);

	for (int unit = 0; unit < CX_TIME_UNITS; unit++)
		funnel->window[unit] = endless ? PG_UINT64_MAX : (uint64) (window / cx_time_units[unit]);
}

/* the chains of the default mode, by step: the first touch of the latest one */
typedef struct PlainChains
{
	uint32 start[64];
	uint64 alive;
} PlainChains;

/*
 * Lets the chains go on with a touch that fits the steps in mask.  Looks at
 * times only where a chain could go on.
 */
static inline void
climb_plainly(PlainChains *chains, const CxBits *times, uint64 most, uint64 mask, uint32 touch)
{
	for (; mask != 0; mask &= mask - 1)
	{
		int step = __builtin_ctzll(mask);
		uint32 start = touch;

		if (step > 0)
		{
			if ((chains->alive >> (step - 1) & 1) == 0)
				continue;
			start = chains->start[step - 1];
			if (most != PG_UINT64_MAX &&
				cx_bits_get(times, touch) - cx_bits_get(times, start) > most)
				continue;
		}
		if ((chains->alive >> step & 1) == 0 || start > chains->start[step])
			chains->start[step] = start;
		chains->alive |= UINT64CONST(1) << step;
	}
}

/*
 * The default mode, which dashboards ask for all the time: one word of steps a
 * symbol, and times only where they decide.  The touches that fit a step are
 * listed first, a block at a time and without branches, because which touch
 * fits is what a processor cannot foresee.
 *
 * Returns -1 if a later step comes before an earlier one in the same instant:
 * then the instant's touches have to be taken together.
 */
static int
reached_plainly(const CxFunnel *funnel, const CxScan *scan)
{
	const CxView *view = scan->view;
	const CxBits *times = &view->times;
	uint64 most = funnel->window[view->unit];
	uint64 last = UINT64CONST(1) << (funnel->steps - 1);
	PlainChains chains;
	uint64 previous = 0; /* steps of the hit before */
	uint32 previous_touch = 0;
	uint32 hits[256];

	chains.alive = 0;
	for (uint32 block = 0; block < scan->count; block += lengthof(hits))
	{
		uint32 end = Min(block + lengthof(hits), scan->count);
		uint32 hit_count = 0;

		CHECK_FOR_INTERRUPTS();
		for (uint32 touch = block; touch < end; touch++)
		{
			hits[hit_count] = touch;
			hit_count += scan->yes[cx_view_symbol_at(view, touch)] != 0;
		}
		for (uint32 i = 0; i < hit_count; i++)
		{
			uint64 mask = scan->yes[cx_view_symbol_at(view, hits[i])];
			uint64 lowest = mask & -mask;

			if (previous > (lowest | (lowest - 1)) &&
				cx_bits_get(times, hits[i]) == cx_bits_get(times, previous_touch))
				return -1;
			previous = mask;
			previous_touch = hits[i];
			if ((mask & (1 | chains.alive << 1)) == 0)
				continue;
			climb_plainly(&chains, times, most, mask, hits[i]);
			if ((chains.alive & last) != 0)
				return funnel->steps;
		}
	}
	return cx_bit_width(chains.alive);
}

/* The number of leading steps that the best chain reached. */
int
cx_funnel_reached(const CxFunnel *funnel, CxScan *scan)
{
	CxFunnelWalk walk;
	CxInstant instant = {0};

	if (is_plain(funnel, scan))
	{
		int reached = reached_plainly(funnel, scan);

		if (reached >= 0)
			return reached;
	}
	cx_walk_begin(&walk, funnel, scan);
	while (!walk.over && cx_next_instant(scan, &instant))
		cx_walk_instant(&walk, &instant);
	return walk.reached;
}

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
	CxFunnelWalk best;
	CxInstant start = {0};

	cx_walk_begin(&best, funnel, scan);
	while (!best.over && cx_next_instant(scan, &start))
		cx_walk_instant(&best, &start);
	if (best.reached == 0)
		return 0;
	start = (CxInstant){0};
	while (cx_next_instant(scan, &start))
	{
		CxFunnelWalk walk;
		CxInstant instant = {start.at, start.first, start.first};
		bool begins = false;

		for (uint32 touch = start.first; touch < start.end && !begins; touch++)
			begins = cx_scan_fits(scan, 0, touch);
		if (!begins || !in_window(funnel, start.at, best.reached_at))
			continue;
		CHECK_FOR_INTERRUPTS();
		cx_walk_begin(&walk, funnel, scan);
		walk.one_start = true;
		walk.only = start.at;
		walk.times = times;
		while (walk.reached < best.reached && !walk.over && cx_next_instant(scan, &instant) &&
			   instant.at <= best.reached_at)
			cx_walk_instant(&walk, &instant);
		if (walk.reached == best.reached)
			return best.reached;
	}
	elog(ERROR, "funnel lost its best chain");
}
