/*
 * parse.c
 *		The upper half of the parser: selectors and patterns out of tests, one
 *		recursive descent for both.
 */
#include "pattern/parser.h"

static CxNode *parse_alternatives(CxParser *parser, CxLink **trailing);
static CxSelector *parse_selector(CxParser *parser);

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
parse_bounds(CxParser *parser, CxLink *link)
{
	do
	{
		CxCompare op;
		int64 duration;

		cx_parse_skip_space(parser);
		if (*parser->at == '!' && parser->at[1] != '=')
		{
			CxSelector *excluded;

			parser->at++;
			cx_parse_skip_space(parser);
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
			return cx_parse_expected(parser, "<, <=, > or >= and a duration, or ! and a selector");
		if (!cx_parse_take_comparison(parser, &op))
			return false;
		if (op == CX_NE)
			return cx_parse_expected(parser, "<, <=, > or >= before this");
		if ((op == CX_LT || op == CX_LE) ? link->has_most : link->has_least)
			return cx_parse_expected(parser, "no second bound of the same side");
		if (!cx_parse_duration(parser, &duration))
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
	} while (cx_parse_take(parser, ","));
	if (link->has_least && link->has_most &&
		link->least + link->least_strict > link->most - link->most_strict)
		return cx_parse_expected(parser, "bounds that some time fits");
	if (link->has_most && link->most - link->most_strict < 0)
		return cx_parse_expected(parser, "bounds that some time fits");
	return true;
}

/* Takes a link if one stands here; *found tells.  False after an error. */
static bool
take_link(CxParser *parser, CxLink **found)
{
	CxLink *link;
	bool adjacent;

	*found = NULL;
	cx_parse_skip_space(parser);
	adjacent = *parser->at == '=';
	if (!cx_parse_sees(parser, "->") && !cx_parse_sees(parser, "=>") &&
		!cx_parse_sees(parser, "-[") && !cx_parse_sees(parser, "=["))
		return true;
	link = palloc0(sizeof(CxLink));
	link->adjacent = adjacent;
	parser->at++;
	if (*parser->at == '[')
	{
		parser->at++;
		if (!parse_bounds(parser, link))
			return false;
		if (!cx_parse_take(parser, "]"))
			return cx_parse_expected(parser, "\",\" or \"]\"");
		if (!cx_parse_take(parser, adjacent ? "=>" : "->"))
			return cx_parse_expected(parser, adjacent ? "\"=>\"" : "\"->\"");
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
parse_primary(CxParser *parser, CxLink **trailing)
{
	CxNode *node;

	check_stack_depth();
	*trailing = NULL;
	cx_parse_skip_space(parser);
	if (*parser->at == '(')
	{
		parser->at++;
		node = parse_alternatives(parser, trailing);
		if (node == NULL)
			return NULL;
		if (!cx_parse_take(parser, ")"))
			return cx_parse_expected(parser,
									 *trailing != NULL ? "\")\"" : "\"|\", a link or \")\"");
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
			return cx_parse_expected(parser, "a selector, not a sequence, behind \"!\"");
		node->selector = palloc0(sizeof(CxSelector));
		node->selector->kind = CX_NOT;
		node->selector->operand_count = 1;
		node->selector->operands = cx_palloc_array(CxSelector *, 1);
		node->selector->operands[0] = negated->selector;
		return node;
	}
	node->selector = cx_parse_test(parser);
	return node->selector == NULL ? NULL : node;
}

/* Reads "{m}", "{m,}" or "{m,n}" behind its brace. */
static bool
parse_counts(CxParser *parser, int *least, int *most)
{
	int *target[2] = {least, most};

	*most = -1;
	for (int i = 0; i < 2; i++)
	{
		char *number;

		cx_parse_skip_space(parser);
		if (i == 1 && *parser->at == '}')
			break;
		number = cx_parse_take_number(parser);
		if (number == NULL || strchr(number, '.') != NULL || strlen(number) > 4 ||
			pg_strtoint32(number) > CX_MAX_REPEAT)
			return cx_parse_expected(parser, "a count of at most 1000");
		*target[i] = pg_strtoint32(number);
		if (i == 0 && !cx_parse_take(parser, ","))
		{
			*most = *least;
			break;
		}
	}
	if (!cx_parse_take(parser, "}"))
		return cx_parse_expected(parser, "\"}\"");
	if (*most == 0 || (*most >= 0 && *most < *least))
		return cx_parse_expected(parser,
								 "counts in ascending order, the larger at least 1, before this");
	return true;
}

/* Reads an item with its repetitions. */
static CxNode *
parse_item(CxParser *parser)
{
	CxLink *again;
	CxNode *node = parse_primary(parser, &again);

	while (node != NULL)
	{
		CxNode *repeat;
		int least = 0;
		int most = -1;

		cx_parse_skip_space(parser);
		if (cx_parse_take(parser, "?"))
			most = 1;
		else if (cx_parse_take(parser, "+"))
			least = 1;
		else if (cx_parse_take(parser, "{"))
		{
			if (!parse_counts(parser, &least, &most))
				return NULL;
		}
		else if (!cx_parse_take(parser, "*"))
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
		return cx_parse_expected(
			parser, "a repetition (?, *, + or {m,n}), because the group ends in a link");
	return node;
}

/*
 * Reads a sequence.  Inside a group it may end in a link, which is how the
 * group repeats.
 */
static CxNode *
parse_sequence(CxParser *parser, CxLink **trailing)
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
		if (trailing != NULL && cx_parse_sees(parser, ")"))
		{
			*trailing = link;
			break;
		}
	}
	return sequence->count == 1 ? sequence->children[0] : sequence;
}

/* Reads alternatives; those of selectors only are one selector. */
static CxNode *
parse_alternatives(CxParser *parser, CxLink **trailing)
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
			return cx_parse_expected(parser,
									 "parentheses around the alternatives of a repeated group");
	} while (cx_parse_take(parser, "|"));
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
parse_selector(CxParser *parser)
{
	CxNode *node = parse_alternatives(parser, NULL);

	if (node == NULL)
		return NULL;
	if (!is_selector(node))
		return cx_parse_expected(parser, "a selector, which tests one touch, before this");
	return node->selector;
}

/* Takes a negative end if one stands here. */
static bool
take_negative(CxParser *parser, CxPattern *pattern)
{
	cx_parse_skip_space(parser);
	if (*parser->at != '!' || strchr("-=", parser->at[1]) == NULL || parser->at[1] == '\0')
		return true;
	parser->at++;
	if (!take_link(parser, &pattern->not_before))
		return false;
	if (pattern->not_before == NULL)
		return cx_parse_expected(parser, "a link behind \"!\"");
	pattern->not_followed = parse_selector(parser);
	return pattern->not_followed != NULL;
}

static bool
check_length(CxParser *parser)
{
	if (strlen(parser->text) <= CX_MAX_PATTERN_TEXT)
		return true;
	parser->failed = true;
	errsave(parser->escontext,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("%s is too long", parser->goal == CX_GOAL_PATTERN ? "pattern" : "selector"),
			 errdetail("It may take at most %d bytes.", CX_MAX_PATTERN_TEXT)));
	return false;
}

