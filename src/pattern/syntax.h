/*
 * syntax.h
 *		The language of selectors and patterns: text to tree and back.
 *
 *	pattern      = [ "^" ] alternatives [ "$" ] [ negative ] [ "within" duration ]
 *	alternatives = sequence { "|" sequence }
 *	sequence     = item { link item }
 *	item         = ( test | "!" item | "(" alternatives [ link ] ")" ) { "?" | "*" | "+" | "{" m "," n "}" }
 *	link         = "->" | "=>" | "-[" bounds "]->" | "=[" bounds "]=>"
 *	negative     = ( "!->" | "!=>" | "!-[" bounds "]->" | "!=[" bounds "]=>" ) selector
 *	bounds       = bound { "," bound };  bound = ( "<" | "<=" | ">" | ">=" ) duration | "!" selector
 *	test         = [ path ] [ "@" path ] [ "#" path ] [ "[" condition { "," condition } "]" ]
 *	path         = label { "." label };  label = bare | quoted | "*" | "**"
 *	condition    = ( "value" | "lasted" | key ) ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) literal
 *
 * A selector is a pattern that tests one touch: tests, "!", "|" and parentheses.
 */
#ifndef CX_PATTERN_SYNTAX_H
#define CX_PATTERN_SYNTAX_H

#include "journey/layout.h"

#include "lib/stringinfo.h"

#define CX_MAX_PATTERN_TEXT 65535
#define CX_MAX_REPEAT 1000
#define CX_MAX_NESTING \
	200 /* levels of a tree; its normal form has at most two parentheses a level */
#define CX_MAX_DECIMALS 16383 /* of numeric */
#define CX_MAX_DURATION \
	INT64CONST(9000000000000000000) /* microseconds; a bound more is no overflow */

typedef enum CxCompare
{
	CX_EQ,
	CX_NE,
	CX_LT,
	CX_LE,
	CX_GT,
	CX_GE
} CxCompare;

typedef enum CxLiteralType
{
	CX_NUMBER,
	CX_STRING,
	CX_BOOLEAN,
	CX_DURATION
} CxLiteralType;

/* what a condition looks at: a number column, or a key of attrs */
typedef enum CxField
{
	CX_FIELD_VALUE,
	CX_FIELD_LASTED,
	CX_FIELD_ATTR
} CxField;

typedef struct CxCondition
{
	CxField field;
	char *key; /* of attrs */
	CxCompare op;
	CxLiteralType type;
	char *text; /* string or number as written */
	float8 number;
	int64 duration; /* microseconds */
	bool boolean;
} CxCondition;

typedef enum CxLabelKind
{
	CX_LITERAL,
	CX_ONE,
	CX_ANY_NUMBER
} CxLabelKind;

typedef struct CxPathLabel
{
	CxLabelKind kind; /* a literal, * or ** */
	CxSpan text;
} CxPathLabel;

/* a dotted path, possibly with globs; without labels it is absent */
typedef struct CxPath
{
	int count;
	CxPathLabel *labels;
	bool exact; /* only literals: text is all of it */
	CxSpan text;
} CxPath;

typedef enum CxSelectorKind
{
	CX_TEST,
	CX_NOT,
	CX_OR
} CxSelectorKind;

/* a test on one touch */
typedef struct CxSelector
{
	CxSelectorKind kind;
	int depth;				/* levels, this one included */
	CxPath parts[CX_ATTRS]; /* of a test: touchpoint, channel, team */
	int condition_count;
	CxCondition *conditions;
	int operand_count; /* of "!" and "|" */
	struct CxSelector **operands;
} CxSelector;

/* what lies between two touches */
typedef struct CxLink
{
	bool adjacent; /* => */
	bool has_least;
	bool has_most;
	bool least_strict; /* > rather than >= */
	bool most_strict;  /* < rather than <= */
	int64 least;	   /* microseconds */
	int64 most;
	CxSelector *excluded; /* NULL: nothing */
} CxLink;

typedef enum CxNodeKind
{
	CX_ONE_TOUCH,
	CX_SEQUENCE,
	CX_ALTERNATIVES,
	CX_REPEAT
} CxNodeKind;

typedef struct CxNode
{
	CxNodeKind kind;
	int depth;			  /* levels, this one included */
	CxSelector *selector; /* of one touch */
	int count;			  /* children; links[i] stands before child i + 1 */
	struct CxNode **children;
	CxLink **links;
	int least;	   /* of a repetition */
	int most;	   /* -1: no bound */
	CxLink *again; /* link between repeats; NULL: adjacent */
} CxNode;

/* a parsed pattern */
typedef struct CxPattern
{
	bool from_start; /* ^ */
	bool to_end;	 /* $ */
	CxNode *root;
	CxLink *not_before; /* negative end: its link and what must not follow */
	CxSelector *not_followed;
	bool has_within;
	int64 within; /* microseconds */
} CxPattern;

/* True for letters (all beyond ASCII count as such), digits and "_". */
static inline bool
cx_is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		   IS_HIGHBIT_SET(c);
}

/* Room for one more element behind count of them in an array that doubles. */
static inline void *
cx_room(void *array, int count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return array;
	return count == 0 ? palloc(size) : repalloc(array, mul_size(mul_size(count, 2), size));
}

extern CxPattern *cx_pattern_parse(const char *text, CxErrorContext *escontext);
extern CxSelector *cx_selector_parse(const char *text, CxErrorContext *escontext);
extern void cx_pattern_print(const CxPattern *pattern, StringInfo out);
extern void cx_selector_print(const CxSelector *selector, StringInfo out);
extern void cx_label_print(const char *data, uint32 length, StringInfo out);

#endif /* CX_PATTERN_SYNTAX_H */
