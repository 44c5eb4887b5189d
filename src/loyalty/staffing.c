/*
 * staffing.c
 *		How many agents a contact centre needs: Erlang's formulas for SQL.
 */
#include "stats/erlang.h"

#include "funcapi.h"

/* A finite number of at least 0; raises 22023 for any other. */
static float8
amount(FunctionCallInfo fcinfo, int argument, const char *name)
{
	float8 number = PG_GETARG_FLOAT8(argument);

	if (!(number >= 0) || isinf(number))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number of at least 0", name),
						errdetail("It is %g.", number)));
	return number;
}

/* The same for what must not be 0. */
static float8
duration(FunctionCallInfo fcinfo, int argument, const char *name)
{
	float8 number = PG_GETARG_FLOAT8(argument);

	if (!(number > 0) || isinf(number))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must be a finite number above 0", name),
						errdetail("It is %g.", number)));
	return number;
}

static int32
agents_of(FunctionCallInfo fcinfo, int argument)
{
	int32 agents = PG_GETARG_INT32(argument);

	if (agents < 0 || agents > CX_MAX_AGENTS)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("number of agents must be between 0 and %d", CX_MAX_AGENTS),
						errdetail("It is %d.", agents)));
	return agents;
}

/* A ratio of two arguments; raises 22003 when it leaves the range. */
static float8
ratio(float8 numerator, float8 denominator)
{
	float8 quotient = numerator / denominator;

	if (isinf(quotient))
		float_overflow_error();
	return quotient;
}

PG_FUNCTION_INFO_V1(cx_sql_traffic);

/* cx.traffic(contacts, per_seconds, handle_seconds) */
Datum
cx_sql_traffic(PG_FUNCTION_ARGS)
{
	float8 contacts = amount(fcinfo, 0, "number of contacts");
	float8 per_seconds = duration(fcinfo, 1, "per_seconds");
	float8 handle = amount(fcinfo, 2, "handle_seconds");

	PG_RETURN_FLOAT8(ratio(contacts * handle, per_seconds));
}

PG_FUNCTION_INFO_V1(cx_sql_erlang_b);

/* cx.erlang_b(traffic, agents): the share that is lost */
Datum
cx_sql_erlang_b(PG_FUNCTION_ARGS)
{
	float8 traffic = amount(fcinfo, 0, "traffic");

	PG_RETURN_FLOAT8(cx_erlang_b(traffic, agents_of(fcinfo, 1)));
}

PG_FUNCTION_INFO_V1(cx_sql_erlang_c);

/* cx.erlang_c(traffic, agents): the share that waits */
Datum
cx_sql_erlang_c(PG_FUNCTION_ARGS)
{
	float8 traffic = amount(fcinfo, 0, "traffic");

	PG_RETURN_FLOAT8(cx_erlang_c(traffic, agents_of(fcinfo, 1)));
}

PG_FUNCTION_INFO_V1(cx_sql_erlang_c_service_level);

/* cx.erlang_c_service_level(traffic, agents, handle_seconds, threshold_seconds) */
Datum
cx_sql_erlang_c_service_level(PG_FUNCTION_ARGS)
{
	float8 traffic = amount(fcinfo, 0, "traffic");
	int32 agents = agents_of(fcinfo, 1);
	float8 handle = duration(fcinfo, 2, "handle_seconds");
	float8 threshold = amount(fcinfo, 3, "threshold_seconds");

	if (traffic >= agents)
		PG_RETURN_FLOAT8(0);
	PG_RETURN_FLOAT8(1 -
					 cx_erlang_c(traffic, agents) * exp((traffic - agents) * (threshold / handle)));
}

PG_FUNCTION_INFO_V1(cx_sql_erlang_c_wait);

/* cx.erlang_c_wait(traffic, agents, handle_seconds): NULL where the queue only grows */
Datum
cx_sql_erlang_c_wait(PG_FUNCTION_ARGS)
{
	float8 traffic = amount(fcinfo, 0, "traffic");
	int32 agents = agents_of(fcinfo, 1);
	float8 handle = duration(fcinfo, 2, "handle_seconds");

	if (traffic >= agents)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(ratio(cx_erlang_c(traffic, agents) * handle, agents - traffic));
}

PG_FUNCTION_INFO_V1(cx_sql_erlang_a);

/* cx.erlang_a(traffic, agents, handle_seconds, patience_seconds, threshold_seconds) */
Datum
cx_sql_erlang_a(PG_FUNCTION_ARGS)
{
	float8 traffic = amount(fcinfo, 0, "traffic");
	int32 agents = agents_of(fcinfo, 1);
	float8 handle = duration(fcinfo, 2, "handle_seconds");
	float8 patience = duration(fcinfo, 3, "patience_seconds");
	float8 threshold = amount(fcinfo, 4, "threshold_seconds");
	CxErlangA a = cx_erlang_a(traffic, agents, ratio(patience, handle), ratio(threshold, handle));
	Datum values[7];
	bool nulls[7] = {false};
	TupleDesc row;

	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Float8GetDatum(a.wait);
	values[1] = Float8GetDatum(a.abandon);
	values[2] = Float8GetDatum(a.within);
	nulls[3] = agents == 0;
	values[3] = Float8GetDatum(agents == 0 ? 0 : traffic * (1 - a.abandon) / agents);
	values[4] = Float8GetDatum(a.abandon * patience);
	nulls[5] = isnan(a.answer_wait);
	values[5] = Float8GetDatum(a.answer_wait * patience);
	values[6] = Float8GetDatum(traffic * a.abandon * (patience / handle));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(row), values, nulls)));
}

PG_FUNCTION_INFO_V1(cx_sql_agents_needed);

/* cx.agents_needed(traffic, handle_seconds, service_level, threshold_seconds, patience_seconds) */
Datum
cx_sql_agents_needed(PG_FUNCTION_ARGS)
{
	float8 traffic;
	float8 handle;
	float8 share;
	float8 threshold;

	for (int i = 0; i < 4; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_NULL();
	traffic = amount(fcinfo, 0, "traffic");
	handle = duration(fcinfo, 1, "handle_seconds");
	share = PG_GETARG_FLOAT8(2);
	threshold = ratio(amount(fcinfo, 3, "threshold_seconds"), handle);
	if (!(share > 0 && share < 1))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("service level must be between 0 and 1"),
						errdetail("It is %g.", share), errhint("Use 0.8 for 80 percent.")));
	if (PG_ARGISNULL(4))
		PG_RETURN_INT32(cx_erlang_c_agents(traffic, share, threshold));
	PG_RETURN_INT32(cx_erlang_a_agents(
		traffic, share, ratio(duration(fcinfo, 4, "patience_seconds"), handle), threshold));
}
