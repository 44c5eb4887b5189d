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

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "cx_fuzz.h"

PG_FUNCTION_INFO_V1(cx_fuzz_functions);

/* A set-returning function that returns more rows than this never ends. */
#define ROWS_MAX (64 * 1024 * 1024)

/* Only so many rows of a set are looked at. */
#define ROWS_JUDGED 256

/* A group of an aggregate has twice up to this many rows. */
#define HALF_MAX 4

/* Tame arguments are among the first few of their shelf. */
#define TAME 3

/* Values to fill arguments of one type with. */
typedef struct Shelf
{
	Oid type;
	int count;
	Datum *values;
	bool *nulls;
	char **literals;
} Shelf;

/* Output of results, by type. */
typedef struct Printer
{
	Oid type;
	bool varlena;
	Routine routine;
} Printer;

typedef struct Callee
{
	char *name;
	Routine routine;
	bool strict;
	bool set;
	Oid rettype;
	int nargs;
	Oid argtypes[FUNC_MAX_ARGS];
	TupleDesc rows; /* expected by a set-returning function */
} Callee;

typedef struct Aggregate
{
	Callee callee; /* name and arguments; its routine is unused */
	Callee parts[5];
	Oid state_type;
	int16 state_length;
	bool state_byval;
	bool starts_null;
	Datum start;
	bool final_extra;
} Aggregate;

#define TRANSITION 0
#define FINAL 1
#define COMBINE 2
#define SERIAL 3
#define DESERIAL 4

struct Sweep
{
	int shelf_count;
	Shelf *shelves;
	int callee_count;
	Callee *callees;
	int aggregate_count;
	Aggregate *aggregates;
	Aggregate *merger; /* of the type itself, with states that travel */
	int printer_count;
	Printer *printers;
	int skipped_count;
	char **skipped;
};

/* One call, made up. */
typedef struct Call
{
	Callee *callee;
	Aggregate *aggregate;
	Datum subject;
	bool sound;
	bool tame; /* the other arguments are harmless */
	Datum args[FUNC_MAX_ARGS];
	bool nulls[FUNC_MAX_ARGS];
	char label[512];
} Call;

/* ---------------------------------------------------------------------------
 * Preparation
 * ---------------------------------------------------------------------------
 */

static Shelf *
shelf_of(Sweep *sweep, Oid type)
{
	for (int i = 0; i < sweep->shelf_count; i++)
		if (sweep->shelves[i].type == type)
			return &sweep->shelves[i];
	return NULL;
}

/* Reads cx_fuzz.argument; the values live as long as the run. */
static void
load_shelves(Run *run, Sweep *sweep)
{
	MemoryContext old;

	if (SPI_execute("SELECT type::pg_catalog.oid, literal FROM cx_fuzz.argument ORDER BY "
					"type::pg_catalog.oid, number",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cx_fuzz.argument cannot be read");
	old = MemoryContextSwitchTo(run->whole);
	sweep->shelves = palloc0((SPI_processed + 1) * sizeof(Shelf));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool isnull;
		Oid type = DatumGetObjectId(
			SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1, &isnull));
		char *literal = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 2);
		Shelf *shelf = shelf_of(sweep, type);
		Oid input, ioparam;

		if (shelf == NULL)
		{
			shelf = &sweep->shelves[sweep->shelf_count++];
			shelf->type = type;
			shelf->values = palloc(SPI_processed * sizeof(Datum));
			shelf->nulls = palloc(SPI_processed * sizeof(bool));
			shelf->literals = palloc(SPI_processed * sizeof(char *));
		}
		getTypeInputInfo(type, &input, &ioparam);
		shelf->literals[shelf->count] = literal == NULL ? "NULL" : pstrdup(literal);
		shelf->nulls[shelf->count] = literal == NULL;
		shelf->values[shelf->count] =
			literal == NULL ? 0 : OidInputFunctionCall(input, literal, ioparam, -1);
		shelf->count++;
	}
	MemoryContextSwitchTo(old);
}

/* Why the sweep cannot make up the arguments; NULL when it can. */
static const char *
obstacle(Run *run, Sweep *sweep, const Callee *callee)
{
	for (int i = 0; i < callee->nargs; i++)
		if (callee->argtypes[i] != subject_type(run) &&
			shelf_of(sweep, callee->argtypes[i]) == NULL)
			return psprintf("no values of type %s in cx_fuzz.argument",
							format_type_be(callee->argtypes[i]));
	if (get_typtype(callee->rettype) == TYPTYPE_PSEUDO && callee->rettype != RECORDOID &&
		callee->rettype != CSTRINGOID && callee->rettype != VOIDOID)
		return psprintf("returns %s", format_type_be(callee->rettype));
	return NULL;
}

