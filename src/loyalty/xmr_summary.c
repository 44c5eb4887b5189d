/*
 * xmr_summary.c
 *		cx.xmr_summary: the points of a control chart.
 *
 * It keeps all points, because signals are about each of them.  While it is
 * built, points stand in any order; the stored value has them sorted by time,
 * then value, and no slack.  Its text form is
 *		{"points": [["2026-01-01T00:00:00+00:00", 33.75], ...]}
 */
#include "loyalty/xmr.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "journey/scalars.h"
#include "stats/json.h"
#include "stats/summary.h"
#include "utils/array.h"

#define TYPE "xmr_summary"
#define VERSION 1

typedef struct XmrSummary
{
	int32 vl_len_;
	uint8 version;
	uint8 growing;	 /* has slack and no order */
	uint16 reserved; /* zero */
	uint32 count;
	uint32 room;
	CxXmrPoint points[FLEXIBLE_ARRAY_MEMBER];
} XmrSummary;

StaticAssertDecl(offsetof(XmrSummary, points) == 16, "stored, so without padding");

/* A summary with room for points, in the current context. */
static XmrSummary *
allocate(uint32 room, bool growing)
{
	Size size = add_size(offsetof(XmrSummary, points), mul_size(room, sizeof(CxXmrPoint)));
	XmrSummary *summary;

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("summary is too large"),
						errdetail("It would have more than %u points.", room / 2),
						errhint("Chart values of longer periods, or of fewer.")));
	summary = palloc0(size);
	SET_VARSIZE(summary, size);
	summary->version = VERSION;
	summary->growing = growing;
	summary->room = room;
	return summary;
}

static int
compare_points(const void *a, const void *b)
{
	const CxXmrPoint *x = a;
	const CxXmrPoint *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->value > y->value) - (x->value < y->value);
}

/* True when a summary's parts lie inside it and its points are in order. */
static bool
is_sound(const XmrSummary *summary)
{
	Size size = VARSIZE(summary);

	if (size < offsetof(XmrSummary, points) || summary->version != VERSION ||
		summary->growing > 1 || summary->reserved != 0 || summary->count == 0 ||
		summary->count > summary->room ||
		size != offsetof(XmrSummary, points) + (uint64) summary->room * sizeof(CxXmrPoint) ||
		(!summary->growing && summary->count != summary->room))
		return false;
	for (uint32 i = 0; i < summary->count; i++)
	{
		const CxXmrPoint *point = &summary->points[i];

		if (!IS_VALID_TIMESTAMP(point->at) || !isfinite(point->value) ||
			(i > 0 && !summary->growing && compare_points(point - 1, point) > 0))
			return false;
	}
	return true;
}

/* A stored summary or partial state, checked; raises XX001 when it is corrupted. */
static XmrSummary *
read_summary(Datum value)
{
	XmrSummary *summary = (XmrSummary *) PG_DETOAST_DATUM(value);

	if (!is_sound(summary))
		cx_summary_corrupt(TYPE);
	return summary;
}

/* A sorted copy without slack. */
static XmrSummary *
pack(const XmrSummary *summary)
{
	XmrSummary *packed = allocate(summary->count, false);

	packed->count = summary->count;
	memcpy(packed->points, summary->points, summary->count * sizeof(CxXmrPoint));
	qsort(packed->points, packed->count, sizeof(CxXmrPoint), compare_points);
	return packed;
}

/* The state of an aggregate, its first argument, with room for more points. */
static XmrSummary *
state_for(FunctionCallInfo fcinfo, uint32 more)
{
	XmrSummary *state;
	XmrSummary *grown;

	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(0))
		return allocate(Max(more, 8), true);
	state = (XmrSummary *) PG_GETARG_VARLENA_P(0);
	if (likely(state->growing && state->room - state->count >= more))
		return state;
	state = read_summary(PointerGetDatum(state));
	if (state->count > PG_UINT32_MAX / 4 || more > PG_UINT32_MAX / 4)
		cx_summary_corrupt(TYPE);
	grown = allocate((state->count + more) * 2, true);
	grown->count = state->count;
	memcpy(grown->points, state->points, state->count * sizeof(CxXmrPoint));
	return grown;
}

PG_FUNCTION_INFO_V1(cx_xmr_add);

/* transition of cx.xmr_agg(at, value) */
Datum
cx_xmr_add(PG_FUNCTION_ARGS)
{
	XmrSummary *state;
	TimestampTz at;
	float8 value;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	at = PG_GETARG_TIMESTAMPTZ(1);
	value = PG_GETARG_FLOAT8(2);
	if (TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR, (errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
						errmsg("time of a point must be finite")));
	if (!isfinite(value))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("value of a point must be finite"), errdetail("It is %g.", value)));
	state = state_for(fcinfo, 1);
	state->points[state->count++] = (CxXmrPoint){at, value == 0 ? 0 : value};
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_xmr_merge);

/* combination of partial states; transition of cx.rollup(cx.xmr_summary) */
Datum
cx_xmr_merge(PG_FUNCTION_ARGS)
{
	XmrSummary *state;
	XmrSummary *other;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	other = read_summary(PG_GETARG_DATUM(1));
	state = state_for(fcinfo, other->count);
	memcpy(&state->points[state->count], other->points, other->count * sizeof(CxXmrPoint));
	state->count += other->count;
	PG_RETURN_POINTER(state);
}

PG_FUNCTION_INFO_V1(cx_xmr_final);

