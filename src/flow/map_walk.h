/*
 * map_walk.h
 *		Adding a journey to a growing map.
 */
#ifndef CX_FLOW_MAP_WALK_H
#define CX_FLOW_MAP_WALK_H

#include "flow/map.h"

#include "utils/timestamp.h"

/* what a call site keeps from one journey to the next */
typedef struct CxMapCall CxMapCall;

extern CxMapCall *
cx_map_call(CxMapCall *call, MemoryContext context, const char *by, uint32 length);
extern void cx_map_add_journey(CxTally **map, CxMapCall *call, Datum journey, TimestampTz starts_at,
							   TimestampTz ends_at);

#endif /* CX_FLOW_MAP_WALK_H */
