/*
 * scan.c
 *		What a program and a journey have in common: the selectors that the
 *		journey's touches fit, worked out once a symbol.
 */
#include "pattern/scan.h"

#include "pattern/selector.h"
#include "port/pg_bswap.h"

/* The journey's labels and symbols, taken apart when they are first needed. */
CxDictionary *
cx_scan_dictionary(CxScan *scan)
{
	if (scan->dictionary == NULL)
		scan->dictionary = cx_dictionary_of(scan->view);
	return scan->dictionary;
}

/* symbols that one load of 8 bytes gives for sure, at most 16, by their width */
static const uint8 symbols_a_load[] = {16, 16, 16, 16, 14, 11, 9};

/* The selectors that a label fits; first and last are its first and last bytes. */
static inline uint64
selectors_of(const CxProgram *program, const CxSpan *label, uint64 first, uint64 last)
{
	const CxName *name =
		&program->names[program->name_slots[cx_name_slot(first, last, program->name_seed)]];
	bool same =
		((name->first ^ first) | (name->last ^ last) | (name->text.length ^ label->length)) == 0;

	if (unlikely(label->length > 16))
		same = same && memcmp(name->text.data, label->data, label->length) == 0;
	return name->selectors & -(uint64) same;
}

/* The first 8 bytes of a label; behind the end of a short one they are what follows it. */
static inline uint64
first_bytes(const CxView *view, const CxSpan *label)
{
	uint64 first;

	if (unlikely(view->end - (const uint8 *) label->data < 8))
		return cx_text_prefix(label->data, label->length);
	memcpy(&first, label->data, 8);
	return first;
}

/*
 * Fills by_label with the selectors that each label fits, comparing labels
 * where they lie, without branches on which it is.  Labels are sorted, so those
 * behind all names are passed over; unless all are wanted, false as soon as one
 * comes behind all names of a selector that every match needs.
 */
static bool
find_labels(CxScan *scan, uint64 *by_label, bool all)
{
	const CxProgram *program = scan->program;
	const CxView *view = scan->view;
	const CxDeadline *deadline = program->deadlines + (all ? program->required_count : 0);
	uint32 count = view->label_count;
	uint64 found = 0;
	CxSpan label = {view->labels, 0};

	for (uint32 i = 0; i < count; i++, label.data += label.length)
	{
		uint64 first;
		uint64 last;

		if (unlikely((i & 1023) == 1023))
			CHECK_FOR_INTERRUPTS();
		label.length = cx_view_label_length(view, i);
		first = first_bytes(view, &label) & cx_first_bytes[Min(label.length, 8)];
		/* at a short label's end these are bytes before it, still of the value */
		memcpy(&last, label.data + label.length - 8, 8);
		last &= -(uint64) (label.length > 8);
		while (unlikely(pg_ntoh64(first) > deadline->first) && (found & deadline->selector) != 0)
			deadline++;
		if (unlikely(pg_ntoh64(first) > deadline->first))
		{
			if (deadline->selector != 0)
				return false;
			/* behind all names */
			memset(&by_label[i], 0, sizeof(uint64) * (count - i));
			if (count <= CX_FEW_SYMBOLS)
				memset(&scan->hit[i], 0, count - i);
			break;
		}
		by_label[i] = selectors_of(program, &label, first, last);
		found |= by_label[i];
		scan->hit[i % CX_FEW_SYMBOLS] = by_label[i] != 0;
	}
	scan->found = found;
	return true;
}

/* Notes which symbols fit a selector, if there are few; what is no symbol stays a hit. */
static void
find_hits(CxScan *scan)
{
	memset(scan->hit, 1, sizeof(scan->hit));
	for (uint32 i = 0; scan->words == 1 && i < Min(scan->view->symbol_count, CX_FEW_SYMBOLS); i++)
		scan->hit[i] = scan->yes[i] != 0;
}

/*
 * Fills yes for selectors that are only names, and found with the selectors
 * that fit some symbol.  Unless all are wanted, gives up and leaves found empty
 * when one is missing that every match needs.
 */
static void
find_names(CxScan *scan, bool all)
{
	const CxView *view = scan->view;
	uint64 few[CX_FEW_SYMBOLS];
	uint64 *by_label = scan->yes;

	scan->found = 0;
	if ((view->flags & CX_FLAG_SYMBOLS) != 0)
		by_label =
			view->label_count <= CX_FEW_SYMBOLS ? few : cx_palloc_array(uint64, view->label_count);
	if (!find_labels(scan, by_label, all))
		return;
	if ((view->flags & CX_FLAG_SYMBOLS) == 0)
		return;
	scan->found = 0;
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		uint64 number = cx_bits_get(&view->table[CX_TOUCHPOINT], i);

		if (unlikely(number >= view->label_count))
			cx_corrupt("A symbol refers to a label that does not exist.");
		scan->yes[i] = by_label[number];
		scan->found |= scan->yes[i];
	}
	find_hits(scan);
}

/*
 * Fills yes and maybe by judging each symbol.  Marks the selectors that fit
 * some symbol in found.
 */
