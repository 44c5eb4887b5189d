/*
 * service.h
 *		cx.service_summary: what happened to the contacts of a queue.
 *
 * A tally without labels.  Times are kept in microseconds, as integers, so that
 * sums do not depend on the order.  Its text form is
 *		{"threshold": 20, "short": 5, "answered": [70, 20, 0],
 *		 "abandoned": [2, 8, 1, 0], "open": [1, 0], "invalid": 0,
 *		 "answer_time": 1350000000, "answer_buckets": [1538, 90],
 *		 "abandon_time": ..., "abandon_buckets": ..., "handle_time": ..., ...}
 * with threshold and short in seconds (short may be null), the numbers answered
 * within and after the threshold and after an unknown time, the same of those
 * abandoned, the short ones first, and of those still open; sums of times in
 * microseconds, and buckets (quantile.h) and their counts in turn.
 */
#ifndef CX_LOYALTY_SERVICE_H
#define CX_LOYALTY_SERVICE_H

#include "stats/tally.h"

#define CX_SERVICE_TYPE "service_summary"

/* what is counted: numbers of contacts, sums of times, buckets of times */
typedef enum CxServiceCount
{
	CX_ANSWERED_WITHIN,
	CX_ANSWERED_AFTER,
	CX_ANSWERED_UNKNOWN, /* after what time is not known */
	CX_ABANDONED_SHORT,
	CX_ABANDONED_WITHIN, /* within the threshold, but not short */
	CX_ABANDONED_AFTER,
	CX_ABANDONED_UNKNOWN,
	CX_OPEN_WITHIN, /* waits, so far not longer than the threshold */
	CX_OPEN_AFTER,
	CX_SERVICE_INVALID,
	CX_ANSWER_TIME,
	CX_ABANDON_TIME,
	CX_HANDLE_TIME,
	CX_ANSWER_BUCKET,
	CX_ABANDON_BUCKET,
	CX_HANDLE_BUCKET
} CxServiceCount;

#define CX_SERVICE_COUNTS (CX_SERVICE_INVALID + 1)
#define CX_SERVICE_MEASURES 3 /* times of answer, abandonment and handling */

/* the constants of a summary, in microseconds */
typedef struct CxServiceTerms
{
	int64 threshold;
	int64 short_wait; /* -1: no abandonment is short */
} CxServiceTerms;

static inline uint64
cx_service_key(CxServiceCount what, uint32 bucket)
{
	return (uint64) what << 16 | bucket;
}

extern CxTally *cx_service_read(Datum value);
extern CxTally *cx_service_pack(const CxTally *tally);
extern int64 cx_service_count(const CxTally *tally, CxServiceCount what);
extern bool cx_service_time(float8 seconds, int64 *time);

#endif /* CX_LOYALTY_SERVICE_H */
