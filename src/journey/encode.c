/*
 * encode.c
 *		Touches in any order to the canonical stored form.
 *
 * The bytes are a function of the multiset of touches: everything that could
 * be chosen (order, numbering, widths, units, scales) is chosen by a rule.
 */
#include "journey/encode.h"

#include "journey/numbers.h"

/* counts for which scratch space comes from the stack */
#define STACK_TOUCHES 128

/* what is known of the touches before they are written */
typedef struct Plan
{
	uint32 touch_count;
	uint32 symbol_count;
	uint32 label_count;
	uint64 label_bytes;
	uint32 *symbols; /* used symbols in canonical order */
	uint32 *labels;	 /* used labels in order; NULL: one a symbol */
	uint8 flags;
	uint8 unit;
	bool long_labels;
	int count_size; /* 1, 2 or 4 bytes */
	uint32 table_width[CX_PARTS];
	uint32 symbol_width;
	uint32 time_width;
	int64 first;
	uint64 *offset;	 /* by touch, in units */
	uint32 *symbol;	 /* by touch, position in symbols */
	CxTouch *sorted; /* NULL: no number columns */
} Plan;

/* Raises 54000 when a journey would have more touches than a value may hold. */
void
cx_check_touch_count(uint64 count)
{
	if (unlikely(count > CX_MAX_TOUCHES))
		ereport(
			ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("journey has too many touches"),
			 errdetail("A journey holds at most %d touches.", CX_MAX_TOUCHES),
			 errhint(
				 "Build one journey a key and month, or exclude keys that are not customers.")));
}

/* Order of touches whose symbols are already numbered canonically. */
int
cx_touch_compare(const CxTouch *a, const CxTouch *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->symbol != b->symbol)
		return a->symbol < b->symbol ? -1 : 1;
	if ((a->has ^ b->has) & CX_HAS_VALUE)
		return a->has & CX_HAS_VALUE ? 1 : -1;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if ((a->has ^ b->has) & CX_HAS_LASTED)
		return a->has & CX_HAS_LASTED ? 1 : -1;
	if (a->lasted != b->lasted)
		return a->lasted < b->lasted ? -1 : 1;
	if ((a->has ^ b->has) & CX_HAS_REF)
		return a->has & CX_HAS_REF ? 1 : -1;
	return (a->ref > b->ref) - (a->ref < b->ref);
}

#define ST_SORT sort_touches
#define ST_ELEMENT_TYPE CxTouch
#define ST_COMPARE(a, b) cx_touch_compare(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_keys
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

static inline const CxBareTouch *
touch_at(const void *touches, size_t stride, uint32 i)
{
	return (const CxBareTouch *) ((const char *) touches + stride * i);
}

/*
 * Sorts few keys faster than the general sort does.
 */
static void
insertion_sort_keys(uint64 *keys, uint32 count)
{
	for (uint32 i = 1; i < count; i++)
	{
		uint64 key = keys[i];
		uint32 k = i;

		for (; k > 0 && keys[k - 1] > key; k--)
			keys[k] = keys[k - 1];
		keys[k] = key;
	}
}

/*
 * Fills plan->offset (in microseconds), plan->symbol and, where there are
 * number columns, plan->sorted, in canonical order.  local maps the
 * dictionary's symbols to their positions in the value.
 */
static void
sort_into_plan(Plan *plan, const void *touches, size_t stride, uint64 span, const uint32 *local)
{
	uint32 count = plan->touch_count;
	uint32 shift = plan->symbol_width;
	bool numbers = (plan->flags & ~CX_FLAG_SYMBOLS) != 0;

	if (!numbers && cx_bit_width(span) + shift <= 64)
	{
		/* time and symbol in one integer, sorted in place of the offsets */
		uint64 *keys = plan->offset;
		uint64 mask = (UINT64CONST(1) << shift) - 1;

		for (uint32 i = 0; i < count; i++)
		{
			const CxBareTouch *touch = touch_at(touches, stride, i);

			keys[i] = ((uint64) touch->at - (uint64) plan->first) << shift | local[touch->symbol];
		}
		if (count <= 48)
			insertion_sort_keys(keys, count);
		else
			sort_keys(keys, count);
		for (uint32 i = 0; i < count; i++)
		{
			plan->symbol[i] = keys[i] & mask;
			plan->offset[i] = keys[i] >> shift;
		}
		return;
	}

	plan->sorted = cx_palloc_array(CxTouch, count);
	for (uint32 i = 0; i < count; i++)
	{
		CxTouch *touch = &plan->sorted[i];

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		memset(touch, 0, sizeof(CxTouch));
		memcpy(touch, touch_at(touches, stride, i), stride);
		touch->symbol = local[touch->symbol];
	}
	sort_touches(plan->sorted, count);
	for (uint32 i = 0; i < count; i++)
	{
		plan->offset[i] = (uint64) plan->sorted[i].at - (uint64) plan->first;
		plan->symbol[i] = plan->sorted[i].symbol;
	}
}

