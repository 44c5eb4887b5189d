/*
 * service_report.c
 *		Numbers for charts from cx.service_summary.
 */
#include "loyalty/service.h"

#include "funcapi.h"
#include "stats/interval.h"
#include "stats/quantile.h"
#include "stats/summary.h"

#define BIT(what) (1 << (what))
#define ANSWERED (BIT(CX_ANSWERED_WITHIN) | BIT(CX_ANSWERED_AFTER) | BIT(CX_ANSWERED_UNKNOWN))
#define LONG_ABANDONED \
	(BIT(CX_ABANDONED_WITHIN) | BIT(CX_ABANDONED_AFTER) | BIT(CX_ABANDONED_UNKNOWN))
#define ABANDONED (BIT(CX_ABANDONED_SHORT) | LONG_ABANDONED)
#define ABANDONED_WITHIN (BIT(CX_ABANDONED_SHORT) | BIT(CX_ABANDONED_WITHIN))
#define OPEN (BIT(CX_OPEN_WITHIN) | BIT(CX_OPEN_AFTER))
#define LATE (BIT(CX_OPEN_AFTER)) /* still open, but too late already */

/* a rate by one of its definitions, as the counts that it adds up */
typedef struct Rate
{
	const char *metric;
	const char *definition;
	int numerator;
	int denominator;
} Rate;

static const Rate rates[] = {
	{"service_level", "answered", BIT(CX_ANSWERED_WITHIN), ANSWERED},
	{"service_level", "ignore", BIT(CX_ANSWERED_WITHIN),
	 ANSWERED | (ABANDONED & ~ABANDONED_WITHIN) | LATE},
	{"service_level", "negative", BIT(CX_ANSWERED_WITHIN), ANSWERED | ABANDONED | LATE},
	{"service_level", "positive", BIT(CX_ANSWERED_WITHIN) | ABANDONED_WITHIN,
	 ANSWERED | ABANDONED | LATE},
	{"service_level", "short", BIT(CX_ANSWERED_WITHIN), ANSWERED | LONG_ABANDONED | LATE},
	{"abandonment", "offered", ABANDONED, ANSWERED | ABANDONED},
	{"abandonment", "queued", ABANDONED, ANSWERED | ABANDONED | OPEN},
	{"abandonment", "short", LONG_ABANDONED, ANSWERED | LONG_ABANDONED},
};

/* The sum of a choice of counts. */
static int64
sum_of(const CxTally *tally, int choice)
{
	int64 sum = 0;

	for (int what = 0; what < CX_SERVICE_COUNTS; what++)
		if ((choice & BIT(what)) != 0 &&
			pg_add_s64_overflow(sum, cx_service_count(tally, what), &sum))
			ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
							errmsg("count of a summary is out of range")));
	return sum;
}

PG_FUNCTION_INFO_V1(cx_service_rates);

/* cx.service_rates(summary, confidence): a row a definition */
Datum
cx_service_rates(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(1));
	CxTally *tally = cx_service_read(PG_GETARG_DATUM(0));

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < lengthof(rates); i++)
	{
		int64 numerator = sum_of(tally, rates[i].numerator);
		int64 denominator = sum_of(tally, rates[i].denominator);
		Datum values[7];
		bool nulls[7] = {false};
		float8 low;
		float8 high;

		values[0] = CStringGetTextDatum(rates[i].metric);
		values[1] = CStringGetTextDatum(rates[i].definition);
		values[2] = Int64GetDatum(numerator);
		values[3] = Int64GetDatum(denominator);
		nulls[4] = nulls[5] = nulls[6] = denominator == 0;
		if (denominator > 0)
		{
			cx_wilson(numerator, denominator, z, &low, &high);
			values[4] = Float8GetDatum((float8) numerator / denominator);
			values[5] = Float8GetDatum(low);
			values[6] = Float8GetDatum(high);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* A rate by a definition; NULL when nobody counts. */
static Datum
rate_of(FunctionCallInfo fcinfo, const char *metric, const char *hint)
{
	CxTally *tally = cx_service_read(PG_GETARG_DATUM(0));
	char *definition = text_to_cstring(PG_GETARG_TEXT_PP(1));

	for (int i = 0; i < lengthof(rates); i++)
	{
		int64 denominator;

		if (strcmp(rates[i].metric, metric) != 0 || strcmp(rates[i].definition, definition) != 0)
			continue;
		denominator = sum_of(tally, rates[i].denominator);
		if (denominator == 0)
			PG_RETURN_NULL();
		PG_RETURN_FLOAT8((float8) sum_of(tally, rates[i].numerator) / denominator);
	}
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown definition: \"%.*s\"",
						   pg_mbcliplen(definition, strlen(definition), 80), definition),
					errhint("Known are %s.", hint)));
}

PG_FUNCTION_INFO_V1(cx_service_level);

/* cx.service_level(summary, definition) */
Datum
cx_service_level(PG_FUNCTION_ARGS)
{
	return rate_of(fcinfo, "service_level", "answered, ignore, negative, positive and short");
}

