/*
 * sankey.c
 *		Flows for Sankey charts: the steps of many journeys before and after an
 *		anchor, added up; their edges, without cycles.
 */
#include "flow/flow.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "pattern/pattern.h"
#include "stats/summary.h"

#define REST ((uint32) CX_FLOW_CODE_MAX) /* the code of labels too rare to be shown */

/* the arguments that a call of the aggregate has beside the journey */
typedef struct Question
{
	int32 before;
	int32 after;
	CxSpan by;
	CxSpan anchor; /* normal form */
} Question;

static CxSpan
span_of(struct varlena *value)
{
	return (CxSpan){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

static int32
steps_argument(FunctionCallInfo fcinfo, int argument, const char *name)
{
	int32 steps;

	if (PG_ARGISNULL(argument))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("steps %s the anchor must not be null", name)));
	steps = PG_GETARG_INT32(argument);
	if (steps < 0 || steps > CX_MAX_FLOW_STEPS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("steps %s the anchor must be 0 to %d", name, CX_MAX_FLOW_STEPS),
						errdetail("They are %d.", steps)));
	return steps;
}

/* The arguments anchor, before, after and by, from the second on; raises errors for NULL. */
static Question
read_question(FunctionCallInfo fcinfo)
{
	Question question;
	static const char touchpoint[] = "touchpoint";

	if (PG_ARGISNULL(2))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("anchor of a flow must not be null")));
	/* compiled, it is known to be sound; its text is behind the version of the stored form */
	cx_call_selector(fcinfo, 2);
	question.anchor = span_of(PG_GETARG_VARLENA_PP(2));
	question.anchor.data++;
	question.anchor.length--;
	question.before = steps_argument(fcinfo, 3, "before");
	question.after = steps_argument(fcinfo, 4, "after");
	question.by = (CxSpan){touchpoint, strlen(touchpoint)};
	if (PG_NARGS() > 5 && PG_ARGISNULL(5))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("label of a flow must not be null"),
						errhint("It is touchpoint, channel, team, or a key of attrs.")));
	if (PG_NARGS() > 5)
		question.by = span_of(PG_GETARG_VARLENA_PP(5));
	return question;
}

static Question
question_of(CxTally *flow)
{
	const CxFlowParams *params = cx_tally_params(flow);
	uint32 text_size = flow->params_size - offsetof(CxFlowParams, text);

	return (Question){params->before,
					  params->after,
					  {params->text, params->by_size},
					  {params->text + params->by_size, text_size - params->by_size}};
}

/* An empty flow, in the current context. */
static CxTally *
new_flow(const Question *question)
{
	size_t size = add_size(offsetof(CxFlowParams, text),
						   add_size(question->by.length, question->anchor.length));
	CxFlowParams *params = palloc0(size);

	params->before = question->before;
	params->after = question->after;
	params->by_size = question->by.length;
	memcpy(params->text, question->by.data, question->by.length);
	memcpy(params->text + params->by_size, question->anchor.data, question->anchor.length);
	return cx_tally_new(CX_TALLY_FLOW, params, size);
}

/* Raises 22023 unless two flows were asked the same. */
static void
check_same(const Question *a, const Question *b)
{
	const char *what = NULL;

	if (!cx_span_equal(&a->anchor, &b->anchor))
		what = "anchors";
	else if (a->before != b->before || a->after != b->after)
		what = "numbers of steps";
	else if (!cx_span_equal(&a->by, &b->by))
		what = "labels";
	if (unlikely(what != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot combine flows with different %s", what),
				 errdetail("They are \"%.*s\", %d before, %d after, by %.*s; and \"%.*s\", %d "
						   "before, %d after, by %.*s.",
						   a->anchor.length, a->anchor.data, a->before, a->after, a->by.length,
						   a->by.data, b->anchor.length, b->anchor.data, b->before, b->after,
						   b->by.length, b->by.data)));
}

/* The code of a label, which is added to the flow if it is new. */
static uint32
code_of(CxTally **flow, const CxSpan *label)
{
	return label->data == NULL ? 0 : cx_tally_add_label(flow, label->data, label->length) + 1;
}

/*
 * The next touch with a label from a place on, in a direction; -1 behind the
 * last or before the first.
 */
static int64
next_touch(const CxView *view, const CxSpan *labels, int64 from, int direction)
{
	for (int64 touch = from + direction; touch >= 0 && touch < view->touch_count;
		 touch += direction)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (labels[cx_view_symbol_at(view, touch)].data != NULL)
			return touch;
	}
	return -1;
}

