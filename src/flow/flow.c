/*
 * flow.c
 *		The type cx.flow_summary: checking, its text form, the numbers in it.
 */
#include "flow/flow.h"

#include "pattern/syntax.h"
#include "stats/json.h"
#include "stats/summary.h"

/* The key under other numbers of the labels; false if it is none of a flow. */
bool
cx_flow_renumber(uint64 *key, const uint32 *numbers, uint32 label_count)
{
	CxFlowLink link;

	if (!cx_flow_link(*key, &link))
		return *key <= CX_FLOW_OTHERS;
	if (link.link >= 2 * CX_MAX_FLOW_STEPS || link.source > label_count ||
		link.target > label_count)
		return false;
	*key = cx_flow_key(link.link, link.source == 0 ? 0 : numbers[link.source - 1] + 1,
					   link.target == 0 ? 0 : numbers[link.target - 1] + 1);
	return true;
}

/* A count of journeys. */
int64
cx_flow_count(const CxTally *flow, uint64 key)
{
	const CxTallyEntry *entry = cx_tally_find(flow, key);

	return entry == NULL ? 0 : entry->count;
}

/*
 * True when a link is one of the flow: no label only where journeys begin and
 * end, and at the anchor.
 */
static bool
link_is_sound(const CxFlowLink *link, const CxFlowParams *params, uint32 label_count)
{
	uint32 anchor = params->before;

	return link->link < (uint32) (params->before + params->after) && link->source <= label_count &&
		   link->target <= label_count && (link->source != 0 || link->link <= anchor) &&
		   (link->target != 0 || link->link + 1 >= anchor);
}

/*
 * Adds a link to the balance of its two nodes; where journeys begin and end
 * there is none.
 */
static void
weigh(CxTally **balance, const CxFlowLink *link, int64 count, const CxFlowParams *params)
{
	uint32 anchor = params->before;

	if (link->source != 0 || link->link == anchor)
		cx_tally_add(balance, cx_flow_key(link->link, link->source, 0), -count);
	if (link->target != 0 || link->link + 1 == anchor)
		cx_tally_add(balance, cx_flow_key(link->link + 1, link->target, 0), count);
}

/*
 * True when a flow holds what some journeys could have made: every journey
 * passes the anchor once, and what comes into a node goes out of it.
 */
bool
cx_flow_is_sound(CxTally *flow)
{
	const CxFlowParams *params = cx_tally_params(flow);
	uint32 links = params->before + params->after;
	int64 anchored = cx_flow_count(flow, CX_FLOW_ANCHORED);
	int64 totals[2 * CX_MAX_FLOW_STEPS] = {0};
	CxTally *balance = cx_tally_new(CX_TALLY_FLOW, NULL, 0);
	bool sound = anchored >= 0 && cx_flow_count(flow, CX_FLOW_OTHERS) >= 0;

	for (uint32 i = 0; i < flow->slots && sound; i++)
	{
		const CxTallyEntry *entry = &cx_tally_entries(flow)[i];
		CxFlowLink link;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry->key <= CX_FLOW_OTHERS || entry->key == CX_TALLY_EMPTY)
			continue;
		if (!cx_flow_link(entry->key, &link) || !link_is_sound(&link, params, flow->label_count) ||
			entry->count < 1 || entry->count > anchored - totals[link.link])
			return false;
		totals[link.link] += entry->count;
		weigh(&balance, &link, entry->count, params);
	}
	for (uint32 i = 0; i < balance->slots && sound; i++)
	{
		const CxTallyEntry *entry = &cx_tally_entries(balance)[i];
		CxFlowLink node;

		if (entry->key == CX_TALLY_EMPTY)
			continue;
		cx_flow_link(entry->key, &node);
		sound = entry->count == 0 || node.link == 0 || node.link == links;
	}
	return sound && (params->before == 0 || totals[params->before - 1] == anchored) &&
		   (params->after == 0 || totals[params->before] == anchored);
}

static bool
is_text(const char *data, size_t length)
{
	return pg_verify_mbstr(GetDatabaseEncoding(), data, length, true);
}

/* True when the constants are some, and all texts are texts. */
static bool
texts_are_sound(CxTally *flow)
{
	const CxFlowParams *params = cx_tally_params(flow);
	size_t size = flow->params_size;

	if (size < offsetof(CxFlowParams, text) || params->before < 0 || params->after < 0 ||
		params->before > CX_MAX_FLOW_STEPS || params->after > CX_MAX_FLOW_STEPS ||
		params->by_size > size - offsetof(CxFlowParams, text) ||
		!is_text(params->text, size - offsetof(CxFlowParams, text)) ||
		flow->label_count >= CX_FLOW_CODE_MAX)
		return false;
	for (uint32 i = 0; i < flow->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(flow, i, &length);

		if (length == 0 || !is_text(label, length))
			return false;
	}
	return true;
}

/* A stored flow or partial state, checked. */
CxTally *
cx_flow_read(Datum value)
{
	CxTally *flow = cx_tally_read(value, CX_TALLY_FLOW, CX_FLOW_TYPE);

	if (!texts_are_sound(flow) || !cx_flow_is_sound(flow))
		cx_summary_corrupt(CX_FLOW_TYPE);
	return flow;
}

static void
print_label(StringInfo out, const CxTally *flow, uint32 code)
{
	uint32 length;
	const char *label;

	appendStringInfoString(out, ", ");
	if (code == 0)
	{
		appendStringInfoString(out, "null");
		return;
	}
	label = cx_tally_label(flow, code - 1, &length);
	cx_json_put_string(out, label, length);
}

