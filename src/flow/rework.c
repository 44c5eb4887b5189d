/*
 * rework.c
 *		Touchpoints that a journey comes to again: at once or later, by the same
 *		team or another.
 */
#include "journey/journey.h"

#include "funcapi.h"

/* what a journey says about one touchpoint */
typedef struct Rework
{
	uint32 latest; /* its last touch so far */
	int64 touches;
	int64 self_loops[3]; /* all, by the same team, by another */
	int64 repetitions[3];
} Rework;

#define BY_SAME 1
#define BY_OTHER 2

/* Counts one more of a kind, and by whom if that is known of both touches. */
static void
count_again(int64 *counts, const CxSpan *before, const CxSpan *now)
{
	counts[0]++;
	if (before->data != NULL && now->data != NULL)
		counts[cx_span_equal(before, now) ? BY_SAME : BY_OTHER]++;
}

/* The rework of each label of a dictionary, those that are no touchpoint included. */
static Rework *
find_rework(const CxView *view, const CxDictionary *dictionary, const char *by)
{
	Rework *rework = palloc0(mul_size(Max(view->label_count, 1), sizeof(Rework)));
	CxSpan *teams = cx_palloc_array(CxSpan, view->symbol_count);

	cx_labels_by(dictionary, cx_part_of_name(by), by, teams);
	for (uint32 i = 0; i < view->touch_count; i++)
	{
		uint32 symbol = cx_view_symbol_at(view, i);
		Rework *found = &rework[dictionary->symbols[symbol].part[CX_TOUCHPOINT]];

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (found->touches++ > 0)
			count_again(found->latest + 1 == i ? found->self_loops : found->repetitions,
						&teams[cx_view_symbol_at(view, found->latest)], &teams[symbol]);
		found->latest = i;
	}
	return rework;
}

PG_FUNCTION_INFO_V1(cx_journey_repeats);

/* cx.repeats(j, by): a row a touchpoint, in bytewise order */
Datum
cx_journey_repeats(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxView view;
	CxDictionary *dictionary;
	Rework *rework;

	InitMaterializedSRF(fcinfo, 0);
	cx_view_open(&view, PG_GETARG_DATUM(0));
	dictionary = cx_dictionary_of(&view);
	rework = find_rework(&view, dictionary, text_to_cstring(PG_GETARG_TEXT_PP(1)));
	for (uint32 i = 0; i < view.label_count; i++)
	{
		Datum values[8];
		bool nulls[8] = {false};

		CHECK_FOR_INTERRUPTS();
		if (rework[i].touches == 0)
			continue;
		values[0] = PointerGetDatum(cx_span_text(&dictionary->labels[i]));
		values[1] = Int64GetDatum(rework[i].touches);
		for (int k = 0; k < 3; k++)
		{
			values[2 + k] = Int64GetDatum(rework[i].self_loops[k]);
			values[5 + k] = Int64GetDatum(rework[i].repetitions[k]);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		pfree(DatumGetPointer(values[0]));
	}
	return (Datum) 0;
}
