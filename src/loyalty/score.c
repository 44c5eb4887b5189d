/*
 * score.c
 *		cx.score_summary: counting scores, adding summaries up and taking them
 *		from each other, all of it exact.
 */
#include "loyalty/score.h"

#include "stats/summary.h"

StaticAssertDecl(offsetof(CxScore, squares) == 32, "the parts of a stored summary do not move");
StaticAssertDecl(offsetof(CxScore, counts) == 48, "the parts of a stored summary do not move");

static Size
size_of(uint32 points, bool weighted, uint32 kind_size)
{
	return offsetof(CxScore, counts) + (Size) points * (weighted ? 3 : 1) * sizeof(int64) +
		   MAXALIGN64(kind_size);
}

/* An empty summary, in the current context. */
CxScore *
cx_score_new(CxScoreScale scale, bool weighted)
{
	Size size = size_of(scale.points, weighted, scale.kind_size);
	CxScore *score = palloc0(size);

	SET_VARSIZE(score, size);
	score->version = CX_SCORE_VERSION;
	score->weighted = weighted;
	score->kind_size = scale.kind_size;
	score->low = scale.low;
	score->points = scale.points;
	if (scale.kind_size > 0)
		memcpy(cx_score_kind(score), scale.kind, scale.kind_size);
	return score;
}

static bool
is_sound(CxScore *score)
{
	const char *kind;
	int64 rows;

	if (VARSIZE(score) < offsetof(CxScore, counts) || score->version != CX_SCORE_VERSION ||
		score->weighted > 1 || score->kind_size > CX_SCORE_KIND_SIZE || score->points < 2 ||
		score->points > CX_SCORE_MOST_POINTS ||
		score->low > PG_INT32_MAX - (int32) score->points + 1 ||
		VARSIZE(score) != size_of(score->points, score->weighted, score->kind_size))
		return false;
	if (score->missing < 0 || score->invalid < 0 ||
		pg_add_s64_overflow(score->missing, score->invalid, &rows))
		return false;
	for (uint32 i = 0; i < score->points; i++)
		if (score->counts[i] < 0 || pg_add_s64_overflow(rows, score->counts[i], &rows))
			return false;
	if (!score->weighted && !cx_wide_is_zero(score->squares))
		return false;
	kind = cx_score_kind(score);
	for (uint32 i = 0; i < MAXALIGN64(score->kind_size); i++)
		if ((kind[i] == '\0') != (i >= score->kind_size))
			return false;
	return true;
}

/* A summary as it is stored; raises XX001 for one that is corrupted. */
CxScore *
cx_score_read(Datum value)
{
	CxScore *score = (CxScore *) PG_DETOAST_DATUM(value);

	if (!is_sound(score))
		cx_summary_corrupt(CX_SCORE_TYPE);
	return score;
}

/* A copy in the current context. */
CxScore *
cx_score_copy(const CxScore *score)
{
	CxScore *copy = palloc(VARSIZE(score));

	memcpy(copy, score, VARSIZE(score));
	return copy;
}

static char *
kind_text(CxScoreScale scale)
{
	return scale.kind_size == 0 ? "none" :
								  psprintf("\"%s\"", pnstrdup(scale.kind, scale.kind_size));
}

/* Raises 22023 when a summary has another scale or kind. */
void
cx_score_expect(CxScore *score, CxScoreScale scale)
{
	CxScoreScale own = cx_score_scale(score);

	if (unlikely(own.low != scale.low || own.points != scale.points))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine scores of different scales"),
						errdetail("One is from %d to %d, another from %d to %d.", own.low,
								  own.low + (int32) (own.points - 1), scale.low,
								  scale.low + (int32) (scale.points - 1)),
						errhint("Group by the question, or summarise one scale at a time.")));
	if (unlikely(own.kind_size != scale.kind_size) ||
		(own.kind_size > 0 && memcmp(own.kind, scale.kind, scale.kind_size) != 0))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("cannot combine scores of different kinds"),
						errdetail("One is %s, another %s.", kind_text(own), kind_text(scale)),
						errhint("Group by the kind of survey.")));
}

pg_noreturn static void
too_many(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE), errmsg("score_summary is out of range"),
			 errdetail("It has too many responses, or weights that are too large."),
			 errhint("Divide the weights by their average; only their proportions matter.")));
}

/* A copy with room for weights, of which all are 1; in the current context. */
static CxScore *
with_weights(CxScore *score)
{
	CxScore *copy = cx_score_new(cx_score_scale(score), true);
	CxWide *weights = cx_score_weights(copy);

	copy->missing = score->missing;
	copy->invalid = score->invalid;
	memcpy(copy->counts, score->counts, score->points * sizeof(int64));
	for (uint32 i = 0; i < score->points; i++)
		weights[i] = cx_wide_multiply(score->counts[i], CX_WEIGHT_ONE);
	copy->squares = cx_wide_multiply(cx_score_responses(score), CX_SQUARE_ONE);
	return copy;
}

/* The square of a weight in units of squares, rounded. */
static CxWide
square_of(uint64 weight)
{
	CxWide square = cx_wide_multiply(weight, weight);

	cx_wide_add(&square, (CxWide){0, 500000});
	cx_wide_divide(&square, 1000000);
	return square;
}

