/*
 * score.h
 *		cx.score_summary: how often each score of a scale was given, as state of
 *		an aggregate and as stored value.
 *
 * Both have the same form, flat and of a fixed size for a scale, so that adding
 * a score changes it in place.  Weights take more room, and get it when the
 * first one comes that is not 1: all that is known to weigh 1 needs none.
 *
 * Weights are sums of integers, in units of 10^-12, and their squares in units
 * of 10^-18: exact in any order, and exact when they are taken away again.
 */
#ifndef CX_LOYALTY_SCORE_H
#define CX_LOYALTY_SCORE_H

#include "cx.h"

#include "stats/wide.h"

#define CX_SCORE_TYPE "score_summary"
#define CX_SCORE_VERSION 1
#define CX_SCORE_MOST_POINTS 1001 /* of a scale */
#define CX_SCORE_KIND_SIZE 255	  /* bytes */
#define CX_WEIGHT_PLACES 12
#define CX_WEIGHT_ONE INT64CONST(1000000000000)
#define CX_WEIGHT_MOST 1e6
#define CX_SQUARE_PLACES 18
#define CX_SQUARE_ONE UINT64CONST(1000000000000000000)

typedef struct CxScore
{
	int32 vl_len_;
	uint8 version;
	uint8 weighted;	  /* sums of weights are there */
	uint16 kind_size; /* bytes of the kind; 0 for none */
	int32 low;		  /* the lowest score */
	uint32 points;	  /* of the scale */
	int64 missing;	  /* rows without a score */
	int64 invalid;	  /* rows with a score that is none of the scale, or without a weight */
	CxWide squares;	  /* sum of squared weights; zero when not weighted */
	/* count of each score; if weighted, sum of weights of each (CxWide); kind, filled up with zeros */
	int64 counts[FLEXIBLE_ARRAY_MEMBER];
} CxScore;

/* what two summaries must have in common to be added up */
typedef struct CxScoreScale
{
	int32 low;
	uint32 points;
	uint32 kind_size;
	const char *kind;
} CxScoreScale;

/* a score, ready to be counted */
typedef struct CxScoreRow
{
	enum
	{
		CX_SCORE_VALID,
		CX_SCORE_MISSING,
		CX_SCORE_INVALID
	} state;
	uint32 point;  /* the score, from the lowest on */
	uint64 weight; /* in units */
} CxScoreRow;

static inline CxWide *
cx_score_weights(CxScore *score)
{
	return (CxWide *) (score->counts + score->points);
}

static inline char *
cx_score_kind(CxScore *score)
{
	return (char *) (score->counts + score->points * (score->weighted ? 3 : 1));
}

static inline CxScoreScale
cx_score_scale(CxScore *score)
{
	return (CxScoreScale){score->low, score->points, score->kind_size, cx_score_kind(score)};
}

extern CxScore *cx_score_new(CxScoreScale scale, bool weighted);
extern CxScore *cx_score_read(Datum value);
extern CxScore *cx_score_copy(const CxScore *score);
extern void cx_score_expect(CxScore *score, CxScoreScale scale);
extern void cx_score_count_row(CxScore **score, CxScoreRow row);
extern bool cx_score_uncount_row(CxScore *score, CxScoreRow row);
extern void cx_score_merge(CxScore **score, CxScore *other);
extern bool cx_score_unmerge(CxScore **score, CxScore *other);
extern CxScore *cx_score_pack(CxScore *score);
extern int64 cx_score_responses(const CxScore *score);
extern bool cx_score_is_empty(const CxScore *score);

/* What the scores at both ends of a scale weigh, as shares of all. */
typedef struct CxScoreShares
{
	float8 total; /* weight; 0: there is nothing to estimate from */
	float8 n;	  /* effective number of responses */
	float8 top;
	float8 bottom;
	float8 net; /* 100 times the share at the top less that at the bottom */
} CxScoreShares;

extern float8 cx_score_weight(CxScore *score, uint32 first, uint32 end);
extern float8 cx_score_effective_n(CxScore *score);
extern CxScoreShares cx_score_shares(CxScore *score, uint32 bottom, uint32 top);
extern float8 cx_score_net_error(CxScoreShares shares);
extern void
cx_score_net_interval(CxScoreShares shares, float8 z, bool adjusted, float8 *low, float8 *high);
extern bool cx_score_mean(CxScore *score, float8 *mean, float8 *error);
extern void cx_score_expect_nps(const CxScore *score);
extern CxScoreShares cx_score_nps(CxScore *score);

#endif /* CX_LOYALTY_SCORE_H */
