/*
 * reshape.c
 *		Journeys out of a journey: parts of it, or other labels.
 */
#include "journey/journey.h"

#include "catalog/pg_type.h"
#include "journey/attrs.h"
#include "utils/array.h"

/* Collects count touches from number first on. */
static Datum
take_range(CxTouches *touches, const CxView *view, uint32 first, uint32 count)
{
	CxCursor cursor;

	cx_cursor_start(&cursor, view, first);
	while (count-- > 0 && cx_cursor_next(&cursor, cx_touches_next(touches)))
		;
	return PointerGetDatum(cx_touches_encode(touches));
}

/* Raises 22023 unless the count is at least 0. */
static uint32
check_count(int32 count)
{
	if (count < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("number of touches must not be negative"), errdetail("It is %d.", count)));
	return count;
}

PG_FUNCTION_INFO_V1(cx_journey_head);

/* cx.head(j, n): the first n touches */
Datum
cx_journey_head(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	uint32 count = check_count(PG_GETARG_INT32(1));

	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	return take_range(&touches, &view, 0, Min(count, view.touch_count));
}

PG_FUNCTION_INFO_V1(cx_journey_tail);

/* cx.tail(j, n): the last n touches */
Datum
cx_journey_tail(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	uint32 count = check_count(PG_GETARG_INT32(1));

	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	count = Min(count, view.touch_count);
	return take_range(&touches, &view, view.touch_count - count, count);
}

/* The number of touches before a time. */
uint32
cx_touches_before(const CxView *view, TimestampTz at)
{
	uint32 low = 0;
	uint32 high = view->touch_count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (cx_view_time_at(view, middle) < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

PG_FUNCTION_INFO_V1(cx_journey_slice);

/* cx.slice(j, starts_at, ends_at): the touches in [starts_at, ends_at); NULL is no bound */
Datum
cx_journey_slice(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	uint32 first;
	uint32 end;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	first = PG_ARGISNULL(1) ? 0 : cx_touches_before(&view, PG_GETARG_TIMESTAMPTZ(1));
	end = PG_ARGISNULL(2) ? view.touch_count : cx_touches_before(&view, PG_GETARG_TIMESTAMPTZ(2));
	return take_range(&touches, &view, first, end > first ? end - first : 0);
}

PG_FUNCTION_INFO_V1(cx_journey_collapse);

/* cx.collapse(j): of each run of the same touchpoint the first touch */
Datum
cx_journey_collapse(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxCursor cursor;
	CxTouch touch;
	int32 previous = CX_NONE;

	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		int32 touchpoint = touches.dictionary->symbols[touch.symbol].part[CX_TOUCHPOINT];

		if (touchpoint != previous)
			*cx_touches_next(&touches) = touch;
		previous = touchpoint;
	}
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_journey_dedupe);

/* cx.dedupe(j): one of each set of touches that are equal in every field */
Datum
cx_journey_dedupe(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxCursor cursor;
	CxTouch touch;

	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
		if (touches.count == 0 || cx_touch_compare(&touches.items[touches.count - 1], &touch) != 0)
			*cx_touches_next(&touches) = touch;
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

/*
 * Collects the touches with other touchpoints: labels[symbol] is the new one,
 * and touches whose label has no data are left out.  The labels must outlive
 * the touches.
 */
static Datum
relabel(CxTouches *touches, const CxView *view, const CxSpan *labels)
{
	CxDictionary *dictionary = touches->dictionary;
	uint32 *number = cx_palloc_array(uint32, view->symbol_count);
	CxCursor cursor;
	CxTouch touch;

	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CxSymbol symbol = dictionary->symbols[i];

		CHECK_FOR_INTERRUPTS();
		if (labels[i].data == NULL)
			continue;
		symbol.part[CX_TOUCHPOINT] =
			cx_dictionary_label(dictionary, labels[i].data, labels[i].length, false);
		number[i] = cx_dictionary_symbol(dictionary, &symbol);
	}
	cx_cursor_start(&cursor, view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		if (labels[touch.symbol].data == NULL)
			continue;
		touch.symbol = number[touch.symbol];
		*cx_touches_next(touches) = touch;
	}
	return PointerGetDatum(cx_touches_encode(touches));
}

/*
 * By symbol, its label in a part, or for CX_ATTRS the text of the value of a
 * key; no data where there is none.  The caller provides the room; texts are
 * allocated in the current context, once for each attrs.
 */
void
cx_labels_by(const CxDictionary *dictionary, int part, const char *key, CxSpan *labels)
{
	CxSpan *values = NULL;
	bool *known = NULL;

	if (part == CX_ATTRS)
	{
		values = cx_palloc_array(CxSpan, dictionary->label_count);
		known = palloc0(Max(dictionary->label_count, 1));
	}
	for (uint32 i = 0; i < dictionary->symbol_count; i++)
	{
		int32 number = dictionary->symbols[i].part[part];

		CHECK_FOR_INTERRUPTS();
		labels[i] = (CxSpan){NULL, 0};
		if (number == CX_NONE)
			continue;
		labels[i] = dictionary->labels[number];
		if (part != CX_ATTRS)
			continue;
		if (!known[number])
		{
			JsonTokenType type;
			char *value = cx_attrs_find(&labels[i], key, &type);

			values[number] = value == NULL ? (CxSpan){NULL, 0} : (CxSpan){value, strlen(value)};
			known[number] = true;
		}
		labels[i] = values[number];
	}
}

/*
 * As cx_labels_by, but only what can be a touchpoint: a key without text counts
 * as absent, and one with more than a label may hold raises 22023.
 */
void
cx_touchpoints_by(const CxDictionary *dictionary, int part, const char *key, CxSpan *labels)
{
	cx_labels_by(dictionary, part, key, labels);
	for (uint32 i = 0; i < dictionary->symbol_count && part == CX_ATTRS; i++)
	{
		if (labels[i].data == NULL)
			continue;
		if (labels[i].length == 0)
			labels[i].data = NULL;
		else
			cx_check_label("value of attrs as touchpoint", labels[i].data, labels[i].length);
	}
}

static Datum
relabel_by(Datum journey, int part, const char *key)
{
	CxView view;
	CxTouches touches;
	CxSpan *labels;

	cx_touches_open(&touches, &view, journey);
	labels = cx_palloc_array(CxSpan, view.symbol_count);
	cx_touchpoints_by(touches.dictionary, part, key, labels);
	return relabel(&touches, &view, labels);
}

PG_FUNCTION_INFO_V1(cx_journey_by_channel);
PG_FUNCTION_INFO_V1(cx_journey_by_team);
PG_FUNCTION_INFO_V1(cx_journey_by_attr);

/* cx.by_channel(j): the channel becomes the touchpoint */
Datum
cx_journey_by_channel(PG_FUNCTION_ARGS)
{
	return relabel_by(PG_GETARG_DATUM(0), CX_CHANNEL, NULL);
}

/* cx.by_team(j): the team becomes the touchpoint */
Datum
cx_journey_by_team(PG_FUNCTION_ARGS)
{
	return relabel_by(PG_GETARG_DATUM(0), CX_TEAM, NULL);
}

/* cx.by_attr(j, key): the value of an attrs key becomes the touchpoint */
Datum
cx_journey_by_attr(PG_FUNCTION_ARGS)
{
	return relabel_by(PG_GETARG_DATUM(0), CX_ATTRS, text_to_cstring(PG_GETARG_TEXT_PP(1)));
}

/* The first depth labels of a dotted path; all of it if that would be nothing. */
static CxSpan
truncate_path(CxSpan path, int32 depth)
{
	for (uint32 i = 0; i < path.length; i++)
	{
		if (path.data[i] == '.' && --depth == 0)
			return i == 0 ? path : (CxSpan){path.data, i};
	}
	return path;
}

PG_FUNCTION_INFO_V1(cx_journey_truncate);

/* cx.truncate(j, depth): touchpoints cut to their first labels */
Datum
cx_journey_truncate(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxSpan *labels;
	int32 depth = PG_GETARG_INT32(1);

	if (depth < 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("depth must be at least 1"), errdetail("It is %d.", depth)));
	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	labels = cx_palloc_array(CxSpan, view.symbol_count);
	cx_labels_by(touches.dictionary, CX_TOUCHPOINT, NULL, labels);
	for (uint32 i = 0; i < view.symbol_count; i++)
		labels[i] = truncate_path(labels[i], depth);
	return relabel(&touches, &view, labels);
}

