/*
 * retention_summary.c
 *		cx.retention_summary: of how many journeys a period was observed, and
 *		how many of them were active in it.
 *
 * A tally without labels.  Its text form is
 *		{"journeys": 5, "at_risk": [5, 4], "retained": [3, 1]}
 * with the periods from 1 on.
 */
#include "flow/retention.h"

#include "funcapi.h"
#include "stats/interval.h"
#include "stats/json.h"
#include "stats/summary.h"
#include "stats/tally.h"
#include "utils/array.h"

#define TYPE "retention_summary"

/* keys: how many journeys; of a period, those observed and those active */
#define JOURNEYS UINT64CONST(0)
#define AT_RISK(period) ((uint64) (period) *2)
#define RETAINED(period) ((uint64) (period) *2 + 1)

static bool
renumber(uint64 *key, const uint32 *numbers, uint32 label_count)
{
	return *key == JOURNEYS || (*key >= AT_RISK(1) && *key <= RETAINED(CX_MAX_PERIODS));
}

static int64
count_of(const CxTally *tally, uint64 key)
{
	const CxTallyEntry *entry = cx_tally_find(tally, key);

	return entry == NULL ? 0 : entry->count;
}

/* The counts of a period; false if no journey was observed in it. */
static bool
period_counts(const CxTally *tally, int period, int64 *at_risk, int64 *retained)
{
	*at_risk = count_of(tally, AT_RISK(period));
	*retained = count_of(tally, RETAINED(period));
	if (*retained < 0 || *retained > *at_risk || *at_risk > count_of(tally, JOURNEYS))
		cx_summary_corrupt(TYPE);
	return *at_risk > 0;
}

/* The last period that a journey was observed in; 0 without one. */
static int
last_period(const CxTally *tally)
{
	uint64 last = 0;

	for (uint32 i = 0; i < tally->slots; i++)
	{
		uint64 key = cx_tally_entries(tally)[i].key;

		if (key == CX_TALLY_EMPTY)
			continue;
		if (!renumber(&key, NULL, 0))
			cx_summary_corrupt(TYPE);
		last = Max(last, key / 2);
	}
	return last;
}

static void
print_counts(const CxTally *tally, const char *name, bool retained, StringInfo out)
{
	int last = last_period(tally);

	appendStringInfo(out, ", \"%s\": [", name);
	for (int period = 1; period <= last; period++)
	{
		int64 counts[2];

		period_counts(tally, period, &counts[0], &counts[1]);
		appendStringInfo(out, "%s" INT64_FORMAT, period == 1 ? "" : ", ", counts[retained]);
	}
	appendStringInfoChar(out, ']');
}

static void
print(Datum value, StringInfo out)
{
	CxTally *tally = cx_tally_read(value, CX_TALLY_RETENTION, TYPE);

	appendStringInfo(out, "{\"journeys\": " INT64_FORMAT, count_of(tally, JOURNEYS));
	print_counts(tally, "at_risk", false, out);
	print_counts(tally, "retained", true, out);
	appendStringInfoChar(out, '}');
}

/* Adds a count; no entry stands for zero. */
static void
add(CxTally **tally, uint64 key, int64 count)
{
	if (count > 0)
		cx_tally_add(tally, key, count);
}

static Datum
parse(const char *text, CxErrorContext *escontext)
{
	CxTally *tally = cx_tally_new(CX_TALLY_RETENTION, NULL, 0);
	CxJson json;
	CxJsonNode object = cx_json_begin(&json, TYPE, text, escontext);
	int64 journeys = cx_json_int64(&json, object, "journeys", 0, PG_INT64_MAX);
	CxJsonNode at_risk = cx_json_array(&json, object, "at_risk");
	CxJsonNode retained = cx_json_array(&json, object, "retained");

	if (at_risk.count != retained.count || at_risk.count > CX_MAX_PERIODS)
		cx_json_refuse(
			&json,
			"Keys \"at_risk\" and \"retained\" must have the same number of elements, at "
			"most %d.",
			CX_MAX_PERIODS);
	add(&tally, JOURNEYS, journeys);
	for (int i = 0; i < at_risk.count && !json.failed; i++)
	{
		int64 observed = cx_json_int64_at(&json, at_risk, i, 0, journeys);

		add(&tally, AT_RISK(i + 1), observed);
		add(&tally, RETAINED(i + 1), cx_json_int64_at(&json, retained, i, 0, observed));
	}
	if (json.failed)
		return 0;
	return PointerGetDatum(cx_tally_pack(tally, renumber, TYPE));
}

