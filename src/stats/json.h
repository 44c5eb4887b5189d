/*
 * json.h
 *		Reading the JSON form of a summary or model, with errors that name the
 *		place; writing its numbers.
 *
 * After the first error everything reads as zero or empty, and cx_json_failed
 * tells at the end: readers need no branch at every step.
 */
#ifndef CX_STATS_JSON_H
#define CX_STATS_JSON_H

#include "cx.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

typedef struct CxJson
{
	const char *type; /* of the value that is read, for errors */
	CxErrorContext *escontext;
	bool failed;
} CxJson;

/* an array or object being read; NULL data after an error */
typedef struct CxJsonNode
{
	JsonbContainer *data;
	int count; /* elements of an array */
} CxJsonNode;

extern CxJsonNode
cx_json_begin(CxJson *json, const char *type, const char *text, CxErrorContext *escontext);
extern void cx_json_refuse(CxJson *json, const char *format, ...) pg_attribute_printf(2, 3);
extern bool cx_json_is_null(CxJsonNode object, const char *key);
extern int64
cx_json_int64(CxJson *json, CxJsonNode object, const char *key, int64 least, int64 most);
extern float8 cx_json_float8(CxJson *json, CxJsonNode object, const char *key);
extern char *cx_json_string(CxJson *json, CxJsonNode object, const char *key);
extern CxJsonNode cx_json_array(CxJson *json, CxJsonNode object, const char *key);
extern int64 cx_json_int64_at(CxJson *json, CxJsonNode array, int i, int64 least, int64 most);
extern float8 cx_json_float8_at(CxJson *json, CxJsonNode array, int i);
extern char *cx_json_string_at(CxJson *json, CxJsonNode array, int i);
extern bool cx_json_is_null_at(CxJsonNode array, int i);
extern CxJsonNode cx_json_array_at(CxJson *json, CxJsonNode array, int i);
extern CxJsonNode cx_json_object_at(CxJson *json, CxJsonNode array, int i);
extern void cx_json_put_float8(StringInfo out, float8 number);
extern void cx_json_put_string(StringInfo out, const char *data, size_t length);

#endif /* CX_STATS_JSON_H */
