/*
 * cache.h
 *		What was compiled out of configuration tables, kept by their token.
 */
#ifndef CX_OWNERSHIP_CACHE_H
#define CX_OWNERSHIP_CACHE_H

#include "ownership/rules.h"

/* a kind of compiled copies */
typedef struct CxCompiled
{
	const char *const *tables; /* that it is made of, in schema cx; ends with NULL */
	void *(*compile)(MemoryContext context);
} CxCompiled;

extern void *cx_call_compiled(FunctionCallInfo fcinfo, const CxCompiled *kind);
extern CxRules *cx_call_rules(FunctionCallInfo fcinfo);
extern void cx_rules_load(CxRules *rules);

#endif /* CX_OWNERSHIP_CACHE_H */
