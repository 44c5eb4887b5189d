/*
 * parse_test.c
 *		The lower half of the parser: tokens, paths, durations, and the test on
 *		one touch.
 */
#include "pattern/parser.h"

/* Reports what was expected here, once; returns NULL for the caller to return. */
void *
cx_parse_expected(CxParser *parser, const char *what)
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
					parser->goal == CX_GOAL_PATTERN ? "pattern" : "selector",
					pg_mbcliplen(parser->text, strlen(parser->text), 200), parser->text,
					strlen(parser->text) > 200 ? "..." : ""),
			 errdetail("Expected %s at character %d, found %s.", what,
					   pg_mbstrlen_with_len(parser->text, at - parser->text) + 1, found)));
	return NULL;
}

void
cx_parse_skip_space(CxParser *parser)
{
	while (*parser->at == ' ' || *parser->at == '\t' || *parser->at == '\n' ||
		   *parser->at == '\r' || *parser->at == '\f' || *parser->at == '\v')
		parser->at++;
}

/* Takes a token if it stands here. */
bool
cx_parse_take(CxParser *parser, const char *token)
{
	size_t length = strlen(token);

	cx_parse_skip_space(parser);
	if (strncmp(parser->at, token, length) != 0)
		return false;
	parser->at += length;
	return true;
}

bool
cx_parse_sees(CxParser *parser, const char *token)
{
	cx_parse_skip_space(parser);
	return strncmp(parser->at, token, strlen(token)) == 0;
}

/* The length of the bare label here (without dots): ends in a letter, digit or "_". */
static size_t
bare_length(const char *at)
{
	size_t length = 0;

	for (size_t i = 0; cx_is_word_char(at[i]) || (at[i] != '\0' && strchr("-:/", at[i]) != NULL);
		 i++)
		if (cx_is_word_char(at[i]))
			length = i + 1;
	return length;
}

/* True at a word such as within, that is not part of a longer label. */
bool
cx_parse_sees_word(CxParser *parser, const char *word)
{
	cx_parse_skip_space(parser);
	return bare_length(parser->at) == strlen(word) &&
		   strncmp(parser->at, word, strlen(word)) == 0 && parser->at[strlen(word)] != '.';
}

/* Reads a quoted string, "" standing for a quote; NULL after an error. */
static char *
parse_quoted(CxParser *parser)
{
	const char *start = ++parser->at;
	char *out;
	int length = 0;

	/* how long it is at most, before memory is taken for it */
	for (; *parser->at != '"' || parser->at[1] == '"'; parser->at++)
	{
		if (*parser->at == '\0')
			return cx_parse_expected(parser, "a closing quote");
		if (*parser->at == '"')
			parser->at++;
	}
	out = palloc(parser->at - start + 1);
	for (const char *from = start; from < parser->at; from++)
	{
		if (*from == '"')
			from++;
		out[length++] = *from;
	}
	out[length] = '\0';
	parser->at++;
	return out;
}

static bool
at_label(const CxParser *parser)
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

		path->labels = cx_room(path->labels, path->count, sizeof(CxPathLabel));
		path->labels[path->count++] = (CxPathLabel){CX_LITERAL, {text, length}};
		if (dot == NULL)
			return;
		text = dot + 1;
	}
}

/* Makes the text of a path without globs. */
static void
join_labels(CxPath *path)
{
	size_t length = path->count - 1;
	char *text;

	for (int i = 0; i < path->count; i++)
		length += path->labels[i].text.length;
	text = palloc(length + 1);
	path->text = (CxSpan){text, length};
	for (int i = 0; i < path->count; i++)
	{
		memcpy(text, path->labels[i].text.data, path->labels[i].text.length);
		text += path->labels[i].text.length;
		*text++ = i + 1 < path->count ? '.' : '\0';
	}
}

/*
 * Reads a dotted path.  A "." goes on with the path only where a label or a
 * glob follows; a "*" directly behind a label repeats the item instead.
 */