/* value -> JSON */
static void
print_flow(Datum value, StringInfo out)
{
	CxTally *flow = cx_tally_pack(cx_flow_read(value), cx_flow_renumber, CX_FLOW_TYPE);
	const CxFlowParams *params = cx_tally_params(flow);
	size_t text_size = flow->params_size - offsetof(CxFlowParams, text);
	const char *separator = "";

	appendStringInfoString(out, "{\"anchor\": ");
	cx_json_put_string(out, params->text + params->by_size, text_size - params->by_size);
	appendStringInfo(out, ", \"before\": %d, \"after\": %d, \"by\": ", params->before,
					 params->after);
	cx_json_put_string(out, params->text, params->by_size);
	appendStringInfo(
		out, ", \"journeys\": " INT64_FORMAT ", \"without_anchor\": " INT64_FORMAT ", \"edges\": [",
		cx_flow_count(flow, CX_FLOW_ANCHORED), cx_flow_count(flow, CX_FLOW_OTHERS));
	for (uint32 i = 0; i < flow->count; i++)
	{
		const CxTallyEntry *entry = &cx_tally_entries(flow)[i];
		CxFlowLink link;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (!cx_flow_link(entry->key, &link))
			continue;
		appendStringInfo(out, "%s[%d", separator, (int) link.link - params->before);
		print_label(out, flow, link.source);
		print_label(out, flow, link.target);
		appendStringInfo(out, ", " INT64_FORMAT "]", entry->count);
		separator = ", ";
	}
	appendStringInfoString(out, "]}");
}

/* The code of the label at a place of an edge; 0 for null. */
static uint32
parse_label(CxJson *json, CxJsonNode edge, int i, CxTally **flow)
{
	char *label;
	size_t length;

	if (cx_json_is_null_at(edge, i))
		return 0;
	label = cx_json_string_at(json, edge, i);
	length = strlen(label);
	if (length == 0 || length > CX_MAX_LABEL)
	{
		cx_json_refuse(json, "A label must take 1 to %d bytes.", CX_MAX_LABEL);
		return 0;
	}
	return cx_tally_add_label(flow, label, length) + 1;
}

/* Reads an edge [step, source, target, journeys] into a flow. */
static void
parse_edge(CxJson *json, CxJsonNode edge, const CxFlowParams *params, int64 anchored,
		   CxTally **flow)
{
	int32 step = cx_json_int64_at(json, edge, 0, -params->before, params->after - 1);
	uint32 source = parse_label(json, edge, 1, flow);
	uint32 target = parse_label(json, edge, 2, flow);
	int64 count = cx_json_int64_at(json, edge, 3, 1, anchored);
	uint64 key = cx_flow_key(step + params->before, source, target);

	if (json->failed)
		return;
	if (edge.count != 4)
		cx_json_refuse(json, "An edge must have a step, two labels and a count.");
	else if (cx_tally_find(*flow, key) != NULL)
		cx_json_refuse(json, "An edge must not come twice.");
	else
		cx_tally_add(flow, key, count);
}

/* Reads what the flow was asked; NULL after a soft error. */
static CxFlowParams *
parse_params(CxJson *json, CxJsonNode object, size_t *size)
{
	char *anchor = cx_json_string(json, object, "anchor");
	char *by = cx_json_string(json, object, "by");
	int32 before = cx_json_int64(json, object, "before", 0, CX_MAX_FLOW_STEPS);
	int32 after = cx_json_int64(json, object, "after", 0, CX_MAX_FLOW_STEPS);
	CxSelector *selector = json->failed ? NULL : cx_selector_parse(anchor, json->escontext);
	CxFlowParams *params;
	StringInfoData normal;

	json->failed |= selector == NULL;
	if (json->failed)
		return NULL;
	initStringInfo(&normal);
	cx_selector_print(selector, &normal);
	*size = add_size(offsetof(CxFlowParams, text), add_size(strlen(by), normal.len));
	params = palloc0(*size);
	params->before = before;
	params->after = after;
	params->by_size = strlen(by);
	memcpy(params->text, by, params->by_size);
	memcpy(params->text + params->by_size, normal.data, normal.len);
	return params;
}

/* JSON -> value */
static Datum
parse_flow(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_FLOW_TYPE, text, escontext);
	CxJsonNode edges = cx_json_array(&json, object, "edges");
	int64 anchored = cx_json_int64(&json, object, "journeys", 0, PG_INT64_MAX);
	int64 others = cx_json_int64(&json, object, "without_anchor", 0, PG_INT64_MAX);
	size_t size;
	CxFlowParams *params = parse_params(&json, object, &size);
	CxTally *flow;

	if (params == NULL)
		return 0;
	flow = cx_tally_new(CX_TALLY_FLOW, params, size);
	/* as the aggregate does it: no entry counts nothing */
	if (anchored > 0)
		cx_tally_add(&flow, CX_FLOW_ANCHORED, anchored);
	if (others > 0)
		cx_tally_add(&flow, CX_FLOW_OTHERS, others);
	for (int i = 0; i < edges.count && !json.failed; i++)
	{
		CHECK_FOR_INTERRUPTS();
		parse_edge(&json, cx_json_array_at(&json, edges, i), params, anchored, &flow);
	}
	if (!json.failed && !cx_flow_is_sound(flow))
		cx_json_refuse(&json, "The edges must carry every journey from step to step.");
	if (json.failed)
		return 0;
	return PointerGetDatum(cx_tally_pack(flow, cx_flow_renumber, CX_FLOW_TYPE));
}

CX_SUMMARY_TYPE(flow_summary, print_flow, parse_flow)
