/*
 * lookup.h
 *		Arguments of the look-up functions.
 */
#ifndef CX_OWNERSHIP_LOOKUP_H
#define CX_OWNERSHIP_LOOKUP_H

#include "ownership/rules.h"

extern CxSpan cx_span_argument(FunctionCallInfo fcinfo, int argument);
extern CxSpan cx_territory_argument(FunctionCallInfo fcinfo, int argument);
extern TimestampTz cx_known_at_argument(FunctionCallInfo fcinfo, int argument);

#endif /* CX_OWNERSHIP_LOOKUP_H */
