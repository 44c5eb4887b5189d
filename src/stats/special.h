/*
 * special.h
 *		Special functions: gamma and its kin, differences of them that stay exact
 *		for large arguments, Gauss' hypergeometric function with a 1.
 */
#ifndef CX_STATS_SPECIAL_H
#define CX_STATS_SPECIAL_H

#include "cx.h"

/* a function of one argument there: its value and its first two derivatives */
typedef struct CxJet
{
	float8 value;
	float8 first;
	float8 second;
} CxJet;

extern CxJet cx_log_gamma(float8 z);
extern CxJet cx_log_rising(float8 z, float8 n);
extern float8 cx_log_add(float8 a, float8 b);
extern float8 cx_incomplete_beta(float8 a, float8 b, float8 x, float8 rest);
extern float8 cx_hypergeometric_1(float8 b, float8 c, float8 z);

#endif /* CX_STATS_SPECIAL_H */
