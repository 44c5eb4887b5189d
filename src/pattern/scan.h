/*
 * scan.h
 *		What a program and a journey have in common.
 */
#ifndef CX_PATTERN_SCAN_H
#define CX_PATTERN_SCAN_H

#include "journey/touches.h"
#include "pattern/program.h"

#include "utils/timestamp.h"

#define CX_FEW_SYMBOLS 64
#define CX_HIT_BLOCK 48 /* and the symbols of a load behind it: at most 64 bits */

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
	uint64 found;				/* the first 64 selectors that fit some symbol */
	CxTouch *touches;			/* only if any_maybe */
	uint64 few[CX_FEW_SYMBOLS]; /* yes of small journeys */
	uint8 hit[CX_FEW_SYMBOLS]; /* of these 1 for a symbol that fits a selector, or does not exist */
} CxScan;

extern bool cx_scan_begin(CxScan *scan, const CxProgram *program, const CxView *view);
extern void cx_scan_begin_all(CxScan *scan, const CxProgram *program, const CxView *view);
extern void cx_check_as_of(TimestampTz as_of);
extern void cx_scan_cut(CxScan *scan, TimestampTz as_of);
extern CxDictionary *cx_scan_dictionary(CxScan *scan);
extern bool cx_scan_fits(CxScan *scan, int selector, uint32 touch);
extern uint64 cx_scan_hits(const CxScan *scan, uint32 first, uint32 count);

/* True when cx_scan_hits works, and cx_scan_offset. */
static inline bool
cx_scan_has_hits(const CxScan *scan)
{
	return scan->words == 1 && !scan->any_maybe && scan->view->times.width <= 57;
}

/* The time of a touch, in the journey's unit, from its first. */
static inline int64
cx_scan_offset(const CxScan *scan, uint32 touch)
{
	return cx_bits_get_narrow(&scan->view->times, touch);
}

#endif /* CX_PATTERN_SCAN_H */
