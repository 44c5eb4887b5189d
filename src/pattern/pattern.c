/*
 * pattern.c
 *		The types cx.selector and cx.pattern: input, output, comparison, and
 *		the compiled form that a call site keeps.
 */
#include "pattern/pattern.h"

#include "libpq/pqformat.h"

#define STORED_VERSION 1

/*
 * The stored form of a normal form, which may be longer than what was parsed;
 * NULL after the soft error that it is too long to be parsed again.
 */
static bytea *
store(const StringInfo text, const char *type, CxErrorContext *escontext)
{
	bytea *stored;

	if (text->len > CX_MAX_PATTERN_TEXT)
	{
		errsave(escontext, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s is too long", type),
							errdetail("It may take at most %d bytes.", CX_MAX_PATTERN_TEXT)));
		return NULL;
	}
	stored = palloc(VARHDRSZ + 1 + text->len);
	SET_VARSIZE(stored, VARHDRSZ + 1 + text->len);
	VARDATA(stored)[0] = STORED_VERSION;
	memcpy(VARDATA(stored) + 1, text->data, text->len);
	return stored;
}

/* Raises XX001: a stored value is none that an input function writes. */
pg_noreturn static void
corrupted(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored pattern or selector is corrupted"),
			 errdetail_internal("%s", detail), errhint("Write it again from its text.")));
}

/* The text of a stored value; raises XX001 when it is not one. */
static char *
stored_text(Datum value)
{
	bytea *stored = DatumGetByteaPP(value);
	uint32 length = VARSIZE_ANY_EXHDR(stored);

	if (length < 2)
		corrupted("It is empty.");
	if (VARDATA_ANY(stored)[0] != STORED_VERSION)
		corrupted(psprintf("It has the unknown version %d.", (uint8) VARDATA_ANY(stored)[0]));
	if (!pg_verify_mbstr(GetDatabaseEncoding(), VARDATA_ANY(stored) + 1, length - 1, true))
		corrupted("Its text is not valid in the database's encoding.");
	return pnstrdup(VARDATA_ANY(stored) + 1, length - 1);
}

/*
 * A stored pattern or selector compiled, in the current context.  What does not
 * parse was not written by an input function: that is corruption (XX001), not
 * the fault of the query that meets it.
 */
const CxProgram *
cx_stored_program(Datum stored)
{
	char *text = stored_text(stored);
	MemoryContext context = CurrentMemoryContext;
	CxProgram *program;

	/* before 16 the parser can only raise */
	PG_TRY();
	{
		program = cx_program_compile(cx_pattern_parse(text, NULL), NULL);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode != ERRCODE_INVALID_TEXT_REPRESENTATION &&
			error->sqlerrcode != ERRCODE_INVALID_PARAMETER_VALUE &&
			error->sqlerrcode != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
			PG_RE_THROW();
		FlushErrorState();
		corrupted(psprintf("Its text cannot be read: %s. %s", error->message,
						   error->detail == NULL ? "" : error->detail));
	}
	PG_END_TRY();
	return program;
}

/* Parses, checks and stores a pattern; NULL after a soft error. */
static bytea *
pattern_from_text(const char *text, CxErrorContext *escontext)
{
	CxPattern *pattern = cx_pattern_parse(text, escontext);
	StringInfoData normal;

	if (pattern == NULL || cx_program_compile(pattern, escontext) == NULL)
		return NULL;
	initStringInfo(&normal);
	cx_pattern_print(pattern, &normal);
	return store(&normal, "pattern", escontext);
}

/* Parses and stores a selector; NULL after a soft error. */
static bytea *
selector_from_text(const char *text, CxErrorContext *escontext)
{
	CxSelector *selector = cx_selector_parse(text, escontext);
	StringInfoData normal;

	if (selector == NULL)
		return NULL;
	initStringInfo(&normal);
	cx_selector_print(selector, &normal);
	return store(&normal, "selector", escontext);
}

