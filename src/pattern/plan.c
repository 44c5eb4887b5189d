/*
 * plan.c
 *		What the planner learns: statistics of a column of journeys (how many
 *		have each label), the share that a pattern selects, and the index
 *		condition behind a call of cx.has.
 */
#include "pattern/labels.h"
#include "pattern/pattern.h"

#include "access/detoast.h"
#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "commands/vacuum.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

#define MATCH_STRATEGY 1			  /* of @@ in the operator class */
#define UNKNOWN_SHARE 0.01			  /* of journeys that have a label, without statistics */
#define LARGEST_SAMPLED (1024 * 1024) /* bytes of a value that analyze looks into */

/* a key and how many sampled journeys have it */
typedef struct KeyCount
{
	CxSpan key;
	uint32 count;
} KeyCount;

static inline int
by_count(const KeyCount *a, const KeyCount *b)
{
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return cx_span_compare(&a->key, &b->key);
}

#define ST_SORT sort_by_count
#define ST_ELEMENT_TYPE KeyCount
#define ST_COMPARE(a, b) by_count(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

#define ST_SORT sort_by_key
#define ST_ELEMENT_TYPE KeyCount
#define ST_COMPARE(a, b) cx_span_compare(&(a)->key, &(b)->key)
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

/* Stores the most frequent keys and their shares as most common elements. */
static void
store_keys(VacAttrStats *stats, KeyCount *keys, uint32 count, double rows)
{
	uint32 stored = Min(count, (uint32) cx_statistics_target(stats) * 10);
	MemoryContext old;
	Datum *values;
	float4 *numbers;

	if (stored == 0)
		return;
	sort_by_count(keys, count);
	old = MemoryContextSwitchTo(stats->anl_context);
	values = cx_palloc_array(Datum, stored);
	numbers = cx_palloc_array(float4, stored + 2);
	numbers[stored] = keys[stored - 1].count / rows;
	numbers[stored + 1] = keys[0].count / rows;
	sort_by_key(keys, stored);
	for (uint32 i = 0; i < stored; i++)
	{
		bytea *key = palloc(VARHDRSZ + keys[i].key.length);

		SET_VARSIZE(key, VARHDRSZ + keys[i].key.length);
		memcpy(VARDATA(key), keys[i].key.data, keys[i].key.length);
		values[i] = PointerGetDatum(key);
		numbers[i] = keys[i].count / rows;
	}
	MemoryContextSwitchTo(old);
	stats->stakind[0] = STATISTIC_KIND_MCELEM;
	stats->staop[0] = ByteaEqualOperator;
	stats->stanumbers[0] = numbers;
	stats->numnumbers[0] = stored + 2;
	stats->stavalues[0] = values;
	stats->numvalues[0] = stored;
	stats->statypid[0] = BYTEAOID;
	stats->statyplen[0] = -1;
	stats->statypbyval[0] = false;
	stats->statypalign[0] = TYPALIGN_INT;
}

/* Counts in how many sampled journeys each key is. */
static void
compute_statistics(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int rows, double total_rows)
{
	CxDictionary *known = cx_dictionary_create(CurrentMemoryContext);
	MemoryContext scratch =
		AllocSetContextCreate(CurrentMemoryContext, "cx analyze", ALLOCSET_DEFAULT_SIZES);
	KeyCount *keys = cx_palloc_array(KeyCount, 1024);
	uint32 capacity = 1024;
	uint32 distinct = 0;
	int nulls = 0;
	int counted = 0;
	double width = 0;

	for (int row = 0; row < rows; row++)
	{
		bool null;
		Datum value = fetch(stats, row, &null);
		MemoryContext old;
		CxView view;
		bytea **found;
		int count;

		cx_vacuum_delay_point();
		if (null)
		{
			nulls++;
			continue;
		}
		width += VARSIZE_ANY(DatumGetPointer(value));
		if (toast_raw_datum_size(value) > LARGEST_SAMPLED)
			continue;
		counted++;
		old = MemoryContextSwitchTo(scratch);
		cx_view_open(&view, value);
		found = cx_journey_keys(&view, &count);
		MemoryContextSwitchTo(old);
		for (int i = 0; i < count; i++)
		{
			uint32 number =
				cx_dictionary_label(known, VARDATA(found[i]), VARSIZE(found[i]) - VARHDRSZ, true);

			if (number == distinct)
			{
				if (distinct == capacity)
				{
					capacity *= 2;
					keys = repalloc_huge(keys, mul_size(capacity, sizeof(KeyCount)));
				}
				keys[distinct++] = (KeyCount){known->labels[number], 0};
			}
			keys[number].count++;
		}
		MemoryContextReset(scratch);
	}
	if (rows == 0)
		return;
	stats->stats_valid = true;
	stats->stanullfrac = (double) nulls / rows;
	stats->stawidth = rows > nulls ? width / (rows - nulls) : 0;
	stats->stadistinct = rows > nulls ? -(1.0 - stats->stanullfrac) : 0;
	if (counted > 0)
		store_keys(stats, keys, distinct, counted);
}

PG_FUNCTION_INFO_V1(cx_journey_typanalyze);

