/*
 * layout.c
 *		Reading the stored form of a journey in place.
 *
 * Nothing here trusts the bytes: opening checks that every part lies inside
 * the value, reading an element checks what it refers to.
 */
#include "journey/layout.h"

#include "port/pg_bitutils.h"

const int64 cx_time_units[CX_TIME_UNITS] = {1,
											1000,
											INT64CONST(1000000),
											INT64CONST(60000000),
											INT64CONST(3600000000),
											INT64CONST(86400000000)};

const int64 cx_lasted_units[CX_LASTED_UNITS] = {1, 1000, 60000, 3600000, 86400000};

const float8 cx_powers_of_ten[CX_MAX_DIGITS + 1] = {1e0, 1e1, 1e2,	1e3,  1e4,	1e5,  1e6,	1e7,
													1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* masks for the first bytes of a word loaded from memory, by how many */
#ifdef WORDS_BIGENDIAN
#define FIRST_BYTES(n) (PG_UINT64_MAX << (64 - 8 * (n)))
#else
#define FIRST_BYTES(n) ((UINT64CONST(1) << (8 * (n))) - 1)
#endif
const uint64 cx_first_bytes[9] = {0,
								  FIRST_BYTES(1),
								  FIRST_BYTES(2),
								  FIRST_BYTES(3),
								  FIRST_BYTES(4),
								  FIRST_BYTES(5),
								  FIRST_BYTES(6),
								  FIRST_BYTES(7),
								  PG_UINT64_MAX};

/* Raises the error of a stored value that does not hold what it should. */
void
cx_corrupt(const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("stored journey is corrupted"),
					errdetail("%s", detail),
					errhint("Find such values with cx.check(journey); restore them from a backup "
							"or from their source.")));
}

static inline uint64
load_number(const uint8 *p, int bytes)
{
	uint64 number = 0;

	for (int k = 0; k < bytes; k++)
		number |= (uint64) p[k] << (8 * k);
	return number;
}

static inline int64
load_int64(const uint8 *p)
{
	uint64 number;

	memcpy(&number, p, 8);
#ifdef WORDS_BIGENDIAN
	number = __builtin_bswap64(number);
#endif
	return (int64) number;
}

/* The sum of eight bytes, in four lanes of 16 bits. */
static inline uint64
sum_of_bytes(uint64 word)
{
	const uint64 lanes = UINT64CONST(0x00ff00ff00ff00ff);

	return ((word & lanes) + (word >> 8 & lanes)) * UINT64CONST(0x0001000100010001) >> 48;
}

/* The sum of the label lengths; of up to 16 bytes, which is usual, without a loop. */
static uint64
sum_of_lengths(const CxView *view)
{
	uint64 sum = 0;

	if (likely(view->length_size == 1 && view->label_count <= 16 &&
			   view->end - view->label_lengths >= 16))
	{
		uint64 words[2];

		memcpy(words, view->label_lengths, 16);
		return sum_of_bytes(words[0] & cx_first_bytes[Min(view->label_count, 8)]) +
			   sum_of_bytes(words[1] & cx_first_bytes[Max(view->label_count, 8) - 8]);
	}
	for (uint32 i = 0; i < view->label_count; i++)
		sum += cx_view_label_length(view, i);
	return sum;
}

/*
 * Takes a bit-packed column of count elements from *at.  False if it would
 * not end inside the value.
 */
static bool
take_bits(const uint8 **at, const uint8 *end, uint64 count, uint32 width, CxBits *bits)
{
	uint64 bytes = (count * width + 7) / 8;

	if (bytes > (uint64) (end - *at))
		return false;
	bits->data = *at;
	bits->end = end;
	bits->width = width;
	*at += bytes;
	return true;
}

/*
 * Takes a number column.  Returns NULL, or what is wrong.
 */
static const char *
take_numbers(const uint8 **at, const CxView *view, int column, CxNumbers *numbers)
{
	static const uint8 max_scale[CX_NUMBERS] = {CX_MAX_DIGITS, CX_LASTED_UNITS - 1, 0};
	uint8 known = CX_NUMBERS_SCALE | CX_NUMBERS_SPARSE;
	uint32 width;
	uint64 count = view->touch_count;

	if (column == CX_VALUE)
		known |= CX_NUMBERS_RAW;
	if (view->end - *at < 2)
		return "A number column is cut off.";
	numbers->form = (*at)[0];
	width = (*at)[1];
	*at += 2;
	if ((numbers->form & ~known) != 0 || (numbers->form & CX_NUMBERS_SCALE) > max_scale[column] ||
		((numbers->form & CX_NUMBERS_RAW) != 0 &&
		 ((numbers->form & CX_NUMBERS_SCALE) != 0 || width != 64)) ||
		width > 64)
		return "A number column has an unknown form.";
	numbers->base = 0;
	if ((numbers->form & CX_NUMBERS_RAW) == 0)
	{
		if (view->end - *at < 8)
			return "A number column is cut off.";
		numbers->base = load_int64(*at);
		*at += 8;
	}
	numbers->presence = NULL;
	if ((numbers->form & CX_NUMBERS_SPARSE) != 0)
	{
		uint32 bytes = (view->touch_count + 7) / 8;

		if (view->end - *at < bytes)
			return "A number column is cut off.";
		numbers->presence = *at;
		if ((view->touch_count & 7) != 0 && ((*at)[bytes - 1] >> (view->touch_count & 7)) != 0)
			return "A number column has bits beyond its last touch.";
		count = pg_popcount((const char *) *at, bytes);
		*at += bytes;
	}
	if (!take_bits(at, view->end, count, width, &numbers->bits))
		return "A number column is cut off.";
	return NULL;
}

