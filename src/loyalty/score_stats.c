/*
 * score_stats.c
 *		What a summary of scores estimates: shares, net scores, means, and how
 *		sure they are.
 *
 * Weights count as shares of their sum, and for the error as Kish's effective
 * number of responses, (sum of weights)^2 / sum of squared weights.
 */
#include "loyalty/score.h"

/*
 * What the scores from point first on, up to but not including end, weigh, in
 * units of the summary: integers, so that ratios round once.
 */
static float8
units_of(CxScore *score, uint32 first, uint32 end)
{
	CxWide sum = {0, 0};
	int64 count = 0;

	if (!score->weighted)
	{
		for (uint32 i = first; i < end; i++)
			count += score->counts[i];
		return count;
	}
	for (uint32 i = first; i < end; i++)
		cx_wide_add(&sum, cx_score_weights(score)[i]);
	return cx_wide_float8(sum);
}

/* The weight of these scores. */
float8
cx_score_weight(CxScore *score, uint32 first, uint32 end)
{
	return units_of(score, first, end) / (score->weighted ? CX_WEIGHT_ONE : 1);
}

/* Kish's effective number of responses: by Cauchy and Schwarz at most their number. */
float8
cx_score_effective_n(CxScore *score)
{
	float8 responses = cx_score_responses(score);
	float8 weight = cx_score_weight(score, 0, score->points);
	float8 squares = cx_wide_float8(score->squares) / CX_SQUARE_ONE;

	if (!score->weighted || weight == 0)
		return weight;
	/* weights below 1e-9 have no square that is left */
	return squares == 0 ? responses : Min(weight / squares * weight, responses);
}

/* The shares of the lowest bottom points and the highest top points of the scale. */
CxScoreShares
cx_score_shares(CxScore *score, uint32 bottom, uint32 top)
{
	CxScoreShares shares = {0};
	float8 total = units_of(score, 0, score->points);

	if (total > 0)
	{
		float8 upper = units_of(score, score->points - top, score->points);
		float8 lower = units_of(score, 0, bottom);

		shares.total = cx_score_weight(score, 0, score->points);
		shares.n = cx_score_effective_n(score);
		shares.top = upper / total;
		shares.bottom = lower / total;
		shares.net = Min(Max(100 * (upper - lower) / total, -100), 100);
	}
	return shares;
}

/* The standard error of the net score: that of a multinomial sample. */
float8
cx_score_net_error(CxScoreShares shares)
{
	float8 net = shares.top - shares.bottom;

	return 100 * sqrt(Max(shares.top + shares.bottom - net * net, 0) / shares.n);
}

/*
 * The interval of the net score within z standard errors, never beyond -100 and
 * 100.  Adjusted: as if three responses more had come, three quarters of one at
 * the top, as much at the bottom, so that a unanimous sample is not certain; the
 * interval is widened where it would not hold the estimate.
 */
void
cx_score_net_interval(CxScoreShares shares, float8 z, bool adjusted, float8 *low, float8 *high)
{
	CxScoreShares more = shares;
	float8 half;

	if (adjusted)
	{
		more.n += 3;
		more.top = (shares.top * shares.n + 0.75) / more.n;
		more.bottom = (shares.bottom * shares.n + 0.75) / more.n;
		more.net = 100 * (more.top - more.bottom);
	}
	half = z * cx_score_net_error(more);
	*low = Min(Max(more.net - half, -100), shares.net);
	*high = Max(Min(more.net + half, 100), shares.net);
}

/*
 * The mean score, and its standard error, which is NaN for less than two
 * responses; false if there is nothing to estimate from.
 */
bool
cx_score_mean(CxScore *score, float8 *mean, float8 *error)
{
	float8 total = units_of(score, 0, score->points);
	float8 n = cx_score_effective_n(score);
	float8 above = 0; /* the lowest score */
	float8 squares = 0;

	if (total == 0)
		return false;
	for (uint32 i = 1; i < score->points; i++)
		above += i * units_of(score, i, i + 1);
	above /= total;
	for (uint32 i = 0; i < score->points; i++)
		squares += (i - above) * (i - above) * units_of(score, i, i + 1);
	*mean = score->low + above;
	*error = n > 1 ? sqrt(squares / total / (n - 1)) : get_float8_nan();
	return true;
}

/* Raises 22023 for a scale that has no promoters. */
void
cx_score_expect_nps(const CxScore *score)
{
	if (score->low != 0 || score->points != 11)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the Net Promoter Score is defined on scores from 0 to 10"),
						errdetail("The summary has scores from %d to %d.", score->low,
								  score->low + (int32) (score->points - 1)),
						errhint("Use cx.csat or cx.mean.")));
}

/* The shares of promoters (9 and 10) and detractors (0 to 6). */
CxScoreShares
cx_score_nps(CxScore *score)
{
	cx_score_expect_nps(score);
	return cx_score_shares(score, 7, 2);
}
