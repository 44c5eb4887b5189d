/*
 * rules.h
 *		Ownership rules, compiled: which of them hold for a touch, and in which
 *		order.
 *
 * The order of rules does not depend on the question, so rules are sorted once
 * and the number of a rule is its rank.  A trie over the labels of touchpoints
 * leads to the rules whose glob fits; of these the other conditions are tested.
 */
#ifndef CX_OWNERSHIP_RULES_H
#define CX_OWNERSHIP_RULES_H

#include "journey/dictionary.h"

#include "utils/timestamp.h"

#define CX_MAX_RULES 1000000
#define CX_NO_RULE PG_UINT32_MAX
#define CX_ANY (-1)		/* in a rule: holds for all */
#define CX_UNKNOWN (-2) /* in a question: no rule has that label */

/* letters of the roles in their order */
#define CX_ROLES 5
#define CX_ROLE_LETTERS "ARSCI"
#define CX_ACCOUNTABLE 0

/* times from first to last, both included; nothing if last is before first */
typedef struct CxSpanOfTime
{
	TimestampTz first;
	TimestampTz last;
} CxSpanOfTime;

static inline bool
cx_covers(const CxSpanOfTime *span, TimestampTz at)
{
	return span->first <= at && at <= span->last;
}

/* a rule as it comes: texts that need not be valid */
typedef struct CxRuleSource
{
	int64 rule_id;
	CxSpan touchpoint;
	CxSpan channel; /* no data: any */
	CxSpan segment;
	CxSpan territory;
	CxSpan role;
	CxSpan team; /* no data: explicitly unowned */
	CxSpanOfTime valid;
	CxSpanOfTime recorded;
	CxSpanOfTime active; /* the team */
	int32 priority;
} CxRuleSource;

/* a compiled rule; labels are numbers of the dictionary */
typedef struct CxRule
{
	CxSpanOfTime valid;
	CxSpanOfTime recorded;
	CxSpanOfTime active;
	int64 rule_id;
	int32 touchpoint; /* the whole glob, to be shown */
	int32 channel;
	int32 segment;
	int32 territory;
	int32 team; /* CX_NONE: explicitly unowned */
	int32 priority;
	uint16 literals;
	uint16 manys; /* ** */
	uint16 ones;  /* * */
	uint16 territory_labels;
	uint8 dimensions;
	uint8 role;
	bool catch_all;
} CxRule;

/* what separates a rule from the one behind it */
typedef enum CxCriterion
{
	CX_BY_PRIORITY,
	CX_BY_LITERALS,
	CX_BY_MANYS,
	CX_BY_ONES,
	CX_BY_DIMENSIONS,
	CX_BY_TERRITORY,
	CX_BY_START,
	CX_BY_RULE_ID
} CxCriterion;

typedef enum CxOwnerState
{
	CX_OWNED,
	CX_STALE,
	CX_FALLBACK,
	CX_UNOWNED,
	CX_UNMATCHED
} CxOwnerState;

extern const char *const cx_owner_states[];
extern const char *const cx_criteria[];

/* who is it for a touch; spans without data are unknown */
typedef struct CxQuestion
{
	CxSpan touchpoint;
	CxSpan channel;
	CxSpan segment;
	CxSpan territory;
	TimestampTz at;
	TimestampTz known_at;
	int role;
} CxQuestion;

/* compiled rules with the scratch space of one question; owned by their context */
typedef struct CxRules
{
	MemoryContext context;
	CxDictionary *labels;
	CxRule *rules; /* by rank */
	uint32 count;
	uint32 capacity;
	struct CxTrie *trie;
} CxRules;

extern CxRules *cx_rules_create(MemoryContext context);
extern const char *cx_rules_add(CxRules *rules, const CxRuleSource *source);
extern void cx_rules_compile(CxRules *rules);
extern uint32 cx_rules_winner(CxRules *rules, const CxQuestion *question);
extern uint32 *cx_rules_candidates(CxRules *rules, const CxQuestion *question, uint32 *count);
extern CxCriterion cx_rules_criterion(const CxRule *a, const CxRule *b);
extern CxOwnerState cx_rules_state(const CxRules *rules, uint32 number, TimestampTz at);

extern int cx_role_number(const CxSpan *letter);

/* the trie */
extern struct CxTrie *cx_trie_create(MemoryContext context);
extern void
cx_trie_add(struct CxTrie *trie, CxDictionary *labels, int role, CxSpan glob, uint32 number);
extern void cx_trie_seal(struct CxTrie *trie);
extern void
cx_trie_walk(struct CxTrie *trie, CxDictionary *labels, int role, const CxSpan *touchpoint);
extern uint32 cx_trie_found(const struct CxTrie *trie);
extern const uint32 *cx_trie_rules(const struct CxTrie *trie, uint32 found, uint32 *count);

/* Splits off the first dotted label; *more tells whether another follows. */
static inline CxSpan
cx_next_label(CxSpan *rest, bool *more)
{
	CxSpan label = {rest->data, 0};

	while (label.length < rest->length && rest->data[label.length] != '.')
		label.length++;
	*more = label.length < rest->length;
	rest->data += label.length + *more;
	rest->length -= label.length + *more;
	return label;
}

static inline bool
cx_span_is(CxSpan span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.data, text, span.length) == 0;
}

#endif /* CX_OWNERSHIP_RULES_H */
