/*
 * read.c
 *		Reading journeys: their touches as rows, their ends, their labels.
 */
#include "journey/journey.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "journey/attrs.h"
#include "journey/scalars.h"
#include "utils/array.h"
#include "utils/jsonb.h"

PG_FUNCTION_INFO_V1(cx_journey_touch_count);

/* cx.touch_count(j) */
Datum
cx_journey_touch_count(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open_header(&view, PG_GETARG_DATUM(0));
	PG_RETURN_INT32(view.touch_count);
}

PG_FUNCTION_INFO_V1(cx_journey_started_at);

/* cx.started_at(j): NULL for an empty journey */
Datum
cx_journey_started_at(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open_header(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(view.first);
}

PG_FUNCTION_INFO_V1(cx_journey_ended_at);

/* cx.ended_at(j): when the last touch began; NULL for an empty journey */
Datum
cx_journey_ended_at(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_TIMESTAMPTZ(cx_view_last_time(&view));
}

/*
 * later - earlier as PostgreSQL subtracts times; raises 22008 beyond an
 * interval's range.
 */
Datum
cx_time_difference(TimestampTz earlier, TimestampTz later)
{
	int64 span;

	if (pg_sub_s64_overflow(later, earlier, &span))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("time between two touches is out of range for type %s", "interval"),
						errdetail("It is more than 292277 years."),
						errhint("Use seconds, as in cx.duration_seconds(journey).")));
	return DirectFunctionCall2(timestamp_mi, TimestampTzGetDatum(later),
							   TimestampTzGetDatum(earlier));
}

PG_FUNCTION_INFO_V1(cx_journey_duration);

/* cx.duration(j): ended_at - started_at */
Datum
cx_journey_duration(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	return cx_time_difference(view.first, cx_view_last_time(&view));
}

PG_FUNCTION_INFO_V1(cx_journey_duration_seconds);

/* cx.duration_seconds(j) */
Datum
cx_journey_duration_seconds(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(cx_seconds_between(view.first, cx_view_last_time(&view)));
}

/* The touchpoint of a touch as text. */
static text *
touchpoint_at(const CxView *view, uint32 touch)
{
	CxSpan *labels = cx_palloc_array(CxSpan, view->label_count);
	CxSymbol symbol;

	cx_view_symbol(view, cx_view_symbol_at(view, touch), &symbol);
	cx_view_labels(view, labels);
	return cx_span_text(&labels[symbol.part[CX_TOUCHPOINT]]);
}

PG_FUNCTION_INFO_V1(cx_journey_first_touchpoint);

/* cx.first_touchpoint(j): NULL for an empty journey */
Datum
cx_journey_first_touchpoint(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(touchpoint_at(&view, 0));
}

PG_FUNCTION_INFO_V1(cx_journey_last_touchpoint);

/* cx.last_touchpoint(j): NULL for an empty journey */
Datum
cx_journey_last_touchpoint(PG_FUNCTION_ARGS)
{
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	if (view.touch_count == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(touchpoint_at(&view, view.touch_count - 1));
}

/* a journey's labels as values of cx.touches, each made when it is first needed */
typedef struct LabelValues
{
	const CxDictionary *dictionary;
	Datum *texts; /* by label */
	Datum *jsons; /* by label: as attrs */
} LabelValues;

static void
begin_values(LabelValues *values, const CxView *view)
{
	values->dictionary = cx_dictionary_of(view);
	values->texts = palloc0(mul_size(Max(view->label_count, 1), sizeof(Datum)));
	values->jsons = palloc0(mul_size(Max(view->label_count, 1), sizeof(Datum)));
}

/* The value of a part of a symbol; sets *null where it has none. */
static Datum
part_value(LabelValues *values, uint32 symbol, int part, bool *null)
{
	int32 number = values->dictionary->symbols[symbol].part[part];
	Datum *value;
	text *label;

	*null = number == CX_NONE;
	if (*null)
		return (Datum) 0;
	value = part == CX_ATTRS ? &values->jsons[number] : &values->texts[number];
	if (*value != (Datum) 0)
		return *value;
	label = cx_span_text(&values->dictionary->labels[number]);
	if (part == CX_ATTRS)
	{
		cx_attrs_check(&values->dictionary->labels[number]);
		*value = DirectFunctionCall1(jsonb_in, CStringGetDatum(text_to_cstring(label)));
	}
	else
		*value = PointerGetDatum(label);
	return *value;
}

/* A part of every touch, in order, as text[] with NULL where there is none. */
static Datum
labels_of_touches(Datum journey, int part)
{
	CxView view;
	LabelValues labels;
	Datum *values;
	bool *nulls;
	int length;
	int bound = 1;

	cx_view_open(&view, journey);
	if (view.touch_count == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	begin_values(&labels, &view);
	values = cx_palloc_array(Datum, view.touch_count);
	nulls = cx_palloc_array(bool, view.touch_count);
	for (uint32 i = 0; i < view.touch_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		values[i] = part_value(&labels, cx_view_symbol_at(&view, i), part, &nulls[i]);
	}
	length = view.touch_count;
	return PointerGetDatum(
		construct_md_array(values, nulls, 1, &length, &bound, TEXTOID, -1, false, TYPALIGN_INT));
}

PG_FUNCTION_INFO_V1(cx_journey_touchpoints);
PG_FUNCTION_INFO_V1(cx_journey_channels);
PG_FUNCTION_INFO_V1(cx_journey_teams);

/* cx.touchpoints(j) */
Datum
cx_journey_touchpoints(PG_FUNCTION_ARGS)
{
	return labels_of_touches(PG_GETARG_DATUM(0), CX_TOUCHPOINT);
}

/* cx.channels(j) */
Datum
cx_journey_channels(PG_FUNCTION_ARGS)
{
	return labels_of_touches(PG_GETARG_DATUM(0), CX_CHANNEL);
}

/* cx.teams(j) */
Datum
cx_journey_teams(PG_FUNCTION_ARGS)
{
	return labels_of_touches(PG_GETARG_DATUM(0), CX_TEAM);
}

PG_FUNCTION_INFO_V1(cx_journey_touches);

/* cx.touches(j): the touches as rows */
Datum
cx_journey_touches(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxView view;
	LabelValues labels;
	CxCursor cursor;
	CxTouch touch;
	int64 previous = 0;

	InitMaterializedSRF(fcinfo, 0);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	begin_values(&labels, &view);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		Datum values[10];
		bool nulls[10] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(cursor.next);
		values[1] = TimestampTzGetDatum(touch.at);
		for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
			values[2 + part] = part_value(&labels, touch.symbol, part, &nulls[2 + part]);
		values[5] = Float8GetDatum(touch.value);
		nulls[5] = (touch.has & CX_HAS_VALUE) == 0;
		values[6] = Float8GetDatum(touch.lasted / 1000.0);
		nulls[6] = (touch.has & CX_HAS_LASTED) == 0;
		values[7] = Int64GetDatum(touch.ref);
		nulls[7] = (touch.has & CX_HAS_REF) == 0;
		values[8] = part_value(&labels, touch.symbol, CX_ATTRS, &nulls[8]);
		values[9] = Float8GetDatum(cx_seconds_between(previous, touch.at));
		nulls[9] = cursor.next == 1;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		previous = touch.at;
	}
	return (Datum) 0;
}
