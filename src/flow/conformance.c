/*
 * conformance.c
 *		The best alignment of a journey with an ideal path.
 *
 * An alignment is a common subsequence: touches and steps in pairs, both in
 * rising order, each touch fitting its step.  The longest leaves the fewest
 * touches and steps without partner, which is what alignment-based conformance
 * checking minimises for a path without branches (Adriansyah, van Dongen and
 * van der Aalst 2011).
 *
 * Its length comes from the usual recurrence, a row of steps for each touch, of
 * which neighbours differ by 0 or 1: a row is kept as these differences and
 * computed 64 steps at a time (Hyyrö 2004, "Bit-parallel LCS-length computation
 * revisited").  Going from the last touch to the first, row i knows how many
 * pairs the touches from i on can still make with the steps from any on, so that
 * a walk from the first touch finds, of all longest alignments, the one whose
 * pairs come first: earlier touches go before earlier steps.
 *
 * The program has the steps in reverse, so that bit p of a row stands for the
 * step with p steps behind it.  Rows are kept at the ends of blocks only and
 * computed again inside: memory grows with the square root of the touches.
 */
#include "flow/conformance.h"

#include "port/pg_bitutils.h"

typedef struct Aligner
{
	CxScan *scan;
	uint32 steps;
	uint32 words;		/* of 64 steps */
	uint32 block;		/* touches a block */
	uint64 *mask;		/* the steps that a touch fits, if it is not the symbol's */
	uint64 *block_rows; /* by block: the row behind its last touch */
	uint64 *rows;		/* by touch of a block: the row behind it */
	uint64 *filled;		/* steps for which a touch stands */
} Aligner;

/* The steps that a touch fits. */
static const uint64 *
steps_of(Aligner *aligner, uint32 touch)
{
	CxScan *scan = aligner->scan;
	size_t row = (size_t) cx_view_symbol_at(scan->view, touch) * aligner->words;
	bool depends = false;

	if ((touch & 255) == 0)
		CHECK_FOR_INTERRUPTS();
	for (uint32 w = 0; w < aligner->words && scan->any_maybe; w++)
		depends |= scan->maybe[row + w] != 0;
	if (!depends)
		return &scan->yes[row];
	for (uint32 w = 0; w < aligner->words; w++)
	{
		aligner->mask[w] = scan->yes[row + w];
		for (uint64 rest = scan->maybe[row + w]; rest != 0; rest &= rest - 1)
		{
			int bit = pg_rightmost_one_pos64(rest);

			if (cx_scan_fits(scan, w * 64 + bit, touch))
				aligner->mask[w] |= UINT64CONST(1) << bit;
		}
	}
	return aligner->mask;
}

/* Turns the row behind a touch into the row before it. */
static void
go_back(const Aligner *aligner, uint64 *row, const uint64 *fitting)
{
	bool carry = false;

	for (uint32 w = 0; w < aligner->words; w++)
	{
		uint64 both = row[w] & fitting[w];
		uint64 sum = row[w] + both;
		bool over = sum < both;

		sum += carry;
		carry = over || (carry && sum == 0);
		row[w] = sum | (row[w] & ~fitting[w]);
	}
}

/* The most pairs that a row promises with the last steps: zeros among that many bits. */
static uint32
pairs_with(const uint64 *row, uint32 steps)
{
	uint32 ones = 0;

	for (uint32 w = 0; w < steps / 64; w++)
		ones += pg_popcount64(row[w]);
	if (steps % 64 != 0)
		ones += pg_popcount64(row[steps / 64] & ((UINT64CONST(1) << (steps % 64)) - 1));
	return steps - ones;
}

/* The highest bit below an end that a touch fits; -1 if there is none. */
static int32
first_step(const uint64 *fitting, uint32 end)
{
	for (int32 w = (int32) ((end + 63) / 64) - 1; w >= 0; w--)
	{
		uint64 bits = fitting[w];

		if (end - w * 64 < 64)
			bits &= (UINT64CONST(1) << (end - w * 64)) - 1;
		if (bits != 0)
			return w * 64 + pg_leftmost_one_pos64(bits);
	}
	return -1;
}

