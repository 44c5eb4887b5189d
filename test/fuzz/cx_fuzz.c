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
 *
 * Errors are caught in internal subtransactions, so that whatever a function
 * had open when it raised is closed properly.
 */
#include "postgres.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "access/toast_compression.h"
#include "access/toast_internals.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "parser/parse_func.h"
#include "portability/instr_time.h"
#include "storage/fd.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "cx_fuzz.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(cx_fuzz_run);
PG_FUNCTION_INFO_V1(cx_fuzz_targets);
PG_FUNCTION_INFO_V1(cx_fuzz_form);
PG_FUNCTION_INFO_V1(cx_fuzz_mutants);
PG_FUNCTION_INFO_V1(cx_fuzz_lost);

/*
 * Beyond these an input is suspicious although nothing failed, because inputs
 * are small.  A stored value may rightly hold much in few bytes, so it gets
 * more time and any memory; one whose check takes long meets few functions.
 */
#define SLOW_SECONDS 10.0
#define SLOW_DENSE_SECONDS 240.0
#define MEMORY_MAX ((Size) 64 * 1024 * 1024)
#define HEAVY_SECONDS 0.02
#define HEAVY_FUNCTIONS 3

/* Problems that are told apart; more would only repeat them. */
#define NOTES_MAX 200

/* An entry as it was given meets the functions around the type this often. */
#define REPLAYS 8

typedef enum Target
{
	TEXT_TARGET,
	BINARY_TARGET,
	STORED_TARGET,
	JSONB_TARGET,
	STATE_TARGET
} Target;

struct Subject
{
	Oid type;
	Oid ioparam;
	Routine in;
	Routine out;
	Routine recv;
	Routine send;
	Routine check;
	Routine from_jsonb;
	Routine to_jsonb;
};

/* ---------------------------------------------------------------------------
 * Guarded calls
 * ---------------------------------------------------------------------------
 */

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
		{
			run->running->info.fn_extra = NULL;
			MemoryContextReset(run->running->cache);
		}
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
static void
finish_attempts(Run *run)
{
	MemoryContext old = CurrentMemoryContext;

	if (run->inside)
		RollbackAndReleaseCurrentSubTransaction();
	run->inside = false;
	CurrentResourceOwner = run->owner;
	MemoryContextSwitchTo(old);
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
}

/* Calls a function whose arguments are filled in. */
Datum
routine_call(Run *run, Routine *routine, FunctionCallInfo fcinfo)
{
	Datum result;
	Routine *outer = run->running;

	/* what a function remembers from call to call must stay modest */
	if (routine->info.fn_extra != NULL &&
		MemoryContextMemAllocated(routine->cache, true) > 1024 * 1024)
	{
		routine->info.fn_extra = NULL;
		MemoryContextReset(routine->cache);
	}
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
	result = routine_call(run, routine, fcinfo);
	*isnull = fcinfo->isnull;
	return result;
}

