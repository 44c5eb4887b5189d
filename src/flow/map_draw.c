/*
 * map_draw.c
 *		Drawings of journey maps: Graphviz' DOT and Mermaid.
 *
 * Both get the same edges: those that enough journeys have, the most frequent
 * ones first.  Nodes are called by numbers, so that labels stand in quotes only.
 */
#include "flow/map.h"

#include "lib/stringinfo.h"

/* virtual nodes */
#define START PG_UINT32_MAX
#define END (PG_UINT32_MAX - 1)

typedef struct Line
{
	uint32 source;
	uint32 target;
	int64 count;
} Line;

/* what is to be drawn */
typedef struct Drawing
{
	CxTally *map;
	Line *lines;
	uint32 count;
	uint32 capacity;
	float8 min_journeys;
	bool *drawn; /* nodes with a line, by number */
	bool start;
	bool end;
} Drawing;

/* Adds a line, if enough journeys have it. */
static void
add_line(Drawing *drawing, Line line, int64 journeys)
{
	if ((float8) journeys < drawing->min_journeys)
		return;
	if (drawing->count == drawing->capacity)
	{
		drawing->capacity *= 2;
		drawing->lines = repalloc_huge(drawing->lines, mul_size(drawing->capacity, sizeof(Line)));
	}
	drawing->lines[drawing->count++] = line;
}

/* The most frequent first, then by the numbers of their nodes, which are in order of the labels. */
static int
compare_lines(const void *a, const void *b)
{
	const Line *x = a;
	const Line *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->target > y->target) - (x->target < y->target);
}

static void
draw_node(Drawing *drawing, uint32 node)
{
	if (node == START)
		drawing->start = true;
	else if (node == END)
		drawing->end = true;
	else
		drawing->drawn[node] = true;
}

/*
 * The drawing that the arguments (map, min_share, max_edges, with_ends) ask for;
 * false when one that must not be NULL is.
 */
static bool
prepare(FunctionCallInfo fcinfo, Drawing *drawing)
{
	CxTally *map;
	CxMapEdge edge = {0};
	float8 min_share;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(3))
		return false;
	min_share = PG_GETARG_FLOAT8(1);
	if (!(min_share >= 0 && min_share <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_share must be between 0 and 1"), errdetail("It is %g.", min_share)));
	if (!PG_ARGISNULL(2) && PG_GETARG_INT32(2) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("max_edges must not be negative"),
				 errdetail("It is %d.", PG_GETARG_INT32(2))));
	map = cx_map_open(PG_GETARG_DATUM(0));
	memset(drawing, 0, sizeof(Drawing));
	drawing->map = map;
	drawing->capacity = 64;
	drawing->lines = cx_palloc_array(Line, drawing->capacity);
	drawing->drawn = palloc0(Max(map->label_count, 1));
	drawing->min_journeys = min_share * (float8) cx_map_count(map, CX_MAP_JOURNEYS, 0, 0);
	while (cx_map_next_edge(map, &edge))
	{
		CHECK_FOR_INTERRUPTS();
		add_line(drawing, (Line){edge.source, edge.target, edge.count}, edge.journeys);
	}
	for (uint32 i = 0; i < map->label_count && PG_GETARG_BOOL(3); i++)
	{
		int64 starts = cx_map_count(map, CX_MAP_STARTS, i, 0);
		int64 ends = cx_map_count(map, CX_MAP_ENDS, i, 0);

		CHECK_FOR_INTERRUPTS();
		if (starts > 0)
			add_line(drawing, (Line){START, i, starts}, starts);
		if (ends > 0)
			add_line(drawing, (Line){i, END, ends}, ends);
	}
	qsort(drawing->lines, drawing->count, sizeof(Line), compare_lines);
	if (!PG_ARGISNULL(2))
		drawing->count = Min(drawing->count, (uint32) PG_GETARG_INT32(2));
	for (uint32 i = 0; i < drawing->count; i++)
	{
		draw_node(drawing, drawing->lines[i].source);
		draw_node(drawing, drawing->lines[i].target);
	}
	return true;
}

/* Writes the name by which a drawing knows a node. */
static void
put_name(StringInfo out, uint32 node)
{
	if (node == START)
		appendStringInfoString(out, "start");
	else if (node == END)
		appendStringInfoString(out, "finish");
	else
		appendStringInfo(out, "n%u", node + 1);
}

