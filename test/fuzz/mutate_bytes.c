/*
 * mutate_bytes.c
 *		Mutation of bytes of which nothing is known.
 */
#include "postgres.h"

#include "edit.h"

/* Mutants stay below this, or below twice their origin if that is longer. */
#define ROOM 4096

/* Replaces length bytes at a position by others, which may lie in the buffer itself. */
void
edit_splice(StringInfo buffer, int at, int length, const char *with, int with_length)
{
	char *copy = palloc(with_length + 1);

	memcpy(copy, with, with_length);
	if (with_length > length)
		enlargeStringInfo(buffer, with_length - length);
	memmove(buffer->data + at + with_length, buffer->data + at + length, buffer->len - at - length);
	memcpy(buffer->data + at, copy, with_length);
	buffer->len += with_length - length;
	buffer->data[buffer->len] = '\0';
	pfree(copy);
}

/* Picks a position; half of the time near the start, where headers are. */
static int
some_position(Rng *rng, int length)
{
	return rng_below(rng, rng_below(rng, 2) ? length : Min(length, 48));
}

/* Reads or writes an integer of 1, 2, 4 or 8 bytes in either byte order. */
static uint64
get_integer(const char *at, int width, bool big)
{
	uint64 n = 0;

	for (int i = 0; i < width; i++)
		n |= (uint64) (unsigned char) at[big ? width - 1 - i : i] << (8 * i);
	return n;
}

static void
put_integer(char *at, int width, bool big, uint64 n)
{
	for (int i = 0; i < width; i++)
		at[big ? width - 1 - i : i] = (char) (n >> (8 * i));
}

static uint64
some_integer(Rng *rng, const StringInfo bytes)
{
	static const uint64 known[] = {
		0,
		1,
		2,
		3,
		4,
		7,
		8,
		9,
		15,
		16,
		31,
		32,
		33,
		63,
		64,
		65,
		100,
		127,
		128,
		254,
		255,
		256,
		257,
		511,
		512,
		1000,
		4095,
		4096,
		32767,
		32768,
		65535,
		65536,
		4194303,
		4194304,
		4194305,
		8388607,
		16777215,
		16777216,
		0x0fffffff,
		0x1fffffff,
		0x20000000,
		0x3fffffff,
		0x40000000,
		0x7ffffffe,
		0x7fffffff,
		0x80000000,
		0xfffffffe,
		0xffffffff,
		UINT64CONST(0x100000000),
		UINT64CONST(0x1ffffffffffff),
		UINT64CONST(0x7ffffffffffffffe),
		UINT64CONST(0x7fffffffffffffff),
		UINT64CONST(0x8000000000000000),
		UINT64CONST(0x8000000000000001),
		UINT64CONST(0xfffffffffffffffe),
		UINT64CONST(0xffffffffffffffff),
		UINT64CONST(0x7ff0000000000000),
		UINT64CONST(0xfff0000000000000),
		UINT64CONST(0x7ff8000000000000),
		UINT64CONST(0xfcfaf0b0a2f54000), /* 4713 BC in microseconds */
		UINT64CONST(0x7fffca6e0b1ba000)	 /* far in the future */
	};

	switch (rng_below(rng, 4))
	{
		case 0:
			return bytes->len + (int) rng_below(rng, 17) - 8;
		case 1:
			return UINT64CONST(1) << rng_below(rng, 64);
		default:
			return known[rng_below(rng, lengthof(known))];
	}
}

/* One mutation of bytes. */
void
mutate_bytes_once(Rng *rng, const Pool *pool, StringInfo bytes)
{
	int at = some_position(rng, bytes->len);
	int span = bytes->len == 0 ? 0 : some_length(rng, bytes->len - at);
	int width = 1 << rng_below(rng, 4);
	bool big = rng_below(rng, 2);
	char noise[1024];
	const Blob *other;
	int cut;

	switch (bytes->len == 0 ? 12 : rng_below(rng, 14))
	{
		case 0: /* flip a bit */
			bytes->data[at] ^= 1 << rng_below(rng, 8);
			break;
		case 1: /* change a byte */
			bytes->data[at] = (char) rng_next(rng);
			break;
		case 2: /* a little more or less */
			bytes->data[at] += (char) (rng_below(rng, 17) - 8);
			break;
		case 3: /* truncate */
			edit_splice(bytes, at, bytes->len - at, "", 0);
			break;
		case 4: /* cut the last few bytes off */
			cut = 1 + rng_below(rng, Min(8, bytes->len));
			edit_splice(bytes, bytes->len - cut, cut, "", 0);
			break;
		case 5: /* delete a span */
			edit_splice(bytes, at, span, "", 0);
			break;
		case 6: /* duplicate a span */
			edit_splice(bytes, rng_below(rng, bytes->len + 1), 0, bytes->data + at, span);
			break;
		case 7: /* copy a span over another */
			memmove(bytes->data + rng_below(rng, bytes->len - span + 1), bytes->data + at, span);
			break;
		case 8: /* an interesting integer */
		case 9:
			width = Min(width, bytes->len - at);
			put_integer(bytes->data + at, width, big, some_integer(rng, bytes));
			break;
		case 10: /* near the integer that was there */
			width = Min(width, bytes->len - at);
			put_integer(bytes->data + at, width, big,
						get_integer(bytes->data + at, width, big) + (int) rng_below(rng, 65) - 32);
			break;
		case 11: /* the head of one entry, the tail of another */
			other = pool_pick(pool, rng);
			cut = rng_below(rng, other->length + 1);
			edit_splice(bytes, at, bytes->len - at, other->data + cut, other->length - cut);
			break;
		case 12: /* insert noise, or a run */
			span = some_length(rng, sizeof(noise));
			for (int i = 0; i < span; i++)
				noise[i] = i == 0 || big ? (char) rng_next(rng) : noise[0];
			edit_splice(bytes, at, 0, noise, span);
			break;
		case 13: /* append */
			span = some_length(rng, 16);
			for (int i = 0; i < span; i++)
				noise[i] = big ? (char) rng_next(rng) : '\0';
			edit_splice(bytes, bytes->len, 0, noise, span);
			break;
	}
}

void
keep_short(StringInfo buffer, int origin)
{
	int limit = Max(ROOM, 2 * origin);

	if (buffer->len > limit)
		edit_splice(buffer, limit, buffer->len - limit, "", 0);
}

/* Mutates bytes in place, palloc'ing temporaries in the current context. */
void
mutate_bytes(Rng *rng, const Pool *pool, StringInfo bytes)
{
	int origin = bytes->len;

	for (int n = some_depth(rng); n > 0; n--)
		mutate_bytes_once(rng, pool, bytes);
	keep_short(bytes, origin);
}
