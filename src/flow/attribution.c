/*
 * attribution.c
 *		The stored form of cx.attribution_summary: its keys, and opening it.
 */
#include "flow/attribution.h"

#include "stats/summary.h"

#define LABEL_BITS 30
#define LABEL_MASK ((UINT64CONST(1) << LABEL_BITS) - 1)
#define CONVERTED (UINT64CONST(1) << 60)
#define KIND_SHIFT 61

const char *const cx_attribution_type = "attribution_summary";

static uint64
pack_key(const CxPathKey *key)
{
	return (key->is_value ? CX_TALLY_FLOAT : 0) | (uint64) key->kind << KIND_SHIFT |
		   (key->converted ? CONVERTED : 0) | (uint64) (uint32) (key->label + 1) << LABEL_BITS |
		   (uint32) (key->target + 1);
}

/* Takes a key apart; false if it is none that a summary has. */
static bool
unpack_key(uint64 packed, uint32 label_count, CxPathKey *key)
{
	key->is_value = (packed & CX_TALLY_FLOAT) != 0;
	key->kind = (CxPathKind) (packed >> KIND_SHIFT & 3);
	key->converted = (packed & CONVERTED) != 0;
	key->label = (uint32) (packed >> LABEL_BITS & LABEL_MASK) - 1;
	key->target = (uint32) (packed & LABEL_MASK) - 1;
	return (key->label < label_count ||
			(key->label == CX_NO_LABEL &&
			 (key->kind == CX_PATH_STEP || key->kind == CX_PATH_DIRECT))) &&
		   (key->kind == CX_PATH_STEP ? key->target < label_count : key->target == CX_NO_LABEL) &&
		   (key->label == CX_NO_LABEL || key->kind != CX_PATH_DIRECT) &&
		   (key->converted || key->kind != CX_PATH_DIRECT) &&
		   (!key->is_value || (key->converted && key->kind != CX_PATH_STEP));
}

/* The key for other numbers of the labels. */
static bool
renumber(uint64 *packed, const uint32 *numbers, uint32 label_count)
{
	CxPathKey key;

	if (!unpack_key(*packed, label_count, &key))
		return false;
	if (key.label != CX_NO_LABEL)
		key.label = numbers[key.label];
	if (key.target != CX_NO_LABEL)
		key.target = numbers[key.target];
	*packed = pack_key(&key);
	return true;
}

/* A new summary to be filled. */
CxTally *
cx_attribution_new(uint32 order, const CxSpan *by)
{
	uint32 size = add_size(offsetof(CxAttributionParams, by), by->length);
	CxAttributionParams *params = palloc(size);

	params->order = order;
	memcpy(params->by, by->data, by->length);
	return cx_tally_new(CX_TALLY_ATTRIBUTION, params, size);
}

/* The form that is stored. */
CxTally *
cx_attribution_pack(const CxTally *tally)
{
	return cx_tally_pack(tally, renumber, cx_attribution_type);
}

/* Adds to a count. */
void
cx_attribution_add(CxTally **tally, const CxPathKey *key, int64 count)
{
	cx_tally_add(tally, pack_key(key), count);
}

/* Adds to the sum of values that belongs to a count. */
void
cx_attribution_add_value(CxTally **tally, const CxPathKey *key, float8 value)
{
	CxPathKey of_value = *key;

	of_value.is_value = true;
	cx_tally_add_float(tally, pack_key(&of_value), value);
}

/* A stored or partial summary, checked as far as merging needs. */
static CxTally *
read_summary(Datum value)
{
	CxTally *tally = cx_tally_read(value, CX_TALLY_ATTRIBUTION, cx_attribution_type);
	const CxAttributionParams *params = cx_tally_params(tally);

	if (tally->params_size <= offsetof(CxAttributionParams, by) || params->order < 1 ||
		params->order > CX_MAX_MARKOV_ORDER)
		cx_summary_corrupt(cx_attribution_type);
	return tally;
}

/* The state of an aggregate that can be changed: its first argument, which must not be NULL. */
CxTally *
cx_attribution_state(FunctionCallInfo fcinfo)
{
	return cx_tally_state(fcinfo, CX_TALLY_ATTRIBUTION, cx_attribution_type, renumber);
}