/* Calls an input or receive function. */
static Datum
routine_enter(Run *run, Routine *routine, Datum argument)
{
	LOCAL_FCINFO(fcinfo, 3);
	Datum result;

	InitFunctionCallInfoData(*fcinfo, &routine->info, 3, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = ObjectIdGetDatum(run->subject->ioparam);
	fcinfo->args[1].isnull = false;
	fcinfo->args[2].value = Int32GetDatum(-1);
	fcinfo->args[2].isnull = false;
	result = routine_call(run, routine, fcinfo);
	if (fcinfo->isnull)
		elog(ERROR, "function %u returned NULL", routine->info.fn_oid);
	return result;
}

/* ---------------------------------------------------------------------------
 * Notes
 * ---------------------------------------------------------------------------
 */

/* Counts a case under outcome, subject and SQLSTATE; keeps the first one's detail and input. */
void
note(Run *run, const char *outcome, const char *subject, int sqlstate, const char *detail)
{
	int known = 0;
	Note **last = &run->notes;

	for (Note *n = run->notes; n != NULL; last = &n->next, n = n->next, known++)
		if (n->sqlstate == sqlstate && strcmp(n->outcome, outcome) == 0 &&
			strcmp(n->subject, subject) == 0)
		{
			n->cases++;
			return;
		}
	if (known < NOTES_MAX)
	{
		MemoryContext old = MemoryContextSwitchTo(run->whole);
		Note *n = palloc0(sizeof(Note));

		n->outcome = pstrdup(outcome);
		n->subject = pstrdup(subject);
		n->sqlstate = sqlstate;
		n->cases = 1;
		n->detail = detail == NULL ? NULL : pstrdup(detail);
		n->input.length = run->input.length;
		n->input.data = palloc(run->input.length + 1);
		memcpy(n->input.data, run->input.data, run->input.length);
		*last = n;
		MemoryContextSwitchTo(old);
	}
}

/* Notes something that must not happen. */
void
problem(Run *run, const char *subject, int sqlstate, const char *format, ...)
{
	char detail[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	if (length >= (int) sizeof(detail))
		detail[pg_mbcliplen(detail, sizeof(detail) - 1, sizeof(detail) - 1)] = '\0';
	note(run, "problem", subject, sqlstate, detail);
}

/* Notes that something took more memory than small inputs justify. */
void
watch_memory(Run *run, MemoryContext context, const char *subject, const char *what)
{
	Size size = MemoryContextMemAllocated(context, true);

	if (size > MEMORY_MAX && !run->dense)
		problem(run, subject, 0, "%s took %zu bytes", what, size);
}

/* Writes down what is about to be called. */
void
on_trial(Run *run, const char *what)
{
	strlcpy(run->witness->what, what, sizeof(run->witness->what));
}

/* Must this error never be seen?  A stored value that is not sound may be called corrupt. */
bool
is_grave(int sqlstate, bool sound)
{
	int class = ERRCODE_TO_CATEGORY(sqlstate);

	if (sqlstate == ERRCODE_DATA_CORRUPTED)
		return sound;
	return class == ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR) ||
		   class == ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) ||
		   class == ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR);
}

/* ---------------------------------------------------------------------------
 * The type under test
 * ---------------------------------------------------------------------------
 */

Oid
subject_type(const Run *run)
{
	return run->subject->type;
}

/* Finds the function that an explicit cast calls. */
static Oid
cast_function(Oid source, Oid target)
{
	Oid function;

	return find_coercion_pathway(target, source, COERCION_EXPLICIT, &function) ==
				   COERCION_PATH_FUNC ?
			   function :
			   InvalidOid;
}

/* Looks up what the type has: its own functions, casts, and schema.check(type) returning text. */
static Subject *
subject_prepare(Run *run, Oid type)
{
	Subject *subject = MemoryContextAllocZero(run->whole, sizeof(Subject));
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Form_pg_type form;
	Oid check;
	List *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no type %u", type);
	form = (Form_pg_type) GETSTRUCT(tuple);
	if (form->typlen != -1)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("type %s is not of variable length", format_type_be(type))));
	subject->type = type;
	subject->ioparam = getTypeIOParam(tuple);
	routine_set(run, &subject->in, form->typinput);
	routine_set(run, &subject->out, form->typoutput);
	routine_set(run, &subject->recv, form->typreceive);
	routine_set(run, &subject->send, form->typsend);
	name = list_make2(makeString(get_namespace_name(form->typnamespace)), makeString("check"));
	check = LookupFuncName(name, 1, &type, true);
	routine_set(run, &subject->check,
				OidIsValid(check) && get_func_rettype(check) == TEXTOID ? check : InvalidOid);
	routine_set(run, &subject->from_jsonb, cast_function(JSONBOID, type));
	routine_set(run, &subject->to_jsonb, cast_function(type, JSONBOID));
	ReleaseSysCache(tuple);
	return subject;
}

