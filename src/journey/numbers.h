/*
 * numbers.h
 *		Writing the number columns: value, lasted and ref.
 */
#ifndef CX_JOURNEY_NUMBERS_H
#define CX_JOURNEY_NUMBERS_H

#include "journey/layout.h"

/* a number column ready to be written */
typedef struct CxNumberPlan
{
	uint32 count;
	uint8 form;
	uint32 width;
	int64 base;
	uint64 *bits; /* by touch that has one */
} CxNumberPlan;

/* True when all numbers are multiples of unit. */
static inline bool
cx_divides_all(const uint64 *numbers, uint32 count, const uint64 unit)
{
	for (uint32 i = 0; i < count; i++)
		if (numbers[i] % unit != 0)
			return false;
	return true;
}

/* Divides all numbers by unit, which must divide them. */
static inline void
cx_divide_all(uint64 *numbers, uint32 count, const uint64 unit)
{
	for (uint32 i = 0; i < count; i++)
		numbers[i] /= unit;
}

extern void cx_plan_numbers(CxNumberPlan *plan, int column, const CxTouch *touches, uint32 count);
extern size_t cx_numbers_size(const CxNumberPlan *plan, uint32 touch_count);
extern uint8 *cx_write_numbers(uint8 *at, const CxNumberPlan *plan, int column,
							   const CxTouch *touches, uint32 touch_count);

#endif /* CX_JOURNEY_NUMBERS_H */
