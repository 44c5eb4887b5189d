/*
 * trial.c
 *		One input on its way into the type, and what must be true of it then.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "cx_fuzz.h"

/*
 * Beyond these an input is suspicious although nothing failed, because inputs
 * are small.  A stored value may rightly hold much in few bytes, so it gets
 * more time; one whose check takes long meets few functions.
 */
#define SLOW_SECONDS 10.0
#define SLOW_DENSE_SECONDS 240.0
#define HEAVY_SECONDS 0.02
#define HEAVY_FUNCTIONS 3

/* Step: a sound value must come back the same from every trip. */
static void
verify(Run *run, void *argument)
{
	Subject *subject = run->subject;
	Datum value = *(Datum *) argument, other;
	bool isnull;
	char *text;
	bytea *bytes;
	char *complaint;

	on_trial(run, "check");
	complaint = subject_check(run, value);
	if (complaint != NULL)
		problem(run, "check", 0, "an accepted value is not sound: %s", complaint);

	on_trial(run, "text trip");
	text = DatumGetCString(routine_call1(run, &subject->out, value, &isnull));
	if (!pg_verifymbstr(text, strlen(text), true))
		problem(run, "text trip", 0, "the output is not valid in the server's encoding");
	else
	{
		other = subject_enter(run, &subject->in, CStringGetDatum(text));
		if (!subject_same(value, other))
			problem(run, "text trip", 0, "another value came back from the text %.500s", text);
	}

	if (subject->recv.exists && subject->send.exists)
	{
		on_trial(run, "binary trip");
		bytes = DatumGetByteaPP(routine_call1(run, &subject->send, value, &isnull));
		other = subject_receive(run, bytes);
		if (!subject_same(value, other))
			problem(run, "binary trip", 0, "another value came back from binary, of %.500s", text);
	}
	if (subject->to_jsonb.exists && subject->from_jsonb.exists)
	{
		on_trial(run, "jsonb trip");
		other = routine_call1(run, &subject->to_jsonb, value, &isnull);
		other = routine_call1(run, &subject->from_jsonb, other, &isnull);
		if (!subject_same(value, other))
			problem(run, "jsonb trip", 0, "another value came back from jsonb, of %.500s", text);
	}
	on_trial(run, "");
}

/* One input on its way in. */
typedef struct Trial
{
	Target target;
	StringInfo input;
	Datum value;
} Trial;

/* Step: takes the input in; raises when the type refuses it. */
static void
enter(Run *run, void *argument)
{
	Trial *trial = argument;
	Subject *subject = run->subject;
	bytea *bytes;
	char *text;
	Datum jsonb;
	bool isnull = false;

	switch (trial->target)
	{
		case TEXT_TARGET:
			/* a chunk that ends with the text's NUL byte */
			text = pstrdup(trial->input->data);
			trial->value = subject_enter(run, &subject->in, CStringGetDatum(text));
			break;
		case BINARY_TARGET:
			bytes = palloc(VARHDRSZ + trial->input->len);
			SET_VARSIZE(bytes, VARHDRSZ + trial->input->len);
			memcpy(VARDATA(bytes), trial->input->data, trial->input->len);
			trial->value = subject_receive(run, bytes);
			break;
		case STORED_TARGET:
			trial->value = subject_dress(run, trial->input->data, trial->input->len);
			break;
		case JSONB_TARGET:
			jsonb = DirectFunctionCall1(jsonb_in, CStringGetDatum(trial->input->data));
			trial->value = routine_call1(run, &subject->from_jsonb, jsonb, &isnull);
			break;
		case STATE_TARGET:
			bytes = palloc(VARHDRSZ + trial->input->len);
			SET_VARSIZE(bytes, VARHDRSZ + trial->input->len);
			memcpy(VARDATA(bytes), trial->input->data, trial->input->len);
			trial->value = sweep_enter_state(run, bytes, &isnull);
			break;
	}
	if (isnull)
		elog(ERROR, "the result is NULL");
}

/*
 * A way in must refuse with an error that it promises, or about data or limits,
 * or, as core does, about a message that ends too early.
 */
static bool
is_refusal(const Run *run, Target target, int sqlstate)
{
	int class = ERRCODE_TO_CATEGORY(sqlstate);

	if (target == TEXT_TARGET && run->subject->in.bound)
		return routine_may_raise(&run->subject->in, sqlstate, true);
	if (target == BINARY_TARGET && run->subject->recv.bound)
		return routine_may_raise(&run->subject->recv, sqlstate, true);

	if (sqlstate == ERRCODE_PROTOCOL_VIOLATION)
		return target == BINARY_TARGET || target == STATE_TARGET;
	if (sqlstate == ERRCODE_DATA_CORRUPTED)
		return target == STATE_TARGET;
	return class == ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION) ||
		   class == ERRCODE_TO_CATEGORY(ERRCODE_PROGRAM_LIMIT_EXCEEDED);
}