/*
 * Finds the largest unit that divides all offsets and divides them.  The units
 * are constants here, so that the compiler multiplies instead of dividing.
 */
static void
choose_unit(Plan *plan)
{
#define TRY(code, microseconds) \
	if (cx_divides_all(plan->offset, plan->touch_count, microseconds)) \
	{ \
		cx_divide_all(plan->offset, plan->touch_count, microseconds); \
		plan->unit = code; \
		return; \
	}
	TRY(5, UINT64CONST(86400000000));
	TRY(4, UINT64CONST(3600000000));
	TRY(3, UINT64CONST(60000000));
	TRY(2, UINT64CONST(1000000));
	TRY(1, UINT64CONST(1000));
#undef TRY
	plan->unit = 0;
}

/* Lists the used labels in order, unless every symbol is just a touchpoint. */
static void
plan_labels(Plan *plan, CxDictionary *dictionary)
{
	uint32 longest = 0;

	if ((plan->flags & CX_FLAG_SYMBOLS) == 0)
	{
		plan->label_count = plan->symbol_count;
		for (uint32 i = 0; i < plan->symbol_count; i++)
		{
			uint32 length =
				dictionary->labels[dictionary->symbols[plan->symbols[i]].part[CX_TOUCHPOINT]]
					.length;

			plan->label_bytes += length;
			longest = Max(longest, length);
		}
	}
	else
	{
		plan->labels = cx_palloc_array(uint32, (uint64) plan->symbol_count * CX_PARTS);
		cx_marks_begin(&dictionary->label_marks, dictionary->context, dictionary->label_count);
		for (uint32 i = 0; i < plan->symbol_count; i++)
		{
			const CxSymbol *symbol = &dictionary->symbols[plan->symbols[i]];

			CHECK_FOR_INTERRUPTS();
			for (int part = 0; part < CX_PARTS; part++)
				if (symbol->part[part] != CX_NONE &&
					cx_marks_add(&dictionary->label_marks, symbol->part[part]))
					plan->labels[plan->label_count++] = symbol->part[part];
		}
		cx_dictionary_sort_labels(dictionary, plan->labels, plan->label_count);
		for (uint32 i = 0; i < plan->label_count; i++)
		{
			uint32 length = dictionary->labels[plan->labels[i]].length;

			plan->label_bytes += length;
			longest = Max(longest, length);
		}
		plan->table_width[CX_TOUCHPOINT] = cx_bit_width(plan->label_count - 1);
		for (int part = 1; part < CX_PARTS; part++)
			if ((plan->flags & (1 << (part - 1))) != 0)
				plan->table_width[part] = cx_bit_width(plan->label_count);
	}
	plan->long_labels = longest > 255;
}

/*
 * Refuses a journey whose text form would not fit into a text value: it could
 * be stored, but neither dumped nor read by a client.
 */
static void
check_text_size(const Plan *plan, const CxDictionary *dictionary)
{
	const uint64 limit = MaxAllocSize - 1024;
	static const int key_size[CX_PARTS] = {18, 15, 12, 11};
	static const int number_size[CX_NUMBERS] = {35, 29, 29};
	uint64 fixed = 8 + 38 + 3; /* {"at": "...", with the longest time, and }, */
	uint64 bytes = 0;
	uint64 *size;

	for (int part = 0; part < CX_PARTS; part++)
		if (part == CX_TOUCHPOINT || (plan->flags & (1 << (part - 1))) != 0)
			fixed += key_size[part];
	for (int column = 0; column < CX_NUMBERS; column++)
		if ((plan->flags & (CX_FLAG_VALUE << column)) != 0)
			fixed += number_size[column];
	if (plan->touch_count * (fixed + 6 * Min(plan->label_bytes, CX_MAX_ATTRS + 3 * CX_MAX_LABEL)) <=
		limit)
		return;
	size = cx_palloc_array(uint64, plan->symbol_count);
	for (uint32 i = 0; i < plan->symbol_count; i++)
	{
		const CxSymbol *symbol = &dictionary->symbols[plan->symbols[i]];

		size[i] = fixed;
		for (int part = 0; part < CX_PARTS; part++)
		{
			const CxSpan *label;

			if (symbol->part[part] == CX_NONE)
				continue;
			label = &dictionary->labels[symbol->part[part]];
			size[i] += label->length;
			for (uint32 k = 0; k < label->length && part != CX_ATTRS; k++)
				if ((uint8) label->data[k] < ' ' || label->data[k] == '"' || label->data[k] == '\\')
					size[i] += 5;
		}
	}
	for (uint32 i = 0; i < plan->touch_count; i++)
		bytes += size[plan->symbol[i]];
	if (bytes > limit)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("journey is too large"),
				 errdetail("The text form of its %u touches would take up to " UINT64_FORMAT
						   " bytes; at most " UINT64_FORMAT " are possible.",
						   plan->touch_count, bytes, limit),
				 errhint("Use shorter labels and attrs, or build one journey a key and month.")));
	pfree(size);
}

