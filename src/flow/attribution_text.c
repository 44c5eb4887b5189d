/*
 * attribution_text.c
 *		The text form of cx.attribution_summary.
 *
 * {"markov_order": 1, "by": "touchpoint", "touchpoints": ["ad", "mail"],
 *  "transitions": [[[], [0], 3, 1], [[0], [1], 2, 0]],
 *  "ends": [[[0], 1, 1, 20], [[1], 2, 0, 60.5]],
 *  "sets": [[[0], 1, 1, 20], [[0, 1], 2, 0, 60.5]],
 *  "direct": [1, 9.5]}
 *
 * Touchpoints stand in lists by their number from 0.  A transition is from,
 * to, how often in paths that converted and in others; ends and sets are
 * touchpoints, paths that converted, others, value; direct is conversions
 * without a path and their value.
 */
#include "flow/attribution.h"

#include "stats/json.h"
#include "stats/summary.h"

/* Writes a label as a list of touchpoint numbers. */
static void
put_label(const CxAttribution *summary, uint32 label, StringInfo out)
{
	const uint32 *parts;
	uint32 count = label == CX_NO_LABEL ? 0 : cx_attribution_parts(summary, label, &parts);

	appendStringInfoChar(out, '[');
	for (uint32 i = 0; i < count; i++)
		appendStringInfo(out, "%s%u", i == 0 ? "" : ", ", parts[i]);
	appendStringInfoChar(out, ']');
}

static void
put_line(const CxAttribution *summary, const CxPathLine *line, StringInfo out)
{
	appendStringInfoChar(out, '[');
	put_label(summary, line->label, out);
	if (line->kind == CX_PATH_STEP)
	{
		appendStringInfoString(out, ", ");
		put_label(summary, line->target, out);
	}
	appendStringInfo(out, ", " INT64_FORMAT ", " INT64_FORMAT, line->counts[1], line->counts[0]);
	if (line->kind != CX_PATH_STEP)
	{
		appendStringInfoString(out, ", ");
		cx_json_put_float8(out, line->value);
	}
	appendStringInfoChar(out, ']');
}

/* Writes the text form. */
static void
print_summary(Datum value, StringInfo out)
{
	static const char *const names[] = {"transitions", "ends", "sets"};
	CxAttribution summary;
	CxPathLine *lines;
	uint32 count;
	uint32 i = 0;

	cx_attribution_open(&summary, value);
	count = cx_attribution_lines(&summary, &lines);
	appendStringInfo(out, "{\"markov_order\": %u, \"by\": ", summary.order);
	cx_json_put_string(out, summary.by.data, summary.by.length);
	appendStringInfoString(out, ", \"touchpoints\": [");
	for (uint32 k = 0; k < summary.touchpoint_count; k++)
	{
		if (k > 0)
			appendStringInfoString(out, ", ");
		cx_json_put_string(out, summary.touchpoints[k].data, summary.touchpoints[k].length);
	}
	appendStringInfoChar(out, ']');
	for (CxPathKind kind = CX_PATH_STEP; kind <= CX_PATH_SET; kind++)
	{
		bool first = true;

		appendStringInfo(out, ", \"%s\": [", names[kind]);
		for (; i < count && lines[i].kind == kind; i++)
		{
			CHECK_FOR_INTERRUPTS();
			if (!first)
				appendStringInfoString(out, ", ");
			first = false;
			put_line(&summary, &lines[i], out);
		}
		appendStringInfoChar(out, ']');
	}
	appendStringInfo(out, ", \"direct\": [" INT64_FORMAT ", ", summary.direct);
	cx_json_put_float8(out, summary.direct_value);
	appendStringInfoString(out, "]}");
}

/* a text form being read */
typedef struct Reader
{
	CxJson json;
	CxTally *tally;
	uint32 order;
	CxSpan *touchpoints;
	int touchpoint_count;
	float8 paths[2][2];	 /* in ends and sets: unconverted, converted */
	StringInfoData text; /* scratch */
} Reader;

static void
read_touchpoints(Reader *reader, CxJsonNode root)
{
	CxJsonNode names = cx_json_array(&reader->json, root, "touchpoints");

	reader->touchpoint_count = names.count;
	reader->touchpoints = cx_palloc_array(CxSpan, names.count);
	for (int i = 0; i < names.count && !reader->json.failed; i++)
	{
		char *name = cx_json_string_at(&reader->json, names, i);

		if (name[0] == '\0')
			cx_json_refuse(&reader->json, "Touchpoints must not be empty.");
		reader->touchpoints[i] = (CxSpan){name, strlen(name)};
	}
}

/*
 * Reads a list of touchpoint numbers as a label: a state, or a set if sorted is
 * wanted.  None at all is the start of a path, where that is possible.
 */
