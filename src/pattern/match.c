/*
 * match.c
 *		Where a pattern matches a journey.
 *
 * One pass from the last touch to the first computes, for every position at
 * every touch, the earliest touch at which a match that goes on from there can
 * end.  (For what could still become a match, ends are times, otherwise touch
 * numbers.)  The touches that a link allows after a given one form one range, and
 * both its ends move to the left as the pass does, so a queue of candidates
 * per port (a sliding-window minimum) answers each question in constant
 * amortised time: nothing is tried twice, nothing explodes.
 */
#include "pattern/match.h"

/* a touch at which a position can be, and the earliest end from there */
typedef struct Item
{
	int64 at;
	int64 end;
	uint32 touch;
} Item;

/* the touches of a position, from the last to the first */
typedef struct Track
{
	bool kept;	  /* some port needs the items, not just the best */
	int64 best;	  /* earliest end of all */
	int64 latest; /* the touch added last, and its end and time */
	int64 latest_end;
	int64 latest_at;
	Item *items;
	uint32 count;
	uint32 capacity;
} Track;

/* the candidates of a port with bounds: ends rise from head to tail */
typedef struct Queue
{
	bool bounded;
	uint32 taken;  /* items of the track that came in */
	int64 barrier; /* the nearest touch that the link excludes */
	uint32 *items;
	uint32 head;
	uint32 tail;
	uint32 capacity;
} Queue;

/* one pass over a range of touches */
typedef struct Pass
{
	CxScan *scan;
	Track *tracks;	 /* by position; one more for the negative end */
	Queue *queues;	 /* by port */
	int *candidates; /* by symbol: positions whose selector may fit */
	Size *candidate_start;
	bool *excludes; /* by symbol: may be excluded by a link or the negative end */
	int64 *end_now; /* by position: result at the current touch */
	bool times;		/* something looks at times */
	bool to_come;	/* look for matches that touches after as_of could complete */
	bool until;		/* only as_of is known */
	TimestampTz as_of;
} Pass;

static bool
may_fit(const CxScan *scan, int selector, uint32 symbol)
{
	size_t word = (size_t) symbol * scan->words + selector / 64;

	uint64 bits = scan->yes[word] | (scan->any_maybe ? scan->maybe[word] : 0);

	return (bits >> (selector % 64) & 1) != 0;
}

/* True when the time between two touches is within a link's bounds. */
static bool
time_fits(const CxLink *link, int64 earlier, int64 later)
{
	uint64 gap = (uint64) later - (uint64) earlier;

	return (!link->has_least || gap >= (uint64) link->least + link->least_strict) &&
		   (!link->has_most || gap + link->most_strict <= (uint64) link->most);
}

/* Starts a pass over the first touches of a scan. */
static void
begin_pass(Pass *pass, CxScan *scan)
{
	const CxProgram *program = scan->program;
	uint32 symbols = scan->view->symbol_count;
	Size capacity = Max(symbols, 16);
	Size count = 0;

	memset(pass, 0, sizeof(Pass));
	pass->scan = scan;
	pass->times = program->pattern->has_within;
	pass->tracks = palloc0(sizeof(Track) * (program->position_count + 1));
	pass->queues = palloc0(sizeof(Queue) * Max(program->port_count, 1));
	pass->end_now = cx_palloc_array(int64, program->position_count);
	for (int i = 0; i <= program->position_count; i++)
	{
		pass->tracks[i].best = CX_NO_MATCH;
		pass->tracks[i].latest = CX_NO_MATCH;
	}
	for (int i = 0; i < program->port_count; i++)
	{
		const CxLink *link = program->ports[i].link;
		Queue *queue = &pass->queues[i];

		queue->barrier = CX_NO_MATCH;
		queue->bounded = !link->adjacent &&
						 (link->has_least || link->has_most || program->ports[i].excluded >= 0);
		pass->tracks[program->ports[i].target].kept |= queue->bounded;
		pass->times |= link->has_least || link->has_most;
	}
	pass->candidate_start = cx_palloc_array(Size, symbols + 1);
	pass->candidates = cx_palloc_array(int, capacity);
	pass->excludes = palloc0(symbols);
	for (uint32 symbol = 0; symbol < symbols; symbol++)
	{
		CHECK_FOR_INTERRUPTS();
		pass->candidate_start[symbol] = count;
		for (int i = 0; i < program->position_count; i++)
			if (may_fit(scan, program->positions[i].selector, symbol))
			{
				if (count == capacity)
				{
					capacity *= 2;
					pass->candidates =
						repalloc_huge(pass->candidates, mul_size(capacity, sizeof(int)));
				}
				pass->candidates[count++] = i;
			}
		for (int i = 0; i < program->port_count; i++)
			if (program->ports[i].excluded >= 0)
				pass->excludes[symbol] |= may_fit(scan, program->ports[i].excluded, symbol);
		if (program->denied >= 0)
			pass->excludes[symbol] |= may_fit(scan, program->denied_selector, symbol);
	}
	pass->candidate_start[symbols] = count;
}

