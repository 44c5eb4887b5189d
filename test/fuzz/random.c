/*
 * random.c
 *		Random numbers (splitmix64): the same on every server version.
 */
#include "postgres.h"

#include "edit.h"

uint64
rng_next(Rng *rng)
{
	uint64 z = (rng->state += UINT64CONST(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Starts one of many independent streams of a seed. */
void
rng_start(Rng *rng, uint64 seed, uint64 stream)
{
	rng->state = seed;
	rng->state = rng_next(rng) ^ stream * UINT64CONST(0xD1342543DE82EF95);
	rng_next(rng);
}

/* Returns a number from 0 to n - 1, and 0 for n = 0. */
uint32
rng_below(Rng *rng, uint32 n)
{
	return n == 0 ? 0 : (uint32) (((rng_next(rng) >> 32) * n) >> 32);
}

/* Returns a length from 1 to max, short ones more often. */
int
some_length(Rng *rng, int max)
{
	static const int scale[] = {1, 2, 4, 8, 16, 64, 256, 1024};
	int limit = scale[rng_below(rng, lengthof(scale))];

	return 1 + rng_below(rng, Min(limit, max));
}

/* How many mutations to stack: mostly few. */
int
some_depth(Rng *rng)
{
	int depth = 1;

	while (depth < 12 && rng_below(rng, 2))
		depth++;
	return depth;
}
