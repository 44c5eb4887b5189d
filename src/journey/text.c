/*
 * text.c
 *		The text form of a journey: a JSON array of touches.
 */
#include "journey/text.h"

#include "common/shortest_dec.h"
#include "journey/attrs.h"
#include "journey/scalars.h"
#include "utils/json.h"
#include "utils/jsonfuncs.h"

static const char *const part_names[CX_PARTS] = {"touchpoint", "channel", "team", "attrs"};

/* A sentence if the bytes cannot be a label, else NULL. */
const char *
cx_label_problem(const char *data, size_t length)
{
	if (length == 0)
		return "It is empty.";
	if (length > CX_MAX_LABEL)
		return "It is longer than 255 bytes.";
	return NULL;
}

/* Appends ", "touchpoint": "...", "channel": ..." for a symbol. */
static void
print_symbol(const CxDictionary *dictionary, uint32 number, StringInfo out)
{
	const CxSymbol *symbol = &dictionary->symbols[number];

	for (int part = 0; part < CX_ATTRS; part++)
	{
		const CxSpan *label;
		char *text;

		if (symbol->part[part] == CX_NONE)
			continue;
		label = &dictionary->labels[symbol->part[part]];
		text = pnstrdup(label->data, label->length);
		appendStringInfo(out, ", \"%s\": ", part_names[part]);
		escape_json(out, text);
		pfree(text);
	}
}

static void
print_numbers(const CxTouch *touch, StringInfo out)
{
	if (touch->has & CX_HAS_LASTED)
	{
		appendStringInfoString(out, ", \"lasted\": ");
		cx_milliseconds_print(touch->lasted, out);
	}
	if (touch->has & CX_HAS_VALUE)
	{
		char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

		double_to_shortest_decimal_buf(touch->value, digits);
		appendStringInfo(out, ", \"value\": %s", digits);
	}
	if (touch->has & CX_HAS_REF)
		appendStringInfo(out, ", \"ref\": " INT64_FORMAT, touch->ref);
}

/* Appends the text form.  Raises XX001 when the labels are not valid text. */
void
cx_text_print(const CxView *view, StringInfo out)
{
	CxDictionary *dictionary = cx_dictionary_of(view);
	CxSpan *printed = palloc0(mul_size(Max(view->symbol_count, 1), sizeof(CxSpan)));
	bool *checked = palloc0(Max(dictionary->label_count, 1)); /* by label: sound attrs */
	CxCursor cursor;
	CxTouch touch;

	for (uint32 i = 0; i < dictionary->label_count; i++)
		if (!pg_verify_mbstr(GetDatabaseEncoding(), dictionary->labels[i].data,
							 dictionary->labels[i].length, true))
			cx_corrupt("A label is not valid text in the database's encoding.");

	appendStringInfoChar(out, '[');
	cx_cursor_start(&cursor, view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		CxSpan *symbol = &printed[touch.symbol];
		int32 attrs = dictionary->symbols[touch.symbol].part[CX_ATTRS];

		CHECK_FOR_INTERRUPTS();
		if (symbol->data == NULL)
		{
			StringInfoData text;

			if (attrs != CX_NONE && !checked[attrs])
			{
				cx_attrs_check(&dictionary->labels[attrs]);
				checked[attrs] = true;
			}
			initStringInfo(&text);
			print_symbol(dictionary, touch.symbol, &text);
			*symbol = (CxSpan){text.data, text.len};
		}
		appendStringInfoString(out, out->len == 1 ? "{\"at\": \"" : ", {\"at\": \"");
		cx_time_print(touch.at, out);
		appendStringInfoChar(out, '"');
		appendBinaryStringInfo(out, symbol->data, symbol->length);
		print_numbers(&touch, out);
		if (attrs != CX_NONE)
		{
			appendStringInfoString(out, ", \"attrs\": ");
			appendBinaryStringInfo(out, dictionary->labels[attrs].data,
								   dictionary->labels[attrs].length);
		}
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

/* where the parser is */
typedef enum Field
{
	FIELD_NONE,
	FIELD_AT,
	FIELD_TOUCHPOINT,
	FIELD_CHANNEL,
	FIELD_TEAM,
	FIELD_ATTRS,
	FIELD_VALUE,
	FIELD_LASTED,
	FIELD_REF
} Field;

static const char *const field_names[] = {"",	   "at",	"touchpoint", "channel", "team",
										  "attrs", "value", "lasted",	  "ref"};

typedef struct ParseState
{
	CxTouches touches;
	CxErrorContext *escontext;
	int array_depth;
	int object_depth;
	Field field;
	uint32 seen; /* bit a field of the current touch */
	TimestampTz at;
	CxSymbol symbol;
	CxTouch numbers;
	CxAttrs attrs;
	char *attrs_key;
	StringInfoData attrs_text;
} ParseState;

/*
 * Reports a problem of the touch being read.  value, if any, is shown clipped
 * to a length that a log can bear.
 */
static bool
parse_problem(ParseState *state, int sqlstate, const char *sentence, const char *value)
{
	StringInfoData detail;

	initStringInfo(&detail);
	if (state->array_depth == 0)
		appendStringInfoString(&detail, "Expected a JSON array of touches.");
	else
	{
		appendStringInfo(&detail, "Touch %u", state->touches.count + 1);
		if (state->field != FIELD_NONE)
			appendStringInfo(&detail, ", key \"%s\"", field_names[state->field]);
		if (value != NULL)
		{
			int shown = pg_mbcliplen(value, strlen(value), 80);

			appendStringInfo(&detail, ", \"%.*s%s\"", shown, value,
							 value[shown] == '\0' ? "" : "...");
		}
		appendStringInfo(&detail, ": %s", sentence);
	}
	errsave(state->escontext,
			(errcode(sqlstate), errmsg("invalid input syntax for type %s", "journey"),
			 errdetail_internal("%s", detail.data)));
	return false;
}

#define PARSE_PROBLEM(...) \
	do \
	{ \
		parse_problem(__VA_ARGS__); \
		return CX_JSON_STOP; \
	} while (0)

static CxJsonAction
text_array_start(void *arg)
{
	ParseState *state = arg;

	if (state->array_depth == 0 && state->object_depth == 0)
		state->array_depth = 1;
	else
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "An array cannot stand here.",
					  NULL);
	return CX_JSON_OK;
}

static CxJsonAction
text_object_start(void *arg)
{
	ParseState *state = arg;

	if (state->array_depth == 0)
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "", NULL);
	state->object_depth++;
	if (state->object_depth == 1)
	{
		CHECK_FOR_INTERRUPTS();
		state->field = FIELD_NONE;
		state->seen = 0;
		memset(&state->numbers, 0, sizeof(CxTouch));
		for (int part = 0; part < CX_PARTS; part++)
			state->symbol.part[part] = CX_NONE;
		if (state->touches.count >= CX_MAX_TOUCHES)
		{
			errsave(state->escontext,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("journey has too many touches"),
					 errdetail("A journey holds at most %d touches.", CX_MAX_TOUCHES)));
			return CX_JSON_STOP;
		}
	}
	else if (state->object_depth == 2 && state->field == FIELD_ATTRS)
		state->attrs.count = 0;
	else
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "An object cannot stand here.",
					  NULL);
	return CX_JSON_OK;
}

