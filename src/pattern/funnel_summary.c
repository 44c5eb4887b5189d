/*
 * funnel_summary.c
 *		What a funnel says of many journeys: counting, merging.
 */
#include "pattern/funnel_summary.h"

#include "pattern/attempts.h"
#include "pattern/funnel_call.h"
#include "stats/quantile.h"
#include "stats/summary.h"

StaticAssertDecl(sizeof(CxFunnelQuestion) == 24, "stored, so without padding");

/* Describes the question as a summary keeps it: steps in their normal form. */
void
cx_funnel_describe(CxFunnel *funnel)
{
	StringInfoData out;
	CxFunnelQuestion question = {.steps = funnel->steps};
	bool modes[] = {CX_FUNNEL_MODES(&funnel->modes)};

	if (funnel->within != NULL)
	{
		int64 time;

		question.has_within = true;
		question.within_month = funnel->within->month;
		if (!pg_mul_s64_overflow(funnel->within->day, USECS_PER_DAY, &time) &&
			!pg_add_s64_overflow(time, funnel->within->time, &time))
			question.within_time = time;
		else
		{
			question.within_day = funnel->within->day;
			question.within_time = funnel->within->time;
		}
	}
	for (int i = 0; i < lengthof(modes); i++)
		question.modes |= modes[i] << i;
	initStringInfo(&out);
	appendBinaryStringInfo(&out, (char *) &question, sizeof(question));
	enlargeStringInfo(&out, sizeof(uint32) * funnel->steps);
	memset(out.data + out.len, 0, sizeof(uint32) * funnel->steps);
	out.len += sizeof(uint32) * funnel->steps;
	for (int i = 0; i < funnel->steps; i++)
	{
		int before = out.len;

		cx_selector_print(funnel->program->selectors[i], &out);
		((CxFunnelQuestion *) out.data)->lengths[i] = out.len - before;
	}
	funnel->question = out.data;
	funnel->question_size = out.len;
}

/* Checks a key; there are no labels to number anew. */
static bool
renumber(uint64 *key, const uint32 *numbers, uint32 label_count)
{
	uint32 step = *key >> 16 & 0xffff;

	return *key >> 32 <= CX_FUNNEL_FROM_START && step <= CX_MAX_STEPS &&
		   (*key & 0xffff) < CX_BUCKETS;
}

/* The question of a summary; raises XX001 unless its parts lie inside. */
CxFunnelQuestion *
cx_funnel_question(const CxTally *tally)
{
	CxFunnelQuestion *question = cx_tally_params((CxTally *) tally);
	uint64 size = sizeof(CxFunnelQuestion);
	uint64 texts;

	if (tally->params_size < size || question->steps < 1 || question->steps > CX_MAX_STEPS ||
		tally->params_size < size + sizeof(uint32) * question->steps)
		cx_summary_corrupt(CX_FUNNEL_TYPE);
	texts = size + sizeof(uint32) * question->steps;
	size = texts;
	for (int i = 0; i < question->steps; i++)
		size += question->lengths[i];
	if (size != tally->params_size || question->modes >> CX_FUNNEL_MODE_COUNT != 0 ||
		question->has_within > 1 || question->reserved != 0 ||
		!pg_verify_mbstr(GetDatabaseEncoding(), tally->data + texts, size - texts, true))
		cx_summary_corrupt(CX_FUNNEL_TYPE);
	return question;
}

/* A step of the question, from 1. */
char *
cx_funnel_step_text(const CxFunnelQuestion *question, int step)
{
	const char *text = (const char *) &question->lengths[question->steps];

	for (int i = 0; i < step - 1; i++)
		text += question->lengths[i];
	return pnstrdup(text, question->lengths[step - 1]);
}

/* A stored summary or partial state. */
CxTally *
cx_funnel_tally_read(Datum value)
{
	CxTally *tally = cx_tally_read(value, CX_TALLY_FUNNEL, CX_FUNNEL_TYPE);

	cx_funnel_question(tally);
	return tally;
}

/* The count of journeys under a key. */
int64
cx_funnel_count(const CxTally *tally, CxFunnelCount what, int step)
{
	const CxTallyEntry *entry = cx_tally_find(tally, cx_funnel_key(what, step, 0));

	return entry == NULL ? 0 : entry->count;
}

/* The summary as it is stored. */
CxTally *
cx_funnel_pack(const CxTally *tally)
{
	return cx_tally_pack(tally, renumber, CX_FUNNEL_TYPE);
}

