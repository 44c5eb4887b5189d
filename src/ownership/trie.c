/*
 * trie.c
 *		Globs over dotted labels as one trie: which of them fit a touchpoint.
 *
 * A node has a child for each literal label, one for "*" and one for "**".
 * The walk keeps the set of nodes that the labels so far lead to; the node of a
 * "**" stays in it.  So the work is bounded by labels times nodes, whatever the
 * globs are.
 */
#include "ownership/rules.h"

#define NOWHERE PG_UINT32_MAX

typedef struct TrieNode
{
	uint32 one;	   /* the child of "*" */
	uint32 many;   /* the child of "**" */
	bool literals; /* has children in the table of edges */
	bool repeats;  /* is the child of a "**" */
	uint32 first;  /* its rules: position in numbers */
	uint32 count;
} TrieNode;

typedef struct TrieEdge
{
	uint64 key; /* node and label */
	uint32 child;
	char status;
} TrieEdge;

#define SH_PREFIX edges
#define SH_ELEMENT_TYPE TrieEdge
#define SH_KEY_TYPE uint64
#define SH_KEY key
#define SH_HASH_KEY(tb, key) ((uint32) (((key) *UINT64CONST(0x9e3779b97f4a7c15)) >> 32))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

typedef struct CxTrie
{
	MemoryContext context;
	TrieNode *nodes; /* the first are the roots, one a role */
	uint32 count;
	uint32 capacity;
	edges_hash *edges;
	uint32 *end; /* by rule: its node */
	uint32 rules;
	uint32 rule_capacity;
	uint32 *numbers; /* rules by node, rising */
	uint32 *stamp;	 /* by node: = turn, in the set already */
	uint32 turn;
	uint32 *active; /* the set, and the next one */
	uint32 *next;
	uint32 active_count;
} CxTrie;

static uint32
add_node(CxTrie *trie, bool repeats)
{
	if (trie->count == trie->capacity)
	{
		trie->capacity *= 2;
		trie->nodes = repalloc(trie->nodes, mul_size(trie->capacity, sizeof(TrieNode)));
	}
	trie->nodes[trie->count] = (TrieNode){.one = NOWHERE, .many = NOWHERE, .repeats = repeats};
	return trie->count++;
}

/* An empty trie in the given context. */
CxTrie *
cx_trie_create(MemoryContext context)
{
	CxTrie *trie = MemoryContextAllocZero(context, sizeof(CxTrie));

	trie->context = context;
	trie->capacity = 16;
	trie->nodes = MemoryContextAlloc(context, trie->capacity * sizeof(TrieNode));
	trie->rule_capacity = 16;
	trie->end = MemoryContextAlloc(context, trie->rule_capacity * sizeof(uint32));
	trie->edges = edges_create(context, 64, NULL);
	for (int role = 0; role < CX_ROLES; role++)
		add_node(trie, false);
	return trie;
}

static inline uint64
edge_key(uint32 node, int32 label)
{
	return (uint64) node << 32 | (uint32) label;
}

static uint32
child_of(CxTrie *trie, CxDictionary *labels, uint32 node, CxSpan label)
{
	TrieEdge *edge;
	bool found;
	uint32 child;

	if (cx_span_is(label, "*"))
	{
		if (trie->nodes[node].one == NOWHERE)
		{
			child = add_node(trie, false);
			trie->nodes[node].one = child;
		}
		return trie->nodes[node].one;
	}
	if (cx_span_is(label, "**"))
	{
		if (trie->nodes[node].many == NOWHERE)
		{
			child = add_node(trie, true);
			trie->nodes[node].many = child;
		}
		return trie->nodes[node].many;
	}
	edge = edges_insert(trie->edges,
						edge_key(node, cx_dictionary_label(labels, label.data, label.length, true)),
						&found);
	if (!found)
	{
		trie->nodes[node].literals = true;
		edge->child = add_node(trie, false);
	}
	return edge->child;
}

