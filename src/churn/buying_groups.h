/*
 * buying_groups.h
 *		Customers of whom the same is known, counted: the state of the aggregates
 *		that fit models of buying behaviour.
 */
#ifndef CX_CHURN_BUYING_GROUPS_H
#define CX_CHURN_BUYING_GROUPS_H

#include "churn/buying.h"

/* The weight of one customer is part of what is the same, so that sums do not depend on the order. */
typedef struct CxBuyerGroup
{
	CxBuyer buyer;
	int64 count;
} CxBuyerGroup;

typedef struct CxBuyerGroups
{
	uint32 kind;
	uint32 count;
	uint32 room;
	uint32 slots; /* of the hash table: twice the room, a power of two */
	CxBuyerGroup groups[FLEXIBLE_ARRAY_MEMBER];
	/* then the hash table: number of a group + 1, or 0 */
} CxBuyerGroups;

extern CxBuyerGroups *cx_buyer_groups_new(MemoryContext context, CxBuyingKind kind);
extern CxBuyerGroups *cx_buyer_groups_add(CxBuyerGroups *groups, const CxBuyer *buyer, int64 count);
extern CxBuyer *cx_buyer_groups_sorted(const CxBuyerGroups *groups, uint32 *count);

#endif /* CX_CHURN_BUYING_GROUPS_H */