/* Step: asks the check function; without one, whether the text form gives the value back. */
static void
ask(Run *run, void *argument)
{
	Trial *trial = argument;
	Subject *subject = run->subject;
	char *complaint = subject_check(run, trial->value);
	bool isnull;

	if (!subject->check.exists)
	{
		Datum text = routine_call1(run, &subject->out, trial->value, &isnull);

		if (!subject_same(trial->value, subject_enter(run, &subject->in, text)))
			complaint = "another value came back from the text";
	}
	if (complaint != NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg_internal("%s", complaint)));
}

static double
seconds_since(instr_time start)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_DOUBLE(now);
}

/*
 * Tries one input; returns whether it was accepted.  An accepted value, and any
 * stored one, meets that many functions (0: all), that many times.
 */
bool
try_input(Run *run, Target target, StringInfo input, int functions, int rounds)
{
	Trial trial = {target, input, 0};
	Failure failure = {0};
	instr_time start;
	bool good, heavy = false;

	run->input.data = input->data;
	run->input.length = input->len;
	run->witness->length = input->len;
	memcpy(run->witness->input, input->data, Min(input->len, WITNESS_MAX));
	INSTR_TIME_SET_CURRENT(start);

	on_trial(run, "way in");
	good = attempt(run, enter, &trial, &failure);
	if (good && run->dense)
	{
		instr_time asked;

		/* the check function knows, and never raises */
		on_trial(run, "check");
		INSTR_TIME_SET_CURRENT(asked);
		good = attempt(run, ask, &trial, &failure);
		note(run, good ? "accepted" : "rejected", "check", failure.sqlstate, failure.message);
		if (!good && failure.sqlstate != ERRCODE_DATA_CORRUPTED && run->subject->check.exists)
			problem(run, "check", failure.sqlstate, "check raised: %s", failure.message);
		heavy = seconds_since(asked) > HEAVY_SECONDS;
		if (good && !heavy && !attempt(run, verify, &trial.value, &failure))
			problem(run, run->witness->what, failure.sqlstate, "a sound value failed: %s",
					failure.message);
		for (int round = heavy ? rounds : 1; round <= rounds; round++)
			sweep_call(run, trial.value, good, heavy ? HEAVY_FUNCTIONS : functions);
	}
	else if (good)
	{
		note(run, "accepted", "way in", 0, NULL);
		if (!attempt(run, verify, &trial.value, &failure))
			problem(run, run->witness->what, failure.sqlstate, "an accepted value failed: %s",
					failure.message);
		while (rounds-- > 0)
			sweep_call(run, trial.value, true, functions);
	}
	else
	{
		note(run, "rejected", "way in", failure.sqlstate, failure.message);
		if (!is_refusal(run, target, failure.sqlstate))
			problem(run, "way in", failure.sqlstate, "refused with an unfitting error: %s",
					failure.message);
	}

	if (seconds_since(start) > (run->dense ? SLOW_DENSE_SECONDS : SLOW_SECONDS))
		problem(run, "time", 0, "an input took %.1f seconds", seconds_since(start));
	watch_memory(run, run->scratch, "memory", "the way in");
	on_trial(run, "");
	return good;
}

const char *const target_names[TARGETS] = {"text", "binary", "stored", "jsonb", "state"};

Target
target_named(const text *name)
{
	char *wanted = text_to_cstring(name);

	for (int i = 0; i < TARGETS; i++)
		if (strcmp(wanted, target_names[i]) == 0)
			return (Target) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown target \"%s\"", wanted),
			 errhint("Targets are text, binary, stored, jsonb and state.")));
}

/* Does the type have this way in? */
bool
has_target(const Run *run, Target target)
{
	switch (target)
	{
		case BINARY_TARGET:
			return run->subject->recv.exists && run->subject->send.exists;
		case JSONB_TARGET:
			return run->subject->from_jsonb.exists;
		case STATE_TARGET:
			return sweep_has_states(run);
		default:
			return true;
	}
}

void
require_target(const Run *run, Target target)
{
	if (!has_target(run, target))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("type %s has no such way in", format_type_be(subject_type(run)))));
}
