/*
 * tally.c
 *		A flat table of counts under 64-bit keys, with a dictionary of labels.
 */
#include "stats/tally.h"

#include "port/pg_bitutils.h"
#include "stats/summary.h"

#define TALLY_VERSION 1
#define FEWEST_SLOTS 16

StaticAssertDecl(offsetof(CxTally, data) == 48, "the parts of a tally are found by this offset");

/* where the parts of a tally begin, from its start; 64 bits hold what any header says */
typedef struct Parts
{
	uint64 extra;
	uint64 entries;
	uint64 ends;
	uint64 slots;
	uint64 text;
	uint64 size;
} Parts;

static inline Parts
parts_of(const CxTally *tally)
{
	Parts parts;

	parts.extra = MAXALIGN64(offsetof(CxTally, data) + (uint64) tally->params_size);
	parts.entries = MAXALIGN64(parts.extra + tally->extra_size);
	parts.ends = parts.entries + (uint64) tally->slots * sizeof(CxTallyEntry);
	parts.slots = parts.ends + (uint64) tally->label_room * sizeof(uint32);
	parts.text = parts.slots + (uint64) tally->label_slots * sizeof(uint32);
	parts.size = parts.text + tally->text_room;
	return parts;
}

static inline char *
at(const CxTally *tally, uint64 offset)
{
	return (char *) tally + offset;
}

static uint32 *
ends_of(const CxTally *tally)
{
	return (uint32 *) at(tally, parts_of(tally).ends);
}

/* The constants that the owner gave. */
void *
cx_tally_params(CxTally *tally)
{
	return tally->data;
}

/* The owner's bytes in a growing tally; NULL if there are none. */
void *
cx_tally_extra(const CxTally *tally)
{
	return tally->extra_size == 0 ? NULL : at(tally, parts_of(tally).extra);
}

/* The entries: slots of them, those with the key CX_TALLY_EMPTY are none. */
CxTallyEntry *
cx_tally_entries(const CxTally *tally)
{
	return (CxTallyEntry *) at(tally, parts_of(tally).entries);
}

/* A label's text. */
const char *
cx_tally_label(const CxTally *tally, uint32 number, uint32 *length)
{
	const uint32 *ends = ends_of(tally);
	uint32 start = number == 0 ? 0 : ends[number - 1];

	*length = ends[number] - start;
	return at(tally, parts_of(tally).text + start);
}

/* Makes an empty tally with the rooms of a header, in the current context. */
static CxTally *
allocate(const CxTally *header, const void *params)
{
	Parts parts = parts_of(header);
	CxTally *tally;
	CxTallyEntry *entries;

	if (parts.size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("summary is too large"),
				 errdetail("It has %u entries and %u labels.", header->count, header->label_count),
				 errhint("Use fewer or shorter labels, or fewer groups in one summary.")));
	tally = palloc(parts.size);
	memset(tally, 0, parts.entries);
	memset(at(tally, parts.ends), 0, parts.size - parts.ends);
	*tally = *header;
	SET_VARSIZE(tally, parts.size);
	tally->count = 0;
	tally->label_count = 0;
	tally->text_size = 0;
	if (header->params_size > 0)
		memcpy(tally->data, params, header->params_size);
	entries = cx_tally_entries(tally);
	for (uint32 i = 0; i < header->slots; i++)
		entries[i] = (CxTallyEntry){.key = CX_TALLY_EMPTY};
	return tally;
}

/* A new tally that can grow. */
CxTally *
cx_tally_new(uint8 kind, const void *params, uint32 params_size)
{
	CxTally header = {.version = TALLY_VERSION,
					  .kind = kind,
					  .growing = true,
					  .params_size = params_size,
					  .slots = FEWEST_SLOTS};

	return allocate(&header, params);
}

/* Where the labels are, until the tally moves. */
CxTallyLabels
cx_tally_labels(const CxTally *tally)
{
	Parts parts = parts_of(tally);

	return (CxTallyLabels){(uint32 *) at(tally, parts.slots), (uint32 *) at(tally, parts.ends),
						   at(tally, parts.text), tally->label_slots - 1};
}

/* The slot of a label in the hash table, or the empty one where it belongs. */
static uint32 *
label_slot(const CxTally *tally, const char *data, uint32 length)
{
	CxTallyLabels labels = cx_tally_labels(tally);

	return (uint32 *) cx_tally_label_slot(&labels, data, length);
}

