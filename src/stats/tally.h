/*
 * tally.h
 *		A flat table of counts under 64-bit keys, with a dictionary of labels:
 *		what summaries of many journeys consist of, as aggregate state and as
 *		stored value.
 *
 * It grows as an open hash table that is changed in place, and is packed when
 * it is done: labels and entries sorted, no slack, so that equal contents have
 * equal bytes.  Both forms can be read and merged.  Keys are made by the owner,
 * who tells by a function how they change when labels get other numbers.
 *
 * While it grows, an owner may keep in it bytes of its own (extra), aligned like
 * the tally and zero at first.  They move along; packing drops and merging does
 * not see them.
 *
 * A change may need more room: then it moves the tally to a copy in the current
 * context and leaves the old one alone, as aggregate states must.
 */
#ifndef CX_STATS_TALLY_H
#define CX_STATS_TALLY_H

#include "cx.h"

#define CX_TALLY_FLOAT (UINT64CONST(1) << 63) /* in a key: the entry is a sum of float8 */
#define CX_TALLY_EMPTY PG_UINT64_MAX		  /* the key of no entry */

/* whose a tally is */
typedef enum CxTallyKind
{
	CX_TALLY_FUNNEL = 1,
	CX_TALLY_MAP,
	CX_TALLY_FLOW,
	CX_TALLY_RETENTION,
	CX_TALLY_ATTRIBUTION,
	CX_TALLY_SERVICE
} CxTallyKind;

typedef struct CxTally
{
	int32 vl_len_;
	uint8 version;
	uint8 kind;			/* whose: one number a type */
	uint8 growing;		/* an open hash table, or packed */
	uint8 reserved;		/* zero */
	uint32 params_size; /* bytes of the owner's constants */
	uint32 extra_size;	/* bytes of the owner's own, only while growing */
	uint32 reserved2;	/* zero */
	uint32 label_count; /* numbered from 0 */
	uint32 label_room;	/* labels that there is room for */
	uint32 text_size;	/* bytes of labels */
	uint32 text_room;
	uint32 label_slots; /* of the hash table of labels, a power of two; 0 when packed */
	uint32 count;		/* entries */
	uint32 slots;		/* of entries, a power of two; as many as entries when packed */
	/* params, extra, entries, ends of labels (uint32), hash table of labels (number + 1), text */
	char data[FLEXIBLE_ARRAY_MEMBER];
} CxTally;

typedef struct CxTallyEntry
{
	uint64 key;
	union
	{
		int64 count;
		float8 sum;
	};
} CxTallyEntry;

/* the labels of a growing tally, for loops that look for many */
typedef struct CxTallyLabels
{
	const uint32 *slots;
	const uint32 *ends;
	const char *text;
	uint32 mask;
} CxTallyLabels;

/*
 * The key for new numbers of the labels; false if it refers to a label from
 * label_count on, or is none that its owner makes.
 */
typedef bool (*CxTallyRenumber)(uint64 *key, const uint32 *numbers, uint32 label_count);

extern CxTally *cx_tally_new(uint8 kind, const void *params, uint32 params_size);
extern CxTally *cx_tally_read(Datum value, uint8 kind, const char *type);
extern CxTally *
cx_tally_state(FunctionCallInfo fcinfo, uint8 kind, const char *type, CxTallyRenumber renumber);
extern void *cx_tally_params(CxTally *tally);
extern void *cx_tally_extra(const CxTally *tally);
extern CxTally *cx_tally_resize(const CxTally *tally, uint32 extra_size, uint32 more);
extern CxTallyLabels cx_tally_labels(const CxTally *tally);
extern const char *cx_tally_label(const CxTally *tally, uint32 number, uint32 *length);
extern uint32 cx_tally_add_label(CxTally **tally, const char *data, uint32 length);
extern bool
cx_tally_find_label(const CxTally *tally, const char *data, uint32 length, uint32 *number);
extern void cx_tally_add(CxTally **tally, uint64 key, int64 count);
extern void cx_tally_add_float(CxTally **tally, uint64 key, float8 sum);
extern const CxTallyEntry *cx_tally_find(const CxTally *tally, uint64 key);
extern CxTallyEntry *cx_tally_entries(const CxTally *tally);
extern void
cx_tally_merge(CxTally **tally, const CxTally *other, CxTallyRenumber renumber, const char *type);
extern CxTally *cx_tally_pack(const CxTally *tally, CxTallyRenumber renumber, const char *type);

/* True when two labels are the same; most are short, and then four loads tell. */
static inline bool
cx_same_label(const char *a, const char *b, uint32 length)
{
	uint64 wide[4];
	uint32 narrow[4];

	if (length > 16 || length < 4)
		return memcmp(a, b, length) == 0;
	if (length >= 8)
	{
		memcpy(&wide[0], a, 8);
		memcpy(&wide[1], a + length - 8, 8);
		memcpy(&wide[2], b, 8);
		memcpy(&wide[3], b + length - 8, 8);
		return ((wide[0] ^ wide[2]) | (wide[1] ^ wide[3])) == 0;
	}
	memcpy(&narrow[0], a, 4);
	memcpy(&narrow[1], a + length - 4, 4);
	memcpy(&narrow[2], b, 4);
	memcpy(&narrow[3], b + length - 4, 4);
	return ((narrow[0] ^ narrow[2]) | (narrow[1] ^ narrow[3])) == 0;
}

/* The slot of a label, which is 0 when the tally does not have it; there must be a label. */
static inline const uint32 *
cx_tally_label_slot(const CxTallyLabels *labels, const char *data, uint32 length)
{
	for (uint32 i = cx_hash_label(data, length) & labels->mask;; i = (i + 1) & labels->mask)
	{
		uint32 number = labels->slots[i];
		uint32 start;

		if (number == 0)
			return &labels->slots[i];
		start = number == 1 ? 0 : labels->ends[number - 2];
		if (labels->ends[number - 1] - start == length &&
			cx_same_label(labels->text + start, data, length))
			return &labels->slots[i];
	}
}

/* The place of a key in a growing tally before any is taken: all bits of the key count. */
static inline uint32
cx_tally_hash(uint64 key)
{
	key ^= key >> 32;
	return (uint32) (key * UINT64CONST(0x9E3779B97F4A7C15) >> 32);
}

/*
 * The entry of a key in a growing tally, or the empty one where it belongs: for
 * loops that count by themselves what is there already and leave the rest to
 * cx_tally_add, after which entries and slots may be others.
 */
static inline CxTallyEntry *
cx_tally_slot(CxTallyEntry *entries, uint32 mask, uint64 key)
{
	for (uint32 i = cx_tally_hash(key) & mask;; i = (i + 1) & mask)
		if (entries[i].key == key || entries[i].key == CX_TALLY_EMPTY)
			return &entries[i];
}

/* Adds one to the count under a key of a growing tally, quickly if it is there. */
static inline void
cx_tally_add_one(CxTally **tally, uint64 key)
{
	CxTallyEntry *entry = cx_tally_slot(cx_tally_entries(*tally), (*tally)->slots - 1, key);

	if (likely(entry->key == key && entry->count < PG_INT64_MAX))
		entry->count++;
	else
		cx_tally_add(tally, key, 1);
}

#endif /* CX_STATS_TALLY_H */
