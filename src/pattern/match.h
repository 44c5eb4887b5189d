/*
 * match.h
 *		Where a pattern matches a journey: exact, in time linear in touches
 *		times ports, whatever the pattern.
 */
#ifndef CX_PATTERN_MATCH_H
#define CX_PATTERN_MATCH_H

#include "pattern/scan.h"

#define CX_NO_MATCH PG_INT64_MAX

/* whether a pattern matches, as far as is known at some time */
typedef enum CxState
{
	CX_STATE_NO,
	CX_STATE_PENDING,
	CX_STATE_YES
} CxState;

extern bool cx_scan_exists(CxScan *scan);
extern CxState cx_scan_state(CxScan *scan, TimestampTz as_of);
extern int64 *cx_scan_ends(CxScan *scan);
extern uint32 cx_scan_path(CxScan *scan, uint32 start, uint32 end, uint32 *path);

#endif /* CX_PATTERN_MATCH_H */
