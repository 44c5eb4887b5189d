/*
 * sweep_aggregate.c
 *		Calls an aggregate's parts as the executor does, and takes states in.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "executor/executor.h"
#include "nodes/execnodes.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "sweep.h"

/* A group of an aggregate has twice up to this many rows. */
#define HALF_MAX 4

/* An aggregate's state in the making. */
typedef struct State
{
	Datum value;
	bool isnull;
	bool fresh; /* strict transition: the first input becomes the state */
} State;

/* Calls a part of an aggregate as the executor does. */
static Datum
call_part(Run *run, AggState *executor, Aggregate *aggregate, int part, int nargs,
		  const Datum *args, const bool *nulls, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, FUNC_MAX_ARGS);
	Routine *routine = &aggregate->parts[part].routine;
	Datum result;

	InitFunctionCallInfoData(*fcinfo, &routine->info, nargs, DEFAULT_COLLATION_OID,
							 (fmNodePtr) executor, NULL);
	for (int i = 0; i < nargs; i++)
	{
		fcinfo->args[i].value = args[i];
		fcinfo->args[i].isnull = nulls[i];
		if (nulls[i] && aggregate->parts[part].strict)
		{
			*isnull = true;
			return 0;
		}
	}
	result = routine_call(run, routine, fcinfo);
	*isnull = fcinfo->isnull;
	return result;
}

/* Keeps a state of a by-reference type where the executor would. */
static Datum
keep_state(AggState *executor, Aggregate *aggregate, Datum new, Datum old, bool isnull)
{
	MemoryContext outer;

	if (isnull || aggregate->state_byval || new == old)
		return new;
	outer = MemoryContextSwitchTo(executor->curaggcontext->ecxt_per_tuple_memory);
	new = datumCopy(new, aggregate->state_byval, aggregate->state_length);
	MemoryContextSwitchTo(outer);
	return new;
}

static State
start_state(AggState *executor, Aggregate *aggregate)
{
	State state = {aggregate->start, aggregate->starts_null, aggregate->starts_null};

	state.value = keep_state(executor, aggregate, state.value, 0, state.isnull);
	return state;
}

/* Adds a row, the arguments of a call, to a state. */
static void
add_to_state(Run *run, AggState *executor, const Call *call, State *state)
{
	Aggregate *aggregate = call->aggregate;
	Datum args[FUNC_MAX_ARGS + 1];
	bool nulls[FUNC_MAX_ARGS + 1];
	Datum new;

	if (aggregate->parts[TRANSITION].strict)
	{
		if (any_null(call))
			return;
		if (state->fresh)
		{
			state->value = keep_state(executor, aggregate, call->args[0], 0, false);
			state->isnull = state->fresh = false;
			return;
		}
		if (state->isnull)
			return;
	}
	args[0] = state->value;
	nulls[0] = state->isnull;
	memcpy(args + 1, call->args, call->callee->nargs * sizeof(Datum));
	memcpy(nulls + 1, call->nulls, call->callee->nargs * sizeof(bool));
	new = call_part(run, executor, aggregate, TRANSITION, call->callee->nargs + 1, args, nulls,
					&state->isnull);
	state->value = keep_state(executor, aggregate, new, state->value, state->isnull);
	state->fresh = false;
}

/* Ends a group; the state must survive it. */
static Datum
finish_state(Run *run, AggState *executor, Aggregate *aggregate, const State *state, bool *isnull)
{
	Datum args[FUNC_MAX_ARGS + 1] = {0};
	bool nulls[FUNC_MAX_ARGS + 1];

	if (!aggregate->parts[FINAL].routine.exists)
	{
		*isnull = state->isnull;
		return state->value;
	}
	memset(nulls, true, sizeof(nulls));
	args[0] = state->value;
	nulls[0] = state->isnull;
	return call_part(run, executor, aggregate, FINAL, aggregate->parts[FINAL].nargs, args, nulls,
					 isnull);
}

/* Sends a state through serialise and deserialise, where it has them. */
static State
send_state(Run *run, AggState *executor, Aggregate *aggregate, State state)
{
	Datum args[2];
	bool nulls[2] = {false, true};

	if (!aggregate->parts[SERIAL].routine.exists || !aggregate->parts[DESERIAL].routine.exists ||
		state.isnull)
		return state;
	args[0] =
		call_part(run, executor, aggregate, SERIAL, 1, &state.value, &state.isnull, &nulls[0]);
	args[1] = 0;
	nulls[1] = false; /* the executor passes a NULL pointer that is not NULL */
	state.value = call_part(run, executor, aggregate, DESERIAL, 2, args, nulls, &state.isnull);
	return state;
}

static AggState *
open_executor(void)
{
	AggState *executor = makeNode(AggState);

	executor->curaggcontext = CreateStandaloneExprContext();
	executor->tmpcontext = CreateStandaloneExprContext();
	return executor;
}

static void
close_executor(AggState *executor)
{
	FreeExprContext(executor->curaggcontext, true);
	FreeExprContext(executor->tmpcontext, true);
}

