/*
 * erlang.c
 *		Erlang B, C and A without factorials, for any number of agents.
 *
 * B and C rest on the number of ways to have an agent free, relative to all
 * being busy and nobody waiting, which a recursion of sums of positive terms
 * gives.  A (Palm 1957) adds what may wait: with patience that is exponentially
 * distributed, the time that somebody would have to wait has the density
 *		nu p(n) exp(y (1 - exp(-s)) - x s)
 * with s the time in mean patiences, x = agents * patience / handle time, and
 * y = traffic * patience / handle time (Baccelli and Hebuterne 1981).  What is
 * asked for are integrals of it: of positive terms again, and of a function with
 * one peak, so that panels which widen from the peak give all digits.
 */
#include "stats/erlang.h"

#define DEEPEST 50 /* exp(-50) of the peak counts as nothing */

/* what is integrated over the time of waiting, besides its density */
typedef enum Factor
{
	EVERYONE,
	STAYED,
	HUNG_UP,
	STAYED_TIME
} Factor;

/* the density of the time of waiting, relative to its peak */
typedef struct Waiting
{
	float8 x;
	float8 y;
	float8 peak;   /* where it is */
	float8 height; /* its logarithm there, relative to that of no wait */
	float8 limit;  /* where integrals end */
	Factor factor;
} Waiting;

/* nodes and weights of the Gauss-Legendre rule with 20 points on -1..1, one half */
static const float8 nodes[] = {0.07652652113349733, 0.22778585114164508, 0.37370608871541956,
							   0.5108670019508271,	0.636053680726515,	 0.7463319064601508,
							   0.8391169718222188,	0.912234428251326,	 0.9639719272779138,
							   0.9931285991850949};
static const float8 weights[] = {0.15275338713072585, 0.14917298647260374, 0.14209610931838205,
								 0.13168863844917664, 0.11819453196151841, 0.10193011981724044,
								 0.08327674157670475, 0.06267204833410907, 0.04060142980038694,
								 0.017614007139152118};

/*
 * The states with an agent free, weighed against the one with all busy and
 * nobody waiting; infinite where that is next to impossible.
 */
static float8
free_states(float8 traffic, int32 agents)
{
	float8 ratio = 0;

	for (int32 k = 1; k <= agents; k++)
	{
		if ((k & 65535) == 0)
			CHECK_FOR_INTERRUPTS();
		ratio = k / traffic * (1 + ratio);
	}
	return ratio;
}

/* The share of calls that are lost when nobody can wait. */
float8
cx_erlang_b(float8 traffic, int32 agents)
{
	if (traffic == 0)
		return agents == 0 ? 1 : 0;
	return 1 / (1 + free_states(traffic, agents));
}

/* C from the states with an agent free. */
static float8
waiting_share(float8 traffic, int32 agents, float8 ratio)
{
	return 1 / (1 + (agents - traffic) / agents * ratio);
}

/* The share that has to wait when everybody waits for ever; 1 where the queue only grows. */
float8
cx_erlang_c(float8 traffic, int32 agents)
{
	if (traffic >= agents)
		return 1;
	if (traffic == 0)
		return 0;
	return waiting_share(traffic, agents, free_states(traffic, agents));
}

/* exp(-d) - 1 + d, without cancellation. */
static float8
drop(float8 d)
{
	if (fabs(d) < 0.01)
		return d * d * (1 / 2.0 - d * (1 / 6.0 - d * (1 / 24.0 - d * (1 / 120.0 - d / 720))));
	return expm1(-d) + d;
}

/* How far the logarithm of the density lies below its peak. */
static float8
depth(const Waiting *waiting, float8 time)
{
	if (waiting->peak > 0)
		return waiting->x * drop(time - waiting->peak);
	return (waiting->x - waiting->y) * time + waiting->y * drop(time);
}

static float8
integrand(const Waiting *waiting, float8 time)
{
	float8 density = waiting->x * exp(-depth(waiting, time));

	switch (waiting->factor)
	{
		case STAYED:
			return density * exp(-time);
		case HUNG_UP:
			return density * -expm1(-time);
		case STAYED_TIME:
			return density * time * exp(-time);
		default:
			return density;
	}
}