/* Fills in a function and the expression that polymorphic and row-returning functions ask for. */
static void
callee_set(Run *run, Callee *callee, Oid function, Oid rettype, int nargs, const Oid *argtypes)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	FuncExpr *expression;
	List *args = NIL;
	TupleDesc rows;
	Oid resolved;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no function %u", function);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	routine_set(run, &callee->routine, function);
	if (callee->name == NULL)
		callee->name = format_procedure(function);
	callee->strict = form->proisstrict;
	callee->set = form->proretset;
	callee->rettype = rettype;
	callee->nargs = nargs;
	for (int i = 0; i < nargs; i++)
	{
		callee->argtypes[i] = argtypes[i];
		args = lappend(args, makeVar(1, i + 1, argtypes[i], -1, InvalidOid, 0));
	}
	expression = makeFuncExpr(function, rettype, args, InvalidOid, DEFAULT_COLLATION_OID,
							  COERCE_EXPLICIT_CALL);
	expression->funcretset = form->proretset;
	expression->funcvariadic = OidIsValid(form->provariadic);
	fmgr_info_set_expr((Node *) expression, &callee->routine.info);
	if (callee->set)
	{
		TypeFuncClass class = get_expr_result_type((Node *) expression, &resolved, &rows);

		if (class == TYPEFUNC_SCALAR)
		{
			rows = CreateTemplateTupleDesc(1);
			TupleDescInitEntry(rows, 1, "value", resolved, -1, 0);
		}
		callee->rows = CreateTupleDescCopy(rows);
	}
	ReleaseSysCache(tuple);
}

/* Fills in an aggregate's parts, with the types they really meet. */
static void
aggregate_set(Run *run, Aggregate *aggregate, Oid function)
{
	HeapTuple tuple = SearchSysCache1(AGGFNOID, ObjectIdGetDatum(function));
	Form_pg_aggregate form;
	Callee *callee = &aggregate->callee;
	Oid types[FUNC_MAX_ARGS];
	bool isnull;
	Datum start;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no aggregate %u", function);
	form = (Form_pg_aggregate) GETSTRUCT(tuple);
	aggregate->state_type = form->aggtranstype;
	get_typlenbyval(form->aggtranstype, &aggregate->state_length, &aggregate->state_byval);
	aggregate->final_extra = form->aggfinalextra;
	start = SysCacheGetAttr(AGGFNOID, tuple, Anum_pg_aggregate_agginitval, &isnull);
	aggregate->starts_null = isnull;
	if (!isnull)
	{
		Oid input, ioparam;

		getTypeInputInfo(form->aggtranstype, &input, &ioparam);
		aggregate->start = OidInputFunctionCall(input, TextDatumGetCString(start), ioparam, -1);
	}

	types[0] = form->aggtranstype;
	types[1] = form->aggtranstype;
	memcpy(types + 1, callee->argtypes, callee->nargs * sizeof(Oid));
	for (int i = TRANSITION; i <= DESERIAL; i++)
		aggregate->parts[i].name = callee->name;
	callee_set(run, &aggregate->parts[TRANSITION], form->aggtransfn, form->aggtranstype,
			   callee->nargs + 1, types);
	if (OidIsValid(form->aggfinalfn))
		callee_set(run, &aggregate->parts[FINAL], form->aggfinalfn, callee->rettype,
				   form->aggfinalextra ? callee->nargs + 1 : 1, types);
	types[1] = form->aggtranstype;
	if (OidIsValid(form->aggcombinefn))
		callee_set(run, &aggregate->parts[COMBINE], form->aggcombinefn, form->aggtranstype, 2,
				   types);
	if (OidIsValid(form->aggserialfn))
		callee_set(run, &aggregate->parts[SERIAL], form->aggserialfn, BYTEAOID, 1, types);
	types[0] = BYTEAOID;
	types[1] = INTERNALOID;
	if (OidIsValid(form->aggdeserialfn))
		callee_set(run, &aggregate->parts[DESERIAL], form->aggdeserialfn, INTERNALOID, 2, types);
	ReleaseSysCache(tuple);
}

