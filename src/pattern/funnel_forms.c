/*
 * funnel_forms.c
 *		cx.funnel_summary: its JSON form.
 */
#include "pattern/funnel_summary.h"

#include "pattern/funnel_call.h"
#include "stats/json.h"
#include "stats/quantile.h"
#include "stats/summary.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

/* Prints the window as ISO 8601 has it, whatever the session's style. */
static void
print_within(const CxFunnelQuestion *question, StringInfo out)
{
	Interval within = {.time = question->within_time,
					   .day = question->within_day,
					   .month = question->within_month};
	char text[MAXDATELEN + 1];
	struct pg_itm parts;

	interval2itm(within, &parts);
	EncodeInterval(&parts, INTSTYLE_ISO_8601, text);
	appendStringInfo(out, "\"%s\"", text);
}

/* Prints the counts of a kind, one a step. */
static void
print_counts(const CxTally *tally, CxFunnelCount what, int steps, const char *name, StringInfo out)
{
	appendStringInfo(out, ", \"%s\": [", name);
	for (int step = 1; step <= steps; step++)
		appendStringInfo(out, "%s" INT64_FORMAT, step == 1 ? "" : ", ",
						 cx_funnel_count(tally, what, step));
	appendStringInfoChar(out, ']');
}

/* Prints buckets and their counts in turn, an array a step. */
static void
print_buckets(const CxTally *summary, CxFunnelCount what, int steps, const char *name,
			  StringInfo out)
{
	appendStringInfo(out, ", \"%s\": [", name);
	for (int step = 1; step <= steps; step++)
	{
		uint32 count;
		const CxTallyEntry *buckets = cx_funnel_buckets(summary, what, step, &count);

		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, step == 1 ? "[" : ", [");
		for (uint32 i = 0; i < count; i++)
			appendStringInfo(out, "%s%u, " INT64_FORMAT, i == 0 ? "" : ", ",
							 (uint32) (buckets[i].key & 0xffff), buckets[i].count);
		appendStringInfoChar(out, ']');
	}
	appendStringInfoChar(out, ']');
}

static void
print_summary(Datum value, StringInfo out)
{
	CxTally *summary = cx_funnel_summary_read(value);
	const CxFunnelQuestion *question = cx_funnel_question(summary);
	bool first = true;

	appendStringInfoString(out, "{\"steps\": [");
	for (int step = 1; step <= question->steps; step++)
	{
		if (step > 1)
			appendStringInfoString(out, ", ");
		cx_json_put_string(out, cx_funnel_step_text(question, step), question->lengths[step - 1]);
	}
	appendStringInfoString(out, "], \"within\": ");
	if (question->has_within)
		print_within(question, out);
	else
		appendStringInfoString(out, "null");
	appendStringInfoString(out, ", \"mode\": [");
	for (int mode = 0; mode < CX_FUNNEL_MODE_COUNT; mode++)
	{
		if ((question->modes >> mode & 1) == 0)
			continue;
		appendStringInfo(out, "%s\"%s\"", first ? "" : ", ", cx_funnel_mode_names[mode]);
		first = false;
	}
	appendStringInfo(out, "], \"journeys\": " INT64_FORMAT,
					 cx_funnel_count(summary, CX_FUNNEL_JOURNEYS, 0));
	print_counts(summary, CX_FUNNEL_REACHED, question->steps, "reached", out);
	print_counts(summary, CX_FUNNEL_PENDING, question->steps, "pending", out);
	print_buckets(summary, CX_FUNNEL_FROM_PREVIOUS, question->steps, "from_previous", out);
	print_buckets(summary, CX_FUNNEL_FROM_START, question->steps, "from_start", out);
	appendStringInfoChar(out, '}');
}

/* Reads the question; false after an error. */
static bool
parse_question(CxJson *json, CxJsonNode object, CxFunnel *funnel)
{
	CxJsonNode steps = cx_json_array(json, object, "steps");
	CxJsonNode modes = cx_json_array(json, object, "mode");
	CxProgram *program = palloc0(sizeof(CxProgram));
	bool *switches[] = {&funnel->modes.strict_increase, &funnel->modes.once,
						&funnel->modes.strict_order, &funnel->modes.strict_deduplication,
						&funnel->modes.first};

	memset(funnel, 0, sizeof(CxFunnel));
	if (!json->failed && (steps.count < 1 || steps.count > CX_MAX_STEPS))
		cx_json_refuse(json, "A funnel has 1 to %d steps.", CX_MAX_STEPS);
	program->selectors = cx_palloc_array(const CxSelector *, steps.count);
	for (int i = 0; i < steps.count && !json->failed; i++)
	{
		char *text = cx_json_string_at(json, steps, i);

		if (json->failed)
			break;
		program->selectors[i] = cx_selector_parse(text, json->escontext);
		json->failed = program->selectors[i] == NULL;
	}
	funnel->program = program;
	funnel->steps = steps.count;
	for (int i = 0; i < modes.count && !json->failed; i++)
	{
		char *name = cx_json_string_at(json, modes, i);
		int mode = 0;

		while (mode < CX_FUNNEL_MODE_COUNT && strcmp(name, cx_funnel_mode_names[mode]) != 0)
			mode++;
		if (mode == CX_FUNNEL_MODE_COUNT)
			cx_json_refuse(json, "Key \"mode\" has an unknown mode.");
		else
			*switches[mode] = true;
	}
	if (!json->failed && !cx_json_is_null(object, "within"))
	{
		char *text = cx_json_string(json, object, "within");
		Datum within;

		if (json->failed)
			return false;
		if (!cx_input(interval_in, text, json->escontext, &within))
		{
			json->failed = true;
			return false;
		}
		funnel->within = DatumGetIntervalP(within);
		if (!cx_is_window(funnel->within))
			cx_json_refuse(json, "Key \"within\" must not be negative.");
		if (cx_interval_is_endless(funnel->within))
			funnel->within = NULL;
	}
	return !json->failed;
}