/* Adds the steps around the anchor, from it in both directions. */
static void
add_steps(CxTally **flow, const CxView *view, const CxSpan *labels, uint32 anchor,
		  const Question *question)
{
	uint32 anchor_code = code_of(flow, &labels[cx_view_symbol_at(view, anchor)]);
	int64 touch = anchor;
	uint32 here = anchor_code;

	for (int link = question->before; link-- > 0 && touch >= 0;)
	{
		uint32 there;

		touch = next_touch(view, labels, touch, -1);
		there = touch < 0 ? 0 : code_of(flow, &labels[cx_view_symbol_at(view, touch)]);
		cx_tally_add(flow, cx_flow_key(link, there, here), 1);
		here = there;
	}
	touch = anchor;
	here = anchor_code;
	for (int step = 0; step < question->after && touch >= 0; step++)
	{
		uint32 there;

		touch = next_touch(view, labels, touch, 1);
		there = touch < 0 ? 0 : code_of(flow, &labels[cx_view_symbol_at(view, touch)]);
		cx_tally_add(flow, cx_flow_key(question->before + step, here, there), 1);
		here = there;
	}
}

/* The number of the first touch that fits the anchor; -1 if there is none. */
static int64
find_anchor(CxScan *scan)
{
	for (uint32 touch = 0; touch < scan->count; touch++)
	{
		if ((touch & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(scan, 0, touch))
			return touch;
	}
	return -1;
}

PG_FUNCTION_INFO_V1(cx_flow_agg_add);

/* Transition function of cx.flow_agg(j, anchor, before, after, by) */
Datum
cx_flow_agg_add(PG_FUNCTION_ARGS)
{
	Question question;
	CxTally *flow;
	CxView view;
	CxScan scan;
	int64 anchor = -1;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1) && PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	question = read_question(fcinfo);
	if (PG_ARGISNULL(0))
		flow = new_flow(&question);
	else
	{
		Question before;

		flow = cx_tally_state(fcinfo, CX_TALLY_FLOW, CX_FLOW_TYPE, cx_flow_renumber);
		before = question_of(flow);
		check_same(&before, &question);
	}
	cx_view_open(&view, PG_GETARG_DATUM(1));
	if (cx_scan_begin(&scan, cx_call_selector(fcinfo, 2), &view))
		anchor = find_anchor(&scan);
	cx_tally_add(&flow, anchor < 0 ? CX_FLOW_OTHERS : CX_FLOW_ANCHORED, 1);
	if (anchor >= 0 && question.before + question.after > 0)
	{
		char *by = pnstrdup(question.by.data, question.by.length);
		CxSpan *labels = cx_palloc_array(CxSpan, view.symbol_count);

		cx_touchpoints_by(cx_scan_dictionary(&scan), cx_part_of_name(by), by, labels);
		add_steps(&flow, &view, labels, anchor, &question);
	}
	PG_RETURN_POINTER(flow);
}

PG_FUNCTION_INFO_V1(cx_flow_agg_combine);

/* Combine function of cx.flow_agg; transition function of cx.rollup */
Datum
cx_flow_agg_combine(PG_FUNCTION_ARGS)
{
	CxTally *flow;
	CxTally *other;
	Question ours;
	Question theirs;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1) && PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(1))
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	other = cx_flow_read(PG_GETARG_DATUM(1));
	theirs = question_of(other);
	if (PG_ARGISNULL(0))
		flow = new_flow(&theirs);
	else
	{
		flow = cx_tally_state(fcinfo, CX_TALLY_FLOW, CX_FLOW_TYPE, cx_flow_renumber);
		ours = question_of(flow);
		check_same(&ours, &theirs);
	}
	cx_tally_merge(&flow, other, cx_flow_renumber, CX_FLOW_TYPE);
	PG_RETURN_POINTER(flow);
}

PG_FUNCTION_INFO_V1(cx_flow_agg_final);

/* Final function of cx.flow_agg and cx.rollup */
Datum
cx_flow_agg_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(
		cx_tally_pack((CxTally *) PG_GETARG_VARLENA_P(0), cx_flow_renumber, CX_FLOW_TYPE));
}

PG_FUNCTION_INFO_V1(cx_flow_journeys);

/* cx.flow_journeys(summary) */
Datum
cx_flow_journeys(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(cx_flow_count(cx_flow_read(PG_GETARG_DATUM(0)), CX_FLOW_ANCHORED));
}

PG_FUNCTION_INFO_V1(cx_flow_without_anchor);

/* cx.flow_without_anchor(summary) */
Datum
cx_flow_without_anchor(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(cx_flow_count(cx_flow_read(PG_GETARG_DATUM(0)), CX_FLOW_OTHERS));
}

