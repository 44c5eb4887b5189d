/*
 * owned.c
 *		Owners of the touches of a journey.
 *
 * Rules are looked for once a symbol; only the time differs between its touches.
 */
#include "journey/journey.h"
#include "ownership/cache.h"
#include "ownership/lookup.h"

#include "funcapi.h"

/* the rules for the touches of a journey */
typedef struct Owners
{
	CxRules *rules;
	CxQuestion question;
	const CxDictionary *dictionary;
	uint32 **candidates; /* by symbol, best first; NULL: not looked for yet */
	uint32 *counts;
} Owners;

/* Takes the arguments (j, segment, territory, known_at) of a call. */
static void
begin_owners(Owners *owners, FunctionCallInfo fcinfo, const CxDictionary *dictionary)
{
	owners->question = (CxQuestion){.segment = cx_span_argument(fcinfo, 1),
									.territory = cx_territory_argument(fcinfo, 2),
									.known_at = cx_known_at_argument(fcinfo, 3),
									.role = CX_ACCOUNTABLE};
	owners->rules = cx_call_rules(fcinfo);
	owners->dictionary = dictionary;
	owners->candidates = palloc0(mul_size(Max(dictionary->symbol_count, 1), sizeof(uint32 *)));
	owners->counts = cx_palloc_array(uint32, dictionary->symbol_count);
}

/* The rule that wins for a touch, or CX_NO_RULE. */
static uint32
owner_at(Owners *owners, uint32 symbol, TimestampTz at)
{
	const uint32 *candidates = owners->candidates[symbol];

	if (candidates == NULL)
	{
		const CxSymbol *parts = &owners->dictionary->symbols[symbol];

		owners->question.touchpoint = owners->dictionary->labels[parts->part[CX_TOUCHPOINT]];
		owners->question.channel = parts->part[CX_CHANNEL] == CX_NONE ?
									   (CxSpan){NULL, 0} :
									   owners->dictionary->labels[parts->part[CX_CHANNEL]];
		candidates = owners->candidates[symbol] =
			cx_rules_candidates(owners->rules, &owners->question, &owners->counts[symbol]);
	}
	for (uint32 i = 0; i < owners->counts[symbol]; i++)
		if (cx_covers(&owners->rules->rules[candidates[i]].valid, at))
			return candidates[i];
	return CX_NO_RULE;
}

/* The team of a rule as a label, without data if there is none. */
static CxSpan
team_of(const CxRules *rules, uint32 number)
{
	int32 team = number == CX_NO_RULE ? CX_NONE : rules->rules[number].team;

	return team == CX_NONE ? (CxSpan){NULL, 0} : rules->labels->labels[team];
}

PG_FUNCTION_INFO_V1(cx_journey_with_owner);

/* cx.with_owner(j, segment, territory, known_at): teams replaced by owners */
Datum
cx_journey_with_owner(PG_FUNCTION_ARGS)
{
	CxView view;
	CxTouches touches;
	CxDictionary *dictionary;
	Owners owners;
	CxCursor cursor;
	CxTouch touch;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	cx_touches_open(&touches, &view, PG_GETARG_DATUM(0));
	dictionary = touches.dictionary;
	begin_owners(&owners, fcinfo, dictionary);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		CxSpan team = team_of(owners.rules, owner_at(&owners, touch.symbol, touch.at));
		CxSymbol symbol = dictionary->symbols[touch.symbol];

		if ((cursor.next & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		symbol.part[CX_TEAM] = team.data == NULL ?
								   CX_NONE :
								   cx_dictionary_label(dictionary, team.data, team.length, false);
		touch.symbol = cx_dictionary_symbol(dictionary, &symbol);
		*cx_touches_next(&touches) = touch;
	}
	CX_RETURN_JOURNEY(cx_touches_encode(&touches));
}

PG_FUNCTION_INFO_V1(cx_journey_owned_touches);

#define OWNED_COLUMNS 8

/* cx.owned_touches(j, segment, territory, known_at): handler and owner side by side */
Datum
cx_journey_owned_touches(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxView view;
	CxDictionary *dictionary;
	Owners owners;
	CxCursor cursor;
	CxTouch touch;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	cx_view_open(&view, PG_GETARG_DATUM(0));
	dictionary = cx_dictionary_of(&view);
	begin_owners(&owners, fcinfo, dictionary);
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		uint32 winner = owner_at(&owners, touch.symbol, touch.at);
		CxSpan team = team_of(owners.rules, winner);
		Datum values[OWNED_COLUMNS];
		bool nulls[OWNED_COLUMNS] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(cursor.next);
		values[1] = TimestampTzGetDatum(touch.at);
		for (int part = CX_TOUCHPOINT; part <= CX_TEAM; part++)
		{
			int32 label = dictionary->symbols[touch.symbol].part[part];

			nulls[2 + part] = label == CX_NONE;
			if (label != CX_NONE)
				values[2 + part] = PointerGetDatum(cx_span_text(&dictionary->labels[label]));
		}
		nulls[5] = (touch.has & CX_HAS_VALUE) == 0;
		values[5] = Float8GetDatum(touch.value);
		nulls[6] = team.data == NULL;
		if (team.data != NULL)
			values[6] = PointerGetDatum(cx_span_text(&team));
		values[7] =
			CStringGetTextDatum(cx_owner_states[cx_rules_state(owners.rules, winner, touch.at)]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
