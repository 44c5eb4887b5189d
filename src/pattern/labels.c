/*
 * labels.c
 *		Which labels a journey must have for a pattern to match.
 */
#include "pattern/labels.h"

static const char part_tags[CX_ATTRS] = {'t', 'c', 'm'};

/* The key of a label in a part of a touch, in the current context. */
static bytea *
label_key(int part, const CxSpan *label)
{
	bytea *key = palloc(VARHDRSZ + 1 + label->length);

	SET_VARSIZE(key, VARHDRSZ + 1 + label->length);
	VARDATA(key)[0] = part_tags[part];
	memcpy(VARDATA(key) + 1, label->data, label->length);
	return key;
}

/* The keys of a journey, each once, in the current context. */
bytea **
cx_journey_keys(const CxView *view, int *count)
{
	CxDictionary *dictionary = cx_dictionary_of(view);
	bytea **keys = cx_palloc_array(bytea *, (uint64) view->symbol_count * CX_ATTRS);

	*count = 0;
	for (int part = 0; part < CX_ATTRS; part++)
	{
		cx_marks_begin(&dictionary->label_marks, dictionary->context, dictionary->label_count);
		for (uint32 i = 0; i < dictionary->symbol_count; i++)
		{
			int32 label = dictionary->symbols[i].part[part];

			CHECK_FOR_INTERRUPTS();
			if (label != CX_NONE && cx_marks_add(&dictionary->label_marks, label))
				keys[(*count)++] = label_key(part, &dictionary->labels[label]);
		}
	}
	return keys;
}

static CxNeed *
make_need(CxNeedKind kind, int count)
{
	CxNeed *need = palloc0(sizeof(CxNeed));

	need->kind = kind;
	if (count > 0)
		need->needs = cx_palloc_array(CxNeed *, count);
	return need;
}

/*
 * Adds a part to a conjunction or disjunction.  What needs nothing adds
 * nothing to the first and makes the second need nothing.
 */
static void
add_need(CxNeed *need, CxNeed *part)
{
	if (part->kind != CX_NEED_NOTHING)
		need->needs[need->count++] = part;
	else if (need->kind == CX_NEED_ANY)
		need->kind = CX_NEED_NOTHING;
}

/* A conjunction or disjunction without superfluous levels. */
static CxNeed *
close_need(CxNeed *need)
{
	if (need->kind != CX_NEED_NOTHING && need->count == 0)
		need->kind = CX_NEED_NOTHING;
	return need->kind != CX_NEED_NOTHING && need->count == 1 ? need->needs[0] : need;
}

/*
 * What a path needs: the label itself, or for globs that begin with literal
 * labels all that begin so.  The dot before a "**" may be missing with it.
 */
static CxNeed *
need_path(CxNeeds *needs, int part, const CxPath *path)
{
	CxNeed *need = make_need(CX_NEED_KEY, 0);
	StringInfoData prefix;
	CxSpan text = path->text;

	initStringInfo(&prefix);
	if (!path->exact)
	{
		for (int i = 0; i < path->count && path->labels[i].kind == CX_LITERAL; i++)
		{
			if (i > 0)
				appendStringInfoChar(&prefix, '.');
			appendBinaryStringInfo(&prefix, path->labels[i].text.data, path->labels[i].text.length);
		}
		text = (CxSpan){prefix.data, prefix.len};
	}
	if (text.length == 0)
	{
		need->kind = CX_NEED_NOTHING;
		return need;
	}
	if (needs->key_count == needs->key_capacity)
	{
		needs->key_capacity = needs->key_capacity == 0 ? 8 : needs->key_capacity * 2;
		needs->keys = needs->keys == NULL ?
						  palloc(mul_size(needs->key_capacity, sizeof(CxKey))) :
						  repalloc(needs->keys, mul_size(needs->key_capacity, sizeof(CxKey)));
	}
	need->key = needs->key_count;
	needs->keys[needs->key_count++] = (CxKey){label_key(part, &text), !path->exact};
	return need;
}

static CxNeed *
need_selector(CxNeeds *needs, const CxSelector *selector)
{
	CxNeed *need;

	check_stack_depth();
	switch (selector->kind)
	{
		case CX_NOT:
			return make_need(CX_NEED_NOTHING, 0);
		case CX_OR:
			need = make_need(CX_NEED_ANY, selector->operand_count);
			for (int i = 0; i < selector->operand_count; i++)
				add_need(need, need_selector(needs, selector->operands[i]));
			return close_need(need);
		default:
			need = make_need(CX_NEED_ALL, CX_ATTRS);
			for (int part = 0; part < CX_ATTRS; part++)
				if (selector->parts[part].count > 0)
					add_need(need, need_path(needs, part, &selector->parts[part]));
			return close_need(need);
	}
}

static CxNeed *
need_node(CxNeeds *needs, const CxNode *node)
{
	CxNeed *need;

	check_stack_depth();
	switch (node->kind)
	{
		case CX_ONE_TOUCH:
			return need_selector(needs, node->selector);
		case CX_REPEAT:
			return node->least > 0 ? need_node(needs, node->children[0]) :
									 make_need(CX_NEED_NOTHING, 0);
		default:
			need = make_need(node->kind == CX_SEQUENCE ? CX_NEED_ALL : CX_NEED_ANY, node->count);
			for (int i = 0; i < node->count; i++)
				add_need(need, need_node(needs, node->children[i]));
			return close_need(need);
	}
}

/* What a journey needs for a pattern to match, in the current context. */
CxNeeds *
cx_needs_of(const CxPattern *pattern)
{
	CxNeeds *needs = palloc0(sizeof(CxNeeds));

	needs->root = need_node(needs, pattern->root);
	return needs;
}

/*
 * The share of journeys that have what is needed, from the shares that have
 * each key, as if keys were independent.
 */
float8
cx_need_share(const CxNeed *need, const float8 *shares)
{
	float8 share = 1;

	check_stack_depth();
	switch (need->kind)
	{
		case CX_NEED_NOTHING:
			return 1;
		case CX_NEED_KEY:
			return shares[need->key];
		case CX_NEED_ALL:
			for (int i = 0; i < need->count; i++)
				share *= cx_need_share(need->needs[i], shares);
			return share;
		default:
			for (int i = 0; i < need->count; i++)
				share *= 1 - cx_need_share(need->needs[i], shares);
			return 1 - share;
	}
}