/* How many journeys each node has, under the key of a link from it to no label. */
static CxTally *
count_nodes(CxTally *flow, const Question *question)
{
	CxTally *nodes = cx_tally_new(CX_TALLY_FLOW, NULL, 0);
	uint32 last = question->before + question->after - 1;

	for (uint32 i = 0; i < flow->slots; i++)
	{
		const CxTallyEntry *entry = &cx_tally_entries(flow)[i];
		CxFlowLink link;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry->key == CX_TALLY_EMPTY || !cx_flow_link(entry->key, &link))
			continue;
		cx_tally_add(&nodes, cx_flow_key(link.link, link.source, 0), entry->count);
		if (link.link == last)
			cx_tally_add(&nodes, cx_flow_key(last + 1, link.target, 0), entry->count);
	}
	return nodes;
}

/* A node's label, or the rest if too few of the journeys have it. */
static uint32
shown(const CxTally *nodes, uint32 node, uint32 code, float8 min_share, int64 journeys)
{
	if (code == 0)
		return 0;
	return (float8) cx_flow_count(nodes, cx_flow_key(node, code, 0)) / journeys < min_share ? REST :
																							  code;
}

/* The edges of a flow, labels that too few journeys have merged, sorted by key. */
static CxTally *
merge_rare(CxTally *flow, const Question *question, float8 min_share)
{
	int64 journeys = cx_flow_count(flow, CX_FLOW_ANCHORED);
	CxTally *nodes = count_nodes(flow, question);
	CxTally *edges = cx_tally_new(CX_TALLY_FLOW, NULL, 0);

	for (uint32 i = 0; i < flow->slots; i++)
	{
		const CxTallyEntry *entry = &cx_tally_entries(flow)[i];
		CxFlowLink link;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (entry->key == CX_TALLY_EMPTY || !cx_flow_link(entry->key, &link))
			continue;
		link.source = shown(nodes, link.link, link.source, min_share, journeys);
		link.target = shown(nodes, link.link + 1, link.target, min_share, journeys);
		cx_tally_add(&edges, cx_flow_key(link.link, link.source, link.target), entry->count);
	}
	return edges;
}

static int
compare_edges(const void *a, const void *b)
{
	uint64 a_key = ((const CxTallyEntry *) a)->key;
	uint64 b_key = ((const CxTallyEntry *) b)->key;

	return (a_key > b_key) - (a_key < b_key);
}

/* The text of a node: its step and its label, or in brackets what is none. */
static Datum
node_text(const CxTally *flow, int step, uint32 code)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, step > 0 ? "+%d " : "%d ", step);
	if (code == REST)
		appendStringInfoString(&out, "(other)");
	else if (code == 0)
		appendStringInfoString(&out, step < 0 ? "(start)" : step > 0 ? "(end)" : "(none)");
	else
	{
		uint32 length;
		const char *label = cx_tally_label(flow, code - 1, &length);

		appendBinaryStringInfo(&out, label, length);
	}
	return PointerGetDatum(cstring_to_text_with_len(out.data, out.len));
}

PG_FUNCTION_INFO_V1(cx_flow_edges);

/* cx.flow_edges(summary, min_share): by step, then source and target bytewise */
Datum
cx_flow_edges(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxTally *flow = cx_flow_read(PG_GETARG_DATUM(0));
	float8 min_share = PG_GETARG_FLOAT8(1);
	Question question = question_of(flow);
	int64 journeys = cx_flow_count(flow, CX_FLOW_ANCHORED);
	CxTally *edges;
	CxTallyEntry *sorted;
	uint32 count = 0;

	if (!(min_share >= 0 && min_share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("min_share must be 0 to 1"),
				 errdetail("It is %s.", DatumGetCString(DirectFunctionCall1(
											float8out, Float8GetDatum(min_share))))));
	InitMaterializedSRF(fcinfo, 0);
	edges = merge_rare(flow, &question, min_share);
	sorted = cx_tally_entries(edges);
	for (uint32 i = 0; i < edges->slots; i++)
		if (sorted[i].key != CX_TALLY_EMPTY)
			sorted[count++] = sorted[i];
	qsort(sorted, count, sizeof(CxTallyEntry), compare_edges);
	for (uint32 i = 0; i < count; i++)
	{
		Datum values[5];
		bool nulls[5] = {false};
		CxFlowLink link;
		int step;

		CHECK_FOR_INTERRUPTS();
		cx_flow_link(sorted[i].key, &link);
		step = (int) link.link - question.before;
		values[0] = Int32GetDatum(step);
		values[1] = node_text(flow, step, link.source);
		values[2] = node_text(flow, step + 1, link.target);
		values[3] = Int64GetDatum(sorted[i].count);
		values[4] = Float8GetDatum((float8) sorted[i].count / journeys);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		pfree(DatumGetPointer(values[1]));
		pfree(DatumGetPointer(values[2]));
	}
	return (Datum) 0;
}
