/*
 * apportion.h
 *		Dividing an amount by weights so that the parts add up to it exactly.
 */
#ifndef CX_STATS_APPORTION_H
#define CX_STATS_APPORTION_H

#include "cx.h"

extern bool
cx_apportion(float8 amount, float8 whole, const float8 *weights, uint32 count, float8 *parts);

#endif /* CX_STATS_APPORTION_H */
