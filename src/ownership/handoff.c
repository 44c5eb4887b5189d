/*
 * handoff.c
 *		Walking through a journey from team to team.
 */
#include "ownership/handoff.h"

#include "journey/scalars.h"

/* Prepares to walk through a journey, up to the last touch that is not after as_of. */
void
cx_handoffs_begin(CxHandoffWalk *walk, const CxView *view, const Interval *within,
				  TimestampTz as_of)
{
	walk->view = view;
	walk->within = within;
	walk->as_of = as_of;
	walk->current = 0;
	walk->previous = CX_NONE;
	walk->team_of = cx_palloc_array(int32, view->symbol_count);
	walk->seen_in = palloc0(mul_size(Max(view->label_count, 1), sizeof(uint32)));
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CxSymbol symbol;

		cx_view_symbol(view, i, &symbol);
		walk->team_of[i] = symbol.part[CX_TEAM];
	}
	cx_cursor_start(&walk->cursor, view, 0);
}

/* True when a time comes soon enough after another to belong to the same case. */
bool
cx_handoff_near(const Interval *within, TimestampTz until, TimestampTz at)
{
	TimestampTz limit;

	return within == NULL || at <= until || !cx_time_plus(until, within, &limit) || at <= limit;
}

/* A touch as one that is handled by a team. */
static CxHandling
handling(const CxHandoffWalk *walk, const CxTouch *touch)
{
	CxHandling result = {.touch = walk->cursor.next - 1,
						 .symbol = touch->symbol,
						 .team = walk->team_of[touch->symbol],
						 .timed = (touch->has & CX_HAS_LASTED) != 0,
						 .at = touch->at,
						 .until = touch->at};
	int64 lasted;

	if (result.timed && (pg_mul_s64_overflow(touch->lasted, 1000, &lasted) ||
						 pg_add_s64_overflow(touch->at, lasted, &result.until)))
		result.until = PG_INT64_MAX;
	return result;
}

/* Moves on to the next touch with a team, walk->last, and tells what led there; false behind the last. */
bool
cx_handoffs_next(CxHandoffWalk *walk, CxHandoffLink *link)
{
	CxTouch touch;
	CxHandling next;

	do
	{
		if ((walk->cursor.next & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!cx_cursor_next(&walk->cursor, &touch) || touch.at > walk->as_of)
			return false;
	} while (walk->team_of[touch.symbol] == CX_NONE);

	next = handling(walk, &touch);
	*link = (CxHandoffLink){false, false, false};
	if (walk->current == 0 || !cx_handoff_near(walk->within, walk->last.until, next.at))
	{
		walk->current++;
		walk->previous = CX_NONE;
	}
	else if (next.team != walk->last.team)
	{
		link->handoff = true;
		link->returned = walk->seen_in[next.team] == walk->current;
		link->ping_pong = next.team == walk->previous;
		walk->previous = walk->last.team;
	}
	walk->seen_in[next.team] = walk->current;
	walk->last = next;
	return true;
}
