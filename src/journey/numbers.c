/*
 * numbers.c
 *		Writing the number columns: value, lasted and ref.
 */
#include "journey/numbers.h"

/*
 * Turns values into integers times a power of ten, if that gives back every
 * one of them to the last bit; otherwise takes them as they are.
 */
static void
plan_values(CxNumberPlan *plan, const float8 *values)
{
	const float8 most = 1125899906842624.0; /* 2^50: products round rightly */
	int digits = 0;

	for (uint32 i = 0; i < plan->count; i++)
	{
		while (digits <= CX_MAX_DIGITS)
		{
			float8 scaled = rint(values[i] * cx_powers_of_ten[digits]);

			if (fabs(scaled) > most)
				digits = CX_MAX_DIGITS;
			else if (scaled / cx_powers_of_ten[digits] == values[i])
				break;
			digits++;
		}
	}
	for (uint32 i = 0; i < plan->count && digits <= CX_MAX_DIGITS; i++)
	{
		float8 scaled = rint(values[i] * cx_powers_of_ten[digits]);

		if (fabs(scaled) > most || scaled / cx_powers_of_ten[digits] != values[i])
			digits = CX_MAX_DIGITS + 1;
		else
			plan->bits[i] = (uint64) (int64) scaled;
	}
	if (digits > CX_MAX_DIGITS)
	{
		plan->form |= CX_NUMBERS_RAW;
		plan->width = 64;
		memcpy(plan->bits, values, plan->count * sizeof(float8));
	}
	else
		plan->form |= digits;
}

/* Finds the largest unit of time that divides all durations, and divides them. */
static void
plan_durations(CxNumberPlan *plan)
{
	int unit = CX_LASTED_UNITS - 1;

	while (unit > 0 && !cx_divides_all(plan->bits, plan->count, cx_lasted_units[unit]))
		unit--;
	cx_divide_all(plan->bits, plan->count, cx_lasted_units[unit]);
	plan->form |= unit;
}

/* Subtracts the smallest number from all. */
static void
subtract_base(CxNumberPlan *plan)
{
	uint64 range = 0;

	plan->base = (int64) plan->bits[0];
	for (uint32 i = 1; i < plan->count; i++)
		plan->base = Min(plan->base, (int64) plan->bits[i]);
	for (uint32 i = 0; i < plan->count; i++)
	{
		plan->bits[i] -= (uint64) plan->base;
		range = Max(range, plan->bits[i]);
	}
	plan->width = cx_bit_width(range);
}

/* Prepares a number column of the sorted touches; it must have a number. */
void
cx_plan_numbers(CxNumberPlan *plan, int column, const CxTouch *touches, uint32 count)
{
	float8 *values = NULL;

	plan->count = 0;
	plan->form = 0;
	plan->bits = cx_palloc_array(uint64, count);
	if (column == CX_VALUE)
		values = cx_palloc_array(float8, count);
	for (uint32 i = 0; i < count; i++)
	{
		if ((touches[i].has & (1 << column)) == 0)
			continue;
		if (column == CX_VALUE)
			values[plan->count] = touches[i].value;
		else
			plan->bits[plan->count] = column == CX_LASTED ? touches[i].lasted : touches[i].ref;
		plan->count++;
	}
	if (plan->count < count)
		plan->form |= CX_NUMBERS_SPARSE;
	if (column == CX_VALUE)
	{
		plan_values(plan, values);
		pfree(values);
	}
	else if (column == CX_LASTED)
		plan_durations(plan);
	if ((plan->form & CX_NUMBERS_RAW) == 0)
		subtract_base(plan);
}

/* The bytes of a prepared number column. */
size_t
cx_numbers_size(const CxNumberPlan *plan, uint32 touch_count)
{
	return 2 + ((plan->form & CX_NUMBERS_RAW) != 0 ? 0 : 8) +
		   ((plan->form & CX_NUMBERS_SPARSE) != 0 ? cx_packed_size(touch_count, 1) : 0) +
		   cx_packed_size(plan->count, plan->width);
}

/* Writes a prepared number column; returns the place behind it. */
uint8 *
cx_write_numbers(uint8 *at, const CxNumberPlan *plan, int column, const CxTouch *touches,
				 uint32 touch_count)
{
	CxBitWriter writer;

	*at++ = plan->form;
	*at++ = plan->width;
	if ((plan->form & CX_NUMBERS_RAW) == 0)
		cx_store_number(&at, (uint64) plan->base, 8);
	if ((plan->form & CX_NUMBERS_SPARSE) != 0)
	{
		writer = (CxBitWriter){at};
		for (uint32 i = 0; i < touch_count; i++)
			cx_put_bits(&writer, touches[i].has >> column & 1, 1);
		at = cx_end_bits(&writer);
	}
	writer = (CxBitWriter){at};
	for (uint32 i = 0; i < plan->count; i++)
		cx_put_bits(&writer, plan->bits[i], plan->width);
	return cx_end_bits(&writer);
}
