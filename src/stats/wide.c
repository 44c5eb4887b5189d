/*
 * wide.c
 *		Unsigned integers of 128 bits, written and read as decimal fractions.
 */
#include "stats/wide.h"

#include "utils/numeric.h"

#define MOST_DIGITS 39 /* of 2^128 - 1 */

/* The product of two numbers, which always fits. */
CxWide
cx_wide_multiply(uint64 a, uint64 b)
{
	uint64 a_high = a >> 32;
	uint64 a_low = a & PG_UINT32_MAX;
	uint64 b_high = b >> 32;
	uint64 b_low = b & PG_UINT32_MAX;
	uint64 lowest = a_low * b_low;
	uint64 middle = a_high * b_low + (lowest >> 32);
	uint64 other = a_low * b_high + (middle & PG_UINT32_MAX);

	return (CxWide){a_high * b_high + (middle >> 32) + (other >> 32),
					(other << 32) | (lowest & PG_UINT32_MAX)};
}

/* Divides a and returns the remainder. */
uint32
cx_wide_divide(CxWide *a, uint32 divisor)
{
	uint32 limbs[4] = {a->high >> 32, a->high, a->low >> 32, a->low};
	uint64 rest = 0;

	for (int i = 0; i < 4; i++)
	{
		rest = (rest << 32) | limbs[i];
		limbs[i] = rest / divisor;
		rest %= divisor;
	}
	a->high = ((uint64) limbs[0] << 32) | limbs[1];
	a->low = ((uint64) limbs[2] << 32) | limbs[3];
	return rest;
}

/* Writes a / 10^places, without zeros at the end. */
void
cx_wide_put(StringInfo out, CxWide a, int places)
{
	char digits[MOST_DIGITS]; /* the lowest first */
	int count = 0;
	int least = 0;

	while (!cx_wide_is_zero(a) || count <= places)
		digits[count++] = '0' + cx_wide_divide(&a, 10);
	while (least < places && digits[least] == '0')
		least++;
	for (int i = count - 1; i >= least; i--)
	{
		if (i == places - 1)
			appendStringInfoChar(out, '.');
		appendStringInfoChar(out, digits[i]);
	}
}

/* Appends a digit; false if the number does not fit any more. */
static bool
append_digit(CxWide *a, int digit)
{
	CxWide high = cx_wide_multiply(a->high, 10);
	CxWide sum = cx_wide_multiply(a->low, 10);

	if (high.high != 0 || !cx_wide_add(&sum, (CxWide){high.low, 0}))
		return false;
	*a = sum;
	return cx_wide_add(a, (CxWide){0, digit});
}

/* Reads what cx_wide_put writes; more places may be there if they are zero. */
static bool
read_digits(const char *digits, int places, CxWide *a)
{
	int left = -1; /* places after the point that are to come; none yet */

	*a = (CxWide){0, 0};
	for (; *digits != '\0'; digits++)
	{
		if (*digits == '.' && left < 0)
			left = places;
		else if (*digits < '0' || *digits > '9' || (left == 0 && *digits != '0'))
			return false;
		else if (left != 0)
		{
			if (!append_digit(a, *digits - '0'))
				return false;
			left -= left > 0;
		}
	}
	for (left = left < 0 ? places : left; left > 0; left--)
		if (!append_digit(a, 0))
			return false;
	return true;
}

static CxWide
wide_of(CxJson *json, const JsonbValue *value, const char *what, int places)
{
	CxWide number = {0, 0};

	if (json->failed)
		return number;
	if (value != NULL && value->type == jbvNumeric &&
		read_digits(
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric))),
			places, &number))
		return number;
	cx_json_refuse(
		json, "%s must be a number that is not negative, with at most %d decimals and %d digits.",
		what, places, MOST_DIGITS - 1);
	return (CxWide){0, 0};
}

/* The decimal fraction under a key, times 10^places. */
CxWide
cx_json_wide(CxJson *json, CxJsonNode object, const char *key, int places)
{
	return wide_of(json,
				   object.data == NULL ?
					   NULL :
					   getKeyJsonValueFromContainer(object.data, key, strlen(key), NULL),
				   psprintf("Key \"%s\"", key), places);
}

/* The decimal fraction at a place of an array, times 10^places. */
CxWide
cx_json_wide_at(CxJson *json, CxJsonNode array, int i, int places)
{
	return wide_of(json, i >= array.count ? NULL : getIthJsonbValueFromContainer(array.data, i),
				   psprintf("Element %d of an array", i + 1), places);
}
