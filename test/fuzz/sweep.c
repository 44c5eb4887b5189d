/*
 * sweep.c
 *		Calls every function around a type.
 *
 * The functions are found in the catalog: those of the type's schema that take
 * or return it, set-returning ones and aggregates included.  Other arguments
 * are drawn from the table cx_fuzz.argument.  A function may fail, but not with
 * an internal error; given sound values it must return sound ones; it must
 * leave its arguments alone.
 */
#include "postgres.h"

#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "sweep.h"

PG_FUNCTION_INFO_V1(cx_fuzz_must);

/* A set-returning function that returns more rows than this never ends. */
#define ROWS_MAX (64 * 1024 * 1024)

/* Only so many rows of a set are looked at. */
#define ROWS_JUDGED 256

/* Tame arguments are among the first few of their shelf. */
#define TAME 3

/* ---------------------------------------------------------------------------
 * Results
 * ---------------------------------------------------------------------------
 */

static Printer *
printer_of(Run *run, Oid type)
{
	Sweep *sweep = run->sweep;
	Printer *printer;
	MemoryContext old;
	Oid output;

	for (int i = 0; i < sweep->printer_count; i++)
		if (sweep->printers[i].type == type)
			return &sweep->printers[i];
	if (sweep->printer_count >=
		(sweep->callee_count + sweep->aggregate_count + sweep->skipped_count + 1) * 8)
		return NULL;
	old = MemoryContextSwitchTo(run->whole);
	printer = &sweep->printers[sweep->printer_count++];
	printer->type = type;
	getTypeOutputInfo(type, &output, &printer->varlena);
	routine_set(run, &printer->routine, output);
	MemoryContextSwitchTo(old);
	return printer;
}

/* Looks at a result: printing it reads all of it. */
void
judge(Run *run, Call *call, Oid type, Datum value)
{
	Printer *printer;
	char *text;
	bool isnull;

	if (type == VOIDOID || type == CSTRINGOID || type == INTERNALOID)
		return;
	printer = printer_of(run, type);
	if (printer == NULL)
		return;
	text = DatumGetCString(routine_call1(run, &printer->routine, value, &isnull));
	if (!call->sound)
		return;
	if (!pg_verifymbstr(text, strlen(text), true))
		problem(run, call->callee->name, 0,
				"%s returned text that is not valid in the server's encoding", call->label);
	if (type == subject_type(run))
	{
		char *complaint = subject_check(run, value);

		if (complaint != NULL)
			problem(run, call->callee->name, 0, "%s returned a value that is not sound: %s",
					call->label, complaint);
	}
}

/* Reads the rows of a materialised set. */
static void
judge_rows(Run *run, Call *call, ReturnSetInfo *set)
{
	TupleTableSlot *slot;

	if (set->setResult == NULL)
		return;
	if (set->setDesc == NULL)
		elog(ERROR, "rows without a description");
	slot = MakeSingleTupleTableSlot(set->setDesc, &TTSOpsMinimalTuple);
	for (int row = 0;
		 row < ROWS_JUDGED && tuplestore_gettupleslot(set->setResult, true, false, slot); row++)
	{
		slot_getallattrs(slot);
		for (int i = 0; i < set->setDesc->natts; i++)
			if (!slot->tts_isnull[i])
				judge(run, call, TupleDescAttr(set->setDesc, i)->atttypid, slot->tts_values[i]);
	}
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(set->setResult);
}

/* ---------------------------------------------------------------------------
 * Calls
 * ---------------------------------------------------------------------------
 */

/* Makes up the arguments; the subject is one of them where the function takes its type at all. */
void
make_up(Run *run, Call *call)
{
	Callee *callee = call->callee;
	int subjects = 0, chosen;
	int used = snprintf(call->label, sizeof(call->label), "%s with", callee->name);

	for (int i = 0; i < callee->nargs; i++)
		subjects += callee->argtypes[i] == subject_type(run);
	chosen = rng_below(&run->rng, subjects);
	for (int i = 0; i < callee->nargs; i++)
	{
		Oid type = callee->argtypes[i];
		Shelf *shelf = shelf_of(run->sweep, type);
		const char *literal = "itself";

		/* the subject at the chosen place; elsewhere again, or some other value */
		if (type == subject_type(run) &&
			(chosen-- == 0 || shelf == NULL || rng_below(&run->rng, 4) == 0))
		{
			call->args[i] = call->subject;
			call->nulls[i] = false;
		}
		else
		{
			int k = rng_below(&run->rng, call->tame ? Min(shelf->count, TAME) : shelf->count);

			call->args[i] = shelf->values[k];
			call->nulls[i] = shelf->nulls[k];
			literal = shelf->literals[k];
		}
		if (used < sizeof(call->label))
			used += snprintf(call->label + used, sizeof(call->label) - used, "%s %.60s",
							 i == 0 ? "" : ",", literal);
	}
	call->label[pg_mbcliplen(call->label, strlen(call->label), sizeof(call->label) - 1)] = '\0';
}

