/*
 * parser.h
 *		What the two halves of the parser share: a place in a text, tokens, and
 *		the test on one touch.
 */
#ifndef CX_PATTERN_PARSER_H
#define CX_PATTERN_PARSER_H

#include "pattern/syntax.h"

/* which type's input is being read */
typedef enum CxGoal
{
	CX_GOAL_PATTERN,
	CX_GOAL_SELECTOR
} CxGoal;

typedef struct CxParser
{
	const char *text;
	const char *at;
	CxGoal goal;
	CxErrorContext *escontext;
	bool failed;
	int nesting; /* of what is being read */
} CxParser;

extern void *cx_parse_expected(CxParser *parser, const char *what);
extern void cx_parse_skip_space(CxParser *parser);
extern bool cx_parse_take(CxParser *parser, const char *token);
extern bool cx_parse_sees(CxParser *parser, const char *token);
extern bool cx_parse_sees_word(CxParser *parser, const char *word);
extern char *cx_parse_take_number(CxParser *parser);
extern bool cx_parse_duration(CxParser *parser, int64 *duration);
extern bool cx_parse_take_comparison(CxParser *parser, CxCompare *op);
extern CxSelector *cx_parse_test(CxParser *parser);

#endif /* CX_PATTERN_PARSER_H */