static uint8 *
write_labels(uint8 *at, const Plan *plan, const CxDictionary *dictionary)
{
	uint8 *lengths = at;
	int size = plan->long_labels ? 2 : 1;

	at += (size_t) plan->label_count * size;
	for (uint32 i = 0; i < plan->label_count; i++)
	{
		uint32 number = plan->labels != NULL ?
							plan->labels[i] :
							dictionary->symbols[plan->symbols[i]].part[CX_TOUCHPOINT];
		const CxSpan *label = &dictionary->labels[number];

		cx_store_number(&lengths, label->length, size);
		memcpy(at, label->data, label->length);
		at += label->length;
	}
	return at;
}

static uint8 *
write_symbol_table(uint8 *at, const Plan *plan, const CxDictionary *dictionary)
{
	const uint32 *local = dictionary->label_marks.local;

	for (int part = 0; part < CX_PARTS; part++)
	{
		CxBitWriter writer = {at};

		if (part > 0 && (plan->flags & (1 << (part - 1))) == 0)
			continue;
		for (uint32 i = 0; i < plan->symbol_count; i++)
		{
			int32 label = dictionary->symbols[plan->symbols[i]].part[part];

			CHECK_FOR_INTERRUPTS();
			cx_put_bits(&writer,
						part == CX_TOUCHPOINT ? local[label] :
						label == CX_NONE	  ? 0 :
												local[label] + 1,
						plan->table_width[part]);
		}
		at = cx_end_bits(&writer);
	}
	return at;
}

/* Adds up the parts, writes them, and returns the value in the current context. */
static struct varlena *
write_plan(const Plan *plan, const CxNumberPlan *numbers, const CxDictionary *dictionary)
{
	bool table = (plan->flags & CX_FLAG_SYMBOLS) != 0;
	uint64 size = VARHDRSZ + 4 + 4 * plan->count_size + 8;
	struct varlena *journey;
	uint8 *at;
	CxBitWriter writer;

	size += (uint64) plan->label_count * (plan->long_labels ? 2 : 1) + plan->label_bytes;
	for (int part = 0; part < CX_PARTS && table; part++)
		size += cx_packed_size(plan->symbol_count, plan->table_width[part]);
	size += cx_packed_size(plan->touch_count, plan->symbol_width);
	size += cx_packed_size(plan->touch_count, plan->time_width);
	for (int column = 0; column < CX_NUMBERS; column++)
		if ((plan->flags & (CX_FLAG_VALUE << column)) != 0)
			size += cx_numbers_size(&numbers[column], plan->touch_count);
	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("journey is too large"),
				 errdetail("It would take " UINT64_FORMAT " bytes; at most %zu are possible.", size,
						   (size_t) MaxAllocSize),
				 errhint("Use shorter labels and attrs, or build one journey a key and month.")));

	journey = palloc(size);
	SET_VARSIZE(journey, size);
	at = (uint8 *) VARDATA(journey);
	*at++ = CX_LAYOUT_VERSION;
	*at++ = plan->flags;
	*at++ = (plan->count_size >> 1) | (plan->long_labels ? CX_SHAPE_LONG_LABELS : 0) |
			(plan->unit << CX_SHAPE_UNIT_SHIFT);
	*at++ = plan->time_width;
	cx_store_number(&at, plan->touch_count, plan->count_size);
	cx_store_number(&at, plan->symbol_count, plan->count_size);
	cx_store_number(&at, plan->label_count, plan->count_size);
	cx_store_number(&at, plan->label_bytes, plan->count_size);
	cx_store_number(&at, (uint64) plan->first, 8);
	at = write_labels(at, plan, dictionary);
	if (table)
		at = write_symbol_table(at, plan, dictionary);
	writer = (CxBitWriter){at};
	for (uint32 i = 0; i < plan->touch_count; i++)
		cx_put_bits(&writer, plan->symbol[i], plan->symbol_width);
	at = cx_end_bits(&writer);
	writer = (CxBitWriter){at};
	for (uint32 i = 0; i < plan->touch_count; i++)
		cx_put_bits(&writer, plan->offset[i], plan->time_width);
	at = cx_end_bits(&writer);
	for (int column = 0; column < CX_NUMBERS; column++)
		if ((plan->flags & (CX_FLAG_VALUE << column)) != 0)
			at = cx_write_numbers(at, &numbers[column], column, plan->sorted, plan->touch_count);
	Assert(at == (uint8 *) journey + size);
	return journey;
}

