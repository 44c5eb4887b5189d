/*
 * gin.c
 *		The GIN operator class for journey @@ pattern: keys are the labels of a
 *		journey.  Order and time are in the journey alone, so every hit is
 *		checked again.
 */
#include "pattern/labels.h"
#include "pattern/pattern.h"

#include "access/gin.h"
#include "access/stratnum.h"

PG_FUNCTION_INFO_V1(cx_gin_extract_value);

/* the keys of a journey */
Datum
cx_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32 *count = (int32 *) PG_GETARG_POINTER(1);
	CxView view;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	PG_RETURN_POINTER(cx_journey_keys(&view, count));
}

PG_FUNCTION_INFO_V1(cx_gin_extract_query);

/* the keys that a pattern needs; the whole index when it needs none */
Datum
cx_gin_extract_query(PG_FUNCTION_ARGS)
{
	int32 *count = (int32 *) PG_GETARG_POINTER(1);
	bool **partial = (bool **) PG_GETARG_POINTER(3);
	Pointer **extra = (Pointer **) PG_GETARG_POINTER(4);
	int32 *search_mode = (int32 *) PG_GETARG_POINTER(6);
	CxNeeds *needs = cx_needs_of(cx_call_program(fcinfo, 0)->pattern);
	Datum *keys;

	*count = 0;
	if (needs->root->kind == CX_NEED_NOTHING)
	{
		*search_mode = GIN_SEARCH_MODE_ALL;
		PG_RETURN_POINTER(NULL);
	}
	keys = cx_palloc_array(Datum, needs->key_count);
	*partial = cx_palloc_array(bool, needs->key_count);
	*extra = cx_palloc_array(Pointer, needs->key_count);
	for (int i = 0; i < needs->key_count; i++)
	{
		keys[i] = PointerGetDatum(needs->keys[i].bytes);
		(*partial)[i] = needs->keys[i].prefix;
		(*extra)[i] = (Pointer) needs->root;
	}
	*count = needs->key_count;
	PG_RETURN_POINTER(keys);
}

PG_FUNCTION_INFO_V1(cx_gin_compare_partial);

/* 0 for a key that begins with the partial one, 1 behind the last such key */
Datum
cx_gin_compare_partial(PG_FUNCTION_ARGS)
{
	bytea *partial = PG_GETARG_BYTEA_PP(0);
	bytea *key = PG_GETARG_BYTEA_PP(1);
	uint32 length = VARSIZE_ANY_EXHDR(partial);
	bool begins = VARSIZE_ANY_EXHDR(key) >= length &&
				  memcmp(VARDATA_ANY(key), VARDATA_ANY(partial), length) == 0;

	PG_RETURN_INT32(begins ? 0 : 1);
}

/* Evaluates a need over what is known of the keys. */
static GinTernaryValue
evaluate(const CxNeed *need, const GinTernaryValue *check)
{
	GinTernaryValue all = GIN_TRUE;
	GinTernaryValue any = GIN_FALSE;

	check_stack_depth();
	if (need->kind == CX_NEED_NOTHING)
		return GIN_TRUE;
	if (need->kind == CX_NEED_KEY)
		return check[need->key];
	for (int i = 0; i < need->count; i++)
	{
		GinTernaryValue part = evaluate(need->needs[i], check);

		if (part == GIN_FALSE || (part == GIN_MAYBE && all == GIN_TRUE))
			all = part;
		if (part == GIN_TRUE || (part == GIN_MAYBE && any == GIN_FALSE))
			any = part;
	}
	return need->kind == CX_NEED_ALL ? all : any;
}

PG_FUNCTION_INFO_V1(cx_gin_consistent);

/* may a journey with these keys match? */
Datum
cx_gin_consistent(PG_FUNCTION_ARGS)
{
	const bool *check = (const bool *) PG_GETARG_POINTER(0);
	int32 count = PG_GETARG_INT32(3);
	Pointer *extra = (Pointer *) PG_GETARG_POINTER(4);
	bool *recheck = (bool *) PG_GETARG_POINTER(5);

	*recheck = true;
	/* true and false are the same numbers in both types */
	PG_RETURN_BOOL(count == 0 || evaluate((const CxNeed *) extra[0],
										  (const GinTernaryValue *) check) != GIN_FALSE);
}

PG_FUNCTION_INFO_V1(cx_gin_triconsistent);

/* the same with keys of which it is not known; never sure, because of the recheck */
Datum
cx_gin_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	int32 count = PG_GETARG_INT32(3);
	Pointer *extra = (Pointer *) PG_GETARG_POINTER(4);

	if (count > 0 && evaluate((const CxNeed *) extra[0], check) == GIN_FALSE)
		PG_RETURN_GIN_TERNARY_VALUE(GIN_FALSE);
	PG_RETURN_GIN_TERNARY_VALUE(GIN_MAYBE);
}