/* Adds a touch to a position's track. */
static void
track_add(Track *track, uint32 touch, int64 at, int64 end)
{
	track->best = Min(track->best, end);
	track->latest = touch;
	track->latest_end = end;
	track->latest_at = at;
	if (!track->kept)
		return;
	if (track->count == track->capacity)
	{
		track->capacity = track->capacity == 0 ? 16 : track->capacity * 2;
		track->items = track->items == NULL ?
						   palloc(mul_size(track->capacity, sizeof(Item))) :
						   repalloc_huge(track->items, mul_size(track->capacity, sizeof(Item)));
	}
	track->items[track->count++] = (Item){at, end, touch};
}

static void
queue_add(Queue *queue, const Track *track, uint32 item)
{
	while (queue->tail > queue->head &&
		   track->items[queue->items[queue->tail - 1]].end >= track->items[item].end)
		queue->tail--;
	if (queue->tail == queue->capacity)
	{
		queue->capacity = queue->capacity == 0 ? 16 : queue->capacity * 2;
		queue->items = queue->items == NULL ?
						   palloc(mul_size(queue->capacity, sizeof(uint32))) :
						   repalloc_huge(queue->items, mul_size(queue->capacity, sizeof(uint32)));
	}
	queue->items[queue->tail++] = item;
}

/*
 * The earliest end of a match that goes on through a port after a touch, or
 * CX_NO_MATCH.  Must be asked for touches in falling order.
 */
static int64
port_end(Pass *pass, int number, uint32 touch, int64 at)
{
	const CxPort *port = &pass->scan->program->ports[number];
	const CxLink *link = port->link;
	const Track *track = &pass->tracks[port->target];
	Queue *queue = &pass->queues[number];

	if (link->adjacent)
		return track->latest == (int64) touch + 1 && time_fits(link, at, track->latest_at) ?
				   track->latest_end :
				   CX_NO_MATCH;
	if (!queue->bounded)
		return track->best;
	while (queue->taken < track->count)
	{
		const Item *item = &track->items[queue->taken];

		if (link->has_least &&
			(uint64) item->at - (uint64) at < (uint64) link->least + link->least_strict)
			break;
		queue_add(queue, track, queue->taken++);
	}
	while (queue->head < queue->tail)
	{
		const Item *item = &track->items[queue->items[queue->head]];

		if (item->touch <= queue->barrier && time_fits(link, at, item->at))
			return item->end;
		queue->head++;
	}
	return CX_NO_MATCH;
}

/*
 * True when no touch after as_of can take away the negative end of a match
 * that ends at this touch.
 */
static bool
is_decided(const Pass *pass, uint32 touch, int64 at)
{
	const CxLink *link = pass->scan->program->pattern->not_before;

	if (link->adjacent && touch + 1 < pass->scan->count)
		return true;
	/* behind a touch that the link excludes nothing counts any more */
	if (pass->queues[pass->scan->program->denied].barrier != CX_NO_MATCH)
		return true;
	return link->has_most &&
		   (int64) ((uint64) pass->as_of - (uint64) at) >= link->most - link->most_strict;
}

