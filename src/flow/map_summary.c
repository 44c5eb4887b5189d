/*
 * map_summary.c
 *		The text form of journey maps.
 *
 *	{"by": "touchpoint", "journeys": 2,
 *	 "nodes": [{"node": "a", "journeys": 2, "starts": 2, "ends": 0, "value": 9.5}, ...],
 *	 "edges": [{"source": "a", "target": "b", "journeys": 2, "microseconds": 300, "times": [164, 2]}]}
 *
 * times holds pairs of a bucket and the number of times in it (stats/quantile.h);
 * microseconds beyond 2^62 are in "more", in units of 2^62.
 */
#include "flow/map.h"

#include "journey/layout.h"
#include "stats/json.h"
#include "stats/summary.h"

static void
put_label(StringInfo out, const CxTally *map, const char *name, uint32 number)
{
	uint32 length;
	const char *label = cx_tally_label(map, number, &length);

	appendStringInfo(out, "\"%s\": ", name);
	cx_json_put_string(out, label, length);
}

static void
put_count(StringInfo out, const char *name, int64 count)
{
	appendStringInfo(out, ", \"%s\": " INT64_FORMAT, name, count);
}

static void
put_edge(StringInfo out, const CxTally *map, const CxMapEdge *edge)
{
	int64 more = cx_map_count(map, CX_MAP_WHOLE, edge->source, edge->target);

	appendStringInfoChar(out, '{');
	put_label(out, map, "source", edge->source);
	appendStringInfoString(out, ", ");
	put_label(out, map, "target", edge->target);
	put_count(out, "journeys", edge->journeys);
	put_count(out, "microseconds", cx_map_count(map, CX_MAP_SUM, edge->source, edge->target));
	if (more != 0)
		put_count(out, "more", more);
	appendStringInfoString(out, ", \"times\": [");
	for (uint32 i = 0; i < edge->time_count; i++)
		appendStringInfo(out, "%s%u, " INT64_FORMAT, i == 0 ? "" : ", ",
						 (uint32) (edge->times[i].key & 4095), edge->times[i].count);
	appendStringInfoString(out, "]}");
}

static void
print_map(Datum value, StringInfo out)
{
	CxTally *map = cx_map_open(value);
	CxMapEdge edge = {0};

	appendStringInfoString(out, "{\"by\": ");
	cx_json_put_string(out, cx_tally_params(map), map->params_size);
	put_count(out, "journeys", cx_map_count(map, CX_MAP_JOURNEYS, 0, 0));
	appendStringInfoString(out, ", \"nodes\": [");
	for (uint32 i = 0; i < map->label_count; i++)
	{
		const CxTallyEntry *value = cx_tally_find(map, cx_map_key(CX_MAP_VALUE, i, 0, 0));

		appendStringInfoString(out, i == 0 ? "{" : ", {");
		put_label(out, map, "node", i);
		put_count(out, "journeys", cx_map_count(map, CX_MAP_NODE_JOURNEYS, i, 0));
		put_count(out, "starts", cx_map_count(map, CX_MAP_STARTS, i, 0));
		put_count(out, "ends", cx_map_count(map, CX_MAP_ENDS, i, 0));
		if (value != NULL)
		{
			appendStringInfoString(out, ", \"value\": ");
			cx_json_put_float8(out, value->sum);
		}
		appendStringInfoChar(out, '}');
	}
	appendStringInfoString(out, "], \"edges\": [");
	while (cx_map_next_edge(map, &edge))
	{
		CHECK_FOR_INTERRUPTS();
		if (out->data[out->len - 1] != '[')
			appendStringInfoString(out, ", ");
		put_edge(out, map, &edge);
	}
	appendStringInfoString(out, "]}");
}

/* Adds the count under a key of an object, if it is not zero; returns it. */
static int64
take_count(CxTally **map, CxJson *json, CxJsonNode object, const char *name, int64 least,
		   int64 most, uint64 key)
{
	int64 count = cx_json_int64(json, object, name, least, most);

	if (count > 0 && !json->failed)
		cx_tally_add(map, key, count);
	return count;
}

/* Adds to the number of all touches of the map, which must fit into an int64. */
static void
take_touches(CxJson *json, int64 *touches, int64 count)
{
	if (pg_add_s64_overflow(*touches, count, touches))
		cx_json_refuse(json, "There are too many touches.");
}

/* The number of journeys, which no count of journeys exceeds. */
static int64
journeys_of(const CxTally *map)
{
	return cx_map_count(map, CX_MAP_JOURNEYS, 0, 0);
}

