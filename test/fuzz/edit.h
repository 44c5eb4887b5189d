/*
 * edit.h
 *		What the mutators of bytes, text and jsonb share.
 */
#ifndef CX_FUZZ_EDIT_H
#define CX_FUZZ_EDIT_H

#include "mutate.h"

extern int some_length(Rng *rng, int max);
extern int some_depth(Rng *rng);

extern int some_token(Rng *rng, const StringInfo text, int *length);
extern Blob other_token(Rng *rng, const Pool *pool);

extern void edit_splice(StringInfo buffer, int at, int length, const char *with, int with_length);
extern void keep_short(StringInfo buffer, int origin);
extern void mutate_by_grammar(Rng *rng, const Grammar *grammar, StringInfo text);
extern void mutate_bytes_once(Rng *rng, const Pool *pool, StringInfo bytes);

#endif /* CX_FUZZ_EDIT_H */