/*
 * Reads the fixed part of the header.  Returns NULL, or what is wrong; sets
 * *at behind it.
 */
static const char *
take_header(CxView *view, const uint8 **at)
{
	int count_size;
	uint8 shape;

	if (view->end - view->start < 4)
		return "The value is shorter than its header.";
	if (view->start[0] != CX_LAYOUT_VERSION)
		return "version";
	view->flags = view->start[1];
	shape = view->start[2];
	if ((view->flags & ~CX_FLAG_KNOWN) != 0 || (shape & ~CX_SHAPE_KNOWN) != 0 ||
		(shape & CX_SHAPE_COUNTS) == 3 || view->start[3] > 64 ||
		(shape >> CX_SHAPE_UNIT_SHIFT) >= CX_TIME_UNITS)
		return "The header has unknown flags.";
	count_size = 1 << (shape & CX_SHAPE_COUNTS);
	view->unit = shape >> CX_SHAPE_UNIT_SHIFT;
	view->length_size = (shape & CX_SHAPE_LONG_LABELS) != 0 ? 2 : 1;
	*at = view->start + 4;
	if (view->end - *at < 4 * count_size + 8)
		return "The value is shorter than its header.";
	if (likely(count_size == 1))
	{
		view->touch_count = (*at)[0];
		view->symbol_count = (*at)[1];
		view->label_count = (*at)[2];
		view->label_bytes = (*at)[3];
	}
	else
	{
		view->touch_count = load_number(*at, count_size);
		view->symbol_count = load_number(*at + count_size, count_size);
		view->label_count = load_number(*at + 2 * count_size, count_size);
		view->label_bytes = load_number(*at + 3 * count_size, count_size);
	}
	*at += 4 * count_size;
	view->first = load_int64(*at);
	*at += 8;
	if (view->touch_count > CX_MAX_TOUCHES)
		return "The touch count is over the limit.";
	if (view->symbol_count > view->touch_count ||
		(view->symbol_count == 0) != (view->touch_count == 0) ||
		view->label_count > (uint64) view->symbol_count * CX_PARTS ||
		(view->label_count == 0) != (view->touch_count == 0))
		return "The counts contradict each other.";
	if (view->touch_count > 0 && !IS_VALID_TIMESTAMP(view->first))
		return "The first time is out of range.";
	return NULL;
}

/*
 * Opens a payload.  Returns NULL, or what is wrong with it; all of the view
 * may be used only in the first case.  "version" is the answer for an unknown
 * layout version.
 */
const char *
cx_view_try_open(CxView *view, const void *payload, size_t size)
{
	const uint8 *at;
	const char *problem;
	uint32 width;

	view->start = payload;
	view->end = view->start + size;
	if ((problem = take_header(view, &at)) != NULL)
		return problem;

	if ((uint64) (view->end - at) <
		(uint64) view->label_count * view->length_size + view->label_bytes)
		return "The labels are cut off.";
	view->label_lengths = at;
	at += (size_t) view->label_count * view->length_size;
	if (sum_of_lengths(view) != view->label_bytes)
		return "The label lengths do not add up.";
	view->labels = (const char *) at;
	at += view->label_bytes;

	if (likely((view->flags & CX_FLAG_SYMBOLS) == 0))
	{
		if (view->symbol_count != view->label_count)
			return "The counts contradict each other.";
	}
	else
	{
		memset(view->table, 0, sizeof(view->table));
		for (int part = 0; part < CX_PARTS; part++)
		{
			if (part > 0 && (view->flags & (1 << (part - 1))) == 0)
				continue;
			width = cx_bit_width(view->label_count - (part == CX_TOUCHPOINT ? 1 : 0));
			if (!take_bits(&at, view->end, view->symbol_count, width, &view->table[part]))
				return "The symbol table is cut off.";
		}
	}
	width = view->symbol_count == 0 ? 0 : cx_bit_width(view->symbol_count - 1);
	if (!take_bits(&at, view->end, view->touch_count, width, &view->symbols) ||
		!take_bits(&at, view->end, view->touch_count, view->start[3], &view->times))
		return "The columns are cut off.";
	for (int column = 0; view->flags >= CX_FLAG_VALUE && column < CX_NUMBERS; column++)
	{
		if ((view->flags & (CX_FLAG_VALUE << column)) != 0 &&
			(problem = take_numbers(&at, view, column, &view->numbers[column])) != NULL)
			return problem;
	}
	if (at != view->end)
		return "The value is longer than its contents.";
	return NULL;
}

