/*
 * load.c
 *		Reading the rules out of their table.
 *
 * The query is constant, qualified throughout, and runs under the active
 * snapshot.  What it returns is checked like any input: constraints can be
 * dropped.
 */
#include "ownership/cache.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"

#define COLUMNS 17

static const char *const query =
	"SELECT r.rule_id, r.touchpoint, r.channel, r.segment, r.territory, r.role, r.team, "
	"r.priority, r.unowned, "
	"pg_catalog.lower(r.valid), pg_catalog.upper(r.valid), "
	"pg_catalog.lower(r.recorded), pg_catalog.upper(r.recorded), "
	"pg_catalog.lower(t.active), pg_catalog.upper(t.active), "
	"pg_catalog.isempty(r.valid) OR pg_catalog.upper_inc(r.valid) "
	"OR NOT (pg_catalog.lower_inc(r.valid) OR pg_catalog.lower_inf(r.valid)) "
	"OR pg_catalog.isempty(r.recorded) OR pg_catalog.upper_inc(r.recorded) "
	"OR NOT (pg_catalog.lower_inc(r.recorded) OR pg_catalog.lower_inf(r.recorded)), "
	"pg_catalog.isempty(t.active) OR pg_catalog.upper_inc(t.active) "
	"OR NOT (pg_catalog.lower_inc(t.active) OR pg_catalog.lower_inf(t.active)) "
	"FROM cx.ownership_rule r LEFT JOIN cx.team t ON t.team OPERATOR(pg_catalog.=) r.team";

/* the columns by number */
enum
{
	RULE_ID,
	TOUCHPOINT,
	CHANNEL,
	SEGMENT,
	TERRITORY,
	ROLE,
	TEAM,
	PRIORITY,
	UNOWNED,
	VALID,
	RECORDED = VALID + 2,
	ACTIVE = RECORDED + 2,
	RANGES_BAD = ACTIVE + 2,
	ACTIVE_BAD
};

static const Oid types[COLUMNS] = {
	INT8OID,		TEXTOID,		TEXTOID,		TEXTOID,		TEXTOID,		TEXTOID,
	TEXTOID,		INT4OID,		BOOLOID,		TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID, TIMESTAMPTZOID, BOOLOID,		BOOLOID};

static CxSpan
take_text(const Datum *values, const bool *nulls, int column)
{
	text *value;

	if (nulls[column])
		return (CxSpan){NULL, 0};
	value = DatumGetTextPP(values[column]);
	return (CxSpan){VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)};
}

/* A half-open range; its end is left out, and no end is later than all times. */
static CxSpanOfTime
take_range(const Datum *values, const bool *nulls, int column)
{
	CxSpanOfTime span = {DT_NOBEGIN, DT_NOEND};

	if (!nulls[column])
		span.first = DatumGetTimestampTz(values[column]);
	if (!nulls[column + 1])
	{
		TimestampTz end = DatumGetTimestampTz(values[column + 1]);

		if (end == DT_NOBEGIN)
			return (CxSpanOfTime){DT_NOEND, DT_NOBEGIN};
		span.last = end - 1;
	}
	return span;
}

static const char *
add_rule(CxRules *rules, const Datum *values, const bool *nulls)
{
	CxRuleSource source;

	if (nulls[TOUCHPOINT] || nulls[ROLE] || nulls[PRIORITY] || nulls[UNOWNED] || nulls[RANGES_BAD])
		return "A required column is null.";
	if (DatumGetBool(values[UNOWNED]) != nulls[TEAM])
		return "It must have either a team or unowned.";
	if (DatumGetBool(values[RANGES_BAD]))
		return "Its valid and recorded must be of the form [starts_at, ends_at) and not empty.";
	if (!nulls[ACTIVE_BAD] && DatumGetBool(values[ACTIVE_BAD]))
		return "The range active of its team must be of the form [starts_at, ends_at) and not "
			   "empty.";
	source.rule_id = DatumGetInt64(values[RULE_ID]);
	source.priority = DatumGetInt32(values[PRIORITY]);
	source.touchpoint = take_text(values, nulls, TOUCHPOINT);
	source.channel = take_text(values, nulls, CHANNEL);
	source.segment = take_text(values, nulls, SEGMENT);
	source.territory = take_text(values, nulls, TERRITORY);
	source.role = take_text(values, nulls, ROLE);
	source.team = take_text(values, nulls, TEAM);
	source.valid = take_range(values, nulls, VALID);
	source.recorded = take_range(values, nulls, RECORDED);
	source.active = take_range(values, nulls, ACTIVE);
	return cx_rules_add(rules, &source);
}

/* Raises 55000 unless the columns are what they should be. */
static void
check_columns(TupleDesc desc)
{
	for (int i = 0; i < COLUMNS; i++)
		if (TupleDescAttr(desc, i)->atttypid != types[i])
			ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
							errmsg("column \"%s\" of ownership rules has an unexpected type",
								   NameStr(TupleDescAttr(desc, i)->attname)),
							errhint("Run ALTER EXTENSION cx_analytics UPDATE.")));
}

/* Adds all rules that the active snapshot sees; raises 22023 for an invalid one. */
void
cx_rules_load(CxRules *rules)
{
	int result;

	SPI_connect();
	result = SPI_execute(query, true, 0);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	if (SPI_processed > CX_MAX_RULES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("too many ownership rules"),
						errdetail("There are " UINT64_FORMAT "; at most %d are possible.",
								  SPI_processed, CX_MAX_RULES)));
	check_columns(SPI_tuptable->tupdesc);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		Datum values[COLUMNS];
		bool nulls[COLUMNS];
		const char *problem;

		CHECK_FOR_INTERRUPTS();
		heap_deform_tuple(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, values, nulls);
		problem = nulls[RULE_ID] ? "A required column is null." : add_rule(rules, values, nulls);
		if (problem != NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("invalid ownership rule " INT64_FORMAT,
								   nulls[RULE_ID] ? 0 : DatumGetInt64(values[RULE_ID])),
							errdetail("%s", problem)));
	}
	SPI_finish();
}
