/*
 * parse.c
 *		Selectors and patterns from text: one recursive descent for both.
 */
#include "pattern/syntax.h"

#include "utils/numeric.h"

/* which type's input is being read */
typedef enum Goal
{
	GOAL_PATTERN,
	GOAL_SELECTOR
} Goal;

typedef struct Parser
{
	const char *text;
	const char *at;
	Goal goal;
	CxErrorContext *escontext;
	bool failed;
} Parser;

static CxNode *parse_alternatives(Parser *parser, CxLink **trailing);
static CxSelector *parse_selector(Parser *parser);

/* Reports what was expected here, once; returns NULL for the caller to return. */
static void *
expected(Parser *parser, const char *what)
{
	const char *at = parser->at;
	char found[16];

	if (parser->failed)
		return NULL;
	parser->failed = true;
	if (*at == '\0')
		strlcpy(found, "the end", sizeof(found));
	else
	{
		int length = Min(pg_mblen(at), (int) strlen(at));

		snprintf(found, sizeof(found), "\"%.*s\"", length, at);
	}
	errsave(parser->escontext,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%.*s%s\"",
					parser->goal == GOAL_PATTERN ? "pattern" : "selector",
					pg_mbcliplen(parser->text, strlen(parser->text), 200), parser->text,
					strlen(parser->text) > 200 ? "..." : ""),
			 errdetail("Expected %s at character %d, found %s.", what,
					   pg_mbstrlen_with_len(parser->text, at - parser->text) + 1, found)));
	return NULL;
}

static void
skip_space(Parser *parser)
{
	while (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n' ||
		   *parser->at == '\r' || *parser->at == '\f' || *parser->at == '\v')
		parser->at++;
}

/* Takes a token if it stands here. */
static bool
take(Parser *parser, const char *token)
{
	size_t length = strlen(token);

	skip_space(parser);
	if (strncmp(parser->at, token, length) != 0)
		return false;
	parser->at += length;
	return true;
}

static bool
sees(Parser *parser, const char *token)
{
	skip_space(parser);
	return strncmp(parser->at, token, strlen(token)) == 0;
}

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		   IS_HIGHBIT_SET(c);
}

/* The length of the bare label here (without dots): ends in a letter, digit or "_". */
static size_t
bare_length(const char *at)
{
	size_t length = 0;

	for (size_t i = 0; is_word_char(at[i]) || (at[i] != '\0' && strchr("-:/", at[i]) != NULL); i++)
		if (is_word_char(at[i]))
			length = i + 1;
	return length;
}

/* True at a word such as within, that is not part of a longer label. */
static bool
sees_word(Parser *parser, const char *word)
{
	skip_space(parser);
	return bare_length(parser->at) == strlen(word) &&
		   strncmp(parser->at, word, strlen(word)) == 0 && parser->at[strlen(word)] != '.';
}

/* Reads a quoted string, "" standing for a quote; NULL after an error. */
static char *
parse_quoted(Parser *parser)
{
	StringInfoData out;

	initStringInfo(&out);
	parser->at++;
	for (;;)
	{
		if (*parser->at == '\0')
			return expected(parser, "a closing quote");
		if (*parser->at == '"')
		{
			parser->at++;
			if (*parser->at != '"')
				return out.data;
		}
		appendStringInfoChar(&out, *parser->at++);
	}
}

static bool
at_label(const Parser *parser)
{
	return *parser->at == '*' || *parser->at == '"' || bare_length(parser->at) > 0;
}

/* Splits literal text at its dots and appends the labels. */
static void
append_literals(CxPath *path, const char *text)
{
	for (;;)
	{
		const char *dot = strchr(text, '.');
		size_t length = dot == NULL ? strlen(text) : dot - text;

		path->labels = path->count == 0 ?
						   cx_palloc_array(CxPathLabel, 1) :
						   repalloc(path->labels, mul_size(path->count + 1, sizeof(CxPathLabel)));
		path->labels[path->count++] = (CxPathLabel){CX_LITERAL, {text, length}};
		if (dot == NULL)
			return;
		text = dot + 1;
	}
}

/*
 * Reads a dotted path.  A "." goes on with the path only where a label or a
 * glob follows; a "*" directly behind a label repeats the item instead.
 */
