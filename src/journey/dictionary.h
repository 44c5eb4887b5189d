/*
 * dictionary.h
 *		Numbers for labels and for their combinations (symbols), and the
 *		canonical order of both.
 *
 * A dictionary is shared by all groups of an aggregate, or made for one value.
 */
#ifndef CX_JOURNEY_DICTIONARY_H
#define CX_JOURNEY_DICTIONARY_H

#include "journey/layout.h"

typedef struct CxDictionary CxDictionary;

/* numbers -> sort position, valid for the numbers below ranked */
typedef struct CxRanking
{
	uint32 *rank;
	uint32 ranked;
	uint64 debt; /* comparisons of bytes since then */
} CxRanking;

/* marks the numbers that one value uses */
typedef struct CxMarks
{
	uint32 *stamp; /* = turn: used */
	uint32 *local; /* its number inside the value */
	uint32 capacity;
	uint32 turn;
} CxMarks;

struct CxDictionary
{
	MemoryContext context;
	CxSpan *labels;
	CxSymbol *symbols;
	uint32 label_count;
	uint32 label_capacity;
	uint32 symbol_count;
	uint32 symbol_capacity;
	size_t label_bytes;				   /* owned copies */
	struct cxlabels_hash *label_index; /* made by the first look-up */
	struct cxsymbols_hash *symbol_index;
	int32 *plain; /* by label: the symbol of that touchpoint alone */
	CxRanking label_ranking;
	CxRanking symbol_ranking;
	CxMarks label_marks;
	CxMarks symbol_marks;
};

extern CxDictionary *cx_dictionary_create(MemoryContext context);
extern CxDictionary *cx_dictionary_of(const CxView *view);
extern int32 cx_dictionary_find_label(CxDictionary *dictionary, const char *data, uint32 length);
extern int32
cx_dictionary_label(CxDictionary *dictionary, const char *data, uint32 length, bool copy);
extern uint32 cx_dictionary_symbol(CxDictionary *dictionary, const CxSymbol *symbol);
extern bool
cx_dictionary_find_symbol(CxDictionary *dictionary, const CxSymbol *symbol, uint32 *number);
extern uint32 cx_dictionary_import(CxDictionary *dictionary, const CxDictionary *source,
								   uint32 symbol, bool copy);
extern uint32 cx_dictionary_sort_symbols(CxDictionary *dictionary, uint32 *used, uint32 count);
extern uint32 cx_dictionary_sort_labels(CxDictionary *dictionary, uint32 *used, uint32 count);
extern int cx_span_compare(const CxSpan *a, const CxSpan *b);
extern void cx_marks_begin(CxMarks *marks, MemoryContext context, uint32 count);

/* Marks a number as used; true the first time in this turn. */
static inline bool
cx_marks_add(CxMarks *marks, uint32 number)
{
	if (marks->stamp[number] == marks->turn)
		return false;
	marks->stamp[number] = marks->turn;
	return true;
}

#endif /* CX_JOURNEY_DICTIONARY_H */
