/*
 * rules.c
 *		Ownership rules: checked, ranked, and asked.
 */
#include "ownership/rules.h"

const char *const cx_owner_states[] = {"owned", "stale", "fallback", "unowned", "unmatched"};
const char *const cx_criteria[] = {"priority",	 "literal labels", "fewer **",	  "fewer *",
								   "dimensions", "territory",	   "later start", "tie"};

/* A role's number, or -1. */
int
cx_role_number(const CxSpan *letter)
{
	const char *found =
		letter->length == 1 ? memchr(CX_ROLE_LETTERS, letter->data[0], CX_ROLES) : NULL;

	return found == NULL ? -1 : found - CX_ROLE_LETTERS;
}

/* No rules yet; everything of them is allocated in the given context. */
CxRules *
cx_rules_create(MemoryContext context)
{
	CxRules *rules = MemoryContextAllocZero(context, sizeof(CxRules));

	rules->context = context;
	rules->labels = cx_dictionary_create(context);
	rules->capacity = 16;
	rules->rules = MemoryContextAlloc(context, rules->capacity * sizeof(CxRule));
	return rules;
}

/* The number of an optional label. */
static int32
label_number(CxRules *rules, CxSpan label, int32 absent)
{
	if (label.data == NULL)
		return absent;
	return cx_dictionary_label(rules->labels, label.data, label.length, true);
}

/* Counts the labels of a glob; what is wrong with it, or NULL. */
static const char *
count_labels(CxRule *rule, CxSpan glob)
{
	bool more = true;
	bool many = false;

	if (glob.length == 0 || glob.length > CX_MAX_LABEL)
		return "Its touchpoint does not have 1 to 255 bytes.";
	while (more)
	{
		CxSpan label = cx_next_label(&glob, &more);

		if (label.length == 0)
			return "Its touchpoint has an empty label.";
		if (cx_span_is(label, "**"))
		{
			if (many)
				return "Its touchpoint has ** twice in a row.";
			many = true;
			rule->manys++;
			continue;
		}
		many = false;
		if (cx_span_is(label, "*"))
			rule->ones++;
		else if (memchr(label.data, '*', label.length) != NULL)
			return "Its touchpoint has * inside of a label.";
		else
			rule->literals++;
	}
	return NULL;
}

/* Counts the labels of a territory; what is wrong with it, or NULL. */
static const char *
count_territory(CxRule *rule, CxSpan territory)
{
	bool more = true;

	while (more)
	{
		if (cx_next_label(&territory, &more).length == 0)
			return "Its territory has an empty label.";
		rule->territory_labels++;
	}
	return NULL;
}

/* Adds a rule in any order; what is wrong with it, or NULL. */
const char *
cx_rules_add(CxRules *rules, const CxRuleSource *source)
{
	CxRule rule = {.valid = source->valid,
				   .recorded = source->recorded,
				   .active = source->active,
				   .rule_id = source->rule_id,
				   .priority = source->priority};
	int role = cx_role_number(&source->role);
	const char *problem = count_labels(&rule, source->touchpoint);

	if (problem == NULL && role < 0)
		problem = "Its role is none of A, R, S, C and I.";
	if (problem == NULL && source->team.data == NULL && role != CX_ACCOUNTABLE)
		problem = "It has no team.";
	if (problem == NULL && source->team.data != NULL &&
		(source->team.length == 0 || source->team.length > CX_MAX_LABEL))
		problem = "Its team does not have 1 to 255 bytes.";
	if (problem == NULL && source->territory.data != NULL)
		problem = count_territory(&rule, source->territory);
	if (problem != NULL)
		return problem;

	rule.role = role;
	rule.touchpoint = label_number(rules, source->touchpoint, CX_NONE);
	rule.channel = label_number(rules, source->channel, CX_ANY);
	rule.segment = label_number(rules, source->segment, CX_ANY);
	rule.territory = label_number(rules, source->territory, CX_ANY);
	rule.team = label_number(rules, source->team, CX_NONE);
	rule.dimensions = (rule.channel != CX_ANY) + (rule.segment != CX_ANY);
	rule.catch_all =
		rule.literals + rule.ones == 0 && rule.dimensions == 0 && rule.territory == CX_ANY;
	if (rules->count == rules->capacity)
	{
		rules->capacity *= 2;
		rules->rules = repalloc(rules->rules, mul_size(rules->capacity, sizeof(CxRule)));
	}
	rules->rules[rules->count++] = rule;
	return NULL;
}

/*
 * What separates two rules, the first criterion in which they differ.
 */
CxCriterion
cx_rules_criterion(const CxRule *a, const CxRule *b)
{
	return a->priority != b->priority				  ? CX_BY_PRIORITY :
		   a->literals != b->literals				  ? CX_BY_LITERALS :
		   a->manys != b->manys						  ? CX_BY_MANYS :
		   a->ones != b->ones						  ? CX_BY_ONES :
		   a->dimensions != b->dimensions			  ? CX_BY_DIMENSIONS :
		   a->territory_labels != b->territory_labels ? CX_BY_TERRITORY :
		   a->valid.first != b->valid.first			  ? CX_BY_START :
														CX_BY_RULE_ID;
}

static inline int
less_first(int64 a, int64 b)
{
	return (a > b) - (a < b);
}

