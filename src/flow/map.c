/*
 * map.c
 *		Journey maps as tallies: their keys, adding and packing them, and
 *		walking through what they hold.
 */
#include "flow/map_dense.h"

#include "stats/summary.h"

/*
 * The key under new numbers of the labels; false if it is none of a map's.
 */
bool
cx_map_renumber(uint64 *key, const uint32 *numbers, uint32 label_count)
{
	CxMapCount what = cx_map_what(*key);
	uint32 source = cx_map_source(*key);
	uint32 target = cx_map_target(*key);
	uint32 bucket = *key & 4095;
	bool has_source = what != CX_MAP_JOURNEYS;
	bool has_target = what >= CX_MAP_EDGE_JOURNEYS;

	if (what > CX_MAP_TIME || bucket >= (what == CX_MAP_TIME ? CX_BUCKETS : 1) ||
		source >= (has_source ? label_count : 1) || target >= (has_target ? label_count : 1) ||
		*key != cx_map_key(what, source, target, bucket))
		return false;
	*key = cx_map_key(what, has_source ? numbers[source] : 0, has_target ? numbers[target] : 0,
					  bucket);
	return true;
}

/* Adds to a growing map's sum under a key of kind CX_MAP_SUM. */
void
cx_map_add_sum(CxTally **map, uint64 key, uint64 microseconds)
{
	const CxTallyEntry *entry;
	int64 wholes = (int64) (microseconds / CX_MAP_SUM_LIMIT);

	cx_tally_add(map, key, (int64) (microseconds % CX_MAP_SUM_LIMIT));
	entry = cx_tally_find(*map, key);
	if (entry->count >= CX_MAP_SUM_LIMIT)
	{
		cx_tally_add(map, key, -CX_MAP_SUM_LIMIT);
		wholes++;
	}
	if (wholes > 0)
		cx_tally_add(map, cx_map_key(CX_MAP_WHOLE, cx_map_source(key), cx_map_target(key), 0),
					 wholes);
}

/* Raises 22023 when the nodes of two maps are not the same kind of label. */
void
cx_map_check_same_nodes(CxTally *a, CxTally *b)
{
	if (a->params_size != b->params_size ||
		memcmp(cx_tally_params(a), cx_tally_params(b), a->params_size) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine journey maps of different nodes"),
						errdetail("One is by \"%.*s\", the other by \"%.*s\".",
								  (int) a->params_size, (char *) cx_tally_params(a),
								  (int) b->params_size, (char *) cx_tally_params(b)),
						errhint("Build both with the same by argument of cx.map_agg.")));
}

/* Adds another map to a growing one. */
void
cx_map_merge(CxTally **map, CxTally *other)
{
	const CxTallyEntry *entries = cx_tally_entries(other);
	uint32 *numbers = cx_palloc_array(uint32, other->label_count);

	cx_map_check_same_nodes(*map, other);
	cx_tally_merge(map, other, cx_map_renumber, CX_MAP_TYPE);
	if ((*map)->label_count > CX_MAP_MAX_LABELS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("journey map has too many nodes"),
				 errdetail("At most %d are possible.", CX_MAP_MAX_LABELS)));

	/* two sums below the limit may have met it */
	for (uint32 i = 0; i < other->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(other, i, &length);

		cx_tally_find_label(*map, label, length, &numbers[i]);
	}
	for (uint32 i = 0; i < other->slots; i++)
	{
		uint64 key = entries[i].key;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (key == CX_TALLY_EMPTY || cx_map_what(key) != CX_MAP_SUM)
			continue;
		cx_map_renumber(&key, numbers, other->label_count);
		cx_map_add_sum(map, key, 0);
	}
	cx_dense_fold(map, other, numbers);
	pfree(numbers);
}

/* A growing copy of a map in which all counts are entries. */
static CxTally *
copy_of(const CxTally *map)
{
	CxTally *copy = cx_tally_resize(map, 0, cx_dense_entries(map));
	uint32 *same;

	if (map->extra_size == 0)
		return copy;
	same = cx_palloc_array(uint32, map->label_count);
	for (uint32 i = 0; i < map->label_count; i++)
		same[i] = i;
	cx_dense_fold(&copy, map, same);
	pfree(same);
	return copy;
}