static float8
panel(const Waiting *waiting, float8 start, float8 end)
{
	float8 middle = (start + end) / 2;
	float8 half = (end - start) / 2;
	float8 sum = 0;

	for (int i = 0; i < lengthof(nodes); i++)
		sum += weights[i] * (integrand(waiting, middle - half * nodes[i]) +
							 integrand(waiting, middle + half * nodes[i]));
	return sum * half;
}

/*
 * The integral up to the limit, by panels that double in width, the first being
 * narrower than the peak.  To the left of it the density falls ever faster, and
 * panels stay narrow.
 */
static float8
integral(Waiting *waiting, Factor factor)
{
	float8 first = 1 / (1 + waiting->x);
	float8 sum = 0;
	float8 width = first;
	float8 end;

	waiting->factor = factor;
	for (float8 at = waiting->peak; at > 0 && depth(waiting, at) < DEEPEST; at = end)
	{
		end = Max(at - width, 0);
		if (end < waiting->limit)
			sum += panel(waiting, end, Min(at, waiting->limit));
		width = Min(width * 2, 1);
	}
	width = first;
	for (float8 at = waiting->peak; at < waiting->limit && depth(waiting, at) < DEEPEST; at = end)
	{
		end = Min(at + width, waiting->limit);
		sum += panel(waiting, at, end);
		width *= 2;
	}
	return sum;
}

/*
 * Erlang A.  Patience and threshold are in mean handle times, patience is
 * positive.
 */
CxErlangA
cx_erlang_a(float8 traffic, int32 agents, float8 patience, float8 threshold)
{
	Waiting waiting = {.x = agents * patience, .y = traffic * patience, .limit = INFINITY};
	float8 free;
	float8 busy;
	float8 answered;
	CxErlangA result;

	if (traffic == 0 && agents > 0)
		return (CxErlangA){.within = 1};
	if (agents == 0)
		return (CxErlangA){.wait = 1, .abandon = 1, .answer_wait = NAN};
	if (traffic > agents)
	{
		waiting.peak = log1p((traffic - agents) / agents);
		waiting.height = waiting.x * drop(-waiting.peak);
	}
	free = free_states(traffic, agents) * exp(-waiting.height);
	if (isinf(free))
		return (CxErlangA){.within = 1};
	busy = integral(&waiting, EVERYONE);
	answered = free + integral(&waiting, STAYED);
	result.wait = busy / (free + busy);
	result.abandon = integral(&waiting, HUNG_UP) / (free + busy);
	result.answer_wait = integral(&waiting, STAYED_TIME) / answered;
	waiting.limit = threshold / patience;
	result.within = (free + integral(&waiting, STAYED)) / (free + busy);
	return result;
}

pg_noreturn static void
too_many_agents(void)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					errmsg("more than %d agents would be needed", CX_MAX_AGENTS)));
}

/*
 * The fewest agents with whom a share, between 0 and 1, is answered within the
 * threshold, in mean handle times, when everybody waits for ever.
 */
int32
cx_erlang_c_agents(float8 traffic, float8 share, float8 threshold)
{
	float8 ratio = 0;

	if (traffic == 0)
		return 0;
	for (int32 agents = 1; agents <= CX_MAX_AGENTS; agents++)
	{
		if ((agents & 65535) == 0)
			CHECK_FOR_INTERRUPTS();
		ratio = agents / traffic * (1 + ratio);
		if (agents > traffic &&
			1 - waiting_share(traffic, agents, ratio) * exp((traffic - agents) * threshold) >=
				share)
			return agents;
	}
	too_many_agents();
}

/* The same for people with patience: by bisection, since every agent helps. */
int32
cx_erlang_a_agents(float8 traffic, float8 share, float8 patience, float8 threshold)
{
	int32 few = 0; /* not enough */
	int32 enough = 1;

	if (traffic == 0)
		return 0;
	while (cx_erlang_a(traffic, enough, patience, threshold).within < share)
	{
		if (enough == CX_MAX_AGENTS)
			too_many_agents();
		few = enough;
		enough = Min(enough * 2, CX_MAX_AGENTS);
	}
	while (few + 1 < enough)
	{
		int32 middle = few + (enough - few) / 2;

		if (cx_erlang_a(traffic, middle, patience, threshold).within < share)
			few = middle;
		else
			enough = middle;
	}
	return enough;
}