PG_FUNCTION_INFO_V1(cx_service_abandon_rate);

/* cx.abandon_rate(summary, definition) */
Datum
cx_service_abandon_rate(PG_FUNCTION_ARGS)
{
	return rate_of(fcinfo, "abandonment", "offered, queued and short");
}

/* The buckets of a measure, rising; their number, and that of the contacts in them. */
static int
buckets_of(const CxTally *packed, int measure, CxBucketCount *buckets, int64 *contacts)
{
	const CxTallyEntry *entries = cx_tally_entries(packed);
	int count = 0;

	*contacts = 0;
	for (uint32 i = 0; i < packed->slots; i++)
	{
		if (entries[i].key >> 16 != CX_ANSWER_BUCKET + measure)
			continue;
		if (entries[i].count < 1 || pg_add_s64_overflow(*contacts, entries[i].count, contacts))
			cx_summary_corrupt(CX_SERVICE_TYPE);
		buckets[count++] = (CxBucketCount){entries[i].key & 0xffff, entries[i].count};
	}
	return count;
}

PG_FUNCTION_INFO_V1(cx_service_times);

/* cx.service_times(summary): a row a measure */
Datum
cx_service_times(PG_FUNCTION_ARGS)
{
	static const char *const measures[CX_SERVICE_MEASURES] = {"answer", "abandon", "handle"};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	CxTally *tally;
	CxBucketCount *buckets;

	InitMaterializedSRF(fcinfo, 0);
	tally = cx_service_pack(cx_service_read(PG_GETARG_DATUM(0)));
	buckets = cx_palloc_array(CxBucketCount, CX_BUCKETS);
	for (int measure = 0; measure < CX_SERVICE_MEASURES; measure++)
	{
		float8 seconds = (float8) cx_service_count(tally, CX_ANSWER_TIME + measure) / USECS_PER_SEC;
		int64 contacts;
		int count = buckets_of(tally, measure, buckets, &contacts);
		Datum values[6];
		bool nulls[6] = {false};

		values[0] = CStringGetTextDatum(measures[measure]);
		values[1] = Int64GetDatum(contacts);
		memset(&nulls[2], count == 0, 4);
		if (count > 0)
		{
			values[2] = Float8GetDatum(seconds);
			values[3] = Float8GetDatum(seconds / contacts);
			values[4] = Float8GetDatum(cx_bucket_quantile(buckets, count, 0.5) / USECS_PER_SEC);
			values[5] = Float8GetDatum(cx_bucket_quantile(buckets, count, 0.9) / USECS_PER_SEC);
		}
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* The mean of a measure in seconds; NULL without contacts. */
static Datum
mean_of(FunctionCallInfo fcinfo, int measure)
{
	CxTally *tally = cx_service_pack(cx_service_read(PG_GETARG_DATUM(0)));
	CxBucketCount *buckets = cx_palloc_array(CxBucketCount, CX_BUCKETS);
	int64 contacts;

	if (buckets_of(tally, measure, buckets, &contacts) == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((float8) cx_service_count(tally, CX_ANSWER_TIME + measure) / USECS_PER_SEC /
					 contacts);
}

PG_FUNCTION_INFO_V1(cx_service_asa);

/* cx.asa(summary): mean speed of answer */
Datum
cx_service_asa(PG_FUNCTION_ARGS)
{
	return mean_of(fcinfo, 0);
}

PG_FUNCTION_INFO_V1(cx_service_aht);

/* cx.aht(summary): mean handle time */
Datum
cx_service_aht(PG_FUNCTION_ARGS)
{
	return mean_of(fcinfo, 2);
}

PG_FUNCTION_INFO_V1(cx_service_counts);

/* cx.service_counts(summary): one row of all counts */
Datum
cx_service_counts(PG_FUNCTION_ARGS)
{
	static const int choices[] = {ANSWERED | ABANDONED,
								  ANSWERED,
								  BIT(CX_ANSWERED_WITHIN),
								  ABANDONED,
								  BIT(CX_ABANDONED_SHORT),
								  ABANDONED_WITHIN,
								  OPEN,
								  BIT(CX_OPEN_WITHIN),
								  BIT(CX_ANSWERED_UNKNOWN) | BIT(CX_ABANDONED_UNKNOWN),
								  BIT(CX_SERVICE_INVALID)};
	CxTally *tally = cx_service_read(PG_GETARG_DATUM(0));
	const CxServiceTerms *terms = cx_tally_params(tally);
	Datum values[2 + lengthof(choices)];
	bool nulls[2 + lengthof(choices)] = {false};
	TupleDesc row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Float8GetDatum((float8) terms->threshold / USECS_PER_SEC);
	values[1] = Float8GetDatum((float8) terms->short_wait / USECS_PER_SEC);
	nulls[1] = terms->short_wait < 0;
	for (int i = 0; i < lengthof(choices); i++)
		values[2 + i] = Int64GetDatum(sum_of(tally, choices[i]));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}