#define INPUT(name, from_text) \
	PG_FUNCTION_INFO_V1(cx_##name##_in); \
	Datum cx_##name##_in(PG_FUNCTION_ARGS) \
	{ \
		bytea *stored = from_text(PG_GETARG_CSTRING(0), CX_ESCONTEXT(fcinfo)); \
\
		if (stored == NULL) \
			PG_RETURN_NULL(); \
		PG_RETURN_BYTEA_P(stored); \
	} \
\
	PG_FUNCTION_INFO_V1(cx_##name##_from_text); \
	Datum cx_##name##_from_text(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BYTEA_P(from_text(text_to_cstring(PG_GETARG_TEXT_PP(0)), NULL)); \
	} \
\
	PG_FUNCTION_INFO_V1(cx_##name##_recv); \
	Datum cx_##name##_recv(PG_FUNCTION_ARGS) \
	{ \
		PG_RETURN_BYTEA_P(from_text(receive_text((StringInfo) PG_GETARG_POINTER(0)), NULL)); \
	}

/* Reads the binary form: a version byte, then text. */
static char *
receive_text(StringInfo in)
{
	int version = pq_getmsgbyte(in);
	int length;

	if (version != STORED_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported binary version %d of a pattern or selector", version)));
	return pq_getmsgtext(in, in->len - in->cursor, &length);
}

INPUT(pattern, pattern_from_text)
INPUT(selector, selector_from_text)

PG_FUNCTION_INFO_V1(cx_pattern_out);

/* pattern or selector -> normal form */
Datum
cx_pattern_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(stored_text(PG_GETARG_DATUM(0)));
}

PG_FUNCTION_INFO_V1(cx_pattern_to_text);

/* pattern or selector -> normal form as text */
Datum
cx_pattern_to_text(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(stored_text(PG_GETARG_DATUM(0))));
}

PG_FUNCTION_INFO_V1(cx_pattern_send);

/* pattern or selector -> binary form */
Datum
cx_pattern_send(PG_FUNCTION_ARGS)
{
	char *text = stored_text(PG_GETARG_DATUM(0));
	StringInfoData out;

	pq_begintypsend(&out);
	pq_sendint8(&out, STORED_VERSION);
	pq_sendtext(&out, text, strlen(text));
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(cx_quote_label);

/* cx.quote_label(text): a label as a selector spells it */
Datum
cx_quote_label(PG_FUNCTION_ARGS)
{
	text *label = PG_GETARG_TEXT_PP(0);
	StringInfoData out;

	initStringInfo(&out);
	cx_label_print(VARDATA_ANY(label), VARSIZE_ANY_EXHDR(label), &out);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* a compiled pattern of a call site, with what it was compiled from */
typedef struct Compiled
{
	struct Compiled *next;
	int argument;
	MemoryContext context;
	bytea *stored;
	bool constant; /* the argument cannot change */
	const CxProgram *program;
} Compiled;

/*
 * The compiled form of a pattern argument.  Kept at the call site until another
 * value comes.
 */
const CxProgram *
cx_call_program(FunctionCallInfo fcinfo, int argument)
{
	bytea *stored;
	Compiled *compiled = fcinfo->flinfo->fn_extra;
	MemoryContext old;

	while (compiled != NULL && compiled->argument != argument)
		compiled = compiled->next;
	if (compiled != NULL && compiled->constant)
		return compiled->program;
	stored = PG_GETARG_BYTEA_PP(argument);
	if (compiled != NULL && compiled->stored != NULL &&
		VARSIZE_ANY_EXHDR(compiled->stored) == VARSIZE_ANY_EXHDR(stored) &&
		memcmp(VARDATA_ANY(compiled->stored), VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored)) == 0)
		return compiled->program;

	if (compiled == NULL)
	{
		compiled = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Compiled));
		compiled->argument = argument;
		compiled->context =
			AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "cx pattern", ALLOCSET_SMALL_SIZES);
		compiled->next = fcinfo->flinfo->fn_extra;
		fcinfo->flinfo->fn_extra = compiled;
	}
	compiled->stored = NULL;
	compiled->constant = false;
	MemoryContextReset(compiled->context);
	old = MemoryContextSwitchTo(compiled->context);
	compiled->program = cx_stored_program(PointerGetDatum(stored));
	compiled->stored = palloc(VARSIZE_ANY(stored));
	memcpy(compiled->stored, stored, VARSIZE_ANY(stored));
	compiled->constant = cx_argument_is_const(fcinfo, argument);
	MemoryContextSwitchTo(old);
	return compiled->program;
}

/* The same of a selector argument: a selector is a pattern of one touch. */
const CxProgram *
cx_call_selector(FunctionCallInfo fcinfo, int argument)
{
	const CxProgram *program = cx_call_program(fcinfo, argument);
	const CxPattern *pattern = program->pattern;

	if (pattern->root->kind != CX_ONE_TOUCH || pattern->from_start || pattern->to_end ||
		pattern->not_before != NULL || pattern->has_within)
		corrupted("It is a pattern where a selector is stored.");
	return program;
}
