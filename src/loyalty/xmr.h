/*
 * xmr.h
 *		Control charts of single values and their moving ranges (XmR).
 */
#ifndef CX_LOYALTY_XMR_H
#define CX_LOYALTY_XMR_H

#include "cx.h"

/* a measurement */
typedef struct CxXmrPoint
{
	int64 at;
	float8 value;
} CxXmrPoint;

/* the lines of a chart; those other than the mean are there from two points on */
typedef struct CxXmrLimits
{
	float8 mean;
	float8 range; /* mean or median moving range */
	float8 lower;
	float8 upper;
	float8 range_upper;
} CxXmrLimits;

/* what speaks against mere chance at a point */
#define CX_XMR_OUTSIDE 0x01
#define CX_XMR_RANGE 0x02
#define CX_XMR_RUN 0x04
#define CX_XMR_TREND 0x08
#define CX_XMR_TWO_OF_THREE 0x10
#define CX_XMR_SIGNALS 5

extern CxXmrLimits cx_xmr_limits(const CxXmrPoint *points, uint32 count, bool median);
extern uint8 *cx_xmr_signals(const CxXmrPoint *points, uint32 count, const CxXmrLimits *limits,
							 uint32 run_length, uint32 trend_length);

#endif /* CX_LOYALTY_XMR_H */
