/*
 * symmetric.h
 *		Small dense symmetric matrices, stored in full by rows.
 */
#ifndef CX_STATS_SYMMETRIC_H
#define CX_STATS_SYMMETRIC_H

#include "cx.h"

extern void cx_symmetric_eigen(float8 *matrix, int size, float8 *values, float8 *vectors);
extern bool cx_symmetric_is_semidefinite(float8 *matrix, int size, float8 tolerance);

#endif /* CX_STATS_SYMMETRIC_H */
