/*
 * grammar.c
 *		Text made by a grammar, for mutants that get further than the parser.
 *
 * The rules of a type come from the table cx_fuzz.grammar.  An expansion is
 * text in which %symbol% stands for an expansion of that symbol.  The first
 * expansion of a symbol ends: where the text has become deep it is the one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"

#include "edit.h"

#define DEPTH_MAX 12
#define LENGTH_MAX 2000 /* from here on only first expansions are taken */

typedef struct Rule
{
	char *symbol;
	int count;
	char **expansions;
} Rule;

struct Grammar
{
	int count;
	Rule *rules; /* the first one is that of a whole text */
};

static Rule *
rule_of(const Grammar *grammar, const char *symbol, int length)
{
	for (int i = 0; i < grammar->count; i++)
		if (strncmp(grammar->rules[i].symbol, symbol, length) == 0 &&
			grammar->rules[i].symbol[length] == '\0')
			return &grammar->rules[i];
	return NULL;
}

/* Reads the rules of a type, into a context; NULL if it has none. */
Grammar *
grammar_load(Oid type, MemoryContext context)
{
	Oid argtype = OIDOID;
	Datum argument = ObjectIdGetDatum(type);
	Grammar *grammar = NULL;
	MemoryContext old;

	SPI_connect();
	if (SPI_execute_with_args("SELECT symbol, expansion FROM cx_fuzz.grammar"
							  " WHERE type::pg_catalog.oid = $1 ORDER BY number",
							  1, &argtype, &argument, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "cx_fuzz.grammar cannot be read");
	old = MemoryContextSwitchTo(context);
	if (SPI_processed > 0)
	{
		grammar = palloc0(sizeof(Grammar));
		grammar->rules = palloc0(SPI_processed * sizeof(Rule));
	}
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		char *symbol = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 1);
		char *expansion = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 2);
		Rule *rule = rule_of(grammar, symbol, strlen(symbol));

		if (rule == NULL)
		{
			rule = &grammar->rules[grammar->count++];
			rule->symbol = pstrdup(symbol);
			rule->expansions = palloc(SPI_processed * sizeof(char *));
		}
		rule->expansions[rule->count++] = pstrdup(expansion);
	}
	MemoryContextSwitchTo(old);
	SPI_finish();
	return grammar;
}

static void
expand(Rng *rng, const Grammar *grammar, const Rule *rule, int depth, StringInfo out)
{
	bool ending = depth >= DEPTH_MAX || out->len >= LENGTH_MAX;
	const char *at = rule->expansions[ending ? 0 : rng_below(rng, rule->count)];

	while (*at != '\0')
	{
		const char *end = *at == '%' ? strchr(at + 1, '%') : NULL;
		const Rule *inner;

		if (end == NULL)
		{
			appendStringInfoChar(out, *at++);
			continue;
		}
		inner = rule_of(grammar, at + 1, end - at - 1);
		if (inner == NULL)
			elog(ERROR, "no rule for %.*s in cx_fuzz.grammar", (int) (end - at + 1), at);
		expand(rng, grammar, inner, depth + 1, out);
		at = end + 1;
	}
}

/* Makes text of some symbol, in the current context. */
static void
some_phrase(Rng *rng, const Grammar *grammar, StringInfo phrase)
{
	initStringInfo(phrase);
	expand(rng, grammar, &grammar->rules[rng_below(rng, grammar->count)], DEPTH_MAX - 5, phrase);
}

/* The length of the group that begins with a bracket here, else of the token. */
static int
group_length(const StringInfo text, int at, int length)
{
	int open = 0;

	if (strchr("([{", text->data[at]) == NULL)
		return length;
	for (int end = at; end < text->len && end - at < 2048; end++)
	{
		open += text->data[end] != '\0' && strchr("([{", text->data[end]) != NULL;
		open -= text->data[end] != '\0' && strchr(")]}", text->data[end]) != NULL;
		if (open == 0)
			return end + 1 - at;
	}
	return length;
}

/* One mutation of text by the grammar. */
void
mutate_by_grammar(Rng *rng, const Grammar *grammar, StringInfo text)
{
	StringInfoData phrase;
	int at = 0, length = 0;

	if (text->len > 0)
	{
		at = some_token(rng, text, &length);
		length = group_length(text, at, length);
	}
	switch (rng_below(rng, 6))
	{
		case 0: /* all of it anew */
			initStringInfo(&phrase);
			expand(rng, grammar, &grammar->rules[0], 0, &phrase);
			edit_splice(text, 0, text->len, phrase.data, phrase.len);
			break;
		case 1: /* a phrase before what stands here */
			some_phrase(rng, grammar, &phrase);
			edit_splice(text, at, 0, phrase.data, phrase.len);
			break;
		case 2: /* what stands here in parentheses */
			edit_splice(text, at + length, 0, ")", 1);
			edit_splice(text, at, 0, "(", 1);
			break;
		case 3: /* gone */
			edit_splice(text, at, length, "", 0);
			break;
		default: /* a phrase in its place */
			some_phrase(rng, grammar, &phrase);
			edit_splice(text, at, length, phrase.data, phrase.len);
			break;
	}
}
