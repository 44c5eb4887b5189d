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

/* A node that tests one touch; NULL without a selector. */
static CxNode *
make_touch(CxSelector *selector)
{
	CxNode *node;

	if (selector == NULL)
		return NULL;
	node = make_node(CX_ONE_TOUCH);
	node->selector = selector;
	node->depth = selector->depth;
	return node;
}

/* Reports, once, that there are too many levels; returns NULL for the caller to return. */
static void *
too_deep(CxParser *parser)
{
	if (parser->failed)
		return NULL;
	parser->failed = true;
	errsave(parser->escontext,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("%s is nested too deeply",
					parser->goal == CX_GOAL_PATTERN ? "pattern" : "selector"),
			 errdetail("It may have at most %d levels of parentheses, negations and repetitions.",
					   CX_MAX_NESTING)));
	return NULL;
}

/* Makes a level at least one more than something in it; false if that is too deep. */
static bool
enclose(CxParser *parser, int *depth, int inner)
{
	*depth = Max(*depth, inner + 1);
	return *depth <= CX_MAX_NESTING || too_deep(parser) != NULL;
}

/* Appends an operand; false if that is too deep. */
static bool
append_operand(CxParser *parser, CxSelector *selector, CxSelector *operand)
{
	selector->operands = cx_room(selector->operands, selector->operand_count, sizeof(CxSelector *));
	selector->operands[selector->operand_count++] = operand;
	return enclose(parser, &selector->depth, operand->depth);
}

/* Appends a child and the link before it. */
static void
append_child(CxNode *node, CxNode *child, CxLink *link)
{
	node->children = cx_room(node->children, node->count, sizeof(CxNode *));
	node->links = cx_room(node->links, node->count, sizeof(CxLink *));
	if (node->count > 0)
		node->links[node->count - 1] = link;
	node->children[node->count++] = child;
}

/* A node whose children are complete; NULL if that is too deep. */
static CxNode *
close_node(CxParser *parser, CxNode *node)
{
	for (int i = 0; i < node->count; i++)
	{
		const CxLink *link = i + 1 < node->count ? node->links[i] : node->again;

		if (!enclose(parser, &node->depth, node->children[i]->depth) ||
			(link != NULL && link->excluded != NULL &&
			 !enclose(parser, &node->depth, link->excluded->depth)))
			return NULL;
	}
	return node;
}

/* Reads the bounds of a link up to "]".  What fits one of several exclusions is excluded. */
static bool
parse_bounds(CxParser *parser, CxLink *link)
{
	CxSelector *any = palloc0(sizeof(CxSelector));

	any->kind = CX_OR;
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
			if (excluded == NULL || !append_operand(parser, any, excluded))
				return false;
			link->excluded = any->operand_count == 1 ? excluded : any;
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

static CxNode *parse_primary(CxParser *parser, CxLink **trailing);

/* Reads a test, a negation or a group. */
static CxNode *
parse_single(CxParser *parser, CxLink **trailing)
{
	CxNode *node;

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
	if (*parser->at == '!')
	{
		CxNode *negated;
		CxSelector *selector;

		parser->at++;
		negated = parse_primary(parser, trailing);
		if (negated == NULL)
			return NULL;
		if (!is_selector(negated) || *trailing != NULL)
			return cx_parse_expected(parser, "a selector, not a sequence, behind \"!\"");
		selector = palloc0(sizeof(CxSelector));
		selector->kind = CX_NOT;
		return append_operand(parser, selector, negated->selector) ? make_touch(selector) : NULL;
	}
	return make_touch(cx_parse_test(parser));
}

/* Reads an item without its repetition. */
static CxNode *
parse_primary(CxParser *parser, CxLink **trailing)
{
	CxNode *node;

	check_stack_depth();
	/* parentheses that mean nothing are no levels, but there is an end to them */
	if (parser->nesting >= 4 * CX_MAX_NESTING)
		return too_deep(parser);
	parser->nesting++;
	node = parse_single(parser, trailing);
	parser->nesting--;
	return node;
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
		node = close_node(parser, repeat);
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
	return sequence->count == 1 ? sequence->children[0] : close_node(parser, sequence);
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
		CxSelector *any = palloc0(sizeof(CxSelector));

		any->kind = CX_OR;
		for (int i = 0; i < alternatives->count; i++)
			if (!append_operand(parser, any, alternatives->children[i]->selector))
				return NULL;
		return make_touch(any);
	}
	return close_node(parser, alternatives);
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
	CxParser parser = {text, text, CX_GOAL_PATTERN, escontext};
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
	CxParser parser = {text, text, CX_GOAL_SELECTOR, escontext};
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
