/*
 * cx_fuzz.c
 *		Fuzzes a type inside the server: cx_fuzz.run() mutates inputs, gives
 *		them to the type's functions, and reports what must not happen.
 *
 * A target is a way in:
 *	text		the input function
 *	binary		the receive function
 *	stored		the bytes of a stored value, as a corrupted page or a hostile
 *				superuser could present them
 *	jsonb		the cast from jsonb
 *	state		the deserialise function of the type's aggregate
 *
 * Text, binary and jsonb come from anybody: what is refused must be refused
 * with a fitting SQLSTATE, what is accepted must be sound (schema.check(type)
 * is NULL).  Stored values and states come from the server itself: they may be
 * wrong unnoticed, and are accepted if the check function finds them sound.
 *
 * An accepted value must equal itself byte for byte after a trip through text,
 * binary, and jsonb, and survive the functions around the type (sweep.c); one
 * that is not must do no harm there.  What the sanitizers find ends the
 * backend; the input that did it is left in a file that cx_fuzz.lost() reads
 * afterwards.
 */
#include "postgres.h"

#include "postgres.h"

#include <sys/mman.h>
#include <unistd.h>

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "cx_fuzz.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(cx_fuzz_run);
PG_FUNCTION_INFO_V1(cx_fuzz_targets);
PG_FUNCTION_INFO_V1(cx_fuzz_form);
PG_FUNCTION_INFO_V1(cx_fuzz_mutants);

/* An entry as it was given meets the functions around the type this often; a long one once. */
#define REPLAYS 8
#define LONG_ENTRY 8192

/* Copies the entries out of a bytea array, into the current context. */
static void
pool_fill(Pool *pool, ArrayType *array)
{
	Datum *elements;
	bool *nulls;
	int count;

	deconstruct_array(array, BYTEAOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
	memset(pool, 0, sizeof(*pool));
	pool->entries = palloc((count + 1) * sizeof(Blob));
	pool->capacity = count + 1;
	for (int i = 0; i < count; i++)
	{
		struct varlena *bytes;

		if (nulls[i])
			continue;
		bytes = PG_DETOAST_DATUM_PACKED(elements[i]);
		pool->entries[pool->count].length = VARSIZE_ANY_EXHDR(bytes);
		pool->entries[pool->count++].data = VARDATA_ANY(bytes);
	}
	if (pool->count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("no entries to start from")));
	pool->given = pool->count;
	pool_learn_tokens(pool);
}

/* Makes a mutant of some entry, in the current context. */
static void
make_mutant(Rng *rng, Target target, const Pool *pool, StringInfo mutant)
{
	const Blob *entry = pool_pick(pool, rng);
	Jsonb *jsonb;

	resetStringInfo(mutant);
	appendBinaryStringInfo(mutant, entry->data, entry->length);
	switch (target)
	{
		case TEXT_TARGET:
			mutate_text(rng, pool, mutant);
			break;
		case JSONB_TARGET:
			jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(mutant->data)));
			jsonb = mutate_jsonb(rng, pool, jsonb);
			resetStringInfo(mutant);
			JsonbToCString(mutant, &jsonb->root, VARSIZE(jsonb));
			break;
		default:
			/* a value that is text has it in its binary forms as well */
			if (pool->grammar != NULL && rng_below(rng, 2))
				mutate_text(rng, pool, mutant);
			else
				mutate_bytes(rng, pool, mutant);
			break;
	}
}

typedef struct Making
{
	Target target;
	const Pool *pool;
	StringInfo mutant;
} Making;

/* Step: the same, guarded, for mutants that even jsonb refuses. */
static void
make_mutant_step(Run *run, void *argument)
{
	Making *making = argument;

	make_mutant(&run->rng, making->target, making->pool, making->mutant);
}

/* Prepares a run of a type; everything lives in a new context below the current one. */
Run *
run_of_type(Oid type)
{
	MemoryContext whole =
		AllocSetContextCreate(CurrentMemoryContext, "cx_fuzz", ALLOCSET_DEFAULT_SIZES);
	Run *run = MemoryContextAllocZero(whole, sizeof(Run));

	run->whole = whole;
	run->scratch =
		AllocSetContextCreate(CurrentMemoryContext, "cx_fuzz scratch", ALLOCSET_DEFAULT_SIZES);
	run->call = AllocSetContextCreate(CurrentMemoryContext, "cx_fuzz call", ALLOCSET_DEFAULT_SIZES);
	run->work = run->scratch;
	run->owner = CurrentResourceOwner;
	run->subject = subject_prepare(run, type);
	run->sweep = sweep_prepare(run);
	return run;
}

/*
 * run(type, target, seed, iterations, corpus): tries that many mutants, or with
 * no iterations every entry as it is.  The same arguments make the same inputs.
 */
