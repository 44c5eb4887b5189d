/*
 * service_forms.c
 *		cx.service_summary: its JSON form.
 */
#include "loyalty/service.h"

#include "stats/json.h"
#include "stats/quantile.h"
#include "stats/summary.h"

#define MOST (PG_INT64_MAX / 16) /* so that sums of counts stay in range */

/* the counts that stand in an array under one name */
static const struct
{
	const char *name;
	CxServiceCount first;
	int count;
} groups[] = {
	{"answered", CX_ANSWERED_WITHIN, 3},
	{"abandoned", CX_ABANDONED_SHORT, 4},
	{"open", CX_OPEN_WITHIN, 2},
};

static const char *const measures[CX_SERVICE_MEASURES] = {"answer", "abandon", "handle"};

static void
print_counts(const CxTally *tally, StringInfo out)
{
	for (int i = 0; i < lengthof(groups); i++)
	{
		appendStringInfo(out, ", \"%s\": [", groups[i].name);
		for (int k = 0; k < groups[i].count; k++)
			appendStringInfo(out, "%s" INT64_FORMAT, k == 0 ? "" : ", ",
							 cx_service_count(tally, groups[i].first + k));
		appendStringInfoChar(out, ']');
	}
	appendStringInfo(out, ", \"invalid\": " INT64_FORMAT,
					 cx_service_count(tally, CX_SERVICE_INVALID));
}

static void
print_times(const CxTally *tally, int measure, StringInfo out)
{
	const CxTallyEntry *entries = cx_tally_entries(tally);
	bool first = true;

	appendStringInfo(out, ", \"%s_time\": " INT64_FORMAT ", \"%s_buckets\": [", measures[measure],
					 cx_service_count(tally, CX_ANSWER_TIME + measure), measures[measure]);
	for (uint32 i = 0; i < tally->slots; i++)
	{
		if (entries[i].key >> 16 != CX_ANSWER_BUCKET + measure)
			continue;
		appendStringInfo(out, "%s%u, " INT64_FORMAT, first ? "" : ", ",
						 (uint32) (entries[i].key & 0xffff), entries[i].count);
		first = false;
	}
	appendStringInfoChar(out, ']');
}

static void
print(Datum value, StringInfo out)
{
	CxTally *tally = cx_service_pack(cx_service_read(value));
	const CxServiceTerms *terms = cx_tally_params(tally);

	appendStringInfoString(out, "{\"threshold\": ");
	cx_json_put_float8(out, (float8) terms->threshold / USECS_PER_SEC);
	appendStringInfoString(out, ", \"short\": ");
	if (terms->short_wait < 0)
		appendStringInfoString(out, "null");
	else
		cx_json_put_float8(out, (float8) terms->short_wait / USECS_PER_SEC);
	print_counts(tally, out);
	for (int measure = 0; measure < CX_SERVICE_MEASURES; measure++)
		print_times(tally, measure, out);
	appendStringInfoChar(out, '}');
}

/* A time in seconds under a key. */
static int64
parse_seconds(CxJson *json, CxJsonNode object, const char *key)
{
	int64 time = 0;

	if (!cx_service_time(cx_json_float8(json, object, key), &time))
		cx_json_refuse(json, "Key \"%s\" must be a number of seconds, at least 0.", key);
	return time;
}

/* Adds a count; no entry stands for zero. */
static void
add(CxTally **tally, CxServiceCount what, int64 count)
{
	if (count > 0)
		cx_tally_add(tally, cx_service_key(what, 0), count);
}

static void
parse_counts(CxJson *json, CxJsonNode object, CxTally **tally)
{
	for (int i = 0; i < lengthof(groups); i++)
	{
		CxJsonNode array = cx_json_array(json, object, groups[i].name);

		if (array.count != groups[i].count)
			cx_json_refuse(json, "Key \"%s\" must have %d elements.", groups[i].name,
						   groups[i].count);
		for (int k = 0; k < groups[i].count; k++)
			add(tally, groups[i].first + k, cx_json_int64_at(json, array, k, 0, MOST));
	}
	add(tally, CX_SERVICE_INVALID, cx_json_int64(json, object, "invalid", 0, MOST));
}

/* Reads the times of a measure; how many there must be is between least and most. */
static void
parse_times(CxJson *json, CxJsonNode object, int measure, CxTally **tally, int64 least, int64 most)
{
	int64 time = cx_json_int64(json, object, psprintf("%s_time", measures[measure]), 0, MOST);
	CxJsonNode buckets = cx_json_array(json, object, psprintf("%s_buckets", measures[measure]));
	int64 before = -1;
	int64 total = 0;

	for (int i = 0; i + 1 < buckets.count && !json->failed; i += 2)
	{
		int64 bucket = cx_json_int64_at(json, buckets, i, before + 1, CX_BUCKETS - 1);
		int64 count = cx_json_int64_at(json, buckets, i + 1, 1, most - total);

		CHECK_FOR_INTERRUPTS();
		cx_tally_add(tally, cx_service_key(CX_ANSWER_BUCKET + measure, bucket), count);
		before = bucket;
		total += count;
	}
	if (buckets.count % 2 != 0 || total < least || (total == 0 && time > 0))
		cx_json_refuse(json, "Keys \"%s_time\" and \"%s_buckets\" do not fit the counts.",
					   measures[measure], measures[measure]);
	add(tally, CX_ANSWER_TIME + measure, time);
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_SERVICE_TYPE, text, escontext);
	CxServiceTerms terms = {0, -1};
	CxTally *tally;
	int64 answered;
	int64 abandoned;

	terms.threshold = parse_seconds(&json, object, "threshold");
	if (!cx_json_is_null(object, "short"))
		terms.short_wait = parse_seconds(&json, object, "short");
	if (terms.short_wait > terms.threshold)
		cx_json_refuse(&json, "Key \"short\" must not be more than \"threshold\".");
	tally = cx_tally_new(CX_TALLY_SERVICE, &terms, sizeof(terms));
	parse_counts(&json, object, &tally);
	answered =
		cx_service_count(tally, CX_ANSWERED_WITHIN) + cx_service_count(tally, CX_ANSWERED_AFTER);
	abandoned = cx_service_count(tally, CX_ABANDONED_SHORT) +
				cx_service_count(tally, CX_ABANDONED_WITHIN) +
				cx_service_count(tally, CX_ABANDONED_AFTER);
	if (terms.short_wait < 0 && cx_service_count(tally, CX_ABANDONED_SHORT) > 0)
		cx_json_refuse(&json, "There are short waits where \"short\" is null.");
	parse_times(&json, object, 0, &tally, answered, answered);
	parse_times(&json, object, 1, &tally, abandoned, abandoned);
	parse_times(&json, object, 2, &tally, 0,
				answered + cx_service_count(tally, CX_ANSWERED_UNKNOWN));
	return json.failed ? 0 : PointerGetDatum(cx_service_pack(tally));
}

CX_SUMMARY_TYPE(service_summary, print, parse)
