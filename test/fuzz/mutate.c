/*
 * mutate.c
 *		Deterministic mutation of bytes, text and jsonb.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/numeric.h"

#include "mutate.h"

/* Mutants stay below this, or below twice their origin if that is longer. */
#define ROOM 4096

/* Accepted mutants that are kept as further entries, and how long they may be. */
#define ADOPTED_MAX 512
#define ADOPTED_LENGTH 4096

#define TOKENS_MAX 4096

/* ---------------------------------------------------------------------------
 * Random numbers (splitmix64): the same on every server version
 * ---------------------------------------------------------------------------
 */

uint64
rng_next(Rng *rng)
{
	uint64 z = (rng->state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Starts one of many independent streams of a seed. */
void
rng_start(Rng *rng, uint64 seed, uint64 stream)
{
	rng->state = seed;
	rng->state = rng_next(rng) ^ stream * UINT64CONST(0xD1342543DE82EF95);
	rng_next(rng);
}

/* Returns a number from 0 to n - 1, and 0 for n = 0. */
uint32
rng_below(Rng *rng, uint32 n)
{
	return n == 0 ? 0 : (uint32) (((rng_next(rng) >> 32) * n) >> 32);
}

/* Returns a length from 1 to max, short ones more often. */
static int
some_length(Rng *rng, int max)
{
	static const int scale[] = {1, 2, 4, 8, 16, 64, 256, 1024};
	int limit = scale[rng_below(rng, lengthof(scale))];

	return 1 + rng_below(rng, Min(limit, max));
}

/* ---------------------------------------------------------------------------
 * Entries
 * ---------------------------------------------------------------------------
 */

/* Picks an entry, short ones more often: they mutate more per microsecond. */
const Blob *
pool_pick(const Pool *pool, Rng *rng)
{
	const Blob *best = &pool->entries[rng_below(rng, pool->count)];

	for (int i = rng_below(rng, 3); i > 0; i--)
	{
		const Blob *other = &pool->entries[rng_below(rng, pool->count)];

		if (other->length < best->length)
			best = other;
	}
	return best;
}

/*
 * Keeps an accepted mutant as an entry, in the current memory context, so that
 * later mutants start further away from what was given.
 */
void
pool_adopt(Pool *pool, Rng *rng, const char *data, int length)
{
	Blob *entry;

	if (length > ADOPTED_LENGTH)
		return;
	if (pool->count == pool->capacity && pool->capacity < pool->given + ADOPTED_MAX)
	{
		pool->capacity = pool->given + ADOPTED_MAX;
		pool->entries = repalloc(pool->entries, pool->capacity * sizeof(Blob));
	}
	if (pool->count < pool->capacity)
		entry = &pool->entries[pool->count++];
	else
	{
		entry = &pool->entries[pool->given + rng_below(rng, ADOPTED_MAX)];
		pfree(entry->data);
	}
	entry->data = palloc(length + 1);
	memcpy(entry->data, data, length);
	entry->length = length;
}

/* ---------------------------------------------------------------------------
 * Tokens: how text is cut without knowing its grammar
 * ---------------------------------------------------------------------------
 */

/* What breaks parsers.  What a type's own text is made of is learned from the entries. */
static const char *const hostile[] = {"{",
									  "}",
									  "[",
									  "]",
									  ":",
									  ",",
									  "\"",
									  "\\",
									  "'",
									  "(",
									  ")",
									  "-",
									  "+",
									  ".",
									  "..",
									  "*",
									  "**",
									  "?",
									  "|",
									  "!",
									  "=",
									  "=>",
									  "->",
									  "<",
									  "<=",
									  ">",
									  ">=",
									  "@",
									  "#",
									  "^",
									  "$",
									  "%",
									  "%s",
									  "%n",
									  " ",
									  "\t",
									  "\n",
									  "\x01",
									  "\x7f",
									  "null",
									  "true",
									  "false",
									  "NULL",
									  "nul",
									  "[]",
									  "{}",
									  "[[]]",
									  "[{}]",
									  "\"\"",
									  "\" \"",
									  "{\"a\":1}",
									  "0",
									  "-0",
									  "-0.0",
									  "1",
									  "-1",
									  "00",
									  "01",
									  "1.",
									  ".5",
									  "1e",
									  "1e5",
									  "1E+5",
									  "1e-5",
									  "1e400",
									  "-1e400",
									  "1e-400",
									  "4.9e-324",
									  "1.7976931348623157e308",
									  "0.1",
									  "0.30000000000000004",
									  "1e15",
									  "1e16",
									  "9007199254740993",
									  "127",
									  "128",
									  "255",
									  "256",
									  "32767",
									  "32768",
									  "65535",
									  "65536",
									  "2147483647",
									  "2147483648",
									  "-2147483648",
									  "4294967295",
									  "4294967296",
									  "9223372036854775807",
									  "9223372036854775808",
									  "-9223372036854775808",
									  "-9223372036854775809",
									  "18446744073709551615",
									  "18446744073709551616",
									  "99999999999999999999999999999999999999",
									  "NaN",
									  "Infinity",
									  "-Infinity",
									  "\"NaN\"",
									  "\"infinity\"",
									  "\"-infinity\"",
									  "\"now\"",
									  "\"today\"",
									  "\"epoch\"",
									  "\"4714-11-24T00:00:00+00:00 BC\"",
									  "\"4714-11-23T23:59:59.999999+00:00 BC\"",
									  "\"4713-01-01 00:00:00+00 BC\"",
									  "\"294276-12-31T23:59:59.999999+00:00\"",
									  "\"294277-01-01T00:00:00+00:00\"",
									  "\"2000-01-01T00:00:00+00:00\"",
									  "\"1999-12-31T23:59:59.999999Z\"",
									  "\"2026-02-30T00:00:00Z\"",
									  "\"2026-01-05T24:00:00Z\"",
									  "\"2016-12-31T23:59:60Z\"",
									  "\"2026-01-05T09:30:00\"",
									  "\"2026-01-05\"",
									  "\"2026-01-05T09:30:00+15:59:59\"",
									  "\"2026-01-05T09:30:00+16\"",
									  "\"2026-01-05T09:30:00.1234567Z\"",
									  "\"0000-01-01T00:00:00Z\"",
									  "\"1 day\"",
									  "\\u0000",
									  "\\u0001",
									  "\\u0041",
									  "\\u00e9",
									  "\\u20ac",
									  "\\ud83d\\ude00",
									  "\\ud83d",
									  "\\ude00\\ud83d",
									  "\\uffff",
									  "\\u12",
									  "\\u",
									  "\\x41",
									  "\\\"",
									  "\\\\",
									  "\\/",
									  "\\b",
									  "\\f",
									  "\\n",
									  "\\r",
									  "\\t",
									  "\\a",
									  "\xc3\xa9",
									  "\xe2\x82\xac",
									  "\xf0\x9f\x98\x80",
									  "\xf4\x8f\xbf\xbf",
									  "\xef\xbb\xbf",
									  "\xc2\x80",
									  "\xe2\x80\xa8"};

static bool
is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		   c == '.' || c >= 0x80;
}

/*
 * Returns the length of the token at the start: a string, a word, a number,
 * white space or one character.
 */
static int
token_length(const char *text, int length)
{
	int n = 1;

	if (text[0] == '"')
	{
		while (n < length && text[n] != '"')
			n += text[n] == '\\' ? 2 : 1;
		return Min(n + 1, length);
	}
	if (is_word(text[0]) || text[0] == '-')
	{
		while (n < length && (is_word(text[n]) || ((text[n] == '-' || text[n] == '+') &&
												   (text[n - 1] == 'e' || text[n - 1] == 'E'))))
			n++;
		return n;
	}
	if (text[0] == ' ' || text[0] == '\n' || text[0] == '\t')
		while (n < length && (text[n] == ' ' || text[n] == '\n' || text[n] == '\t'))
			n++;
	return n;
}

/* Collects the distinct tokens of the given entries, in the current context. */
void
pool_learn_tokens(Pool *pool)
{
	pool->tokens = palloc(TOKENS_MAX * sizeof(Blob));
	pool->token_count = 0;
	for (int i = 0; i < pool->given; i++)
	{
		const Blob *entry = &pool->entries[i];
		int taken = 0;

		/* a long entry must not crowd out the others */
		for (int at = 0; at < entry->length && taken < 256;)
		{
			int length = token_length(entry->data + at, entry->length - at);
			bool known = false;

			for (int k = 0; k < pool->token_count && !known; k++)
				known = pool->tokens[k].length == length &&
						memcmp(pool->tokens[k].data, entry->data + at, length) == 0;
			if (!known && pool->token_count < TOKENS_MAX)
			{
				pool->tokens[pool->token_count].data = entry->data + at;
				pool->tokens[pool->token_count++].length = length;
				taken++;
			}
			at += length;
		}
	}
}

/* Finds the start of some token of a text and its length. */
static int
some_token(Rng *rng, const StringInfo text, int *length)
{
	int target = rng_below(rng, text->len), at = 0;

	/* in a long text a look around is enough */
	if (target > 2048)
		at = target - 1024;
	for (;;)
	{
		*length = token_length(text->data + at, text->len - at);
		if (at + *length > target)
			return at;
		at += *length;
	}
}

/* ---------------------------------------------------------------------------
 * Editing
 * ---------------------------------------------------------------------------
 */

/* Replaces length bytes at a position by others, which may lie in the buffer itself. */
static void
splice(StringInfo buffer, int at, int length, const char *with, int with_length)
{
	char *copy = palloc(with_length + 1);

	memcpy(copy, with, with_length);
	if (with_length > length)
		enlargeStringInfo(buffer, with_length - length);
	memmove(buffer->data + at + with_length, buffer->data + at + length, buffer->len - at - length);
	memcpy(buffer->data + at, copy, with_length);
	buffer->len += with_length - length;
	buffer->data[buffer->len] = '\0';
	pfree(copy);
}

/* Picks a position; half of the time near the start, where headers are. */
static int
some_position(Rng *rng, int length)
{
	return rng_below(rng, rng_below(rng, 2) ? length : Min(length, 48));
}

/* Reads or writes an integer of 1, 2, 4 or 8 bytes in either byte order. */
static uint64
get_integer(const char *at, int width, bool big)
{
	uint64 n = 0;

	for (int i = 0; i < width; i++)
		n |= (uint64) (unsigned char) at[big ? width - 1 - i : i] << (8 * i);
	return n;
}

static void
put_integer(char *at, int width, bool big, uint64 n)
{
	for (int i = 0; i < width; i++)
		at[big ? width - 1 - i : i] = (char) (n >> (8 * i));
}

static uint64
some_integer(Rng *rng, const StringInfo bytes)
{
	static const uint64 known[] = {
		0,
		1,
		2,
		3,
		4,
		7,
		8,
		9,
		15,
		16,
		31,
		32,
		33,
		63,
		64,
		65,
		100,
		127,
		128,
		254,
		255,
		256,
		257,
		511,
		512,
		1000,
		4095,
		4096,
		32767,
		32768,
		65535,
		65536,
		4194303,
		4194304,
		4194305,
		8388607,
		16777215,
		16777216,
		0x0fffffff,
		0x1fffffff,
		0x20000000,
		0x3fffffff,
		0x40000000,
		0x7ffffffe,
		0x7fffffff,
		0x80000000,
		0xfffffffe,
		0xffffffff,
		UINT64CONST(0x100000000),
		UINT64CONST(0x1ffffffffffff),
		UINT64CONST(0x7ffffffffffffffe),
		UINT64CONST(0x7fffffffffffffff),
		UINT64CONST(0x8000000000000000),
		UINT64CONST(0x8000000000000001),
		UINT64CONST(0xfffffffffffffffe),
		UINT64CONST(0xffffffffffffffff),
		UINT64CONST(0x7ff0000000000000),
		UINT64CONST(0xfff0000000000000),
		UINT64CONST(0x7ff8000000000000),
		UINT64CONST(0xfcfaf0b0a2f54000), /* 4713 BC in microseconds */
		UINT64CONST(0x7fffca6e0b1ba000)	 /* far in the future */
	};

	switch (rng_below(rng, 4))
	{
		case 0:
			return bytes->len + (int) rng_below(rng, 17) - 8;
		case 1:
			return UINT64CONST(1) << rng_below(rng, 64);
		default:
			return known[rng_below(rng, lengthof(known))];
	}
}

/* One mutation of bytes. */
static void
mutate_bytes_once(Rng *rng, const Pool *pool, StringInfo bytes)
{
	int at = some_position(rng, bytes->len);
	int span = bytes->len == 0 ? 0 : some_length(rng, bytes->len - at);
	int width = 1 << rng_below(rng, 4);
	bool big = rng_below(rng, 2);
	char noise[1024];
	const Blob *other;
	int cut;

	switch (bytes->len == 0 ? 12 : rng_below(rng, 14))
	{
		case 0: /* flip a bit */
			bytes->data[at] ^= 1 << rng_below(rng, 8);
			break;
		case 1: /* change a byte */
			bytes->data[at] = (char) rng_next(rng);
			break;
		case 2: /* a little more or less */
			bytes->data[at] += (char) (rng_below(rng, 17) - 8);
			break;
		case 3: /* truncate */
			splice(bytes, at, bytes->len - at, "", 0);
			break;
		case 4: /* cut the last few bytes off */
			cut = 1 + rng_below(rng, Min(8, bytes->len));
			splice(bytes, bytes->len - cut, cut, "", 0);
			break;
		case 5: /* delete a span */
			splice(bytes, at, span, "", 0);
			break;
		case 6: /* duplicate a span */
			splice(bytes, rng_below(rng, bytes->len + 1), 0, bytes->data + at, span);
			break;
		case 7: /* copy a span over another */
			memmove(bytes->data + rng_below(rng, bytes->len - span + 1), bytes->data + at, span);
			break;
		case 8: /* an interesting integer */
		case 9:
			width = Min(width, bytes->len - at);
			put_integer(bytes->data + at, width, big, some_integer(rng, bytes));
			break;
		case 10: /* near the integer that was there */
			width = Min(width, bytes->len - at);
			put_integer(bytes->data + at, width, big,
						get_integer(bytes->data + at, width, big) + (int) rng_below(rng, 65) - 32);
			break;
		case 11: /* the head of one entry, the tail of another */
			other = pool_pick(pool, rng);
			cut = rng_below(rng, other->length + 1);
			splice(bytes, at, bytes->len - at, other->data + cut, other->length - cut);
			break;
		case 12: /* insert noise, or a run */
			span = some_length(rng, sizeof(noise));
			for (int i = 0; i < span; i++)
				noise[i] = i == 0 || big ? (char) rng_next(rng) : noise[0];
			splice(bytes, at, 0, noise, span);
			break;
		case 13: /* append */
			span = some_length(rng, 16);
			for (int i = 0; i < span; i++)
				noise[i] = big ? (char) rng_next(rng) : '\0';
			splice(bytes, bytes->len, 0, noise, span);
			break;
	}
}

/* How many mutations to stack: mostly few. */
static int
some_depth(Rng *rng)
{
	int depth = 1;

	while (depth < 12 && rng_below(rng, 2))
		depth++;
	return depth;
}

static void
keep_short(StringInfo buffer, int origin)
{
	int limit = Max(ROOM, 2 * origin);

	if (buffer->len > limit)
		splice(buffer, limit, buffer->len - limit, "", 0);
}

/* Mutates bytes in place, palloc'ing temporaries in the current context. */
void
mutate_bytes(Rng *rng, const Pool *pool, StringInfo bytes)
{
	int origin = bytes->len;

	for (int n = some_depth(rng); n > 0; n--)
		mutate_bytes_once(rng, pool, bytes);
	keep_short(bytes, origin);
}

/* Picks a replacement token: from the entries, or a hostile one. */
static Blob
other_token(Rng *rng, const Pool *pool)
{
	Blob token;

	if (pool->token_count > 0 && rng_below(rng, 2))
		return pool->tokens[rng_below(rng, pool->token_count)];
	token.data = unconstify(char *, hostile[rng_below(rng, lengthof(hostile))]);
	token.length = strlen(token.data);
	return token;
}

/* One mutation of text. */
static void
mutate_text_once(Rng *rng, const Pool *pool, StringInfo text)
{
	static const int lengths[] = {8, 64, 127, 128, 253, 254, 255, 256, 257, 300, 1000};
	int at, length, second, second_length;
	Blob token;
	char *run;

	if (text->len == 0)
	{
		token = other_token(rng, pool);
		appendBinaryStringInfo(text, token.data, token.length);
		return;
	}
	at = some_token(rng, text, &length);
	switch (rng_below(rng, 11))
	{
		case 0: /* put another token in its place */
		case 1:
			token = other_token(rng, pool);
			splice(text, at, length, token.data, token.length);
			break;
		case 2: /* insert one before it */
			token = other_token(rng, pool);
			splice(text, at, 0, token.data, token.length);
			break;
		case 3: /* delete it */
			splice(text, at, length, "", 0);
			break;
		case 4: /* say it twice */
			splice(text, at, 0, text->data + at, length);
			break;
		case 5: /* copy it elsewhere */
			second = some_token(rng, text, &second_length);
			splice(text, second, rng_below(rng, 2) ? second_length : 0, text->data + at, length);
			break;
		case 6: /* repeat everything from one token to another */
			second = some_token(rng, text, &second_length);
			if (second > at && second - at < 2048)
				splice(text, at, 0, text->data + at, second - at);
			break;
		case 7: /* insert inside the token: escapes, quotes, digits */
			token = other_token(rng, pool);
			splice(text, at + rng_below(rng, length), 0, token.data, token.length);
			break;
		case 8: /* a long run inside the token, around what may be a limit */
			length = lengths[rng_below(rng, lengthof(lengths))];
			run = palloc(length + 1);
			memset(run, "a0. \"[\\{"[rng_below(rng, 8)], length);
			splice(text, at + rng_below(rng, 2), 0, run, length);
			pfree(run);
			break;
		case 9: /* deep nesting, now and then deeper than any stack */
			length = rng_below(rng, 64) ? 1 << rng_below(rng, 8) : 20000;
			run = palloc(length + 1);
			memset(run, "[{("[rng_below(rng, 3)], length);
			splice(text, at, 0, run, length);
			pfree(run);
			break;
		case 10: /* blind */
			mutate_bytes_once(rng, pool, text);
			break;
	}
}

/*
 * Mutates text in place.  The result is what an input function may be given:
 * valid in the server's encoding and without NUL bytes, because the server
 * checks both before it calls one.
 */
void
mutate_text(Rng *rng, const Pool *pool, StringInfo text)
{
	int origin = text->len;

	for (int n = some_depth(rng); n > 0; n--)
		mutate_text_once(rng, pool, text);
	keep_short(text, Max(origin, 20000));

	for (int at = 0; at < text->len;)
	{
		int length = 1;

		if (IS_HIGHBIT_SET(text->data[at]))
		{
			length = Min(pg_encoding_mblen(GetDatabaseEncoding(), text->data + at), text->len - at);
			if (!pg_verifymbstr(text->data + at, length, true))
			{
				text->data[at] = '?';
				length = 1;
			}
		}
		else if (text->data[at] == '\0')
			text->data[at] = '0';
		at += length;
	}
}

/* ---------------------------------------------------------------------------
 * jsonb: mutated as a tree, so that every mutant is a jsonb
 * ---------------------------------------------------------------------------
 */

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