CX_SUMMARY_TYPE(retention_summary, print, parse)

/* Adds the elements of an array; a NULL element says nothing. */
static void
add_array(CxTally **tally, ArrayType *array)
{
	const bool *element = (const bool *) ARR_DATA_PTR(array);
	const bits8 *presence = ARR_NULLBITMAP(array);
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	if (ARR_NDIM(array) > 1 || (count > 0 && ARR_LBOUND(array)[0] != 1))
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("array must have one dimension that begins with 1"),
						errdetail("Element k tells about period k.")));
	if (count > CX_MAX_PERIODS)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many periods"),
						errdetail("There are %d; at most %d are possible.", count, CX_MAX_PERIODS),
						errhint("Use longer periods.")));
	cx_tally_add(tally, JOURNEYS, 1);
	for (int i = 0; i < count; i++)
	{
		if (presence != NULL && (presence[i / 8] & (1 << (i % 8))) == 0)
			continue;
		cx_tally_add(tally, AT_RISK(i + 1), 1);
		if (*element++)
			cx_tally_add(tally, RETAINED(i + 1), 1);
	}
}

PG_FUNCTION_INFO_V1(cx_retention_add);

/* transition of cx.retention_agg(boolean[]) */
Datum
cx_retention_add(PG_FUNCTION_ARGS)
{
	CxTally *tally;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	tally = PG_ARGISNULL(0) ? cx_tally_new(CX_TALLY_RETENTION, NULL, 0) :
							  cx_tally_state(fcinfo, CX_TALLY_RETENTION, TYPE, renumber);
	add_array(&tally, PG_GETARG_ARRAYTYPE_P(1));
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_retention_combine);

/* combination of partial states; transition of cx.rollup(cx.retention_summary) */
Datum
cx_retention_combine(PG_FUNCTION_ARGS)
{
	CxTally *tally;

	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	tally = PG_ARGISNULL(0) ? cx_tally_new(CX_TALLY_RETENTION, NULL, 0) :
							  cx_tally_state(fcinfo, CX_TALLY_RETENTION, TYPE, renumber);
	cx_tally_merge(&tally, cx_tally_read(PG_GETARG_DATUM(1), CX_TALLY_RETENTION, TYPE), renumber,
				   TYPE);
	PG_RETURN_POINTER(tally);
}

PG_FUNCTION_INFO_V1(cx_retention_pack);

/* final function of both */
Datum
cx_retention_pack(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_tally_pack((CxTally *) PG_GETARG_VARLENA_P(0), renumber, TYPE));
}

PG_FUNCTION_INFO_V1(cx_retention_curve);

/* cx.retention_curve(summary, confidence): a row a period that was observed */
Datum
cx_retention_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	float8 z = cx_confidence_z(PG_GETARG_FLOAT8(1));
	CxTally *tally = cx_tally_read(PG_GETARG_DATUM(0), CX_TALLY_RETENTION, TYPE);
	int last = last_period(tally);

	InitMaterializedSRF(fcinfo, 0);
	for (int period = 1; period <= last; period++)
	{
		Datum values[6];
		bool nulls[6] = {false};
		int64 at_risk;
		int64 retained;
		float8 low;
		float8 high;

		if (!period_counts(tally, period, &at_risk, &retained))
			continue;
		cx_wilson(retained, at_risk, z, &low, &high);
		values[0] = Int32GetDatum(period);
		values[1] = Int64GetDatum(at_risk);
		values[2] = Int64GetDatum(retained);
		values[3] = Float8GetDatum((float8) retained / at_risk);
		values[4] = Float8GetDatum(low);
		values[5] = Float8GetDatum(high);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

PG_FUNCTION_INFO_V1(cx_retention_share);

/* cx.retention_share(summary, period); NULL if no journey was observed in the period */
Datum
cx_retention_share(PG_FUNCTION_ARGS)
{
	CxTally *tally = cx_tally_read(PG_GETARG_DATUM(0), CX_TALLY_RETENTION, TYPE);
	int32 period = PG_GETARG_INT32(1);
	int64 at_risk;
	int64 retained;

	if (period < 1 || !period_counts(tally, period, &at_risk, &retained))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((float8) retained / at_risk);
}

PG_FUNCTION_INFO_V1(cx_cohort_size);

/* cx.cohort_size(summary) */
Datum
cx_cohort_size(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(
		count_of(cx_tally_read(PG_GETARG_DATUM(0), CX_TALLY_RETENTION, TYPE), JOURNEYS));
}
