/*
 * labels.h
 *		Which labels a journey must have for a pattern to match: what an index
 *		and the planner can know without reading it.
 */
#ifndef CX_PATTERN_LABELS_H
#define CX_PATTERN_LABELS_H

#include "journey/dictionary.h"
#include "pattern/syntax.h"

/*
 * A label as an index key: one byte that tells the part (t touchpoint, c
 * channel, m team), then the label.
 */
typedef struct CxKey
{
	bytea *bytes;
	bool prefix; /* all labels that begin so */
} CxKey;

typedef enum CxNeedKind
{
	CX_NEED_NOTHING,
	CX_NEED_KEY,
	CX_NEED_ALL,
	CX_NEED_ANY
} CxNeedKind;

/* what must be there: a key, all or any of several needs, or nothing known */
typedef struct CxNeed
{
	CxNeedKind kind;
	int key;
	int count;
	struct CxNeed **needs;
} CxNeed;

typedef struct CxNeeds
{
	CxNeed *root;
	int key_count;
	int key_capacity;
	CxKey *keys;
} CxNeeds;

extern CxNeeds *cx_needs_of(const CxPattern *pattern);
extern bytea **cx_journey_keys(const CxView *view, int *count);
extern float8 cx_need_share(const CxNeed *need, const float8 *shares);

#endif /* CX_PATTERN_LABELS_H */
