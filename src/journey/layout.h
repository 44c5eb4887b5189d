/*
 * layout.h
 *		The stored form of a journey, version 1: reading it in place.
 *
 * Byte map of the payload (behind the varlena header).  All multi-byte fields
 * are little-endian and unaligned.
 *
 *	0	version			1
 *	1	flags			CX_FLAG_*: which optional parts follow
 *	2	shape			bits 0-1 width of the counts (0: 1, 1: 2, 2: 4 bytes),
 *						bit 2 label lengths take 2 bytes, bits 3-5 time unit
 *	3	time width		bits of one time offset, 0..64
 *	4	counts			touches, symbols, labels, label bytes
 *		first time		int64, microseconds since 2000-01-01 UTC
 *		label lengths	one a label
 *		label bytes		sorted bytewise, distinct
 *		symbol table	touchpoint column, then channel, team, attrs columns
 *						(label number + 1, 0 for none); absent without flags:
 *						then symbol i is label i
 *		symbol column	one symbol number a touch
 *		time column		(at - first time) / unit, one a touch
 *		value, lasted, ref columns, each only if flagged:
 *			form		bits 0-4 scale or unit, CX_NUMBERS_SPARSE, CX_NUMBERS_RAW
 *			width		bits of one number
 *			base		int64, smallest number; absent when raw
 *			presence	a bit a touch, only if sparse
 *			numbers		one a touch that has one
 *
 * Columns are bit-packed, lowest bit first, and each starts on a byte.  Sorted
 * labels and symbols, smallest widths and the largest unit make the bytes a
 * function of the touches alone.
 */
#ifndef CX_JOURNEY_LAYOUT_H
#define CX_JOURNEY_LAYOUT_H

#include "journey/bits.h"

#define CX_LAYOUT_VERSION 1
#define CX_MAX_TOUCHES 4194304
#define CX_MAX_LABEL 255
#define CX_MAX_ATTRS 65535
#define CX_MAX_LASTED (INT64CONST(9223372036854775)) /* ms: an interval's int64 µs */

/* the parts of a symbol */
#define CX_TOUCHPOINT 0
#define CX_CHANNEL 1
#define CX_TEAM 2
#define CX_ATTRS 3
#define CX_PARTS 4

#define CX_FLAG_CHANNEL 0x01 /* 1 << (part - 1) for the optional parts */
#define CX_FLAG_TEAM 0x02
#define CX_FLAG_ATTRS 0x04
#define CX_FLAG_SYMBOLS 0x07 /* any of the above: there is a symbol table */
#define CX_FLAG_VALUE 0x08	 /* CX_FLAG_VALUE << column for the number columns */
#define CX_FLAG_LASTED 0x10
#define CX_FLAG_REF 0x20
#define CX_FLAG_KNOWN 0x3f

/* the number columns */
#define CX_VALUE 0
#define CX_LASTED 1
#define CX_REF 2
#define CX_NUMBERS 3

#define CX_NUMBERS_SCALE 0x1f /* value: decimal digits; lasted: unit */
#define CX_NUMBERS_SPARSE 0x40
#define CX_NUMBERS_RAW 0x80 /* value only: float8 as they are */
#define CX_MAX_DIGITS 15	/* most decimal digits of a scaled value */

#define CX_SHAPE_COUNTS 0x03
#define CX_SHAPE_LONG_LABELS 0x04
#define CX_SHAPE_UNIT_SHIFT 3
#define CX_SHAPE_KNOWN 0x3f

/* what a touch has beyond its time and symbol */
#define CX_HAS_VALUE 0x01 /* 1 << column */
#define CX_HAS_LASTED 0x02
#define CX_HAS_REF 0x04

/* most bytes before the label lengths: enough for the header-only functions */
#define CX_HEADER_MAX (4 + 4 * 4 + 8)

#define CX_NONE (-1) /* the label number of an absent part */