/* final function of both */
Datum
cx_xmr_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(pack((XmrSummary *) PG_GETARG_VARLENA_P(0)));
}

static void
print(Datum value, StringInfo out)
{
	XmrSummary *summary = pack(read_summary(value));

	appendStringInfoString(out, "{\"points\": [");
	for (uint32 i = 0; i < summary->count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		appendStringInfoString(out, i == 0 ? "[\"" : ", [\"");
		cx_time_print(summary->points[i].at, out);
		appendStringInfoString(out, "\", ");
		cx_json_put_float8(out, summary->points[i].value);
		appendStringInfoChar(out, ']');
	}
	appendStringInfoString(out, "]}");
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, TYPE, text, escontext);
	CxJsonNode points = cx_json_array(&json, object, "points");
	XmrSummary *summary;

	if (points.count == 0)
		cx_json_refuse(&json, "Key \"points\" must have elements.");
	summary = allocate(points.count, true);
	for (int i = 0; i < points.count && !json.failed; i++)
	{
		CxJsonNode point = cx_json_array_at(&json, points, i);
		char *at = cx_json_string_at(&json, point, 0);
		float8 value = cx_json_float8_at(&json, point, 1);
		TimestampTz time = 0;
		int sqlstate;
		const char *problem;

		CHECK_FOR_INTERRUPTS();
		if (json.failed)
			return 0;
		problem = cx_time_parse(at, &time, &sqlstate);
		if (problem != NULL)
			cx_json_refuse(&json, "%s", problem);
		if (point.count != 2)
			cx_json_refuse(&json, "A point must have a time and a value.");
		summary->points[summary->count++] = (CxXmrPoint){time, value == 0 ? 0 : value};
	}
	return json.failed ? 0 : PointerGetDatum(pack(summary));
}

CX_SUMMARY_TYPE(xmr_summary, print, parse)

/* True for the method median, false for mean; raises 22023 for others. */
static bool
method_of(FunctionCallInfo fcinfo)
{
	char *method = text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (strcmp(method, "median") == 0)
		return true;
	if (strcmp(method, "mean") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("unknown method of control limits: \"%.*s\"",
							   pg_mbcliplen(method, strlen(method), 80), method),
						errhint("Known are mean and median.")));
	return false;
}

PG_FUNCTION_INFO_V1(cx_xmr_summary_limits);

/* cx.xmr_limits(summary, method): one row */
Datum
cx_xmr_summary_limits(PG_FUNCTION_ARGS)
{
	bool median = method_of(fcinfo);
	XmrSummary *summary = pack(read_summary(PG_GETARG_DATUM(0)));
	CxXmrLimits limits = cx_xmr_limits(summary->points, summary->count, median);
	Datum values[6];
	bool nulls[6] = {false};
	TupleDesc row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Int64GetDatum(summary->count);
	values[1] = Float8GetDatum(limits.mean);
	values[2] = Float8GetDatum(limits.range);
	values[3] = Float8GetDatum(limits.lower);
	values[4] = Float8GetDatum(limits.upper);
	values[5] = Float8GetDatum(limits.range_upper);
	memset(&nulls[2], summary->count < 2, 4);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}

/* A length of at least 2; raises 22023 for others. */
static uint32
length_of(FunctionCallInfo fcinfo, int argument, const char *name)
{
	int32 length = PG_GETARG_INT32(argument);

	if (length < 2)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be at least 2", name), errdetail("It is %d.", length)));
	return length;
}

/* The names of signals as text[]. */
static Datum
names_of(uint8 signals)
{
	static const char *const names[CX_XMR_SIGNALS] = {"outside", "range", "run", "trend",
													  "two_of_three"};
	Datum elements[CX_XMR_SIGNALS];
	int count = 0;

	for (int i = 0; i < CX_XMR_SIGNALS; i++)
		if ((signals >> i & 1) != 0)
			elements[count++] = CStringGetTextDatum(names[i]);
	return PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
}

PG_FUNCTION_INFO_V1(cx_xmr_points);

/* cx.xmr_points(summary, method, run_length, trend_length): a row a point */
Datum
cx_xmr_points(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool median = method_of(fcinfo);
	uint32 run_length = length_of(fcinfo, 2, "run_length");
	uint32 trend_length = length_of(fcinfo, 3, "trend_length");
	XmrSummary *summary;
	CxXmrLimits limits;
	uint8 *signals;

	InitMaterializedSRF(fcinfo, 0);
	summary = pack(read_summary(PG_GETARG_DATUM(0)));
	limits = cx_xmr_limits(summary->points, summary->count, median);
	signals = cx_xmr_signals(summary->points, summary->count, &limits, run_length, trend_length);
	for (uint32 i = 0; i < summary->count; i++)
	{
		const CxXmrPoint *point = &summary->points[i];
		Datum values[8];
		bool nulls[8] = {false};

		CHECK_FOR_INTERRUPTS();
		values[0] = TimestampTzGetDatum(point->at);
		values[1] = Float8GetDatum(point->value);
		nulls[2] = i == 0;
		values[2] = Float8GetDatum(i == 0 ? 0 : fabs(point->value - point[-1].value));
		values[3] = Float8GetDatum(limits.mean);
		values[4] = Float8GetDatum(limits.lower);
		values[5] = Float8GetDatum(limits.upper);
		values[6] = Float8GetDatum(limits.range_upper);
		values[7] = names_of(signals[i]);
		memset(&nulls[4], summary->count < 2, 3);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
		pfree(DatumGetPointer(values[7]));
	}
	return (Datum) 0;
}
