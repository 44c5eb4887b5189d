/*
 * funnel_plain.c
 *		How far a journey went: the short way for the usual funnel.
 */
#include "pattern/funnel.h"

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

	if (is_plain(funnel, scan))
	{
		int reached = reached_plainly(funnel, scan);

		if (reached >= 0)
			return reached;
	}
	cx_walk_begin(&walk, funnel, scan);
	cx_walk_on(&walk, (CxInstant){0}, NULL);
	return walk.reached;
}
