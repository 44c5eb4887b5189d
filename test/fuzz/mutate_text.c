/*
 * mutate_text.c
 *		Mutation of text, token by token.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "edit.h"

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
			edit_splice(text, at, length, token.data, token.length);
			break;
		case 2: /* insert one before it */
			token = other_token(rng, pool);
			edit_splice(text, at, 0, token.data, token.length);
			break;
		case 3: /* delete it */
			edit_splice(text, at, length, "", 0);
			break;
		case 4: /* say it twice */
			edit_splice(text, at, 0, text->data + at, length);
			break;
		case 5: /* copy it elsewhere */
			second = some_token(rng, text, &second_length);
			edit_splice(text, second, rng_below(rng, 2) ? second_length : 0, text->data + at,
						length);
			break;
		case 6: /* repeat everything from one token to another */
			second = some_token(rng, text, &second_length);
			if (second > at && second - at < 2048)
				edit_splice(text, at, 0, text->data + at, second - at);
			break;
		case 7: /* insert inside the token: escapes, quotes, digits */
			token = other_token(rng, pool);
			edit_splice(text, at + rng_below(rng, length), 0, token.data, token.length);
			break;
		case 8: /* a long run inside the token, around what may be a limit */
			length = lengths[rng_below(rng, lengthof(lengths))];
			run = palloc(length + 1);
			memset(run, "a0. \"[\\{"[rng_below(rng, 8)], length);
			edit_splice(text, at + rng_below(rng, 2), 0, run, length);
			pfree(run);
			break;
		case 9: /* deep nesting, now and then deeper than any stack */
			length = rng_below(rng, 64) ? 1 << rng_below(rng, 8) : 20000;
			run = palloc(length + 1);
			memset(run, "[{("[rng_below(rng, 3)], length);
			edit_splice(text, at, 0, run, length);
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
	{
		if (pool->grammar != NULL && rng_below(rng, 2))
			mutate_by_grammar(rng, pool->grammar, text);
		else
			mutate_text_once(rng, pool, text);
	}
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