bool
any_null(const Call *call)
{
	for (int i = 0; i < call->callee->nargs; i++)
		if (call->nulls[i])
			return true;
	return false;
}

/* Step: calls a plain or set-returning function and looks at what it returns. */
static void
call_function(Run *run, void *argument)
{
	Call *call = argument;
	Callee *callee = call->callee;
	LOCAL_FCINFO(fcinfo, FUNC_MAX_ARGS);
	ReturnSetInfo set = {T_ReturnSetInfo};
	ExprContext *context = NULL;
	int64 rows = 0;

	InitFunctionCallInfoData(*fcinfo, &callee->routine.info, callee->nargs, DEFAULT_COLLATION_OID,
							 NULL, NULL);
	if (callee->set)
	{
		/* a set-returning function keeps its place in fn_extra: forget the last call's */
		routine_forget(&callee->routine);
		context = CreateStandaloneExprContext();
		set.econtext = context;
		set.expectedDesc = callee->rows;
		set.allowedModes = SFRM_ValuePerCall | SFRM_Materialize;
		set.returnMode = SFRM_ValuePerCall;
		fcinfo->resultinfo = (fmNodePtr) &set;
	}
	routine_trim(&callee->routine);
	do
	{
		Datum result;

		for (int i = 0; i < callee->nargs; i++)
		{
			fcinfo->args[i].value = call->args[i];
			fcinfo->args[i].isnull = call->nulls[i];
		}
		fcinfo->isnull = false;
		set.isDone = ExprSingleResult;
		result = routine_call(run, &callee->routine, fcinfo);
		if (callee->set && set.returnMode == SFRM_Materialize)
		{
			judge_rows(run, call, &set);
			break;
		}
		if (callee->set && set.isDone == ExprEndResult)
			break;
		if (!fcinfo->isnull && rows < ROWS_JUDGED)
			judge(run, call, callee->rettype, result);
		if (++rows > ROWS_MAX)
			elog(ERROR, "the set does not end");
	} while (callee->set && set.isDone == ExprMultipleResult);
	if (context != NULL)
		FreeExprContext(context, true);
}

/* Makes one call and judges how it went. */
static void
try_call(Run *run, Call *call, Step step)
{
	Failure failure = {0};
	Size size = VARSIZE_ANY(DatumGetPointer(call->subject));
	char *before;
	bool good;

	call->tame = rng_below(&run->rng, 2);
	make_up(run, call);
	if (call->callee->strict && call->aggregate == NULL && any_null(call))
		return;
	before = palloc(size);
	memcpy(before, DatumGetPointer(call->subject), size);
	on_trial(run, call->label);
	run->work = run->call;
	good = attempt(run, step, call, &failure);
	run->work = run->scratch;
	note(run, good ? "returned" : "raised", "functions", failure.sqlstate,
		 good ? NULL : failure.message);
	if (!good &&
		!routine_may_raise(call->aggregate == NULL ? &call->callee->routine :
													 &call->aggregate->parts[TRANSITION].routine,
						   failure.sqlstate, call->sound))
		problem(run, call->callee->name, failure.sqlstate, "%s: %s", call->label, failure.message);
	if (memcmp(before, DatumGetPointer(call->subject), size) != 0)
	{
		problem(run, call->callee->name, 0, "%s changed its argument", call->label);
		memcpy(DatumGetPointer(call->subject), before, size);
	}
	watch_memory(run, run->call, call->callee->name, call->label);
	pfree(before);
	MemoryContextReset(run->call);
}

/*
 * Calls all functions on a value, or that many of them.  Errors in functions
 * that are given a value which is not sound may call it corrupt.
 */
void
sweep_call(Run *run, Datum value, bool sound, int how_many)
{
	Sweep *sweep = run->sweep;
	int total = sweep->callee_count + sweep->aggregate_count;
	int count = how_many > 0 ? Min(how_many, total) : total;
	Call *call = palloc(sizeof(Call));
	int first = how_many > 0 ? rng_below(&run->rng, total) : 0;

	call->subject = value;
	call->sound = sound;
	for (int i = 0; i < count; i++)
	{
		int k = how_many > 0 ? (first + i * 37) % total : i;

		CHECK_FOR_INTERRUPTS();
		if (k < sweep->callee_count)
		{
			call->callee = &sweep->callees[k];
			call->aggregate = NULL;
			try_call(run, call, call_function);
		}
		else
		{
			call->aggregate = &sweep->aggregates[k - sweep->callee_count];
			call->callee = &call->aggregate->callee;
			try_call(run, call, call_aggregate);
		}
	}
	pfree(call);
}

/* must(holds, what): true, or the error that only a value which is not sound excuses. */
Datum
cx_fuzz_must(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0) || !PG_GETARG_BOOL(0))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("it must be that %s", text_to_cstring(PG_GETARG_TEXT_PP(1)))));
	PG_RETURN_BOOL(true);
}
