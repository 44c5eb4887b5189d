/*
 * quantile.h
 *		Quantiles of durations from counts in buckets whose width grows with
 *		the duration: mergeable by adding counts, whatever the order.
 *
 * A duration is a number of microseconds.  Below 128 each has its own bucket;
 * above, every power of two has 64 buckets, so a bucket's middle is off by at
 * most 1/128 (0.8 %) of any duration in it.
 */
#ifndef CX_STATS_QUANTILE_H
#define CX_STATS_QUANTILE_H

#include "cx.h"

#define CX_BUCKETS 3776 /* of all durations below 2^64 */

/* a bucket and the durations in it */
typedef struct CxBucketCount
{
	uint32 bucket;
	int64 count;
} CxBucketCount;

/* The bucket of a duration. */
static inline uint32
cx_bucket_of(uint64 duration)
{
	uint32 shift = 57 - __builtin_clzll(duration | 127);

	return shift * 64 + (uint32) (duration >> shift);
}

extern float8 cx_bucket_middle(uint32 bucket);
extern float8 cx_bucket_quantile(const CxBucketCount *buckets, int count, float8 share);

#endif /* CX_STATS_QUANTILE_H */
