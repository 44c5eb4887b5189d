/*
 * token.c
 *		Triggers of the configuration tables: the token that changes with them,
 *		and what a constraint cannot check.
 *
 * Both run as the owner of the table they look at, as foreign keys do, so that
 * who may write to a configuration table needs no privilege on the token.  The
 * queries are constant and qualified throughout.
 */
#include "cx.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/rel.h"

/* Runs a query as a role; returns how many rows it gave or wrote. */
static uint64
run_as(Oid role, const char *query)
{
	Oid user;
	int context;
	int result;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(role, context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	result = SPI_execute(query, false, 0);
	SetUserIdAndSecContext(user, context);
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	return SPI_processed;
}

/* Raises 39P01 unless called as a trigger; gives the owner of its table. */
static Oid
table_owner(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("function can be called by a trigger only")));
	return ((TriggerData *) fcinfo->context)->tg_relation->rd_rel->relowner;
}

PG_FUNCTION_INFO_V1(cx_configuration_changed);

/* cx._configuration_changed(): a fresh token */
Datum
cx_configuration_changed(PG_FUNCTION_ARGS)
{
	Oid owner = table_owner(fcinfo);

	SPI_connect();
	run_as(owner, "INSERT INTO cx.configuration_token AS t (token) VALUES (DEFAULT) "
				  "ON CONFLICT (one_row) DO UPDATE SET token = EXCLUDED.token");
	SPI_finish();
	PG_RETURN_POINTER(NULL);
}

PG_FUNCTION_INFO_V1(cx_refuse_team_cycle);

/* cx._refuse_team_cycle(): an error if a team is above itself */
Datum
cx_refuse_team_cycle(PG_FUNCTION_ARGS)
{
	Oid owner = table_owner(fcinfo);

	SPI_connect();
	if (run_as(owner, "WITH RECURSIVE above AS ("
					  "SELECT team, parent FROM cx.team_parent "
					  "UNION SELECT a.team, p.parent FROM above a JOIN cx.team_parent p "
					  "ON p.team OPERATOR(pg_catalog.=) a.parent) "
					  "SELECT pg_catalog.min(team) FROM above "
					  "WHERE team OPERATOR(pg_catalog.=) parent "
					  "HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0") > 0)
	{
		char *team = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		ereport(ERROR, (errcode(ERRCODE_CHECK_VIOLATION),
						errmsg("team \"%s\" would be above itself", team),
						errhint("Each team has at most one parent, and no chain of parents may "
								"lead back to where it began.")));
	}
	SPI_finish();
	PG_RETURN_POINTER(NULL);
}
