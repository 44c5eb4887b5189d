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
	uint64 first; /* its first 8 bytes, zeros behind its end */
	uint64 last;  /* its last 8 bytes if it has more than 8, else 0 */
	CxSpan text;
	uint64 selectors;
} CxName;

/* a selector that every match needs, and the last of its names */
typedef struct CxDeadline
{
	uint64 first; /* 8 bytes of the name, comparable: highest byte first */
	uint64 selector;
} CxDeadline;

#define CX_NAME_SLOTS 256

/* the bound of a chain's link, by unit of stored times */
typedef struct CxChainLink
{
	int64 most[CX_TIME_UNITS];
} CxChainLink;

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
	CxName *names;					 /* from 1 on; 0 is none */
	uint8 name_slots[CX_NAME_SLOTS]; /* a hash table without collisions: numbers of names */
	uint64 name_seed;				 /* of the hash that has none */
	CxDeadline *deadlines;			 /* rising; the last, for no selector, is behind all names */
	/*
	 * A pattern that is just one selector after the other, with at most upper
	 * bounds: position i tests selector i.  NULL for others.
	 */
	CxChainLink *chain;
} CxProgram;

#define CX_NO_BOUND ((INT64CONST(1) << 62) - 1) /* beyond all offsets of a chain's times */

/* The place of a label in the hash table of names. */
static inline uint32
cx_name_slot(uint64 first, uint64 last, uint64 seed)
{
	return ((first ^ (last << 31 | last >> 33)) * seed) >> 56;
}

/* The first 8 bytes of a text as a number, zeros behind its end. */
static inline uint64
cx_text_prefix(const char *data, uint32 length)
{
	uint64 prefix = 0;

	memcpy(&prefix, data, Min(length, 8));
	return prefix;
}

/* The last 8 bytes of a text that has more as a number, else 0. */
static inline uint64
cx_text_suffix(const char *data, uint32 length)
{
	uint64 suffix = 0;

	if (length > 8)
		memcpy(&suffix, data + length - 8, 8);
	return suffix;
}

extern void cx_program_list_names(CxProgram *program);
extern CxProgram *cx_program_compile(const CxPattern *pattern, CxErrorContext *escontext);

#endif /* CX_PATTERN_PROGRAM_H */