static uint32
read_label(Reader *reader, CxJsonNode line, int i, CxPathKind kind, bool may_be_none)
{
	CxJson *json = &reader->json;
	CxJsonNode numbers = cx_json_array_at(json, line, i);
	const CxSpan *previous = NULL;

	resetStringInfo(&reader->text);
	if (!json->failed &&
		(numbers.count == 0 ? !may_be_none : kind != CX_PATH_SET && numbers.count > reader->order))
		cx_json_refuse(json, kind == CX_PATH_SET ?
								 "A set must have touchpoints." :
								 "A state must have from 1 to markov_order touchpoints.");
	for (int k = 0; k < numbers.count && !json->failed; k++)
	{
		const CxSpan *touchpoint =
			&reader
				 ->touchpoints[cx_json_int64_at(json, numbers, k, 0, reader->touchpoint_count - 1)];

		if (json->failed)
			break;
		if (kind == CX_PATH_SET && previous != NULL && cx_span_compare(previous, touchpoint) >= 0)
			cx_json_refuse(json, "The touchpoints of a set must be sorted.");
		if (k > 0)
			appendStringInfoCharMacro(&reader->text, '\0');
		appendBinaryStringInfo(&reader->text, touchpoint->data, touchpoint->length);
		previous = touchpoint;
	}
	if (json->failed || numbers.count == 0)
		return CX_NO_LABEL;
	return cx_tally_add_label(&reader->tally, reader->text.data, reader->text.len);
}

/* Adds what stands from element i on: converted, unconverted, value, as far as the kind has them. */
static void
read_counts(Reader *reader, CxJsonNode line, int i, CxPathKey *key)
{
	CxJson *json = &reader->json;
	bool has_value = key->kind != CX_PATH_STEP;
	bool has_unconverted = key->kind != CX_PATH_DIRECT;
	int64 converted = cx_json_int64_at(json, line, i++, 0, PG_INT64_MAX);
	int64 unconverted = has_unconverted ? cx_json_int64_at(json, line, i++, 0, PG_INT64_MAX) : 0;
	float8 value = has_value ? cx_json_float8_at(json, line, i++) : 0;

	if (!json->failed && line.count != i)
		cx_json_refuse(json, "An array has %d elements, where %d are expected.", line.count, i);
	if (!json->failed && has_unconverted && converted == 0 && unconverted == 0)
		cx_json_refuse(json, "An array of \"transitions\", \"ends\" or \"sets\" counts no path.");
	if (!json->failed && converted == 0 && value != 0)
		cx_json_refuse(json, "There is a value without conversions.");
	if (json->failed)
		return;
	if (key->kind == CX_PATH_END || key->kind == CX_PATH_SET)
	{
		reader->paths[key->kind == CX_PATH_SET][0] += unconverted;
		reader->paths[key->kind == CX_PATH_SET][1] += converted;
	}
	key->converted = true;
	if (converted > 0)
		cx_attribution_add(&reader->tally, key, converted);
	if (converted > 0 && has_value)
		cx_attribution_add_value(&reader->tally, key, value);
	key->converted = false;
	if (unconverted > 0)
		cx_attribution_add(&reader->tally, key, unconverted);
}

static void
read_list(Reader *reader, CxJsonNode root, const char *name, CxPathKind kind)
{
	CxJsonNode lines = cx_json_array(&reader->json, root, name);

	for (int i = 0; i < lines.count && !reader->json.failed; i++)
	{
		CxJsonNode line = cx_json_array_at(&reader->json, lines, i);
		CxPathKey key = {.kind = kind, .target = CX_NO_LABEL};
		int next = 1;

		CHECK_FOR_INTERRUPTS();
		key.label = read_label(reader, line, 0, kind, kind == CX_PATH_STEP);
		if (kind == CX_PATH_STEP)
			key.target = read_label(reader, line, next++, kind, false);
		if (!reader->json.failed && kind == CX_PATH_STEP && key.label == key.target)
			cx_json_refuse(&reader->json, "A transition leads from a state to itself.");
		read_counts(reader, line, next, &key);
	}
}

/* Reads the text form. */
static Datum
parse_summary(const char *text, CxErrorContext *escontext)
{
	Reader reader = {{0}};
	CxJson *json = &reader.json;
	CxJsonNode root = cx_json_begin(json, cx_attribution_type, text, escontext);
	CxPathKey direct = {.kind = CX_PATH_DIRECT, .label = CX_NO_LABEL, .target = CX_NO_LABEL};
	CxAttribution summary;
	CxPathLine *lines;
	Datum packed;
	CxSpan by;

	reader.order = cx_json_int64(json, root, "markov_order", 1, CX_MAX_MARKOV_ORDER);
	by.data = cx_json_string(json, root, "by");
	by.length = strlen(by.data);
	if (!json->failed && by.length == 0)
		cx_json_refuse(json, "Key \"by\" must not be empty.");
	read_touchpoints(&reader, root);
	reader.tally = cx_attribution_new(reader.order, &by);
	initStringInfo(&reader.text);
	read_list(&reader, root, "transitions", CX_PATH_STEP);
	read_list(&reader, root, "ends", CX_PATH_END);
	read_list(&reader, root, "sets", CX_PATH_SET);
	read_counts(&reader, cx_json_array(json, root, "direct"), 0, &direct);
	if (!json->failed &&
		(reader.paths[0][0] != reader.paths[1][0] || reader.paths[0][1] != reader.paths[1][1]))
		cx_json_refuse(json, "The ends and the sets are not of the same number of paths.");
	if (json->failed)
		return 0;
	packed = PointerGetDatum(cx_attribution_pack(reader.tally));
	/* sums are in range, or it could not be read again */
	cx_attribution_open(&summary, packed);
	cx_attribution_lines(&summary, &lines);
	return packed;
}

CX_SUMMARY_TYPE(attribution_summary, print_summary, parse_summary)
