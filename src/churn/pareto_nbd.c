/*
 * pareto_nbd.c
 *		Pareto/NBD: customers buy at a rate of their own, gamma distributed (shape
 *		r, rate alpha), and leave at any time at a rate of their own, gamma
 *		distributed too (shape s, rate beta).
 *
 * Schmittlein, Morrison and Colombo 1987.  A customer is alive at age, or left at
 * some time y after the last purchase.  The integral over y, which is usually
 * written as a difference of two hypergeometric functions, is done numerically:
 * its terms are positive, so nothing cancels out, and all derivatives come from
 * the same points.  With v = ln (m + y), m the smaller of alpha and beta, the
 * integrand has no singularity closer than pi to the real line, and Gauss' rule
 * with 16 points is exact to the last digits on spans of at most 2 in which the
 * integrand falls by not much more than e^6.
 */
#include "churn/buying.h"

#include "stats/quadrature.h"
#include "stats/special.h"

#define WIDEST_SPAN 2.0
#define STEEPEST_SPAN 5.0
#define NEGLIGIBLE 50.0 /* of the exponent: e^-50 is less than the last digit of e^0 */

enum
{
	R,
	ALPHA,
	S,
	BETA
};

/* the likelihood of a time y of leaving or of being alive, relative to that of y = recency */
typedef struct Moments
{
	float8 total;		 /* of the weights */
	float8 first[4];	 /* weighted sums of derivatives of the logarithm */
	float8 second[4][4]; /* weighted sums of products of those; [i][j] with i <= j */
	float8 rate_alpha;	 /* and of the second derivatives: r and alpha */
	float8 alpha_alpha;
	float8 leave_beta; /* s and beta */
	float8 beta_beta;
	float8 leave_leave; /* s and s */
} Moments;

/* a customer, and the distances from recency on */
typedef struct Buyer
{
	float8 buys;		 /* r + x */
	float8 alpha;		 /* alpha + recency */
	float8 beta;		 /* beta + recency */
	float8 span;		 /* age - recency */
	float8 log_unlikely; /* ln of how much less likely alive at age is than a day of leaving */
} Buyer;

static Buyer
buyer_of(const float8 *p, const CxBuyer *known)
{
	Buyer buyer = {p[R] + known->frequency, p[ALPHA] + known->recency, p[BETA] + known->recency,
				   known->age - known->recency};

	buyer.log_unlikely =
		buyer.buys * log1p(buyer.span / buyer.alpha) + p[S] * log1p(buyer.span / buyer.beta);
	return buyer;
}

/* Adds a point of the integral or, alive, the whole other case to the moments. */
static inline void
add(Moments *sum, float8 weight, float8 log_alpha, float8 per_alpha, float8 buys, float8 log_beta,
	float8 per_beta, float8 leaves, float8 per_s)
{
	float8 d[4] = {-log_alpha, -buys * per_alpha, per_s - log_beta, -leaves * per_beta};

	for (int i = 0; i < 4; i++)
	{
		float8 weighted = weight * d[i];

		sum->first[i] += weighted;
		for (int j = i; j < 4; j++)
			sum->second[i][j] += weighted * d[j];
	}
	sum->rate_alpha -= weight * per_alpha;
	sum->alpha_alpha += weight * buys * per_alpha * per_alpha;
	sum->leave_beta -= weight * per_beta;
	sum->beta_beta += weight * leaves * per_beta * per_beta;
	sum->leave_leave -= weight * per_s * per_s;
}

/*
 * Integrates over the times of leaving: returns the integral of
 * s (alpha + y)^-(r + x) (beta + y)^-(s + 1) from recency to age, over
 * (alpha + recency)^-(r + x) (beta + recency)^-s, and adds to the moments if there
 * are any.
 */