/* True when a match may end at a touch: by "$" and by the negative end. */
static bool
may_end(Pass *pass, uint32 touch, int64 at)
{
	const CxProgram *program = pass->scan->program;

	if (program->pattern->to_end && touch != pass->scan->count - 1)
		return false;
	return program->denied < 0 || (port_end(pass, program->denied, touch, at) == CX_NO_MATCH &&
								   (!pass->until || is_decided(pass, touch, at)));
}

/*
 * The earliest time at which touches after as_of could complete a match that
 * stands at a position at this touch; CX_NO_MATCH if none could.
 */
static int64
end_to_come(Pass *pass, const CxPosition *position, uint32 touch, int64 at)
{
	const CxProgram *program = pass->scan->program;
	int64 end = CX_NO_MATCH;

	if (position->ends && program->denied >= 0 &&
		(!program->pattern->to_end || touch == pass->scan->count - 1) &&
		port_end(pass, program->denied, touch, at) == CX_NO_MATCH)
		end = at;
	for (int i = 0; i < position->port_count; i++)
	{
		const CxPort *port = &program->ports[position->ports[i]];
		const CxLink *link = port->link;
		int64 next = pass->as_of + 1;
		int64 rest = program->positions[port->target].rest;
		int64 bound;

		if (link->adjacent && touch + 1 != pass->scan->count)
			continue;
		if (pass->queues[position->ports[i]].barrier != CX_NO_MATCH)
			continue;
		if (link->has_least && !pg_add_s64_overflow(at, link->least + link->least_strict, &bound))
			next = Max(next, bound);
		if (link->has_most && !pg_add_s64_overflow(at, link->most - link->most_strict, &bound) &&
			next > bound)
			continue;
		if (rest != PG_INT64_MAX && !pg_add_s64_overflow(next, rest, &next))
			end = Min(end, next);
	}
	return end;
}

/*
 * Computes end_now for a touch, then adds it to the tracks.  only_end, if not
 * CX_NO_MATCH, is the one touch at which a match ends, known to be allowed.
 */
static void
step(Pass *pass, uint32 touch, int64 only_end)
{
	CxScan *scan = pass->scan;
	const CxProgram *program = scan->program;
	uint32 symbol = cx_view_symbol_at(scan->view, touch);
	int64 at = pass->times ? cx_view_time_at(scan->view, touch) : 0;
	Size first = pass->candidate_start[symbol];
	Size last = pass->candidate_start[symbol + 1];
	int ending = -1; /* may a match end here: not known yet */

	for (Size i = first; i < last; i++)
	{
		int number = pass->candidates[i];
		const CxPosition *position = &program->positions[number];
		int64 end = CX_NO_MATCH;

		pass->end_now[number] = CX_NO_MATCH;
		if (scan->any_maybe && !cx_scan_fits(scan, position->selector, touch))
			continue;
		if (pass->to_come)
			end = end_to_come(pass, position, touch, at);
		else if (position->ends)
		{
			if (ending < 0)
				ending = only_end != CX_NO_MATCH ? touch == only_end : may_end(pass, touch, at);
			if (ending)
				end = touch;
		}
		for (int k = 0; k < position->port_count && (pass->to_come || end != (int64) touch); k++)
			end = Min(end, port_end(pass, position->ports[k], touch, at));
		pass->end_now[number] = end;
	}
	for (Size i = first; i < last; i++)
		if (pass->end_now[pass->candidates[i]] != CX_NO_MATCH)
			track_add(&pass->tracks[pass->candidates[i]], touch, at,
					  pass->end_now[pass->candidates[i]]);
	if (!pass->excludes[symbol])
		return;
	for (int i = 0; i < program->port_count; i++)
		if (program->ports[i].excluded >= 0 &&
			cx_scan_fits(scan, program->ports[i].excluded, touch))
			pass->queues[i].barrier = touch;
	if (program->denied >= 0 && cx_scan_fits(scan, program->denied_selector, touch))
		track_add(&pass->tracks[program->position_count], touch, at, touch);
}