/* Adds a rule with its glob; rules come in the order of their numbers, from 0. */
void
cx_trie_add(CxTrie *trie, CxDictionary *labels, int role, CxSpan glob, uint32 number)
{
	uint32 node = role;
	bool more = true;

	Assert(number == trie->rules);
	while (more)
	{
		CxSpan label = cx_next_label(&glob, &more);

		node = child_of(trie, labels, node, label);
	}
	if (trie->rules == trie->rule_capacity)
	{
		trie->rule_capacity *= 2;
		trie->end = repalloc(trie->end, mul_size(trie->rule_capacity, sizeof(uint32)));
	}
	trie->end[trie->rules++] = node;
	trie->nodes[node].count++;
}

/* Lists the rules of each node; after this nothing is added. */
void
cx_trie_seal(CxTrie *trie)
{
	uint32 position = 0;

	trie->numbers =
		MemoryContextAlloc(trie->context, mul_size(Max(trie->rules, 1), sizeof(uint32)));
	for (uint32 i = 0; i < trie->count; i++)
	{
		trie->nodes[i].first = position;
		position += trie->nodes[i].count;
		trie->nodes[i].count = 0;
	}
	for (uint32 i = 0; i < trie->rules; i++)
	{
		TrieNode *node = &trie->nodes[trie->end[i]];

		trie->numbers[node->first + node->count++] = i;
	}
	pfree(trie->end);
	trie->end = NULL;
	trie->stamp = MemoryContextAllocZero(trie->context, mul_size(trie->count, sizeof(uint32)));
	trie->active = MemoryContextAlloc(trie->context, mul_size(trie->count, sizeof(uint32)));
	trie->next = MemoryContextAlloc(trie->context, mul_size(trie->count, sizeof(uint32)));
}

/* Begins a new set of nodes. */
static inline void
begin_set(CxTrie *trie)
{
	if (unlikely(++trie->turn == 0))
	{
		memset(trie->stamp, 0, trie->count * sizeof(uint32));
		trie->turn = 1;
	}
}

/* Adds a node, and what "**" behind it makes of no label, to a set. */
static inline uint32
enter(CxTrie *trie, uint32 *set, uint32 size, uint32 node)
{
	while (node != NOWHERE && trie->stamp[node] != trie->turn)
	{
		trie->stamp[node] = trie->turn;
		set[size++] = node;
		node = trie->nodes[node].many;
	}
	return size;
}

/* Finds the nodes at which the globs end that fit a touchpoint. */
void
cx_trie_walk(CxTrie *trie, CxDictionary *labels, int role, const CxSpan *touchpoint)
{
	CxSpan rest = *touchpoint;
	bool more = true;

	begin_set(trie);
	trie->active_count = enter(trie, trie->active, 0, role);
	while (more && trie->active_count > 0)
	{
		CxSpan label = cx_next_label(&rest, &more);
		int32 number = cx_dictionary_find_label(labels, label.data, label.length);
		uint32 *next = trie->next;
		uint32 size = 0;

		CHECK_FOR_INTERRUPTS();
		begin_set(trie);
		for (uint32 i = 0; i < trie->active_count; i++)
		{
			const TrieNode *node = &trie->nodes[trie->active[i]];

			if (node->repeats)
				size = enter(trie, next, size, trie->active[i]);
			size = enter(trie, next, size, node->one);
			if (node->literals && number != CX_NONE)
			{
				TrieEdge *edge = edges_lookup(trie->edges, edge_key(trie->active[i], number));

				if (edge != NULL)
					size = enter(trie, next, size, edge->child);
			}
		}
		trie->next = trie->active;
		trie->active = next;
		trie->active_count = size;
	}
}

/* The number of nodes that the last walk found. */
uint32
cx_trie_found(const CxTrie *trie)
{
	return trie->active_count;
}

/* The rules of a node that the last walk found, rising. */
const uint32 *
cx_trie_rules(const CxTrie *trie, uint32 found, uint32 *count)
{
	const TrieNode *node = &trie->nodes[trie->active[found]];

	*count = node->count;
	return trie->numbers + node->first;
}
