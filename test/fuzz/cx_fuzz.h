/*
 * cx_fuzz.h
 *		What the parts of the fuzzer share: the run, its notes, guarded calls.
 */
#ifndef CX_FUZZ_H
#define CX_FUZZ_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/execnodes.h"
#include "utils/resowner.h"

#include "mutate.h"

/* What is on trial right now, in a file that outlives a crash of the backend. */
#define WITNESS_MAX (1024 * 1024)
typedef struct Witness
{
	char what[512]; /* the call under way */
	uint32 length;	/* of the whole input, even where it was cut */
	char input[WITNESS_MAX];
} Witness;

/* A function with a cache of its own, which an error in it empties. */
typedef struct Routine
{
	FmgrInfo info;
	MemoryContext cache;
	bool exists;
	bool bound; /* it promises to raise these errors only */
	int promised_count;
	const int *promised; /* SQLSTATEs */
} Routine;

/* Why a guarded step failed. */
typedef struct Failure
{
	int sqlstate;
	const char *message;
} Failure;

/* A line of the report: how often something happened, and the first input that did it. */
typedef struct Note
{
	struct Note *next;
	const char *outcome;
	const char *subject;
	int sqlstate;
	int64 cases;
	char *detail;
	Blob input;
} Note;

/* The type under test. */
typedef struct Subject
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
} Subject;

typedef struct Sweep Sweep; /* the functions around it: see sweep.h */

typedef struct Run
{
	MemoryContext whole;   /* lives as long as the run */
	MemoryContext scratch; /* lives as long as one input */
	MemoryContext call;	   /* lives as long as one call of a function around the type */
	MemoryContext work;	   /* one of these two: where steps allocate */
	ResourceOwner owner;
	bool inside;	  /* an internal subtransaction is open */
	bool dense;		  /* inputs are stored values or states */
	Routine *running; /* whose cache a failure empties */
	Rng rng;		  /* of the input on trial */
	Blob input;		  /* as the target took it */
	Note *notes;
	Witness *witness;
	Subject *subject;
	Sweep *sweep;
} Run;

typedef void (*Step)(Run *run, void *argument);

/* A way into the type. */
typedef enum Target
{
	TEXT_TARGET,
	BINARY_TARGET,
	STORED_TARGET,
	JSONB_TARGET,
	STATE_TARGET
} Target;

#define TARGETS (STATE_TARGET + 1)

/* guard.c */
extern bool attempt(Run *run, Step step, void *argument, Failure *failure);
extern void finish_attempts(Run *run);
extern void routine_set(Run *run, Routine *routine, Oid function);
extern bool routine_may_raise(const Routine *routine, int sqlstate, bool sound);
extern void routine_forget(Routine *routine);
extern void routine_trim(Routine *routine);
extern Datum routine_call(Run *run, Routine *routine, FunctionCallInfo fcinfo);
extern Datum routine_call1(Run *run, Routine *routine, Datum argument, bool *isnull);

/* notes.c */
extern void
note(Run *run, const char *outcome, const char *subject, int sqlstate, const char *detail);
extern void problem(Run *run, const char *subject, int sqlstate, const char *format, ...)
	pg_attribute_printf(4, 5);
extern void watch_memory(Run *run, MemoryContext context, const char *subject, const char *what);
extern bool is_grave(int sqlstate, bool sound);
extern void report_notes(Run *run, ReturnSetInfo *rsinfo);
extern void on_trial(Run *run, const char *what);
extern Witness *witness_open(char *path, size_t size);

/* subject.c */
extern Subject *subject_prepare(Run *run, Oid type);
extern Oid subject_type(const Run *run);
extern bool subject_same(Datum a, Datum b);
extern char *subject_check(Run *run, Datum value);
extern Datum subject_dress(Run *run, const char *payload, int length);
extern Datum subject_enter(Run *run, Routine *routine, Datum argument);
extern Datum subject_receive(Run *run, bytea *bytes);

/* trial.c */
extern const char *const target_names[TARGETS];
extern Target target_named(const text *name);
extern bool has_target(const Run *run, Target target);
extern void require_target(const Run *run, Target target);
extern bool try_input(Run *run, Target target, StringInfo input, int functions, int rounds);

/* cx_fuzz.c */
extern Run *run_of_type(Oid type);

/* sweep_find.c, sweep.c, sweep_aggregate.c */
extern Sweep *sweep_prepare(Run *run);
extern void sweep_call(Run *run, Datum value, bool sound, int how_many);
extern bool sweep_has_states(const Run *run);
extern bytea *sweep_state_of(Run *run, Datum value);
extern Datum sweep_enter_state(Run *run, bytea *state, bool *isnull);

#endif /* CX_FUZZ_H */