static bool
parse_path(Parser *parser, CxPath *path)
{
	StringInfoData text;

	memset(path, 0, sizeof(CxPath));
	path->exact = true;
	initStringInfo(&text);
	do
	{
		if (path->count > 0)
			appendStringInfoChar(&text, '.');
		if (*parser->at == '*')
		{
			int stars = parser->at[1] == '*' ? 2 : 1;

			append_literals(path, "");
			path->labels[path->count - 1].kind = stars == 2 ? CX_ANY_NUMBER : CX_ONE;
			path->exact = false;
			parser->at += stars;
		}
		else
		{
			char *label;

			if (*parser->at == '"')
				label = parse_quoted(parser);
			else
			{
				size_t length = bare_length(parser->at);

				if (length == 0)
					return expected(parser, "a label");
				label = pnstrdup(parser->at, length);
				parser->at += length;
			}
			if (label == NULL)
				return false;
			append_literals(path, label);
			appendStringInfoString(&text, label);
		}
		if (*parser->at != '.')
			break;
		parser->at++;
	} while (at_label(parser) || expected(parser, "a label or a glob behind the \".\"") != NULL);
	path->text = (CxSpan){text.data, text.len};
	if (!parser->failed && path->exact && (text.len == 0 || text.len > CX_MAX_LABEL))
		expected(parser, "a label of 1 to 255 bytes before this");
	return !parser->failed;
}

/* Reads a number without sign or exponent; NULL if there is none. */
static char *
take_number(Parser *parser)
{
	const char *start;
	char *number;

	skip_space(parser);
	start = parser->at;
	while (*parser->at >= '0' && *parser->at <= '9')
		parser->at++;
	if (parser->at > start && *parser->at == '.' && parser->at[1] >= '0' && parser->at[1] <= '9')
		for (parser->at++; *parser->at >= '0' && *parser->at <= '9';)
			parser->at++;
	if (parser->at == start)
		return NULL;
	number = pnstrdup(start, parser->at - start);
	return number;
}

static const struct
{
	const char *name;
	int64 microseconds;
} duration_units[] = {{"microsecond", 1},		  {"millisecond", 1000},
					  {"second", USECS_PER_SEC},  {"minute", USECS_PER_MINUTE},
					  {"hour", USECS_PER_HOUR},	  {"day", USECS_PER_DAY},
					  {"week", 7 * USECS_PER_DAY}};

/* The microseconds of the unit that stands here, 0 if none does. */
static int64
take_unit(Parser *parser)
{
	skip_space(parser);
	for (int i = 0; i < lengthof(duration_units); i++)
	{
		size_t length = strlen(duration_units[i].name);

		if (strncmp(parser->at, duration_units[i].name, length) != 0)
			continue;
		if (parser->at[length] == 's')
			length++;
		if (is_word_char(parser->at[length]))
			continue;
		parser->at += length;
		return duration_units[i].microseconds;
	}
	return 0;
}

/* Reads `1 hour 30 minutes` into microseconds. */
static bool
parse_duration(Parser *parser, int64 *duration)
{
	char *number;

	*duration = 0;
	number = take_number(parser);
	if (number == NULL)
		return expected(parser, "a duration such as 7 days");
	do
	{
		float8 count;
		float8 part;
		int64 unit = take_unit(parser);

		if (unit == 0)
			return expected(
				parser, "weeks, days, hours, minutes, seconds or smaller (months vary in length)");
		if (!cx_float8(number, &count) || count * unit > 9e18)
			return expected(parser, "a shorter duration before this");
		part = rint(count * unit);
		if (pg_add_s64_overflow(*duration, (int64) part, duration))
			return expected(parser, "a shorter duration before this");
		number = take_number(parser);
	} while (number != NULL);
	return true;
}

static bool
take_comparison(Parser *parser, CxCompare *op)
{
	static const struct
	{
		const char *token;
		CxCompare op;
	} tokens[] = {{"!=", CX_NE}, {"<>", CX_NE}, {"<=", CX_LE}, {">=", CX_GE},
				  {"<", CX_LT},	 {">", CX_GT},	{"=", CX_EQ}};

	for (int i = 0; i < lengthof(tokens); i++)
	{
		if (take(parser, tokens[i].token))
		{
			*op = tokens[i].op;
			return true;
		}
	}
	return expected(parser, "a comparison: =, !=, <, <=, > or >=");
}

