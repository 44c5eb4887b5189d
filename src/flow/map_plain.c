/*
 * map_plain.c
 *		Counting a whole journey in the dense part of a growing map.
 *
 * What a touch is cannot be foreseen, by a processor neither, so nothing here
 * branches on it.
 */
#include "flow/map_label.h"

#define BLOCK 64

/* an edge passed, not yet counted */
typedef struct Passage
{
	uint64 time;
	uint32 edge; /* source and target */
} Passage;

/* The first 8 bytes of a label; what is behind its end may be anything. */
static inline uint64
first_bytes(const CxView *view, const CxSpan *label)
{
	uint64 first = 0;

	if (likely(view->end - (const uint8 *) label->data >= 8))
		memcpy(&first, label->data, 8);
	else
		memcpy(&first, label->data, Min(label->length, 8));
	return first;
}

/* The number of a label + 1, 0 if it is not in the hash table. */
static inline uint32
find_label(const CxDense *dense, const CxTallyLabels *texts, const CxDenseLabel *label,
		   const char *data)
{
	for (uint32 i = cx_dense_label_hash(label, data);; i++)
	{
		const CxDenseLabel *slot = &dense->labels[i % CX_DENSE_SLOTS];

		if (likely(((slot->first ^ label->first) | (slot->last ^ label->last) |
					(slot->length ^ label->length)) == 0) &&
			(likely(label->length <= 16) ||
			 memcmp(texts->text + texts->ends[slot->number - 1] - label->length, data,
					label->length) == 0))
			return slot->number;
		if (slot->number == 0)
			return 0;
	}
}

/*
 * Finds the numbers of all labels of a journey and counts it at those nodes.
 * False, and nothing is counted, if there is no dense part or a label is not in
 * it.
 */
bool
cx_dense_number(const CxTally *map, const CxView *view, uint32 *numbers)
{
	CxDense *dense = cx_tally_extra(map);
	CxTallyLabels texts;
	CxSpan span = {view->labels, 0};
	uint32 count = view->label_count;

	if (dense == NULL)
		return false;
	texts = cx_tally_labels(map);
	for (uint32 i = 0; i < count; i++, span.data += span.length)
	{
		CxDenseLabel label;

		span.length = cx_view_label_length(view, i);
		label.length = span.length;
		label.first = first_bytes(view, &span) & cx_first_bytes[Min(span.length, 8)];
		/* at a short label's end these are bytes before it, still of the value */
		memcpy(&label.last, span.data + span.length - 8, 8);
		label.last &= -(uint64) (span.length > 8);
		label.number = find_label(dense, &texts, &label, span.data);
		if (unlikely(label.number == 0))
		{
			while (i-- > 0)
				dense->nodes[numbers[i]].journeys--;
			return false;
		}
		numbers[i] = label.number - 1;
		dense->nodes[numbers[i]].journeys++;
	}
	return true;
}

/* True when all touches of a journey whose labels have dense nodes can be counted. */
bool
cx_dense_can_count(const CxDense *dense, const CxView *view)
{
	uint32 edges = view->touch_count;

	if (view->symbol_count <= CX_DENSE_NODES)
		edges = Min(edges, view->symbol_count * view->symbol_count);
	/* there must be room for as many new ones, whatever pages their times take */
	return edges <= dense->cell_room - Max(dense->cell_count, dense->cell_room / 4 * 3) &&
		   view->symbols.width <= 57 &&
		   view->times.width + cx_bit_width(cx_time_units[view->unit]) <= CX_DENSE_TIME_BITS;
}

/*
 * The element of a column that ends at a bit, for at most 57 bits.  The load ends
 * where the element does, because the column may be at the end of the value; but
 * a value has more than 8 bytes before its columns.
 */
static inline uint64
element_before(const uint8 *data, uint64 end, uint32 width)
{
	uint64 word;

	memcpy(&word, data + ((end + 7) >> 3) - 8, 8);
#ifdef WORDS_BIGENDIAN
	word = __builtin_bswap64(word);
#endif
	return word << (-end & 7) >> 1 >> (63 - width);
}

