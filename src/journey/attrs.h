/*
 * attrs.h
 *		A touch's attrs: a flat JSON object as canonical text.
 */
#ifndef CX_JOURNEY_ATTRS_H
#define CX_JOURNEY_ATTRS_H

#include "journey/layout.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

typedef struct CxAttr
{
	char *key;
	char *text;
	JsonTokenType type;
} CxAttr;

/* the pairs of one object, in input order; all zero is empty */
typedef struct CxAttrs
{
	CxAttr *items;
	int count;
	int capacity;
} CxAttrs;

extern void cx_attrs_add(CxAttrs *attrs, char *key, char *text, JsonTokenType type);
extern const char *cx_attrs_print(CxAttrs *attrs, StringInfo out);
extern const char *cx_attrs_canonical(const char *text, uint32 length, StringInfo out);
extern const char *cx_attrs_from_jsonb(Jsonb *object, StringInfo out);
extern void cx_attrs_check(const CxSpan *attrs);
extern char *cx_attrs_find(const CxSpan *stored, const char *key, JsonTokenType *type);

#endif /* CX_JOURNEY_ATTRS_H */
