/*
 * program.c
 *		Compiles a pattern's tree to positions and links (Glushkov's
 *		construction: no empty moves, a position a selector).
 */
#include "pattern/program.h"

#include "port/pg_bswap.h"

/* which positions a part of the pattern can begin and end with */
typedef struct Fragment
{
	bool nullable;
	int first_count;
	int *first;
	int last_count;
	int *last;
} Fragment;

typedef struct Compiler
{
	CxProgram *program;
	bool full;
} Compiler;

#define MAX_NAMES 32 /* more are looked up in the general way */

static const CxLink next_touch = {.adjacent = true};

static int
add_selector(Compiler *compiler, const CxSelector *selector)
{
	CxProgram *program = compiler->program;

	for (int i = 0; i < program->selector_count; i++)
		if (program->selectors[i] == selector)
			return i;
	program->selectors = cx_room(program->selectors, program->selector_count, sizeof(CxSelector *));
	program->selectors[program->selector_count] = selector;
	return program->selector_count++;
}

static int
add_position(Compiler *compiler, const CxSelector *selector)
{
	CxProgram *program = compiler->program;

	program->positions = cx_room(program->positions, program->position_count, sizeof(CxPosition));
	memset(&program->positions[program->position_count], 0, sizeof(CxPosition));
	program->positions[program->position_count].selector = add_selector(compiler, selector);
	return program->position_count++;
}

/* The port into a position by a link, made if there is none yet. */
static int
add_port(Compiler *compiler, int target, const CxLink *link)
{
	CxProgram *program = compiler->program;

	for (int i = program->port_count - 1; i >= 0; i--)
		if (program->ports[i].target == target && program->ports[i].link == link)
			return i;
	program->ports = cx_room(program->ports, program->port_count, sizeof(CxPort));
	program->ports[program->port_count] = (CxPort){
		link, target, link->excluded == NULL ? -1 : add_selector(compiler, link->excluded)};
	return program->port_count++;
}