/* Counts a score; may move the summary to a copy in the current context. */
void
cx_score_count_row(CxScore **score, CxScoreRow row)
{
	if (row.state == CX_SCORE_MISSING)
		(*score)->missing++;
	else if (row.state == CX_SCORE_INVALID)
		(*score)->invalid++;
	else
	{
		if (unlikely(row.weight != CX_WEIGHT_ONE && !(*score)->weighted))
			*score = with_weights(*score);
		(*score)->counts[row.point]++;
		if ((*score)->weighted &&
			(!cx_wide_add(&cx_score_weights(*score)[row.point], (CxWide){0, row.weight}) ||
			 !cx_wide_add(&(*score)->squares, square_of(row.weight))))
			too_many();
	}
}

/* Takes back a score that was counted; false if that cannot be. */
bool
cx_score_uncount_row(CxScore *score, CxScoreRow row)
{
	if (row.state == CX_SCORE_MISSING)
		return score->missing-- > 0;
	if (row.state == CX_SCORE_INVALID)
		return score->invalid-- > 0;
	if (score->weighted)
		return score->counts[row.point]-- > 0 &&
			   cx_wide_subtract(&cx_score_weights(score)[row.point], (CxWide){0, row.weight}) &&
			   cx_wide_subtract(&score->squares, square_of(row.weight));
	return row.weight == CX_WEIGHT_ONE && score->counts[row.point]-- > 0;
}

/* Makes room for weights in both when one has them. */
static void
align(CxScore **score, CxScore **other)
{
	cx_score_expect(*score, cx_score_scale(*other));
	if ((*other)->weighted && !(*score)->weighted)
		*score = with_weights(*score);
	else if ((*score)->weighted && !(*other)->weighted)
		*other = with_weights(*other);
}

/* Adds a summary up; may move the first to a copy in the current context. */
void
cx_score_merge(CxScore **score, CxScore *other)
{
	CxScore *sum;
	CxWide *weights;

	align(score, &other);
	sum = *score;
	if (pg_add_s64_overflow(sum->missing, other->missing, &sum->missing) ||
		pg_add_s64_overflow(sum->invalid, other->invalid, &sum->invalid))
		too_many();
	for (uint32 i = 0; i < sum->points; i++)
		if (pg_add_s64_overflow(sum->counts[i], other->counts[i], &sum->counts[i]))
			too_many();
	cx_score_responses(sum);
	if (!sum->weighted)
		return;
	weights = cx_score_weights(sum);
	for (uint32 i = 0; i < sum->points; i++)
		if (!cx_wide_add(&weights[i], cx_score_weights(other)[i]))
			too_many();
	if (!cx_wide_add(&sum->squares, other->squares))
		too_many();
}

/*
 * Takes a summary from another, which may move to a copy in the current context;
 * false, with that one lost, if it does not hold the other.
 */
bool
cx_score_unmerge(CxScore **score, CxScore *other)
{
	CxScore *rest;
	bool holds;

	align(score, &other);
	rest = *score;
	rest->missing -= other->missing;
	rest->invalid -= other->invalid;
	holds = rest->missing >= 0 && rest->invalid >= 0;
	for (uint32 i = 0; i < rest->points; i++)
	{
		rest->counts[i] -= other->counts[i];
		holds &= rest->counts[i] >= 0;
	}
	if (!rest->weighted)
		return holds;
	for (uint32 i = 0; i < rest->points; i++)
	{
		holds &= cx_wide_subtract(&cx_score_weights(rest)[i], cx_score_weights(other)[i]);
		holds &= rest->counts[i] != 0 || cx_wide_is_zero(cx_score_weights(rest)[i]);
	}
	return cx_wide_subtract(&rest->squares, other->squares) && holds;
}

/* True when all weights are 1: then their sum and that of their squares are the count. */
static bool
weighs_nothing_else(CxScore *score)
{
	for (uint32 i = 0; i < score->points; i++)
		if (!cx_wide_equal(cx_score_weights(score)[i],
						   cx_wide_multiply(score->counts[i], CX_WEIGHT_ONE)))
			return false;
	return cx_wide_equal(score->squares,
						 cx_wide_multiply(cx_score_responses(score), CX_SQUARE_ONE));
}

/* The one form of a summary, in the current context. */
CxScore *
cx_score_pack(CxScore *score)
{
	CxScore *packed;

	if (!score->weighted || !weighs_nothing_else(score))
		return cx_score_copy(score);
	packed = cx_score_new(cx_score_scale(score), false);
	packed->missing = score->missing;
	packed->invalid = score->invalid;
	memcpy(packed->counts, score->counts, score->points * sizeof(int64));
	return packed;
}

/* The number of valid scores; with the other rows, they must be countable. */
int64
cx_score_responses(const CxScore *score)
{
	int64 responses = 0;
	int64 rows;

	for (uint32 i = 0; i < score->points; i++)
		if (pg_add_s64_overflow(responses, score->counts[i], &responses))
			too_many();
	if (pg_add_s64_overflow(responses, score->missing, &rows) ||
		pg_add_s64_overflow(rows, score->invalid, &rows))
		too_many();
	return responses;
}

/* True when not a single row was counted. */
bool
cx_score_is_empty(const CxScore *score)
{
	return score->missing == 0 && score->invalid == 0 && cx_score_responses(score) == 0;
}