/* Parses a pattern into the current context; NULL after a soft error. */
CxPattern *
cx_pattern_parse(const char *text, CxErrorContext *escontext)
{
	CxParser parser = {text, text, CX_GOAL_PATTERN, escontext, false};
	CxPattern *pattern = palloc0(sizeof(CxPattern));

	if (!check_length(&parser))
		return NULL;
	pattern->from_start = cx_parse_take(&parser, "^");
	pattern->root = parse_alternatives(&parser, NULL);
	if (pattern->root == NULL)
		return NULL;
	pattern->to_end = cx_parse_take(&parser, "$");
	if (!take_negative(&parser, pattern))
		return NULL;
	if (cx_parse_sees_word(&parser, "within"))
	{
		parser.at += strlen("within");
		pattern->has_within = true;
		if (!cx_parse_duration(&parser, &pattern->within))
			return NULL;
	}
	cx_parse_skip_space(&parser);
	if (*parser.at != '\0')
		return cx_parse_expected(&parser, "a link, \"|\", a repetition, \"within\" or the end");
	return pattern;
}

/* Parses a selector into the current context; NULL after a soft error. */
CxSelector *
cx_selector_parse(const char *text, CxErrorContext *escontext)
{
	CxParser parser = {text, text, CX_GOAL_SELECTOR, escontext, false};
	CxSelector *selector;

	if (!check_length(&parser))
		return NULL;
	selector = parse_selector(&parser);
	if (selector == NULL)
		return NULL;
	cx_parse_skip_space(&parser);
	if (*parser.at != '\0')
		return cx_parse_expected(&parser, "\"|\" or the end of the selector");
	return selector;
}
