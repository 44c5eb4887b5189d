/*
 * match.h
 *		Where a pattern matches a journey: exact, in time linear in touches
 *		times ports, whatever the pattern.
 */
#ifndef CX_PATTERN_MATCH_H
#define CX_PATTERN_MATCH_H

#include "journey/touches.h"
#include "pattern/program.h"

#include "utils/timestamp.h"

#define CX_NO_MATCH PG_INT64_MAX
#define CX_FEW_SYMBOLS 64

/* whether a pattern matches, as far as is known at some time */
typedef enum CxState
{
	CX_STATE_NO,
	CX_STATE_PENDING,
	CX_STATE_YES
} CxState;

/* what a program and a journey have in common */
typedef struct CxScan
{
	const CxProgram *program;
	const CxView *view;
	CxDictionary *dictionary; /* cx_scan_dictionary makes it */
	uint32 count;			  /* touches to look at, from the first */
	uint32 words;			  /* of 64 selectors */
	uint64 *yes;			  /* by symbol: selectors that fit all its touches */
	uint64 *maybe;			  /* by symbol: selectors that look at the touch's numbers */
	bool any_maybe;
	CxTouch *touches;			/* only if any_maybe */
	uint64 few[CX_FEW_SYMBOLS]; /* yes of small journeys */
} CxScan;

extern bool cx_scan_begin(CxScan *scan, const CxProgram *program, const CxView *view);
extern void cx_check_as_of(TimestampTz as_of);
extern void cx_scan_cut(CxScan *scan, TimestampTz as_of);
extern CxDictionary *cx_scan_dictionary(CxScan *scan);
extern bool cx_scan_fits(CxScan *scan, int selector, uint32 touch);
extern bool cx_scan_exists(CxScan *scan);
extern CxState cx_scan_state(CxScan *scan, TimestampTz as_of);
extern int64 *cx_scan_ends(CxScan *scan);
extern uint32 cx_scan_path(CxScan *scan, uint32 start, uint32 end, uint32 *path);

#endif /* CX_PATTERN_MATCH_H */
