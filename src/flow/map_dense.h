/*
 * map_dense.h
 *		The edges and nodes of a growing map in a form that is quick to count in.
 *
 * A map of many edges and times is too large for a processor's cache as a hash
 * table with an entry a bucket.  So once it is large, what touches the first
 * labels of it is counted in the tally's extra bytes: a record a node, and cells
 * of one size that are either the record of an edge or a page of small counters
 * for its times, one a power of two.  What finds no room there, and the counters
 * that run over, go into the entries.
 */
#ifndef CX_FLOW_MAP_DENSE_H
#define CX_FLOW_MAP_DENSE_H

#include "flow/map.h"
#include "journey/layout.h"

#define CX_DENSE_FROM 16384 /* entries from which on it is worth it */
#define CX_DENSE_NODES 256	/* the labels with the lowest numbers */
#define CX_DENSE_SLOTS 1024 /* of the hash table of their labels */
#define CX_DENSE_CELLS 2048 /* at first */
#define CX_DENSE_MAX_CELLS 32768
#define CX_DENSE_PAGE 64
#define CX_DENSE_PAGES 52	  /* of an edge, the longest times have none */
#define CX_DENSE_TIME_BITS 57 /* all times below that have one */

typedef struct CxDenseNode
{
	int64 journeys;
	int64 starts;
	int64 ends;
} CxDenseNode;

/* a label, as a slot of a hash table */
typedef struct CxDenseLabel
{
	uint64 first; /* its first 8 bytes, zeros behind it if it has fewer */
	uint64 last;  /* its last 8 bytes, 0 if it has no more than those */
	uint32 length;
	uint32 number; /* + 1; 0: no label */
} CxDenseLabel;

typedef struct CxDenseEdge
{
	int64 sum; /* microseconds, below CX_MAP_SUM_LIMIT */
	int64 journeys;
	int64 turn;					 /* the last journey that passed it */
	uint16 page[CX_DENSE_PAGES]; /* numbers of cells, 0: none yet */
} CxDenseEdge;

typedef union CxDenseCell
{
	CxDenseEdge edge;
	uint16 counters[CX_DENSE_PAGE];
} CxDenseCell;

typedef struct CxDense
{
	int64 turn; /* counts the journeys since it is there */
	uint32 cell_count;
	uint32 cell_room;
	uint32 label_count; /* labels in the hash table */
	uint32 reserved;
	CxDenseNode nodes[CX_DENSE_NODES];
	CxDenseLabel labels[CX_DENSE_SLOTS];
	uint16 edges[CX_DENSE_NODES * CX_DENSE_NODES]; /* by source and target: cell, or 0 */
	/* number 0 is none: counters at their end, for times that have no page yet */
	CxDenseCell cells[FLEXIBLE_ARRAY_MEMBER];
} CxDense;

/*
 * The record of an edge, source * CX_DENSE_NODES + target; NULL when it has none
 * and there is no room.
 */
static inline CxDenseEdge *
cx_dense_edge(CxDense *dense, uint32 edge)
{
	uint16 *number = &dense->edges[edge];

	if (unlikely(*number == 0))
	{
		if (dense->cell_count == dense->cell_room)
			return NULL;
		*number = dense->cell_count++;
	}
	return &dense->cells[*number].edge;
}

/*
 * The counter of a bucket of an edge; NULL when there is no page for it.  Edges
 * have the last quarter of the room for themselves.
 */
static inline uint16 *
cx_dense_counter(CxDense *dense, CxDenseEdge *edge, uint32 bucket)
{
	uint32 page = bucket / CX_DENSE_PAGE;

	if (unlikely(page >= CX_DENSE_PAGES))
		return NULL;
	if (unlikely(edge->page[page] == 0))
	{
		if (dense->cell_count >= dense->cell_room / 4 * 3)
			return NULL;
		edge->page[page] = dense->cell_count++;
	}
	return &dense->cells[edge->page[page]].counters[bucket % CX_DENSE_PAGE];
}

extern void cx_dense_make_room(CxTally **map);
extern uint32 cx_dense_entries(const CxTally *map);
extern void cx_dense_fold(CxTally **map, const CxTally *from, const uint32 *numbers);
extern bool cx_dense_number(const CxTally *map, const CxView *view, uint32 *numbers);
extern bool cx_dense_can_count(const CxDense *dense, const CxView *view);
extern void cx_dense_count(CxTally **map, const CxView *view, const uint32 *numbers);

#endif /* CX_FLOW_MAP_DENSE_H */
