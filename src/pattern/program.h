/*
 * program.h
 *		A pattern compiled to positions and the links between them.
 *
 * Each selector of the pattern, repetitions written out, is a position.  A
 * match is a path of positions through touches of rising number; between two
 * positions stands a link.  A port is a position together with a link that
 * leads to it: all positions that enter it share its work.
 */
#ifndef CX_PATTERN_PROGRAM_H
#define CX_PATTERN_PROGRAM_H

#include "pattern/syntax.h"

#define CX_MAX_POSITIONS 256

/* a touchpoint that a selector names literally, and the selectors that it fits */
typedef struct CxName
{
	uint64 prefix; /* its first 8 bytes, zeros behind its end */
	CxSpan text;
	uint64 selectors;
} CxName;

typedef struct CxPort
{
	const CxLink *link;
	int target;	  /* position */
	int excluded; /* selector number of the link's exclusion, -1 for none */
} CxPort;

typedef struct CxPosition
{
	int selector;
	bool begins; /* a match may begin here */
	bool ends;	 /* a match may end here */
	int port_count;
	int *ports; /* the ways on from here */
	int64 rest; /* the least time that a match goes on from here */
} CxPosition;

typedef struct CxProgram
{
	const CxPattern *pattern;
	int selector_count;
	const CxSelector **selectors;
	int position_count;
	CxPosition *positions;
	int port_count;
	CxPort *ports;
	int denied; /* port of the negative end, -1 for none; its target is the position behind the last */
	int denied_selector;
	int required_count; /* selectors that every match needs */
	int *required;
	bool only_names; /* selectors test nothing but literal touchpoints: names lists them */
	int name_count;
	CxName *names;
} CxProgram;

/* The first 8 bytes of a text as a number, zeros behind its end. */
static inline uint64
cx_text_prefix(const char *data, uint32 length)
{
	uint64 prefix = 0;

	memcpy(&prefix, data, Min(length, 8));
	return prefix;
}

/* A mask for the first bytes, below 8, of a text loaded as a number. */
static inline uint64
cx_first_bytes(uint32 length)
{
#ifdef WORDS_BIGENDIAN
	return length == 0 ? 0 : UINT64_MAX << (64 - 8 * length);
#else
	return (UINT64CONST(1) << (8 * length)) - 1;
#endif
}

extern void cx_program_list_names(CxProgram *program);
extern CxProgram *cx_program_compile(const CxPattern *pattern, CxErrorContext *escontext);

#endif /* CX_PATTERN_PROGRAM_H */
