/*
 * markov.h
 *		An absorbing Markov chain given by counts, solved exactly.
 */
#ifndef CX_FLOW_MARKOV_H
#define CX_FLOW_MARKOV_H

#include "cx.h"

#define CX_MAX_CHAIN_STATES 200000
#define CX_MAX_CHAIN_EDGES 4000000 /* at any time, those that arise on the way included */

typedef struct CxChain CxChain;

/* what becomes of those who start: shares of them, and value each brings */
typedef struct CxAbsorbed
{
	float8 conversion;
	float8 value;
} CxAbsorbed;

extern CxChain *cx_chain_new(uint64 states);
extern void cx_chain_set_parts(CxChain *chain, uint32 state, const uint32 *parts, uint32 count);
extern void cx_chain_add_edge(CxChain *chain, uint32 from, uint32 to, float8 weight);
extern void
cx_chain_add_end(CxChain *chain, uint32 state, float8 conversions, float8 others, float8 value);
extern CxAbsorbed cx_chain_solve(CxChain *chain, uint32 part_count, CxAbsorbed *without);

#endif /* CX_FLOW_MARKOV_H */
