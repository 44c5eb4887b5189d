/*
 * map.h
 *		Journey maps: what follows what in many journeys, how often and after
 *		how much time (a directly-follows graph).
 *
 * A map is a tally (stats/tally.h) whose constant is the name of what its nodes
 * are (touchpoint, channel, team or a key of attrs), and whose keys are
 *
 *		bits 58-62	kind: what is counted
 *		bits 35-57	label of the node, or of the edge's source
 *		bits 12-34	label of the edge's target
 *		bits 0-11	bucket of a time (stats/quantile.h)
 *
 * with zero in all fields that a kind does not use.  A count of zero has no
 * entry.  How often an edge was passed is the sum of its buckets; how many
 * touches a node had is its starts and the edges that lead to it, because every
 * touch is either the first of its journey or the target of an edge.
 */
#ifndef CX_FLOW_MAP_H
#define CX_FLOW_MAP_H

#include "stats/quantile.h"
#include "stats/tally.h"

#define CX_MAP_TYPE "journey_map"
#define CX_MAP_MAX_LABELS (1 << 23)
#define CX_MAP_MAX_BY 255 /* bytes of the name of what nodes are */

typedef enum CxMapCount
{
	CX_MAP_JOURNEYS, /* journeys with a touch in the map */
	CX_MAP_NODE_JOURNEYS,
	CX_MAP_STARTS,
	CX_MAP_ENDS,
	CX_MAP_VALUE,	   /* float8: sum of values */
	CX_MAP_VALUE_REST, /* float8, only while growing: what rounding has lost of it */
	CX_MAP_EDGE_JOURNEYS,
	CX_MAP_SUM,	  /* microseconds along an edge, below CX_MAP_WHOLE */
	CX_MAP_WHOLE, /* how many times 2^62 microseconds more */
	CX_MAP_TIME	  /* passages of an edge whose time is in a bucket */
} CxMapCount;

#define CX_MAP_SUM_LIMIT (INT64CONST(1) << 62)

static inline uint64
cx_map_key(CxMapCount what, uint32 source, uint32 target, uint32 bucket)
{
	uint64 key = (uint64) what << 58 | (uint64) source << 35 | (uint64) target << 12 | bucket;

	return what == CX_MAP_VALUE || what == CX_MAP_VALUE_REST ? key | CX_TALLY_FLOAT : key;
}

static inline CxMapCount
cx_map_what(uint64 key)
{
	return (CxMapCount) (key >> 58 & 31);
}

static inline uint32
cx_map_source(uint64 key)
{
	return key >> 35 & (CX_MAP_MAX_LABELS - 1);
}

static inline uint32
cx_map_target(uint64 key)
{
	return key >> 12 & (CX_MAP_MAX_LABELS - 1);
}

/* an edge of a packed map */
typedef struct CxMapEdge
{
	uint32 source;
	uint32 target;
	int64 count;
	int64 journeys;
	const CxTallyEntry *times; /* its buckets */
	uint32 time_count;
	uint32 next; /* the entry behind them */
} CxMapEdge;

extern bool cx_map_renumber(uint64 *key, const uint32 *numbers, uint32 label_count);
extern void cx_map_add_sum(CxTally **map, uint64 key, uint64 microseconds);
extern void cx_map_merge(CxTally **map, CxTally *other);
extern CxTally *cx_map_pack(const CxTally *map);
extern CxTally *cx_map_open(Datum value);
extern int64 cx_map_count(const CxTally *map, CxMapCount what, uint32 source, uint32 target);
extern bool cx_map_next_edge(const CxTally *map, CxMapEdge *edge);
extern int64 *cx_map_touches(const CxTally *map);
extern void cx_map_check_same_nodes(CxTally *a, CxTally *b);

#endif /* CX_FLOW_MAP_H */