/* Raises the error for a problem that cx_view_try_open or take_header found. */
static void
raise_problem(const CxView *view, const char *problem)
{
	if (strcmp(problem, "version") == 0)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("unsupported journey format version %d", view->start[0]),
						errhint("Journeys written by a newer cx_analytics need its library; "
								"otherwise the value is corrupted.")));
	cx_corrupt(problem);
}

/*
 * Opens a journey datum, detoasting it into the current context if needed; the
 * view lives as long as that copy.  Raises XX001 when it is corrupted.
 */
void
cx_view_open(CxView *view, Datum journey)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(journey);
	const char *start = VARDATA_ANY(value);
	const char *problem;

	/* rows fill a page from its end, so the next one lies before this one */
	for (int i = 1; i <= 5; i++)
		__builtin_prefetch(start - 64 * i);
	problem = cx_view_try_open(view, start, VARSIZE_ANY_EXHDR(value));

	if (problem != NULL)
		raise_problem(view, problem);
}

/*
 * Opens only the header, fetching only the first bytes of a toasted value: for
 * touch_count, first and flags.
 */
void
cx_view_open_header(CxView *view, Datum journey)
{
	struct varlena *value = (struct varlena *) DatumGetPointer(journey);
	const char *problem;
	const uint8 *at;

	if (VARATT_IS_EXTERNAL(value) || VARATT_IS_COMPRESSED(value))
		value = PG_DETOAST_DATUM_SLICE(journey, 0, CX_HEADER_MAX);
	view->start = (const uint8 *) VARDATA_ANY(value);
	view->end = view->start + VARSIZE_ANY_EXHDR(value);
	if ((problem = take_header(view, &at)) != NULL)
		raise_problem(view, problem);
}

/* Lists the labels; the caller provides room for label_count spans. */
void
cx_view_labels(const CxView *view, CxSpan *labels)
{
	const char *data = view->labels;

	for (uint32 i = 0; i < view->label_count; i++)
	{
		labels[i].data = data;
		labels[i].length =
			load_number(view->label_lengths + (size_t) i * view->length_size, view->length_size);
		data += labels[i].length;
	}
}

/* Reads a symbol's label numbers; raises when one does not exist. */
void
cx_view_symbol(const CxView *view, uint32 number, CxSymbol *symbol)
{
	if ((view->flags & CX_FLAG_SYMBOLS) == 0)
	{
		*symbol = (CxSymbol){{number, CX_NONE, CX_NONE, CX_NONE}};
		return;
	}
	symbol->part[CX_TOUCHPOINT] = cx_bits_get(&view->table[CX_TOUCHPOINT], number);
	for (int part = 1; part < CX_PARTS; part++)
		symbol->part[part] = (view->flags & (1 << (part - 1))) == 0 ?
								 CX_NONE :
								 (int32) cx_bits_get(&view->table[part], number) - 1;
	for (int part = 0; part < CX_PARTS; part++)
		if (symbol->part[part] >= (int64) view->label_count)
			cx_corrupt("A symbol refers to a label that does not exist.");
}

/* The time of the last touch; the journey must have one. */
int64
cx_view_last_time(const CxView *view)
{
	return cx_view_time_at(view, view->touch_count - 1);
}

/*
 * Sets a cursor before touch number first (from 0).
 */
void
cx_cursor_start(CxCursor *cursor, const CxView *view, uint32 first)
{
	cursor->view = view;
	cursor->next = first;
	for (int column = 0; column < CX_NUMBERS; column++)
	{
		const uint8 *presence = view->numbers[column].presence;

		if ((view->flags & (CX_FLAG_VALUE << column)) == 0)
			continue;
		cursor->rank[column] = first;
		if (presence != NULL)
		{
			cursor->rank[column] = pg_popcount((const char *) presence, first / 8);
			if ((first & 7) != 0)
				cursor->rank[column] +=
					pg_number_of_ones[presence[first / 8] & ((1 << (first & 7)) - 1)];
		}
	}
}

/*
 * Decodes one number of a column into its field of the touch.  Returns NULL,
 * or what is wrong with it.
 */