static bool
parse_path(CxParser *parser, CxPath *path)
{
	memset(path, 0, sizeof(CxPath));
	path->exact = true;
	do
	{
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
					return cx_parse_expected(parser, "a label");
				label = pnstrdup(parser->at, length);
				parser->at += length;
			}
			if (label == NULL)
				return false;
			append_literals(path, label);
		}
		if (*parser->at != '.')
			break;
		parser->at++;
	} while (at_label(parser) ||
			 cx_parse_expected(parser, "a label or a glob behind the \".\"") != NULL);
	if (parser->failed)
		return false;
	if (path->exact)
		join_labels(path);
	if (path->exact && (path->text.length == 0 || path->text.length > CX_MAX_LABEL))
		cx_parse_expected(parser, "a label of 1 to 255 bytes before this");
	return !parser->failed;
}

/* Reads a number without sign or exponent; NULL if there is none. */
char *
cx_parse_take_number(CxParser *parser)
{
	const char *start;
	char *number;

	cx_parse_skip_space(parser);
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
take_unit(CxParser *parser)
{
	cx_parse_skip_space(parser);
	for (int i = 0; i < lengthof(duration_units); i++)
	{
		size_t length = strlen(duration_units[i].name);

		if (strncmp(parser->at, duration_units[i].name, length) != 0)
			continue;
		if (parser->at[length] == 's')
			length++;
		if (cx_is_word_char(parser->at[length]))
			continue;
		parser->at += length;
		return duration_units[i].microseconds;
	}
	return 0;
}

/*
 * Adds a number of units to a duration: the whole ones exactly, the rest rounded
 * to the microsecond.  False if that is too long.
 */
static bool
add_units(int64 *duration, const char *number, int64 unit)
{
	int64 whole = 0;
	float8 part = 0;

	for (; *number >= '0' && *number <= '9'; number++)
		if (pg_mul_s64_overflow(whole, 10, &whole) ||
			pg_add_s64_overflow(whole, *number - '0', &whole))
			return false;
	/* of a fraction more digits than these mean nothing */
	if (*number == '.' && !cx_float8(pnstrdup(number, Min(strlen(number), 30)), &part))
		return false;
	return !pg_mul_s64_overflow(whole, unit, &whole) &&
		   !pg_add_s64_overflow(whole, (int64) round(part * unit), &whole) &&
		   !pg_add_s64_overflow(*duration, whole, duration) && *duration <= CX_MAX_DURATION;
}

/* Reads `1 hour 30 minutes` into microseconds. */
bool
cx_parse_duration(CxParser *parser, int64 *duration)
{
	char *number;

	*duration = 0;
	number = cx_parse_take_number(parser);
	if (number == NULL)
		return cx_parse_expected(parser, "a duration such as 7 days");
	do
	{
		int64 unit = take_unit(parser);

		if (unit == 0)
			return cx_parse_expected(
				parser, "weeks, days, hours, minutes, seconds or smaller (months vary in length)");
		if (!add_units(duration, number, unit))
			return cx_parse_expected(parser, "a shorter duration before this");
		number = cx_parse_take_number(parser);
	} while (number != NULL);
	return true;
}

bool
cx_parse_take_comparison(CxParser *parser, CxCompare *op)
{
	static const struct
	{
		const char *token;
		CxCompare op;
	} tokens[] = {{"!=", CX_NE}, {"<>", CX_NE}, {"<=", CX_LE}, {">=", CX_GE},
				  {"<", CX_LT},	 {">", CX_GT},	{"=", CX_EQ}};

	for (int i = 0; i < lengthof(tokens); i++)
	{
		if (cx_parse_take(parser, tokens[i].token))
		{
			*op = tokens[i].op;
			return true;
		}
	}
	return cx_parse_expected(parser, "a comparison: =, !=, <, <=, > or >=");
}

/* Takes an exponent if one stands here; one that numeric could not hold becomes a large one. */
static int
take_exponent(CxParser *parser)
{
	const char *at = parser->at;
	bool negative;
	int exponent = 0;

	if (*at != 'e' && *at != 'E')
		return 0;
	negative = *++at == '-';
	if (*at == '-' || *at == '+')
		at++;
	if (*at < '0' || *at > '9')
		return 0;
	for (; *at >= '0' && *at <= '9'; at++)
		exponent = Min(10 * exponent + *at - '0', 2 * CX_MAX_DECIMALS);
	parser->at = at;
	return negative ? -exponent : exponent;
}

/*
 * Reads a signed decimal number with optional exponent, which both double
 * precision and numeric can hold.
 */
static bool
parse_number(CxParser *parser, CxCondition *condition)
{
	bool negative = cx_parse_take(parser, "-");
	char *digits = cx_parse_take_number(parser);
	const char *behind = parser->at;
	const char *dot;
	int exponent;
	int decimals;

	if (digits == NULL)
		return cx_parse_expected(parser, "a number");
	exponent = take_exponent(parser);
	dot = strchr(digits, '.');
	decimals = dot == NULL ? 0 : strlen(dot + 1);
	condition->type = CX_NUMBER;
	condition->text =
		psprintf("%s%s%.*s", negative ? "-" : "", digits, (int) (parser->at - behind), behind);
	if (exponent > CX_MAX_DECIMALS || decimals - exponent > CX_MAX_DECIMALS ||
		!cx_float8(condition->text, &condition->number))
		return cx_parse_expected(parser,
								 "a number that double precision and numeric can hold before this");
	return true;
}

static bool
parse_literal(CxParser *parser, CxCondition *condition)
{
	cx_parse_skip_space(parser);
	if (condition->field == CX_FIELD_LASTED)
	{
		condition->type = CX_DURATION;
		return cx_parse_duration(parser, &condition->duration);
	}
	if (condition->field == CX_FIELD_ATTR && *parser->at == '"')
	{
		condition->type = CX_STRING;
		condition->text = parse_quoted(parser);
		return condition->text != NULL;
	}
	if (condition->field == CX_FIELD_ATTR &&
		(cx_parse_sees_word(parser, "true") || cx_parse_sees_word(parser, "false")))
	{
		condition->type = CX_BOOLEAN;
		condition->boolean = *parser->at == 't';
		parser->at += condition->boolean ? 4 : 5;
		if (condition->op != CX_EQ && condition->op != CX_NE)
			return cx_parse_expected(parser, "a number or a quoted string before this");
		return true;
	}
	if (*parser->at != '-' && (*parser->at < '0' || *parser->at > '9'))
		return cx_parse_expected(parser, condition->field == CX_FIELD_VALUE ?
											 "a number" :
											 "a number, a quoted string, true or false");
	return parse_number(parser, condition);
}

/* Reads one condition of a test. */
static bool
parse_condition(CxParser *parser, CxCondition *condition)
{
	memset(condition, 0, sizeof(CxCondition));
	cx_parse_skip_space(parser);
	condition->field = CX_FIELD_ATTR;
	if (cx_parse_sees_word(parser, "value"))
		condition->field = CX_FIELD_VALUE;
	else if (cx_parse_sees_word(parser, "lasted"))
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
			return cx_parse_expected(parser, "value, lasted or a key of attrs");
		condition->key = pnstrdup(parser->at, length);
		parser->at += length;
	}
	return condition->key != NULL && cx_parse_take_comparison(parser, &condition->op) &&
		   parse_literal(parser, condition);
}

/* Reads a test on one touch. */
CxSelector *
cx_parse_test(CxParser *parser)
{
	CxSelector *test = palloc0(sizeof(CxSelector));
	const char *start = parser->at;

	test->kind = CX_TEST;
	test->depth = 1;
	if (at_label(parser) && !cx_parse_sees_word(parser, "within") &&
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
			test->conditions =
				cx_room(test->conditions, test->condition_count, sizeof(CxCondition));
			if (!parse_condition(parser, &test->conditions[test->condition_count++]))
				return NULL;
		} while (cx_parse_take(parser, ","));
		if (!cx_parse_take(parser, "]"))
			return cx_parse_expected(parser, "\",\" or \"]\"");
	}
	if (parser->at == start)
		return cx_parse_expected(parser, "a selector");
	/* a lone * or ** says nothing about a path, and so does a part that is one */
	for (int part = 0; part < CX_ATTRS; part++)
		if (part == CX_TOUCHPOINT && test->parts[part].count == 1 &&
			test->parts[part].labels[0].kind != CX_LITERAL)
			test->parts[part].count = 0;
	return test;
}