/* Finds the functions, aggregates and argument values for the run's type. */
Sweep *
sweep_prepare(Run *run)
{
	Sweep *sweep = MemoryContextAllocZero(run->whole, sizeof(Sweep));
	Oid argtype = OIDOID;
	Datum type = ObjectIdGetDatum(subject_type(run));
	SPITupleTable *table;
	uint64 count;

	SPI_connect();
	load_shelves(run, sweep);
	if (SPI_execute_with_args(
			"SELECT p.oid FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t"
			" ON t.oid = $1 AND p.pronamespace = t.typnamespace"
			" WHERE ($1 = ANY (p.proargtypes) OR p.prorettype = $1)"
			" AND p.prokind IN ('f', 'a') AND p.provolatile <> 'v'"
			" AND p.oid NOT IN (t.typinput, t.typreceive)"
			" ORDER BY p.proname, p.oid::pg_catalog.regprocedure::pg_catalog.text COLLATE \"C\"",
			1, &argtype, &type, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "functions cannot be found");
	table = SPI_tuptable;
	count = SPI_processed;

	MemoryContextSwitchTo(run->whole);
	sweep->callees = palloc0((count + 1) * sizeof(Callee));
	sweep->aggregates = palloc0((count + 1) * sizeof(Aggregate));
	sweep->skipped = palloc0((count + 1) * sizeof(char *));
	sweep->printers = palloc0((count + 1) * 8 * sizeof(Printer));
	for (uint64 row = 0; row < count; row++)
	{
		bool isnull;
		Oid function =
			DatumGetObjectId(SPI_getbinval(table->vals[row], table->tupdesc, 1, &isnull));
		HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);
		Callee candidate = {0};
		const char *why;

		candidate.rettype = form->prorettype;
		candidate.nargs = form->pronargs;
		candidate.name = format_procedure(function);
		memcpy(candidate.argtypes, form->proargtypes.values, form->pronargs * sizeof(Oid));
		why = obstacle(run, sweep, &candidate);
		if (why != NULL)
			sweep->skipped[sweep->skipped_count++] = psprintf("%s: %s", candidate.name, why);
		else if (form->prokind == PROKIND_AGGREGATE)
		{
			Aggregate *aggregate = &sweep->aggregates[sweep->aggregate_count++];

			aggregate->callee = candidate;
			aggregate_set(run, aggregate, function);
			if (candidate.nargs == 1 && candidate.argtypes[0] == subject_type(run) &&
				candidate.rettype == subject_type(run) && aggregate->parts[DESERIAL].routine.exists)
				sweep->merger = aggregate;
		}
		else
			callee_set(run, &sweep->callees[sweep->callee_count++], function, candidate.rettype,
					   candidate.nargs, candidate.argtypes);
		ReleaseSysCache(tuple);
	}
	SPI_finish();
	return sweep;
}

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
static void
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
static void
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

static bool
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
		callee->routine.info.fn_extra = NULL;
		MemoryContextReset(callee->routine.cache);
		context = CreateStandaloneExprContext();
		set.econtext = context;
		set.expectedDesc = callee->rows;
		set.allowedModes = SFRM_ValuePerCall | SFRM_Materialize;
		set.returnMode = SFRM_ValuePerCall;
		fcinfo->resultinfo = (fmNodePtr) &set;
	}
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
static void
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
		{
			aggregate->parts[i].routine.info.fn_extra = NULL;
			MemoryContextReset(aggregate->parts[i].routine.cache);
		}
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
	if (!good && is_grave(failure.sqlstate, call->sound))
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
		{
			aggregate->parts[i].routine.info.fn_extra = NULL;
			MemoryContextReset(aggregate->parts[i].routine.cache);
		}
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

/* ---------------------------------------------------------------------------
 * Coverage
 * ---------------------------------------------------------------------------
 */

/* functions(type): what the sweep calls, and what it does not and why. */
Datum
cx_fuzz_functions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Sweep *sweep;
	Run *run;

	InitMaterializedSRF(fcinfo, 0);
	run = run_of_type(PG_GETARG_OID(0));
	sweep = run->sweep;
	for (int i = 0; i < sweep->callee_count + sweep->aggregate_count + sweep->skipped_count; i++)
	{
		bool called = i < sweep->callee_count + sweep->aggregate_count;
		Datum values[2];
		bool nulls[2] = {false};

		values[0] = CStringGetTextDatum(
			i < sweep->callee_count ? sweep->callees[i].name :
			called					? sweep->aggregates[i - sweep->callee_count].callee.name :
					 sweep->skipped[i - sweep->callee_count - sweep->aggregate_count]);
		values[1] = BoolGetDatum(called);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