/* Reads the counts of a kind into the tally and, by step, into counts. */
static void
parse_counts(CxJson *json, CxJsonNode object, const char *name, CxTally **tally, CxFunnelCount what,
			 int steps, int64 *counts)
{
	CxJsonNode array = cx_json_array(json, object, name);

	if (!json->failed && array.count != steps)
		cx_json_refuse(json, "Key \"%s\" must have one element a step.", name);
	for (int i = 0; i < steps && !json->failed; i++)
	{
		counts[i] = cx_json_int64_at(json, array, i, 0, PG_INT64_MAX);
		if (counts[i] > 0)
			cx_tally_add(tally, cx_funnel_key(what, i + 1, 0), counts[i]);
	}
}

/* Reads buckets and their counts, which must be as many as reached the step. */
static void
parse_buckets(CxJson *json, CxJsonNode object, const char *name, CxTally **tally,
			  CxFunnelCount what, int steps, const int64 *reached)
{
	CxJsonNode array = cx_json_array(json, object, name);

	if (!json->failed && array.count != steps)
		cx_json_refuse(json, "Key \"%s\" must have one element a step.", name);
	for (int i = 0; i < steps && !json->failed; i++)
	{
		CxJsonNode buckets = cx_json_array_at(json, array, i);
		int64 total = 0;

		for (int k = 0; k + 1 < buckets.count && !json->failed; k += 2)
		{
			int64 bucket = cx_json_int64_at(json, buckets, k, 0, CX_BUCKETS - 1);
			int64 count = cx_json_int64_at(json, buckets, k + 1, 1, PG_INT64_MAX);

			CHECK_FOR_INTERRUPTS();
			if (json->failed || pg_add_s64_overflow(total, count, &total))
				break;
			cx_tally_add(tally, cx_funnel_key(what, i + 1, bucket), count);
		}
		if (!json->failed && (buckets.count % 2 != 0 || total != (i == 0 ? 0 : reached[i])))
			cx_json_refuse(json, "Key \"%s\" does not count those who reached step %d.", name,
						   i + 1);
	}
}

static Datum
parse_summary(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, CX_FUNNEL_TYPE, text, escontext);
	CxFunnel funnel;
	CxTally *tally;
	int64 journeys;
	int64 *reached;
	int64 *pending;

	if (json.failed || !parse_question(&json, object, &funnel))
		return 0;
	cx_funnel_describe(&funnel);
	tally = cx_tally_new(CX_TALLY_FUNNEL, funnel.question, funnel.question_size);
	journeys = cx_json_int64(&json, object, "journeys", 1, PG_INT64_MAX);
	reached = cx_palloc_array(int64, funnel.steps);
	pending = cx_palloc_array(int64, funnel.steps);
	parse_counts(&json, object, "reached", &tally, CX_FUNNEL_REACHED, funnel.steps, reached);
	parse_counts(&json, object, "pending", &tally, CX_FUNNEL_PENDING, funnel.steps, pending);
	parse_buckets(&json, object, "from_previous", &tally, CX_FUNNEL_FROM_PREVIOUS, funnel.steps,
				  reached);
	parse_buckets(&json, object, "from_start", &tally, CX_FUNNEL_FROM_START, funnel.steps, reached);
	if (json.failed)
		return 0;
	cx_tally_add(&tally, cx_funnel_key(CX_FUNNEL_JOURNEYS, 0, 0), journeys);
	for (int i = 0; i < funnel.steps; i++)
	{
		int64 before = i == 0 ? journeys : reached[i - 1];

		if (!cx_funnel_counts_agree(before, reached[i], pending[i]) || (i == 0 && pending[i] > 0))
			cx_json_refuse(&json, "More journeys reached step %d, or could, than the one before.",
						   i + 1);
	}
	return json.failed ? 0 : PointerGetDatum(cx_funnel_pack(tally));
}

CX_SUMMARY_TYPE(funnel_summary, print_summary, parse_summary)
