/*
 * map_dense.h
 *		The edges of a growing map in a form that is quick to count in.
 *
 * A map of many edges and times is too large for a processor's cache as a hash
 * table with an entry a bucket.  So once it is large, its first edges are counted
 * in the tally's extra bytes: a record an edge, and pages of small counters for
 * its times, one a power of two.  What finds no room there, and the counters
 * that run over, go into the entries.
 */
#ifndef CX_FLOW_MAP_DENSE_H
#define CX_FLOW_MAP_DENSE_H

#include "flow/map.h"

#define CX_DENSE_FROM 16384 /* entries from which on it is worth it */
#define CX_DENSE_EDGES 1024
#define CX_DENSE_SLOTS 4096
#define CX_DENSE_PAGES 32768
#define CX_DENSE_PAGE 64

typedef struct CxDenseEdge
{
	uint64 edge; /* source and target as in a key */
	int64 sum;	 /* microseconds, below CX_MAP_SUM_LIMIT */
	int64 journeys;
	int64 turn;								 /* the last journey that passed it */
	uint16 page[CX_BUCKETS / CX_DENSE_PAGE]; /* 0: none yet */
} CxDenseEdge;

typedef struct CxDense
{
	int64 turn; /* counts journeys */
	uint32 edge_count;
	uint32 page_count;
	uint32 page_room;
	uint16 index[CX_DENSE_SLOTS]; /* hash table: number of an edge + 1 */
	CxDenseEdge edges[CX_DENSE_EDGES];
	uint16 pages[FLEXIBLE_ARRAY_MEMBER][CX_DENSE_PAGE]; /* page 1 comes first */
} CxDense;

/* The record of an edge; NULL when it has none and there is no room. */
static inline CxDenseEdge *
cx_dense_edge(CxDense *dense, uint64 edge)
{
	for (uint32 i = cx_tally_hash(edge);; i++)
	{
		uint16 *number = &dense->index[i % CX_DENSE_SLOTS];

		if (*number == 0)
		{
			if (dense->edge_count == CX_DENSE_EDGES)
				return NULL;
			*number = ++dense->edge_count;
			dense->edges[*number - 1].edge = edge;
		}
		if (dense->edges[*number - 1].edge == edge)
			return &dense->edges[*number - 1];
	}
}

/* The counter of a bucket of an edge; NULL when there is no page for it. */
static inline uint16 *
cx_dense_counter(CxDense *dense, CxDenseEdge *edge, uint32 bucket)
{
	uint16 *page = &edge->page[bucket / CX_DENSE_PAGE];

	if (unlikely(*page == 0))
	{
		if (dense->page_count == dense->page_room)
			return NULL;
		*page = ++dense->page_count;
	}
	return &dense->pages[*page - 1][bucket % CX_DENSE_PAGE];
}

extern void cx_dense_make_room(CxTally **map);
extern void cx_dense_fold(CxTally **map, const CxTally *from, const uint32 *numbers);

#endif /* CX_FLOW_MAP_DENSE_H */
