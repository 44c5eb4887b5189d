/*
 * dictionary.c
 *		Numbers for labels and for their combinations (symbols).
 *
 * Looking up a label that is known costs one hash and one comparison; sorting
 * the few labels of one value uses ranks that are computed once for all values,
 * and again only after as much work without them as computing them costs.
 */
#include "journey/dictionary.h"

#include "common/hashfn.h"

typedef struct LabelEntry
{
	CxSpan label;
	int32 number;
	uint32 hash;
	char status;
} LabelEntry;

typedef struct SymbolEntry
{
	CxSymbol symbol;
	uint32 number;
	uint32 hash;
	char status;
} SymbolEntry;

static inline uint32
hash_symbol(CxSymbol symbol)
{
	uint32 hash = 0;

	for (int part = 0; part < CX_PARTS; part++)
		hash = hash_combine(hash, murmurhash32((uint32) symbol.part[part]));
	return hash;
}

#define SH_PREFIX cxlabels
#define SH_ELEMENT_TYPE LabelEntry
#define SH_KEY_TYPE CxSpan
#define SH_KEY label
#define SH_HASH_KEY(tb, key) cx_hash_label((key).data, (key).length)
#define SH_EQUAL(tb, a, b) ((a).length == (b).length && memcmp((a).data, (b).data, (a).length) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#define SH_PREFIX cxsymbols
#define SH_ELEMENT_TYPE SymbolEntry
#define SH_KEY_TYPE CxSymbol
#define SH_KEY symbol
#define SH_HASH_KEY(tb, key) hash_symbol(key)
#define SH_EQUAL(tb, a, b) (memcmp(&(a), &(b), sizeof(CxSymbol)) == 0)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* Makes an empty dictionary that allocates in the given context. */
CxDictionary *
cx_dictionary_create(MemoryContext context)
{
	CxDictionary *dictionary = MemoryContextAllocZero(context, sizeof(CxDictionary));

	dictionary->context = context;
	return dictionary;
}

/* Makes room for one more element; returns the array, moved if need be. */
static void *
grow(MemoryContext context, void *array, uint32 count, uint32 *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity == 0 ? 8 : *capacity * 2;
	if (array == NULL)
		return MemoryContextAlloc(context, mul_size(*capacity, size));
	return repalloc(array, mul_size(*capacity, size));
}

static int32
append_label(CxDictionary *dictionary, CxSpan label)
{
	uint32 capacity = dictionary->label_capacity;

	dictionary->labels = grow(dictionary->context, dictionary->labels, dictionary->label_count,
							  &dictionary->label_capacity, sizeof(CxSpan));
	dictionary->plain = grow(dictionary->context, dictionary->plain, dictionary->label_count,
							 &capacity, sizeof(int32));
	dictionary->labels[dictionary->label_count] = label;
	dictionary->plain[dictionary->label_count] = CX_NONE;
	return dictionary->label_count++;
}

static uint32
append_symbol(CxDictionary *dictionary, const CxSymbol *symbol)
{
	dictionary->symbols = grow(dictionary->context, dictionary->symbols, dictionary->symbol_count,
							   &dictionary->symbol_capacity, sizeof(CxSymbol));
	dictionary->symbols[dictionary->symbol_count] = *symbol;
	return dictionary->symbol_count++;
}

static bool
is_plain(const CxSymbol *symbol)
{
	return symbol->part[CX_CHANNEL] == CX_NONE && symbol->part[CX_TEAM] == CX_NONE &&
		   symbol->part[CX_ATTRS] == CX_NONE;
}

/* Ranks numbers that are in canonical order already. */
static void
rank_as_numbered(CxRanking *ranking, uint32 count)
{
	ranking->rank = cx_palloc_array(uint32, count);
	ranking->ranked = count;
	for (uint32 i = 0; i < count; i++)
		ranking->rank[i] = i;
}

/*
 * The dictionary of a stored journey: its labels and symbols under their own
 * numbers, already in order.  Allocates in the current context; the labels
 * point into the datum.
 */
CxDictionary *
cx_dictionary_of(const CxView *view)
{
	CxDictionary *dictionary = cx_dictionary_create(CurrentMemoryContext);

	dictionary->label_count = dictionary->label_capacity = view->label_count;
	dictionary->symbol_count = dictionary->symbol_capacity = view->symbol_count;
	dictionary->labels = cx_palloc_array(CxSpan, view->label_count);
	dictionary->symbols = cx_palloc_array(CxSymbol, view->symbol_count);
	dictionary->plain = cx_palloc_array(int32, view->label_count);
	memset(dictionary->plain, 0xff, sizeof(int32) * (size_t) view->label_count);
	cx_view_labels(view, dictionary->labels);
	rank_as_numbered(&dictionary->label_ranking, view->label_count);
	rank_as_numbered(&dictionary->symbol_ranking, view->symbol_count);
	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		cx_view_symbol(view, i, &dictionary->symbols[i]);
		if (is_plain(&dictionary->symbols[i]))
			dictionary->plain[dictionary->symbols[i].part[CX_TOUCHPOINT]] = i;
	}
	return dictionary;
}

