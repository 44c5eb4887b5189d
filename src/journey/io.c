/*
 * io.c
 *		The type's input, output, casts and self-check.
 */
#include "journey/journey.h"

#include "journey/attrs.h"
#include "journey/text.h"
#include "journey/wire.h"
#include "libpq/pqformat.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

/*
 * Raises 22023 when the bytes cannot be a label, naming the argument they came
 * from.
 */
void
cx_check_label(const char *argument, const char *data, size_t length)
{
	const char *problem = cx_label_problem(data, length);

	if (unlikely(problem != NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid %s: \"%.*s\"", argument, pg_mbcliplen(data, length, 80), data),
				 errdetail("%s", problem),
				 errhint("Labels take 1 to 255 bytes; pass NULL where there is none.")));
}

/* Takes an array apart; raises 2202E when it has more than one dimension. */
CxElements
cx_array_elements(ArrayType *array, Oid type)
{
	CxElements elements;
	int16 length;
	bool by_value;
	char align;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR), errmsg("array must have one dimension"),
				 errdetail("It has %d.", ARR_NDIM(array))));
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(array, type, length, by_value, align, &elements.values, &elements.nulls,
					  &elements.count);
	return elements;
}

/* A label as text in the current context; raises XX001 when it is not valid text. */
text *
cx_span_text(const CxSpan *span)
{
	if (unlikely(!pg_verify_mbstr(GetDatabaseEncoding(), span->data, span->length, true)))
		cx_corrupt("A label is not valid text in the database's encoding.");
	return cstring_to_text_with_len(span->data, span->length);
}

PG_FUNCTION_INFO_V1(cx_journey_in);

/* text form -> journey; soft errors */
Datum
cx_journey_in(PG_FUNCTION_ARGS)
{
	char *text = PG_GETARG_CSTRING(0);
	struct varlena *journey = cx_text_parse(text, strlen(text), CX_ESCONTEXT(fcinfo));

	if (journey == NULL)
		PG_RETURN_NULL();
	CX_RETURN_JOURNEY(journey);
}

PG_FUNCTION_INFO_V1(cx_journey_out);

/* journey -> text form */
Datum
cx_journey_out(PG_FUNCTION_ARGS)
{
	CxView view;
	StringInfoData out;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	initStringInfo(&out);
	cx_text_print(&view, &out);
	PG_RETURN_CSTRING(out.data);
}

PG_FUNCTION_INFO_V1(cx_journey_recv);

/* binary form -> journey */
Datum
cx_journey_recv(PG_FUNCTION_ARGS)
{
	CX_RETURN_JOURNEY(cx_wire_receive((StringInfo) PG_GETARG_POINTER(0)));
}

PG_FUNCTION_INFO_V1(cx_journey_send);

/* journey -> binary form */
Datum
cx_journey_send(PG_FUNCTION_ARGS)
{
	CxView view;
	StringInfoData out;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	pq_begintypsend(&out);
	cx_wire_send(&view, &out);
	PG_RETURN_BYTEA_P(pq_endtypsend(&out));
}

PG_FUNCTION_INFO_V1(cx_journey_to_jsonb);

/* journey -> jsonb; what jsonb cannot hold (over 256 MB) it refuses itself */
Datum
cx_journey_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(jsonb_in, cx_journey_out(fcinfo));
}

PG_FUNCTION_INFO_V1(cx_journey_from_jsonb);

/* jsonb -> journey, by the same parser as the text form */
Datum
cx_journey_from_jsonb(PG_FUNCTION_ARGS)
{
	Jsonb *json = PG_GETARG_JSONB_P(0);
	StringInfoData text;

	initStringInfo(&text);
	JsonbToCString(&text, &json->root, VARSIZE(json));
	CX_RETURN_JOURNEY(cx_text_parse(text.data, text.len, NULL));
}

PG_FUNCTION_INFO_V1(cx_journey_bytes);

/* cx._bytes(journey) -> bytea: the stored payload */
Datum
cx_journey_bytes(PG_FUNCTION_ARGS)
{
	struct varlena *journey = PG_GETARG_VARLENA_PP(0);
	size_t size = VARSIZE_ANY_EXHDR(journey);
	bytea *bytes = palloc(VARHDRSZ + size);

	SET_VARSIZE(bytes, VARHDRSZ + size);
	memcpy(VARDATA(bytes), VARDATA_ANY(journey), size);
	PG_RETURN_BYTEA_P(bytes);
}

/* A sentence if the attrs of a journey are not canonical, else NULL. */
static const char *
attrs_problem(const CxDictionary *dictionary)
{
	bool *checked = palloc0(Max(dictionary->label_count, 1));
	StringInfoData canonical;
	const char *problem = NULL;

	initStringInfo(&canonical);
	for (uint32 i = 0; i < dictionary->symbol_count && problem == NULL; i++)
	{
		int32 number = dictionary->symbols[i].part[CX_ATTRS];
		const CxSpan *attrs;

		CHECK_FOR_INTERRUPTS();
		if (number == CX_NONE || checked[number])
			continue;
		checked[number] = true;
		attrs = &dictionary->labels[number];
		resetStringInfo(&canonical);
		problem = cx_attrs_canonical(attrs->data, attrs->length, &canonical);
		if (problem == NULL && (canonical.len != attrs->length ||
								memcmp(canonical.data, attrs->data, attrs->length) != 0))
			problem = "attrs are not in canonical form.";
	}
	return problem;
}

PG_FUNCTION_INFO_V1(cx_journey_check);

/*
 * cx.check(journey) -> text: NULL for a sound value, else what is wrong with
 * it.  Ends by encoding the touches again: only canonical bytes survive that.
 */
Datum
cx_journey_check(PG_FUNCTION_ARGS)
{
	struct varlena *journey = PG_GETARG_VARLENA_PP(0);
	size_t size = VARSIZE_ANY_EXHDR(journey);
	CxView view;
	const char *problem = cx_view_try_open(&view, VARDATA_ANY(journey), size);

	if (problem != NULL && strcmp(problem, "version") == 0)
		problem = psprintf("The format version %d is unknown to this library.", view.start[0]);
	if (problem == NULL)
		problem = cx_view_problem(&view);
	if (problem == NULL)
		problem = attrs_problem(cx_dictionary_of(&view));
	if (problem == NULL)
	{
		CxTouches touches;
		struct varlena *again;

		cx_touches_init(&touches, cx_dictionary_create(CurrentMemoryContext), view.touch_count);
		cx_touches_load(&touches, &view);
		again = cx_touches_encode(&touches);
		if (VARSIZE(again) - VARHDRSZ != size ||
			memcmp(VARDATA(again), VARDATA_ANY(journey), size) != 0)
			problem = "The value is not in canonical form.";
	}
	if (problem == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem));
}
