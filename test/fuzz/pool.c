/*
 * pool.c
 *		The entries that mutation starts from, and the tokens they are made of:
 *		how text is cut without knowing its grammar.
 */
#include "postgres.h"

#include "edit.h"

/* Accepted mutants that are kept as further entries, and how long they may be. */
#define ADOPTED_MAX 512
#define ADOPTED_LENGTH 4096

#define TOKENS_MAX 4096

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
 * Tokens
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
int
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

/* Picks a replacement token: from the entries, or a hostile one. */
Blob
other_token(Rng *rng, const Pool *pool)
{
	Blob token;

	if (pool->token_count > 0 && rng_below(rng, 2))
		return pool->tokens[rng_below(rng, pool->token_count)];
	token.data = unconstify(char *, hostile[rng_below(rng, lengthof(hostile))]);
	token.length = strlen(token.data);
	return token;
}