/* chooses compute_statistics for columns of journeys */
Datum
cx_journey_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);

	if (cx_statistics_target(stats) < 0)
		cx_statistics_target(stats) = default_statistics_target;
	stats->compute_stats = compute_statistics;
	stats->minrows = 300 * cx_statistics_target(stats);
	PG_RETURN_BOOL(true);
}

/* The share of journeys with a key, from the most common ones. */
static float8
key_share(const CxKey *key, const AttStatsSlot *slot)
{
	CxSpan wanted = {VARDATA(key->bytes), VARSIZE(key->bytes) - VARHDRSZ};
	float8 rare = slot->nvalues > 0 ? slot->numbers[slot->nvalues] / 2 : UNKNOWN_SHARE;
	float8 without = 1;
	bool found = false;

	for (int i = 0; i < slot->nvalues; i++)
	{
		bytea *known = DatumGetByteaPP(slot->values[i]);
		CxSpan span = {VARDATA_ANY(known), VARSIZE_ANY_EXHDR(known)};

		if (!key->prefix && cx_span_equal(&span, &wanted))
			return slot->numbers[i];
		if (key->prefix && span.length >= wanted.length &&
			memcmp(span.data, wanted.data, wanted.length) == 0)
		{
			found = true;
			without *= 1 - slot->numbers[i];
		}
	}
	return found ? 1 - without : rare;
}

/* The share of a column's rows that a constant pattern selects at most. */
static Selectivity
pattern_share(VariableStatData *variable, Datum stored)
{
	CxNeeds *needs = cx_needs_of(cx_stored_program(stored)->pattern);
	float8 *shares = cx_palloc_array(float8, needs->key_count);
	AttStatsSlot slot;
	float8 nulls = 0;
	float8 share;

	for (int i = 0; i < needs->key_count; i++)
		shares[i] = UNKNOWN_SHARE;
	if (HeapTupleIsValid(variable->statsTuple))
	{
		nulls = ((Form_pg_statistic) GETSTRUCT(variable->statsTuple))->stanullfrac;
		if (get_attstatsslot(&slot, variable->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
							 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		{
			if (slot.valuetype == BYTEAOID && slot.nnumbers == slot.nvalues + 2)
				for (int i = 0; i < needs->key_count; i++)
					shares[i] = key_share(&needs->keys[i], &slot);
			free_attstatsslot(&slot);
		}
	}
	share = cx_need_share(needs->root, shares) * (1 - nulls);
	CLAMP_PROBABILITY(share);
	return share;
}

/*
 * The share that journey @@ pattern, or cx.has(journey, pattern), selects.
 * Types are checked, because an estimator can be attached to any operator.
 */
static Selectivity
match_share(PlannerInfo *root, List *args, int rel, Oid journey_type, Oid pattern_type)
{
	VariableStatData variable;
	Node *other;
	bool on_left;
	Selectivity share = UNKNOWN_SHARE;

	if (!get_restriction_variable(root, args, rel, &variable, &other, &on_left))
		return share;
	if (on_left && IsA(other, Const) && variable.vartype == journey_type &&
		((Const *) other)->consttype == pattern_type)
		share = ((Const *) other)->constisnull ?
					0 :
					pattern_share(&variable, ((Const *) other)->constvalue);
	ReleaseVariableStats(variable);
	return share;
}

PG_FUNCTION_INFO_V1(cx_match_sel);

/* restriction estimator of @@ */
Datum
cx_match_sel(PG_FUNCTION_ARGS)
{
	Oid left;
	Oid right;

	op_input_types(PG_GETARG_OID(1), &left, &right);
	PG_RETURN_FLOAT8(match_share((PlannerInfo *) PG_GETARG_POINTER(0),
								 (List *) PG_GETARG_POINTER(2), PG_GETARG_INT32(3), left, right));
}

/* cx.has(journey, pattern) as the operator of an index, or NULL. */
static List *
index_condition(SupportRequestIndexCondition *request)
{
	List *args;
	Node *journey;
	Node *pattern;
	Oid operator;

	if (!is_funcclause(request->node) || request->indexarg != 0)
		return NULL;
	args = ((FuncExpr *) request->node)->args;
	journey = linitial(args);
	pattern = lsecond(args);
	operator= get_opfamily_member(request->opfamily, exprType(journey), exprType(pattern),
								  MATCH_STRATEGY);
	if (!OidIsValid(operator) ||
		!is_pseudo_constant_for_index(request->root, pattern, request->index))
		return NULL;
	request->lossy = false;
	return list_make1(make_opclause(operator, BOOLOID, false, (Expr *) journey, (Expr *) pattern,
									InvalidOid, InvalidOid));
}

PG_FUNCTION_INFO_V1(cx_has_support);

/* planner support of cx.has: the operator's index and selectivity */
Datum
cx_has_support(PG_FUNCTION_ARGS)
{
	Node *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(index_condition((SupportRequestIndexCondition *) request));
	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *selectivity = (SupportRequestSelectivity *) request;

		if (selectivity->is_join)
			PG_RETURN_POINTER(NULL);
		selectivity->selectivity = match_share(
			selectivity->root, selectivity->args, selectivity->varRelid,
			exprType(linitial(selectivity->args)), exprType(lsecond(selectivity->args)));
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