static bool
contains(const int *numbers, int count, int number)
{
	for (int i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* Appends the numbers that are not there yet. */
static void
append_all(int **numbers, int *count, const int *more, int more_count)
{
	int *joined = cx_palloc_array(int, *count + more_count);

	if (*count > 0)
		memcpy(joined, *numbers, sizeof(int) * *count);
	for (int i = 0; i < more_count; i++)
		if (!contains(joined, *count, more[i]))
			joined[(*count)++] = more[i];
	*numbers = joined;
}

/* Lets every last position of one part lead to every first one of another. */
static void
connect(Compiler *compiler, const Fragment *from, const Fragment *to, const CxLink *link)
{
	for (int t = 0; t < to->first_count; t++)
	{
		int port = add_port(compiler, to->first[t], link);

		for (int f = 0; f < from->last_count; f++)
		{
			CxPosition *position = &compiler->program->positions[from->last[f]];

			CHECK_FOR_INTERRUPTS();
			if (contains(position->ports, position->port_count, port))
				continue;
			position->ports = cx_room(position->ports, position->port_count, sizeof(int));
			position->ports[position->port_count++] = port;
		}
	}
}

static Fragment compile_node(Compiler *compiler, const CxNode *node);

/*
 * Joins the parts of a sequence.  Between two parts stands the link before the
 * later one, whatever optional parts between them are absent.
 */
static Fragment
join(Compiler *compiler, const Fragment *done, const Fragment *next, const CxLink *link)
{
	Fragment joined = {.nullable = done->nullable && next->nullable};

	connect(compiler, done, next, link);
	append_all(&joined.first, &joined.first_count, done->first, done->first_count);
	if (done->nullable)
		append_all(&joined.first, &joined.first_count, next->first, next->first_count);
	append_all(&joined.last, &joined.last_count, next->last, next->last_count);
	if (next->nullable)
		append_all(&joined.last, &joined.last_count, done->last, done->last_count);
	return joined;
}

/* Writes a repetition out: the copies that must be, then those that may be. */
static Fragment
compile_repeat(Compiler *compiler, const CxNode *node)
{
	const CxLink *again = node->again == NULL ? &next_touch : node->again;
	int copies = node->most >= 0 ? node->most : Max(node->least, 1);
	Fragment whole = {.nullable = true};

	for (int i = 0; i < copies && !compiler->full; i++)
	{
		Fragment copy = compile_node(compiler, node->children[0]);

		if (node->most < 0 && i == copies - 1)
			connect(compiler, &copy, &copy, again);
		if (i >= node->least)
			copy.nullable = true;
		whole = i == 0 ? copy : join(compiler, &whole, &copy, again);
	}
	return whole;
}

static Fragment
compile_node(Compiler *compiler, const CxNode *node)
{
	Fragment fragment = {0};

	check_stack_depth();
	if (compiler->program->position_count >= CX_MAX_POSITIONS)
		compiler->full = true;
	if (compiler->full)
		return fragment;
	switch (node->kind)
	{
		case CX_ONE_TOUCH:
			fragment.first = cx_palloc_array(int, 1);
			fragment.first[0] = add_position(compiler, node->selector);
			fragment.last = fragment.first;
			fragment.first_count = fragment.last_count = 1;
			return fragment;
		case CX_SEQUENCE:
			fragment = compile_node(compiler, node->children[0]);
			for (int i = 1; i < node->count && !compiler->full; i++)
			{
				Fragment next = compile_node(compiler, node->children[i]);

				fragment = join(compiler, &fragment, &next, node->links[i - 1]);
			}
			return fragment;
		case CX_ALTERNATIVES:
			for (int i = 0; i < node->count; i++)
			{
				Fragment one = compile_node(compiler, node->children[i]);

				fragment.nullable |= one.nullable;
				append_all(&fragment.first, &fragment.first_count, one.first, one.first_count);
				append_all(&fragment.last, &fragment.last_count, one.last, one.last_count);
			}
			return fragment;
		default:
			return compile_repeat(compiler, node);
	}
}

/* Collects the selectors without which nothing matches. */
static void
collect_required(Compiler *compiler, const CxNode *node)
{
	CxProgram *program = compiler->program;

	check_stack_depth();
	if (node->kind == CX_ONE_TOUCH)
	{
		int selector = add_selector(compiler, node->selector);

		append_all(&program->required, &program->required_count, &selector, 1);
	}
	else if (node->kind == CX_SEQUENCE)
		for (int i = 0; i < node->count; i++)
			collect_required(compiler, node->children[i]);
	else if (node->kind == CX_REPEAT && node->least > 0)
		collect_required(compiler, node->children[0]);
}

/*
 * Computes each position's rest by relaxation: rounds of improving until
 * nothing improves, at most one a position.
 */
static void
compute_rests(CxProgram *program)
{
	bool improved = true;

	for (int i = 0; i < program->position_count; i++)
		program->positions[i].rest = program->positions[i].ends ? 0 : PG_INT64_MAX;
	while (improved)
	{
		improved = false;
		for (int i = program->position_count; i-- > 0;)
		{
			CxPosition *position = &program->positions[i];

			for (int k = 0; k < position->port_count; k++)
			{
				const CxPort *port = &program->ports[position->ports[k]];
				int64 rest = program->positions[port->target].rest;

				if (rest != PG_INT64_MAX &&
					!pg_add_s64_overflow(rest, port->link->least + port->link->least_strict,
										 &rest) &&
					rest < position->rest)
				{
					position->rest = rest;
					improved = true;
				}
			}
		}
	}
}

/* Adds a selector to the names it consists of; false if it tests anything else. */
static bool
list_names(CxProgram *program, const CxSelector *selector, uint64 bit)
{
	const CxSpan *text = &selector->parts[CX_TOUCHPOINT].text;

	check_stack_depth();
	if (selector->kind == CX_OR)
	{
		for (int i = 0; i < selector->operand_count; i++)
			if (!list_names(program, selector->operands[i], bit))
				return false;
		return true;
	}
	if (selector->kind == CX_NOT || selector->condition_count > 0 ||
		selector->parts[CX_TOUCHPOINT].count == 0 || !selector->parts[CX_TOUCHPOINT].exact ||
		selector->parts[CX_CHANNEL].count > 0 || selector->parts[CX_TEAM].count > 0)
		return false;
	for (int i = 1; i <= program->name_count; i++)
	{
		if (cx_span_equal(&program->names[i].text, text))
		{
			program->names[i].selectors |= bit;
			return true;
		}
	}
	if (program->name_count == MAX_NAMES)
		return false;
	program->names[++program->name_count] =
		(CxName){cx_text_prefix(text->data, text->length), cx_text_suffix(text->data, text->length),
				 *text, bit};
	return true;
}

static int
compare_deadlines(const void *a, const void *b)
{
	uint64 left = ((const CxDeadline *) a)->first;
	uint64 right = ((const CxDeadline *) b)->first;

	return (left > right) - (left < right);
}

/* Puts the names into a hash table; false if two collide. */
static bool
place_names(CxProgram *program)
{
	memset(program->name_slots, 0, sizeof(program->name_slots));
	for (int i = 1; i <= program->name_count; i++)
	{
		const CxName *name = &program->names[i];
		uint8 *slot =
			&program->name_slots[cx_name_slot(name->first, name->last, program->name_seed)];

		if (*slot != 0)
			return false;
		*slot = i;
	}
	return true;
}

/* Looks for a hash of the names without collisions; false if there is hardly one. */
static bool
index_names(CxProgram *program)
{
	program->name_seed = UINT64CONST(0x9E3779B97F4A7C15);
	for (int attempt = 0; attempt < 1000; attempt++)
	{
		if (place_names(program))
			return true;
		program->name_seed = program->name_seed * UINT64CONST(6364136223846793005) + 2;
	}
	return false;
}

/*
 * Works out behind which labels it is clear that a selector is missing, and
 * behind which that no name is left: a deadline for no selector.
 */
static void
find_deadlines(CxProgram *program)
{
	CxDeadline *end;

	program->deadlines = palloc0(sizeof(CxDeadline) * (program->required_count + 1));
	end = &program->deadlines[program->required_count];
	for (int i = 0; i < program->required_count; i++)
		program->deadlines[i].selector = UINT64CONST(1) << program->required[i];
	for (int k = 1; k <= program->name_count; k++)
	{
		uint64 first = pg_ntoh64(program->names[k].first);

		end->first = Max(end->first, first);
		for (CxDeadline *deadline = program->deadlines; deadline < end; deadline++)
			if ((program->names[k].selectors & deadline->selector) != 0)
				deadline->first = Max(deadline->first, first);
	}
	qsort(program->deadlines, program->required_count, sizeof(CxDeadline), compare_deadlines);
}

/*
 * Lists the literal touchpoints that the selectors name, if they test nothing
 * else: the usual case, for which a journey's labels are compared without
 * taking them apart.
 */
void
cx_program_list_names(CxProgram *program)
{
	program->only_names = program->selector_count <= 64;
	program->names = palloc0(sizeof(CxName) * (MAX_NAMES + 1));
	for (int i = 0; i < program->selector_count && program->only_names; i++)
		program->only_names = list_names(program, program->selectors[i], UINT64CONST(1) << i);
	program->only_names = program->only_names && index_names(program);
	if (program->only_names)
		find_deadlines(program);
}

/* Notes whether the pattern is a chain, and its bounds. */
static void
find_chain(CxProgram *program)
{
	const CxPattern *pattern = program->pattern;
	CxChainLink *chain = cx_palloc_array(CxChainLink, program->position_count + 1);
	bool bounded = false;

	if (program->position_count > 64 || program->denied >= 0 || pattern->from_start ||
		pattern->to_end)
		return;
	for (int unit = 0; unit < CX_TIME_UNITS; unit++)
		chain[0].most[unit] = CX_NO_BOUND;
	for (int i = 0; i < program->position_count; i++)
	{
		const CxPosition *position = &program->positions[i];
		bool last = i == program->position_count - 1;
		const CxLink *link;
		int64 most = CX_NO_BOUND;

		if (position->selector != i || position->begins != (i == 0) || position->ends != last ||
			position->port_count != (last ? 0 : 1))
			return;
		if (last)
			break;
		link = program->ports[position->ports[0]].link;
		if (program->ports[position->ports[0]].target != i + 1 || link->adjacent ||
			link->has_least || link->excluded != NULL)
			return;
		if (link->has_most)
			most = link->most - link->most_strict;
		if (most < 0)
			return;
		bounded |= link->has_most;
		for (int unit = 0; unit < CX_TIME_UNITS; unit++)
			chain[i + 1].most[unit] =
				link->has_most ? Min(most / cx_time_units[unit], CX_NO_BOUND) : CX_NO_BOUND;
	}
	if (bounded && pattern->has_within)
		return;
	if (pattern->has_within)
		for (int i = 1; i < program->position_count; i++)
			for (int unit = 0; unit < CX_TIME_UNITS; unit++)
				chain[i].most[unit] = Min(pattern->within / cx_time_units[unit], CX_NO_BOUND);
	program->chain = chain;
}

/*
 * Compiles a pattern into the current context; the program points into the
 * pattern.  NULL after a soft error: patterns that would match nothing at all,
 * and patterns that are too large.
 */
CxProgram *
cx_program_compile(const CxPattern *pattern, CxErrorContext *escontext)
{
	CxProgram *program = palloc0(sizeof(CxProgram));
	Compiler compiler = {.program = program};
	Fragment whole;

	program->pattern = pattern;
	whole = compile_node(&compiler, pattern->root);
	if (compiler.full)
	{
		errsave(escontext,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("pattern is too large"),
				 errdetail("Written out it has more than %d selectors.", CX_MAX_POSITIONS)));
		return NULL;
	}
	if (whole.nullable)
	{
		errsave(escontext,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("pattern can match without any touch"),
				 errdetail("Every part of it is optional, so it would match everywhere."),
				 errhint("Use + instead of *, or leave out a ?.")));
		return NULL;
	}
	for (int i = 0; i < whole.first_count; i++)
		program->positions[whole.first[i]].begins = true;
	for (int i = 0; i < whole.last_count; i++)
		program->positions[whole.last[i]].ends = true;
	compute_rests(program);
	program->denied = -1;
	if (pattern->not_before != NULL)
	{
		program->denied_selector = add_selector(&compiler, pattern->not_followed);
		program->denied = add_port(&compiler, program->position_count, pattern->not_before);
	}
	collect_required(&compiler, pattern->root);
	cx_program_list_names(program);
	find_chain(program);
	return program;
}
