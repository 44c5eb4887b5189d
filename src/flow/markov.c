/*
 * markov.c
 *		An absorbing Markov chain given by counts, solved exactly.
 *
 * States are eliminated one after the other: who would have come to a state
 * goes on at once to where it leads.  When only the start is left, its weights
 * are the answer.  A state's weights need not add up to 1, and where a state
 * divides, it is by the sum of its own weights (Grassmann, Taksar and Heyman,
 * 1985): nothing is ever subtracted, so no digits are lost, however long the way
 * to absorption, and there is no singular case.  States with few neighbours go
 * first, which keeps sparse chains sparse.
 *
 * What becomes of the chain when a part (a touchpoint) is taken away, for every
 * part: those who come to a state with that part are lost.  All states without
 * parts of one half of the parts are eliminated, then those without parts of a
 * quarter, and so on, and the same for the other halves, so that the parts
 * share most of the work.
 */
#include "flow/markov.h"

#include "lib/pairingheap.h"

#define MOST_PARTS 4 /* of a state */
#define FEWEST_EDGES 4

typedef struct Edge
{
	uint32 to;
	float8 weight;
} Edge;

typedef struct State
{
	pairingheap_node node;
	uint64 cost; /* of elimination, as estimated when it was put on the heap */
	uint32 parts[MOST_PARTS];
	uint32 part_count;
	uint32 edge_count;
	uint32 edge_room;
	uint32 source_count; /* sources that are left */
	uint32 source_size;	 /* entries of sources, eliminated ones included */
	uint32 source_room;
	bool gone;
	Edge *edges;	 /* by target; none to the state itself */
	uint32 *sources; /* states with an edge to this one */
	float8 conversions;
	float8 lost;
	float8 value;
} State;

/* state 0 is the start; it has no parts and no sources */
struct CxChain
{
	MemoryContext context;
	uint64 *edge_total; /* of this chain and those that it was copied from */
	uint64 edge_count;	/* of this chain */
	uint32 count;
	State *states;
	Edge *scratch;
	uint32 scratch_room;
};

static CxChain *
make_chain(uint32 states, uint64 *edge_total)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "cx chain", ALLOCSET_DEFAULT_SIZES);
	CxChain *chain = MemoryContextAllocZero(context, sizeof(CxChain));

	chain->context = context;
	chain->edge_total = edge_total;
	chain->count = states;
	chain->states = MemoryContextAllocExtended(context, mul_size(states, sizeof(State)),
											   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	return chain;
}

static void
free_chain(CxChain *chain)
{
	*chain->edge_total -= chain->edge_count;
	MemoryContextDelete(chain->context);
}

/* Raises the error of a chain that takes too much to solve. */
pg_noreturn static void
too_large(const char *what, uint64 most)
{
	ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("Markov chain is too large"),
					errdetail("It has more than " UINT64_FORMAT " %s.", most, what),
					errhint("Use a lower markov_order, or fewer touchpoints (cx.truncate, "
							"cx.rename, cx.filter).")));
}

/* A chain without edges; state 0 is the start. */
CxChain *
cx_chain_new(uint64 states)
{
	if (states > CX_MAX_CHAIN_STATES)
		too_large("states", CX_MAX_CHAIN_STATES);
	return make_chain(states, palloc0(sizeof(uint64)));
}

/* Says which parts a state has. */
void
cx_chain_set_parts(CxChain *chain, uint32 state, const uint32 *parts, uint32 count)
{
	Assert(count <= MOST_PARTS);
	chain->states[state].part_count = count;
	memcpy(chain->states[state].parts, parts, count * sizeof(uint32));
}

static void
add_source(CxChain *chain, State *state, uint32 source)
{
	if (state->source_size == state->source_room)
	{
		state->source_room = Max(state->source_room * 2, FEWEST_EDGES);
		state->sources =
			state->sources == NULL ?
				MemoryContextAlloc(chain->context, state->source_room * sizeof(uint32)) :
				repalloc_huge(state->sources, mul_size(state->source_room, sizeof(uint32)));
	}
	state->sources[state->source_size++] = source;
	state->source_count++;
}

static void
make_room(CxChain *chain, State *state, uint32 edges)
{
	if (edges <= state->edge_room)
		return;
	state->edge_room = Max(Max(state->edge_room * 2, FEWEST_EDGES), edges);
	state->edges = state->edges == NULL ?
					   MemoryContextAlloc(chain->context, state->edge_room * sizeof(Edge)) :
					   repalloc_huge(state->edges, mul_size(state->edge_room, sizeof(Edge)));
}

