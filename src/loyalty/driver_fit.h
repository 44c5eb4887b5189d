/*
 * driver_fit.h
 *		The regression in a summary of drivers, and how much each driver weighs.
 */
#ifndef CX_LOYALTY_DRIVER_FIT_H
#define CX_LOYALTY_DRIVER_FIT_H

#include "loyalty/driver.h"

/* an eigenvalue of the correlations at most this part of the largest is zero */
#define CX_COLLINEAR 1e-12
#define CX_MAX_SHAPLEY 20

typedef enum CxDriverMethod
{
	CX_DRIVER_JOHNSON,
	CX_DRIVER_SHAPLEY,
	CX_DRIVER_CAR,
	CX_DRIVER_PRATT,
	CX_DRIVER_FIRST,
	CX_DRIVER_LAST,
	CX_DRIVER_BETA_SQUARED,
	CX_DRIVER_METHOD_COUNT
} CxDriverMethod;

/* of the drivers that vary; NAN in what is not known */
typedef struct CxDriverFit
{
	int count;			  /* drivers that vary */
	int *drivers;		  /* which, from 0 */
	int rank;			  /* how many do not depend on others */
	bool outcome_varies;  /* or else nothing below is known, but for eigenvalues and inflation */
	float8 *correlations; /* among drivers, count * count */
	float8 *with_outcome; /* correlations with the outcome */
	float8 *values;		  /* eigenvalues of the correlations */
	float8 *vectors;	  /* columns are eigenvectors */
	float8 *standardized; /* coefficients; if all vary by themselves */
	float8 *inflation;	  /* of variances of coefficients; likewise */
	float8 r_squared;
	float8 freedom;	  /* degrees of freedom that are left */
	float8 condition; /* number of the standardized drivers */
} CxDriverFit;

extern const char *const cx_driver_method_names[CX_DRIVER_METHOD_COUNT];

extern CxDriverFit cx_driver_fit(const CxDriverSummary *summary);
extern float8 *cx_driver_weights(const CxDriverFit *fit, CxDriverMethod method);
extern float8 *cx_driver_shapley(const CxDriverFit *fit);

#endif /* CX_LOYALTY_DRIVER_FIT_H */
