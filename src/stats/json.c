/*
 * json.c
 *		Reading the JSON form of a summary or model; writing its numbers.
 */
#include "stats/json.h"

#include "common/shortest_dec.h"
#include "utils/json.h"
#include "utils/numeric.h"

static const CxJsonNode nothing = {NULL, 0};

/* Notes what is wrong with the text; only the first such error counts. */
void
cx_json_refuse(CxJson *json, const char *format, ...)
{
	StringInfoData detail;

	if (json->failed)
		return;
	json->failed = true;
	initStringInfo(&detail);
	for (;;)
	{
		va_list args;
		int needed;

		va_start(args, format);
		needed = appendStringInfoVA(&detail, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&detail, needed);
	}
	errsave(json->escontext,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", json->type), errdetail("%s", detail.data)));
}

/* Starts to read the object that a text holds. */
CxJsonNode
cx_json_begin(CxJson *json, const char *type, const char *text, CxErrorContext *escontext)
{
	Datum value;
	CxJsonNode node;

	json->type = type;
	json->escontext = escontext;
	json->failed = !cx_input(jsonb_in, text, escontext, &value);
	if (json->failed)
		return nothing;
	node = (CxJsonNode){&DatumGetJsonbP(value)->root, 0};
	if (!JsonContainerIsObject(node.data))
	{
		cx_json_refuse(json, "The text must be a JSON object.");
		return nothing;
	}
	return node;
}

/* The value of a key; NULL if there is none. */
static JsonbValue *
find(CxJsonNode object, const char *key)
{
	return object.data == NULL ? NULL :
								 getKeyJsonValueFromContainer(object.data, key, strlen(key), NULL);
}

/* Element i of an array; NULL if there is none. */
static JsonbValue *
element(CxJsonNode array, int i)
{
	return i >= array.count ? NULL : getIthJsonbValueFromContainer(array.data, i);
}

/* True when an object has no such key, or null under it. */
bool
cx_json_is_null(CxJsonNode object, const char *key)
{
	const JsonbValue *value = find(object, key);

	return value == NULL || value->type == jbvNull;
}

static int64
int64_of(CxJson *json, const JsonbValue *value, const char *what, int64 least, int64 most)
{
	if (json->failed)
		return least;
	if (value != NULL && value->type == jbvNumeric)
	{
		Datum number = NumericGetDatum(value->val.numeric);
		Datum lowest = DirectFunctionCall1(int8_numeric, Int64GetDatum(least));
		Datum highest = DirectFunctionCall1(int8_numeric, Int64GetDatum(most));
		Datum whole = DirectFunctionCall2(numeric_trunc, number, Int32GetDatum(0));

		if (DatumGetBool(DirectFunctionCall2(numeric_eq, number, whole)) &&
			DatumGetBool(DirectFunctionCall2(numeric_ge, number, lowest)) &&
			DatumGetBool(DirectFunctionCall2(numeric_le, number, highest)))
			return DatumGetInt64(DirectFunctionCall1(numeric_int8, number));
	}
	cx_json_refuse(json, "%s must be an integer from " INT64_FORMAT " to " INT64_FORMAT ".", what,
				   least, most);
	return least;
}

static float8
float8_of(CxJson *json, const JsonbValue *value, const char *what)
{
	float8 number;

	if (json->failed)
		return 0;
	if (value != NULL && value->type == jbvNumeric &&
		cx_float8(
			DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric))),
			&number))
		return number;
	cx_json_refuse(json, "%s must be a number in the range of double precision.", what);
	return 0;
}

static char *
string_of(CxJson *json, const JsonbValue *value, const char *what)
{
	if (json->failed)
		return "";
	if (value != NULL && value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	cx_json_refuse(json, "%s must be a string.", what);
	return "";
}

static CxJsonNode
container_of(CxJson *json, const JsonbValue *value, const char *what, bool array)
{
	if (json->failed)
		return nothing;
	if (value != NULL && value->type == jbvBinary &&
		(array ? JsonContainerIsArray(value->val.binary.data) :
				 JsonContainerIsObject(value->val.binary.data)))
		return (CxJsonNode){value->val.binary.data,
							array ? JsonContainerSize(value->val.binary.data) : 0};
	cx_json_refuse(json, "%s must be %s.", what, array ? "an array" : "an object");
	return nothing;
}

static const char *
name_of_key(const char *key)
{
	return psprintf("Key \"%s\"", key);
}

static const char *
name_of_element(int i)
{
	return psprintf("Element %d of an array", i + 1);
}

/* The integer under a key. */
int64
cx_json_int64(CxJson *json, CxJsonNode object, const char *key, int64 least, int64 most)
{
	return int64_of(json, find(object, key), name_of_key(key), least, most);
}

/* The number under a key. */
float8
cx_json_float8(CxJson *json, CxJsonNode object, const char *key)
{
	return float8_of(json, find(object, key), name_of_key(key));
}

/* The string under a key, in the current context. */
char *
cx_json_string(CxJson *json, CxJsonNode object, const char *key)
{
	return string_of(json, find(object, key), name_of_key(key));
}

/* The array under a key. */
CxJsonNode
cx_json_array(CxJson *json, CxJsonNode object, const char *key)
{
	return container_of(json, find(object, key), name_of_key(key), true);
}

/* The integer at a place of an array. */
int64
cx_json_int64_at(CxJson *json, CxJsonNode array, int i, int64 least, int64 most)
{
	return int64_of(json, element(array, i), name_of_element(i), least, most);
}

/* The number at a place of an array. */
float8
cx_json_float8_at(CxJson *json, CxJsonNode array, int i)
{
	return float8_of(json, element(array, i), name_of_element(i));
}

/* The string at a place of an array, in the current context. */
char *
cx_json_string_at(CxJson *json, CxJsonNode array, int i)
{
	return string_of(json, element(array, i), name_of_element(i));
}

/* True when null stands at a place of an array. */
bool
cx_json_is_null_at(CxJsonNode array, int i)
{
	const JsonbValue *value = element(array, i);

	return value != NULL && value->type == jbvNull;
}

/* The array at a place of an array. */
CxJsonNode
cx_json_array_at(CxJson *json, CxJsonNode array, int i)
{
	return container_of(json, element(array, i), name_of_element(i), true);
}

/* The object at a place of an array. */
CxJsonNode
cx_json_object_at(CxJson *json, CxJsonNode array, int i)
{
	return container_of(json, element(array, i), name_of_element(i), false);
}

/* Writes a number so that it reads back as the same; it must be finite. */
void
cx_json_put_float8(StringInfo out, float8 number)
{
	char digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(number, digits);
	appendStringInfoString(out, digits);
}

/* Writes a string, quoted. */
void
cx_json_put_string(StringInfo out, const char *data, size_t length)
{
	char *text = pnstrdup(data, length);

	escape_json(out, text);
	pfree(text);
}
