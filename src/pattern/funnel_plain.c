/*
 * funnel_plain.c
 *		How far a journey went: the short way for the usual funnel.
 */
#include "pattern/funnel.h"

#define NEVER (-CX_NO_BOUND - 1) /* further before any offset than any window */

/* True when the plain walk below answers the question. */
static bool
is_plain(const CxFunnel *funnel, const CxScan *scan)
{
	const CxFunnelModes *modes = &funnel->modes;

	return !modes->strict_increase && !modes->once && !modes->strict_order &&
		   !modes->strict_deduplication && !modes->first && funnel->steps <= 64 &&
		   (funnel->within == NULL || funnel->within->month == 0) && cx_scan_has_hits(scan);
}

/*
 * Computes the window in each unit of the stored times, for the plain walk.
 */
void
cx_funnel_set_window(CxFunnel *funnel)
{
	int64 window = 0;
	bool endless = funnel->within == NULL ||
				   pg_mul_s64_overflow(funnel->within->day, USECS_PER_DAY, &window) ||
				   pg_add_s64_overflow(window, funnel->within->time, &window);

	for (int unit = 0; unit < CX_TIME_UNITS; unit++)
		funnel->window[unit] =
			endless ? CX_NO_BOUND : Min(window / cx_time_units[unit], CX_NO_BOUND);
}

/*
 * The default mode, which dashboards ask for all the time: one word of steps a
 * symbol, and times only of touches that fit a step.  start[k] is the start of
 * the latest chain that has reached k steps, and start[0] the touch at hand,
 * with which a chain may begin; a chain that has gone further never began
 * later, so a chain that climbs always takes the place of the one above.
 *
 * Returns -1 if a later step comes before an earlier one in the same instant:
 * then the instant's touches have to be taken together.
 */
static int
reached_plainly(const CxFunnel *funnel, const CxScan *scan)
{
	const CxView *view = scan->view;
	int64 most = funnel->window[view->unit];
	int known = scan->found == PG_UINT64_MAX ? 64 : __builtin_ctzll(~scan->found);
	int best = Min(known, funnel->steps); /* no chain can go further */
	int64 start[65];
	uint64 previous = 0; /* steps of the hit before */
	int64 previous_at = NEVER;
	bool mixed = false;
	int reached = 0;

	if (best <= 1 && scan->count == view->touch_count)
		return best;
	for (int step = 0; step <= funnel->steps; step++)
		start[step] = NEVER;
	for (uint32 block = 0; block < scan->count; block += CX_HIT_BLOCK)
	{
		uint64 hits = cx_scan_hits(scan, block, Min(scan->count - block, CX_HIT_BLOCK));

		CHECK_FOR_INTERRUPTS();
		for (; hits != 0; hits &= hits - 1)
		{
			uint32 touch = block + __builtin_ctzll(hits);
			uint64 mask = scan->yes[cx_view_symbol_at(view, touch)];
			uint64 lowest = mask & -mask;
			int64 at = cx_scan_offset(scan, touch);

			mixed |= (at == previous_at) & (previous > (lowest | (lowest - 1)));
			previous = mask;
			previous_at = at;
			start[0] = at;
			do
			{
				int step = __builtin_ctzll(mask);
				int64 climbs = -(int64) (at - start[step] <= most); /* all bits or none */

				start[step + 1] ^= (start[step + 1] ^ start[step]) & climbs;
				reached = Max(reached, (step + 1) & (int) climbs);
				mask &= mask - 1;
			} while (mask != 0);
		}
		if (reached == best)
			return best;
		if (unlikely(mixed))
			return -1;
	}
	return reached;
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
	cx_walk_all(&walk);
	return walk.reached;
}
