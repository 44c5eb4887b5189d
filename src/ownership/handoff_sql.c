/*
 * handoff_sql.c
 *		The SQL functions of hand-offs: rows and counts.
 */
#include "ownership/handoff.h"

#include "funcapi.h"
#include "journey/journey.h"
#include "journey/scalars.h"
#include "pattern/pattern.h"

/* the keys of attrs with a meaning here */
#define INTENDED_KEY "handoff_to"
#define DIRECTION_KEY "direction"

#define COLUMNS 15

/* one call of cx.handoffs */
typedef struct HandoffCall
{
	ReturnSetInfo *result;
	CxView view;
	CxDictionary *dictionary;
	CxHandoffWalk walk;
	CxHandling *items;	  /* the touches with a team */
	CxHandoffLink *links; /* from the item before to this one */
	bool *open;			  /* a hand-off that was intended, and nobody received */
	uint32 count;
	CxSpan *intended;  /* by symbol: the team that is to follow */
	CxSpan *direction; /* by symbol */
	CxScan *opened;	   /* what the customer opens; NULL: go by the direction */
} HandoffCall;

/* The optional argument within; raises 22023 for a negative one. */
static const Interval *
take_within(FunctionCallInfo fcinfo, int argument)
{
	Interval *within;

	if (PG_ARGISNULL(argument))
		return NULL;
	within = PG_GETARG_INTERVAL_P(argument);
	if (within->month < 0 || within->day < 0 || within->time < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("within must not be negative"),
				 errdetail("It is \"%s\".", DatumGetCString(DirectFunctionCall1(
												interval_out, IntervalPGetDatum(within))))));
	return within;
}

/* Lists the touches with a team, and what led to each. */
static void
collect(HandoffCall *call)
{
	uint32 capacity = call->view.touch_count;
	CxHandoffLink link;

	call->items = cx_palloc_array(CxHandling, capacity);
	call->links = cx_palloc_array(CxHandoffLink, capacity);
	while (cx_handoffs_next(&call->walk, &link))
	{
		call->items[call->count] = call->walk.last;
		call->links[call->count++] = link;
	}
}

/* The team that a touch is meant to hand over to; no data for none, or its own. */
static CxSpan
intended_team(const HandoffCall *call, const CxHandling *item)
{
	CxSpan team = call->intended[item->symbol];

	if (team.data != NULL &&
		(team.length == 0 || cx_span_equal(&team, &call->dictionary->labels[item->team])))
		team.data = NULL;
	return team;
}

/*
 * Finds the hand-offs that were intended and not received: neither does another
 * team follow, nor the intended one later, but in time.  From the end, so that
 * the next touch of every team is known.
 */
static void
find_open(HandoffCall *call)
{
	uint32 *next = palloc0(mul_size(Max(call->view.label_count, 1), sizeof(uint32)));

	call->open = palloc0(Max(call->count, 1));
	for (uint32 i = call->count; i-- > 0;)
	{
		CxHandling *item = &call->items[i];
		CxSpan team = intended_team(call, item);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (team.data != NULL && (i + 1 == call->count || !call->links[i + 1].handoff))
		{
			int32 number = cx_dictionary_find_label(call->dictionary, team.data, team.length);
			uint32 receiver = number == CX_NONE ? 0 : next[number];

			call->open[i] = receiver == 0 || !cx_handoff_near(call->walk.within, item->until,
															  call->items[receiver].at);
		}
		next[item->team] = i;
	}
	pfree(next);
}

static void
put_text(Datum *values, bool *nulls, int column, CxSpan span)
{
	nulls[column] = span.data == NULL;
	if (span.data != NULL)
		values[column] = PointerGetDatum(cx_span_text(&span));
}

static void
put_name(Datum *values, bool *nulls, int column, const char *name)
{
	put_text(values, nulls, column, (CxSpan){name, name == NULL ? 0 : strlen(name)});
}

/* Who brought the customer to a touch: NULL if that is unknown. */
static const char *
carrier(const HandoffCall *call, const CxHandling *item)
{
	const CxSpan *direction = &call->direction[item->symbol];

	if (call->opened != NULL)
		return cx_scan_fits(call->opened, 0, item->touch) ? "customer" : "company";
	if (direction->data == NULL)
		return NULL;
	if (direction->length == 7 && memcmp(direction->data, "inbound", 7) == 0)
		return "customer";
	if ((direction->length == 8 && memcmp(direction->data, "outbound", 8) == 0) ||
		(direction->length == 8 && memcmp(direction->data, "internal", 8) == 0))
		return "company";
	return NULL;
}