static void
judge_symbols(CxScan *scan, uint64 *found)
{
	const CxProgram *program = scan->program;
	CxDictionary *dictionary = cx_scan_dictionary(scan);

	for (uint32 symbol = 0; symbol < scan->view->symbol_count; symbol++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < program->selector_count; i++)
		{
			CxVerdict verdict = cx_selector_on_symbol(program->selectors[i], dictionary, symbol);
			uint64 bit = UINT64CONST(1) << (i % 64);

			if (verdict == CX_NO)
				continue;
			found[i / 64] |= bit;
			(verdict == CX_YES ? scan->yes : scan->maybe)[symbol * scan->words + i / 64] |= bit;
			scan->any_maybe |= verdict == CX_DEPENDS;
		}
	}
}

/* Fills a scan; false when a selector that every match needs fits no symbol. */
static bool
begin(CxScan *scan, const CxProgram *program, const CxView *view, bool all)
{
	uint64 *found = &scan->found;

	scan->program = program;
	scan->view = view;
	scan->dictionary = NULL;
	scan->count = view->touch_count;
	scan->words = (program->selector_count + 63) / 64;
	scan->maybe = NULL;
	scan->any_maybe = false;
	scan->touches = NULL;
	memset(scan->hit, 1, sizeof(scan->hit));
	if (program->only_names)
	{
		scan->yes = view->symbol_count <= CX_FEW_SYMBOLS ?
						scan->few :
						cx_palloc_array(uint64, view->symbol_count);
		/* to give up early pays when several must be there */
		find_names(scan, all || program->required_count == 1);
	}
	else
	{
		Size size = mul_size(sizeof(uint64) * scan->words, view->symbol_count);

		found = palloc0(sizeof(uint64) * scan->words);
		scan->yes = palloc0(size);
		scan->maybe = palloc0(size);
		judge_symbols(scan, found);
		scan->found = found[0];
		find_hits(scan);
	}
	for (int i = 0; i < program->required_count; i++)
		if ((found[program->required[i] / 64] >> (program->required[i] % 64) & 1) == 0)
			return false;
	return view->touch_count > 0;
}

/*
 * Prepares to match.  False when a selector that every match needs fits no
 * symbol of the journey: then nothing matches, and the scan is good for nothing
 * else.  Allocates in the current context.
 */
bool
cx_scan_begin(CxScan *scan, const CxProgram *program, const CxView *view)
{
	return begin(scan, program, view, false);
}

/* Prepares to look at touches one by one, whether or not anything can match. */
void
cx_scan_begin_all(CxScan *scan, const CxProgram *program, const CxView *view)
{
	begin(scan, program, view, true);
}

/* Raises 22008 unless a watermark is a time. */
void
cx_check_as_of(TimestampTz as_of)
{
	if (TIMESTAMP_NOT_FINITE(as_of))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE), errmsg("as_of must be finite"),
				 errhint("It is the time up to which the data are complete.")));
}

/* Leaves out the touches after a watermark. */
void
cx_scan_cut(CxScan *scan, TimestampTz as_of)
{
	while (scan->count > 0 && cx_view_time_at(scan->view, scan->count - 1) > as_of)
		scan->count--;
}

/* True when a touch fits a selector of the program. */
bool
cx_scan_fits(CxScan *scan, int selector, uint32 touch)
{
	size_t word = (size_t) cx_view_symbol_at(scan->view, touch) * scan->words + selector / 64;

	if (scan->yes[word] >> (selector % 64) & 1)
		return true;
	if (!scan->any_maybe || (scan->maybe[word] >> (selector % 64) & 1) == 0)
		return false;
	if (scan->touches == NULL)
	{
		CxCursor cursor;
		uint32 i = 0;

		scan->touches = cx_palloc_array(CxTouch, scan->view->touch_count);
		cx_cursor_start(&cursor, scan->view, 0);
		while (cx_cursor_next(&cursor, &scan->touches[i]))
			i++;
	}
	return cx_selector_on_touch(scan->program->selectors[selector], cx_scan_dictionary(scan),
								&scan->touches[touch]);
}

/*
 * The touches from first on that fit a selector, a bit each, of at most
 * CX_HIT_BLOCK; for programs of one word without conditions on numbers.
 * Without branches on what the touches are, because that is what a processor
 * cannot foresee.  A touch with a symbol that does not exist counts as one, so
 * that who looks at it finds out.
 */
uint64
cx_scan_hits(const CxScan *scan, uint32 first, uint32 count)
{
	const CxBits *symbols = &scan->view->symbols;
	uint32 width = symbols->width;
	uint64 hits = 0;

	if (width < lengthof(symbols_a_load))
	{
		uint32 a_load = symbols_a_load[width];
		uint64 mask = (UINT64CONST(1) << width) - 1;

		uint32 i = 0;

		while (i < count)
		{
			uint64 bit = (uint64) (first + i) * width;
			const uint8 *p = symbols->data + (bit >> 3);
			uint64 word = 0;

			if (likely(symbols->end - p >= 8))
				memcpy(&word, p, 8);
			else
				memcpy(&word, p, symbols->end - p);
#ifdef WORDS_BIGENDIAN
			word = __builtin_bswap64(word);
#endif
			word >>= bit & 7;
			/* what lies behind the last touch is masked out below */
			for (uint32 end = i + a_load; i < end; i++)
			{
				hits = hits >> 1 | (uint64) scan->hit[word & mask] << 63;
				word >>= width;
			}
		}
		return hits >> (64 - i) & ((UINT64CONST(1) << count) - 1);
	}
	for (uint32 i = 0; i < count; i++)
		hits |= (uint64) (scan->yes[cx_view_symbol_at(scan->view, first + i)] != 0) << i;
	return hits;
}
