/*
 * print.c
 *		Selectors and patterns to text: the normal form, which parses back to
 *		the same tree.
 */
#include "pattern/syntax.h"

static const char *const comparisons[] = {"=", "!=", "<", "<=", ">", ">="};

/* True when the label needs no quotes: only its characters, and a word character last. */
static bool
is_bare(const char *data, uint32 length)
{
	for (uint32 i = 0; i < length; i++)
		if (!cx_is_word_char(data[i]) && (data[i] == '\0' || strchr("-:/", data[i]) == NULL))
			return false;
	return length > 0 && cx_is_word_char(data[length - 1]) &&
		   !(length == strlen("within") && memcmp(data, "within", length) == 0);
}

static void
print_quoted(const char *data, uint32 length, StringInfo out)
{
	appendStringInfoChar(out, '"');
	for (uint32 i = 0; i < length; i++)
	{
		if (data[i] == '"')
			appendStringInfoChar(out, '"');
		appendStringInfoChar(out, data[i]);
	}
	appendStringInfoChar(out, '"');
}

/* Appends a literal path, bare where every label of it can be, else quoted. */
void
cx_label_print(const char *data, uint32 length, StringInfo out)
{
	uint32 start = 0;
	bool bare = true;

	for (uint32 i = 0; i <= length && bare; i++)
	{
		if (i < length && data[i] != '.')
			continue;
		bare = is_bare(data + start, i - start);
		start = i + 1;
	}
	if (bare)
		appendBinaryStringInfo(out, data, length);
	else
		print_quoted(data, length, out);
}

static void
print_path(const CxPath *path, StringInfo out)
{
	if (path->exact)
	{
		cx_label_print(path->text.data, path->text.length, out);
		return;
	}
	for (int i = 0; i < path->count; i++)
	{
		const CxPathLabel *label = &path->labels[i];

		if (i > 0)
			appendStringInfoChar(out, '.');
		if (label->kind == CX_LITERAL && is_bare(label->text.data, label->text.length))
			appendBinaryStringInfo(out, label->text.data, label->text.length);
		else if (label->kind == CX_LITERAL)
			print_quoted(label->text.data, label->text.length, out);
		else
			appendStringInfoString(out, label->kind == CX_ONE ? "*" : "**");
	}
}

/* Appends a duration in the largest unit that makes it a whole number. */
static void
print_duration(int64 duration, StringInfo out)
{
	static const struct
	{
		const char *name;
		int64 microseconds;
	} units[] = {{"day", USECS_PER_DAY},	{"hour", USECS_PER_HOUR}, {"minute", USECS_PER_MINUTE},
				 {"second", USECS_PER_SEC}, {"millisecond", 1000},	  {"microsecond", 1}};
	int i = 0;

	if (duration == 0)
		i = 3;
	while (duration % units[i].microseconds != 0)
		i++;
	appendStringInfo(out, INT64_FORMAT " %s%s", duration / units[i].microseconds, units[i].name,
					 duration == units[i].microseconds ? "" : "s");
}

static void
print_condition(const CxCondition *condition, StringInfo out)
{
	uint32 length = strlen(condition->key);

	if (condition->field == CX_FIELD_ATTR &&
		(!is_bare(condition->key, length) || strcmp(condition->key, "value") == 0 ||
		 strcmp(condition->key, "lasted") == 0))
		print_quoted(condition->key, length, out);
	else
		appendStringInfoString(out, condition->key);
	appendStringInfo(out, " %s ", comparisons[condition->op]);
	switch (condition->type)
	{
		case CX_NUMBER:
			appendStringInfoString(out, condition->text);
			break;
		case CX_STRING:
			print_quoted(condition->text, strlen(condition->text), out);
			break;
		case CX_BOOLEAN:
			appendStringInfoString(out, condition->boolean ? "true" : "false");
			break;
		case CX_DURATION:
			print_duration(condition->duration, out);
			break;
	}
}

static void
print_test(const CxSelector *test, StringInfo out)
{
	int start = out->len;

	if (test->parts[CX_TOUCHPOINT].count > 0)
		print_path(&test->parts[CX_TOUCHPOINT], out);
	if (test->parts[CX_CHANNEL].count > 0)
	{
		appendStringInfoChar(out, '@');
		print_path(&test->parts[CX_CHANNEL], out);
	}
	if (test->parts[CX_TEAM].count > 0)
	{
		appendStringInfoChar(out, '#');
		print_path(&test->parts[CX_TEAM], out);
	}
	if (out->len == start)
		appendStringInfoChar(out, '*');
	for (int i = 0; i < test->condition_count; i++)
	{
		appendStringInfoString(out, i == 0 ? "[" : ", ");
		print_condition(&test->conditions[i], out);
	}
	if (test->condition_count > 0)
		appendStringInfoChar(out, ']');
}

/* Appends a selector; one that is part of something tighter gets parentheses. */
static void
print_selector(const CxSelector *selector, bool tight, StringInfo out)
{
	check_stack_depth();
	switch (selector->kind)
	{
		case CX_TEST:
			print_test(selector, out);
			break;
		case CX_NOT:
			appendStringInfoChar(out, '!');
			print_selector(selector->operands[0], true, out);
			break;
		case CX_OR:
			if (tight)
				appendStringInfoChar(out, '(');
			for (int i = 0; i < selector->operand_count; i++)
			{
				if (i > 0)
					appendStringInfoString(out, " | ");
				print_selector(selector->operands[i], true, out);
			}
			if (tight)
				appendStringInfoChar(out, ')');
			break;
	}
}

