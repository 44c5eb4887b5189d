/*
 * map_walk.c
 *		Adding a journey to a growing map.
 *
 * Labels get their numbers in the map once a symbol of the journey; each touch
 * then costs a few look-ups of its edge.
 */
#include "flow/map_walk.h"

#include "flow/map_dense.h"
#include "journey/journey.h"
#include "port/pg_bitutils.h"

#define NO_LABEL PG_UINT32_MAX /* the number of a touch that the map leaves out */
#define NO_TOUCH PG_UINT32_MAX
#define BLOCK 64

/* an edge that the current journey has passed, when the turn is its */
typedef struct Passed
{
	uint64 edge;
	uint64 turn;
} Passed;

struct CxMapCall
{
	MemoryContext context;
	char *by; /* what nodes are; NULL: not known yet */
	uint32 by_length;
	int part;
	uint64 turn;	 /* counts journeys */
	uint32 *numbers; /* by symbol of the journey: its number in the map */
	uint32 number_room;
	uint64 *met; /* by number in the map: the turn of the last journey that had it */
	uint32 met_room;
	Passed *passed; /* hash table */
	uint32 passed_room;
};

/* an edge passed, not yet counted */
typedef struct Passage
{
	uint64 edge; /* source and target as in a key */
	uint64 time;
} Passage;

/* a journey being added to a map */
typedef struct Walk
{
	CxTally *map;
	CxMapCall *call;
	CxView view;
	const CxSpan *labels; /* by symbol, no data: none; NULL when symbol i is label i */
	uint32 first;		  /* the touches of the period */
	uint32 end;
	uint32 before; /* the last touch with a label before them, or NO_TOUCH */
	bool ended;	   /* no touch with a label comes after them */
	uint32 mask;   /* of the hash table of passed edges */
	int waiting;
	Passage passages[BLOCK];
} Walk;

