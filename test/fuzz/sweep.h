/*
 * sweep.h
 *		What the parts of the sweep share: the functions around a type, and a
 *		call of one.
 */
#ifndef CX_FUZZ_SWEEP_H
#define CX_FUZZ_SWEEP_H

#include "cx_fuzz.h"

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

extern Shelf *shelf_of(Sweep *sweep, Oid type);
extern void make_up(Run *run, Call *call);
extern bool any_null(const Call *call);
extern void judge(Run *run, Call *call, Oid type, Datum value);
extern void call_aggregate(Run *run, void *argument);

#endif /* CX_FUZZ_SWEEP_H */
