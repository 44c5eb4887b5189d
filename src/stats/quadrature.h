/*
 * quadrature.h
 *		Integrals of smooth functions.
 */
#ifndef CX_STATS_QUADRATURE_H
#define CX_STATS_QUADRATURE_H

#include "cx.h"

/* Gauss and Legendre's rule with 16 points on -1 to 1: the positive ones; it is symmetric */
#define CX_GAUSS_POINTS 8
extern const float8 cx_gauss_point[CX_GAUSS_POINTS];
extern const float8 cx_gauss_weight[CX_GAUSS_POINTS];

typedef float8 (*CxIntegrand)(float8 u, void *arg);

extern float8 cx_integrate_line(CxIntegrand f, void *arg, float8 centre, float8 scale);

#endif /* CX_STATS_QUADRATURE_H */
