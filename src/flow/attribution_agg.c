/*
 * attribution_agg.c
 *		attribution_agg: journeys cut into paths, and these counted; rollup.
 */
#include "flow/attribution.h"
#include "stats/summary.h"

#include "journey/journey.h"
#include "pattern/pattern.h"

/* a journey's touchpoints, and the path that is being collected */
typedef struct Path
{
	CxTally **tally;
	uint32 order;
	CxSpan *labels;			 /* of the journey: distinct, sorted */
	uint32 *label_of;		 /* by symbol: a number of labels, or CX_NO_LABEL */
	uint32 *labels_in_tally; /* by label: its number there, or CX_NO_LABEL */
	uint32 *touches;		 /* of the path: numbers of labels */
	uint32 *set;			 /* scratch */
	bool *in_set;			 /* scratch, by label: false between uses */
	uint32 count;
	StringInfoData text; /* scratch */
} Path;

/* symbols in the order of their labels */
typedef struct Sorted
{
	CxSpan label;
	uint32 symbol;
} Sorted;

static int
compare_sorted(const void *a, const void *b)
{
	return cx_span_compare(&((const Sorted *) a)->label, &((const Sorted *) b)->label);
}

/* Numbers the labels of a journey's symbols, which may share them, in sorted order. */
static void
number_labels(Path *path, const CxDictionary *dictionary, const char *by)
{
	uint32 symbols = dictionary->symbol_count;
	CxSpan *labels = cx_palloc_array(CxSpan, symbols);
	Sorted *sorted = cx_palloc_array(Sorted, symbols);
	uint32 count = 0;
	uint32 distinct = 0;

	path->label_of = cx_palloc_array(uint32, symbols);
	cx_labels_by(dictionary, cx_part_of_name(by), by, labels);
	for (uint32 i = 0; i < symbols; i++)
	{
		path->label_of[i] = CX_NO_LABEL;
		if (labels[i].data != NULL && labels[i].length > 0)
			sorted[count++] = (Sorted){labels[i], i};
	}
	qsort(sorted, count, sizeof(Sorted), compare_sorted);
	path->labels = labels;
	for (uint32 i = 0; i < count; i++)
	{
		if (distinct == 0 || !cx_span_equal(&path->labels[distinct - 1], &sorted[i].label))
			path->labels[distinct++] = sorted[i].label;
		path->label_of[sorted[i].symbol] = distinct - 1;
	}
	path->labels_in_tally = cx_palloc_array(uint32, distinct);
	for (uint32 i = 0; i < distinct; i++)
		path->labels_in_tally[i] = CX_NO_LABEL;
	path->set = cx_palloc_array(uint32, distinct);
	path->in_set = palloc0(Max(distinct, 1));
}

/* The summary's number of a sequence of touchpoints. */
static uint32
sequence_label(Path *path, const uint32 *labels, uint32 count)
{
	uint32 *known = &path->labels_in_tally[labels[0]];

	if (count == 1 && *known != CX_NO_LABEL)
		return *known;
	resetStringInfo(&path->text);
	for (uint32 i = 0; i < count; i++)
	{
		const CxSpan *label = &path->labels[labels[i]];

		if (i > 0)
			appendStringInfoCharMacro(&path->text, '\0');
		appendBinaryStringInfo(&path->text, label->data, label->length);
	}
	if (count > 1)
		return cx_tally_add_label(path->tally, path->text.data, path->text.len);
	*known = cx_tally_add_label(path->tally, path->text.data, path->text.len);
	return *known;
}

/* Counts the states that a path goes through.  One that follows itself changes nothing. */
static uint32
add_steps(Path *path, bool converted)
{
	uint32 width = Min(path->order, path->count);
	CxPathKey key = {.kind = CX_PATH_STEP, .converted = converted, .label = CX_NO_LABEL};

	for (uint32 i = 0; i + width <= path->count; i++)
	{
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		key.target = sequence_label(path, path->touches + i, width);
		if (key.target != key.label)
			cx_attribution_add(path->tally, &key, 1);
		key.label = key.target;
	}
	return key.label;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32 x = *(const uint32 *) a;
	uint32 y = *(const uint32 *) b;

	return (x > y) - (x < y);
}

