/*
 * map_read.c
 *		What a journey map says: its edges and nodes, and where two maps differ.
 */
#include "flow/map.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "stats/interval.h"

/* the names of the virtual nodes before the first touch and behind the last */
#define START "(start)"
#define END "(end)"

static Datum
label_datum(const CxTally *map, uint32 number)
{
	CxSpan label;

	label.data = cx_tally_label(map, number, &label.length);
	return PointerGetDatum(cx_span_text(&label));
}

PG_FUNCTION_INFO_V1(cx_map_journeys);

/* cx.journeys(map): the number of journeys with a touch in the map */
Datum
cx_map_journeys(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(cx_map_count(cx_map_open(PG_GETARG_DATUM(0)), CX_MAP_JOURNEYS, 0, 0));
}

/* Fills in the times of an edge: mean, median and the ninth decile, in seconds. */
static void
put_times(const CxTally *map, const CxMapEdge *edge, CxBucketCount *buckets, Datum *values)
{
	float8 sum = (float8) cx_map_count(map, CX_MAP_SUM, edge->source, edge->target);
	float8 more = (float8) cx_map_count(map, CX_MAP_WHOLE, edge->source, edge->target);

	float8 mean = (sum + more * (float8) CX_MAP_SUM_LIMIT) / ((float8) edge->count * 1e6);

	for (uint32 i = 0; i < 3; i++)
		values[i] = Float8GetDatum(mean);
	/* in a single bucket the mean is as good as any time of it, and right for a single time */
	if (edge->time_count == 1)
		return;
	for (uint32 i = 0; i < edge->time_count; i++)
		buckets[i] = (CxBucketCount){edge->times[i].key & 4095, edge->times[i].count};
	values[1] = Float8GetDatum(cx_bucket_quantile(buckets, edge->time_count, 0.5) / 1e6);
	values[2] = Float8GetDatum(cx_bucket_quantile(buckets, edge->time_count, 0.9) / 1e6);
}

