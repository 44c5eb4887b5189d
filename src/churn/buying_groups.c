/*
 * buying_groups.c
 *		Customers of whom the same is known, counted.
 *
 * A group's state is one chunk in the aggregate's context, which doubles.  A
 * million customers known by the day are about a hundred thousand groups.
 */
#include "churn/buying_groups.h"

#define FIRST_ROOM 4
#define MOST_ROOM (1u << 26) /* 3.2 GB */

static Size
size_of(uint32 room)
{
	return offsetof(CxBuyerGroups, groups) + room * (sizeof(CxBuyerGroup) + 2 * sizeof(uint32));
}

static CxBuyerGroups *
allocate(MemoryContext context, uint32 kind, uint32 room)
{
	CxBuyerGroups *groups = MemoryContextAllocHuge(context, size_of(room));

	groups->kind = kind;
	groups->count = 0;
	groups->room = room;
	groups->slots = 2 * room;
	memset(&groups->groups[room], 0, groups->slots * sizeof(uint32));
	return groups;
}

/* No customers yet. */
CxBuyerGroups *
cx_buyer_groups_new(MemoryContext context, CxBuyingKind kind)
{
	return allocate(context, kind, FIRST_ROOM);
}

static uint64
hash(const CxBuyer *buyer)
{
	uint64 bits[4];
	uint64 hash = 0;

	memcpy(bits, buyer, sizeof(bits));
	for (int i = 0; i < 4; i++)
	{
		hash = (hash ^ bits[i]) * UINT64CONST(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return hash;
}

/* The slot of a group, or the empty one where it belongs. */
static uint32 *
find(CxBuyerGroups *groups, const CxBuyer *buyer)
{
	uint32 *slots = (uint32 *) &groups->groups[groups->room];
	uint32 mask = groups->slots - 1;

	for (uint32 i = hash(buyer) & mask;; i = (i + 1) & mask)
		if (slots[i] == 0 ||
			memcmp(&groups->groups[slots[i] - 1].buyer, buyer, sizeof(CxBuyer)) == 0)
			return &slots[i];
}

static void
append(CxBuyerGroups *groups, uint32 *slot, const CxBuyer *buyer, int64 count)
{
	groups->groups[groups->count].buyer = *buyer;
	groups->groups[groups->count].count = count;
	*slot = ++groups->count;
}

/* Twice the room in the same context; frees what it was. */
static CxBuyerGroups *
grow(CxBuyerGroups *groups)
{
	CxBuyerGroups *grown;

	if (groups->room >= MOST_ROOM)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many different customers"),
				 errdetail("There are more than %u.", MOST_ROOM),
				 errhint("Round times to days or weeks: customers of whom the same is "
						 "known count as one group.")));
	grown = allocate(GetMemoryChunkContext(groups), groups->kind, groups->room * 2);
	for (uint32 i = 0; i < groups->count; i++)
	{
		const CxBuyerGroup *group = &groups->groups[i];

		append(grown, find(grown, &group->buyer), &group->buyer, group->count);
	}
	pfree(groups);
	return grown;
}

/* Adds customers without negative zeros; returns the groups, which may have moved. */
CxBuyerGroups *
cx_buyer_groups_add(CxBuyerGroups *groups, const CxBuyer *buyer, int64 count)
{
	uint32 *slot = find(groups, buyer);

	if (*slot != 0)
	{
		CxBuyerGroup *group = &groups->groups[*slot - 1];

		if (pg_add_s64_overflow(group->count, count, &group->count))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("count of customers is out of range")));
		return groups;
	}
	if (groups->count == groups->room)
	{
		groups = grow(groups);
		slot = find(groups, buyer);
	}
	append(groups, slot, buyer, count);
	return groups;
}

static int
compare(const void *a, const void *b)
{
	const float8 *x = a;
	const float8 *y = b;

	for (int i = 0; i < 4; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/*
 * The customers by frequency, recency and age, with the weights of those that are
 * alike added up, in the current context: the same in whatever order they came.
 */
CxBuyer *
cx_buyer_groups_sorted(const CxBuyerGroups *groups, uint32 *count)
{
	CxBuyerGroup *sorted =
		MemoryContextAllocHuge(CurrentMemoryContext, mul_size(groups->count, sizeof(CxBuyerGroup)));
	CxBuyer *buyers = (CxBuyer *) sorted; /* shorter, so it can take its place */

	memcpy(sorted, groups->groups, groups->count * sizeof(CxBuyerGroup));
	qsort(sorted, groups->count, sizeof(CxBuyerGroup), compare);
	*count = 0;
	for (uint32 i = 0; i < groups->count; i++)
	{
		CxBuyer buyer = sorted[i].buyer;
		CxBuyer *last = *count == 0 ? NULL : &buyers[*count - 1];

		buyer.weight *= sorted[i].count;
		if (last != NULL && last->frequency == buyer.frequency && last->recency == buyer.recency &&
			last->age == buyer.age)
			last->weight += buyer.weight;
		else
			buyers[(*count)++] = buyer;
	}
	return buyers;
}
