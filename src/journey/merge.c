/*
 * merge.c
 *		Journeys from arrays, and two journeys into one: ||, -, merge, without.
 */
#include "journey/journey.h"

#include "catalog/pg_type.h"
#include "journey/attrs.h"
#include "journey/scalars.h"
#include "journey/text.h"
#include "utils/array.h"
#include "utils/jsonb.h"

/* An optional array argument, taken apart; count -1 when it is NULL. */
static CxElements
take_array(FunctionCallInfo fcinfo, int position, Oid type)
{
	if (PG_ARGISNULL(position))
		return (CxElements){NULL, NULL, -1};
	return cx_array_elements(PG_GETARG_ARRAYTYPE_P(position), type);
}

static bool
has_element(const CxElements *elements, int i)
{
	return elements->count >= 0 && !elements->nulls[i];
}

/* Raises for an element that a touch cannot have, naming array and position. */
static void
refuse_element(const char *array, int i, const char *sentence)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid element %d of %s", i + 1, array), errdetail("%s", sentence)));
}

static int32
element_label(CxDictionary *dictionary, const CxElements *elements, int i, const char *array)
{
	text *label = DatumGetTextPP(elements->values[i]);
	const char *problem = cx_label_problem(VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label));

	if (problem != NULL)
		refuse_element(array, i, problem);
	return cx_dictionary_label(dictionary, VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label), false);
}

/* the arguments of cx.journey */
enum
{
	ARRAY_AT,
	ARRAY_TOUCHPOINT,
	ARRAY_CHANNEL,
	ARRAY_TEAM,
	ARRAY_AMOUNT,
	ARRAY_LASTED,
	ARRAY_REF,
	ARRAY_ATTRS,
	ARRAYS
};

static const char *const array_names[ARRAYS] = {"at",	   "touchpoints", "channels", "teams",
												"amounts", "lasted",	  "refs",	  "attrs"};

/* Fills touch i from the arrays. */
static void
fill_touch(CxTouch *touch, CxDictionary *dictionary, const CxElements *arrays, int i)
{
	CxSymbol symbol = {{CX_NONE, CX_NONE, CX_NONE, CX_NONE}};

	if (!has_element(&arrays[ARRAY_AT], i) || !has_element(&arrays[ARRAY_TOUCHPOINT], i))
		refuse_element(array_names[has_element(&arrays[ARRAY_AT], i) ? ARRAY_TOUCHPOINT : ARRAY_AT],
					   i, "It must not be null.");
	touch->at = DatumGetTimestampTz(arrays[ARRAY_AT].values[i]);
	if (TIMESTAMP_NOT_FINITE(touch->at))
		refuse_element(array_names[ARRAY_AT], i, "It must be finite.");
	for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
		if (has_element(&arrays[ARRAY_TOUCHPOINT + part], i))
			symbol.part[part] = element_label(dictionary, &arrays[ARRAY_TOUCHPOINT + part], i,
											  array_names[ARRAY_TOUCHPOINT + part]);
	if (has_element(&arrays[ARRAY_ATTRS], i))
	{
		StringInfoData attrs;

		const char *problem;

		initStringInfo(&attrs);
		problem = cx_attrs_from_jsonb(DatumGetJsonbP(arrays[ARRAY_ATTRS].values[i]), &attrs);
		if (problem != NULL)
			refuse_element(array_names[ARRAY_ATTRS], i, problem);
		symbol.part[CX_ATTRS] = cx_dictionary_label(dictionary, attrs.data, attrs.len, false);
	}
	touch->symbol = cx_dictionary_symbol(dictionary, &symbol);
	if (has_element(&arrays[ARRAY_AMOUNT], i))
	{
		touch->value = DatumGetFloat8(arrays[ARRAY_AMOUNT].values[i]) + 0.0; /* -0 becomes 0 */
		touch->has |= CX_HAS_VALUE;
		if (isnan(touch->value) || isinf(touch->value))
			refuse_element(array_names[ARRAY_AMOUNT], i, "It must be finite.");
	}
	if (has_element(&arrays[ARRAY_LASTED], i))
	{
		const char *problem = cx_interval_to_milliseconds(
			DatumGetIntervalP(arrays[ARRAY_LASTED].values[i]), &touch->lasted);

		touch->has |= CX_HAS_LASTED;
		if (problem != NULL)
			refuse_element(array_names[ARRAY_LASTED], i, problem);
	}
	if (has_element(&arrays[ARRAY_REF], i))
	{
		touch->ref = DatumGetInt64(arrays[ARRAY_REF].values[i]);
		touch->has |= CX_HAS_REF;
	}
}