/* The earliest end of a match that begins at the touch just stepped on. */
static int64
begun_here(Pass *pass, uint32 touch)
{
	CxScan *scan = pass->scan;
	const CxPattern *pattern = scan->program->pattern;
	uint32 symbol = cx_view_symbol_at(scan->view, touch);
	int64 end = CX_NO_MATCH;
	int64 at;

	if (pattern->from_start && touch != 0)
		return CX_NO_MATCH;
	for (Size i = pass->candidate_start[symbol]; i < pass->candidate_start[symbol + 1]; i++)
		if (scan->program->positions[pass->candidates[i]].begins)
			end = Min(end, pass->end_now[pass->candidates[i]]);
	if (end == CX_NO_MATCH || !pattern->has_within)
		return end;
	at = pass->to_come ? end : cx_view_time_at(scan->view, end);
	return (uint64) at - (uint64) cx_view_time_at(scan->view, touch) > (uint64) pattern->within ?
			   CX_NO_MATCH :
			   end;
}

/* Runs a pass until a match is found; false if there is none. */
static bool
pass_exists(Pass *pass)
{
	for (uint32 touch = pass->scan->count; touch-- > 0;)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		step(pass, touch, CX_NO_MATCH);
		if (begun_here(pass, touch) != CX_NO_MATCH)
			return true;
	}
	return false;
}

/*
 * The same for a chain: by number of selectors, the latest touch at which a
 * match can have come so far, or with within the latest at which one began.  It
 * can be followed by whatever can follow an earlier one.
 */
static bool
chain_exists(const CxScan *scan)
{
	const CxProgram *program = scan->program;
	const CxView *view = scan->view;
	bool within = program->pattern->has_within;
	int64 latest[65];

	for (int i = 0; i <= program->position_count; i++)
		latest[i] = -CX_NO_BOUND - 1;
	for (uint32 block = 0; block < scan->count; block += CX_HIT_BLOCK)
	{
		uint64 hits = cx_scan_hits(scan, block, Min(scan->count - block, CX_HIT_BLOCK));

		CHECK_FOR_INTERRUPTS();
		for (; hits != 0; hits &= hits - 1)
		{
			uint32 touch = block + __builtin_ctzll(hits);
			int64 at = cx_scan_offset(scan, touch);

			latest[0] = at;
			/* from the last on, so that one touch does not fit two */
			for (uint64 mask = scan->yes[cx_view_symbol_at(view, touch)]; mask != 0;)
			{
				int position = 63 - __builtin_clzll(mask);

				if (at - latest[position] <= program->chain[position].most[view->unit])
					latest[position + 1] = within ? latest[position] : at;
				mask &= ~(UINT64CONST(1) << position);
			}
		}
		if (latest[program->position_count] >= 0)
			return true;
	}
	return false;
}

/* True when the pattern matches anywhere. */
bool
cx_scan_exists(CxScan *scan)
{
	Pass pass;

	if (scan->program->chain != NULL && cx_scan_has_hits(scan))
		return chain_exists(scan);
	begin_pass(&pass, scan);
	return pass_exists(&pass);
}

/*
 * Whether the pattern matches as far as is known at as_of: touches after it
 * are not looked at, and what has begun but could still be completed, or whose
 * negative end could still be taken away, is pending.
 */
CxState
cx_scan_state(CxScan *scan, TimestampTz as_of)
{
	Pass pass;

	cx_scan_cut(scan, as_of);
	begin_pass(&pass, scan);
	pass.until = true;
	pass.times = true;
	pass.as_of = as_of;
	if (pass_exists(&pass))
		return CX_STATE_YES;
	begin_pass(&pass, scan);
	pass.to_come = true;
	pass.times = true;
	pass.as_of = as_of;
	return pass_exists(&pass) ? CX_STATE_PENDING : CX_STATE_NO;
}