/* Ends a touch or its attrs. */
static CxJsonAction
text_object_end(void *arg)
{
	ParseState *state = arg;

	if (state->object_depth-- == 2)
	{
		const char *problem;

		resetStringInfo(&state->attrs_text);
		problem = cx_attrs_print(&state->attrs, &state->attrs_text);
		if (problem != NULL)
			PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, problem, NULL);
		state->symbol.part[CX_ATTRS] = cx_dictionary_label(
			state->touches.dictionary, state->attrs_text.data, state->attrs_text.len, true);
		for (int i = 0; i < state->attrs.count; i++)
		{
			pfree(state->attrs.items[i].key);
			pfree(state->attrs.items[i].text);
		}
		state->attrs.count = 0;
		return CX_JSON_OK;
	}
	state->field = FIELD_NONE;
	if ((state->seen & (1 << FIELD_AT)) == 0)
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "Key \"at\" is missing.", NULL);
	if (state->symbol.part[CX_TOUCHPOINT] == CX_NONE)
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "Key \"touchpoint\" is missing.",
					  NULL);
	state->numbers.at = state->at;
	state->numbers.symbol = cx_dictionary_symbol(state->touches.dictionary, &state->symbol);
	*cx_touches_next(&state->touches) = state->numbers;
	return CX_JSON_OK;
}

static CxJsonAction
text_field_start(void *arg, char *name, bool isnull)
{
	ParseState *state = arg;

	if (state->object_depth == 2)
	{
		state->attrs_key = name;
		return CX_JSON_OK;
	}
	state->field = FIELD_NONE;
	for (int i = FIELD_AT; i <= FIELD_REF; i++)
		if (strcmp(name, field_names[i]) == 0)
			state->field = i;
	if (state->field == FIELD_NONE)
		PARSE_PROBLEM(
			state, ERRCODE_INVALID_TEXT_REPRESENTATION,
			"Unknown key; a touch has at, touchpoint, channel, team, attrs, value, lasted and ref.",
			name);
	if ((state->seen & (1 << state->field)) != 0)
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "The key stands twice.", NULL);
	state->seen |= 1 << state->field;
	return CX_JSON_OK;
}

/* The names of a touch's fields are not needed any more; those of attrs are. */
static CxJsonAction
text_field_end(void *arg, char *name, bool isnull)
{
	if (((ParseState *) arg)->object_depth == 1)
		pfree(name);
	return CX_JSON_OK;
}

