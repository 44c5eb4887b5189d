/*
 * subject.c
 *		The type under test: its functions, and its values.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/toast_compression.h"
#include "access/toast_internals.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "cx_fuzz.h"

Oid
subject_type(const Run *run)
{
	return run->subject->type;
}

/* Finds the function that an explicit cast calls. */
static Oid
cast_function(Oid source, Oid target)
{
	Oid function;

	return find_coercion_pathway(target, source, COERCION_EXPLICIT, &function) ==
				   COERCION_PATH_FUNC ?
			   function :
			   InvalidOid;
}

/* Looks up what the type has: its own functions, casts, and schema.check(type) returning text. */
Subject *
subject_prepare(Run *run, Oid type)
{
	Subject *subject = MemoryContextAllocZero(run->whole, sizeof(Subject));
	HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Form_pg_type form;
	Oid check;
	List *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "no type %u", type);
	form = (Form_pg_type) GETSTRUCT(tuple);
	if (form->typlen != -1)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("type %s is not of variable length", format_type_be(type))));
	subject->type = type;
	subject->ioparam = getTypeIOParam(tuple);
	routine_set(run, &subject->in, form->typinput);
	routine_set(run, &subject->out, form->typoutput);
	routine_set(run, &subject->recv, form->typreceive);
	routine_set(run, &subject->send, form->typsend);
	name = list_make2(makeString(get_namespace_name(form->typnamespace)), makeString("check"));
	check = LookupFuncName(name, 1, &type, true);
	routine_set(run, &subject->check,
				OidIsValid(check) && get_func_rettype(check) == TEXTOID ? check : InvalidOid);
	routine_set(run, &subject->from_jsonb, cast_function(JSONBOID, type));
	routine_set(run, &subject->to_jsonb, cast_function(type, JSONBOID));
	ReleaseSysCache(tuple);
	return subject;
}

/* Are two values the same bytes, whatever their headers? */
bool
subject_same(Datum a, Datum b)
{
	struct varlena *x = PG_DETOAST_DATUM_PACKED(a), *y = PG_DETOAST_DATUM_PACKED(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
		   memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

/* Returns what schema.check says about a value; NULL when it is sound. */
char *
subject_check(Run *run, Datum value)
{
	bool isnull;
	Datum answer;

	if (!run->subject->check.exists)
		return NULL;
	answer = routine_call1(run, &run->subject->check, value, &isnull);
	return isnull ? NULL : TextDatumGetCString(answer);
}

/*
 * Makes a stored value of a payload: in a chunk that ends where the value ends,
 * behind a long or a short header or compressed, as heap tuples have them.
 */
Datum
subject_dress(Run *run, const char *payload, int length)
{
	struct varlena *value;
	Datum compressed;

	if (length + VARHDRSZ_SHORT <= VARATT_SHORT_MAX && rng_below(&run->rng, 2))
	{
		value = palloc(length + VARHDRSZ_SHORT);
		SET_VARSIZE_SHORT(value, length + VARHDRSZ_SHORT);
		memcpy(VARDATA_SHORT(value), payload, length);
		return PointerGetDatum(value);
	}
	value = palloc(length + VARHDRSZ);
	SET_VARSIZE(value, length + VARHDRSZ);
	memcpy(VARDATA(value), payload, length);
	if (rng_below(&run->rng, 8) == 0)
	{
		compressed = toast_compress_datum(PointerGetDatum(value), TOAST_PGLZ_COMPRESSION);
		if (DatumGetPointer(compressed) != NULL)
			return compressed;
	}
	return PointerGetDatum(value);
}

/* Calls an input or receive function. */
Datum
subject_enter(Run *run, Routine *routine, Datum argument)
{
	LOCAL_FCINFO(fcinfo, 3);
	Datum result;

	InitFunctionCallInfoData(*fcinfo, &routine->info, 3, InvalidOid, NULL, NULL);
	fcinfo->args[0].value = argument;
	fcinfo->args[0].isnull = false;
	fcinfo->args[1].value = ObjectIdGetDatum(run->subject->ioparam);
	fcinfo->args[1].isnull = false;
	fcinfo->args[2].value = Int32GetDatum(-1);
	fcinfo->args[2].isnull = false;
	routine_trim(routine);
	result = routine_call(run, routine, fcinfo);
	if (fcinfo->isnull)
		elog(ERROR, "function %u returned NULL", routine->info.fn_oid);
	return result;
}

/* Takes a message in. */
Datum
subject_receive(Run *run, bytea *bytes)
{
	StringInfoData message;
	Datum value;

	/* as the server does: the message is followed by a NUL byte */
	initStringInfo(&message);
	appendBinaryStringInfo(&message, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
	value = subject_enter(run, &run->subject->recv, PointerGetDatum(&message));
	if (message.cursor != message.len)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("incorrect binary data format")));
	return value;
}
