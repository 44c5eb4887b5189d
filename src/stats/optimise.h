/*
 * optimise.h
 *		Maximum likelihood for a few positive parameters.
 */
#ifndef CX_STATS_OPTIMISE_H
#define CX_STATS_OPTIMISE_H

#include "cx.h"

#define CX_MAX_TERMS 4

/* a function of several parameters at a point: its value and derivatives */
typedef struct CxExpansion
{
	float8 value;
	float8 gradient[CX_MAX_TERMS];
	float8 hessian[CX_MAX_TERMS][CX_MAX_TERMS]; /* [i][j] with i <= j */
} CxExpansion;

/* Sets all of an expansion; values that are not finite say that the point is out of range. */
typedef void (*CxLikelihood)(const float8 *parameters, CxExpansion *at, void *arg);

/* how a fit ended; stored values have these numbers */
typedef enum CxFitStatus
{
	CX_FIT_NONE,	  /* there was none: the parameters are given */
	CX_FIT_CONVERGED, /* at a maximum */
	CX_FIT_BOUNDARY, /* the likelihood hardly changes when a parameter grows or shrinks without end */
	CX_FIT_STOPPED	 /* after the last step that is allowed, or none made it better */
} CxFitStatus;

typedef struct CxFit
{
	CxFitStatus status;
	float8 parameters[CX_MAX_TERMS];
	float8 std_errors[CX_MAX_TERMS]; /* only if converged */
	float8 log_likelihood;
} CxFit;

extern void cx_fit_positive(CxFit *fit, int terms, CxLikelihood likelihood, void *arg);

#endif /* CX_STATS_OPTIMISE_H */
