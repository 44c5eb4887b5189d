/*
 * conformance.h
 *		How well a journey follows an ideal path: their best alignment.
 */
#ifndef CX_FLOW_CONFORMANCE_H
#define CX_FLOW_CONFORMANCE_H

#include "pattern/match.h"

/* what an alignment says; all touches are of one of the four kinds */
typedef struct CxConformance
{
	uint32 aligned;		 /* touches that stand for a step */
	uint32 repeated;	 /* fit a step for which an earlier touch stands */
	uint32 out_of_order; /* fit only steps for which no earlier touch stands */
	uint32 unexpected;	 /* fit no step */
	bool *taken;		 /* by step: a touch stands for it */
	int32 *surprises;	 /* labels of unexpected touchpoints as they first appear */
	uint32 surprise_count;
} CxConformance;

extern void cx_conform(CxScan *scan, CxConformance *result);

#endif /* CX_FLOW_CONFORMANCE_H */
