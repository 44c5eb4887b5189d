/*
 * cut.c
 *		Several journeys out of one: cases by a label, sessions by gaps.
 */
#include "journey/journey.h"

#include "funcapi.h"
#include "journey/scalars.h"

/* Adds a row (label, journey of the touches) to the result. */
static void
put_part(ReturnSetInfo *result, const CxSpan *label, CxTouches *touches)
{
	Datum values[2];
	bool nulls[2] = {label == NULL, false};

	if (label != NULL)
		values[0] = PointerGetDatum(cx_span_text(label));
	values[1] = PointerGetDatum(cx_touches_encode(touches));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	if (label != NULL)
		pfree(DatumGetPointer(values[0]));
	pfree(DatumGetPointer(values[1]));
}

/* The part of a symbol that a name means; any other name is a key of attrs. */
int
cx_part_of_name(const char *name)
{
	if (strcmp(name, "touchpoint") == 0)
		return CX_TOUCHPOINT;
	if (strcmp(name, "channel") == 0)
		return CX_CHANNEL;
	return strcmp(name, "team") == 0 ? CX_TEAM : CX_ATTRS;
}

PG_FUNCTION_INFO_V1(cx_journey_split);

/* cx.split(j, by): a row a label, with the touches that have it; no label comes first */
Datum
cx_journey_split(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char *by = text_to_cstring(PG_GETARG_TEXT_PP(1));
	CxDictionary *groups = cx_dictionary_create(CurrentMemoryContext);
	CxView view;
	CxTouches touches;
	CxSpan *labels;
	uint32 *group; /* by symbol: 0 without label, else label number + 1 */
	uint32 *start; /* by group: where its touches begin */
	uint32 *order; /* groups in order of their labels */
	CxTouch *sorted;
	CxCursor cursor;
	CxTouch touch;

	InitMaterializedSRF(fcinfo, 0);
	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	labels = cx_palloc_array(CxSpan, view.symbol_count);
	cx_labels_by(touches.dictionary, cx_part_of_name(by), by, labels);
	group = cx_palloc_array(uint32, view.symbol_count);
	for (uint32 i = 0; i < view.symbol_count; i++)
		group[i] = labels[i].data == NULL ?
					   0 :
					   cx_dictionary_label(groups, labels[i].data, labels[i].length, false) + 1;

	/* sort the touches by group, stably: count, add up, place */
	start = palloc0(mul_size(groups->label_count + 2, sizeof(uint32)));
	sorted = cx_palloc_array(CxTouch, view.touch_count);
	for (uint32 i = 0; i < view.touch_count; i++)
		start[group[cx_view_symbol_at(&view, i)] + 1]++;
	for (uint32 i = 1; i < groups->label_count + 2; i++)
		start[i] += start[i - 1];
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
		sorted[start[group[touch.symbol]]++] = touch;

	order = cx_palloc_array(uint32, groups->label_count);
	for (uint32 i = 0; i < groups->label_count; i++)
		order[i] = i;
	cx_marks_begin(&groups->label_marks, CurrentMemoryContext, groups->label_count);
	cx_dictionary_sort_labels(groups, order, groups->label_count);
	for (int64 i = -1; i < (int64) groups->label_count; i++)
	{
		uint32 number = i < 0 ? 0 : order[i] + 1;
		uint32 first = number == 0 ? 0 : start[number - 1];

		CHECK_FOR_INTERRUPTS();
		touches.items = sorted + first;
		touches.count = start[number] - first;
		if (touches.count > 0)
			put_part(result, number == 0 ? NULL : &groups->labels[number - 1], &touches);
	}
	return (Datum) 0;
}

/* True when a touch comes so long after the one before that it starts a session. */
bool
cx_starts_session(TimestampTz previous, TimestampTz at, const Interval *gap)
{
	TimestampTz limit;

	return cx_time_plus(previous, gap, &limit) && at > limit;
}

/* Raises 22023 for a negative gap between sessions. */
void
cx_check_gap(Interval *gap)
{
	Interval zero = {0};

	if (DatumGetBool(
			DirectFunctionCall2(interval_lt, IntervalPGetDatum(gap), IntervalPGetDatum(&zero))))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("gap between sessions must not be negative"),
						errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
													   interval_out, IntervalPGetDatum(gap))))));
}

PG_FUNCTION_INFO_V1(cx_journey_sessions);

/* cx.sessions(j, gap): cut wherever more than the gap lies between two touches */
Datum
cx_journey_sessions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Interval *gap = PG_GETARG_INTERVAL_P(1);
	CxView view;
	CxTouches touches;
	CxCursor cursor;
	CxTouch touch;
	bool more;

	cx_check_gap(gap);
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	cx_cursor_start(&cursor, &view, 0);
	do
	{
		more = cx_cursor_next(&cursor, &touch);
		if (touches.count > 0 &&
			(!more || cx_starts_session(touches.items[touches.count - 1].at, touch.at, gap)))
		{
			Datum session = PointerGetDatum(cx_touches_encode(&touches));
			bool null = false;

			CHECK_FOR_INTERRUPTS();
			tuplestore_putvalues(result->setResult, result->setDesc, &session, &null);
			pfree(DatumGetPointer(session));
			touches.count = 0;
		}
		if (more)
			*cx_touches_next(&touches) = touch;
	} while (more);
	return (Datum) 0;
}
