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
 * A change may need more room: then it moves the tally to a copy in the current
 * context and leaves the old one alone, as aggregate states must.
 */
#ifndef CX_STATS_TALLY_H
#define CX_STATS_TALLY_H

#include "cx.h"

#define CX_TALLY_FLOAT (UINT64CONST(1) << 63) /* in a key: the entry is a sum of float8 */
#define CX_TALLY_EMPTY PG_UINT64_MAX		  /* the key of no entry */

typedef struct CxTally
{
	int32 vl_len_;
	uint8 version;
	uint8 kind;			/* whose: one number a type */
	uint8 growing;		/* an open hash table, or packed */
	uint8 reserved;		/* zero */
	uint32 params_size; /* bytes of the owner's constants */
	uint32 label_count; /* numbered from 0 */
	uint32 label_room;	/* labels that there is room for */
	uint32 text_size;	/* bytes of labels */
	uint32 text_room;
	uint32 label_slots; /* of the hash table of labels, a power of two; 0 when packed */
	uint32 count;		/* entries */
	uint32 slots;		/* of entries, a power of two; as many as entries when packed */
	/* params, entries, ends of labels (uint32), hash table of labels (number + 1), text of labels */
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

/*
 * The key for new numbers of the labels; false if it refers to a label from
 * label_count on, or is none that its owner makes.
 */
typedef bool (*CxTallyRenumber)(uint64 *key, const uint32 *numbers, uint32 label_count);

extern CxTally *cx_tally_new(uint8 kind, const void *params, uint32 params_size);
extern CxTally *cx_tally_read(Datum value, uint8 kind, const char *type);
extern void cx_tally_require_aggregate(FunctionCallInfo fcinfo);
extern CxTally *
cx_tally_state(FunctionCallInfo fcinfo, uint8 kind, const char *type, CxTallyRenumber renumber);
extern void *cx_tally_params(CxTally *tally);
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

#endif /* CX_STATS_TALLY_H */