static const char *
read_number(const CxNumbers *numbers, int column, uint32 rank, CxTouch *touch)
{
	uint64 bits = cx_bits_get(&numbers->bits, rank);
	int64 number = (int64) ((uint64) numbers->base + bits);
	int scale = numbers->form & CX_NUMBERS_SCALE;

	switch (column)
	{
		case CX_VALUE:
			if ((numbers->form & CX_NUMBERS_RAW) != 0)
				memcpy(&touch->value, &bits, sizeof(float8));
			else
				touch->value = (float8) number / cx_powers_of_ten[scale];
			if (unlikely(isnan(touch->value) || isinf(touch->value)))
				return "A touch has a value that is not finite.";
			break;
		case CX_LASTED:
			if (unlikely(number < 0 || number > CX_MAX_LASTED / cx_lasted_units[scale]))
				return "A touch has a duration out of range.";
			touch->lasted = number * cx_lasted_units[scale];
			break;
		default:
			touch->ref = number;
	}
	return NULL;
}

/* Reads the next touch; false behind the last.  Absent numbers are zero. */
bool
cx_cursor_next(CxCursor *cursor, CxTouch *touch)
{
	const CxView *view = cursor->view;
	uint32 i = cursor->next;

	if (i >= view->touch_count)
		return false;
	touch->at = cx_view_time_at(view, i);
	touch->symbol = cx_view_symbol_at(view, i);
	touch->has = 0;
	touch->value = 0;
	touch->lasted = 0;
	touch->ref = 0;
	if ((view->flags & (CX_FLAG_VALUE | CX_FLAG_LASTED | CX_FLAG_REF)) != 0)
	{
		const char *problem;

		for (int column = 0; column < CX_NUMBERS; column++)
		{
			const CxNumbers *numbers = &view->numbers[column];

			if ((view->flags & (CX_FLAG_VALUE << column)) == 0 ||
				(numbers->presence != NULL && (numbers->presence[i >> 3] >> (i & 7) & 1) == 0))
				continue;
			touch->has |= 1 << column;
			problem = read_number(numbers, column, cursor->rank[column]++, touch);
			if (unlikely(problem != NULL))
				cx_corrupt(problem);
		}
	}
	cursor->next++;
	return true;
}

/*
 * Looks for what opening does not see and re-encoding would hide: labels that
 * are not text, and references that lead nowhere.  Returns NULL or a sentence.
 */
const char *
cx_view_problem(const CxView *view)
{
	CxSpan *labels = cx_palloc_array(CxSpan, view->label_count);
	const char *problem = NULL;

	cx_view_labels(view, labels);
	for (uint32 i = 0; i < view->label_count && problem == NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (labels[i].length == 0)
			problem = "A label is empty.";
		else if (!pg_verify_mbstr(GetDatabaseEncoding(), labels[i].data, labels[i].length, true))
			problem = "A label is not valid text in the database's encoding.";
	}
	for (uint32 i = 0; i < view->symbol_count && problem == NULL; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int part = 0; part < CX_PARTS; part++)
		{
			int64 label = i;

			if ((view->flags & CX_FLAG_SYMBOLS) != 0)
			{
				if (part > 0 && (view->flags & (1 << (part - 1))) == 0)
					continue;
				label =
					(int64) cx_bits_get(&view->table[part], i) - (part == CX_TOUCHPOINT ? 0 : 1);
			}
			if (label >= view->label_count)
				problem = "A symbol refers to a label that does not exist.";
			else if (label >= 0 && part != CX_ATTRS && labels[label].length > CX_MAX_LABEL)
				problem = "A label is longer than 255 bytes.";
			if ((view->flags & CX_FLAG_SYMBOLS) == 0)
				break;
		}
	}
	for (uint32 i = 0; i < view->touch_count && problem == NULL; i++)
	{
		uint64 offset = cx_bits_get(&view->times, i);
		uint64 most = (uint64) (END_TIMESTAMP - 1) - (uint64) view->first;

		if (cx_bits_get(&view->symbols, i) >= view->symbol_count)
			problem = "A touch refers to a symbol that does not exist.";
		else if (offset > most / (uint64) cx_time_units[view->unit])
			problem = "A touch has a time out of range.";
	}
	for (int column = 0; column < CX_NUMBERS && problem == NULL; column++)
	{
		const CxNumbers *numbers = &view->numbers[column];
		uint32 count = view->touch_count;
		CxTouch touch;

		if ((view->flags & (CX_FLAG_VALUE << column)) == 0)
			continue;
		if (numbers->presence != NULL)
			count = pg_popcount((const char *) numbers->presence, (count + 7) / 8);
		for (uint32 i = 0; i < count && problem == NULL; i++)
			problem = read_number(numbers, column, i, &touch);
	}
	pfree(labels);
	return problem;
}
