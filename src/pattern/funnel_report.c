/*
 * funnel_report.c
 *		Numbers for charts from cx.funnel_summary.
 */
#include "pattern/funnel_summary.h"

#include "funcapi.h"
#include "stats/interval.h"
#include "stats/quantile.h"

#define COLUMNS 13

/* Sets a median and a 90th percentile in seconds; NULL without times. */
static void
put_quantiles(const CxTally *summary, CxFunnelCount what, int step, Datum *values, bool *nulls)
{
	uint32 count;
	const CxTallyEntry *entries = cx_funnel_buckets(summary, what, step, &count);
	CxBucketCount *buckets = cx_palloc_array(CxBucketCount, count);

	for (uint32 i = 0; i < count; i++)
		buckets[i] = (CxBucketCount){entries[i].key & 0xffff, entries[i].count};
	nulls[0] = nulls[1] = count == 0;
	if (count > 0)
	{
		values[0] = Float8GetDatum(cx_bucket_quantile(buckets, count, 0.5) / USECS_PER_SEC);
		values[1] = Float8GetDatum(cx_bucket_quantile(buckets, count, 0.9) / USECS_PER_SEC);
	}
	pfree(buckets);
}

/* Sets numerator / denominator; NULL when nobody is known. */
static void
put_share(int64 numerator, int64 denominator, Datum *value, bool *null)
{
	*null = denominator == 0;
	if (denominator > 0)
		*value = Float8GetDatum((float8) numerator / (float8) denominator);
}

PG_FUNCTION_INFO_V1(cx_funnel_steps);

/* cx.funnel_steps(summary, confidence): a row a step */
Datum
cx_funnel_steps(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxTally *summary;
	const CxFunnelQuestion *question;
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(1));
	int64 known;  /* of those who began: reached the step or will not */
	int64 before; /* reached the step before */

	InitMaterializedSRF(fcinfo, 0);
	summary = cx_funnel_summary_read(PG_GETARG_DATUM(0));
	question = cx_funnel_question(summary);
	known = before = cx_funnel_count(summary, CX_FUNNEL_REACHED, 1);
	for (int step = 1; step <= question->steps; step++)
	{
		Datum values[COLUMNS];
		bool nulls[COLUMNS] = {false};
		int64 reached = cx_funnel_count(summary, CX_FUNNEL_REACHED, step);
		int64 pending = cx_funnel_count(summary, CX_FUNNEL_PENDING, step);
		float8 low;
		float8 high;

		CHECK_FOR_INTERRUPTS();
		known -= pending;
		values[0] = Int32GetDatum(step);
		values[1] = CStringGetTextDatum(cx_funnel_step_text(question, step));
		values[2] = Int64GetDatum(reached);
		values[3] = Int64GetDatum(pending);
		put_share(reached, known, &values[4], &nulls[4]);
		nulls[5] = nulls[6] = nulls[4];
		if (known > 0)
		{
			cx_wilson(reached, known, z, &low, &high);
			values[5] = Float8GetDatum(low);
			values[6] = Float8GetDatum(high);
		}
		put_share(reached, before - pending, &values[7], &nulls[7]);
		values[8] = Int64GetDatum(before - pending - reached);
		nulls[7] |= step == 1;
		nulls[8] = step == 1;
		put_quantiles(summary, CX_FUNNEL_FROM_PREVIOUS, step, &values[9], &nulls[9]);
		put_quantiles(summary, CX_FUNNEL_FROM_START, step, &values[11], &nulls[11]);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		before = reached;
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_funnel_journeys);

/* cx.journeys(summary): all journeys that were asked */
Datum
cx_funnel_journeys(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(
		cx_funnel_count(cx_funnel_tally_read(PG_GETARG_DATUM(0)), CX_FUNNEL_JOURNEYS, 0));
}