/* a label's bytes, in the server encoding, not terminated */
typedef struct CxSpan
{
	const char *data;
	uint32 length;
} CxSpan;

static inline bool
cx_span_equal(const CxSpan *a, const CxSpan *b)
{
	return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* a distinct combination of labels, as label numbers */
typedef struct CxSymbol
{
	int32 part[CX_PARTS];
} CxSymbol;

/* a touch without number columns, and with them; the first begins the second */
typedef struct pg_attribute_packed() pg_attribute_aligned(4) CxBareTouch
{
	int64 at;
	uint32 symbol;
}
CxBareTouch;

typedef struct CxTouch
{
	int64 at;
	uint32 symbol;
	uint32 has;
	float8 value;
	int64 lasted; /* ms */
	int64 ref;
} CxTouch;

/* a value, lasted or ref column */
typedef struct CxNumbers
{
	const uint8 *presence; /* NULL: every touch has one */
	CxBits bits;
	uint8 form;
	int64 base;
} CxNumbers;

/* an opened journey; points into the datum, owns nothing */
typedef struct CxView
{
	const uint8 *start;
	const uint8 *end;
	uint8 flags;
	uint8 unit;
	uint32 touch_count;
	uint32 symbol_count;
	uint32 label_count;
	uint32 label_bytes;
	int64 first;
	const uint8 *label_lengths;
	uint8 length_size; /* 1 or 2 */
	const char *labels;
	CxBits table[CX_PARTS];
	CxBits symbols;
	CxBits times;
	CxNumbers numbers[CX_NUMBERS];
} CxView;

/* reads touches one after the other */
typedef struct CxCursor
{
	const CxView *view;
	uint32 next;
	uint32 rank[CX_NUMBERS]; /* numbers already read, by column */
} CxCursor;

pg_noreturn extern void cx_corrupt(const char *detail);
extern const int64 cx_time_units[];
extern const int64 cx_lasted_units[];
extern const float8 cx_powers_of_ten[];
extern const uint64 cx_first_bytes[];
#define CX_TIME_UNITS 6
#define CX_LASTED_UNITS 5

extern const char *cx_view_try_open(CxView *view, const void *payload, size_t size);
extern const char *cx_view_problem(const CxView *view);
extern void cx_view_open(CxView *view, Datum journey);
extern void cx_view_open_header(CxView *view, Datum journey);
extern int64 cx_view_last_time(const CxView *view);
extern void cx_view_labels(const CxView *view, CxSpan *labels);
extern void cx_view_symbol(const CxView *view, uint32 number, CxSymbol *symbol);
extern void cx_cursor_start(CxCursor *cursor, const CxView *view, uint32 first);
extern bool cx_cursor_next(CxCursor *cursor, CxTouch *touch);

/* The length of a label. */
static inline uint32
cx_view_label_length(const CxView *view, uint32 number)
{
	if (view->length_size == 1)
		return view->label_lengths[number];
	return view->label_lengths[2 * number] | view->label_lengths[2 * number + 1] << 8;
}

/* The symbol number of a touch. */
static inline uint32
cx_view_symbol_at(const CxView *view, uint32 touch)
{
	uint32 symbol = cx_bits_get(&view->symbols, touch);

	if (unlikely(symbol >= view->symbol_count))
		cx_corrupt("A touch refers to a symbol that does not exist.");
	return symbol;
}

/*
 * The time of a touch.  The arithmetic wraps, and a time that left the range
 * of timestamps cannot have come from an encoder.
 */
static inline int64
cx_view_time_at(const CxView *view, uint32 touch)
{
	uint64 offset = cx_bits_get(&view->times, touch);
	int64 at = (int64) ((uint64) view->first + offset * (uint64) cx_time_units[view->unit]);

	if (unlikely(!IS_VALID_TIMESTAMP(at) || at < view->first))
		cx_corrupt("A touch has a time out of range.");
	return at;
}

#endif /* CX_JOURNEY_LAYOUT_H */