/* The slot of an entry in the hash table, or the empty one where it belongs. */
static CxTallyEntry *
entry_slot(const CxTally *tally, uint64 key)
{
	return cx_tally_slot(cx_tally_entries(tally), tally->slots - 1, key);
}

/* Appends a label that is not there yet and has room. */
static uint32
append_label(CxTally *tally, const char *data, uint32 length)
{
	memcpy(at(tally, parts_of(tally).text + tally->text_size), data, length);
	tally->text_size += length;
	ends_of(tally)[tally->label_count] = tally->text_size;
	return tally->label_count++;
}

/* Copies a growing tally into one with the rooms of a header. */
static CxTally *
move(const CxTally *tally, const CxTally *header)
{
	CxTally *moved = allocate(header, tally->data);
	const CxTallyEntry *from = cx_tally_entries(tally);
	CxTallyEntry *to = cx_tally_entries(moved);

	memcpy(at(moved, parts_of(moved).extra), at(tally, parts_of(tally).extra),
		   Min(tally->extra_size, moved->extra_size));
	for (uint32 i = 0; i < tally->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(tally, i, &length);

		*label_slot(moved, label, length) = i + 1;
		append_label(moved, label, length);
	}
	for (uint32 i = 0; i < tally->slots; i++)
		if (from[i].key != CX_TALLY_EMPTY)
			*cx_tally_slot(to, moved->slots - 1, from[i].key) = from[i];
	moved->count = tally->count;
	return moved;
}

/*
 * A copy of a growing tally with so many bytes of the owner's own, of which those
 * that were not there are zero, and room for so many more entries.
 */
CxTally *
cx_tally_resize(const CxTally *tally, uint32 extra_size, uint32 more)
{
	CxTally header = *tally;

	header.extra_size = extra_size;
	while (header.slots / 4 * 3 - header.count < more)
		header.slots *= 2;
	return move(tally, &header);
}

/* Finds the number of a label; false if there is none such. */
bool
cx_tally_find_label(const CxTally *tally, const char *data, uint32 length, uint32 *number)
{
	uint32 low = 0;
	uint32 high = tally->label_count;

	if (tally->growing)
	{
		uint32 slot = high == 0 ? 0 : *label_slot(tally, data, length);

		*number = slot - 1;
		return slot != 0;
	}
	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;
		uint32 other_length;
		const char *other = cx_tally_label(tally, middle, &other_length);
		int order = memcmp(data, other, Min(length, other_length));

		if (order == 0)
			order = (length > other_length) - (length < other_length);
		if (order == 0)
		{
			*number = middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* The number of a label, which is added if it is new. */
uint32
cx_tally_add_label(CxTally **tally, const char *data, uint32 length)
{
	uint32 number;
	uint32 *slot;

	if (cx_tally_find_label(*tally, data, length, &number))
		return number;
	if ((*tally)->label_count == (*tally)->label_room ||
		(*tally)->text_room - (*tally)->text_size < length)
	{
		CxTally header = **tally;

		header.label_room = Max(header.label_count * 2, 8);
		header.label_slots = pg_nextpower2_32(header.label_room * 2);
		header.text_room = Max(add_size(header.text_size, length) * 2, 128);
		*tally = move(*tally, &header);
	}
	slot = label_slot(*tally, data, length);
	*slot = (*tally)->label_count + 1;
	return append_label(*tally, data, length);
}

/* The entry of a key in a growing tally, which is added with zero if it is new. */
static CxTallyEntry *
entry_for(CxTally **tally, uint64 key)
{
	CxTallyEntry *entry = entry_slot(*tally, key);

	if (likely(entry->key == key))
		return entry;
	if ((*tally)->count >= (*tally)->slots / 4 * 3)
	{
		CxTally header = **tally;

		header.slots *= 2;
		*tally = move(*tally, &header);
		entry = entry_slot(*tally, key);
	}
	(*tally)->count++;
	entry->key = key;
	entry->count = 0;
	return entry;
}

/* Adds to the count under a key without CX_TALLY_FLOAT. */
void
cx_tally_add(CxTally **tally, uint64 key, int64 count)
{
	CxTallyEntry *entry = entry_for(tally, key);

	if (unlikely(pg_add_s64_overflow(entry->count, count, &entry->count)))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("count of a summary is out of range")));
}

/* Adds to the sum under a key with CX_TALLY_FLOAT. */
void
cx_tally_add_float(CxTally **tally, uint64 key, float8 sum)
{
	CxTallyEntry *entry = entry_for(tally, key);

	entry->sum += sum;
	if (unlikely(isinf(entry->sum)))
		float_overflow_error();
}