/* Adds the rows of the edges from the start, or to the end. */
static void
put_virtual_edges(ReturnSetInfo *result, const CxTally *map, CxMapCount what)
{
	for (uint32 i = 0; i < map->label_count; i++)
	{
		int64 count = cx_map_count(map, what, i, 0);
		Datum node = label_datum(map, i);
		Datum values[7];
		bool nulls[7] = {false, false, false, false, true, true, true};

		if (count == 0)
			continue;
		values[0] = what == CX_MAP_STARTS ? CStringGetTextDatum(START) : node;
		values[1] = what == CX_MAP_STARTS ? node : CStringGetTextDatum(END);
		values[2] = Int64GetDatum(count);
		values[3] = Int64GetDatum(count);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

PG_FUNCTION_INFO_V1(cx_map_edges);

/* cx.edges(map, with_ends) */
Datum
cx_map_edges(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxTally *map = cx_map_open(PG_GETARG_DATUM(0));
	bool with_ends = PG_GETARG_BOOL(1);
	CxBucketCount *buckets = cx_palloc_array(CxBucketCount, CX_BUCKETS);
	CxMapEdge edge = {0};

	InitMaterializedSRF(fcinfo, 0);
	if (with_ends)
		put_virtual_edges(result, map, CX_MAP_STARTS);
	while (cx_map_next_edge(map, &edge))
	{
		Datum values[7];
		bool nulls[7] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = label_datum(map, edge.source);
		values[1] = label_datum(map, edge.target);
		values[2] = Int64GetDatum(edge.count);
		values[3] = Int64GetDatum(edge.journeys);
		put_times(map, &edge, buckets, values + 4);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	if (with_ends)
		put_virtual_edges(result, map, CX_MAP_ENDS);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_map_nodes);

/* cx.nodes(map) */
Datum
cx_map_nodes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxTally *map = cx_map_open(PG_GETARG_DATUM(0));
	int64 *touches = cx_map_touches(map);
	int64 *loops = palloc0(mul_size(Max(map->label_count, 1), sizeof(int64)));
	CxMapEdge edge = {0};

	InitMaterializedSRF(fcinfo, 0);
	while (cx_map_next_edge(map, &edge))
		if (edge.source == edge.target)
			loops[edge.source] = edge.count;
	for (uint32 i = 0; i < map->label_count; i++)
	{
		const CxTallyEntry *value = cx_tally_find(map, cx_map_key(CX_MAP_VALUE, i, 0, 0));
		Datum values[7];
		bool nulls[7] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = label_datum(map, i);
		values[1] = Int64GetDatum(touches[i]);
		values[2] = Int64GetDatum(cx_map_count(map, CX_MAP_NODE_JOURNEYS, i, 0));
		values[3] = Int64GetDatum(cx_map_count(map, CX_MAP_STARTS, i, 0));
		values[4] = Int64GetDatum(cx_map_count(map, CX_MAP_ENDS, i, 0));
		values[5] = Int64GetDatum(loops[i]);
		nulls[6] = value == NULL;
		if (value != NULL)
			values[6] = Float8GetDatum(value->sum);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* two maps that are being compared */
typedef struct Comparison
{
	ReturnSetInfo *result;
	CxTally *map[2];
	int64 journeys[2];
	float8 z;
} Comparison;

/* Adds the row of an edge that so many journeys of each map have. */
static void
put_difference(const Comparison *comparison, Datum source, Datum target, const int64 *counts)
{
	Datum values[11];
	bool nulls[11] = {false};

	values[0] = source;
	values[1] = target;
	for (int i = 0; i < 2; i++)
	{
		values[2 + i] = Int64GetDatum(counts[i]);
		values[4 + i] = Int64GetDatum(comparison->journeys[i]);
		nulls[6 + i] = comparison->journeys[i] == 0;
		if (!nulls[6 + i])
			values[6 + i] = Float8GetDatum((float8) counts[i] / comparison->journeys[i]);
		nulls[8] |= nulls[6 + i];
	}
	nulls[9] = nulls[10] = nulls[8];
	if (!nulls[8])
	{
		float8 difference;
		float8 low;
		float8 high;

		difference = cx_newcombe(counts[0], comparison->journeys[0], counts[1],
								 comparison->journeys[1], comparison->z, &low, &high);
		values[8] = Float8GetDatum(difference);
		values[9] = Float8GetDatum(low);
		values[10] = Float8GetDatum(high);
	}
	tuplestore_putvalues(comparison->result->setResult, comparison->result->setDesc, values, nulls);
}

/* The number in one map of a label of the other. */
static bool
find_in(const CxTally *map, const CxTally *other, uint32 number, uint32 *found)
{
	uint32 length;
	const char *label = cx_tally_label(other, number, &length);

	return cx_tally_find_label(map, label, length, found);
}

/* Adds rows for the edges of map k; when k is 1, for those that map 0 does not have. */
static void
compare_edges(const Comparison *comparison, int k)
{
	const CxTally *map = comparison->map[k];
	const CxTally *other = comparison->map[1 - k];
	CxMapEdge edge = {0};

	while (cx_map_next_edge(map, &edge))
	{
		int64 counts[2] = {0};
		uint32 source;
		uint32 target;

		CHECK_FOR_INTERRUPTS();
		counts[k] = edge.journeys;
		if (find_in(other, map, edge.source, &source) && find_in(other, map, edge.target, &target))
			counts[1 - k] = cx_map_count(other, CX_MAP_EDGE_JOURNEYS, source, target);
		if (k == 0 || counts[0] == 0)
			put_difference(comparison, label_datum(map, edge.source), label_datum(map, edge.target),
						   counts);
	}
}

/* The same for the edges from the start, or to the end. */
static void
compare_virtual_edges(const Comparison *comparison, int k, CxMapCount what)
{
	const CxTally *map = comparison->map[k];
	const CxTally *other = comparison->map[1 - k];

	for (uint32 i = 0; i < map->label_count; i++)
	{
		int64 counts[2] = {0};
		uint32 node;

		CHECK_FOR_INTERRUPTS();
		counts[k] = cx_map_count(map, what, i, 0);
		if (find_in(other, map, i, &node))
			counts[1 - k] = cx_map_count(other, what, node, 0);
		if (counts[k] == 0 || (k == 1 && counts[0] > 0))
			continue;
		if (what == CX_MAP_STARTS)
			put_difference(comparison, CStringGetTextDatum(START), label_datum(map, i), counts);
		else
			put_difference(comparison, label_datum(map, i), CStringGetTextDatum(END), counts);
	}
}

PG_FUNCTION_INFO_V1(cx_map_compare);

/* cx.compare_maps(a, b, confidence, with_ends) */
Datum
cx_map_compare(PG_FUNCTION_ARGS)
{
	Comparison comparison;
	bool with_ends = PG_GETARG_BOOL(3);

	comparison.result = (ReturnSetInfo *) fcinfo->resultinfo;
	comparison.z = cx_confidence_z(PG_GETARG_FLOAT8(2));
	for (int i = 0; i < 2; i++)
	{
		comparison.map[i] = cx_map_open(PG_GETARG_DATUM(i));
		comparison.journeys[i] = cx_map_count(comparison.map[i], CX_MAP_JOURNEYS, 0, 0);
	}
	cx_map_check_same_nodes(comparison.map[0], comparison.map[1]);
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < 2; i++)
	{
		compare_edges(&comparison, i);
		if (!with_ends)
			continue;
		compare_virtual_edges(&comparison, i, CX_MAP_STARTS);
		compare_virtual_edges(&comparison, i, CX_MAP_ENDS);
	}
	return (Datum) 0;
}