/* Counts edges that were added, or taken away, against the limit. */
static void
count_edges(CxChain *chain, int64 edges)
{
	chain->edge_count += edges;
	*chain->edge_total += edges;
	if (*chain->edge_total > CX_MAX_CHAIN_EDGES)
		too_large("transitions while it is solved", CX_MAX_CHAIN_EDGES);
}

/* The place of an edge, or where it belongs. */
static uint32
find_edge(const State *state, uint32 to)
{
	uint32 low = 0;
	uint32 high = state->edge_count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (state->edges[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Adds weight to an edge between two states, which is made if there is none. */
void
cx_chain_add_edge(CxChain *chain, uint32 from, uint32 to, float8 weight)
{
	State *state = &chain->states[from];
	uint32 place = find_edge(state, to);

	Assert(from != to && to != 0);
	if (place < state->edge_count && state->edges[place].to == to)
	{
		state->edges[place].weight += weight;
		return;
	}
	make_room(chain, state, state->edge_count + 1);
	memmove(&state->edges[place + 1], &state->edges[place],
			(state->edge_count - place) * sizeof(Edge));
	state->edges[place] = (Edge){to, weight};
	state->edge_count++;
	count_edges(chain, 1);
	add_source(chain, &chain->states[to], from);
}

/* Adds to what ends in a state; value is the sum over the conversions. */
void
cx_chain_add_end(CxChain *chain, uint32 state, float8 conversions, float8 others, float8 value)
{
	chain->states[state].conversions += conversions;
	chain->states[state].lost += others;
	chain->states[state].value += value;
}

/* The sum of a state's weights. */
static float8
total_of(const State *state)
{
	float8 total = state->conversions + state->lost;

	for (uint32 i = 0; i < state->edge_count; i++)
		total += state->edges[i].weight;
	return total;
}

/*
 * Replaces a state's edge to another by that one's edges, times a factor.  The
 * edge that would lead back to the state itself changes nothing and is left out.
 */
static void
redirect(CxChain *chain, uint32 number, uint32 place, const State *through, float8 factor)
{
	State *state = &chain->states[number];
	uint32 most = state->edge_count + through->edge_count;
	uint32 i = 0;
	uint32 k = 0;
	uint32 count = 0;

	if (most > chain->scratch_room)
	{
		chain->scratch_room = most * 2;
		chain->scratch =
			chain->scratch == NULL ?
				MemoryContextAllocHuge(chain->context,
									   mul_size(chain->scratch_room, sizeof(Edge))) :
				repalloc_huge(chain->scratch, mul_size(chain->scratch_room, sizeof(Edge)));
	}
	while (i < state->edge_count || k < through->edge_count)
	{
		uint32 mine = i < state->edge_count ? state->edges[i].to : PG_UINT32_MAX;
		uint32 other = k < through->edge_count ? through->edges[k].to : PG_UINT32_MAX;
		Edge *edge = &chain->scratch[count];

		if (i == place && mine <= other)
		{
			i++;
			continue;
		}
		if (other == number && other <= mine)
		{
			k++;
			continue;
		}
		*edge = (Edge){Min(mine, other), 0};
		if (mine == edge->to)
			edge->weight = state->edges[i++].weight;
		else
			add_source(chain, &chain->states[other], number);
		if (other == edge->to)
			edge->weight += factor * through->edges[k++].weight;
		count++;
	}
	make_room(chain, state, count);
	memcpy(state->edges, chain->scratch, count * sizeof(Edge));
	count_edges(chain, (int64) count - state->edge_count);
	state->edge_count = count;
}

/* Takes a state out of the chain.  Who comes to one that leads nowhere is lost. */
static void
eliminate(CxChain *chain, uint32 number)
{
	State *state = &chain->states[number];
	float8 total = total_of(state);

	for (uint32 i = 0; i < state->source_size; i++)
	{
		State *source = &chain->states[state->sources[i]];
		uint32 place;
		float8 weight;
		float8 factor;

		if (source->gone)
			continue;
		CHECK_FOR_INTERRUPTS();
		place = find_edge(source, number);
		weight = source->edges[place].weight;
		factor = total > 0 ? weight / total : 0;
		source->conversions += factor * state->conversions;
		source->lost += total > 0 ? factor * state->lost : weight;
		source->value += factor * state->value;
		redirect(chain, state->sources[i], place, state, factor);
	}
	for (uint32 i = 0; i < state->edge_count; i++)
		chain->states[state->edges[i].to].source_count--;
	count_edges(chain, -(int64) state->edge_count);
	if (state->edges != NULL)
		pfree(state->edges);
	if (state->sources != NULL)
		pfree(state->sources);
	state->edges = NULL;
	state->sources = NULL;
	state->edge_count = 0;
	state->gone = true;
}

/* True when a state has a part from a range. */
static bool
has_part(const State *state, uint32 first, uint32 end)
{
	for (uint32 i = 0; i < state->part_count; i++)
		if (state->parts[i] >= first && state->parts[i] < end)
			return true;
	return false;
}

static uint64
cost_of(const State *state)
{
	return (uint64) state->source_count * state->edge_count;
}

/* The cheapest comes first; among equals, the first. */
static int
compare_cost(const pairingheap_node *a, const pairingheap_node *b, void *arg)
{
	const State *x = pairingheap_const_container(State, node, a);
	const State *y = pairingheap_const_container(State, node, b);

	if (x->cost != y->cost)
		return x->cost < y->cost ? 1 : -1;
	return (x < y) - (x > y);
}

/* Eliminates all states but the start and those with a part from a range. */
static void
eliminate_without(CxChain *chain, uint32 first, uint32 end)
{
	pairingheap *heap = pairingheap_allocate(compare_cost, NULL);

	for (uint32 i = 1; i < chain->count; i++)
	{
		State *state = &chain->states[i];

		if (state->gone || has_part(state, first, end))
			continue;
		state->cost = cost_of(state);
		pairingheap_add(heap, &state->node);
	}
	while (!pairingheap_is_empty(heap))
	{
		State *state = pairingheap_container(State, node, pairingheap_remove_first(heap));
		uint64 cost = cost_of(state);

		if (cost > state->cost)
		{
			/* its neighbourhood has grown since */
			state->cost = cost;
			pairingheap_add(heap, &state->node);
		}
		else
			eliminate(chain, state - chain->states);
	}
	pairingheap_free(heap);
}

/* A copy of what is left of a chain, numbered anew. */
static CxChain *
copy_chain(const CxChain *chain)
{
	uint32 *numbers = cx_palloc_array(uint32, chain->count);
	uint32 count = 0;
	CxChain *copy;

	for (uint32 i = 0; i < chain->count; i++)
		if (!chain->states[i].gone)
			numbers[i] = count++;
	copy = make_chain(count, chain->edge_total);
	for (uint32 i = 0; i < chain->count; i++)
	{
		const State *from = &chain->states[i];
		State *to;

		if (from->gone)
			continue;
		CHECK_FOR_INTERRUPTS();
		to = &copy->states[numbers[i]];
		memcpy(to->parts, from->parts, sizeof(to->parts));
		to->part_count = from->part_count;
		to->conversions = from->conversions;
		to->lost = from->lost;
		to->value = from->value;
		make_room(copy, to, from->edge_count);
		for (uint32 k = 0; k < from->edge_count; k++)
		{
			to->edges[k] = (Edge){numbers[from->edges[k].to], from->edges[k].weight};
			add_source(copy, &copy->states[to->edges[k].to], numbers[i]);
		}
		to->edge_count = from->edge_count;
		count_edges(copy, to->edge_count);
	}
	pfree(numbers);
	return copy;
}

/* What the start has when all states that count have been eliminated. */
static CxAbsorbed
result_of(const CxChain *chain)
{
	const State *start = &chain->states[0];
	float8 total = total_of(start);

	if (total <= 0)
		return (CxAbsorbed){0, 0};
	return (CxAbsorbed){start->conversions / total, start->value / total};
}

/*
 * Fills without for a range of parts, from a chain that has only states with such
 * parts.  The last of all chains, of the states with part 0, also tells about
 * the whole.
 */
static void
solve_range(CxChain *chain, uint32 first, uint32 end, CxAbsorbed *without, CxAbsorbed *whole)
{
	uint32 middle = first + (end - first) / 2;

	check_stack_depth();
	if (end - first <= 1)
	{
		if (end > first)
			without[first] = result_of(chain);
		if (first == 0)
		{
			eliminate_without(chain, 0, 0);
			*whole = result_of(chain);
		}
		return;
	}
	for (int half = 0; half < 2; half++)
	{
		CxChain *copy = copy_chain(chain);
		uint32 from = half == 0 ? first : middle;
		uint32 to = half == 0 ? middle : end;

		eliminate_without(copy, from, to);
		solve_range(copy, from, to, without, whole);
		free_chain(copy);
	}
}

/*
 * Tells what becomes of those who start, and for each part, numbered from 0, what
 * would if the states that have it led nowhere.  Uses the chain up.
 */
CxAbsorbed
cx_chain_solve(CxChain *chain, uint32 part_count, CxAbsorbed *without)
{
	CxAbsorbed whole;

	solve_range(chain, 0, part_count, without, &whole);
	free_chain(chain);
	return whole;
}
