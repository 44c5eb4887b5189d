/*
 * bytes.c
 *		Comparison and hash of types whose equal values have equal bytes.
 */
#include "cx.h"

#include "common/hashfn.h"

PG_FUNCTION_INFO_V1(cx_bytes_cmp);

/* bytewise order; what begins another comes first */
Datum
cx_bytes_cmp(PG_FUNCTION_ARGS)
{
	bytea *a = PG_GETARG_BYTEA_PP(0);
	bytea *b = PG_GETARG_BYTEA_PP(1);
	size_t a_length = VARSIZE_ANY_EXHDR(a);
	size_t b_length = VARSIZE_ANY_EXHDR(b);
	int order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b), Min(a_length, b_length));

	if (order == 0)
		order = (a_length > b_length) - (a_length < b_length);
	PG_RETURN_INT32(order);
}

#define COMPARISON(name, op) \
	PG_FUNCTION_INFO_V1(cx_bytes_##name); \
	Datum cx_bytes_##name(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BOOL(DatumGetInt32(cx_bytes_cmp(fcinfo)) op 0); \
	}

COMPARISON(eq, ==)
COMPARISON(ne, !=)
COMPARISON(lt, <)
COMPARISON(le, <=)
COMPARISON(gt, >)
COMPARISON(ge, >=)

PG_FUNCTION_INFO_V1(cx_bytes_hash);

/* hash of the bytes */
Datum
cx_bytes_hash(PG_FUNCTION_ARGS)
{
	bytea *stored = PG_GETARG_BYTEA_PP(0);

	return hash_any((unsigned char *) VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored));
}

PG_FUNCTION_INFO_V1(cx_bytes_hash_extended);

/* seeded hash of the bytes */
Datum
cx_bytes_hash_extended(PG_FUNCTION_ARGS)
{
	bytea *stored = PG_GETARG_BYTEA_PP(0);

	return hash_any_extended((unsigned char *) VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored),
							 PG_GETARG_INT64(1));
}