/* Computes the row behind each block; returns the length of the longest alignment. */
static uint32
walk_back(Aligner *aligner)
{
	size_t size = sizeof(uint64) * aligner->words;
	uint64 *row = palloc(size);
	uint32 pairs;

	memset(row, 0xff, size);
	for (uint32 touch = aligner->scan->count; touch-- > 0;)
	{
		if ((touch + 1) % aligner->block == 0 || touch + 1 == aligner->scan->count)
			memcpy(aligner->block_rows + (size_t) (touch / aligner->block) * aligner->words, row,
				   size);
		go_back(aligner, row, steps_of(aligner, touch));
	}
	pairs = pairs_with(row, aligner->steps);
	pfree(row);
	return pairs;
}

/* Computes the rows behind the touches from the first of a block to before an end. */
static void
fill_block(Aligner *aligner, uint32 first, uint32 end)
{
	size_t size = sizeof(uint64) * aligner->words;

	memcpy(aligner->rows + (size_t) (end - first - 1) * aligner->words,
		   aligner->block_rows + (size_t) (first / aligner->block) * aligner->words, size);
	for (uint32 touch = end - 1; touch > first; touch--)
	{
		uint64 *row = aligner->rows + (size_t) (touch - first) * aligner->words;

		memcpy(row - aligner->words, row, size);
		go_back(aligner, row - aligner->words, steps_of(aligner, touch));
	}
}

static bool
any_common(const Aligner *aligner, const uint64 *a, const uint64 *b)
{
	for (uint32 w = 0; w < aligner->words; w++)
		if ((a[w] & b[w]) != 0)
			return true;
	return false;
}

/* Counts a touch that stands for no step. */
static void
judge(const Aligner *aligner, const uint64 *fitting, uint32 touch, bool *seen,
	  CxConformance *result)
{
	CxSymbol symbol;
	int32 label;

	if (any_common(aligner, fitting, aligner->filled))
	{
		result->repeated++;
		return;
	}
	if (any_common(aligner, fitting, fitting))
	{
		result->out_of_order++;
		return;
	}
	result->unexpected++;
	cx_view_symbol(aligner->scan->view, cx_view_symbol_at(aligner->scan->view, touch), &symbol);
	label = symbol.part[CX_TOUCHPOINT];
	if (!seen[label])
		result->surprises[result->surprise_count++] = label;
	seen[label] = true;
}

/* Walks from the first touch to the last and decides what each stands for. */
static void
walk_forth(Aligner *aligner, CxConformance *result)
{
	uint32 count = aligner->scan->count;
	uint32 left = aligner->steps; /* steps behind the one aligned last */
	uint32 pairs = result->aligned;
	bool *seen = palloc0(Max(aligner->scan->view->label_count, 1));

	for (uint32 touch = 0; touch < count; touch++)
	{
		uint32 place = touch % aligner->block;
		const uint64 *fitting;
		int32 step;

		if (place == 0)
			fill_block(aligner, touch, Min(count, touch + aligner->block));
		fitting = steps_of(aligner, touch);
		step = pairs == 0 ? -1 : first_step(fitting, left);
		if (step < 0 ||
			pairs_with(aligner->rows + (size_t) place * aligner->words, step) + 1 != pairs)
		{
			judge(aligner, fitting, touch, seen, result);
			continue;
		}
		aligner->filled[step / 64] |= UINT64CONST(1) << (step % 64);
		result->taken[aligner->steps - 1 - step] = true;
		left = step;
		pairs--;
	}
	pfree(seen);
}

/*
 * Aligns a journey with the selectors of the scan's program, which are the
 * steps in reverse.  Allocates in the current context.
 */
void
cx_conform(CxScan *scan, CxConformance *result)
{
	Aligner aligner = {.scan = scan, .steps = scan->program->selector_count};
	size_t row_size;

	memset(result, 0, sizeof(CxConformance));
	result->taken = palloc0(aligner.steps);
	result->surprises = cx_palloc_array(int32, scan->view->label_count);
	if (scan->count == 0)
		return;
	aligner.words = scan->words;
	row_size = sizeof(uint64) * aligner.words;
	aligner.block = (uint32) ceil(sqrt(scan->count));
	aligner.mask = palloc(row_size);
	aligner.filled = palloc0(row_size);
	aligner.rows = palloc(mul_size(aligner.block, row_size));
	aligner.block_rows = palloc(mul_size(scan->count / aligner.block + 1, row_size));
	result->aligned = walk_back(&aligner);
	walk_forth(&aligner, result);
}
