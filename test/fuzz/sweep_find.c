/*
 * sweep_find.c
 *		Finds the functions around a type, and values for their arguments.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_aggregate.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "sweep.h"

PG_FUNCTION_INFO_V1(cx_fuzz_functions);

Shelf *
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
			" ON t.oid = $1 AND p.pronamespace IN (t.typnamespace, "
			"'cx_fuzz'::pg_catalog.regnamespace)"
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
