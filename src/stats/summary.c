/*
 * summary.c
 *		What the types of summaries and models have in common: their text,
 *		binary and JSON forms.
 */
#include "stats/summary.h"

#include "libpq/pqformat.h"
#include "utils/jsonb.h"

#define BINARY_VERSION 1

/* Raises the error of a stored value that does not hold what it should. */
void
cx_summary_corrupt(const char *type)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored %s is corrupted", type),
					errhint("Restore it from a backup, or compute it again from its source.")));
}

static StringInfoData
printed(FunctionCallInfo fcinfo, CxPrint print)
{
	StringInfoData out;

	initStringInfo(&out);
	print(PG_GETARG_DATUM(0), &out);
	return out;
}

/* text -> value */
Datum
cx_summary_in(FunctionCallInfo fcinfo, CxParse parse)
{
	Datum value = parse(PG_GETARG_CSTRING(0), CX_ESCONTEXT(fcinfo));

	if (value == 0)
		PG_RETURN_NULL();
	return value;
}

/* value -> text */
Datum
cx_summary_out(FunctionCallInfo fcinfo, CxPrint print)
{
	PG_RETURN_CSTRING(printed(fcinfo, print).data);
}

/* binary form -> value */
Datum
cx_summary_recv(FunctionCallInfo fcinfo, CxParse parse)
{
	StringInfo in = (StringInfo) PG_GETARG_POINTER(0);
	int version = pq_getmsgbyte(in);
	int length;

	if (version != BINARY_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported binary version %d of a summary", version)));
	return parse(pq_getmsgtext(in, in->len - in->cursor, &length), NULL);
}

/* value -> binary form */
Datum
cx_summary_send(FunctionCallInfo fcinfo, CxPrint print)
{
	StringInfoData text = printed(fcinfo, print);
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, BINARY_VERSION);
	pq_sendtext(&out, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

/* value -> jsonb */
Datum
cx_summary_to_jsonb(FunctionCallInfo fcinfo, CxPrint print)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(printed(fcinfo, print).data));
}

/* jsonb -> value */
Datum
cx_summary_from_jsonb(FunctionCallInfo fcinfo, CxParse parse)
{
	Jsonb *jsonb = PG_GETARG_JSONB_P(0);

	return parse(JsonbToCString(NULL, &jsonb->root, VARSIZE(jsonb)), NULL);
}

/* Raises 0A000 when a function that changes the state of an aggregate is called outside of one. */
void
cx_require_aggregate(FunctionCallInfo fcinfo)
{
	if (!AggCheckCallContext(fcinfo, NULL))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("function of an aggregate called outside of one")));
}
