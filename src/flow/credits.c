/*
 * credits.c
 *		What can be read from cx.attribution_summary: credits by Markov chain and
 *		by Shapley value, and the counts behind them.
 */
#include "flow/attribution.h"

#include "catalog/pg_type.h"
#include "flow/markov.h"
#include "funcapi.h"
#include "journey/journey.h"
#include "stats/apportion.h"
#include "stats/summary.h"
#include "utils/array.h"

/* by touchpoint; NULL where there is no answer */
typedef struct Credits
{
	float8 *credits;
	float8 *effects;
	float8 *values;
} Credits;

static float8 *
numbers(const CxAttribution *summary)
{
	return palloc0(mul_size(Max(summary->touchpoint_count, 1), sizeof(float8)));
}

/* An amount that is part of a whole divided by weights; NULL if they say nothing. */
static float8 *
divided(const CxAttribution *summary, float8 amount, float8 whole, const float8 *weights)
{
	float8 *parts = numbers(summary);

	return cx_apportion(amount, whole, weights, summary->touchpoint_count, parts) ? parts : NULL;
}

/* A row a touchpoint, and one for conversions without a path. */
static void
put_credits(FunctionCallInfo fcinfo, const CxAttribution *summary, const Credits *credits)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	float8 conversions = summary->conversions;

	for (uint32 i = 0; i < summary->touchpoint_count + (summary->direct > 0); i++)
	{
		bool direct = i == summary->touchpoint_count;
		float8 credit = direct ? summary->direct : credits->credits[i];
		Datum values[5] = {0};
		bool nulls[5] = {direct, false, conversions == 0, direct || credits->effects == NULL,
						 !direct && (credits->values == NULL || summary->converted == 0)};

		CHECK_FOR_INTERRUPTS();
		if (!nulls[0])
			values[0] = PointerGetDatum(cx_span_text(&summary->touchpoints[i]));
		values[1] = Float8GetDatum(credit);
		if (!nulls[2])
			values[2] = Float8GetDatum(credit / conversions);
		if (!nulls[3])
			values[3] = Float8GetDatum(credits->effects[i]);
		if (!nulls[4])
		{
			float8 value = direct ? summary->direct_value : credits->values[i];

			nulls[4] = isnan(value) || isinf(value);
			values[4] = Float8GetDatum(value);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* Numbers the labels that are states of the chain, from 1; the start is 0. */
static uint32 *
number_states(const CxAttribution *summary, const CxPathLine *lines, uint32 count,
			  uint32 *state_count)
{
	uint32 *states = palloc0(mul_size(Max(summary->tally->label_count, 1), sizeof(uint32)));

	for (uint32 i = 0; i < count && lines[i].kind <= CX_PATH_END; i++)
	{
		if (lines[i].label != CX_NO_LABEL)
			states[lines[i].label] = 1;
		if (lines[i].target != CX_NO_LABEL)
			states[lines[i].target] = 1;
	}
	*state_count = 1;
	for (uint32 i = 0; i < summary->tally->label_count; i++)
		if (states[i] != 0)
			states[i] = (*state_count)++;
	return states;
}

/* The chain of a summary's paths, of all or only of those that converted. */
static CxChain *
make_chain(const CxAttribution *summary, bool conversions_only)
{
	CxPathLine *lines;
	uint32 count = cx_attribution_lines(summary, &lines);
	uint32 state_count;
	uint32 *states = number_states(summary, lines, count, &state_count);
	CxChain *chain = cx_chain_new(state_count);

	for (uint32 i = 0; i < summary->tally->label_count; i++)
	{
		const uint32 *parts;
		uint32 part_count = cx_attribution_parts(summary, i, &parts);

		if (states[i] == 0)
			continue;
		if (part_count > CX_MAX_MARKOV_ORDER)
			cx_summary_corrupt(cx_attribution_type);
		cx_chain_set_parts(chain, states[i], parts, part_count);
	}
	for (uint32 i = 0; i < count && lines[i].kind <= CX_PATH_END; i++)
	{
		const CxPathLine *line = &lines[i];
		uint32 from = line->label == CX_NO_LABEL ? 0 : states[line->label];
		float8 others = conversions_only ? 0 : line->counts[0];

		CHECK_FOR_INTERRUPTS();
		if (line->kind == CX_PATH_END)
			cx_chain_add_end(chain, from, line->counts[1], others, line->value);
		else if (line->counts[1] + others > 0 && line->target != line->label)
			cx_chain_add_edge(chain, from, states[line->target], line->counts[1] + others);
	}
	pfree(lines);
	pfree(states);
	return chain;
}

PG_FUNCTION_INFO_V1(cx_attribution_markov);

/* cx.markov_credits(summary, conversions_only) */
Datum
cx_attribution_markov(PG_FUNCTION_ARGS)
{
	CxAttribution summary;
	CxAbsorbed all;
	CxAbsorbed *without;
	Credits credits = {0};
	float8 *value_effects;

	InitMaterializedSRF(fcinfo, 0);
	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	without = cx_palloc_array(CxAbsorbed, summary.touchpoint_count);
	all =
		cx_chain_solve(make_chain(&summary, PG_GETARG_BOOL(1)), summary.touchpoint_count, without);
	credits.effects = numbers(&summary);
	value_effects = numbers(&summary);
	for (uint32 i = 0; i < summary.touchpoint_count && all.conversion > 0; i++)
	{
		/* what is left may exceed the whole by a rounding */
		credits.effects[i] = Max(1 - without[i].conversion / all.conversion, 0);
		if (all.value != 0)
			value_effects[i] = 1 - without[i].value / all.value;
	}
	credits.credits = divided(&summary, summary.converted, summary.conversions, credits.effects);
	if (credits.credits == NULL)
		credits.credits = numbers(&summary);
	credits.values = divided(&summary, summary.path_value, summary.path_value, value_effects);
	if (all.conversion <= 0)
		credits.effects = NULL;
	put_credits(fcinfo, &summary, &credits);
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_attribution_shapley);

/* cx.shapley_credits(summary): what a set of touchpoints brought is shared equally by its members */
Datum
cx_attribution_shapley(PG_FUNCTION_ARGS)
{
	CxAttribution summary;
	CxPathLine *lines;
	uint32 count;
	Credits credits = {0};
	float8 *values;
	float8 *weights;
	bool negative = false;

	InitMaterializedSRF(fcinfo, 0);
	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	count = cx_attribution_lines(&summary, &lines);
	weights = numbers(&summary);
	values = numbers(&summary);
	credits.effects = numbers(&summary);
	for (uint32 i = 0; i < count; i++)
	{
		const uint32 *parts;
		uint32 part_count;

		if (lines[i].kind != CX_PATH_SET)
			continue;
		part_count = cx_attribution_parts(&summary, lines[i].label, &parts);
		negative |= lines[i].value < 0;
		for (uint32 k = 0; k < part_count; k++)
		{
			weights[parts[k]] += (float8) lines[i].counts[1] / part_count;
			values[parts[k]] += lines[i].value / part_count;
			credits.effects[parts[k]] += lines[i].counts[1];
		}
	}
	credits.credits = divided(&summary, summary.converted, summary.conversions, weights);
	if (credits.credits == NULL)
		credits.credits = numbers(&summary);
	/* with refunds among them the members' values may cancel, and are as they are */
	credits.values =
		negative ? values : divided(&summary, summary.path_value, summary.path_value, values);
	for (uint32 i = 0; i < summary.touchpoint_count && summary.converted > 0; i++)
		credits.effects[i] /= summary.converted;
	if (summary.converted == 0)
		credits.effects = NULL;
	put_credits(fcinfo, &summary, &credits);
	return (Datum) 0;
}

/* A state as text: its touchpoints, or what stands for the start. */
static Datum
state_text(const CxAttribution *summary, uint32 label)
{
	StringInfoData text;
	const uint32 *parts;
	uint32 count;

	if (label == CX_NO_LABEL)
		return CStringGetTextDatum("(start)");
	initStringInfo(&text);
	count = cx_attribution_parts(summary, label, &parts);
	for (uint32 i = 0; i < count; i++)
	{
		const CxSpan *touchpoint = &summary->touchpoints[parts[i]];

		if (i > 0)
			appendStringInfoString(&text, " > ");
		appendBinaryStringInfo(&text, touchpoint->data, touchpoint->length);
	}
	return PointerGetDatum(cstring_to_text_with_len(text.data, text.len));
}

/* A row of cx.markov_transitions. */
static void
put_transition(FunctionCallInfo fcinfo, Datum source, Datum target, int64 count, float8 total)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[4] = {source, target, Int64GetDatum(count), Float8GetDatum(count / total)};
	bool nulls[4] = {false};

	if (count > 0)
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

PG_FUNCTION_INFO_V1(cx_attribution_transitions);

/* cx.markov_transitions(summary, conversions_only) */
Datum
cx_attribution_transitions(PG_FUNCTION_ARGS)
{
	bool conversions_only = PG_GETARG_BOOL(1);
	CxAttribution summary;
	CxPathLine *lines;
	uint32 count;
	float8 *totals; /* by label + 1 */

	InitMaterializedSRF(fcinfo, 0);
	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	count = cx_attribution_lines(&summary, &lines);
	totals = palloc0(mul_size((Size) summary.tally->label_count + 1, sizeof(float8)));
	for (uint32 i = 0; i < count; i++)
	{
		if (conversions_only)
			lines[i].counts[0] = 0;
		if (lines[i].kind <= CX_PATH_END)
			totals[lines[i].label + 1] += (float8) lines[i].counts[0] + lines[i].counts[1];
	}
	for (uint32 i = 0; i < count && lines[i].kind <= CX_PATH_END; i++)
	{
		const CxPathLine *line = &lines[i];
		float8 total = totals[line->label + 1];
		Datum source = state_text(&summary, line->label);

		CHECK_FOR_INTERRUPTS();
		if (line->kind == CX_PATH_STEP)
			put_transition(fcinfo, source, state_text(&summary, line->target),
						   line->counts[0] + line->counts[1], total);
		else
		{
			put_transition(fcinfo, source, CStringGetTextDatum("(conversion)"), line->counts[1],
						   total);
			put_transition(fcinfo, source, CStringGetTextDatum("(null)"), line->counts[0], total);
		}
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_attribution_coalitions);

/* cx.coalitions(summary) */
Datum
cx_attribution_coalitions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxAttribution summary;
	CxPathLine *lines;
	uint32 count;
	Datum *texts;

	InitMaterializedSRF(fcinfo, 0);
	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	count = cx_attribution_lines(&summary, &lines);
	texts = cx_palloc_array(Datum, summary.touchpoint_count);
	for (uint32 i = 0; i < count; i++)
	{
		const uint32 *parts;
		uint32 part_count;
		Datum values[4];
		bool nulls[4] = {false};

		CHECK_FOR_INTERRUPTS();
		if (lines[i].kind != CX_PATH_SET)
			continue;
		part_count = cx_attribution_parts(&summary, lines[i].label, &parts);
		for (uint32 k = 0; k < Min(part_count, summary.touchpoint_count); k++)
			texts[k] = PointerGetDatum(cx_span_text(&summary.touchpoints[parts[k]]));
		values[0] = PointerGetDatum(construct_array(
			texts, Min(part_count, summary.touchpoint_count), TEXTOID, -1, false, TYPALIGN_INT));
		values[1] = Int64GetDatum(lines[i].counts[1]);
		values[2] = Int64GetDatum(lines[i].counts[0]);
		values[3] = Float8GetDatum(lines[i].value);
		nulls[3] = lines[i].counts[1] == 0;
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_attribution_conversions);

/* cx.conversions(summary) */
Datum
cx_attribution_conversions(PG_FUNCTION_ARGS)
{
	CxAttribution summary;

	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	PG_RETURN_INT64(summary.conversions);
}

PG_FUNCTION_INFO_V1(cx_attribution_unconverted);

/* cx.unconverted(summary) */
Datum
cx_attribution_unconverted(PG_FUNCTION_ARGS)
{
	CxAttribution summary;

	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	PG_RETURN_INT64(summary.unconverted);
}

PG_FUNCTION_INFO_V1(cx_attribution_value);

/* cx.conversion_value(summary) */
Datum
cx_attribution_value(PG_FUNCTION_ARGS)
{
	CxAttribution summary;

	cx_attribution_open(&summary, PG_GETARG_DATUM(0));
	if (summary.conversions == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(summary.path_value + summary.direct_value);
}