/* An array that lives as long as the call site, with room for count elements; zero when it is new. */
static void *
room_for(const CxMapCall *call, void *array, uint32 *room, uint32 count, Size size)
{
	if (likely(count <= *room))
		return array;
	if (array != NULL)
		pfree(array);
	*room = pg_nextpower2_32(Max(count, 64));
	return MemoryContextAllocExtended(call->context, mul_size(*room, size),
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Lists the labels of symbols that the map is about. */
static CxSpan *
labels_of(const Walk *walk)
{
	const CxView *view = &walk->view;
	int part = walk->call->part;
	CxSpan *labels = cx_palloc_array(CxSpan, view->symbol_count);
	CxSpan *all;

	if (part == CX_ATTRS)
	{
		cx_labels_by(cx_dictionary_of(view), part, walk->call->by, labels);
		for (uint32 i = 0; i < view->symbol_count; i++)
		{
			if (labels[i].data == NULL)
				continue;
			if (labels[i].length == 0)
				labels[i].data = NULL;
			else
				cx_check_label("value of attrs as node", labels[i].data, labels[i].length);
		}
		return labels;
	}
	all = cx_palloc_array(CxSpan, view->label_count);
	cx_view_labels(view, all);
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CxSymbol symbol;

		cx_view_symbol(view, i, &symbol);
		labels[i] = symbol.part[part] == CX_NONE ? (CxSpan){NULL, 0} : all[symbol.part[part]];
	}
	return labels;
}

static inline bool
has_label(const Walk *walk, uint32 touch)
{
	return walk->labels == NULL || walk->labels[cx_view_symbol_at(&walk->view, touch)].data != NULL;
}

/*
 * Limits the walk to the touches of [starts_at, ends_at), to none if no touch in
 * it has a label.  Returns by symbol whether it is used: 0, SOURCE or INSIDE.
 */
#define SOURCE 1
#define INSIDE 2

static uint8 *
limit_walk(Walk *walk, TimestampTz starts_at, TimestampTz ends_at)
{
	uint8 *used = palloc0(walk->view.symbol_count);
	uint32 after;
	bool any = false;

	walk->first = cx_touches_before(&walk->view, starts_at);
	walk->end = cx_touches_before(&walk->view, ends_at);
	walk->end = Max(walk->end, walk->first);
	for (uint32 i = walk->first; i < walk->end; i++)
	{
		used[cx_view_symbol_at(&walk->view, i)] = INSIDE;
		any |= has_label(walk, i);
	}
	if (!any)
	{
		walk->end = walk->first;
		return used;
	}
	/* below 0 comes NO_TOUCH */
	for (walk->before = walk->first; walk->before-- > 0;)
		if (has_label(walk, walk->before))
			break;
	for (after = walk->end; after < walk->view.touch_count; after++)
		if (has_label(walk, after))
			break;
	walk->ended = after == walk->view.touch_count;
	if (walk->before != NO_TOUCH && used[cx_view_symbol_at(&walk->view, walk->before)] == 0)
		used[cx_view_symbol_at(&walk->view, walk->before)] = SOURCE;
	return used;
}

/*
 * Finds the map's numbers of the symbols that are used (NULL: all of them), and
 * counts the journey at its nodes.  Returns how many those are.  Sets highest to
 * the highest of the numbers, NO_LABEL included.
 */
static uint32
number_symbols(Walk *walk, const uint8 *used, uint32 *highest)
{
	CxMapCall *call = walk->call;
	const CxView *view = &walk->view;
	CxTallyLabels labels = {0};
	CxSpan label = {view->labels, 0};
	uint32 nodes = 0;

	if (walk->map->label_count > 0)
		labels = cx_tally_labels(walk->map);

	*highest = 0;
	call->met = room_for(call, call->met, &call->met_room,
						 walk->map->label_count + view->symbol_count, sizeof(uint64));
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		uint32 number;

		if (walk->labels != NULL)
			label = walk->labels[i];
		else
		{
			label.data += label.length;
			label.length = cx_view_label_length(view, i);
		}
		call->numbers[i] = NO_LABEL;
		if (label.data == NULL || (used != NULL && used[i] == 0))
		{
			*highest = NO_LABEL;
			continue;
		}
		number = labels.ends == NULL ? 0 : *cx_tally_label_slot(&labels, label.data, label.length);
		/* where the map has moved meanwhile, the labels that it had are still to be found here */
		if (unlikely(number-- == 0))
		{
			number = cx_tally_add_label(&walk->map, label.data, label.length);
			labels = cx_tally_labels(walk->map);
			if (number >= CX_MAP_MAX_LABELS)
				ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
								errmsg("journey map has too many nodes"),
								errdetail("At most %d are possible.", CX_MAP_MAX_LABELS),
								errhint("Cut touchpoints with cx.truncate, or rename them.")));
		}
		call->numbers[i] = number;
		*highest = Max(*highest, number);
		if (used != NULL && used[i] == SOURCE)
			continue;
		if (call->met[number] == call->turn)
			continue;
		call->met[number] = call->turn;
		cx_tally_add_one(&walk->map, cx_map_key(CX_MAP_NODE_JOURNEYS, number, 0, 0));
		nodes++;
	}
	return nodes;
}

/* True the first time that the current journey passes an edge. */
static inline bool
passes_first(const Walk *walk, uint64 edge)
{
	for (uint32 i = cx_tally_hash(edge) & walk->mask;; i = (i + 1) & walk->mask)
	{
		Passed *passed = &walk->call->passed[i];

		if (passed->turn != walk->call->turn)
		{
			*passed = (Passed){edge, walk->call->turn};
			return true;
		}
		if (passed->edge == edge)
			return false;
	}
}

/* Counts a passage in the map's entries. */
static void
count_sparsely(Walk *walk, const Passage *passage)
{
	uint64 sum = cx_map_key(CX_MAP_SUM, 0, 0, 0) | passage->edge;
	CxTallyEntry *entry;

	cx_tally_add_one(&walk->map,
					 cx_map_key(CX_MAP_TIME, 0, 0, cx_bucket_of(passage->time)) | passage->edge);
	entry = cx_tally_slot(cx_tally_entries(walk->map), walk->map->slots - 1, sum);
	if (likely(entry->key == sum && passage->time < (uint64) (CX_MAP_SUM_LIMIT - entry->count)))
		entry->count += passage->time;
	else
		cx_map_add_sum(&walk->map, sum, passage->time);
	if (passes_first(walk, passage->edge))
		cx_tally_add_one(&walk->map, cx_map_key(CX_MAP_EDGE_JOURNEYS, 0, 0, 0) | passage->edge);
}

/*
 * Counts a passage in the dense part of the map.  False if the edge has no place
 * there: then its journeys are not counted there either.
 */