/* Reads a signed decimal number with optional exponent. */
static bool
parse_number(Parser *parser, CxCondition *condition)
{
	StringInfoData text;
	char *digits;

	initStringInfo(&text);
	if (take(parser, "-"))
		appendStringInfoChar(&text, '-');
	digits = take_number(parser);
	if (digits == NULL)
		return expected(parser, "a number");
	appendStringInfoString(&text, digits);
	if ((*parser->at == 'e' || *parser->at == 'E') &&
		((parser->at[1] >= '0' && parser->at[1] <= '9') ||
		 ((parser->at[1] == '-' || parser->at[1] == '+') && parser->at[2] >= '0' &&
		  parser->at[2] <= '9')))
	{
		do
			appendStringInfoChar(&text, *parser->at++);
		while ((*parser->at >= '0' && *parser->at <= '9') ||
			   ((*parser->at == '-' || *parser->at == '+') && strchr("eE", parser->at[-1])));
	}
	condition->type = CX_NUMBER;
	condition->text = text.data;
	if (!cx_float8(text.data, &condition->number))
		return expected(parser, "a number in the range of double precision before this");
	return true;
}

static bool
parse_literal(Parser *parser, CxCondition *condition)
{
	skip_space(parser);
	if (condition->field == CX_FIELD_LASTED)
	{
		condition->type = CX_DURATION;
		return parse_duration(parser, &condition->duration);
	}
	if (condition->field == CX_FIELD_ATTR && *parser->at == '"')
	{
		condition->type = CX_STRING;
		condition->text = parse_quoted(parser);
		return condition->text != NULL;
	}
	if (condition->field == CX_FIELD_ATTR &&
		(sees_word(parser, "true") || sees_word(parser, "false")))
	{
		condition->type = CX_BOOLEAN;
		condition->boolean = *parser->at == 't';
		parser->at += condition->boolean ? 4 : 5;
		if (condition->op != CX_EQ && condition->op != CX_NE)
			return expected(parser, "a number or a quoted string before this");
		return true;
	}
	if (*parser->at != '-' && (*parser->at < '0' || *parser->at > '9'))
		return expected(parser, condition->field == CX_FIELD_VALUE ?
									"a number" :
									"a number, a quoted string, true or false");
	return parse_number(parser, condition);
}

/* Reads one condition of a test. */
static bool
parse_condition(Parser *parser, CxCondition *condition)
{
	memset(condition, 0, sizeof(CxCondition));
	skip_space(parser);
	condition->field = CX_FIELD_ATTR;
	if (sees_word(parser, "value"))
		condition->field = CX_FIELD_VALUE;
	else if (sees_word(parser, "lasted"))
		condition->field = CX_FIELD_LASTED;
	if (*parser->at == '"')
		condition->key = parse_quoted(parser);
	else
	{
		size_t length = bare_length(parser->at);

		/* a key may have dots: it names no path */
		while (length > 0 && parser->at[length] == '.' && bare_length(parser->at + length + 1) > 0)
			length += 1 + bare_length(parser->at + length + 1);
		if (length == 0)
			return expected(parser, "value, lasted or a key of attrs");
		condition->key = pnstrdup(parser->at, length);
		parser->at += length;
	}
	return condition->key != NULL && take_comparison(parser, &condition->op) &&
		   parse_literal(parser, condition);
}