PG_FUNCTION_INFO_V1(cx_journey_from_arrays);

/* cx.journey(at, touchpoints, ...): element i of each array is touch i */
Datum
cx_journey_from_arrays(PG_FUNCTION_ARGS)
{
	CxElements arrays[ARRAYS];
	CxTouches touches;

	if (PG_ARGISNULL(ARRAY_AT) || PG_ARGISNULL(ARRAY_TOUCHPOINT))
		PG_RETURN_NULL();
	arrays[ARRAY_AT] = take_array(fcinfo, ARRAY_AT, TIMESTAMPTZOID);
	for (int i = ARRAY_TOUCHPOINT; i <= ARRAY_TEAM; i++)
		arrays[i] = take_array(fcinfo, i, TEXTOID);
	arrays[ARRAY_AMOUNT] = take_array(fcinfo, ARRAY_AMOUNT, FLOAT8OID);
	arrays[ARRAY_LASTED] = take_array(fcinfo, ARRAY_LASTED, INTERVALOID);
	arrays[ARRAY_REF] = take_array(fcinfo, ARRAY_REF, INT8OID);
	arrays[ARRAY_ATTRS] = take_array(fcinfo, ARRAY_ATTRS, JSONBOID);
	for (int i = 0; i < ARRAYS; i++)
		if (arrays[i].count >= 0 && arrays[i].count != arrays[ARRAY_AT].count)
			ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
							errmsg("arrays of a journey must have the same length"),
							errdetail("\"at\" has %d elements, \"%s\" has %d.",
									  arrays[ARRAY_AT].count, array_names[i], arrays[i].count)));
	cx_check_touch_count(arrays[ARRAY_AT].count);

	cx_touches_init(&touches, cx_dictionary_create(CurrentMemoryContext), arrays[ARRAY_AT].count);
	for (int i = 0; i < arrays[ARRAY_AT].count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		fill_touch(cx_touches_next(&touches), touches.dictionary, arrays, i);
	}
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_journey_union);

