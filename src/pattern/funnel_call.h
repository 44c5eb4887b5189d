/*
 * funnel_call.h
 *		The arguments of the funnel functions, parsed once a call site.
 */
#ifndef CX_PATTERN_FUNNEL_CALL_H
#define CX_PATTERN_FUNNEL_CALL_H

#include "pattern/funnel.h"

extern bool cx_is_window(const Interval *within);
extern const CxFunnel *cx_call_funnel(FunctionCallInfo fcinfo, int position);

#endif /* CX_PATTERN_FUNNEL_CALL_H */
