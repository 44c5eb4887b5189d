/*
 * bits.h
 *		Bit-packed columns: elements of one width, lowest bit first.
 */
#ifndef CX_JOURNEY_BITS_H
#define CX_JOURNEY_BITS_H

#include "cx.h"

/* a bit-packed column */
typedef struct CxBits
{
	const uint8 *data;
	const uint8 *end; /* of the value: loads stay before it */
	uint32 width;
} CxBits;

/* a column being written */
typedef struct CxBitWriter
{
	uint8 *at;
	uint64 pending;
	uint32 fill;
} CxBitWriter;

/* Reads element i.  The column's length was checked when the view was opened. */
static inline uint64
cx_bits_get(const CxBits *bits, uint64 i)
{
	uint64 bit = i * bits->width;
	const uint8 *p = bits->data + (bit >> 3);
	uint32 shift = bit & 7;
	uint64 word;

	if (bits->width == 0)
		return 0;
	if (likely(bits->end - p >= 8))
	{
		memcpy(&word, p, 8);
#ifdef WORDS_BIGENDIAN
		word = __builtin_bswap64(word);
#endif
	}
	else
	{
		word = 0;
		for (int k = 0; k < bits->end - p; k++)
			word |= (uint64) p[k] << (8 * k);
	}
	word >>= shift;
	if (unlikely(shift + bits->width > 64))
		word |= (uint64) p[8] << (64 - shift);
	return bits->width == 64 ? word : word & ((UINT64CONST(1) << bits->width) - 1);
}

/* The same for columns whose width is known to be at most 57. */
static inline uint64
cx_bits_get_narrow(const CxBits *bits, uint64 i)
{
	uint64 bit = i * bits->width;
	const uint8 *p = bits->data + (bit >> 3);
	uint64 word;

	if (unlikely(bits->end - p < 8))
		return cx_bits_get(bits, i);
	memcpy(&word, p, 8);
#ifdef WORDS_BIGENDIAN
	word = __builtin_bswap64(word);
#endif
	return word >> (bit & 7) & ((UINT64CONST(1) << bits->width) - 1);
}

/* The bytes of a column of count elements. */
static inline uint64
cx_packed_size(uint64 count, uint32 width)
{
	return (count * width + 7) / 8;
}

/* Stores the lowest bytes of a number, little-endian, and moves behind them. */
static inline void
cx_store_number(uint8 **at, uint64 number, int bytes)
{
	for (int k = 0; k < bytes; k++)
		(*at)[k] = (uint8) (number >> (8 * k));
	*at += bytes;
}

/* Appends the width lowest bits, which must be all that value has. */
static inline void
cx_put_bits(CxBitWriter *writer, uint64 value, uint32 width)
{
	writer->pending |= value << writer->fill;
	if (writer->fill + width >= 64)
	{
		uint32 taken = 64 - writer->fill;
#ifdef WORDS_BIGENDIAN
		uint64 word = __builtin_bswap64(writer->pending);
#else
		uint64 word = writer->pending;
#endif

		memcpy(writer->at, &word, 8);
		writer->at += 8;
		writer->pending = taken < 64 ? value >> taken : 0;
		writer->fill = width - taken;
	}
	else
		writer->fill += width;
}

/* Ends a column on a byte; returns the place behind it. */
static inline uint8 *
cx_end_bits(CxBitWriter *writer)
{
	cx_store_number(&writer->at, writer->pending, (writer->fill + 7) / 8);
	return writer->at;
}

#endif /* CX_JOURNEY_BITS_H */
