/*
 * flow.h
 *		The summary of what many journeys did around an anchor, step by step:
 *		a tally of the links between neighbouring steps.
 *
 * Its nodes are numbered from 0, the first of the steps before the anchor; the
 * anchor is node number before.  Link i leads from node i to node i + 1.  An
 * entry's key is link + 1, then the codes of its labels at both ends: label
 * number + 1, or 0 for no label.  That is where the journey began or ended, or
 * an anchor without label: the place tells which.  Two more entries count the
 * journeys, with an anchor and without.
 *
 * A journey walks from node to node until it ends, so what comes into a node
 * is what goes out of it, and a link carries no journey twice.
 */
#ifndef CX_FLOW_FLOW_H
#define CX_FLOW_FLOW_H

#include "stats/tally.h"

#define CX_FLOW_TYPE "flow_summary"
#define CX_MAX_FLOW_STEPS 100 /* before the anchor, and after it */

#define CX_FLOW_ANCHORED UINT64CONST(0) /* keys of the counts of journeys */
#define CX_FLOW_OTHERS UINT64CONST(1)
#define CX_FLOW_CODE_BITS 27
#define CX_FLOW_CODE_MAX ((UINT64CONST(1) << CX_FLOW_CODE_BITS) - 1)

/* what a flow was asked; the text holds by, then the anchor's normal form */
typedef struct CxFlowParams
{
	int32 before;
	int32 after;
	uint32 by_size;
	char text[FLEXIBLE_ARRAY_MEMBER];
} CxFlowParams;

/* an entry's key taken apart */
typedef struct CxFlowLink
{
	uint32 link;
	uint32 source;
	uint32 target;
} CxFlowLink;

static inline uint64
cx_flow_key(uint32 link, uint32 source, uint32 target)
{
	return (uint64) (link + 1) << (2 * CX_FLOW_CODE_BITS) | (uint64) source << CX_FLOW_CODE_BITS |
		   target;
}

/* False for the key of a count of journeys. */
static inline bool
cx_flow_link(uint64 key, CxFlowLink *link)
{
	link->link = (uint32) (key >> (2 * CX_FLOW_CODE_BITS)) - 1;
	link->source = (uint32) (key >> CX_FLOW_CODE_BITS & CX_FLOW_CODE_MAX);
	link->target = (uint32) (key & CX_FLOW_CODE_MAX);
	return key >> (2 * CX_FLOW_CODE_BITS) != 0;
}

extern bool cx_flow_renumber(uint64 *key, const uint32 *numbers, uint32 label_count);
extern bool cx_flow_is_sound(CxTally *flow);
extern CxTally *cx_flow_read(Datum value);
extern int64 cx_flow_count(const CxTally *flow, uint64 key);

#endif /* CX_FLOW_FLOW_H */
