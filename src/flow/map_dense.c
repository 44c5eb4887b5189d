/*
 * map_dense.c
 *		The edges of a growing map in a form that is quick to count in.
 */
#include "flow/map_dense.h"

#include "stats/summary.h"

StaticAssertDecl(CX_BUCKETS % CX_DENSE_PAGE == 0, "buckets fill pages");

static Size
size_of_dense(uint32 pages)
{
	return offsetof(CxDense, pages) + (Size) pages * CX_DENSE_PAGE * sizeof(uint16);
}

/*
 * Gives a map that has become large its dense part, or that more pages when they
 * are used up; to be called once a journey.
 */
void
cx_dense_make_room(CxTally **map)
{
	CxDense *dense = cx_tally_extra(*map);
	uint32 room;

	if (dense == NULL ? (*map)->count < CX_DENSE_FROM :
						dense->page_count < dense->page_room || dense->page_room == CX_DENSE_PAGES)
		return;
	room = dense == NULL ? CX_DENSE_EDGES : dense->page_room * 2;
	cx_tally_resize_extra(map, size_of_dense(room));
	dense = cx_tally_extra(*map);
	dense->page_room = room;
}

/*
 * Adds what the dense part of a map counts to the entries of another, or of the
 * same, under new numbers of the labels; does not change the dense part.
 */
void
cx_dense_fold(CxTally **map, const CxTally *from, const uint32 *numbers)
{
	const CxDense *dense = cx_tally_extra(from);

	if (dense == NULL)
		return;
	if (from->extra_size < size_of_dense(0) || dense->page_room > CX_DENSE_PAGES ||
		from->extra_size != size_of_dense(dense->page_room) || dense->edge_count > CX_DENSE_EDGES ||
		dense->page_count > dense->page_room)
		cx_summary_corrupt(CX_MAP_TYPE);
	for (uint32 i = 0; i < dense->edge_count; i++)
	{
		const CxDenseEdge *edge = &dense->edges[i];
		uint64 key = cx_map_key(CX_MAP_SUM, 0, 0, 0) | edge->edge;

		CHECK_FOR_INTERRUPTS();
		if (!cx_map_renumber(&key, numbers, from->label_count) || edge->sum < 0 ||
			edge->journeys < 0)
			cx_summary_corrupt(CX_MAP_TYPE);
		cx_map_add_sum(map, key, edge->sum);
		cx_tally_add(map,
					 cx_map_key(CX_MAP_EDGE_JOURNEYS, cx_map_source(key), cx_map_target(key), 0),
					 edge->journeys);
		for (uint32 k = 0; k < lengthof(edge->page); k++)
		{
			if (edge->page[k] > dense->page_count)
				cx_summary_corrupt(CX_MAP_TYPE);
			for (uint32 b = 0; b < CX_DENSE_PAGE && edge->page[k] != 0; b++)
			{
				uint16 count = dense->pages[edge->page[k] - 1][b];

				if (count != 0)
					cx_tally_add(map,
								 cx_map_key(CX_MAP_TIME, cx_map_source(key), cx_map_target(key),
											k * CX_DENSE_PAGE + b),
								 count);
			}
		}
	}
}
