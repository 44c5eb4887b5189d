/*
 * map_dense.c
 *		Room for the dense part of a growing map, and what it counts as entries.
 */
#include "flow/map_dense.h"

#include "flow/map_label.h"
#include "stats/summary.h"

StaticAssertDecl(CX_BUCKETS % CX_DENSE_PAGE == 0, "buckets fill pages");
StaticAssertDecl(sizeof(CxDenseCell) == 128, "edges and pages have cells of one size");
StaticAssertDecl(CX_DENSE_MAX_CELLS <= PG_UINT16_MAX + 1, "16 bits number the cells");

static Size
size_of_dense(uint32 cells)
{
	return offsetof(CxDense, cells) + (Size) cells * sizeof(CxDenseCell);
}

/* Puts labels of the map that are not there yet into the hash table of labels. */
static void
add_labels(CxDense *dense, const CxTally *map)
{
	for (; dense->label_count < Min(map->label_count, CX_DENSE_NODES); dense->label_count++)
	{
		CxDenseLabel label = {.number = dense->label_count + 1};
		const char *data = cx_tally_label(map, dense->label_count, &label.length);
		uint32 slot;

		memcpy(&label.first, data, Min(label.length, 8));
		if (label.length > 8)
			memcpy(&label.last, data + label.length - 8, 8);
		slot = cx_dense_label_hash(&label, data);
		while (dense->labels[slot % CX_DENSE_SLOTS].number != 0)
			slot++;
		dense->labels[slot % CX_DENSE_SLOTS] = label;
	}
}

/*
 * Gives a map that has become large its dense part, or that more cells when they
 * are used up; to be called once a journey.
 */
void
cx_dense_make_room(CxTally **map)
{
	CxDense *dense = cx_tally_extra(*map);

	if (dense == NULL ?
			(*map)->count >= CX_DENSE_FROM :
			dense->cell_count >= dense->cell_room / 4 * 3 && dense->cell_room < CX_DENSE_MAX_CELLS)
	{
		bool is_new = dense == NULL;
		uint32 room = is_new ? CX_DENSE_CELLS : dense->cell_room * 2;

		*map = cx_tally_resize(*map, size_of_dense(room), 0);
		dense = cx_tally_extra(*map);
		dense->cell_room = room;
		if (is_new)
		{
			dense->cell_count = 1;
			memset(&dense->cells[0], 0xff, sizeof(CxDenseCell));
		}
	}
	if (dense != NULL && unlikely(dense->label_count < Min((*map)->label_count, CX_DENSE_NODES)))
		add_labels(dense, *map);
}

/* Raises XX001 unless the dense part of a map can be read. */
static void
check_dense(const CxTally *map, const CxDense *dense)
{
	if (map->extra_size < size_of_dense(0) || dense->cell_room > CX_DENSE_MAX_CELLS ||
		map->extra_size != size_of_dense(dense->cell_room) || dense->cell_count > dense->cell_room)
		cx_summary_corrupt(CX_MAP_TYPE);
}

/* Not quite as many entries as what the dense part of a map counts becomes, 0 if it has none. */
uint32
cx_dense_entries(const CxTally *map)
{
	const CxDense *dense = cx_tally_extra(map);
	uint32 used = 0;

	if (dense == NULL)
		return 0;
	check_dense(map, dense);
	for (uint32 i = 1; i < dense->cell_count; i++)
		for (uint32 b = 0; b < CX_DENSE_PAGE; b++)
			used += dense->cells[i].counters[b] != 0;
	return used;
}

/* Adds a count to a map, unless it is none. */
static void
add_count(CxTally **map, CxMapCount what, uint32 source, uint32 target, int64 count)
{
	if (count < 0)
		cx_summary_corrupt(CX_MAP_TYPE);
	if (count > 0)
		cx_tally_add(map, cx_map_key(what, source, target, 0), count);
}

/* Adds what an edge counts. */
static void
fold_edge(CxTally **map, const CxDense *dense, const CxDenseEdge *edge, uint32 source,
		  uint32 target)
{
	if (edge->sum < 0)
		cx_summary_corrupt(CX_MAP_TYPE);
	cx_map_add_sum(map, cx_map_key(CX_MAP_SUM, source, target, 0), edge->sum);
	add_count(map, CX_MAP_EDGE_JOURNEYS, source, target, edge->journeys);
	for (uint32 k = 0; k < lengthof(edge->page); k++)
	{
		if (edge->page[k] == 0)
			continue;
		if (edge->page[k] >= dense->cell_count)
			cx_summary_corrupt(CX_MAP_TYPE);
		for (uint32 b = 0; b < CX_DENSE_PAGE; b++)
		{
			uint16 count = dense->cells[edge->page[k]].counters[b];

			if (count != 0)
				cx_tally_add(map, cx_map_key(CX_MAP_TIME, source, target, k * CX_DENSE_PAGE + b),
							 count);
		}
	}
}

/*
 * Adds what the dense part of a map counts to the entries of another, or of the
 * same, under new numbers of the labels; does not change the dense part.
 */
void
cx_dense_fold(CxTally **map, const CxTally *from, const uint32 *numbers)
{
	const CxDense *dense = cx_tally_extra(from);
	uint32 nodes = Min(from->label_count, CX_DENSE_NODES);

	if (dense == NULL)
		return;
	check_dense(from, dense);
	add_count(map, CX_MAP_JOURNEYS, 0, 0, dense->turn);
	for (uint32 i = 0; i < nodes; i++)
	{
		CHECK_FOR_INTERRUPTS();
		add_count(map, CX_MAP_NODE_JOURNEYS, numbers[i], 0, dense->nodes[i].journeys);
		add_count(map, CX_MAP_STARTS, numbers[i], 0, dense->nodes[i].starts);
		add_count(map, CX_MAP_ENDS, numbers[i], 0, dense->nodes[i].ends);
		for (uint32 k = 0; k < nodes; k++)
		{
			uint32 cell = dense->edges[i * CX_DENSE_NODES + k];

			if (cell >= Max(dense->cell_count, 1))
				cx_summary_corrupt(CX_MAP_TYPE);
			if (cell != 0)
				fold_edge(map, dense, &dense->cells[cell].edge, numbers[i], numbers[k]);
		}
	}
}