/* Appends the normal form of a selector. */
void
cx_selector_print(const CxSelector *selector, StringInfo out)
{
	print_selector(selector, false, out);
}

static void
print_link(const CxLink *link, StringInfo out)
{
	const char *separator = "";
	bool bounds = link->excluded != NULL || link->has_least || link->has_most;

	if (!bounds)
	{
		appendStringInfoString(out, link->adjacent ? "=>" : "->");
		return;
	}
	appendStringInfoString(out, link->adjacent ? "=[" : "-[");
	if (link->excluded != NULL)
	{
		appendStringInfoChar(out, '!');
		print_selector(link->excluded, true, out);
		separator = ", ";
	}
	if (link->has_least)
	{
		appendStringInfo(out, "%s%s ", separator, link->least_strict ? ">" : ">=");
		print_duration(link->least, out);
		separator = ", ";
	}
	if (link->has_most)
	{
		appendStringInfo(out, "%s%s ", separator, link->most_strict ? "<" : "<=");
		print_duration(link->most, out);
	}
	appendStringInfoString(out, link->adjacent ? "]=>" : "]->");
}

/* how tightly the surroundings bind: what needs parentheses there */
typedef enum Place
{
	AT_TOP,
	IN_ALTERNATIVES,
	IN_SEQUENCE,
	IN_REPEAT
} Place;

static void print_node(const CxNode *node, Place place, const CxLink *trailing, StringInfo out);

/*
 * Appends a repetition.  A "*" directly behind another would be read as a
 * glob, so there the repeated item gets parentheses.
 */
static void
print_repeat(const CxNode *node, StringInfo out)
{
	bool any_number = node->least == 0 && node->most < 0;
	StringInfoData item;

	initStringInfo(&item);
	print_node(node->children[0], IN_REPEAT, node->again, &item);
	if (any_number && item.data[item.len - 1] == '*')
		appendStringInfo(out, "(%s)", item.data);
	else
		appendBinaryStringInfo(out, item.data, item.len);
	if (any_number)
		appendStringInfoChar(out, '*');
	else if (node->least == 0 && node->most == 1)
		appendStringInfoChar(out, '?');
	else if (node->least == 1 && node->most < 0)
		appendStringInfoChar(out, '+');
	else if (node->most < 0)
		appendStringInfo(out, "{%d,}", node->least);
	else if (node->most == node->least)
		appendStringInfo(out, "{%d}", node->least);
	else
		appendStringInfo(out, "{%d,%d}", node->least, node->most);
	pfree(item.data);
}

/* Appends a node; trailing is the link that a repeated group ends in. */
static void
print_node(const CxNode *node, Place place, const CxLink *trailing, StringInfo out)
{
	bool group = trailing != NULL;

	check_stack_depth();
	switch (node->kind)
	{
		case CX_ONE_TOUCH:
			group |= node->selector->kind == CX_OR && place != AT_TOP;
			break;
		case CX_SEQUENCE:
			group |= place >= IN_SEQUENCE;
			break;
		case CX_ALTERNATIVES:
			group |= place >= IN_ALTERNATIVES;
			break;
		case CX_REPEAT:
			break;
	}
	if (group)
		appendStringInfoChar(out, '(');
	switch (node->kind)
	{
		case CX_ONE_TOUCH:
			print_selector(node->selector, trailing != NULL, out);
			break;
		case CX_SEQUENCE:
			for (int i = 0; i < node->count; i++)
			{
				if (i > 0)
				{
					appendStringInfoChar(out, ' ');
					print_link(node->links[i - 1], out);
					appendStringInfoChar(out, ' ');
				}
				print_node(node->children[i], IN_SEQUENCE, NULL, out);
			}
			break;
		case CX_ALTERNATIVES:
			/* a repeated group that ends in a link needs its alternatives in a group of their own */
			if (trailing != NULL)
				appendStringInfoChar(out, '(');
			for (int i = 0; i < node->count; i++)
			{
				if (i > 0)
					appendStringInfoString(out, " | ");
				print_node(node->children[i], IN_ALTERNATIVES, NULL, out);
			}
			if (trailing != NULL)
				appendStringInfoChar(out, ')');
			break;
		case CX_REPEAT:
			print_repeat(node, out);
			break;
	}
	if (trailing != NULL)
	{
		appendStringInfoChar(out, ' ');
		print_link(trailing, out);
	}
	if (group)
		appendStringInfoChar(out, ')');
}

/* Appends the normal form of a pattern. */
void
cx_pattern_print(const CxPattern *pattern, StringInfo out)
{
	bool plain = !pattern->from_start && !pattern->to_end && pattern->not_before == NULL &&
				 !pattern->has_within;

	if (pattern->from_start)
		appendStringInfoChar(out, '^');
	print_node(pattern->root, plain || pattern->root->kind == CX_SEQUENCE ? AT_TOP : IN_REPEAT,
			   NULL, out);
	if (pattern->to_end)
		appendStringInfoChar(out, '$');
	if (pattern->not_before != NULL)
	{
		appendStringInfoString(out, " !");
		print_link(pattern->not_before, out);
		appendStringInfoChar(out, ' ');
		print_selector(pattern->not_followed, true, out);
	}
	if (pattern->has_within)
	{
		appendStringInfoString(out, " within ");
		print_duration(pattern->within, out);
	}
}
