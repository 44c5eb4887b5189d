/*
 * xmr.c
 *		Control charts of single values and their moving ranges: limits and
 *		signals, from points in order of time.
 */
#include "loyalty/xmr.h"

/*
 * Limits in moving ranges: for two successive values the mean moving range is
 * 1.128 standard deviations and the median one 0.954; a limit lies three away.
 */
#define MEAN_LIMIT 2.66
#define MEAN_RANGE_LIMIT 3.267
#define MEDIAN_LIMIT 3.145
#define MEDIAN_RANGE_LIMIT 3.865

static float8
moving_range(const CxXmrPoint *points, uint32 i)
{
	return fabs(points[i].value - points[i - 1].value);
}

/*
 * The mean: the sum carries its rounding errors along (Neumaier 1974), and the
 * quotient stays between the least and the greatest value, so that the mean of
 * equal values is their value.
 */
static float8
mean_of(const CxXmrPoint *points, uint32 count)
{
	float8 sum = 0;
	float8 lost = 0;
	float8 least = points[0].value;
	float8 greatest = points[0].value;

	for (uint32 i = 0; i < count; i++)
	{
		float8 value = points[i].value;
		float8 next = sum + value;

		lost += fabs(sum) >= fabs(value) ? sum - next + value : value - next + sum;
		sum = next;
		least = Min(least, value);
		greatest = Max(greatest, value);
	}
	if (isinf(sum))
		float_overflow_error();
	return Max(least, Min(greatest, (sum + lost) / count));
}

static int
compare_floats(const void *a, const void *b)
{
	float8 x = *(const float8 *) a;
	float8 y = *(const float8 *) b;

	return (x > y) - (x < y);
}

/* The median moving range of at least two points. */
static float8
median_range(const CxXmrPoint *points, uint32 count)
{
	float8 *ranges = cx_palloc_array(float8, count - 1);
	uint32 middle = (count - 1) / 2;
	float8 median;

	for (uint32 i = 1; i < count; i++)
		ranges[i - 1] = moving_range(points, i);
	qsort(ranges, count - 1, sizeof(float8), compare_floats);
	median = (count - 1) % 2 == 1 ? ranges[middle] : (ranges[middle - 1] + ranges[middle]) / 2;
	pfree(ranges);
	return median;
}

/* The lines of a chart of at least one point; raises 22003 when a sum leaves the range. */
CxXmrLimits
cx_xmr_limits(const CxXmrPoint *points, uint32 count, bool median)
{
	CxXmrLimits limits = {.mean = mean_of(points, count)};
	float8 half;

	if (count >= 2)
	{
		if (median)
			limits.range = median_range(points, count);
		else
		{
			for (uint32 i = 1; i < count; i++)
				limits.range += moving_range(points, i);
			limits.range /= count - 1;
		}
	}
	half = limits.range * (median ? MEDIAN_LIMIT : MEAN_LIMIT);
	limits.lower = limits.mean - half;
	limits.upper = limits.mean + half;
	limits.range_upper = limits.range * (median ? MEDIAN_RANGE_LIMIT : MEAN_RANGE_LIMIT);
	if (!isfinite(limits.lower) || !isfinite(limits.upper) || !isfinite(limits.range_upper))
		float_overflow_error();
	return limits;
}

/* Marks the points from first to before end, if they are enough. */
static void
mark(uint8 *signals, uint8 signal, uint32 first, uint32 end, uint32 enough)
{
	if (end - first >= enough)
		for (uint32 i = first; i < end; i++)
			signals[i] |= signal;
}

static int
sign(float8 x)
{
	return (x > 0) - (x < 0);
}

/* Marks runs on one side of the mean; a point on it belongs to none. */
static void
mark_runs(const CxXmrPoint *points, uint32 count, float8 mean, uint32 length, uint8 *signals)
{
	uint32 first = 0;

	for (uint32 i = 1; i <= count; i++)
	{
		int side = sign(points[first].value - mean);

		if (i < count && sign(points[i].value - mean) == side)
			continue;
		if (side != 0)
			mark(signals, CX_XMR_RUN, first, i, length);
		first = i;
	}
}

/* Marks points that rise one after the other, or fall; where both meet the point is in both. */
static void
mark_trends(const CxXmrPoint *points, uint32 count, uint32 length, uint8 *signals)
{
	uint32 first = 0;
	int direction = 0;

	for (uint32 i = 1; i <= count; i++)
	{
		int step = i == count ? 0 : sign(points[i].value - points[i - 1].value);

		if (i < count && step == direction)
			continue;
		if (direction != 0)
			mark(signals, CX_XMR_TREND, first, i, length);
		first = i - 1;
		direction = step;
	}
}

/* The side on which a point lies beyond two thirds of the way to a limit; 0 for none. */
static int
far_side(float8 value, const CxXmrLimits *limits)
{
	float8 far = (limits->upper - limits->mean) * 2 / 3;

	return value > limits->mean + far ? 1 : value < limits->mean - far ? -1 : 0;
}

/* Marks two points of three successive ones that lie far away on the same side. */
static void
mark_pairs(const CxXmrPoint *points, uint32 count, const CxXmrLimits *limits, uint8 *signals)
{
	for (uint32 i = 1; i < count; i++)
		for (uint32 k = i - 1; k + 2 >= i; k--)
		{
			int side = far_side(points[i].value, limits);

			if (side != 0 && far_side(points[k].value, limits) == side)
			{
				signals[i] |= CX_XMR_TWO_OF_THREE;
				signals[k] |= CX_XMR_TWO_OF_THREE;
			}
			if (k == 0)
				break;
		}
}

/* The signals at each of at least one point. */
uint8 *
cx_xmr_signals(const CxXmrPoint *points, uint32 count, const CxXmrLimits *limits, uint32 run_length,
			   uint32 trend_length)
{
	uint8 *signals = palloc0(count);

	for (uint32 i = 0; i < count; i++)
	{
		if (points[i].value < limits->lower || points[i].value > limits->upper)
			signals[i] |= CX_XMR_OUTSIDE;
		if (i > 0 && moving_range(points, i) > limits->range_upper)
			signals[i] |= CX_XMR_RANGE;
	}
	mark_runs(points, count, limits->mean, run_length, signals);
	mark_trends(points, count, trend_length, signals);
	mark_pairs(points, count, limits, signals);
	return signals;
}
