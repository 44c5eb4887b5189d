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

#include "utils/timestamp.h"

extern const CxProgram *cx_call_program(FunctionCallInfo fcinfo, int argument);
extern CxPattern *cx_stored_pattern(Datum stored);
extern void cx_check_lookback(Interval *lookback);

#endif /* CX_PATTERN_PATTERN_H */
