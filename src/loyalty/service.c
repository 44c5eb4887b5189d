/*
 * service.c
 *		The contacts of a queue, counted by what happened to them and when.
 */
#include "loyalty/service.h"

#include "stats/quantile.h"
#include "stats/summary.h"

#define LONGEST INT64CONST(9000000000) /* seconds: their microseconds are exact in a float8 */

StaticAssertDecl(sizeof(CxServiceTerms) == 16, "stored, so without padding");

/* Checks a key; there are no labels to number anew. */
static bool
renumber(uint64 *key, const uint32 *numbers, uint32 label_count)
{
	uint64 bucket = *key & 0xffff;

	return *key < cx_service_key(CX_ANSWER_BUCKET, 0) ?
			   bucket == 0 :
			   *key >> 16 <= CX_HANDLE_BUCKET && bucket < CX_BUCKETS;
}

/* A stored summary or partial state. */
CxTally *
cx_service_read(Datum value)
{
	CxTally *tally = cx_tally_read(value, CX_TALLY_SERVICE, CX_SERVICE_TYPE);

	if (tally->params_size != sizeof(CxServiceTerms))
		cx_summary_corrupt(CX_SERVICE_TYPE);
	return tally;
}

/* The summary as it is stored. */
CxTally *
cx_service_pack(const CxTally *tally)
{
	return cx_tally_pack(tally, renumber, CX_SERVICE_TYPE);
}

/* A number of contacts, or a sum of times. */
int64
cx_service_count(const CxTally *tally, CxServiceCount what)
{
	const CxTallyEntry *entry = cx_tally_find(tally, cx_service_key(what, 0));

	if (entry != NULL && entry->count < 0)
		cx_summary_corrupt(CX_SERVICE_TYPE);
	return entry == NULL ? 0 : entry->count;
}

/* Seconds in microseconds; false if they are negative, not finite or more than 285 years. */
bool
cx_service_time(float8 seconds, int64 *time)
{
	if (!(seconds >= 0 && seconds <= LONGEST))
		return false;
	*time = (int64) rint(seconds * USECS_PER_SEC);
	return true;
}

/* The terms that a call asks for; raises 22023 for impossible ones. */
static CxServiceTerms
call_terms(FunctionCallInfo fcinfo)
{
	CxServiceTerms terms = {0, -1};

	if (PG_ARGISNULL(3))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("threshold of the service level must not be null")));
	if (!cx_service_time(PG_GETARG_FLOAT8(3), &terms.threshold))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("threshold must be a number of seconds, at least 0"),
						errdetail("It is %g.", PG_GETARG_FLOAT8(3))));
	if (PG_NARGS() < 5 || PG_ARGISNULL(4))
		return terms;
	if (!cx_service_time(PG_GETARG_FLOAT8(4), &terms.short_wait) ||
		terms.short_wait > terms.threshold)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a short wait must be between 0 seconds and the threshold"),
						errdetail("It is %g, the threshold %g.", PG_GETARG_FLOAT8(4),
								  PG_GETARG_FLOAT8(3))));
	return terms;
}

static void
check_same_terms(const CxTally *tally, const void *terms)
{
	if (memcmp(tally->data, terms, sizeof(CxServiceTerms)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot combine service levels with different thresholds"),
				 errhint("Group by what they depend on, so that each group has one threshold.")));
}

/* Adds a time to a sum, where no entry stands for zero, and its buckets. */
static void
add_time(CxTally **tally, int measure, int64 time)
{
	if (time > 0)
		cx_tally_add(tally, cx_service_key(CX_ANSWER_TIME + measure, 0), time);
	cx_tally_add(tally, cx_service_key(CX_ANSWER_BUCKET + measure, cx_bucket_of(time)), 1);
}

/* Counts a contact: answered, abandoned, or, if that is not known yet, still open. */
static void
add_contact(CxTally **tally, const CxServiceTerms *terms, const bool *answered, const float8 *wait,
			const float8 *handle)
{
	CxServiceCount what = answered == NULL ? CX_OPEN_WITHIN :
						  *answered		   ? CX_ANSWERED_WITHIN :
											 CX_ABANDONED_WITHIN;
	int64 waited = 0;
	int64 handled = 0;

	if ((wait != NULL && !cx_service_time(*wait, &waited)) ||
		(handle != NULL && !cx_service_time(*handle, &handled)))
		what = CX_SERVICE_INVALID;
	else if (wait == NULL)
		what += 2;
	else if (waited > terms->threshold)
		what++;
	else if (what == CX_ABANDONED_WITHIN && waited <= terms->short_wait)
		what = CX_ABANDONED_SHORT;
	cx_tally_add(tally, cx_service_key(what, 0), 1);
	if (what == CX_SERVICE_INVALID || answered == NULL)
		return;
	if (wait != NULL)
		add_time(tally, *answered ? 0 : 1, waited);
	if (handle != NULL && *answered)
		add_time(tally, 2, handled);
}

PG_FUNCTION_INFO_V1(cx_service_agg);

/* transition of cx.service_level_agg(wait, answered, threshold, short, handle) */
Datum
cx_service_agg(PG_FUNCTION_ARGS)
{
	CxServiceTerms terms;
	CxTally *tally;
	bool answered = !PG_ARGISNULL(2) && PG_GETARG_BOOL(2);
	float8 wait = PG_ARGISNULL(1) ? 0 : PG_GETARG_FLOAT8(1);
	bool has_handle = PG_NARGS() > 5 && !PG_ARGISNULL(5);
	float8 handle = has_handle ? PG_GETARG_FLOAT8(5) : 0;

	if (PG_ARGISNULL(1) && PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	terms = call_terms(fcinfo);
	if (PG_ARGISNULL(0))
		tally = cx_tally_new(CX_TALLY_SERVICE, &terms, sizeof(terms));
	else
	{
		tally = cx_tally_state(fcinfo, CX_TALLY_SERVICE, CX_SERVICE_TYPE, renumber);
		check_same_terms(tally, &terms);
	}
	add_contact(&tally, &terms, PG_ARGISNULL(2) ? NULL : &answered, PG_ARGISNULL(1) ? NULL : &wait,
				has_handle ? &handle : NULL);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_service_merge);

/* combination of partial states; transition of cx.rollup(cx.service_summary) */
Datum
cx_service_merge(PG_FUNCTION_ARGS)
{
	CxTally *tally;
	CxTally *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = cx_service_read(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		tally = cx_tally_new(CX_TALLY_SERVICE, other->data, other->params_size);
	else
	{
		tally = cx_tally_state(fcinfo, CX_TALLY_SERVICE, CX_SERVICE_TYPE, renumber);
		check_same_terms(tally, other->data);
	}
	cx_tally_merge(&tally, other, renumber, CX_SERVICE_TYPE);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_service_final);

/* final function of both */
Datum
cx_service_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_service_pack((CxTally *) PG_GETARG_VARLENA_P(0)));
}
