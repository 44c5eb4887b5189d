/*
 * attribution.h
 *		Counts of the paths to conversions, from many journeys: the type
 *		cx.attribution_summary.
 *
 * A path is what happens between two conversions, or behind the last one.  The
 * summary is a tally.  Its labels are sequences of touchpoints, joined by a zero
 * byte, which no touchpoint holds: the states of the Markov chain, which are
 * markov_order touchpoints in a row (or a whole path that is shorter), and the
 * sets of touchpoints of whole paths, sorted.  Its keys are
 *
 *		63		a sum of values, not a count
 *		61-62	CxPathKind
 *		60		of paths that ended in a conversion
 *		30-59	a label's number + 1, 0 for none
 *		0-29	another one
 */
#ifndef CX_FLOW_ATTRIBUTION_H
#define CX_FLOW_ATTRIBUTION_H

#include "journey/dictionary.h"
#include "stats/tally.h"

#define CX_MAX_MARKOV_ORDER 4
#define CX_NO_LABEL PG_UINT32_MAX

typedef enum CxPathKind
{
	CX_PATH_STEP,  /* from a state, none for the start, to another */
	CX_PATH_END,   /* a path ended in this state */
	CX_PATH_SET,   /* a path had these touchpoints */
	CX_PATH_DIRECT /* a conversion without a path */
} CxPathKind;

/* a key taken apart */
typedef struct CxPathKey
{
	bool is_value;
	CxPathKind kind;
	bool converted;
	uint32 label; /* numbers, or CX_NO_LABEL */
	uint32 target;
} CxPathKey;

/* all that is counted under the same labels */
typedef struct CxPathLine
{
	CxPathKind kind;
	uint32 label;
	uint32 target;
	int64 counts[2]; /* by outcome: not converted, converted */
	float8 value;	 /* of the converted ones */
} CxPathLine;

/* the constants of a summary */
typedef struct CxAttributionParams
{
	uint32 order;
	char by[FLEXIBLE_ARRAY_MEMBER]; /* what touchpoints are: touchpoint, channel, ... */
} CxAttributionParams;

/* a summary opened for reading: its labels as sequences of touchpoint numbers */
typedef struct CxAttribution
{
	CxTally *tally;
	uint32 order;
	CxSpan by;
	uint32 touchpoint_count;
	CxSpan *touchpoints; /* sorted */
	uint32 *starts;		 /* by label: its first place in parts; one more for the end */
	uint32 *parts;
	int64 converted;   /* paths */
	int64 unconverted; /* paths */
	int64 direct;	   /* conversions without a path */
	int64 conversions;
	float8 path_value;
	float8 direct_value;
} CxAttribution;

extern const char *const cx_attribution_type;
extern CxTally *cx_attribution_new(uint32 order, const CxSpan *by);
extern CxTally *cx_attribution_pack(const CxTally *tally);
extern CxTally *cx_attribution_state(FunctionCallInfo fcinfo);
extern void cx_attribution_check_same(CxTally *tally, uint32 order, const CxSpan *by);
extern CxTally *cx_attribution_merge(CxTally *state, Datum other);
extern void cx_attribution_open(CxAttribution *summary, Datum value);
extern uint32 cx_attribution_lines(const CxAttribution *summary, CxPathLine **lines);
extern uint32
cx_attribution_parts(const CxAttribution *summary, uint32 label, const uint32 **parts);
extern void cx_attribution_add(CxTally **tally, const CxPathKey *key, int64 count);
extern void cx_attribution_add_value(CxTally **tally, const CxPathKey *key, float8 value);

#endif /* CX_FLOW_ATTRIBUTION_H */