/* The entry of a key; NULL if there is none. */
const CxTallyEntry *
cx_tally_find(const CxTally *tally, uint64 key)
{
	const CxTallyEntry *entries = cx_tally_entries(tally);
	uint32 low = 0;
	uint32 high = tally->count;

	if (tally->growing)
	{
		const CxTallyEntry *entry = entry_slot(tally, key);

		return entry->key == key ? entry : NULL;
	}
	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (entries[middle].key == key)
			return &entries[middle];
		if (key < entries[middle].key)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Adds all of another tally with the same constants, packed or not. */
void
cx_tally_merge(CxTally **tally, const CxTally *other, CxTallyRenumber renumber, const char *type)
{
	uint32 *numbers = cx_palloc_array(uint32, other->label_count);
	const CxTallyEntry *entries = cx_tally_entries(other);

	for (uint32 i = 0; i < other->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(other, i, &length);

		CHECK_FOR_INTERRUPTS();
		numbers[i] = cx_tally_add_label(tally, label, length);
	}
	for (uint32 i = 0; i < other->slots; i++)
	{
		uint64 key = entries[i].key;

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (key == CX_TALLY_EMPTY)
			continue;
		if (!renumber(&key, numbers, other->label_count))
			cx_summary_corrupt(type);
		if ((key & CX_TALLY_FLOAT) != 0)
			cx_tally_add_float(tally, key, entries[i].sum);
		else
			cx_tally_add(tally, key, entries[i].count);
	}
	pfree(numbers);
}

static int
compare_labels(const void *a, const void *b, void *arg)
{
	const CxTally *tally = arg;
	uint32 a_length;
	uint32 b_length;
	const char *a_label = cx_tally_label(tally, *(const uint32 *) a, &a_length);
	const char *b_label = cx_tally_label(tally, *(const uint32 *) b, &b_length);
	int order = memcmp(a_label, b_label, Min(a_length, b_length));

	return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int
compare_entries(const void *a, const void *b)
{
	uint64 a_key = ((const CxTallyEntry *) a)->key;
	uint64 b_key = ((const CxTallyEntry *) b)->key;

	return (a_key > b_key) - (a_key < b_key);
}

/*
 * Sorts entries by their keys: byte by byte from the lowest when they are many,
 * without the bytes that are the same in all.
 */
static void
sort_entries(CxTallyEntry *entries, uint32 count)
{
	CxTallyEntry *from = entries;
	CxTallyEntry *to;
	CxTallyEntry *swap;

	if (count < 1000)
	{
		qsort(entries, count, sizeof(CxTallyEntry), compare_entries);
		return;
	}
	to = palloc_extended(mul_size(count, sizeof(CxTallyEntry)), MCXT_ALLOC_HUGE);
	for (int shift = 0; shift < 64; shift += 8)
	{
		uint32 places[256] = {0}; /* where the next entry with a byte goes */
		uint32 place = 0;

		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < count; i++)
			places[from[i].key >> shift & 255]++;
		if (places[from[0].key >> shift & 255] == count)
			continue;
		for (int byte = 0; byte < 256; byte++)
		{
			uint32 with_byte = places[byte];

			places[byte] = place;
			place += with_byte;
		}
		for (uint32 i = 0; i < count; i++)
			to[places[from[i].key >> shift & 255]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != entries)
	{
		memcpy(entries, from, count * sizeof(CxTallyEntry));
		to = from;
	}
	pfree(to);
}

/* A packed copy: what is stored, compared and hashed. */
CxTally *
cx_tally_pack(const CxTally *tally, CxTallyRenumber renumber, const char *type)
{
	CxTally header = *tally;
	CxTally *packed;
	const CxTallyEntry *from = cx_tally_entries(tally);
	CxTallyEntry *entries;
	uint32 *order = cx_palloc_array(uint32, tally->label_count);
	uint32 *numbers = cx_palloc_array(uint32, tally->label_count);

	header.growing = false;
	header.extra_size = 0;
	header.label_room = tally->label_count;
	header.label_slots = 0;
	header.text_room = tally->text_size;
	header.slots = tally->count;
	packed = allocate(&header, tally->data);
	for (uint32 i = 0; i < tally->label_count; i++)
		order[i] = i;
	qsort_arg(order, tally->label_count, sizeof(uint32), compare_labels, (void *) tally);
	for (uint32 i = 0; i < tally->label_count; i++)
	{
		uint32 length;
		const char *label = cx_tally_label(tally, order[i], &length);

		numbers[order[i]] = append_label(packed, label, length);
	}
	entries = cx_tally_entries(packed);
	for (uint32 i = 0; i < tally->slots; i++)
	{
		CxTallyEntry entry = from[i];

		if (entry.key == CX_TALLY_EMPTY)
			continue;
		if (!renumber(&entry.key, numbers, tally->label_count))
			cx_summary_corrupt(type);
		entries[packed->count++] = entry;
	}
	sort_entries(entries, packed->count);
	for (uint32 i = 1; i < packed->count; i++)
		if (entries[i - 1].key == entries[i].key)
			cx_summary_corrupt(type);
	pfree(order);
	pfree(numbers);
	return packed;
}

/* True when the labels lie inside the tally, and in order if it is packed. */
static bool
labels_are_sound(const CxTally *tally)
{
	const uint32 *ends = ends_of(tally);
	const uint32 *slots = (uint32 *) at(tally, parts_of(tally).slots);
	uint32 used = 0;

	for (uint32 i = 0; i < tally->label_count; i++)
	{
		uint32 previous = i - 1;

		if (ends[i] < (i == 0 ? 0 : ends[i - 1]) || ends[i] > tally->text_size ||
			(i > 0 && !tally->growing && compare_labels(&previous, &i, (void *) tally) >= 0))
			return false;
	}
	for (uint32 i = 0; i < tally->label_slots; i++)
	{
		if (slots[i] > tally->label_count)
			return false;
		used += slots[i] != 0;
	}
	return !tally->growing || used == tally->label_count;
}

/* True when there are as many entries as there should be, and in order if packed. */
static bool
entries_are_sound(const CxTally *tally)
{
	const CxTallyEntry *entries = cx_tally_entries(tally);
	uint32 used = 0;

	for (uint32 i = 0; i < tally->slots; i++)
	{
		used += entries[i].key != CX_TALLY_EMPTY;
		if (i > 0 && !tally->growing && entries[i - 1].key >= entries[i].key)
			return false;
	}
	return used == tally->count;
}

/* True when the bytes behind the constants, which align what follows, are zero. */
static bool
gap_is_sound(const CxTally *tally)
{
	uint64 end = parts_of(tally).extra;

	for (uint64 i = offsetof(CxTally, data) + (uint64) tally->params_size; i < end; i++)
		if (*at(tally, i) != 0)
			return false;
	return true;
}

/* True when the parts of a tally lie inside it. */
static bool
is_sound(const CxTally *tally, Size size)
{
	if (size < offsetof(CxTally, data) || tally->version != TALLY_VERSION || tally->growing > 1 ||
		tally->reserved != 0 || tally->reserved2 != 0 || tally->label_count > tally->label_room ||
		tally->text_size > tally->text_room || tally->count > tally->slots ||
		parts_of(tally).size != size)
		return false;
	if (tally->growing ? (tally->slots & (tally->slots - 1)) != 0 || tally->count >= tally->slots ||
							 (tally->label_slots & (tally->label_slots - 1)) != 0 ||
							 tally->label_slots < tally->label_room * UINT64CONST(2) :
						 tally->extra_size != 0 || tally->label_slots != 0 ||
							 tally->label_room != tally->label_count ||
							 tally->text_room != tally->text_size || tally->slots != tally->count)
		return false;
	return gap_is_sound(tally) && labels_are_sound(tally) && entries_are_sound(tally);
}

/* A stored value or partial state, checked; raises XX001 when it is not one of the kind. */
CxTally *
cx_tally_read(Datum value, uint8 kind, const char *type)
{
	CxTally *tally = (CxTally *) PG_DETOAST_DATUM(value);

	if (!is_sound(tally, VARSIZE(tally)) || tally->kind != kind)
		cx_summary_corrupt(type);
	return tally;
}

/*
 * The state of an aggregate, its first argument, that can be changed: the state
 * itself, or a growing copy of a packed value.
 */
CxTally *
cx_tally_state(FunctionCallInfo fcinfo, uint8 kind, const char *type, CxTallyRenumber renumber)
{
	CxTally *tally = (CxTally *) PG_GETARG_VARLENA_P(0);
	CxTally *grown;

	cx_require_aggregate(fcinfo);
	if (likely(tally->growing))
		return tally;
	tally = cx_tally_read(PointerGetDatum(tally), kind, type);
	grown = cx_tally_new(kind, tally->data, tally->params_size);
	cx_tally_merge(&grown, tally, renumber, type);
	return grown;
}