/* Are two values the same bytes, whatever their headers? */
bool
subject_same(Datum a, Datum b)
{
	struct varlena *x = PG_DETOAST_DATUM_PACKED(a), *y = PG_DETOAST_DATUM_PACKED(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
		   memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

/* Returns what schema.check says about a value; NULL when it is sound. */
char *
subject_check(Run *run, Datum value)
{
	bool isnull;
	Datum answer;

	if (!run->subject->check.exists)
		return NULL;
	answer = routine_call1(run, &run->subject->check, value, &isnull);
	return isnull ? NULL : TextDatumGetCString(answer);
}

/*
 * Makes a stored value of a payload: in a chunk that ends where the value ends,
 * behind a long or a short header or compressed, as heap tuples have them.
 */
Datum
subject_dress(Run *run, const char *payload, int length)
{
	struct varlena *value;
	Datum compressed;

	if (length + VARHDRSZ_SHORT <= VARATT_SHORT_MAX && rng_below(&run->rng, 2))
	{
		value = palloc(length + VARHDRSZ_SHORT);
		SET_VARSIZE_SHORT(value, length + VARHDRSZ_SHORT);
		memcpy(VARDATA_SHORT(value), payload, length);
		return PointerGetDatum(value);
	}
	value = palloc(length + VARHDRSZ);
	SET_VARSIZE(value, length + VARHDRSZ);
	memcpy(VARDATA(value), payload, length);
	if (rng_below(&run->rng, 8) == 0)
	{
		compressed = toast_compress_datum(PointerGetDatum(value), TOAST_PGLZ_COMPRESSION);
		if (DatumGetPointer(compressed) != NULL)
			return compressed;
	}
	return PointerGetDatum(value);
}

/* ---------------------------------------------------------------------------
 * Properties of a sound value
 * ---------------------------------------------------------------------------
 */

static Datum
receive(Run *run, bytea *bytes)
{
	StringInfoData message;
	Datum value;

	/* as the server does: the message is followed by a NUL byte */
	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	value = routine_enter(run, &run->subject->recv, PointerGetDatum(&message));
	if (message.cursor != message.len)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("incorrect binary data format")));
	return value;
}

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
		other = routine_enter(run, &subject->in, CStringGetDatum(text));
		if (!subject_same(value, other))
			problem(run, "text trip", 0, "another value came back from the text %.500s", text);
	}

	if (subject->recv.exists && subject->send.exists)
	{
		on_trial(run, "binary trip");
		bytes = DatumGetByteaPP(routine_call1(run, &subject->send, value, &isnull));
		other = receive(run, bytes);
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

/* ---------------------------------------------------------------------------
 * Targets
 * ---------------------------------------------------------------------------
 */

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
			trial->value = routine_enter(run, &subject->in, CStringGetDatum(text));
			break;
		case BINARY_TARGET:
			bytes = palloc(VARHDRSZ + trial->input->len);
			SET_VARSIZE(bytes, VARHDRSZ + trial->input->len);
			memcpy(VARDATA(bytes), trial->input->data, trial->input->len);
			trial->value = receive(run, bytes);
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
 * A way in must refuse with an error about data or limits, or, as core does,
 * about a message that ends too early.
 */
static bool
is_refusal(Target target, int sqlstate)
{
	int class = ERRCODE_TO_CATEGORY(sqlstate);

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

		if (!subject_same(trial->value, routine_enter(run, &subject->in, text)))
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
static bool
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
		if (!is_refusal(target, failure.sqlstate))
			problem(run, "way in", failure.sqlstate, "refused with an unfitting error: %s",
					failure.message);
	}

	if (seconds_since(start) > (run->dense ? SLOW_DENSE_SECONDS : SLOW_SECONDS))
		problem(run, "time", 0, "an input took %.1f seconds", seconds_since(start));
	watch_memory(run, run->scratch, "memory", "the way in");
	on_trial(run, "");
	return good;
}

static const char *const target_names[] = {"text", "binary", "stored", "jsonb", "state"};

static Target
target_named(const text *name)
{
	char *wanted = text_to_cstring(name);

	for (int i = 0; i < lengthof(target_names); i++)
		if (strcmp(wanted, target_names[i]) == 0)
			return (Target) i;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown target \"%s\"", wanted),
			 errhint("Targets are text, binary, stored, jsonb and state.")));
}