static bool
parse_label(ParseState *state, const char *text, JsonTokenType type)
{
	const char *problem = cx_label_problem(text, strlen(text));

	if (type != JSON_TOKEN_STRING)
		problem = "It must be a string.";
	if (problem != NULL)
		return parse_problem(state, ERRCODE_INVALID_TEXT_REPRESENTATION, problem, text);
	state->symbol.part[state->field - FIELD_TOUCHPOINT] =
		cx_dictionary_label(state->touches.dictionary, text, strlen(text), true);
	return true;
}

/* Reads an integer as JSON writes it; false if it does not fit into int8. */
static bool
parse_integer(const char *text, int64 *number)
{
	bool negative = *text == '-';

	*number = 0;
	for (const char *p = text + (negative ? 1 : 0); *p != '\0'; p++)
	{
		/* counted downwards, where there is one number more */
		if (*p < '0' || *p > '9' || pg_mul_s64_overflow(*number, 10, number) ||
			pg_sub_s64_overflow(*number, *p - '0', number))
			return false;
	}
	return negative || !pg_sub_s64_overflow(0, *number, number);
}

static bool
parse_number(ParseState *state, char *text, JsonTokenType type)
{
	CxTouch *numbers = &state->numbers;
	const char *problem = NULL;
	int sqlstate = ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE;

	if (type != JSON_TOKEN_NUMBER)
	{
		problem = "It must be a number.";
		sqlstate = ERRCODE_INVALID_TEXT_REPRESENTATION;
	}
	else if (state->field == FIELD_VALUE)
	{
		if (!cx_float8(text, &numbers->value))
			problem = "It is out of range for a double precision number.";
		numbers->value += 0.0; /* -0 becomes 0 */
		numbers->has |= CX_HAS_VALUE;
	}
	else if (state->field == FIELD_LASTED)
	{
		problem = cx_milliseconds_parse(text, &numbers->lasted);
		numbers->has |= CX_HAS_LASTED;
	}
	else
	{
		if (!parse_integer(text, &numbers->ref))
			problem = "It must be an integer of at most 64 bits.";
		numbers->has |= CX_HAS_REF;
	}
	return problem == NULL || parse_problem(state, sqlstate, problem, text);
}

static bool
parse_at(ParseState *state, const char *text, JsonTokenType type)
{
	int sqlstate = ERRCODE_INVALID_TEXT_REPRESENTATION;
	const char *problem = "It must be a string.";

	if (type == JSON_TOKEN_STRING)
		problem = cx_time_parse(text, &state->at, &sqlstate);
	return problem == NULL || parse_problem(state, sqlstate, problem, text);
}

static CxJsonAction
text_scalar(void *arg, char *text, JsonTokenType type)
{
	ParseState *state = arg;
	bool good = true;

	if (state->object_depth == 2)
	{
		cx_attrs_add(&state->attrs, state->attrs_key, text, type);
		return CX_JSON_OK;
	}
	if (state->object_depth == 0)
		PARSE_PROBLEM(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "A touch must be an object.",
					  text);
	if (type == JSON_TOKEN_NULL)
	{
		/* an absent field; the required ones are missed at the end */
		if (state->field == FIELD_AT)
			state->seen &= ~(1 << FIELD_AT);
	}
	else if (state->field == FIELD_AT)
		good = parse_at(state, text, type);
	else if (state->field <= FIELD_TEAM)
		good = parse_label(state, text, type);
	else if (state->field == FIELD_ATTRS)
		good = parse_problem(state, ERRCODE_INVALID_TEXT_REPRESENTATION, "It must be an object.",
							 text);
	else
		good = parse_number(state, text, type);
	if (!good)
		return CX_JSON_STOP;
	pfree(text);
	return CX_JSON_OK;
}

/*
 * Parses the text form.  Returns the journey in the current context, or NULL
 * after a soft error.
 */
struct varlena *
cx_text_parse(char *text, size_t length, CxErrorContext *escontext)
{
	ParseState state = {.escontext = escontext};
	JsonSemAction actions = {.semstate = &state,
							 .object_start = text_object_start,
							 .object_end = text_object_end,
							 .array_start = text_array_start,
							 .object_field_start = text_field_start,
							 .object_field_end = text_field_end,
							 .scalar = text_scalar};
	JsonLexContext *lex = cx_json_lexer(text, length);
	JsonParseErrorType result;

	cx_touches_init(&state.touches, cx_dictionary_create(CurrentMemoryContext),
					Min(length / 64, CX_MAX_TOUCHES));
	initStringInfo(&state.attrs_text);
	result = pg_parse_json(lex, &actions);
	if (result != JSON_SUCCESS)
	{
		cx_json_error(result, lex, escontext);
		return NULL;
	}
	return cx_touches_encode(&state.touches);
}