static float8
integrate(const float8 *p, const Buyer *buyer, Moments *moments)
{
	bool alpha_is_least = buyer->alpha <= buyer->beta;
	float8 least = alpha_is_least ? buyer->alpha : buyer->beta;
	float8 most = alpha_is_least ? buyer->beta : buyer->alpha;
	float8 at_least = alpha_is_least ? buyer->buys : p[S] + 1;
	float8 at_most = alpha_is_least ? p[S] + 1 : buyer->buys;
	float8 end = log1p(buyer->span / least);
	float8 grown = 1; /* (least + y - recency) / least where a span starts */
	float8 total = 0;

	for (float8 from = 0; from < end;)
	{
		float8 slope = at_least + at_most * least * grown / (most + least * (grown - 1));
		float8 width = Min(WIDEST_SPAN, STEEPEST_SPAN / slope);
		float8 spans = ceil((end - from) / width);
		float8 half;

		width = (end - from) / Max(spans, 1);
		half = width / 2;
		for (int i = 0; i < 2 * CX_GAUSS_POINTS; i++)
		{
			int k = i / 2;
			float8 v = from + half * (i % 2 == 0 ? 1 - cx_gauss_point[k] : 1 + cx_gauss_point[k]);
			float8 distance = least * expm1(v);
			float8 log_other = log1p(distance / most);
			float8 weight = p[S] / buyer->beta * half * cx_gauss_weight[k] * (least + distance) *
							exp(-at_least * v - at_most * log_other);

			total += weight;
			if (moments != NULL)
				add(moments, weight, alpha_is_least ? v : log_other, 1 / (buyer->alpha + distance),
					buyer->buys, alpha_is_least ? log_other : v, 1 / (buyer->beta + distance),
					p[S] + 1, 1 / p[S]);
		}
		from = spans <= 1 ? end : from + width;
		grown = exp(from);
		if (at_least * from + at_most * log1p(least * (grown - 1) / most) > NEGLIGIBLE)
			break;
	}
	return total;
}

/* Adds a buyer's part of the likelihood. */
static void
add_buyer(CxExpansion *at, const float8 *p, const CxBuyer *known, const CxJet *rate)
{
	Buyer buyer = buyer_of(p, known);
	Moments sum = {0};
	float8 weight = known->weight;
	float8 alive = exp(-buyer.log_unlikely);
	float8 log_alpha = log1p(known->recency / p[ALPHA]);
	float8 mean[4];

	sum.total = integrate(p, &buyer, &sum) + alive;
	add(&sum, alive, log1p(buyer.span / buyer.alpha), 1 / (buyer.alpha + buyer.span), buyer.buys,
		log1p(buyer.span / buyer.beta), 1 / (buyer.beta + buyer.span), p[S], 0);
	for (int i = 0; i < 4; i++)
		mean[i] = sum.first[i] / sum.total;
	at->value += weight * (rate->value - p[R] * log_alpha - known->frequency * log(buyer.alpha) -
						   p[S] * log1p(known->recency / p[BETA]) + log(sum.total));
	at->gradient[R] += weight * (rate->first - log_alpha + mean[R]);
	at->gradient[ALPHA] += weight * (p[R] / p[ALPHA] + mean[ALPHA]);
	at->gradient[S] += weight * (mean[S] - log1p(known->recency / p[BETA]));
	at->gradient[BETA] += weight * (p[S] / p[BETA] + mean[BETA]);
	for (int i = 0; i < 4; i++)
		for (int j = i; j < 4; j++)
			at->hessian[i][j] += weight * (sum.second[i][j] / sum.total - mean[i] * mean[j]);
	at->hessian[R][R] += weight * rate->second;
	at->hessian[R][ALPHA] += weight * (1 / p[ALPHA] + sum.rate_alpha / sum.total);
	at->hessian[ALPHA][ALPHA] +=
		weight * (sum.alpha_alpha / sum.total - p[R] / (p[ALPHA] * p[ALPHA]));
	at->hessian[S][S] += weight * sum.leave_leave / sum.total;
	at->hessian[S][BETA] += weight * (1 / p[BETA] + sum.leave_beta / sum.total);
	at->hessian[BETA][BETA] += weight * (sum.beta_beta / sum.total - p[S] / (p[BETA] * p[BETA]));
}

static void
likelihood(const float8 *p, const CxBuyer *buyers, uint32 count, CxExpansion *at)
{
	float8 frequency = -1;
	CxJet rate = {0, 0, 0};

	for (uint32 i = 0; i < count; i++)
	{
		if ((i & 0xfff) == 0)
			CHECK_FOR_INTERRUPTS();
		if (buyers[i].frequency != frequency)
		{
			frequency = buyers[i].frequency;
			rate = cx_log_rising(p[R], frequency);
		}
		add_buyer(at, p, &buyers[i], &rate);
	}
}

