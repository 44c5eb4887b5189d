/*
 * compare.c
 *		Equality, order and hash of journeys, by content: two layouts of the
 *		same touches are the same journey.
 */
#include "journey/journey.h"

#include "common/hashfn.h"

/* a journey being compared */
typedef struct Side
{
	CxView view;
	CxDictionary *dictionary;
	CxCursor cursor;
	CxTouch touch;
} Side;

/* Order of the symbols of two touches, part by part, an absent part first. */
static int
compare_symbols(const Side *a, const Side *b)
{
	const CxSymbol *left = &a->dictionary->symbols[a->touch.symbol];
	const CxSymbol *right = &b->dictionary->symbols[b->touch.symbol];

	for (int part = 0; part < CX_PARTS; part++)
	{
		int order;

		if (left->part[part] == CX_NONE || right->part[part] == CX_NONE)
		{
			if (left->part[part] == right->part[part])
				continue;
			return left->part[part] == CX_NONE ? -1 : 1;
		}
		order = cx_span_compare(&a->dictionary->labels[left->part[part]],
								&b->dictionary->labels[right->part[part]]);
		if (order != 0)
			return order;
	}
	return 0;
}

/*
 * Compares touch by touch in canonical order; a journey that begins another
 * comes first.
 */
static int
compare_journeys(Datum left, Datum right)
{
	Side a;
	Side b;

	cx_view_open(&a.view, left);
	cx_view_open(&b.view, right);
	if (a.view.end - a.view.start == b.view.end - b.view.start &&
		memcmp(a.view.start, b.view.start, a.view.end - a.view.start) == 0)
		return 0;
	if (a.view.touch_count == 0 || b.view.touch_count == 0)
		return (a.view.touch_count > 0) - (b.view.touch_count > 0);
	if (a.view.first != b.view.first)
		return a.view.first < b.view.first ? -1 : 1;
	a.dictionary = cx_dictionary_of(&a.view);
	b.dictionary = cx_dictionary_of(&b.view);
	cx_cursor_start(&a.cursor, &a.view, 0);
	cx_cursor_start(&b.cursor, &b.view, 0);
	while (cx_cursor_next(&a.cursor, &a.touch))
	{
		int order;

		if (!cx_cursor_next(&b.cursor, &b.touch))
			return 1;
		if (a.touch.at != b.touch.at)
			return a.touch.at < b.touch.at ? -1 : 1;
		order = compare_symbols(&a, &b);
		if (order != 0)
			return order;
		a.touch.symbol = b.touch.symbol;
		order = cx_touch_compare(&a.touch, &b.touch);
		if (order != 0)
			return order;
	}
	return a.view.touch_count < b.view.touch_count ? -1 : 0;
}

/* True for the same bytes, which is what equal journeys of one layout have. */
static bool
equal_journeys(Datum left, Datum right)
{
	CxView a;
	CxView b;

	cx_view_open(&a, left);
	cx_view_open(&b, right);
	return a.end - a.start == b.end - b.start && memcmp(a.start, b.start, a.end - a.start) == 0;
}

#define COMPARISON(name, expression) \
	PG_FUNCTION_INFO_V1(cx_journey_##name); \
	Datum cx_journey_##name(PG_FUNCTION_ARGS) \
	{ \
		Datum left = PG_GETARG_DATUM(0); \
		Datum right = PG_GETARG_DATUM(1); \
\
		PG_RETURN_DATUM(expression); \
	}

COMPARISON(eq, BoolGetDatum(equal_journeys(left, right)))
COMPARISON(ne, BoolGetDatum(!equal_journeys(left, right)))
COMPARISON(lt, BoolGetDatum(compare_journeys(left, right) < 0))
COMPARISON(le, BoolGetDatum(compare_journeys(left, right) <= 0))
COMPARISON(gt, BoolGetDatum(compare_journeys(left, right) > 0))
COMPARISON(ge, BoolGetDatum(compare_journeys(left, right) >= 0))
COMPARISON(cmp, Int32GetDatum(compare_journeys(left, right)))

/* Spreads the bits of a number (the finaliser of MurmurHash3). */
static inline uint64
mix(uint64 number)
{
	number ^= number >> 33;
	number *= UINT64CONST(0xff51afd7ed558ccd);
	number ^= number >> 33;
	number *= UINT64CONST(0xc4ceb9fe1a85ec53);
	return number ^ number >> 33;
}

/* A hash of the touches, independent of how they are laid out. */
static uint64
hash_journey(Datum journey, uint64 seed)
{
	CxView view;
	CxDictionary *dictionary;
	CxCursor cursor;
	CxTouch touch;
	uint64 *symbol_hash;
	uint64 hash = seed;

	cx_view_open(&view, journey);
	dictionary = cx_dictionary_of(&view);
	symbol_hash = cx_palloc_array(uint64, view.symbol_count);
	for (uint32 i = 0; i < view.symbol_count; i++)
	{
		symbol_hash[i] = seed;
		for (int part = 0; part < CX_PARTS; part++)
		{
			int32 label = dictionary->symbols[i].part[part];

			symbol_hash[i] = hash_combine64(
				symbol_hash[i],
				label == CX_NONE ?
					part :
					hash_bytes_extended((const unsigned char *) dictionary->labels[label].data,
										dictionary->labels[label].length, seed));
		}
	}
	cx_cursor_start(&cursor, &view, 0);
	while (cx_cursor_next(&cursor, &touch))
	{
		uint64 value;

		memcpy(&value, &touch.value, sizeof(value));
		hash = hash_combine64(hash, mix((uint64) touch.at ^ symbol_hash[touch.symbol]));
		if (touch.has != 0)
		{
			hash = hash_combine64(hash, touch.has);
			hash = hash_combine64(hash, mix(value));
			hash = hash_combine64(hash, mix(touch.lasted));
			hash = hash_combine64(hash, mix(touch.ref));
		}
	}
	return mix(hash);
}

PG_FUNCTION_INFO_V1(cx_journey_hash);

/* 32 bits for hash joins and grouping: those of the extended hash with seed 0 */
Datum
cx_journey_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT32((uint32) hash_journey(PG_GETARG_DATUM(0), 0));
}

PG_FUNCTION_INFO_V1(cx_journey_hash_extended);

/* 64 bits with a seed, for hash partitioning */
Datum
cx_journey_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_UINT64(hash_journey(PG_GETARG_DATUM(0), PG_GETARG_INT64(1)));
}
