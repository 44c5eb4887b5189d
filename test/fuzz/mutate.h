/*
 * mutate.h
 *		Deterministic mutation of bytes, text and jsonb.
 *
 * Knows nothing about any type: what it needs to know about a grammar it
 * learns from the entries it is given, and from rules if there are some.
 */
#ifndef CX_FUZZ_MUTATE_H
#define CX_FUZZ_MUTATE_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

typedef struct Rng
{
	uint64 state;
} Rng;

/* A string of bytes, not terminated. */
typedef struct Blob
{
	char *data;
	int length;
} Blob;

typedef struct Grammar Grammar; /* see grammar.c */

/*
 * The entries that mutation starts from: what the caller gave, followed by
 * accepted mutants that replace one another.
 */
typedef struct Pool
{
	Blob *entries;
	int given;
	int count;
	int capacity;
	Blob *tokens; /* of the given entries, distinct */
	int token_count;
	Grammar *grammar; /* of the text; NULL: only the tokens are known */
} Pool;

extern void rng_start(Rng *rng, uint64 seed, uint64 stream);
extern uint64 rng_next(Rng *rng);
extern uint32 rng_below(Rng *rng, uint32 n);

extern void pool_learn_tokens(Pool *pool);
extern const Blob *pool_pick(const Pool *pool, Rng *rng);
extern void pool_adopt(Pool *pool, Rng *rng, const char *data, int length);

extern Grammar *grammar_load(Oid type, MemoryContext context);

extern void mutate_bytes(Rng *rng, const Pool *pool, StringInfo bytes);
extern void mutate_text(Rng *rng, const Pool *pool, StringInfo text);
extern Jsonb *mutate_jsonb(Rng *rng, const Pool *pool, Jsonb *jsonb);

#endif /* CX_FUZZ_MUTATE_H */