/* The entries of a packed summary that count journeys by bucket, in order. */
const CxTallyEntry *
cx_funnel_buckets(const CxTally *summary, CxFunnelCount what, int step, uint32 *count)
{
	const CxTallyEntry *entries = cx_tally_entries(summary);
	uint64 key = cx_funnel_key(what, step, 0);
	uint32 low = 0;
	uint32 high = summary->count;

	while (low < high)
	{
		uint32 middle = low + (high - low) / 2;

		if (entries[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (*count = 0; low + *count < summary->count; (*count)++)
		if (entries[low + *count].key >> 16 != key >> 16)
			break;
	return entries + low;
}

/* True when so many journeys can have reached a step, or still could, of those before it. */
bool
cx_funnel_counts_agree(int64 before, int64 reached, int64 pending)
{
	return reached >= 0 && pending >= 0 && reached <= before && pending <= before - reached;
}

/* True when the times of a step are those of all who reached it, but no times lead to the first. */
static bool
buckets_agree(const CxTally *summary, CxFunnelCount what, int step, int64 reached)
{
	uint32 count;
	const CxTallyEntry *buckets = cx_funnel_buckets(summary, what, step, &count);
	int64 rest = step == 1 ? 0 : reached;

	for (uint32 i = 0; i < count; i++)
	{
		if (buckets[i].count < 1 || buckets[i].count > rest)
			return false;
		rest -= buckets[i].count;
	}
	return rest == 0;
}

/* A stored summary, packed, whose numbers make sense; raises XX001 for others. */
CxTally *
cx_funnel_summary_read(Datum value)
{
	CxTally *summary = cx_funnel_pack(cx_funnel_tally_read(value));
	const CxFunnelQuestion *question = cx_funnel_question(summary);
	int64 before = cx_funnel_count(summary, CX_FUNNEL_JOURNEYS, 0);

	for (int step = 1; step <= question->steps; step++)
	{
		int64 reached = cx_funnel_count(summary, CX_FUNNEL_REACHED, step);
		int64 pending = cx_funnel_count(summary, CX_FUNNEL_PENDING, step);

		CHECK_FOR_INTERRUPTS();
		if (!cx_funnel_counts_agree(before, reached, pending) || (step == 1 && pending != 0) ||
			!buckets_agree(summary, CX_FUNNEL_FROM_PREVIOUS, step, reached) ||
			!buckets_agree(summary, CX_FUNNEL_FROM_START, step, reached))
			cx_summary_corrupt(CX_FUNNEL_TYPE);
		before = reached;
	}
	return summary;
}

static void
check_same_question(const CxTally *tally, const void *question, uint32 size)
{
	if (tally->params_size != size || memcmp(tally->data, question, size) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot combine funnels with different steps, window or modes"),
				 errhint("Group by what they depend on, so that each group has one question.")));
}

/* Adds what a journey says. */
static void
count_journey(CxTally **tally, const CxFunnel *funnel, Datum journey, const TimestampTz *as_of)
{
	CxView view;
	CxScan scan;
	TimestampTz *times;
	int reached = 0;

	cx_tally_add(tally, cx_funnel_key(CX_FUNNEL_JOURNEYS, 0, 0), 1);
	cx_view_open(&view, journey);
	if (!cx_scan_begin(&scan, funnel->program, &view))
		return;
	if (as_of != NULL)
		cx_scan_cut(&scan, *as_of);
	reached = cx_funnel_reached(funnel, &scan);
	for (int step = 1; step <= reached; step++)
		cx_tally_add(tally, cx_funnel_key(CX_FUNNEL_REACHED, step, 0), 1);
	if (reached > 1)
	{
		times = cx_palloc_array(TimestampTz, funnel->steps);
		cx_funnel_times(funnel, &scan, times);
		for (int step = 2; step <= reached; step++)
		{
			uint64 previous = (uint64) times[step - 1] - (uint64) times[step - 2];
			uint64 start = (uint64) times[step - 1] - (uint64) times[0];

			cx_tally_add(tally,
						 cx_funnel_key(CX_FUNNEL_FROM_PREVIOUS, step, cx_bucket_of(previous)), 1);
			cx_tally_add(tally, cx_funnel_key(CX_FUNNEL_FROM_START, step, cx_bucket_of(start)), 1);
		}
	}
	if (as_of != NULL && reached > 0 && reached < funnel->steps)
	{
		CxFunnelWalk walk;

		cx_walk_begin(&walk, funnel, &scan);
		cx_walk_all(&walk);
		if (cx_walk_is_open(&walk, *as_of))
			cx_tally_add(tally, cx_funnel_key(CX_FUNNEL_PENDING, reached + 1, 0), 1);
	}
}

PG_FUNCTION_INFO_V1(cx_funnel_agg);

/* transition function of cx.funnel_agg */
Datum
cx_funnel_agg(PG_FUNCTION_ARGS)
{
	const CxFunnel *funnel;
	CxTally *tally;
	TimestampTz as_of;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	funnel = cx_call_funnel(fcinfo, 2);
	if (funnel == NULL)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("steps and modes of the funnel must not be null")));
	if (PG_ARGISNULL(0))
		tally = cx_tally_new(CX_TALLY_FUNNEL, funnel->question, funnel->question_size);
	else
	{
		tally = cx_tally_state(fcinfo, CX_TALLY_FUNNEL, CX_FUNNEL_TYPE, renumber);
		check_same_question(tally, funnel->question, funnel->question_size);
	}
	if (PG_NARGS() > 5 && !PG_ARGISNULL(5))
	{
		as_of = PG_GETARG_TIMESTAMPTZ(5);
		cx_check_as_of(as_of);
		count_journey(&tally, funnel, PG_GETARG_DATUM(1), &as_of);
	}
	else
		count_journey(&tally, funnel, PG_GETARG_DATUM(1), NULL);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_funnel_merge);

/* combine function of cx.funnel_agg, and transition function of cx.rollup */
Datum
cx_funnel_merge(PG_FUNCTION_ARGS)
{
	CxTally *tally;
	CxTally *other;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = cx_funnel_tally_read(PG_GETARG_DATUM(1));
	if (PG_ARGISNULL(0))
		tally = cx_tally_new(CX_TALLY_FUNNEL, other->data, other->params_size);
	else
	{
		tally = cx_tally_state(fcinfo, CX_TALLY_FUNNEL, CX_FUNNEL_TYPE, renumber);
		check_same_question(tally, other->data, other->params_size);
	}
	cx_tally_merge(&tally, other, renumber, CX_FUNNEL_TYPE);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_funnel_final);

/* final function of cx.funnel_agg and cx.rollup */
Datum
cx_funnel_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_funnel_pack(cx_funnel_tally_read(PG_GETARG_DATUM(0))));
}
