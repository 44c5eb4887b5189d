/*
 * funnel_summary.h
 *		What a funnel says of many journeys: the stored form.
 *
 * A tally without labels.  Its constants are the question: header, lengths of
 * the steps' texts, texts.
 */
#ifndef CX_PATTERN_FUNNEL_SUMMARY_H
#define CX_PATTERN_FUNNEL_SUMMARY_H

#include "pattern/funnel.h"
#include "pattern/pattern.h"
#include "stats/tally.h"

#define CX_FUNNEL_TYPE "cx.funnel_summary"

/* what a key counts; the key is what << 32 | step << 16 | bucket, steps from 1 */
typedef enum CxFunnelCount
{
	CX_FUNNEL_JOURNEYS,		 /* all journeys, step 0 */
	CX_FUNNEL_REACHED,		 /* journeys that reached the step */
	CX_FUNNEL_PENDING,		 /* journeys that reached the step before, and could still reach it */
	CX_FUNNEL_FROM_PREVIOUS, /* by bucket: time from the step before */
	CX_FUNNEL_FROM_START	 /* by bucket: time from the first step */
} CxFunnelCount;

typedef struct CxFunnelQuestion
{
	int64 within_time; /* µs, days included unless that overflows */
	int32 within_day;
	int32 within_month;
	uint32 steps;
	uint8 modes;	  /* a bit a mode, in the order of cx_funnel_mode_names */
	uint8 has_within; /* 0 or 1 */
	uint16 reserved;  /* zero */
	uint32 lengths[]; /* of the steps, whose texts follow */
} CxFunnelQuestion;

static inline uint64
cx_funnel_key(CxFunnelCount what, int step, uint32 bucket)
{
	return (uint64) what << 32 | (uint64) step << 16 | bucket;
}

extern void cx_funnel_describe(CxFunnel *funnel);
extern CxTally *cx_funnel_tally_read(Datum value);
extern CxFunnelQuestion *cx_funnel_question(const CxTally *tally);
extern char *cx_funnel_step_text(const CxFunnelQuestion *question, int step);
extern int64 cx_funnel_count(const CxTally *tally, CxFunnelCount what, int step);
extern CxTally *cx_funnel_pack(const CxTally *tally);
extern CxTally *cx_funnel_summary_read(Datum value);
extern const CxTallyEntry *
cx_funnel_buckets(const CxTally *summary, CxFunnelCount what, int step, uint32 *count);
extern bool cx_funnel_counts_agree(int64 before, int64 reached, int64 pending);

#endif /* CX_PATTERN_FUNNEL_SUMMARY_H */