/* Reads a test on one touch. */
static CxSelector *
parse_test(Parser *parser)
{
	CxSelector *test = palloc0(sizeof(CxSelector));
	const char *start = parser->at;

	test->kind = CX_TEST;
	if (at_label(parser) && !sees_word(parser, "within") &&
		!parse_path(parser, &test->parts[CX_TOUCHPOINT]))
		return NULL;
	if (*parser->at == '@')
	{
		parser->at++;
		if (!parse_path(parser, &test->parts[CX_CHANNEL]))
			return NULL;
	}
	if (*parser->at == '#')
	{
		parser->at++;
		if (!parse_path(parser, &test->parts[CX_TEAM]))
			return NULL;
	}
	if (*parser->at == '[')
	{
		parser->at++;
		do
		{
			test->conditions = test->condition_count == 0 ?
								   cx_palloc_array(CxCondition, 1) :
								   repalloc(test->conditions, mul_size(test->condition_count + 1,
																	   sizeof(CxCondition)));
			if (!parse_condition(parser, &test->conditions[test->condition_count++]))
				return NULL;
		} while (take(parser, ","));
		if (!take(parser, "]"))
			return expected(parser, "\",\" or \"]\"");
	}
	if (parser->at == start)
		return expected(parser, "a selector");
	/* a lone * or ** says nothing about a path, and so does a part that is one */
	for (int part = 0; part < CX_ATTRS; part++)
		if (part == CX_TOUCHPOINT && test->parts[part].count == 1 &&
			test->parts[part].labels[0].kind != CX_LITERAL)
			test->parts[part].count = 0;
	return test;
}

static CxNode *
make_node(CxNodeKind kind)
{
	CxNode *node = palloc0(sizeof(CxNode));

	node->kind = kind;
	return node;
}

/* Appends a child and the link before it. */
static void
append_child(CxNode *node, CxNode *child, CxLink *link)
{
	if (node->count == 0)
	{
		node->children = cx_palloc_array(CxNode *, 1);
		node->links = cx_palloc_array(CxLink *, 1);
	}
	else
	{
		node->children = repalloc(node->children, mul_size(node->count + 1, sizeof(CxNode *)));
		node->links = repalloc(node->links, mul_size(node->count + 1, sizeof(CxLink *)));
		node->links[node->count - 1] = link;
	}
	node->children[node->count++] = child;
}

/* Reads the bounds of a link up to "]". */
static bool
parse_bounds(Parser *parser, CxLink *link)
{
	do
	{
		CxCompare op;
		int64 duration;

		skip_space(parser);
		if (*parser->at == '!' && parser->at[1] != '=')
		{
			CxSelector *excluded;

			parser->at++;
			skip_space(parser);
			excluded = parse_selector(parser);
			if (excluded == NULL)
				return false;
			if (link->excluded != NULL)
			{
				CxSelector *both = palloc0(sizeof(CxSelector));

				both->kind = CX_OR;
				both->operand_count = 2;
				both->operands = cx_palloc_array(CxSelector *, 2);
				both->operands[0] = link->excluded;
				both->operands[1] = excluded;
				excluded = both;
			}
			link->excluded = excluded;
			continue;
		}
		if (*parser->at != '<' && *parser->at != '>')
			return expected(parser, "<, <=, > or >= and a duration, or ! and a selector");
		if (!take_comparison(parser, &op))
			return false;
		if (op == CX_NE)
			return expected(parser, "<, <=, > or >= before this");
		if ((op == CX_LT || op == CX_LE) ? link->has_most : link->has_least)
			return expected(parser, "no second bound of the same side");
		if (!parse_duration(parser, &duration))
			return false;
		if (op == CX_LT || op == CX_LE)
		{
			link->has_most = true;
			link->most_strict = op == CX_LT;
			link->most = duration;
		}
		else
		{
			link->has_least = true;
			link->least_strict = op == CX_GT;
			link->least = duration;
		}
	} while (take(parser, ","));
	if (link->has_least && link->has_most &&
		link->least + link->least_strict > link->most - link->most_strict)
		return expected(parser, "bounds that some time fits");
	if (link->has_most && link->most - link->most_strict < 0)
		return expected(parser, "bounds that some time fits");
	return true;
}

/* Takes a link if one stands here; *found tells.  False after an error. */
static bool
take_link(Parser *parser, CxLink **found)
{
	CxLink *link;
	bool adjacent;

	*found = NULL;
	skip_space(parser);
	adjacent = *parser->at == '=';
	if (!sees(parser, "->") && !sees(parser, "=>") && !sees(parser, "-[") && !sees(parser, "=["))
		return true;
	link = palloc0(sizeof(CxLink));
	link->adjacent = adjacent;
	parser->at++;
	if (*parser->at == '[')
	{
		parser->at++;
		if (!parse_bounds(parser, link))
			return false;
		if (!take(parser, "]"))
			return expected(parser, "\",\" or \"]\"");
		if (!take(parser, adjacent ? "=>" : "->"))
			return expected(parser, adjacent ? "\"=>\"" : "\"->\"");
	}
	else
		parser->at++;
	/* nothing lies between neighbours, so nothing can be excluded there */
	if (adjacent)
		link->excluded = NULL;
	*found = link;
	return true;
}