/* Counts a passage whose counter is at its end or has no page yet, or whose edge's sum is. */
static pg_noinline void
count_rarely(CxTally **map, CxDenseEdge *edge, const Passage *passage)
{
	uint64 key = cx_map_key(0, passage->edge / CX_DENSE_NODES, passage->edge % CX_DENSE_NODES, 0);
	uint32 bucket = cx_bucket_of(passage->time);
	uint16 *counter = cx_dense_counter(cx_tally_extra(*map), edge, bucket);
	int64 more = 1;

	if (counter != NULL)
		more = ++*counter == 0 ? PG_UINT16_MAX + 1 : 0;
	if (passage->time < (uint64) (CX_MAP_SUM_LIMIT - edge->sum))
		edge->sum += passage->time;
	else
		cx_map_add_sum(map, key | cx_map_key(CX_MAP_SUM, 0, 0, 0), passage->time);
	if (more != 0)
		cx_tally_add(map, key | cx_map_key(CX_MAP_TIME, 0, 0, bucket), more);
}

/* Counts passages. */
static inline void
count_block(CxTally **map, const Passage *passages, uint32 count)
{
	CxDense *dense = cx_tally_extra(*map);
	int64 turn = dense->turn;

	for (const Passage *passage = passages; passage < passages + count; passage++)
	{
		CxDenseEdge *edge = cx_dense_edge(dense, passage->edge);
		uint64 sum = (uint64) edge->sum + passage->time;
		uint32 bucket = cx_bucket_of(passage->time);
		uint16 *counter =
			&dense->cells[edge->page[bucket / CX_DENSE_PAGE]].counters[bucket % CX_DENSE_PAGE];

		edge->journeys += edge->turn != turn;
		edge->turn = turn;
		if (unlikely(sum >= CX_MAP_SUM_LIMIT || *counter == PG_UINT16_MAX))
		{
			count_rarely(map, edge, passage);
			dense = cx_tally_extra(*map);
		}
		else
		{
			edge->sum = (int64) sum;
			++*counter;
		}
	}
}

/* Fills in the edges of passages to touches from next on; returns the last one's label. */
static pg_noinline uint32
read_edges(Passage *passages, uint32 count, const CxView *view, uint32 next, const uint32 *numbers,
		   uint32 source)
{
	uint64 symbol_count = view->symbol_count;

	for (uint32 i = 0; i < count; i++)
	{
		uint64 symbol = cx_bits_get_narrow(&view->symbols, next + i);

		if (unlikely(symbol >= symbol_count))
			cx_corrupt("A touch refers to a symbol that does not exist.");
		passages[i].edge = source * CX_DENSE_NODES + numbers[symbol];
		source = numbers[symbol];
	}
	return source;
}

/* Fills in the times of passages to touches from next on. */
static pg_noinline void
read_times(Passage *passages, uint32 count, const CxView *view, uint32 next)
{
	const uint8 *data = view->times.data;
	uint32 width = view->times.width;
	uint64 unit = (uint64) cx_time_units[view->unit];
	uint64 end = (uint64) next * width;
	uint64 latest = element_before(data, end, width);

	for (uint32 i = 0; i < count; i++)
	{
		uint64 offset = element_before(data, end += width, width);

		if (unlikely(offset < latest))
			cx_corrupt("The touches are not in order of time.");
		passages[i].time = (offset - latest) * unit;
		latest = offset;
	}
}

/*
 * Adds the edges, the start and the end of a journey that can be counted, under
 * the numbers of its symbols.
 */
void
cx_dense_count(CxTally **map, const CxView *view, const uint32 *numbers)
{
	CxDense *dense = cx_tally_extra(*map);
	uint32 label = numbers[cx_view_symbol_at(view, 0)];
	uint32 next = 1;
	Passage passages[BLOCK];

	dense->nodes[label].starts++;
	while (next < view->touch_count)
	{
		uint32 count = Min(view->touch_count - next, BLOCK);

		label = read_edges(passages, count, view, next, numbers, label);
		read_times(passages, count, view, next);
		count_block(map, passages, count);
		next += count;
		CHECK_FOR_INTERRUPTS();
	}
	dense = cx_tally_extra(*map);
	dense->nodes[label].ends++;
}