/* Does the type have this way in? */
static bool
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

static void
require_target(const Run *run, Target target)
{
	if (!has_target(run, target))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("type %s has no such way in", format_type_be(subject_type(run)))));
}

/* ---------------------------------------------------------------------------
 * The run
 * ---------------------------------------------------------------------------
 */

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

/* Maps a file that survives this backend; the data folder is the working directory. */
static Witness *
witness_open(char *path, size_t size)
{
	int file;
	Witness *witness;

	snprintf(path, size, "cx_fuzz.%d.lost", MyProcPid);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || ftruncate(file, sizeof(Witness)) != 0)
		ereport(ERROR,
				(errcode_for_file_access(), errmsg("could not create file \"%s\": %m", path)));
	witness = mmap(NULL, sizeof(Witness), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (witness == MAP_FAILED)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not map file \"%s\": %m", path)));
	return witness;
}

static void
report(Run *run, ReturnSetInfo *rsinfo)
{
	for (Note *n = run->notes; n != NULL; n = n->next)
	{
		Datum values[6];
		bool nulls[6] = {false};
		bytea *input = palloc(VARHDRSZ + n->input.length);

		SET_VARSIZE(input, VARHDRSZ + n->input.length);
		memcpy(VARDATA(input), n->input.data, n->input.length);
		values[0] = CStringGetTextDatum(n->outcome);
		values[1] = CStringGetTextDatum(n->subject);
		values[2] = CStringGetTextDatum(unpack_sql_state(n->sqlstate));
		values[3] = Int64GetDatum(n->cases);
		values[4] = n->detail == NULL ? 0 : CStringGetTextDatum(n->detail);
		nulls[4] = n->detail == NULL;
		values[5] = PointerGetDatum(input);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
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
				try_input(run, target, &input, 0, REPLAYS);
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

	report(run, (ReturnSetInfo *) fcinfo->resultinfo);
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
	for (int i = 0; i < lengthof(target_names); i++)
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
	Datum value = routine_enter(run, &run->subject->in, CStringGetDatum(literal));
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

/* mutants(target, seed, count, corpus): what run() would try, to look at. */
Datum
cx_fuzz_mutants(PG_FUNCTION_ARGS)
{
	Target target = target_named(PG_GETARG_TEXT_PP(0));
	uint64 seed = (uint64) PG_GETARG_INT64(1);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Pool pool;
	StringInfoData mutant;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	pool_fill(&pool, PG_GETARG_ARRAYTYPE_P(3));
	initStringInfo(&mutant);
	for (int64 i = 0; i < PG_GETARG_INT64(2); i++)
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

/* lost(): what was on trial in backends that ended in the middle of a run; forgets it. */
Datum
cx_fuzz_lost(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	DIR *folder;
	struct dirent *entry;
	Witness *witness = palloc(sizeof(Witness));

	InitMaterializedSRF(fcinfo, 0);
	folder = AllocateDir(".");
	while ((entry = ReadDir(folder, ".")) != NULL)
	{
		int pid, end = 0, file;
		Datum values[3];
		bool nulls[3] = {false};

		if (sscanf(entry->d_name, "cx_fuzz.%d.lost%n", &pid, &end) != 1 ||
			entry->d_name[end] != '\0' || end == 0)
			continue;
		file = OpenTransientFile(entry->d_name, O_RDONLY);
		if (file >= 0 && read(file, witness, sizeof(Witness)) == sizeof(Witness))
		{
			witness->what[sizeof(witness->what) - 1] = '\0';
			values[0] = Int32GetDatum(pid);
			values[1] = CStringGetTextDatum(witness->what);
			values[2] = PointerGetDatum(
				cstring_to_text_with_len(witness->input, Min(witness->length, WITNESS_MAX)));
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		if (file >= 0)
			CloseTransientFile(file);
		unlink(entry->d_name);
	}
	FreeDir(folder);
	return (Datum) 0;
}