/*
 * Writes a label between quotes of DOT, where a backslash begins an escape and
 * an ampersand an entity.
 */
static void
put_dot_label(StringInfo out, const CxTally *map, uint32 node)
{
	uint32 length;
	const char *label = cx_tally_label(map, node, &length);

	for (uint32 i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) label[i];

		if (c == '"' || c == '\\')
			appendStringInfoChar(out, '\\');
		if (c == '&')
			appendStringInfoString(out, "&amp;");
		else
			appendStringInfoChar(out, c < ' ' || c == 0x7f ? ' ' : c);
	}
}

PG_FUNCTION_INFO_V1(cx_map_to_dot);

/* cx.to_dot(map, min_share, max_edges, with_ends) */
Datum
cx_map_to_dot(PG_FUNCTION_ARGS)
{
	Drawing drawing;
	StringInfoData out;
	int64 *touches;

	if (!prepare(fcinfo, &drawing))
		PG_RETURN_NULL();
	touches = cx_map_touches(drawing.map);
	initStringInfo(&out);
	appendStringInfoString(&out, "digraph journey_map {\n\trankdir=LR;\n\tnode [shape=box];\n");
	if (drawing.start)
		appendStringInfoString(&out, "\tstart [shape=circle, label=\"start\"];\n");
	for (uint32 i = 0; i < drawing.map->label_count; i++)
	{
		if (!drawing.drawn[i])
			continue;
		appendStringInfo(&out, "\tn%u [label=\"", i + 1);
		put_dot_label(&out, drawing.map, i);
		appendStringInfo(&out, "\\n" INT64_FORMAT "\"];\n", touches[i]);
	}
	if (drawing.end)
		appendStringInfoString(&out, "\tfinish [shape=doublecircle, label=\"end\"];\n");
	for (uint32 i = 0; i < drawing.count; i++)
	{
		const Line *line = &drawing.lines[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfoChar(&out, '\t');
		put_name(&out, line->source);
		appendStringInfoString(&out, " -> ");
		put_name(&out, line->target);
		appendStringInfo(&out, " [label=\"" INT64_FORMAT "\", penwidth=%.1f];\n", line->count,
						 1 + 4 * (float8) line->count / (float8) drawing.lines[0].count);
	}
	appendStringInfoString(&out, "}\n");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/*
 * Writes a label between quotes of Mermaid: whatever might mean something to it
 * or to HTML becomes an entity code.
 */
static void
put_mermaid_label(StringInfo out, const CxTally *map, uint32 node)
{
	uint32 length;
	const char *label = cx_tally_label(map, node, &length);

	for (uint32 i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) label[i];

		if (c < ' ' || c == 0x7f)
			appendStringInfoChar(out, ' ');
		else if (c >= 0x80 || strchr(" ._-/,()", c) != NULL || (c >= '0' && c <= '9') ||
				 ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
			appendStringInfoChar(out, c);
		else
			appendStringInfo(out, "#%d;", c);
	}
}

PG_FUNCTION_INFO_V1(cx_map_to_mermaid);

/* cx.to_mermaid(map, min_share, max_edges, with_ends) */
Datum
cx_map_to_mermaid(PG_FUNCTION_ARGS)
{
	Drawing drawing;
	StringInfoData out;

	if (!prepare(fcinfo, &drawing))
		PG_RETURN_NULL();
	initStringInfo(&out);
	appendStringInfoString(&out, "flowchart LR\n");
	if (drawing.start)
		appendStringInfoString(&out, "\tstart((\"start\"))\n");
	for (uint32 i = 0; i < drawing.map->label_count; i++)
	{
		if (!drawing.drawn[i])
			continue;
		appendStringInfo(&out, "\tn%u[\"", i + 1);
		put_mermaid_label(&out, drawing.map, i);
		appendStringInfoString(&out, "\"]\n");
	}
	if (drawing.end)
		appendStringInfoString(&out, "\tfinish(((\"end\")))\n");
	for (uint32 i = 0; i < drawing.count; i++)
	{
		const Line *line = &drawing.lines[i];

		CHECK_FOR_INTERRUPTS();
		appendStringInfoChar(&out, '\t');
		put_name(&out, line->source);
		appendStringInfo(&out, " -->|" INT64_FORMAT "| ", line->count);
		put_name(&out, line->target);
		appendStringInfoChar(&out, '\n');
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