/* By touch, the earliest end of a match that begins there, or CX_NO_MATCH. */
int64 *
cx_scan_ends(CxScan *scan)
{
	int64 *ends = cx_palloc_array(int64, scan->count);
	Pass pass;

	begin_pass(&pass, scan);
	for (uint32 touch = scan->count; touch-- > 0;)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		step(&pass, touch, CX_NO_MATCH);
		ends[touch] = begun_here(&pass, touch);
	}
	return ends;
}

/* Marks the ports that lead on from a set of positions. */
static void
open_ports(const CxProgram *program, const uint64 *here, bool *open)
{
	memset(open, 0, program->port_count);
	for (int i = 0; i < program->position_count; i++)
		if (here[i / 64] >> (i % 64) & 1)
			for (int k = 0; k < program->positions[i].port_count; k++)
				open[program->positions[i].ports[k]] = true;
}

/*
 * The first touch behind from that an open port leads to and that still
 * reaches the end; marks its positions in here.  reach begins at from.  Closes
 * ports as it goes.
 */
static uint32
next_on_path(CxScan *scan, uint32 from, uint32 end, bool *open, uint64 *here, const uint64 *reach)
{
	const CxProgram *program = scan->program;
	uint32 words = (program->position_count + 63) / 64;
	int64 from_at = cx_view_time_at(scan->view, from);

	for (uint32 touch = from + 1; touch <= end; touch++)
	{
		const uint64 *row = &reach[(Size) (touch - from) * words];
		int64 at = cx_view_time_at(scan->view, touch);
		bool found = false;

		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < program->port_count; i++)
		{
			const CxPort *port = &program->ports[i];

			if (!open[i])
				continue;
			if ((row[port->target / 64] >> (port->target % 64) & 1) != 0 &&
				(!port->link->adjacent || touch == from + 1) && time_fits(port->link, from_at, at))
			{
				here[port->target / 64] |= UINT64CONST(1) << (port->target % 64);
				found = true;
			}
			/* an excluded touch closes the port for all later ones */
			if (port->excluded >= 0 && cx_scan_fits(scan, port->excluded, touch))
				open[i] = false;
		}
		if (found)
			return touch;
	}
	elog(ERROR, "pattern match lost its way");
}

/*
 * The touches of the match from start to end (as cx_scan_ends has it): of all
 * ways the one whose touches come earliest, compared one after the other.
 * Fills path, which has room for all touches in between, and returns its
 * length.
 */
uint32
cx_scan_path(CxScan *scan, uint32 start, uint32 end, uint32 *path)
{
	const CxProgram *program = scan->program;
	uint32 words = (program->position_count + 63) / 64;
	uint64 *reach; /* by touch: positions from which the end can be reached */
	uint64 *here = palloc0(sizeof(uint64) * words);
	bool *open = palloc(Max(program->port_count, 1));
	uint32 length = 0;
	Pass pass;

	reach = palloc_extended(mul_size(mul_size((Size) end - start + 1, words), sizeof(uint64)),
							MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	begin_pass(&pass, scan);
	for (uint32 touch = end;; touch--)
	{
		uint32 symbol = cx_view_symbol_at(scan->view, touch);

		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		step(&pass, touch, end);
		for (Size i = pass.candidate_start[symbol]; i < pass.candidate_start[symbol + 1]; i++)
			if (pass.end_now[pass.candidates[i]] == end)
				reach[(Size) (touch - start) * words + pass.candidates[i] / 64] |=
					UINT64CONST(1) << (pass.candidates[i] % 64);
		if (touch == start)
			break;
	}

	for (int i = 0; i < program->position_count; i++)
		if (program->positions[i].begins)
			here[i / 64] |= reach[i / 64] & (UINT64CONST(1) << (i % 64));
	path[length++] = start;
	while (path[length - 1] != end)
	{
		open_ports(program, here, open);
		memset(here, 0, sizeof(uint64) * words);
		path[length] = next_on_path(scan, path[length - 1], end, open, here,
									reach + (Size) (path[length - 1] - start) * words);
		length++;
	}
	return length;
}