static void
take_node(CxTally **map, CxJson *json, CxJsonNode node, int64 *touches)
{
	int64 most = journeys_of(*map);
	char *label = cx_json_string(json, node, "node");
	size_t length = strlen(label);
	uint32 number = (*map)->label_count;

	if (json->failed)
		return;
	if (length == 0 || length > CX_MAX_LABEL)
		cx_json_refuse(json, "A node must have 1 to %d bytes.", CX_MAX_LABEL);
	else if (number == CX_MAP_MAX_LABELS)
		cx_json_refuse(json, "There are more than %d nodes.", CX_MAP_MAX_LABELS);
	else if (cx_tally_add_label(map, label, length) != number)
		cx_json_refuse(json, "Node \"%s\" is listed twice.", label);
	take_count(map, json, node, "journeys", 0, most,
			   cx_map_key(CX_MAP_NODE_JOURNEYS, number, 0, 0));
	take_touches(
		json, touches,
		take_count(map, json, node, "starts", 0, most, cx_map_key(CX_MAP_STARTS, number, 0, 0)));
	take_count(map, json, node, "ends", 0, most, cx_map_key(CX_MAP_ENDS, number, 0, 0));
	if (!json->failed && !cx_json_is_null(node, "value"))
		cx_tally_add_float(map, cx_map_key(CX_MAP_VALUE, number, 0, 0),
						   cx_json_float8(json, node, "value"));
}

/* The number of the node that an edge refers to. */
static uint32
take_end(const CxTally *map, CxJson *json, CxJsonNode edge, const char *name)
{
	char *label = cx_json_string(json, edge, name);
	uint32 number = 0;

	if (!json->failed && !cx_tally_find_label(map, label, strlen(label), &number))
		cx_json_refuse(json, "Edge refers to \"%s\", which is no node.", label);
	return number;
}

static void
take_edge(CxTally **map, CxJson *json, CxJsonNode edge, int64 *touches)
{
	uint32 source = take_end(*map, json, edge, "source");
	uint32 target = take_end(*map, json, edge, "target");
	CxJsonNode times = cx_json_array(json, edge, "times");
	int64 least = 0;
	int64 total = 0;

	if (!json->failed &&
		cx_tally_find(*map, cx_map_key(CX_MAP_EDGE_JOURNEYS, source, target, 0)) != NULL)
		cx_json_refuse(json, "An edge is listed twice.");
	if (!json->failed && (times.count == 0 || times.count % 2 != 0))
		cx_json_refuse(json, "Key \"times\" must hold pairs of a bucket and a count.");
	for (int i = 0; i < times.count && !json->failed; i += 2)
	{
		int64 bucket = cx_json_int64_at(json, times, i, least, CX_BUCKETS - 1);
		int64 count = cx_json_int64_at(json, times, i + 1, 1, PG_INT64_MAX - total);

		if (json->failed)
			return;
		cx_tally_add(map, cx_map_key(CX_MAP_TIME, source, target, bucket), count);
		least = bucket + 1;
		total += count;
	}
	take_touches(json, touches, total);
	take_count(map, json, edge, "journeys", 1, Max(Min(total, journeys_of(*map)), 1),
			   cx_map_key(CX_MAP_EDGE_JOURNEYS, source, target, 0));
	take_count(map, json, edge, "microseconds", 0, CX_MAP_SUM_LIMIT - 1,
			   cx_map_key(CX_MAP_SUM, source, target, 0));
	if (!json->failed && !cx_json_is_null(edge, "more"))
		take_count(map, json, edge, "more", 1, PG_INT64_MAX,
				   cx_map_key(CX_MAP_WHOLE, source, target, 0));
}

static Datum
parse_map(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_MAP_TYPE, text, escontext);
	char *by = cx_json_string(&json, object, "by");
	CxJsonNode nodes = cx_json_array(&json, object, "nodes");
	CxJsonNode edges = cx_json_array(&json, object, "edges");
	CxTally *map;
	int64 touches = 0;

	if (!json.failed && strlen(by) > CX_MAP_MAX_BY)
		cx_json_refuse(&json, "Key \"by\" must not be longer than %d bytes.", CX_MAP_MAX_BY);
	map = cx_tally_new(CX_TALLY_MAP, by, strlen(by));
	take_count(&map, &json, object, "journeys", 0, PG_INT64_MAX,
			   cx_map_key(CX_MAP_JOURNEYS, 0, 0, 0));
	for (int i = 0; i < nodes.count && !json.failed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		take_node(&map, &json, cx_json_object_at(&json, nodes, i), &touches);
	}
	for (int i = 0; i < edges.count && !json.failed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		take_edge(&map, &json, cx_json_object_at(&json, edges, i), &touches);
	}
	if (json.failed)
		return (Datum) 0;
	return PointerGetDatum(cx_map_pack(map));
}

CX_SUMMARY_TYPE(journey_map, print_map, parse_map)
