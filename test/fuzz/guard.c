/*
 * guard.c
 *		Guarded calls: steps whose errors are caught, and functions that are
 *		called many times.
 *
 * Errors are caught in internal subtransactions, so that whatever a function
 * had open when it raised is closed properly.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"

#include "cx_fuzz.h"

/*
 * Runs a step; returns false and fills in why when it raised an error.  The
 * step's allocations, and the failure's message, live in the work context.
 * The subtransaction stays open for the next step until one fails.
 */
bool
attempt(Run *run, Step step, void *argument, Failure *failure)
{
	MemoryContext old = CurrentMemoryContext;
	volatile bool good = false;

	if (!run->inside)
	{
		BeginInternalSubTransaction(NULL);
		run->inside = true;
	}
	MemoryContextSwitchTo(run->work);
	run->running = NULL;
	PG_TRY();
	{
		step(run, argument);
		good = true;
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(run->work);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		run->inside = false;
		CurrentResourceOwner = run->owner;
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			error->sqlerrcode == ERRCODE_ADMIN_SHUTDOWN)
			ReThrowError(error);
		if (run->running != NULL)
			routine_forget(run->running);
		failure->sqlstate = error->sqlerrcode;
		failure->message = error->detail == NULL ?
							   error->message :
							   psprintf("%s (%s)", error->message, error->detail);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old);
	return good;
}

/* Closes the open subtransaction, if any. */
void
finish_attempts(Run *run)
{
	MemoryContext old = CurrentMemoryContext;

	if (run->inside)
		RollbackAndReleaseCurrentSubTransaction();
	run->inside = false;
	CurrentResourceOwner = run->owner;
	MemoryContextSwitchTo(old);
}

/* Reads what a function promises in cx_fuzz.contract. */
static void
read_contract(Run *run, Routine *routine, Oid function)
{
	Oid argtype = OIDOID;
	Datum argument = ObjectIdGetDatum(function);
	MemoryContext old;
	int *codes;

	SPI_connect();
	if (SPI_execute_with_args("SELECT code FROM cx_fuzz.contract"
							  " LEFT JOIN LATERAL pg_catalog.unnest(codes) AS code ON true"
							  " WHERE function::pg_catalog.oid OPERATOR(pg_catalog.=) $1",
							  1, &argtype, &argument, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cx_fuzz.contract cannot be read");
	old = MemoryContextSwitchTo(run->whole);
	routine->bound = SPI_processed > 0;
	routine->promised = codes = palloc0((SPI_processed + 1) * sizeof(int));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char *code = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);

		if (code != NULL && strlen(code) == 5)
			codes[routine->promised_count++] =
				MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4]);
	}
	MemoryContextSwitchTo(old);
	SPI_finish();
}

/*
 * May a function raise this?  What promises nothing may raise all but what no
 * function may; a stored value that is not sound may be called corrupt.
 */
bool
routine_may_raise(const Routine *routine, int sqlstate, bool sound)
{
	if (is_grave(sqlstate, sound))
		return false;
	if (!routine->bound || sqlstate == ERRCODE_DATA_CORRUPTED)
		return true;
	for (int i = 0; i < routine->promised_count; i++)
		if (routine->promised[i] == sqlstate)
			return true;
	return false;
}

/* Prepares a function for many calls. */
void
routine_set(Run *run, Routine *routine, Oid function)
{
	routine->exists = OidIsValid(function);
	if (!routine->exists)
		return;
	routine->cache = AllocSetContextCreate(run->whole, "cx_fuzz function", ALLOCSET_SMALL_SIZES);
	fmgr_info_cxt(function, &routine->info, run->whole);
	routine->info.fn_mcxt = routine->cache;
	read_contract(run, routine, function);
}

/* Lets a function forget what it remembers from call to call. */
void
routine_forget(Routine *routine)
{
	routine->info.fn_extra = NULL;
	MemoryContextReset(routine->cache);
}

/* The same once that is no longer modest; not while something points to it. */
void
routine_trim(Routine *routine)
{
	if (routine->info.fn_extra != NULL &&
		MemoryContextMemAllocated(routine->cache, true) > 1024 * 1024)
		routine_forget(routine);
}

/* Calls a function whose arguments are filled in. */
Datum
routine_call(Run *run, Routine *routine, FunctionCallInfo fcinfo)
{
	Datum result;
	Routine *outer = run->running;

	run->running = routine;
	result = FunctionCallInvoke(fcinfo);
	run->running = outer;
	return result;
}

/* Calls a function of one argument. */
Datum
routine_call1(Run *run, Routine *routine, Datum argument, bool *isnull)
{
	LOCAL_FCINFO(fcinfo, 1);
	Datum result;

	InitFunctionCallInfoData(*fcinfo, &routine->info, 1, DEFAULT_COLLATION_OID, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	routine_trim(routine);
	result = routine_call(run, routine, fcinfo);
	*isnull = fcinfo->isnull;
	return result;
}