/* Step: aggregates a few rows, as a whole and in two halves, and compares. */
void
call_aggregate(Run *run, void *argument)
{
	Call *call = argument;
	Call *rows;
	Aggregate *aggregate = call->aggregate;
	AggState *executor = open_executor();
	State all = start_state(executor, aggregate);
	Datum result, again;
	bool isnull, again_isnull;
	int half_rows = 1 + rng_below(&run->rng, HALF_MAX);

	/* what the functions keep from call to call belongs to one executor */
	for (int i = TRANSITION; i <= DESERIAL; i++)
		if (aggregate->parts[i].routine.exists)
			routine_forget(&aggregate->parts[i].routine);
	/* the first row is what the call has made up already */
	rows = palloc(2 * half_rows * sizeof(Call));
	for (int i = 0; i < 2 * half_rows; i++)
	{
		if (i > 0)
			make_up(run, call);
		rows[i] = *call;
		add_to_state(run, executor, call, &all);
	}
	result = finish_state(run, executor, aggregate, &all, &isnull);
	if (!isnull)
		judge(run, call, aggregate->callee.rettype, result);
	again = finish_state(run, executor, aggregate, &all, &again_isnull);
	if (isnull != again_isnull ||
		(!isnull && call->callee->rettype == subject_type(run) && !subject_same(result, again)))
		problem(run, call->callee->name, 0, "%s: the final function changed the state",
				call->label);

	if (aggregate->parts[COMBINE].routine.exists)
	{
		State halves[2];
		State whole = start_state(executor, aggregate);

		for (int half = 0; half < 2; half++)
		{
			Datum args[2];
			bool nulls[2];
			Datum new;

			halves[half] = start_state(executor, aggregate);
			for (int i = 0; i < half_rows; i++)
				add_to_state(run, executor, &rows[half * half_rows + i], &halves[half]);
			halves[half] = send_state(run, executor, aggregate, halves[half]);
			if (aggregate->parts[COMBINE].strict && (whole.isnull || halves[half].isnull))
			{
				if (whole.isnull && !halves[half].isnull)
					whole = halves[half];
				continue;
			}
			args[0] = whole.value;
			nulls[0] = whole.isnull;
			args[1] = halves[half].value;
			nulls[1] = halves[half].isnull;
			new = call_part(run, executor, aggregate, COMBINE, 2, args, nulls, &whole.isnull);
			whole.value = keep_state(executor, aggregate, new, whole.value, whole.isnull);
		}
		again = finish_state(run, executor, aggregate, &whole, &again_isnull);
		if (!again_isnull)
			judge(run, call, call->callee->rettype, again);
		if (call->sound &&
			(isnull != again_isnull || (!isnull && call->callee->rettype == subject_type(run) &&
										!subject_same(result, again))))
			problem(run, call->callee->name, 0, "%s: combined halves differ from the whole",
					call->label);
	}
	close_executor(executor);
}

/* ---------------------------------------------------------------------------
 * States of the type's own aggregate, as a way in
 * ---------------------------------------------------------------------------
 */

bool
sweep_has_states(const Run *run)
{
	return run->sweep->merger != NULL;
}

/* Returns the serialised state of a group that holds the value. */
bytea *
sweep_state_of(Run *run, Datum value)
{
	AggState *executor = open_executor();
	Aggregate *aggregate = run->sweep->merger;
	Call *call = palloc0(sizeof(Call));
	State state = start_state(executor, aggregate);
	Datum bytes;
	bool isnull;

	call->aggregate = aggregate;
	call->callee = &aggregate->callee;
	call->args[0] = value;
	add_to_state(run, executor, call, &state);
	bytes = call_part(run, executor, aggregate, SERIAL, 1, &state.value, &state.isnull, &isnull);
	if (isnull)
		elog(ERROR, "the state is NULL");
	bytes = PointerGetDatum(PG_DETOAST_DATUM_COPY(bytes));
	close_executor(executor);
	return DatumGetByteaP(bytes);
}

/* Returns the result of a group whose state is deserialised from these bytes. */
Datum
sweep_enter_state(Run *run, bytea *bytes, bool *isnull)
{
	AggState *executor = open_executor();
	Aggregate *aggregate = run->sweep->merger;
	Datum args[2] = {PointerGetDatum(bytes), 0};
	bool nulls[2] = {false, false};
	State state = {0};
	State whole = start_state(executor, aggregate);
	Datum result, new;

	for (int i = TRANSITION; i <= DESERIAL; i++)
		if (aggregate->parts[i].routine.exists)
			routine_forget(&aggregate->parts[i].routine);
	state.value = call_part(run, executor, aggregate, DESERIAL, 2, args, nulls, &state.isnull);
	if (rng_below(&run->rng, 2))
	{
		args[0] = whole.value;
		nulls[0] = whole.isnull;
		args[1] = state.value;
		nulls[1] = state.isnull;
		new = call_part(run, executor, aggregate, COMBINE, 2, args, nulls, &whole.isnull);
		whole.value = keep_state(executor, aggregate, new, whole.value, whole.isnull);
		state = whole;
	}
	result = finish_state(run, executor, aggregate, &state, isnull);
	if (!*isnull)
		result = PointerGetDatum(PG_DETOAST_DATUM_COPY(result));
	close_executor(executor);
	return result;
}