/* A text[] argument as spans; raises 22023 for NULL elements. */
static uint32
take_labels(ArrayType *array, const char *argument, CxSpan **labels)
{
	CxElements elements = cx_array_elements(array, TEXTOID);

	*labels = cx_palloc_array(CxSpan, elements.count);
	for (int i = 0; i < elements.count; i++)
	{
		text *label;

		if (elements.nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("%s must not contain null", argument)));
		label = DatumGetTextPP(elements.values[i]);
		(*labels)[i] = (CxSpan){VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label)};
		cx_check_label(argument, (*labels)[i].data, (*labels)[i].length);
	}
	return elements.count;
}

PG_FUNCTION_INFO_V1(cx_journey_rename);

/* cx.rename(j, old_names, new_names): all at once, so names can be exchanged */
Datum
cx_journey_rename(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxSpan *old_names;
	CxSpan *new_names;
	CxSpan *labels;
	CxDictionary *names = cx_dictionary_create(CurrentMemoryContext);
	uint32 count = take_labels(PG_GETARG_ARRAYTYPE_P(1), "old_names", &old_names);

	if (take_labels(PG_GETARG_ARRAYTYPE_P(2), "new_names", &new_names) != count)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("old_names and new_names must have the same length")));
	for (uint32 i = 0; i < count; i++)
		if (cx_dictionary_label(names, old_names[i].data, old_names[i].length, false) != i)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("old_names contains \"%.*s\" twice", (int) old_names[i].length,
								   old_names[i].data)));

	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	labels = cx_palloc_array(CxSpan, view.symbol_count);
	cx_labels_by(touches.dictionary, CX_TOUCHPOINT, NULL, labels);
	for (uint32 i = 0; i < view.symbol_count; i++)
	{
		int32 number = cx_dictionary_find_label(names, labels[i].data, labels[i].length);

		if (number != CX_NONE)
			labels[i] = new_names[number];
	}
	return relabel(&touches, &view, labels);
}