/*
 * The canonical journey of count touches, each a CxBareTouch or a CxTouch as
 * stride tells; in the current context.  Raises 54000 when it is too large.
 * Changes nothing of the dictionary but its marks and ranks.
 */
struct varlena *
cx_encode(CxDictionary *dictionary, const void *touches, size_t stride, uint32 count)
{
	Plan plan = {.touch_count = count};
	CxNumberPlan numbers[CX_NUMBERS];
	uint64 stack_offset[STACK_TOUCHES];
	uint32 stack_symbol[STACK_TOUCHES];
	uint32 stack_used[STACK_TOUCHES];
	CxMarks *marks = &dictionary->symbol_marks;
	bool small = count <= STACK_TOUCHES;
	int64 last = 0;
	uint32 has = 0;
	uint64 largest;
	struct varlena *journey;

	cx_check_touch_count(count);
	plan.offset = small ? stack_offset : cx_palloc_array(uint64, count);
	plan.symbol = small ? stack_symbol : cx_palloc_array(uint32, count);
	plan.symbols = small ? stack_used : cx_palloc_array(uint32, count);

	cx_marks_begin(marks, dictionary->context, dictionary->symbol_count);
	for (uint32 i = 0; i < count; i++)
	{
		const CxBareTouch *touch = touch_at(touches, stride, i);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (i == 0 || touch->at < plan.first)
			plan.first = touch->at;
		if (i == 0 || touch->at > last)
			last = touch->at;
		if (stride == sizeof(CxTouch))
			has |= ((const CxTouch *) touch)->has;
		if (cx_marks_add(marks, touch->symbol))
			plan.symbols[plan.symbol_count++] = touch->symbol;
	}
	for (uint32 i = 0; i < plan.symbol_count; i++)
		for (int part = 1; part < CX_PARTS; part++)
			if (dictionary->symbols[plan.symbols[i]].part[part] != CX_NONE)
				plan.flags |= 1 << (part - 1);
	plan.flags |= has * CX_FLAG_VALUE;
	if (count > 0)
	{
		cx_dictionary_sort_symbols(dictionary, plan.symbols, plan.symbol_count);
		plan.symbol_width = cx_bit_width(plan.symbol_count - 1);
		sort_into_plan(&plan, touches, stride, (uint64) last - (uint64) plan.first, marks->local);
		choose_unit(&plan);
		plan.time_width = cx_bit_width(plan.offset[count - 1]);
		plan_labels(&plan, dictionary);
		check_text_size(&plan, dictionary);
		for (int column = 0; column < CX_NUMBERS; column++)
			if ((plan.flags & (CX_FLAG_VALUE << column)) != 0)
				cx_plan_numbers(&numbers[column], column, plan.sorted, count);
	}
	largest = Max(Max(count, plan.label_count), plan.label_bytes);
	plan.count_size = largest <= 0xff ? 1 : largest <= 0xffff ? 2 : 4;
	if (largest > PG_UINT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("journey is too large"),
						errdetail("Its labels take " UINT64_FORMAT " bytes.", largest)));
	journey = write_plan(&plan, numbers, dictionary);

	for (int column = 0; column < CX_NUMBERS; column++)
		if ((plan.flags & (CX_FLAG_VALUE << column)) != 0)
			pfree(numbers[column].bits);
	if (plan.sorted != NULL)
		pfree(plan.sorted);
	if (plan.labels != NULL)
		pfree(plan.labels);
	if (!small)
	{
		pfree(plan.offset);
		pfree(plan.symbol);
		pfree(plan.symbols);
	}
	return journey;
}
