/*
 * attrs.c
 *		A touch's attrs: a flat JSON object as canonical text.
 *
 * Objects that are equal as jsonb have the same text: keys in jsonb's order
 * (shorter first, then bytewise), numbers without trailing zeros.  Problems
 * are returned as sentences, because the readers differ in how they report.
 */
#include "journey/attrs.h"

#include "journey/scalars.h"
#include "utils/json.h"
#include "utils/numeric.h"

static const char *const not_flat = "attrs must be a flat object of strings, numbers and booleans.";

/* Appends a pair; the strings must outlive the list. */
void
cx_attrs_add(CxAttrs *attrs, char *key, char *text, JsonTokenType type)
{
	if (attrs->count == attrs->capacity)
	{
		attrs->capacity = attrs->capacity == 0 ? 8 : attrs->capacity * 2;
		if (attrs->items == NULL)
			attrs->items = cx_palloc_array(CxAttr, attrs->capacity);
		else
			attrs->items = repalloc(attrs->items, mul_size(attrs->capacity, sizeof(CxAttr)));
	}
	attrs->items[attrs->count++] = (CxAttr){key, text, type};
}

static int
compare_keys(const CxAttr *a, const CxAttr *b)
{
	size_t left = strlen(a->key);
	size_t right = strlen(b->key);

	if (left != right)
		return left < right ? -1 : 1;
	return strcmp(a->key, b->key);
}

#define ST_SORT sort_attrs
#define ST_ELEMENT_TYPE CxAttr
#define ST_COMPARE(a, b) compare_keys(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Appends a JSON number as numeric prints it, without trailing zeros.  Returns
 * NULL or a problem.
 */
static const char *
print_number(const char *text, StringInfo out)
{
	size_t length;

	if ((text = cx_number_plain(text)) == NULL)
		return "A number in attrs is out of range.";
	length = strlen(text);
	if (strchr(text, '.') != NULL)
	{
		while (text[length - 1] == '0')
			length--;
		if (text[length - 1] == '.')
			length--;
	}
	if (length == 2 && text[0] == '-' && text[1] == '0')
	{
		text++;
		length--;
	}
	appendBinaryStringInfo(out, text, length);
	return NULL;
}

/*
 * Appends the canonical text of the pairs, which it sorts.  Returns NULL or a
 * problem.
 */
const char *
cx_attrs_print(CxAttrs *attrs, StringInfo out)
{
	int start = out->len;

	if (attrs->count > 0)
		sort_attrs(attrs->items, attrs->count);
	appendStringInfoChar(out, '{');
	for (int i = 0; i < attrs->count; i++)
	{
		CxAttr *attr = &attrs->items[i];
		const char *problem = NULL;

		if (i > 0 && strcmp(attr->key, attr[-1].key) == 0)
			return "attrs have a key twice.";
		if (i > 0)
			appendStringInfoString(out, ", ");
		escape_json(out, attr->key);
		appendStringInfoString(out, ": ");
		switch (attr->type)
		{
			case JSON_TOKEN_STRING:
				escape_json(out, attr->text);
				break;
			case JSON_TOKEN_NUMBER:
				problem = print_number(attr->text, out);
				break;
			case JSON_TOKEN_TRUE:
			case JSON_TOKEN_FALSE:
				appendStringInfoString(out, attr->type == JSON_TOKEN_TRUE ? "true" : "false");
				break;
			default:
				problem = not_flat;
		}
		if (problem != NULL)
			return problem;
		if (out->len - start > CX_MAX_ATTRS)
			return "attrs take more than 65535 bytes.";
	}
	appendStringInfoChar(out, '}');
	return out->len - start > CX_MAX_ATTRS ? "attrs take more than 65535 bytes." : NULL;
}

/* parsing an attrs text on its own */
typedef struct ParseState
{
	CxAttrs *attrs;
	char *key;
} ParseState;

static CxJsonAction
parse_field_start(void *arg, char *name, bool isnull)
{
	((ParseState *) arg)->key = name;
	return CX_JSON_OK;
}

