/*
 * toy.c
 *		A type full of planted faults, to show that the fuzzer finds them.
 *
 * A toy is a string of bytes, written as numbers: 1,2,3.  It must not hold 66.
 * The faults:
 *	input raises an internal error for 13
 *	output writes 77 as 7
 *	send drops a zero at the end
 *	toy_sum raises an internal error if the first byte is 200 or more
 *	toy_more returns an unsound value if its second argument is 1
 *	toy_scribble changes its argument if that is longer than 5 bytes
 *	toy_peek reads the byte behind the value, if cx_fuzz.peek is set
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/guc.h"

PG_FUNCTION_INFO_V1(cx_fuzz_toy_in);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_out);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_recv);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_send);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_check);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_sum);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_more);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_scribble);
PG_FUNCTION_INFO_V1(cx_fuzz_toy_peek);

static bytea *
make_toy(const char *bytes, int length)
{
	if (memchr(bytes, 66, length) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION), errmsg("a toy does not hold 66")));
	return cstring_to_text_with_len(bytes, length);
}

Datum
cx_fuzz_toy_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	StringInfoData bytes;

	initStringInfo(&bytes);
	while (*text != '\0')
	{
		int n = 0;

		if (*text < '0' || *text > '9')
			ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
							errmsg("not a toy: \"%s\"", text)));
		while (*text >= '0' && *text <= '9' && n < 256)
			n = 10 * n + *text++ - '0';
		if (n > 255)
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("too large for a toy")));
		if (n == 13)
			elog(ERROR, "planted");
		appendStringInfoCharMacro(&bytes, (char) n);
		if (*text == ',' && text[1] != '\0')
			text++;
	}
	PG_RETURN_BYTEA_P(make_toy(bytes.data, bytes.len));
}

Datum
cx_fuzz_toy_out(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < VARSIZE_ANY_EXHDR(toy); i++)
	{
		int n = ((unsigned char *) VARDATA_ANY(toy))[i];

		appendStringInfo(&text, "%s%d", i == 0 ? "" : ",", n == 77 ? 7 : n);
	}
	PG_RETURN_CSTRING(text.data);
}

Datum
cx_fuzz_toy_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int length = message->len - message->cursor;

	PG_RETURN_BYTEA_P(make_toy(pq_getmsgbytes(message, length), length));
}

Datum
cx_fuzz_toy_send(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);
	int length = VARSIZE_ANY_EXHDR(toy);

	if (length > 0 && VARDATA_ANY(toy)[length - 1] == '\0')
		length--;
	PG_RETURN_BYTEA_P(cstring_to_text_with_len(VARDATA_ANY(toy), length));
}

Datum
cx_fuzz_toy_check(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);

	if (memchr(VARDATA_ANY(toy), 66, VARSIZE_ANY_EXHDR(toy)) == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text("it holds 66"));
}

Datum
cx_fuzz_toy_sum(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);
	int sum = 0;

	for (int i = 0; i < VARSIZE_ANY_EXHDR(toy); i++)
		sum += ((unsigned char *) VARDATA_ANY(toy))[i];
	if (VARSIZE_ANY_EXHDR(toy) > 0 && *(unsigned char *) VARDATA_ANY(toy) >= 200)
		elog(ERROR, "planted");
	PG_RETURN_INT32(sum);
}

Datum
cx_fuzz_toy_more(PG_FUNCTION_ARGS)
{
	char byte = PG_GETARG_INT32(1) == 1 ? 66 : 1;

	PG_RETURN_BYTEA_P(cstring_to_text_with_len(&byte, 1));
}

Datum
cx_fuzz_toy_scribble(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);

	if (VARSIZE_ANY_EXHDR(toy) > 5)
		VARDATA_ANY(toy)[2]++;
	PG_RETURN_VOID();
}

Datum
cx_fuzz_toy_peek(PG_FUNCTION_ARGS)
{
	bytea *toy = PG_GETARG_BYTEA_PP(0);
	int length = VARSIZE_ANY_EXHDR(toy);

	if (GetConfigOption("cx_fuzz.peek", true, false) != NULL)
		length++;
	PG_RETURN_INT32(length > 0 ? VARDATA_ANY(toy)[length - 1] : 0);
}