/* What the touchpoints of a summary are. */
static CxSpan
by_of(CxTally *tally)
{
	const CxAttributionParams *params = cx_tally_params(tally);

	return (CxSpan){params->by, tally->params_size - offsetof(CxAttributionParams, by)};
}

/* Raises 22023 when a summary was not made with this order and by. */
void
cx_attribution_check_same(CxTally *tally, uint32 order, const CxSpan *by)
{
	const CxAttributionParams *params = cx_tally_params(tally);
	CxSpan other = by_of(tally);

	if (params->order != order)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine attribution summaries of different markov_order"),
						errdetail("One has %u, another %u.", params->order, order)));
	if (!cx_span_equal(&other, by))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine attribution summaries by different labels"),
						errdetail("One is by \"%.*s\", another by \"%.*s\".",
								  pg_mbcliplen(other.data, other.length, 80), other.data,
								  pg_mbcliplen(by->data, by->length, 80), by->data)));
}

/* Adds a stored or partial summary to a state; NULL: there is none yet. */
CxTally *
cx_attribution_merge(CxTally *state, Datum other)
{
	CxTally *tally = read_summary(other);
	const CxAttributionParams *params = cx_tally_params(tally);
	CxSpan by = by_of(tally);

	if (state == NULL)
		return tally;
	cx_attribution_check_same(state, params->order, &by);
	cx_tally_merge(&state, tally, renumber, cx_attribution_type);
	return state;
}

static int
compare_spans(const void *a, const void *b)
{
	return cx_span_compare(*(const CxSpan *const *) a, *(const CxSpan *const *) b);
}

/* Takes a label apart; returns the number of touchpoints, whose spans are filled if wanted. */
static uint32
split_label(const CxTally *tally, uint32 label, CxSpan *spans)
{
	uint32 length;
	const char *start = cx_tally_label(tally, label, &length);
	const char *end = start + length;
	uint32 count = 0;

	for (;;)
	{
		const char *zero = memchr(start, '\0', end - start);
		const char *stop = zero == NULL ? end : zero;

		if (stop == start)
			cx_summary_corrupt(cx_attribution_type);
		if (spans != NULL)
			spans[count] = (CxSpan){start, stop - start};
		count++;
		if (zero == NULL)
			return count;
		start = zero + 1;
	}
}

/* Raises XX001 when bytes are no text. */
static void
check_text(const CxSpan *span)
{
	if (!pg_verifymbstr(span->data, span->length, true))
		cx_summary_corrupt(cx_attribution_type);
}

/* Numbers the touchpoints that labels consist of, and turns labels into numbers. */
static void
split_labels(CxAttribution *summary)
{
	const CxTally *tally = summary->tally;
	uint64 total = 0;
	CxSpan *spans;
	const CxSpan **order;

	summary->starts = cx_palloc_array(uint32, (Size) tally->label_count + 1);
	for (uint32 i = 0; i < tally->label_count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		summary->starts[i] = total;
		total += split_label(tally, i, NULL);
	}
	summary->starts[tally->label_count] = total;
	spans = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(total, sizeof(CxSpan)));
	order = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(total, sizeof(CxSpan *)));
	summary->parts = MemoryContextAllocHuge(CurrentMemoryContext, mul_size(total, sizeof(uint32)));
	for (uint32 i = 0; i < tally->label_count; i++)
		split_label(tally, i, spans + summary->starts[i]);
	for (uint32 i = 0; i < total; i++)
		order[i] = &spans[i];
	qsort(order, total, sizeof(CxSpan *), compare_spans);
	summary->touchpoint_count = 0;
	for (uint32 i = 0; i < total; i++)
	{
		if (i == 0 || !cx_span_equal(order[i - 1], order[i]))
			summary->touchpoint_count++;
		summary->parts[order[i] - spans] = summary->touchpoint_count - 1;
	}
	summary->touchpoints = cx_palloc_array(CxSpan, summary->touchpoint_count);
	for (uint32 i = 0; i < total; i++)
		summary->touchpoints[summary->parts[i]] = spans[i];
	for (uint32 i = 0; i < summary->touchpoint_count; i++)
		check_text(&summary->touchpoints[i]);
	pfree(spans);
	pfree(order);
}

/* Adds counts; raises 22003 when the sum is out of range. */
static void
add_count(int64 *sum, int64 count)
{
	if (pg_add_s64_overflow(*sum, count, sum))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("count of a summary is out of range")));
}

