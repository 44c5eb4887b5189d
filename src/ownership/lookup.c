/*
 * lookup.c
 *		Who is accountable for a touch: the SQL functions.
 */
#include "ownership/lookup.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "ownership/cache.h"

/* A text argument, without data if it is NULL. */
CxSpan
cx_span_argument(FunctionCallInfo fcinfo, int argument)
{
	text *value;

	if (PG_ARGISNULL(argument))
		return (CxSpan){NULL, 0};
	value = PG_GETARG_TEXT_PP(argument);
	return (CxSpan){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

/* When it was known; NULL is what is known now, which has no end. */
TimestampTz
cx_known_at_argument(FunctionCallInfo fcinfo, int argument)
{
	return PG_ARGISNULL(argument) ? DT_NOEND : PG_GETARG_TIMESTAMPTZ(argument);
}

/* Raises 22023 for a territory that is too long to be one. */
CxSpan
cx_territory_argument(FunctionCallInfo fcinfo, int argument)
{
	CxSpan territory = cx_span_argument(fcinfo, argument);

	if (territory.data != NULL)
		cx_check_label("territory", territory.data, territory.length);
	return territory;
}

/*
 * Takes the arguments (touchpoint, at, channel, segment, territory, known_at);
 * false if there is no question because touchpoint or at are NULL.
 */
static bool
take_question(FunctionCallInfo fcinfo, CxQuestion *question)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return false;
	question->touchpoint = cx_span_argument(fcinfo, 0);
	cx_check_label("touchpoint", question->touchpoint.data, question->touchpoint.length);
	question->at = PG_GETARG_TIMESTAMPTZ(1);
	question->channel = cx_span_argument(fcinfo, 2);
	question->segment = cx_span_argument(fcinfo, 3);
	question->territory = cx_territory_argument(fcinfo, 4);
	question->known_at = cx_known_at_argument(fcinfo, 5);
	question->role = CX_ACCOUNTABLE;
	return true;
}

PG_FUNCTION_INFO_V1(cx_owner_of);

/* cx.owner_of(touchpoint, at, channel, segment, territory, known_at) -> team */
Datum
cx_owner_of(PG_FUNCTION_ARGS)
{
	CxQuestion question;
	CxRules *rules;
	uint32 winner;

	if (!take_question(fcinfo, &question))
		PG_RETURN_NULL();
	rules = cx_call_rules(fcinfo);
	winner = cx_rules_winner(rules, &question);
	if (winner == CX_NO_RULE || rules->rules[winner].team == CX_NONE)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cx_span_text(&rules->labels->labels[rules->rules[winner].team]));
}

PG_FUNCTION_INFO_V1(cx_ownership_state);

/* cx.ownership_state(touchpoint, at, channel, segment, territory, known_at) -> state */
Datum
cx_ownership_state(PG_FUNCTION_ARGS)
{
	CxQuestion question;
	CxRules *rules;
	CxOwnerState state;

	if (!take_question(fcinfo, &question))
		PG_RETURN_NULL();
	rules = cx_call_rules(fcinfo);
	state = cx_rules_state(rules, cx_rules_winner(rules, &question), question.at);
	PG_RETURN_TEXT_P(cstring_to_text(cx_owner_states[state]));
}

/* A label as a column; NULL if it is not there. */
static void
put_label(const CxRules *rules, int32 label, Datum *value, bool *null)
{
	*null = label < 0;
	if (!*null)
		*value = PointerGetDatum(cx_span_text(&rules->labels->labels[label]));
}

PG_FUNCTION_INFO_V1(cx_ownership_explain);

#define EXPLAIN_COLUMNS 10

/* cx.ownership_explain(touchpoint, at, channel, segment, territory, known_at, role) */
Datum
cx_ownership_explain(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxQuestion question;
	CxRules *rules;
	uint32 *numbers;
	uint32 count;
	uint32 kept = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (!take_question(fcinfo, &question) || PG_ARGISNULL(6))
		return (Datum) 0;
	{
		CxSpan role = cx_span_argument(fcinfo, 6);

		question.role = cx_role_number(&role);
		if (question.role < 0)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("unknown role: \"%.*s\"",
								   pg_mbcliplen(role.data, role.length, 80), role.data),
							errhint("Roles are A, R, S, C and I.")));
	}
	rules = cx_call_rules(fcinfo);
	numbers = cx_rules_candidates(rules, &question, &count);
	for (uint32 i = 0; i < count; i++)
		if (cx_covers(&rules->rules[numbers[i]].valid, question.at))
			numbers[kept++] = numbers[i];
	for (uint32 i = 0; i < kept; i++)
	{
		const CxRule *rule = &rules->rules[numbers[i]];
		Datum values[EXPLAIN_COLUMNS];
		bool nulls[EXPLAIN_COLUMNS] = {false};
		const char *criterion =
			i + 1 < kept ?
				cx_criteria[cx_rules_criterion(rule, rule + (numbers[i + 1] - numbers[i]))] :
			i == 0 ? "only match" :
					 "last match";

		CHECK_FOR_INTERRUPTS();
		values[0] = Int32GetDatum(i + 1);
		values[1] = Int64GetDatum(rule->rule_id);
		put_label(rules, rule->touchpoint, &values[2], &nulls[2]);
		put_label(rules, rule->channel, &values[3], &nulls[3]);
		put_label(rules, rule->segment, &values[4], &nulls[4]);
		put_label(rules, rule->territory, &values[5], &nulls[5]);
		values[6] = Int32GetDatum(rule->priority);
		put_label(rules, rule->team, &values[7], &nulls[7]);
		values[8] =
			CStringGetTextDatum(cx_owner_states[cx_rules_state(rules, numbers[i], question.at)]);
		values[9] = CStringGetTextDatum(criterion);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