/* Adds the row of the hand-off from a touch to the next, or to nobody. */
static void
put_handoff(const HandoffCall *call, uint32 number)
{
	const CxHandling *from = &call->items[number];
	const CxHandoffLink *link = call->open[number] ? NULL : &call->links[number + 1];
	const CxHandling *to = link == NULL ? NULL : &call->items[number + 1];
	const CxSpan *labels = call->dictionary->labels;
	const CxSymbol *symbols = call->dictionary->symbols;
	CxSpan intended = intended_team(call, from);
	Datum values[COLUMNS] = {0};
	bool nulls[COLUMNS] = {false};

	values[0] = TimestampTzGetDatum(from->at);
	put_text(values, nulls, 1, labels[from->team]);
	put_text(values, nulls, 2, to == NULL ? intended : labels[to->team]);
	put_text(values, nulls, 3, labels[symbols[from->symbol].part[CX_TOUCHPOINT]]);
	put_text(values, nulls, 10, intended);
	values[13] = Int32GetDatum(from->touch + 1);
	values[14] = TimestampTzGetDatum(from->until);
	nulls[14] = !IS_VALID_TIMESTAMP(from->until);
	if (to == NULL)
	{
		bool pending = !TIMESTAMP_IS_NOEND(call->walk.as_of) &&
					   (cx_handoff_near(call->walk.within, from->until, call->walk.as_of + 1));

		put_name(values, nulls, 5, pending ? "pending" : "dropped");
		nulls[4] = nulls[6] = nulls[7] = nulls[8] = nulls[9] = nulls[11] = nulls[12] = true;
	}
	else
	{
		values[4] =
			Float8GetDatum(to->at > from->until ? cx_seconds_between(from->until, to->at) : 0);
		put_name(values, nulls, 5, "received");
		values[6] = BoolGetDatum(link->returned);
		values[7] = BoolGetDatum(link->ping_pong);
		values[8] = BoolGetDatum(to->at < from->until);
		nulls[8] = !from->timed;
		put_name(values, nulls, 9, carrier(call, to));
		values[11] = TimestampTzGetDatum(to->at);
		put_text(values, nulls, 12, labels[symbols[to->symbol].part[CX_TOUCHPOINT]]);
	}
	tuplestore_putvalues(call->result->setResult, call->result->setDesc, values, nulls);
	for (int column = 0; column < COLUMNS; column++)
		if (TupleDescAttr(call->result->setDesc, column)->attlen == -1 && !nulls[column])
			pfree(DatumGetPointer(values[column]));
}

/* Finds what symbols say about the next team, and about who opens a touch. */
static void
read_attrs(HandoffCall *call)
{
	call->intended = cx_palloc_array(CxSpan, call->view.symbol_count);
	call->direction = cx_palloc_array(CxSpan, call->view.symbol_count);
	cx_labels_by(call->dictionary, CX_ATTRS, INTENDED_KEY, call->intended);
	cx_labels_by(call->dictionary, CX_ATTRS, DIRECTION_KEY, call->direction);
}

PG_FUNCTION_INFO_V1(cx_handoffs);

/* cx.handoffs(j, within, as_of, opened_by_customer): a row a hand-off */
Datum
cx_handoffs(PG_FUNCTION_ARGS)
{
	HandoffCall call = {.result = (ReturnSetInfo *) fcinfo->resultinfo};
	TimestampTz as_of = DT_NOEND;
	const Interval *within;
	CxScan opened;

	InitMaterializedSRF(fcinfo, 0);
	within = take_within(fcinfo, 1);
	if (!PG_ARGISNULL(2))
	{
		as_of = PG_GETARG_TIMESTAMPTZ(2);
		cx_check_as_of(as_of);
	}
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	cx_view_open(&call.view, PG_GETARG_DATUM(0));
	if ((call.view.flags & CX_FLAG_TEAM) == 0)
		return (Datum) 0;
	call.dictionary = cx_dictionary_of(&call.view);
	if (!PG_ARGISNULL(3))
	{
		cx_scan_begin_all(&opened, cx_call_program(fcinfo, 3), &call.view);
		call.opened = &opened;
	}
	cx_handoffs_begin(&call.walk, &call.view, within, as_of);
	collect(&call);
	read_attrs(&call);
	find_open(&call);
	for (uint32 i = 0; i < call.count; i++)
	{
		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (call.open[i] || (i + 1 < call.count && call.links[i + 1].handoff))
			put_handoff(&call, i);
	}
	return (Datum) 0;
}

/* Counts the hand-offs of a journey by kind. */
static void
count_handoffs(FunctionCallInfo fcinfo, int32 *handoffs, int32 *returns, int32 *ping_pongs)
{
	const Interval *within = take_within(fcinfo, 1);
	CxView view;
	CxHandoffWalk walk;
	CxHandoffLink link;

	*handoffs = *returns = *ping_pongs = 0;
	cx_view_open(&view, PG_GETARG_DATUM(0));
	if ((view.flags & CX_FLAG_TEAM) == 0)
		return;
	cx_handoffs_begin(&walk, &view, within, DT_NOEND);
	while (cx_handoffs_next(&walk, &link))
	{
		*handoffs += link.handoff;
		*returns += link.returned;
		*ping_pongs += link.ping_pong;
	}
}

PG_FUNCTION_INFO_V1(cx_handoff_count);

/* cx.handoff_count(j, within) */
Datum
cx_handoff_count(PG_FUNCTION_ARGS)
{
	int32 handoffs;
	int32 returns;
	int32 ping_pongs;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	count_handoffs(fcinfo, &handoffs, &returns, &ping_pongs);
	PG_RETURN_INT32(handoffs);
}

PG_FUNCTION_INFO_V1(cx_ping_pong);

/* cx.ping_pong(j, within): the record (direct, returns, indirect) */
Datum
cx_ping_pong(PG_FUNCTION_ARGS)
{
	int32 handoffs;
	int32 returns;
	int32 direct;
	TupleDesc description;
	Datum values[3];
	bool nulls[3] = {false, false, false};

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	count_handoffs(fcinfo, &handoffs, &returns, &direct);
	values[0] = Int32GetDatum(direct);
	values[1] = Int32GetDatum(returns);
	values[2] = Int32GetDatum(returns - direct);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls)));
}
