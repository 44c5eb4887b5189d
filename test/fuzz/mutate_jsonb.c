/*
 * mutate_jsonb.c
 *		Mutation of jsonb as a tree, so that every mutant is a jsonb.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "edit.h"

typedef struct Tree Tree;
struct Tree
{
	JsonbValue scalar; /* of a leaf */
	bool object;	   /* of an inner node */
	bool leaf;
	int count;
	int capacity;
	JsonbValue *keys; /* of an object */
	Tree **children;
};

static void
tree_insert(Tree *parent, int at, JsonbValue key, Tree *child)
{
	if (parent->count == parent->capacity)
	{
		int capacity = parent->capacity * 2 + 4;
		JsonbValue *keys = palloc(capacity * sizeof(JsonbValue));
		Tree **children = palloc(capacity * sizeof(Tree *));

		if (parent->count > 0)
		{
			memcpy(keys, parent->keys, parent->count * sizeof(JsonbValue));
			memcpy(children, parent->children, parent->count * sizeof(Tree *));
		}
		parent->keys = keys;
		parent->children = children;
		parent->capacity = capacity;
	}
	memmove(parent->keys + at + 1, parent->keys + at, (parent->count - at) * sizeof(JsonbValue));
	memmove(parent->children + at + 1, parent->children + at,
			(parent->count - at) * sizeof(Tree *));
	parent->keys[at] = key;
	parent->children[at] = child;
	parent->count++;
}

static void
tree_delete(Tree *parent, int at)
{
	parent->count--;
	memmove(parent->keys + at, parent->keys + at + 1, (parent->count - at) * sizeof(JsonbValue));
	memmove(parent->children + at, parent->children + at + 1,
			(parent->count - at) * sizeof(Tree *));
}

/* Reads the container that the iterator has just begun. */
static Tree *
tree_read(JsonbIterator **iterator, bool object)
{
	Tree *tree = palloc0(sizeof(Tree));
	JsonbValue value, key;
	JsonbIteratorToken token;

	check_stack_depth();
	tree->object = object;
	memset(&key, 0, sizeof(key));
	key.type = jbvString;
	key.val.string.val = pstrdup("key");
	key.val.string.len = 3;
	while ((token = JsonbIteratorNext(iterator, &value, false)) != WJB_END_ARRAY &&
		   token != WJB_END_OBJECT)
	{
		Tree *child;

		if (token == WJB_KEY)
		{
			key = value;
			continue;
		}
		if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT)
			child = tree_read(iterator, token == WJB_BEGIN_OBJECT);
		else
		{
			child = palloc0(sizeof(Tree));
			child->leaf = true;
			child->scalar = value;
		}
		tree_insert(tree, tree->count, key, child);
	}
	return tree;
}

static JsonbValue *
tree_write(JsonbParseState **state, const Tree *tree)
{
	check_stack_depth();
	pushJsonbValue(state, tree->object ? WJB_BEGIN_OBJECT : WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < tree->count; i++)
	{
		Tree *child = tree->children[i];

		if (tree->object)
			pushJsonbValue(state, WJB_KEY, &tree->keys[i]);
		if (child->leaf)
			pushJsonbValue(state, tree->object ? WJB_VALUE : WJB_ELEM, &child->scalar);
		else
			tree_write(state, child);
	}
	return pushJsonbValue(state, tree->object ? WJB_END_OBJECT : WJB_END_ARRAY, NULL);
}

/* Makes a string: the inside of a quoted token, or some other. */
static JsonbValue
some_string(Rng *rng, const Pool *pool)
{
	JsonbValue value;
	Blob token = other_token(rng, pool);

	memset(&value, 0, sizeof(value));
	value.type = jbvString;
	if (token.length >= 2 && token.data[0] == '"')
	{
		token.data++;
		token.length -= 2;
	}
	if (rng_below(rng, 16) == 0)
	{
		int length = 250 + rng_below(rng, 10);

		token.data = palloc(length);
		token.length = length;
		memset(token.data, 'x', length);
	}
	value.val.string.val = token.data;
	value.val.string.len = token.length;
	return value;
}

