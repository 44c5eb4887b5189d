/*
 * wide.h
 *		Unsigned integers of 128 bits on every machine, as exact sums of decimal
 *		fractions: added up in any order, and taken away again, they leave no
 *		rounding behind.
 */
#ifndef CX_STATS_WIDE_H
#define CX_STATS_WIDE_H

#include "stats/json.h"

typedef struct CxWide
{
	uint64 high;
	uint64 low;
} CxWide;

/* Adds b to a; false, with a lost, if the sum does not fit. */
static inline bool
cx_wide_add(CxWide *a, CxWide b)
{
	uint64 high = a->high + b.high;
	bool fits = high >= b.high;

	a->low += b.low;
	a->high = high + (a->low < b.low);
	return fits && a->high >= high;
}

/* Takes b from a; false, with a lost, if b is greater. */
static inline bool
cx_wide_subtract(CxWide *a, CxWide b)
{
	bool fits = a->high > b.high || (a->high == b.high && a->low >= b.low);

	a->high -= b.high + (a->low < b.low);
	a->low -= b.low;
	return fits;
}

static inline bool
cx_wide_equal(CxWide a, CxWide b)
{
	return a.high == b.high && a.low == b.low;
}

static inline bool
cx_wide_is_zero(CxWide a)
{
	return (a.high | a.low) == 0;
}

/* The nearest float8, or a neighbour of it. */
static inline float8
cx_wide_float8(CxWide a)
{
	return ldexp((float8) a.high, 64) + (float8) a.low;
}

extern CxWide cx_wide_multiply(uint64 a, uint64 b);
extern uint32 cx_wide_divide(CxWide *a, uint32 divisor);
extern void cx_wide_put(StringInfo out, CxWide a, int places);
extern CxWide cx_json_wide(CxJson *json, CxJsonNode object, const char *key, int places);
extern CxWide cx_json_wide_at(CxJson *json, CxJsonNode array, int i, int places);

#endif /* CX_STATS_WIDE_H */