Datum
cx_fuzz_run(PG_FUNCTION_ARGS)
{
	Oid type = PG_GETARG_OID(0);
	Target target = target_named(PG_GETARG_TEXT_PP(1));
	uint64 seed = (uint64) PG_GETARG_INT64(2);
	int64 iterations = PG_GETARG_INT64(3);
	Run *run = run_of_type(type);
	MemoryContext old;
	Pool pool;
	StringInfoData input;
	char path[64];
	Witness *witness;

	InitMaterializedSRF(fcinfo, 0);
	require_target(run, target);
	run->dense = target == STORED_TARGET || target == STATE_TARGET;
	old = MemoryContextSwitchTo(run->whole);
	pool_fill(&pool, PG_GETARG_ARRAYTYPE_P(4));
	pool.grammar = grammar_load(type, run->whole);
	witness = run->witness = witness_open(path, sizeof(path));
	MemoryContextSwitchTo(old);

	PG_TRY();
	{
		bool fresh = iterations > 0;
		int64 inputs = fresh ? iterations : pool.given;

		for (int64 i = 0; i < inputs; i++)
		{
			MemoryContext outer = MemoryContextSwitchTo(run->scratch);

			CHECK_FOR_INTERRUPTS();
			rng_start(&run->rng, seed, i);
			initStringInfo(&input);
			if (fresh)
			{
				Making making = {target, &pool, &input};
				Failure failure;

				if (!attempt(run, make_mutant_step, &making, &failure))
				{
					resetStringInfo(&input);
					appendStringInfoString(&input, "null");
				}
			}
			else
			{
				Blob *entry = &pool.entries[i];

				appendBinaryStringInfo(&input, entry->data, entry->length);
			}

			if (!fresh)
				try_input(run, target, &input, 0, input.len > LONG_ENTRY ? 1 : REPLAYS);
			else if (try_input(run, target, &input, target == STORED_TARGET ? 0 : 3, 1) &&
					 rng_below(&run->rng, 8) == 0)
			{
				MemoryContextSwitchTo(run->whole);
				pool_adopt(&pool, &run->rng, input.data, input.len);
			}
			MemoryContextSwitchTo(outer);
			MemoryContextReset(run->scratch);
		}
		finish_attempts(run);
	}
	PG_FINALLY();
	{
		munmap(witness, sizeof(Witness));
		unlink(path);
	}
	PG_END_TRY();

	report_notes(run, (ReturnSetInfo *) fcinfo->resultinfo);
	MemoryContextDelete(run->call);
	MemoryContextDelete(run->scratch);
	MemoryContextDelete(run->whole);
	return (Datum) 0;
}

/* targets(type): the ways into a type. */
Datum
cx_fuzz_targets(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Run *run;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	run = run_of_type(PG_GETARG_OID(0));
	for (int i = 0; i < TARGETS; i++)
	{
		Datum value = CStringGetTextDatum(target_names[i]);
		bool isnull = false;

		if (has_target(run, (Target) i))
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	}
	return (Datum) 0;
}

/* form(type, target, value text): the bytes that a target takes for a value. */
Datum
cx_fuzz_form(PG_FUNCTION_ARGS)
{
	Run *run = run_of_type(PG_GETARG_OID(0));
	Target target = target_named(PG_GETARG_TEXT_PP(1));
	char *literal = text_to_cstring(PG_GETARG_TEXT_PP(2));
	Datum value = subject_enter(run, &run->subject->in, CStringGetDatum(literal));
	struct varlena *stored = PG_DETOAST_DATUM_PACKED(value);
	bool isnull;

	require_target(run, target);
	switch (target)
	{
		case TEXT_TARGET:
			literal = DatumGetCString(routine_call1(run, &run->subject->out, value, &isnull));
			PG_RETURN_BYTEA_P(cstring_to_text(literal));
		case BINARY_TARGET:
			return routine_call1(run, &run->subject->send, value, &isnull);
		case STORED_TARGET:
			PG_RETURN_BYTEA_P(
				cstring_to_text_with_len(VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored)));
		case JSONB_TARGET:
			if (run->subject->to_jsonb.exists)
			{
				Jsonb *jsonb =
					DatumGetJsonbP(routine_call1(run, &run->subject->to_jsonb, value, &isnull));

				literal = JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb));
			}
			PG_RETURN_BYTEA_P(cstring_to_text(literal));
		case STATE_TARGET:
			PG_RETURN_BYTEA_P(sweep_state_of(run, value));
	}
	PG_RETURN_NULL();
}

/* mutants(type, target, seed, count, corpus): what run() would try, to look at. */
Datum
cx_fuzz_mutants(PG_FUNCTION_ARGS)
{
	Target target = target_named(PG_GETARG_TEXT_PP(1));
	uint64 seed = (uint64) PG_GETARG_INT64(2);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Pool pool;
	StringInfoData mutant;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	pool_fill(&pool, PG_GETARG_ARRAYTYPE_P(4));
	pool.grammar = grammar_load(PG_GETARG_OID(0), CurrentMemoryContext);
	initStringInfo(&mutant);
	for (int64 i = 0; i < PG_GETARG_INT64(3); i++)
	{
		Rng rng;
		Datum value;
		bool isnull = false;

		rng_start(&rng, seed, i);
		make_mutant(&rng, target, &pool, &mutant);
		value = PointerGetDatum(cstring_to_text_with_len(mutant.data, mutant.len));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
	}
	return (Datum) 0;
}