static JsonbValue
some_scalar(Rng *rng, const Pool *pool)
{
	static const char *const numbers[] = {"0",
										  "1",
										  "-1",
										  "0.5",
										  "1e5",
										  "1.50",
										  "1e15",
										  "1e16",
										  "9007199254740993",
										  "2147483648",
										  "9223372036854775807",
										  "9223372036854775808",
										  "-9223372036854775808",
										  "-9223372036854775809",
										  "1e308",
										  "1e309",
										  "-1e309",
										  "1e-324",
										  "1e-400",
										  "1e1000",
										  "0.1",
										  "312.5",
										  "0.0005",
										  "0.0015",
										  "9223372036854.775",
										  "9223372036854775",
										  "9223372036854776",
										  "123456789012345678901234567890.123456789",
										  "-0.0"};
	JsonbValue value;

	memset(&value, 0, sizeof(value));
	switch (rng_below(rng, 8))
	{
		case 0:
			value.type = jbvNull;
			break;
		case 1:
			value.type = jbvBool;
			value.val.boolean = rng_below(rng, 2);
			break;
		case 2:
		case 3:
		case 4:
			value.type = jbvNumeric;
			value.val.numeric = DatumGetNumeric(DirectFunctionCall3(
				numeric_in, CStringGetDatum(numbers[rng_below(rng, lengthof(numbers))]),
				ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
			break;
		default:
			value = some_string(rng, pool);
			break;
	}
	return value;
}

/* One mutation: walks down to some container and changes one of its members. */
static void
mutate_tree_once(Rng *rng, const Pool *pool, Tree *tree)
{
	Tree *child, *wrapper;
	int at, other;
	JsonbValue key = some_string(rng, pool);

	while (tree->count > 0)
	{
		child = tree->children[rng_below(rng, tree->count)];
		if (child->leaf || rng_below(rng, 5) == 0)
			break;
		tree = child;
	}
	if (tree->object && tree->count > 0 && rng_below(rng, 3))
		key = tree->keys[rng_below(rng, tree->count)];
	at = rng_below(rng, tree->count);
	switch (tree->count == 0 ? 5 : rng_below(rng, 8))
	{
		case 0: /* another value */
		case 1:
			child = palloc0(sizeof(Tree));
			child->leaf = true;
			child->scalar = some_scalar(rng, pool);
			tree->children[at] = child;
			break;
		case 2: /* another key */
			tree->keys[at] = some_string(rng, pool);
			break;
		case 3: /* gone */
			tree_delete(tree, at);
			break;
		case 4: /* twice */
			tree_insert(tree, at, key, tree->children[at]);
			break;
		case 5: /* one more */
			child = palloc0(sizeof(Tree));
			child->leaf = true;
			child->scalar = some_scalar(rng, pool);
			tree_insert(tree, at, key, child);
			break;
		case 6: /* in a container of its own */
			wrapper = palloc0(sizeof(Tree));
			wrapper->object = rng_below(rng, 2);
			for (int depth = rng_below(rng, 32) ? 0 : rng_below(rng, 200); depth > 0; depth--)
			{
				Tree *outer = palloc0(sizeof(Tree));

				tree_insert(outer, 0, key, tree->children[at]);
				tree->children[at] = outer;
			}
			tree_insert(wrapper, 0, key, tree->children[at]);
			tree->children[at] = wrapper;
			break;
		case 7: /* exchanged */
			other = rng_below(rng, tree->count);
			child = tree->children[at];
			tree->children[at] = tree->children[other];
			tree->children[other] = child;
			break;
	}
}

/* Returns a mutant of a jsonb, in the current context. */
Jsonb *
mutate_jsonb(Rng *rng, const Pool *pool, Jsonb *jsonb)
{
	JsonbIterator *iterator = JsonbIteratorInit(&jsonb->root);
	JsonbParseState *state = NULL;
	JsonbValue value;
	Tree *tree;
	JsonbIteratorToken token = JsonbIteratorNext(&iterator, &value, false);

	/* a lone scalar, now and then */
	if (rng_below(rng, 512) == 0 || (token == WJB_BEGIN_ARRAY && value.val.array.rawScalar))
	{
		value = some_scalar(rng, pool);
		return JsonbValueToJsonb(&value);
	}
	tree = tree_read(&iterator, token == WJB_BEGIN_OBJECT);
	for (int n = some_depth(rng); n > 0; n--)
		mutate_tree_once(rng, pool, tree);
	return JsonbValueToJsonb(tree_write(&state, tree));
}
