/*
 * pattern.h
 *		The types cx.selector and cx.pattern as the SQL functions see them.
 *
 * Stored form of both: version byte 1, then the normal form as text.  They are
 * compiled where they are used, once a call site as long as they stay the same.
 */
#ifndef CX_PATTERN_PATTERN_H
#define CX_PATTERN_PATTERN_H

#include "pattern/match.h"

extern const CxProgram *cx_call_program(FunctionCallInfo fcinfo, int argument);
extern const CxProgram *cx_call_selector(FunctionCallInfo fcinfo, int argument);
extern const CxProgram *cx_stored_program(Datum stored);

#endif /* CX_PATTERN_PATTERN_H */