static bool
is_selector(const CxNode *node)
{
	return node->kind == CX_ONE_TOUCH;
}

/* Reads an item without its repetition. */
static CxNode *
parse_primary(Parser *parser, CxLink **trailing)
{
	CxNode *node;

	check_stack_depth();
	*trailing = NULL;
	skip_space(parser);
	if (*parser->at == '(')
	{
		parser->at++;
		node = parse_alternatives(parser, trailing);
		if (node == NULL)
			return NULL;
		if (!take(parser, ")"))
			return expected(parser, *trailing != NULL ? "\")\"" : "\"|\", a link or \")\"");
		return node;
	}
	node = make_node(CX_ONE_TOUCH);
	if (*parser->at == '!')
	{
		CxNode *negated;

		parser->at++;
		negated = parse_primary(parser, trailing);
		if (negated == NULL)
			return NULL;
		if (!is_selector(negated) || *trailing != NULL)
			return expected(parser, "a selector, not a sequence, behind \"!\"");
		node->selector = palloc0(sizeof(CxSelector));
		node->selector->kind = CX_NOT;
		node->selector->operand_count = 1;
		node->selector->operands = cx_palloc_array(CxSelector *, 1);
		node->selector->operands[0] = negated->selector;
		return node;
	}
	node->selector = parse_test(parser);
	return node->selector == NULL ? NULL : node;
}

/* Reads "{m}", "{m,}" or "{m,n}" behind its brace. */
static bool
parse_counts(Parser *parser, int *least, int *most)
{
	int *target[2] = {least, most};

	*most = -1;
	for (int i = 0; i < 2; i++)
	{
		char *number;

		skip_space(parser);
		if (i == 1 && *parser->at == '}')
			break;
		number = take_number(parser);
		if (number == NULL || strchr(number, '.') != NULL || strlen(number) > 4 ||
			pg_strtoint32(number) > CX_MAX_REPEAT)
			return expected(parser, "a count of at most 1000");
		*target[i] = pg_strtoint32(number);
		if (i == 0 && !take(parser, ","))
		{
			*most = *least;
			break;
		}
	}
	if (!take(parser, "}"))
		return expected(parser, "\"}\"");
	if (*most == 0 || (*most >= 0 && *most < *least))
		return expected(parser, "counts in ascending order, the larger at least 1, before this");
	return true;
}

/* Reads an item with its repetitions. */
static CxNode *
parse_item(Parser *parser)
{
	CxLink *again;
	CxNode *node = parse_primary(parser, &again);

	while (node != NULL)
	{
		CxNode *repeat;
		int least = 0;
		int most = -1;

		skip_space(parser);
		if (take(parser, "?"))
			most = 1;
		else if (take(parser, "+"))
			least = 1;
		else if (take(parser, "{"))
		{
			if (!parse_counts(parser, &least, &most))
				return NULL;
		}
		else if (!take(parser, "*"))
			break;
		repeat = make_node(CX_REPEAT);
		repeat->least = least;
		repeat->most = most;
		repeat->again = again;
		append_child(repeat, node, NULL);
		node = repeat;
		again = NULL;
	}
	if (node != NULL && again != NULL)
		return expected(parser,
						"a repetition (?, *, + or {m,n}), because the group ends in a link");
	return node;
}

/*
 * Reads a sequence.  Inside a group it may end in a link, which is how the
 * group repeats.
 */
static CxNode *
parse_sequence(Parser *parser, CxLink **trailing)
{
	CxNode *sequence = make_node(CX_SEQUENCE);
	CxLink *link = NULL;

	for (;;)
	{
		CxNode *item = parse_item(parser);

		if (item == NULL)
			return NULL;
		append_child(sequence, item, link);
		if (!take_link(parser, &link))
			return NULL;
		if (link == NULL)
			break;
		if (trailing != NULL && sees(parser, ")"))
		{
			*trailing = link;
			break;
		}
	}
	return sequence->count == 1 ? sequence->children[0] : sequence;
}

