/*
 * cache.h
 *		Compiled rules, kept by the token of the configuration.
 */
#ifndef CX_OWNERSHIP_CACHE_H
#define CX_OWNERSHIP_CACHE_H

#include "ownership/rules.h"

extern CxRules *cx_call_rules(FunctionCallInfo fcinfo);
extern void cx_rules_load(CxRules *rules);

#endif /* CX_OWNERSHIP_CACHE_H */
