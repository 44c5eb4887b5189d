/*
 * interval.h
 *		Confidence intervals, and the normal distribution that they rest on.
 */
#ifndef CX_STATS_INTERVAL_H
#define CX_STATS_INTERVAL_H

#include "cx.h"

extern float8 cx_normal_cdf(float8 x);
extern float8 cx_normal_quantile(float8 p);
extern float8 cx_confidence_z(float8 confidence);
extern void cx_wilson(float8 successes, float8 trials, float8 z, float8 *low, float8 *high);
extern float8 cx_newcombe(float8 a_successes, float8 a_trials, float8 b_successes, float8 b_trials,
						  float8 z, float8 *low, float8 *high);

#endif /* CX_STATS_INTERVAL_H */
