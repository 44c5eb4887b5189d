/*
 * quantile.c
 *		Quantiles of durations from counts in buckets.
 */
#include "stats/quantile.h"

/* The duration in the middle of a bucket. */
float8
cx_bucket_middle(uint32 bucket)
{
	uint32 shift = bucket < 128 ? 0 : bucket / 64 - 1;
	uint64 width = UINT64CONST(1) << shift;
	uint64 lowest = (uint64) (bucket - shift * 64) << shift;

	return (float8) lowest + (float8) (width - 1) / 2;
}

/* The bucket of the duration with a rank, from 0. */
static uint32
bucket_with(const CxBucketCount *buckets, int count, int64 rank)
{
	for (int i = 0; i < count; i++)
	{
		if (rank < buckets[i].count)
			return buckets[i].bucket;
		rank -= buckets[i].count;
	}
	return buckets[count - 1].bucket;
}

/*
 * The quantile for a share in 0..1, in microseconds, interpolated between
 * neighbours as percentile_cont does.  Buckets rise and are not empty, and
 * there is at least one.
 */
float8
cx_bucket_quantile(const CxBucketCount *buckets, int count, float8 share)
{
	int64 total = 0;
	float8 rank;
	float8 below;
	float8 low;
	float8 high;

	for (int i = 0; i < count; i++)
		total += buckets[i].count;
	rank = share * (float8) (total - 1);
	below = floor(rank);
	low = cx_bucket_middle(bucket_with(buckets, count, (int64) below));
	high = cx_bucket_middle(bucket_with(buckets, count, (int64) ceil(rank)));
	return low + (high - low) * (rank - below);
}