static void
build_label_index(CxDictionary *dictionary)
{
	bool found;

	dictionary->label_index =
		cxlabels_create(dictionary->context, Max(dictionary->label_count, 8), NULL);
	for (uint32 i = 0; i < dictionary->label_count; i++)
		cxlabels_insert(dictionary->label_index, dictionary->labels[i], &found)->number = i;
}

static void
build_symbol_index(CxDictionary *dictionary)
{
	bool found;

	dictionary->symbol_index =
		cxsymbols_create(dictionary->context, Max(dictionary->symbol_count, 8), NULL);
	for (uint32 i = 0; i < dictionary->symbol_count; i++)
		cxsymbols_insert(dictionary->symbol_index, dictionary->symbols[i], &found)->number = i;
}

/* The number of a label, or CX_NONE if the dictionary does not have it. */
int32
cx_dictionary_find_label(CxDictionary *dictionary, const char *data, uint32 length)
{
	LabelEntry *entry;

	if (dictionary->label_index == NULL)
		build_label_index(dictionary);
	entry = cxlabels_lookup(dictionary->label_index, (CxSpan){data, length});
	return entry == NULL ? CX_NONE : entry->number;
}

/*
 * The number of a label, added if it is new.  With copy, a new label's bytes
 * are copied into the dictionary's context; otherwise they must outlive it.
 */
int32
cx_dictionary_label(CxDictionary *dictionary, const char *data, uint32 length, bool copy)
{
	CxSpan label = {data, length};
	uint32 hash = cx_hash_label(label.data, label.length);
	LabelEntry *entry;
	bool found;

	if (dictionary->label_index == NULL)
		build_label_index(dictionary);
	entry = cxlabels_lookup_hash(dictionary->label_index, label, hash);
	if (entry != NULL)
		return entry->number;
	if (copy)
	{
		label.data = memcpy(MemoryContextAlloc(dictionary->context, Max(length, 1)), data, length);
		dictionary->label_bytes += length;
	}
	entry = cxlabels_insert_hash(dictionary->label_index, label, hash, &found);
	entry->number = append_label(dictionary, label);
	return entry->number;
}

/* The number of a combination of the dictionary's labels, added if it is new. */
uint32
cx_dictionary_symbol(CxDictionary *dictionary, const CxSymbol *symbol)
{
	SymbolEntry *entry;
	bool found;

	if (is_plain(symbol))
	{
		int32 *number = &dictionary->plain[symbol->part[CX_TOUCHPOINT]];

		if (*number == CX_NONE)
			*number = append_symbol(dictionary, symbol);
		return *number;
	}
	if (dictionary->symbol_index == NULL)
		build_symbol_index(dictionary);
	entry = cxsymbols_insert(dictionary->symbol_index, *symbol, &found);
	if (!found)
		entry->number = append_symbol(dictionary, symbol);
	return entry->number;
}

/* Looks a combination up; false if the dictionary does not have it. */
bool
cx_dictionary_find_symbol(CxDictionary *dictionary, const CxSymbol *symbol, uint32 *number)
{
	SymbolEntry *entry;

	if (is_plain(symbol))
	{
		*number = dictionary->plain[symbol->part[CX_TOUCHPOINT]];
		return *number != (uint32) CX_NONE;
	}
	if (dictionary->symbol_index == NULL)
		build_symbol_index(dictionary);
	entry = cxsymbols_lookup(dictionary->symbol_index, *symbol);
	if (entry != NULL)
		*number = entry->number;
	return entry != NULL;
}

/* The number here of a symbol of another dictionary, added if it is new. */
uint32
cx_dictionary_import(CxDictionary *dictionary, const CxDictionary *source, uint32 number, bool copy)
{
	CxSymbol symbol = source->symbols[number];

	for (int part = 0; part < CX_PARTS; part++)
	{
		if (symbol.part[part] != CX_NONE)
		{
			const CxSpan *label = &source->labels[symbol.part[part]];

			symbol.part[part] = cx_dictionary_label(dictionary, label->data, label->length, copy);
		}
	}
	return cx_dictionary_symbol(dictionary, &symbol);
}

/* Bytewise order of two labels, shorter first where one begins the other. */
int
cx_span_compare(const CxSpan *a, const CxSpan *b)
{
	int order = memcmp(a->data, b->data, Min(a->length, b->length));

	if (order != 0)
		return order;
	return (a->length > b->length) - (a->length < b->length);
}