/* The entry at or behind a slot, which moves on; false at the end. */
static bool
next_entry(const CxTally *tally, uint32 *slot, CxPathKey *key, const CxTallyEntry **entry)
{
	const CxTallyEntry *entries = cx_tally_entries(tally);

	for (; *slot < tally->slots; (*slot)++)
	{
		if ((*slot & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		*entry = &entries[*slot];
		if ((*entry)->key == CX_TALLY_EMPTY)
			continue;
		if (!unpack_key((*entry)->key, tally->label_count, key) ||
			(key->is_value ? isnan((*entry)->sum) || isinf((*entry)->sum) : (*entry)->count < 0))
			cx_summary_corrupt(cx_attribution_type);
		(*slot)++;
		return true;
	}
	return false;
}

/* Opens a summary, in the current context; raises XX001 when it is corrupted. */
void
cx_attribution_open(CxAttribution *summary, Datum value)
{
	CxTally *tally = read_summary(value);
	const CxAttributionParams *params = cx_tally_params(tally);
	const CxTallyEntry *entry;
	CxPathKey key;
	uint32 slot = 0;

	memset(summary, 0, sizeof(CxAttribution));
	summary->tally = tally;
	summary->order = params->order;
	summary->by = by_of(tally);
	check_text(&summary->by);
	split_labels(summary);
	while (next_entry(tally, &slot, &key, &entry))
	{
		if (key.kind == CX_PATH_END && key.is_value)
			summary->path_value += entry->sum;
		else if (key.kind == CX_PATH_END)
			add_count(key.converted ? &summary->converted : &summary->unconverted, entry->count);
		else if (key.kind == CX_PATH_DIRECT && key.is_value)
			summary->direct_value = entry->sum;
		else if (key.kind == CX_PATH_DIRECT)
			summary->direct = entry->count;
	}
	summary->conversions = summary->converted;
	add_count(&summary->conversions, summary->direct);
	if (isinf(summary->path_value))
		float_overflow_error();
}

/* By kind, then by label, none first, then by target. */
static int
compare_lines(const void *a, const void *b)
{
	const CxPathLine *x = a;
	const CxPathLine *y = b;

	if (x->kind != y->kind)
		return (x->kind > y->kind) - (x->kind < y->kind);
	if (x->label != y->label)
		return (x->label + 1 > y->label + 1) - (x->label + 1 < y->label + 1);
	return (x->target > y->target) - (x->target < y->target);
}

/*
 * Gathers what a summary counts, sorted by kind and label; returns the number of
 * lines.  The counts of a line can be added.
 */
uint32
cx_attribution_lines(const CxAttribution *summary, CxPathLine **lines)
{
	const CxTallyEntry *entry;
	CxPathKey key;
	CxPathLine *all;
	uint32 slot = 0;
	uint32 count = 0;
	uint32 kept = 0;

	all = MemoryContextAllocHuge(CurrentMemoryContext,
								 mul_size(summary->tally->count, sizeof(CxPathLine)));
	while (next_entry(summary->tally, &slot, &key, &entry))
	{
		CxPathLine *line = &all[count++];

		*line = (CxPathLine){key.kind, key.label, key.target, {0, 0}, 0};
		if (key.is_value)
			line->value = entry->sum;
		else
			line->counts[key.converted] = entry->count;
	}
	qsort(all, count, sizeof(CxPathLine), compare_lines);
	for (uint32 i = 0; i < count; i++)
	{
		CxPathLine *last = kept == 0 ? NULL : &all[kept - 1];

		if (last == NULL || compare_lines(last, &all[i]) != 0)
		{
			all[kept++] = all[i];
			continue;
		}
		last->counts[0] += all[i].counts[0];
		last->counts[1] += all[i].counts[1];
		last->value += all[i].value;
	}
	for (uint32 i = 0; i < kept; i++)
	{
		int64 paths = all[i].counts[0];

		add_count(&paths, all[i].counts[1]);
	}
	*lines = all;
	return kept;
}

/* The number of touchpoints of a label, and where their numbers begin. */
uint32
cx_attribution_parts(const CxAttribution *summary, uint32 label, const uint32 **parts)
{
	*parts = summary->parts + summary->starts[label];
	return summary->starts[label + 1] - summary->starts[label];
}