/* Reads alternatives; those of selectors only are one selector. */
static CxNode *
parse_alternatives(Parser *parser, CxLink **trailing)
{
	CxNode *alternatives = make_node(CX_ALTERNATIVES);
	bool selectors = true;

	do
	{
		CxNode *sequence = parse_sequence(parser, trailing);

		if (sequence == NULL)
			return NULL;
		selectors &= is_selector(sequence);
		append_child(alternatives, sequence, NULL);
		if (trailing != NULL && *trailing != NULL && alternatives->count > 1)
			return expected(parser, "parentheses around the alternatives of a repeated group");
	} while (take(parser, "|"));
	if (alternatives->count == 1)
		return alternatives->children[0];
	if (selectors)
	{
		CxNode *node = make_node(CX_ONE_TOUCH);

		node->selector = palloc0(sizeof(CxSelector));
		node->selector->kind = CX_OR;
		node->selector->operand_count = alternatives->count;
		node->selector->operands = cx_palloc_array(CxSelector *, alternatives->count);
		for (int i = 0; i < alternatives->count; i++)
			node->selector->operands[i] = alternatives->children[i]->selector;
		return node;
	}
	return alternatives;
}

/* Reads a selector where only a selector may stand. */
static CxSelector *
parse_selector(Parser *parser)
{
	CxNode *node = parse_alternatives(parser, NULL);

	if (node == NULL)
		return NULL;
	if (!is_selector(node))
		return expected(parser, "a selector, which tests one touch, before this");
	return node->selector;
}

/* Takes a negative end if one stands here. */
static bool
take_negative(Parser *parser, CxPattern *pattern)
{
	skip_space(parser);
	if (*parser->at != '!' || strchr("-=", parser->at[1]) == NULL || parser->at[1] == '\0')
		return true;
	parser->at++;
	if (!take_link(parser, &pattern->not_before))
		return false;
	if (pattern->not_before == NULL)
		return expected(parser, "a link behind \"!\"");
	pattern->not_followed = parse_selector(parser);
	return pattern->not_followed != NULL;
}

static bool
check_length(Parser *parser)
{
	if (strlen(parser->text) <= CX_MAX_PATTERN_TEXT)
		return true;
	parser->failed = true;
	errsave(parser->escontext,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("%s is too long", parser->goal == GOAL_PATTERN ? "pattern" : "selector"),
			 errdetail("It may take at most %d bytes.", CX_MAX_PATTERN_TEXT)));
	return false;
}

/* Parses a pattern into the current context; NULL after a soft error. */
CxPattern *
cx_pattern_parse(const char *text, CxErrorContext *escontext)
{
	Parser parser = {text, text, GOAL_PATTERN, escontext, false};
	CxPattern *pattern = palloc0(sizeof(CxPattern));

	if (!check_length(&parser))
		return NULL;
	pattern->from_start = take(&parser, "^");
	pattern->root = parse_alternatives(&parser, NULL);
	if (pattern->root == NULL)
		return NULL;
	pattern->to_end = take(&parser, "$");
	if (!take_negative(&parser, pattern))
		return NULL;
	if (sees_word(&parser, "within"))
	{
		parser.at += strlen("within");
		pattern->has_within = true;
		if (!parse_duration(&parser, &pattern->within))
			return NULL;
	}
	skip_space(&parser);
	if (*parser.at != '\0')
		return expected(&parser, "a link, \"|\", a repetition, \"within\" or the end");
	return pattern;
}

/* Parses a selector into the current context; NULL after a soft error. */
CxSelector *
cx_selector_parse(const char *text, CxErrorContext *escontext)
{
	Parser parser = {text, text, GOAL_SELECTOR, escontext, false};
	CxSelector *selector;

	if (!check_length(&parser))
		return NULL;
	selector = parse_selector(&parser);
	if (selector == NULL)
		return NULL;
	skip_space(&parser);
	if (*parser.at != '\0')
		return expected(&parser, "\"|\" or the end of the selector");
	return selector;
}