/* The summary's number of the touchpoints that a path has. */
static uint32
set_label(Path *path)
{
	uint32 count = 0;

	for (uint32 i = 0; i < path->count; i++)
	{
		if (!path->in_set[path->touches[i]])
			path->set[count++] = path->touches[i];
		path->in_set[path->touches[i]] = true;
	}
	for (uint32 i = 0; i < count; i++)
		path->in_set[path->set[i]] = false;
	qsort(path->set, count, sizeof(uint32), compare_numbers);
	return sequence_label(path, path->set, count);
}

/* Counts the collected path, and begins another. */
static void
end_path(Path *path, bool converted, float8 value)
{
	CxPathKey key = {.converted = converted, .target = CX_NO_LABEL};

	if (path->count == 0 && !converted)
		return;
	if (path->count == 0)
	{
		key.kind = CX_PATH_DIRECT;
		key.label = CX_NO_LABEL;
		cx_attribution_add(path->tally, &key, 1);
		cx_attribution_add_value(path->tally, &key, value);
		return;
	}
	for (key.kind = CX_PATH_END; key.kind <= CX_PATH_SET; key.kind++)
	{
		key.label = key.kind == CX_PATH_END ? add_steps(path, converted) : set_label(path);
		cx_attribution_add(path->tally, &key, 1);
		if (converted)
			cx_attribution_add_value(path->tally, &key, value);
	}
	path->count = 0;
}

/* Adds a journey's paths to a state. */
static void
add_journey(CxTally **tally, uint32 order, const char *by, const CxProgram *conversion,
			Datum journey)
{
	Path path = {.tally = tally, .order = order};
	CxView view;
	CxScan scan;
	CxCursor cursor;
	CxTouch touch;

	cx_view_open(&view, journey);
	cx_scan_begin_all(&scan, conversion, &view);
	number_labels(&path, cx_scan_dictionary(&scan), by);
	path.touches = cx_palloc_array(uint32, view.touch_count);
	initStringInfo(&path.text);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		if ((cursor.next & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (cx_scan_fits(&scan, 0, cursor.next - 1))
			end_path(&path, true, (touch.has & CX_HAS_VALUE) != 0 ? touch.value : 1);
		else if (path.label_of[touch.symbol] != CX_NO_LABEL)
			path.touches[path.count++] = path.label_of[touch.symbol];
	}
	end_path(&path, false, 0);
}

/* Raises 22004 for an argument that must not be NULL. */
static void
require(FunctionCallInfo fcinfo, int argument, const char *name)
{
	if (PG_ARGISNULL(argument))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("%s must not be null", name)));
}

PG_FUNCTION_INFO_V1(cx_attribution_add_journey);

/* transition of attribution_agg: state, journey, conversion [, markov_order [, by]] */
Datum
cx_attribution_add_journey(PG_FUNCTION_ARGS)
{
	int32 order = 1;
	char *by = "touchpoint";
	CxSpan by_span;
	CxTally *tally;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	require(fcinfo, 2, "conversion");
	if (PG_NARGS() > 3)
	{
		require(fcinfo, 3, "markov_order");
		order = PG_GETARG_INT32(3);
	}
	if (PG_NARGS() > 4)
	{
		require(fcinfo, 4, "by");
		by = text_to_cstring(PG_GETARG_TEXT_PP(4));
	}
	if (order < 1 || order > CX_MAX_MARKOV_ORDER)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("markov_order must be from 1 to %d", CX_MAX_MARKOV_ORDER),
						errdetail("It is %d.", order)));
	if (by[0] == '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("by must not be empty"),
						errhint("Use touchpoint, channel, team or a key of attrs.")));
	by_span = (CxSpan){by, strlen(by)};
	if (PG_ARGISNULL(0))
		tally = cx_attribution_new(order, &by_span);
	else
	{
		tally = cx_attribution_state(fcinfo);
		cx_attribution_check_same(tally, order, &by_span);
	}
	add_journey(&tally, order, by, cx_call_selector(fcinfo, 2), PG_GETARG_DATUM(1));
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_attribution_combine);

/* combine function of attribution_agg, transition of rollup: state, summary */
Datum
cx_attribution_combine(PG_FUNCTION_ARGS)
{
	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	PG_RETURN_POINTER(cx_attribution_merge(PG_ARGISNULL(0) ? NULL : cx_attribution_state(fcinfo),
										   PG_GETARG_DATUM(1)));
}

PG_FUNCTION_INFO_V1(cx_attribution_final);

/* final function of attribution_agg and rollup */
Datum
cx_attribution_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_attribution_pack(cx_attribution_merge(NULL, PG_GETARG_DATUM(0))));
}