static CxJsonAction
parse_scalar(void *arg, char *text, JsonTokenType type)
{
	ParseState *state = arg;

	cx_attrs_add(state->attrs, state->key, text, type);
	return CX_JSON_OK;
}

/*
 * True when the text is an object at most: nothing nested, so that parsing
 * needs no stack however hostile the text is.
 */
static bool
is_flat(const char *text, uint32 length)
{
	bool quoted = false;
	uint32 i = 0;

	while (i < length && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r'))
		i++;
	if (i == length || text[i] != '{')
		return false;
	while (++i < length)
	{
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			return false;
	}
	return true;
}

/*
 * Reads an attrs text into pairs.  Returns NULL or a problem; raises only when
 * memory runs out.
 */
static const char *
parse_attrs(const char *text, uint32 length, CxAttrs *attrs)
{
	ParseState state = {.attrs = attrs};
	JsonSemAction actions = {
		.semstate = &state, .object_field_start = parse_field_start, .scalar = parse_scalar};

	if (!is_flat(text, length))
		return not_flat;
	if (pg_parse_json(cx_json_lexer(unconstify(char *, text), length), &actions) != JSON_SUCCESS)
		return "attrs are not a JSON object.";
	return NULL;
}

/*
 * Appends the canonical form of an attrs text.  Returns NULL or a problem;
 * raises only when memory runs out.
 */
const char *
cx_attrs_canonical(const char *text, uint32 length, StringInfo out)
{
	CxAttrs attrs = {0};
	const char *problem = parse_attrs(text, length, &attrs);

	return problem != NULL ? problem : cx_attrs_print(&attrs, out);
}

/* Raises XX001 unless stored attrs are what jsonb reads. */
void
cx_attrs_check(const CxSpan *attrs)
{
	StringInfoData canonical;
	const char *problem;

	initStringInfo(&canonical);
	problem = cx_attrs_canonical(attrs->data, attrs->length, &canonical);
	if (problem != NULL)
		cx_corrupt(problem);
	pfree(canonical.data);
}

/*
 * Appends the canonical text of a jsonb object.  Returns NULL, or a problem if
 * it is not a flat object of strings, numbers and booleans.
 */
const char *
cx_attrs_from_jsonb(Jsonb *object, StringInfo out)
{
	CxAttrs attrs = {0};
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue value;
	char *key = NULL;

	if (!JB_ROOT_IS_OBJECT(object))
		return not_flat;
	iterator = JsonbIteratorInit(&object->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, value.val.string.len);
		if (token != WJB_VALUE)
			continue;
		switch (value.type)
		{
			case jbvString:
				cx_attrs_add(&attrs, key, pnstrdup(value.val.string.val, value.val.string.len),
							 JSON_TOKEN_STRING);
				break;
			case jbvNumeric:
				cx_attrs_add(&attrs, key,
							 DatumGetCString(DirectFunctionCall1(
								 numeric_out, NumericGetDatum(value.val.numeric))),
							 JSON_TOKEN_NUMBER);
				break;
			case jbvBool:
				cx_attrs_add(&attrs, key, NULL,
							 value.val.boolean ? JSON_TOKEN_TRUE : JSON_TOKEN_FALSE);
				break;
			default:
				return psprintf("%s  Key \"%.*s\" has null or a nested value.", not_flat,
								pg_mbcliplen(key, strlen(key), 80), key);
		}
	}
	return cx_attrs_print(&attrs, out);
}

/*
 * The value of a key of stored attrs as text in the current context and its
 * type, or NULL if they do not have it.  Raises XX001 when they are not attrs.
 */
char *
cx_attrs_find(const CxSpan *stored, const char *key, JsonTokenType *type)
{
	CxAttrs attrs = {0};
	const char *problem = parse_attrs(stored->data, stored->length, &attrs);

	if (problem != NULL)
		cx_corrupt(problem);
	for (int i = 0; i < attrs.count; i++)
	{
		if (strcmp(attrs.items[i].key, key) == 0)
		{
			*type = attrs.items[i].type;
			return attrs.items[i].text;
		}
	}
	return NULL;
}
