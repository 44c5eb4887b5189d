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

#include "utils/array.h"
#include "utils/timestamp.h"

#define CX_MAX_STEPS 1000 /* of a list of selectors */

extern const CxProgram *cx_call_program(FunctionCallInfo fcinfo, int argument);
extern const CxProgram *cx_call_selector(FunctionCallInfo fcinfo, int argument);
extern const CxProgram *cx_stored_program(Datum stored);
extern CxProgram *cx_parse_steps(ArrayType *steps, const char *what);
extern void cx_check_lookback(Interval *lookback);

#endif /* CX_PATTERN_PATTERN_H */