/* The order of rules: the better one first. */
static int
compare_rules(const CxRule *a, const CxRule *b)
{
	switch (cx_rules_criterion(a, b))
	{
		case CX_BY_PRIORITY:
			return less_first(b->priority, a->priority);
		case CX_BY_LITERALS:
			return less_first(b->literals, a->literals);
		case CX_BY_MANYS:
			return less_first(a->manys, b->manys);
		case CX_BY_ONES:
			return less_first(a->ones, b->ones);
		case CX_BY_DIMENSIONS:
			return less_first(b->dimensions, a->dimensions);
		case CX_BY_TERRITORY:
			return less_first(b->territory_labels, a->territory_labels);
		case CX_BY_START:
			return less_first(b->valid.first, a->valid.first);
		default:
			return less_first(a->rule_id, b->rule_id);
	}
}

#define ST_SORT sort_rules
#define ST_ELEMENT_TYPE CxRule
#define ST_COMPARE(a, b) compare_rules(a, b)
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_numbers
#define ST_ELEMENT_TYPE uint32
#define ST_COMPARE(a, b) ((*(a) > *(b)) - (*(a) < *(b)))
#define ST_CHECK_FOR_INTERRUPTS
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Ranks the rules and builds their trie; after this nothing is added. */
void
cx_rules_compile(CxRules *rules)
{
	sort_rules(rules->rules, rules->count);
	rules->trie = cx_trie_create(rules->context);
	for (uint32 i = 0; i < rules->count; i++)
	{
		const CxRule *rule = &rules->rules[i];

		CHECK_FOR_INTERRUPTS();
		cx_trie_add(rules->trie, rules->labels, rule->role, rules->labels->labels[rule->touchpoint],
					i);
	}
	cx_trie_seal(rules->trie);
}

/* the other conditions of a question, as numbers of labels */
typedef struct Conditions
{
	int32 channel;
	int32 segment;
	int32 territories[CX_MAX_LABEL]; /* the territory and those around it */
	int territory_count;
} Conditions;

static int32
find_label(const CxRules *rules, CxSpan label)
{
	int32 number;

	if (label.data == NULL)
		return CX_UNKNOWN;
	number = cx_dictionary_find_label(rules->labels, label.data, label.length);
	return number == CX_NONE ? CX_UNKNOWN : number;
}

static void
take_conditions(Conditions *conditions, const CxRules *rules, const CxQuestion *question)
{
	conditions->channel = find_label(rules, question->channel);
	conditions->segment = find_label(rules, question->segment);
	conditions->territory_count = 0;
	for (uint32 i = 1; question->territory.data != NULL && i <= question->territory.length; i++)
	{
		int32 number;

		if (i < question->territory.length && question->territory.data[i] != '.')
			continue;
		number = find_label(rules, (CxSpan){question->territory.data, i});
		if (number != CX_UNKNOWN)
			conditions->territories[conditions->territory_count++] = number;
	}
}

/* Does a rule hold, but for its time in the business? */
static inline bool
holds(const CxRule *rule, const Conditions *conditions, TimestampTz known_at)
{
	if (rule->channel != CX_ANY && rule->channel != conditions->channel)
		return false;
	if (rule->segment != CX_ANY && rule->segment != conditions->segment)
		return false;
	if (!cx_covers(&rule->recorded, known_at))
		return false;
	if (rule->territory == CX_ANY)
		return true;
	for (int i = 0; i < conditions->territory_count; i++)
		if (rule->territory == conditions->territories[i])
			return true;
	return false;
}

/* The rule that wins, or CX_NO_RULE. */
uint32
cx_rules_winner(CxRules *rules, const CxQuestion *question)
{
	Conditions conditions;
	uint32 winner = CX_NO_RULE;

	take_conditions(&conditions, rules, question);
	cx_trie_walk(rules->trie, rules->labels, question->role, &question->touchpoint);
	for (uint32 i = 0; i < cx_trie_found(rules->trie); i++)
	{
		uint32 count;
		const uint32 *numbers = cx_trie_rules(rules->trie, i, &count);

		for (uint32 k = 0; k < count && numbers[k] < winner; k++)
		{
			const CxRule *rule = &rules->rules[numbers[k]];

			if (cx_covers(&rule->valid, question->at) &&
				holds(rule, &conditions, question->known_at))
				winner = numbers[k];
		}
	}
	return winner;
}

/*
 * All rules that hold at some time of the business, whatever question->at is,
 * best first, in the current context.
 */
uint32 *
cx_rules_candidates(CxRules *rules, const CxQuestion *question, uint32 *count)
{
	Conditions conditions;
	uint32 *candidates;
	uint64 capacity = 0;

	take_conditions(&conditions, rules, question);
	cx_trie_walk(rules->trie, rules->labels, question->role, &question->touchpoint);
	for (uint32 i = 0; i < cx_trie_found(rules->trie); i++)
	{
		uint32 size;

		cx_trie_rules(rules->trie, i, &size);
		capacity += size;
	}
	candidates = cx_palloc_array(uint32, capacity);
	*count = 0;
	for (uint32 i = 0; i < cx_trie_found(rules->trie); i++)
	{
		uint32 size;
		const uint32 *numbers = cx_trie_rules(rules->trie, i, &size);

		for (uint32 k = 0; k < size; k++)
			if (holds(&rules->rules[numbers[k]], &conditions, question->known_at))
				candidates[(*count)++] = numbers[k];
	}
	sort_numbers(candidates, *count);
	return candidates;
}

/* What a rule that wins, or CX_NO_RULE, says about ownership. */
CxOwnerState
cx_rules_state(const CxRules *rules, uint32 number, TimestampTz at)
{
	const CxRule *rule;

	if (number == CX_NO_RULE)
		return CX_UNMATCHED;
	rule = &rules->rules[number];
	return rule->team == CX_NONE		 ? CX_UNOWNED :
		   !cx_covers(&rule->active, at) ? CX_STALE :
		   rule->catch_all				 ? CX_FALLBACK :
										   CX_OWNED;
}
