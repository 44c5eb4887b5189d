/*
 * wire.c
 *		The binary form of a journey that clients and COPY BINARY exchange.
 *
 * Version 1, in network byte order:
 *	int8	1
 *	int32	labels, each: int32 length, bytes in the client's encoding
 *	int32	touches, each: int64 at (microseconds since 2000-01-01 UTC),
 *			int32 touchpoint, channel, team, attrs (label numbers from 0, -1
 *			for none), int8 which numbers follow (1 value, 2 lasted, 4 ref),
 *			float8 value, int64 lasted in milliseconds, int64 ref
 */
#include "journey/wire.h"

#include "journey/attrs.h"
#include "journey/text.h"
#include "libpq/pqformat.h"

#define WIRE_VERSION 1
#define WIRE_TOUCH_MIN (8 + 4 * 4 + 1)

/* Appends the binary form.  Raises XX001 when the labels are not valid text. */
void
cx_wire_send(const CxView *view, StringInfo out)
{
	CxDictionary *dictionary = cx_dictionary_of(view);
	CxCursor cursor;
	CxTouch touch;

	pq_sendint8(out, WIRE_VERSION);
	pq_sendint32(out, dictionary->label_count);
	for (uint32 i = 0; i < dictionary->label_count; i++)
	{
		char *label;

		if (!pg_verify_mbstr(GetDatabaseEncoding(), dictionary->labels[i].data,
							 dictionary->labels[i].length, true))
			cx_corrupt("A label is not valid text in the database's encoding.");
		label = pnstrdup(dictionary->labels[i].data, dictionary->labels[i].length);

		cx_sendcountedtext(out, label, dictionary->labels[i].length);
		pfree(label);
	}
	pq_sendint32(out, view->touch_count);
	cx_cursor_start(&cursor, view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		CHECK_FOR_INTERRUPTS();
		pq_sendint64(out, touch.at);
		for (int part = 0; part < CX_PARTS; part++)
			pq_sendint32(out, dictionary->symbols[touch.symbol].part[part]);
		pq_sendint8(out, touch.has);
		if (touch.has & CX_HAS_VALUE)
			pq_sendfloat8(out, touch.value);
		if (touch.has & CX_HAS_LASTED)
			pq_sendint64(out, touch.lasted);
		if (touch.has & CX_HAS_REF)
			pq_sendint64(out, touch.ref);
	}
}

static void
invalid_binary(const char *sentence, int64 touch)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					errmsg("invalid binary representation of type %s", "journey"),
					touch < 0 ? errdetail("%s", sentence) :
								errdetail("Touch " INT64_FORMAT ": %s", touch + 1, sentence)));
}

/*
 * Reads a count whose elements take at least the given bytes each, so that it
 * cannot ask for more memory than was sent.
 */
static uint32
receive_count(StringInfo in, int least_bytes, const char *what)
{
	int32 count = pq_getmsgint(in, 4);

	if (count < 0 || (int64) count * least_bytes > in->len - in->cursor)
		invalid_binary(what, -1);
	return count;
}

/* the labels as they came */
typedef struct Received
{
	CxDictionary *dictionary;
	CxSpan *labels;
	uint32 count;
	int32 *attrs; /* by label: the number of its canonical attrs, once known */
	StringInfoData scratch;
} Received;

/* Reads a part of a touch; returns its label's number in the dictionary. */
static int32
receive_part(StringInfo in, Received *received, int part, int64 touch)
{
	int32 number = pq_getmsgint(in, 4);
	const CxSpan *label;
	const char *problem;

	if (number == -1 && part != CX_TOUCHPOINT)
		return CX_NONE;
	if (number < 0 || number >= (int64) received->count)
		invalid_binary("It refers to a label that does not exist.", touch);
	label = &received->labels[number];
	if (part != CX_ATTRS)
	{
		if ((problem = cx_label_problem(label->data, label->length)) != NULL)
			invalid_binary(psprintf("A label is invalid.  %s", problem), touch);
		return cx_dictionary_label(received->dictionary, label->data, label->length, false);
	}
	if (received->attrs[number] == CX_NONE)
	{
		resetStringInfo(&received->scratch);
		problem = cx_attrs_canonical(label->data, label->length, &received->scratch);
		if (problem != NULL)
			invalid_binary(problem, touch);
		received->attrs[number] = cx_dictionary_label(received->dictionary, received->scratch.data,
													  received->scratch.len, true);
	}
	return received->attrs[number];
}

/* Reads the numbers of a touch. */
static void
receive_numbers(StringInfo in, CxTouch *touch, int64 number)
{
	touch->has = pq_getmsgbyte(in);
	if ((touch->has & ~(CX_HAS_VALUE | CX_HAS_LASTED | CX_HAS_REF)) != 0)
		invalid_binary("It has unknown numbers.", number);
	if (touch->has & CX_HAS_VALUE)
	{
		touch->value = pq_getmsgfloat8(in) + 0.0; /* -0 becomes 0 */
		if (isnan(touch->value) || isinf(touch->value))
			invalid_binary("value must be finite.", number);
	}
	if (touch->has & CX_HAS_LASTED)
	{
		touch->lasted = pq_getmsgint64(in);
		if (touch->lasted < 0 || touch->lasted > CX_MAX_LASTED)
			invalid_binary("lasted is out of range.", number);
	}
	if (touch->has & CX_HAS_REF)
		touch->ref = pq_getmsgint64(in);
}

/*
 * Reads the binary form into a journey in the current context; touches and
 * labels may come in any order.  Raises 22P03 for invalid contents, 54000 for
 * too many touches; a message that ends early is PostgreSQL's own error, 08P01.
 */
struct varlena *
cx_wire_receive(StringInfo in)
{
	Received received;
	CxTouches touches;
	uint32 touch_count;
	int version;

	version = pq_getmsgbyte(in);
	if (version != WIRE_VERSION)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("unsupported binary version %d of type %s", version, "journey")));
	received.dictionary = cx_dictionary_create(CurrentMemoryContext);
	received.count = receive_count(in, 4, "The label count does not fit the length.");
	received.labels = cx_palloc_array(CxSpan, received.count);
	received.attrs = cx_palloc_array(int32, received.count);
	initStringInfo(&received.scratch);
	for (uint32 i = 0; i < received.count; i++)
	{
		int32 length = pq_getmsgint(in, 4);
		int converted;

		if (length < 0 || length > in->len - in->cursor)
			invalid_binary("A label does not fit the length.", -1);
		received.labels[i].data = pq_getmsgtext(in, length, &converted);
		received.labels[i].length = converted;
		received.attrs[i] = CX_NONE;
	}
	touch_count = receive_count(in, WIRE_TOUCH_MIN, "The touch count does not fit the length.");
	cx_check_touch_count(touch_count);
	cx_touches_init(&touches, received.dictionary, touch_count);
	for (uint32 i = 0; i < touch_count; i++)
	{
		CxTouch *touch = cx_touches_next(&touches);
		CxSymbol symbol;

		CHECK_FOR_INTERRUPTS();
		touch->at = pq_getmsgint64(in);
		if (!IS_VALID_TIMESTAMP(touch->at))
			invalid_binary("Its time is out of range.", i);
		for (int part = 0; part < CX_PARTS; part++)
			symbol.part[part] = receive_part(in, &received, part, i);
		touch->symbol = cx_dictionary_symbol(received.dictionary, &symbol);
		receive_numbers(in, touch, i);
	}
	pq_getmsgend(in);
	return cx_touches_encode(&touches);
}