static int
compare_labels(const CxDictionary *dictionary, uint32 a, uint32 b)
{
	const CxRanking *ranking = &dictionary->label_ranking;

	if (a == b)
		return 0;
	if (a < ranking->ranked && b < ranking->ranked)
		return ranking->rank[a] < ranking->rank[b] ? -1 : 1;
	return cx_span_compare(&dictionary->labels[a], &dictionary->labels[b]);
}

/* Canonical order of symbols: part by part, an absent part first. */
static int
compare_symbols(const CxDictionary *dictionary, uint32 a, uint32 b)
{
	const CxRanking *ranking = &dictionary->symbol_ranking;

	if (a == b)
		return 0;
	if (a < ranking->ranked && b < ranking->ranked)
		return ranking->rank[a] < ranking->rank[b] ? -1 : 1;
	for (int part = 0; part < CX_PARTS; part++)
	{
		int32 left = dictionary->symbols[a].part[part];
		int32 right = dictionary->symbols[b].part[part];

		if (left == right)
			continue;
		if (left == CX_NONE || right == CX_NONE)
			return left == CX_NONE ? -1 : 1;
		return compare_labels(dictionary, left, right);
	}
	return 0;
}

#define ST_SORT sort_labels
#define ST_ELEMENT_TYPE uint32
#define ST_COMPARE(a, b, dictionary) compare_labels(dictionary, *(a), *(b))
#define ST_COMPARE_ARG_TYPE const CxDictionary
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_symbols
#define ST_ELEMENT_TYPE uint32
#define ST_COMPARE(a, b, dictionary) compare_symbols(dictionary, *(a), *(b))
#define ST_COMPARE_ARG_TYPE const CxDictionary
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/*
 * Ranks all count numbers of a dictionary if it pays: when the values sorted
 * without ranks since the last time had as many numbers as there are.
 */
static void
maybe_rank(CxDictionary *dictionary, CxRanking *ranking, uint32 count, uint32 wanted,
		   void (*sort)(uint32 *, size_t, const CxDictionary *))
{
	uint32 *order;

	ranking->debt += wanted;
	if (ranking->debt < count)
		return;
	order = cx_palloc_array(uint32, count);
	for (uint32 i = 0; i < count; i++)
		order[i] = i;
	sort(order, count, dictionary);
	if (ranking->rank != NULL)
		pfree(ranking->rank);
	ranking->ranked = 0;
	ranking->rank = MemoryContextAlloc(dictionary->context, mul_size(count, sizeof(uint32)));
	for (uint32 i = 0; i < count; i++)
		ranking->rank[order[i]] = i;
	ranking->ranked = count;
	ranking->debt = 0;
	pfree(order);
}

/*
 * Sorts the numbers that a value uses and gives each its position in
 * marks->local.  Returns the count.
 */
static uint32
sort_used(CxDictionary *dictionary, CxRanking *ranking, CxMarks *marks, uint32 total, uint32 *used,
		  uint32 count, void (*sort)(uint32 *, size_t, const CxDictionary *))
{
	bool ranked = true;

	for (uint32 i = 0; i < count && ranked; i++)
		ranked = used[i] < ranking->ranked;
	if (!ranked)
		maybe_rank(dictionary, ranking, total, count, sort);
	sort(used, count, dictionary);
	for (uint32 i = 0; i < count; i++)
		marks->local[used[i]] = i;
	return count;
}

/* Sorts used symbols into canonical order and numbers them in symbol_marks. */
uint32
cx_dictionary_sort_symbols(CxDictionary *dictionary, uint32 *used, uint32 count)
{
	return sort_used(dictionary, &dictionary->symbol_ranking, &dictionary->symbol_marks,
					 dictionary->symbol_count, used, count, sort_symbols);
}

/* Sorts used labels bytewise and numbers them in label_marks. */
uint32
cx_dictionary_sort_labels(CxDictionary *dictionary, uint32 *used, uint32 count)
{
	return sort_used(dictionary, &dictionary->label_ranking, &dictionary->label_marks,
					 dictionary->label_count, used, count, sort_labels);
}

/* Starts a turn of marking numbers below count; nothing is marked. */
void
cx_marks_begin(CxMarks *marks, MemoryContext context, uint32 count)
{
	if (count > marks->capacity)
	{
		if (marks->stamp != NULL)
		{
			pfree(marks->stamp);
			pfree(marks->local);
		}
		marks->capacity = Max(16, pg_nextpower2_32(count));
		marks->stamp = MemoryContextAllocZero(context, mul_size(marks->capacity, sizeof(uint32)));
		marks->local = MemoryContextAlloc(context, mul_size(marks->capacity, sizeof(uint32)));
		marks->turn = 0;
	}
	if (++marks->turn == 0)
	{
		memset(marks->stamp, 0, marks->capacity * sizeof(uint32));
		marks->turn = 1;
	}
}
