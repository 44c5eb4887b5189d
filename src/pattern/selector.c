/*
 * selector.c
 *		Does a touch fit a selector?
 */
#include "pattern/selector.h"

#include "journey/attrs.h"
#include "utils/numeric.h"

/* Splits off the first dotted label of a path. */
static CxSpan
first_label(CxSpan *rest, bool *more)
{
	const char *dot = memchr(rest->data, '.', rest->length);
	CxSpan label = {rest->data, dot == NULL ? rest->length : dot - rest->data};

	*more = dot != NULL;
	rest->data += label.length + *more;
	rest->length -= label.length + *more;
	return label;
}

/*
 * Matches a label (a dotted path) against a path with globs.  The usual glob
 * matching: only the last "**" ever needs to take in more, so the work is at
 * most the product of the lengths.
 */
static bool
path_matches(const CxPath *path, const CxSpan *label)
{
	CxSpan rest = *label;
	bool more = true;
	int i = 0;
	int star = -1; /* behind the last "**" */
	CxSpan star_rest = {NULL, 0};
	bool star_more = false;

	if (path->exact)
		return path->text.length == label->length &&
			   memcmp(path->text.data, label->data, label->length) == 0;
	for (;;)
	{
		if (i < path->count && path->labels[i].kind == CX_ANY_NUMBER)
		{
			star = ++i;
			star_rest = rest;
			star_more = more;
			continue;
		}
		if (!more && i == path->count)
			return true;
		if (more && i < path->count)
		{
			CxSpan before = rest;
			CxSpan next = first_label(&rest, &more);

			if (path->labels[i].kind == CX_ONE ||
				(path->labels[i].text.length == next.length &&
				 memcmp(path->labels[i].text.data, next.data, next.length) == 0))
			{
				i++;
				continue;
			}
			rest = before;
			more = true;
		}
		if (star < 0 || !star_more)
			return false;
		first_label(&star_rest, &star_more);
		rest = star_rest;
		more = star_more;
		i = star;
	}
}

static bool
holds(CxCompare op, int order)
{
	switch (op)
	{
		case CX_EQ:
			return order == 0;
		case CX_NE:
			return order != 0;
		case CX_LT:
			return order < 0;
		case CX_LE:
			return order <= 0;
		case CX_GT:
			return order > 0;
		default:
			return order >= 0;
	}
}

/* Compares two decimal numbers exactly. */
static int
compare_numbers(const char *a, const char *b)
{
	Datum left = DirectFunctionCall3(numeric_in, CStringGetDatum(a), ObjectIdGetDatum(InvalidOid),
									 Int32GetDatum(-1));
	Datum right = DirectFunctionCall3(numeric_in, CStringGetDatum(b), ObjectIdGetDatum(InvalidOid),
									  Int32GetDatum(-1));

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, left, right));
}

/*
 * A condition on attrs.  A key that is not there, or has a value of another
 * type than the literal, fits no comparison.
 */
static bool
attr_holds(const CxCondition *condition, const CxDictionary *dictionary, const CxSymbol *symbol)
{
	JsonTokenType type = JSON_TOKEN_NULL;
	char *value;

	if (symbol->part[CX_ATTRS] == CX_NONE)
		return false;
	value = cx_attrs_find(&dictionary->labels[symbol->part[CX_ATTRS]], condition->key, &type);
	if (value == NULL && type == JSON_TOKEN_NULL)
		return false;
	switch (condition->type)
	{
		case CX_STRING:
			return type == JSON_TOKEN_STRING &&
				   holds(condition->op, strcmp(value, condition->text));
		case CX_NUMBER:
			return type == JSON_TOKEN_NUMBER &&
				   holds(condition->op, compare_numbers(value, condition->text));
		default:
			return (type == JSON_TOKEN_TRUE || type == JSON_TOKEN_FALSE) &&
				   holds(condition->op, (type == JSON_TOKEN_TRUE) - condition->boolean);
	}
}

/* A condition on value or lasted; a touch without it fits no comparison. */
static bool
number_holds(const CxCondition *condition, const CxTouch *touch)
{
	if (condition->field == CX_FIELD_VALUE)
		return (touch->has & CX_HAS_VALUE) != 0 &&
			   holds(condition->op,
					 (touch->value > condition->number) - (touch->value < condition->number));
	return (touch->has & CX_HAS_LASTED) != 0 &&
		   holds(condition->op, (touch->lasted * 1000 > condition->duration) -
									(touch->lasted * 1000 < condition->duration));
}

/* The verdict on a symbol, or with a touch (then never CX_DEPENDS). */
static CxVerdict
judge(const CxSelector *selector, const CxDictionary *dictionary, const CxSymbol *symbol,
	  const CxTouch *touch)
{
	CxVerdict verdict = CX_YES;

	switch (selector->kind)
	{
		case CX_NOT:
			verdict = judge(selector->operands[0], dictionary, symbol, touch);
			return verdict == CX_DEPENDS ? CX_DEPENDS : verdict == CX_NO ? CX_YES : CX_NO;
		case CX_OR:
			verdict = CX_NO;
			for (int i = 0; i < selector->operand_count && verdict != CX_YES; i++)
			{
				CxVerdict other = judge(selector->operands[i], dictionary, symbol, touch);

				if (other != CX_NO)
					verdict = other;
			}
			return verdict;
		default:
			break;
	}
	for (int part = 0; part < CX_ATTRS; part++)
	{
		if (selector->parts[part].count == 0)
			continue;
		if (symbol->part[part] == CX_NONE ||
			!path_matches(&selector->parts[part], &dictionary->labels[symbol->part[part]]))
			return CX_NO;
	}
	for (int i = 0; i < selector->condition_count; i++)
	{
		const CxCondition *condition = &selector->conditions[i];

		if (condition->field == CX_FIELD_ATTR)
		{
			if (!attr_holds(condition, dictionary, symbol))
				return CX_NO;
		}
		else if (touch == NULL)
			verdict = CX_DEPENDS;
		else if (!number_holds(condition, touch))
			return CX_NO;
	}
	return verdict;
}

/* What a symbol says about its touches. */
CxVerdict
cx_selector_on_symbol(const CxSelector *selector, const CxDictionary *dictionary, uint32 symbol)
{
	return judge(selector, dictionary, &dictionary->symbols[symbol], NULL);
}

/* True when a touch fits. */
bool
cx_selector_on_touch(const CxSelector *selector, const CxDictionary *dictionary,
					 const CxTouch *touch)
{
	return judge(selector, dictionary, &dictionary->symbols[touch->symbol], touch) == CX_YES;
}