static bool
start(const CxBuyer *buyers, uint32 count, int i, float8 *p)
{
	/* r, s, and beta in mean ages */
	static const float8 starts[][3] = {{0.3, 0.6, 0.4}, {1, 0.6, 0.4}, {4, 0.6, 0.4},
									   {0.3, 1, 4},		{1, 1, 4},	   {1, 2, 1}};
	float8 weight = 0;
	float8 time = 0;

	if (i >= lengthof(starts))
		return false;
	for (uint32 k = 0; k < count; k++)
	{
		weight += buyers[k].weight;
		time += buyers[k].weight * buyers[k].age;
	}
	p[R] = starts[i][0];
	p[ALPHA] = p[R] * cx_rate_scale(buyers, count);
	p[S] = starts[i][1];
	p[BETA] = time > 0 ? starts[i][2] * time / weight : 1;
	return true;
}

static float8
log_alive(const float8 *p, const CxBuyer *known)
{
	Buyer buyer = buyer_of(p, known);
	float8 gone = integrate(p, &buyer, NULL);

	return -cx_log_add(0, log(gone) + buyer.log_unlikely);
}

/* (1 - (beta / (beta + horizon))^e) / e, also where e is 0. */
static float8
expected(const float8 *p, const CxBuyer *buyer, float8 horizon)
{
	float8 e = p[S] - 1;
	float8 log_ratio = log1p(horizon / (p[BETA] + buyer->age));
	float8 share = e == 0 ? log_ratio : -expm1(-e * log_ratio) / e;

	return (p[R] + buyer->frequency) / (p[ALPHA] + buyer->age) * (p[BETA] + buyer->age) * share;
}

static float8
scale_of_time(const float8 *p, const CxBuyer *buyer)
{
	return p[BETA] + buyer->age;
}

/* what the chance of a number of purchases before leaving depends on */
typedef struct Counting
{
	const float8 *p;
	float8 purchases;
	float8 horizon;
} Counting;

/* Leaves at a time within the horizon, by its logit, after so many purchases. */
static float8
leave_integrand(float8 logit, void *arg)
{
	const Counting *c = arg;
	float8 share = 1 / (1 + exp(-logit));
	float8 rest = 1 / (1 + exp(logit));
	float8 time = share * c->horizon;

	if (time == 0 || rest == 0)
		return 0;
	return time * rest * c->p[S] / (c->p[BETA] + time) * exp(-c->p[S] * log1p(time / c->p[BETA])) *
		   cx_nbd_probability(c->p, c->purchases, time);
}

/* The derivative of the integrand's logarithm, which falls from positive to negative. */
static float8
leave_slope(float8 logit, const Counting *c)
{
	float8 share = 1 / (1 + exp(-logit));
	float8 rest = 1 / (1 + exp(logit));
	float8 time = share * c->horizon;

	return (c->purchases + 1) * rest - share -
		   time * rest *
			   ((c->p[R] + c->purchases) / (c->p[ALPHA] + time) +
				(c->p[S] + 1) / (c->p[BETA] + time));
}

/* Where the integrand is largest. */
static float8
leave_mode(const Counting *c)
{
	float8 low = -700;
	float8 high = 700;

	for (int i = 0; i < 60; i++)
	{
		float8 middle = (low + high) / 2;

		if (leave_slope(middle, c) > 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static float8
probability(const float8 *p, float8 purchases, float8 horizon)
{
	Counting counting = {p, purchases, horizon};
	float8 mode;
	float8 curvature;

	if (horizon == 0)
		return purchases == 0;
	mode = leave_mode(&counting);
	curvature = leave_slope(mode - 0.01, &counting) - leave_slope(mode + 0.01, &counting);
	return exp(-p[S] * log1p(horizon / p[BETA])) * cx_nbd_probability(p, purchases, horizon) +
		   cx_integrate_line(leave_integrand, &counting, mode, sqrt(0.02 / curvature));
}

const CxBuyingMethods cx_pareto_nbd = {
	.name = "pareto_nbd",
	.terms = {"r", "alpha", "s", "beta"},
	.check = cx_check_purchases,
	.likelihood = likelihood,
	.start = start,
	.log_alive = log_alive,
	.expected = expected,
	.probability = probability,
	.time_scale = scale_of_time,
};