static inline bool
count_densely(Walk *walk, CxDense *dense, const Passage *passage)
{
	uint32 bucket = cx_bucket_of(passage->time);
	uint32 source = cx_map_source(passage->edge);
	uint32 target = cx_map_target(passage->edge);
	CxDenseEdge *edge;
	uint16 *counter;
	int64 more = 1;

	if (unlikely(Max(source, target) >= CX_DENSE_NODES))
		return false;
	edge = cx_dense_edge(dense, source * CX_DENSE_NODES + target);
	if (unlikely(edge == NULL))
		return false;
	counter = cx_dense_counter(dense, edge, bucket);
	edge->journeys += edge->turn != dense->turn;
	edge->turn = dense->turn;
	if (likely(passage->time < (uint64) (CX_MAP_SUM_LIMIT - edge->sum)))
		edge->sum += passage->time;
	else
		cx_map_add_sum(&walk->map, cx_map_key(CX_MAP_SUM, 0, 0, 0) | passage->edge, passage->time);
	if (likely(counter != NULL))
		more = ++*counter == 0 ? PG_UINT16_MAX + 1 : 0;
	if (unlikely(more != 0))
		cx_tally_add(&walk->map, cx_map_key(CX_MAP_TIME, 0, 0, bucket) | passage->edge, more);
	return true;
}

/* Counts the waiting passages. */
static void
count_passages(Walk *walk)
{
	CxDense *dense = cx_tally_extra(walk->map);

	for (int i = 0; i < walk->waiting; i++)
	{
		const CxTally *map = walk->map;

		if (dense == NULL || !count_densely(walk, dense, &walk->passages[i]))
			count_sparsely(walk, &walk->passages[i]);
		if (unlikely(walk->map != map))
			dense = cx_tally_extra(walk->map);
	}
	walk->waiting = 0;
}

/* Makes room to note the edges that the journey passes. */
static void
begin_passing(Walk *walk)
{
	CxMapCall *call = walk->call;
	uint32 symbols = walk->view.symbol_count;
	uint32 edges = walk->end - walk->first;

	/* at most half full: there are no more edges than touches, or than pairs of symbols */
	if (symbols < 2048)
		edges = Min(edges, symbols * symbols);
	call->passed = room_for(call, call->passed, &call->passed_room, edges * 2, sizeof(Passed));
	walk->mask = pg_nextpower2_32(edges * 2) - 1;
}

/* Adds the edges, the start and the end. */
static void
count_touches(Walk *walk)
{
	const CxView *view = &walk->view;
	const uint32 *numbers = walk->call->numbers;
	uint64 unit = (uint64) cx_time_units[view->unit];
	uint32 previous = NO_LABEL;
	uint64 latest = 0;			/* time of the touch before */
	uint64 previous_offset = 0; /* time of the touch before that has a label */

	if (walk->before != NO_TOUCH)
	{
		previous = numbers[cx_view_symbol_at(view, walk->before)];
		previous_offset = cx_bits_get(&view->times, walk->before);
	}
	latest = previous_offset;
	walk->waiting = 0;
	begin_passing(walk);
	for (uint32 i = walk->first; i < walk->end; i++)
	{
		uint32 number = numbers[cx_view_symbol_at(view, i)];
		uint64 offset = cx_bits_get(&view->times, i);

		if (unlikely(offset < latest))
			cx_corrupt("The touches are not in order of time.");
		latest = offset;
		if (number == NO_LABEL)
			continue;
		if (likely(previous != NO_LABEL))
		{
			Passage *passage = &walk->passages[walk->waiting++];

			passage->edge = cx_map_key(0, previous, number, 0);
			passage->time = (offset - previous_offset) * unit;
			if (walk->waiting == BLOCK)
			{
				CHECK_FOR_INTERRUPTS();
				count_passages(walk);
			}
		}
		else
			cx_tally_add(&walk->map, cx_map_key(CX_MAP_STARTS, number, 0, 0), 1);
		previous = number;
		previous_offset = offset;
	}
	count_passages(walk);
	if (walk->ended)
		cx_tally_add(&walk->map, cx_map_key(CX_MAP_ENDS, previous, 0, 0), 1);
}