/* j1 || j2: the touches of both */
Datum
cx_journey_union(PG_FUNCTION_ARGS)
{
	CxView views[2];
	CxTouches touches;

	cx_view_open(&views[0], PG_GETARG_DATUM(0));
	cx_view_open(&views[1], PG_GETARG_DATUM(1));
	cx_touches_init(&touches, cx_dictionary_create(CurrentMemoryContext),
					views[0].touch_count + views[1].touch_count);
	cx_touches_load(&touches, &views[0]);
	cx_touches_load(&touches, &views[1]);
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

static inline int
compare_int64(int64 a, int64 b)
{
	return (a > b) - (a < b);
}

#define ST_SORT sort_refs
#define ST_ELEMENT_TYPE int64
#define ST_COMPARE(a, b) compare_int64(*(a), *(b))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static bool
contains_ref(const int64 *refs, uint32 count, int64 ref)
{
	uint32 low = 0;

	while (low < count)
	{
		uint32 middle = low + (count - low) / 2;

		if (refs[middle] == ref)
			return true;
		if (refs[middle] < ref)
			low = middle + 1;
		else
			count = middle;
	}
	return false;
}

/* Adds the touches of a journey whose ref is not in the sorted list. */
static void
load_without(CxTouches *touches, const CxView *view, const int64 *refs, uint32 count)
{
	uint32 kept = touches->count;

	cx_touches_load(touches, view);
	for (uint32 i = kept; i < touches->count; i++)
	{
		const CxTouch *touch = &touches->items[i];

		if ((touch->has & CX_HAS_REF) == 0 || !contains_ref(refs, count, touch->ref))
			touches->items[kept++] = *touch;
	}
	touches->count = kept;
}

PG_FUNCTION_INFO_V1(cx_journey_merge);

/* cx.merge(j, newer): newer's touches replace those with the same ref */
Datum
cx_journey_merge(PG_FUNCTION_ARGS)
{
	CxView view;
	CxView newer;
	CxTouches touches;
	int64 *refs;
	uint32 count = 0;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_view_open(&newer, PG_GETARG_DATUM(1));
	cx_touches_init(&touches, cx_dictionary_create(CurrentMemoryContext),
					view.touch_count + newer.touch_count);
	cx_touches_load(&touches, &newer);
	refs = cx_palloc_array(int64, touches.count);
	for (uint32 i = 0; i < touches.count; i++)
		if (touches.items[i].has & CX_HAS_REF)
			refs[count++] = touches.items[i].ref;
	sort_refs(refs, count);
	load_without(&touches, &view, refs, count);
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_journey_without);

/* cx.without(j, refs): without the touches that have one of the refs */
Datum
cx_journey_without(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxElements array = take_array(fcinfo, 1, INT8OID);
	int64 *refs = cx_palloc_array(int64, array.count);
	uint32 count = 0;

	for (int i = 0; i < array.count; i++)
		if (!array.nulls[i])
			refs[count++] = DatumGetInt64(array.values[i]);
	sort_refs(refs, count);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	cx_touches_init(&touches, cx_dictionary_create(CurrentMemoryContext), view.touch_count);
	load_without(&touches, &view, refs, count);
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_journey_difference);

/*
 * j1 - j2: each touch of j2 takes away one equal touch of j1.  Both are in
 * canonical order, so one pass suffices once they share symbol numbers in
 * canonical order.
 */
Datum
cx_journey_difference(PG_FUNCTION_ARGS)
{
	CxDictionary *dictionary = cx_dictionary_create(CurrentMemoryContext);
	CxView views[2];
	CxTouches touches[2];
	uint32 *order;
	uint32 *local;
	uint32 kept = 0;
	uint32 k = 0;

	for (int i = 0; i < 2; i++)
	{
		cx_view_open(&views[i], PG_GETARG_DATUM(i));
		cx_touches_init(&touches[i], dictionary, views[i].touch_count);
		cx_touches_load(&touches[i], &views[i]);
	}
	order = cx_palloc_array(uint32, dictionary->symbol_count);
	for (uint32 i = 0; i < dictionary->symbol_count; i++)
		order[i] = i;
	cx_marks_begin(&dictionary->symbol_marks, CurrentMemoryContext, dictionary->symbol_count);
	cx_dictionary_sort_symbols(dictionary, order, dictionary->symbol_count);
	local = dictionary->symbol_marks.local;
	for (int i = 0; i < 2; i++)
		for (uint32 n = 0; n < touches[i].count; n++)
			touches[i].items[n].symbol = local[touches[i].items[n].symbol];

	for (uint32 i = 0; i < touches[0].count; i++)
	{
		CxTouch *touch = &touches[0].items[i];

		while (k < touches[1].count && cx_touch_compare(&touches[1].items[k], touch) < 0)
			k++;
		if (k < touches[1].count && cx_touch_compare(&touches[1].items[k], touch) == 0)
		{
			k++;
			continue;
		}
		touches[0].items[kept] = *touch;
		touches[0].items[kept++].symbol = order[touch->symbol];
	}
	touches[0].count = kept;
	CX_RETURN_JOURNEY(cx_touches_encode(&touches[0]));
}