/* The packed form of a growing map, which stays as it is. */
CxTally *
cx_map_pack(const CxTally *map)
{
	CxTally *copy = copy_of(map);
	CxTallyEntry *entries = cx_tally_entries(copy);

	for (uint32 i = 0; i < copy->slots; i++)
	{
		uint64 key = entries[i].key;

		if (key == CX_TALLY_EMPTY)
			continue;
		if (cx_map_what(key) == CX_MAP_VALUE)
		{
			const CxTallyEntry *rest =
				cx_tally_find(map, cx_map_key(CX_MAP_VALUE_REST, cx_map_source(key), 0, 0));

			if (rest != NULL)
				entries[i].sum += rest->sum;
		}
		else if (cx_map_what(key) == CX_MAP_VALUE_REST || entries[i].count == 0)
		{
			/* a hole in a hash table that from here on is only read from end to end */
			entries[i].key = CX_TALLY_EMPTY;
			copy->count--;
		}
	}
	return cx_tally_pack(copy, cx_map_renumber, CX_MAP_TYPE);
}

/*
 * A packed map out of a value or partial state, every key and count of it
 * checked; raises XX001 when it is corrupted.
 */
CxTally *
cx_map_open(Datum value)
{
	CxTally *map = cx_tally_read(value, CX_TALLY_MAP, CX_MAP_TYPE);
	const CxTallyEntry *entries;
	int64 journeys;
	uint32 *same;

	if (map->growing)
		map = cx_map_pack(map);
	if (map->label_count > CX_MAP_MAX_LABELS || map->params_size > CX_MAP_MAX_BY)
		cx_summary_corrupt(CX_MAP_TYPE);
	entries = cx_tally_entries(map);
	journeys = cx_map_count(map, CX_MAP_JOURNEYS, 0, 0);
	same = cx_palloc_array(uint32, map->label_count);
	for (uint32 i = 0; i < map->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(map, i, &length);

		same[i] = i;
		if (length == 0 || !pg_verify_mbstr(GetDatabaseEncoding(), label, length, true))
			cx_summary_corrupt(CX_MAP_TYPE);
	}
	for (uint32 i = 0; i < map->slots; i++)
	{
		uint64 key = entries[i].key;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!cx_map_renumber(&key, same, map->label_count) ||
			((key & CX_TALLY_FLOAT) != 0 ?
				 isnan(entries[i].sum) || isinf(entries[i].sum) :
				 entries[i].count <= 0 ||
					 (cx_map_what(key) <= CX_MAP_EDGE_JOURNEYS && entries[i].count > journeys)))
			cx_summary_corrupt(CX_MAP_TYPE);
	}
	pfree(same);
	return map;
}

/* A count of a map; 0 if there is none. */
int64
cx_map_count(const CxTally *map, CxMapCount what, uint32 source, uint32 target)
{
	const CxTallyEntry *entry = cx_tally_find(map, cx_map_key(what, source, target, 0));

	return entry == NULL ? 0 : entry->count;
}

/* The first entry of a packed map whose key is not below a key. */
static uint32
first_from(const CxTally *map, uint64 key)
{
	const CxTallyEntry *entries = cx_tally_entries(map);
	uint32 low = 0;
	uint32 high = map->count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (entries[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Moves to the next edge of a packed map, in order of the labels; starts before
 * the first when the edge is all zero.  False behind the last.
 */
bool
cx_map_next_edge(const CxTally *map, CxMapEdge *edge)
{
	const CxTallyEntry *entries = cx_tally_entries(map);
	uint32 at = edge->next;

	if (at == 0)
		at = first_from(map, cx_map_key(CX_MAP_TIME, 0, 0, 0));
	if (at == map->count || cx_map_what(entries[at].key) != CX_MAP_TIME ||
		(entries[at].key & CX_TALLY_FLOAT) != 0)
		return false;
	edge->source = cx_map_source(entries[at].key);
	edge->target = cx_map_target(entries[at].key);
	edge->times = &entries[at];
	edge->count = 0;
	for (edge->time_count = 0; at < map->count && entries[at].key >> 12 == edge->times->key >> 12;
		 at++, edge->time_count++)
		if (pg_add_s64_overflow(edge->count, entries[at].count, &edge->count))
			cx_summary_corrupt(CX_MAP_TYPE);
	edge->next = at;
	edge->journeys = cx_map_count(map, CX_MAP_EDGE_JOURNEYS, edge->source, edge->target);
	return true;
}

/* The touches of each node of a packed map, by label number. */
int64 *
cx_map_touches(const CxTally *map)
{
	int64 *touches = cx_palloc_array(int64, map->label_count);
	CxMapEdge edge = {0};

	for (uint32 i = 0; i < map->label_count; i++)
		touches[i] = cx_map_count(map, CX_MAP_STARTS, i, 0);
	while (cx_map_next_edge(map, &edge))
		if (pg_add_s64_overflow(touches[edge.target], edge.count, &touches[edge.target]))
			cx_summary_corrupt(CX_MAP_TYPE);
	return touches;
}