/* Adds the values, with what rounding loses of their sums. */
static void
count_values(Walk *walk)
{
	CxView view = walk->view;
	CxCursor cursor;
	CxTouch touch;

	view.flags &= ~(CX_FLAG_LASTED | CX_FLAG_REF); /* not read */
	cx_cursor_start(&cursor, &view, walk->first);
	while (cursor.next < walk->end && cx_cursor_next(&cursor, &touch))
	{
		uint32 number = walk->call->numbers[touch.symbol];
		uint64 key = cx_map_key(CX_MAP_VALUE, number, 0, 0);
		const CxTallyEntry *entry;
		float8 before;
		float8 after;
		float8 taken;

		if (number == NO_LABEL || (touch.has & CX_HAS_VALUE) == 0)
			continue;
		entry = cx_tally_find(walk->map, key);
		before = entry == NULL ? 0 : entry->sum;
		cx_tally_add_float(&walk->map, key, touch.value);
		after = before + touch.value;
		taken = after - before;
		cx_tally_add_float(&walk->map, cx_map_key(CX_MAP_VALUE_REST, number, 0, 0),
						   (before - (after - taken)) + (touch.value - taken));
	}
}

/* Counts the touches of an opened journey that lie in [starts_at, ends_at). */
static void
walk_journey(Walk *walk, TimestampTz starts_at, TimestampTz ends_at)
{
	CxMapCall *call = walk->call;
	const CxView *view = &walk->view;
	CxDense *dense;
	uint8 *used = NULL;
	uint32 highest = 0; /* of the symbols' numbers */
	uint32 nodes;

	call->turn++;
	walk->labels = NULL;
	if ((view->flags & CX_FLAG_SYMBOLS) != 0 || call->part != CX_TOUCHPOINT)
		walk->labels = labels_of(walk);
	walk->first = 0;
	walk->end = view->touch_count;
	walk->before = NO_TOUCH;
	walk->ended = true;
	if (!TIMESTAMP_IS_NOBEGIN(starts_at) || !TIMESTAMP_IS_NOEND(ends_at))
		used = limit_walk(walk, starts_at, ends_at);
	if (walk->first == walk->end)
		return;
	cx_dense_make_room(&walk->map);
	call->numbers =
		room_for(call, call->numbers, &call->number_room, view->symbol_count, sizeof(uint32));
	if (used == NULL && walk->labels == NULL && cx_dense_number(walk->map, view, call->numbers))
		nodes = view->symbol_count;
	else
		nodes = number_symbols(walk, used, &highest);
	if (nodes == 0)
		return;
	dense = cx_tally_extra(walk->map);
	if (dense != NULL)
		dense->turn++;
	else
		cx_tally_add(&walk->map, cx_map_key(CX_MAP_JOURNEYS, 0, 0, 0), 1);
	if (used == NULL && highest < CX_DENSE_NODES && dense != NULL &&
		cx_dense_can_count(dense, view))
		cx_dense_count(&walk->map, view, call->numbers);
	else
		count_touches(walk);
	if ((view->flags & CX_FLAG_VALUE) != 0)
		count_values(walk);
}

/*
 * Adds the touches of a journey that lie in [starts_at, ends_at) to a map, whose
 * nodes must be what the call says.
 */
void
cx_map_add_journey(CxTally **map, CxMapCall *call, Datum journey, TimestampTz starts_at,
				   TimestampTz ends_at)
{
	Walk walk;

	walk.map = *map;
	walk.call = call;
	cx_view_open(&walk.view, journey);
	if (walk.view.touch_count > 0)
		walk_journey(&walk, starts_at, ends_at);
	*map = walk.map;
}

/*
 * What a call site keeps (in context; call is what it has so far, or NULL), with
 * what nodes are.  Raises 22023 for a name that is too long.
 */
CxMapCall *
cx_map_call(CxMapCall *call, MemoryContext context, const char *by, uint32 length)
{
	if (call != NULL && call->by_length == length && memcmp(call->by, by, length) == 0)
		return call;
	if (length > CX_MAP_MAX_BY)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("by must not be longer than %d bytes", CX_MAP_MAX_BY),
						errdetail("It has %u bytes.", length),
						errhint("Use touchpoint, channel, team or a key of attrs.")));
	if (call == NULL)
	{
		call = MemoryContextAllocZero(context, sizeof(CxMapCall));
		call->context = context;
	}
	else
		pfree(call->by);
	call->by = MemoryContextStrdup(context, pnstrdup(by, length));
	call->by_length = length;
	call->part = cx_part_of_name(call->by);
	return call;
}
