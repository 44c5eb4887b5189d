/*
 * map_build.c
 *		The aggregates that make a journey map: of journeys, and of maps.  Their
 *		state is the map itself, growing.
 */
#include "flow/map_walk.h"

#include "stats/summary.h"

/* The state, which is the first argument, to be changed; NULL if there is none yet. */
static CxTally *
state_of(FunctionCallInfo fcinfo)
{
	cx_require_aggregate(fcinfo);
	if (PG_ARGISNULL(0))
		return NULL;
	return cx_tally_state(fcinfo, CX_TALLY_MAP, CX_MAP_TYPE, cx_map_renumber);
}

/* Raises 22023 unless a map is by the given labels. */
static void
check_by(CxTally *map, const char *by, uint32 length)
{
	if (map->params_size != length || memcmp(cx_tally_params(map), by, length) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("by must be the same for all journeys of a map"),
						errdetail("It is \"%.*s\" after \"%.*s\".", (int) length, by,
								  (int) map->params_size, (char *) cx_tally_params(map))));
}

PG_FUNCTION_INFO_V1(cx_map_add);

/* cx._map_agg(state, journey [, by [, starts_at, ends_at]]) */
Datum
cx_map_add(PG_FUNCTION_ARGS)
{
	CxTally *map = state_of(fcinfo);
	const char *by = "touchpoint";
	uint32 length = strlen("touchpoint");
	TimestampTz starts_at = DT_NOBEGIN;
	TimestampTz ends_at = DT_NOEND;

	if (PG_ARGISNULL(1))
	{
		if (map == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(map);
	}
	if (PG_NARGS() > 2)
	{
		text *name;

		if (PG_ARGISNULL(2))
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("by must not be null"),
							errhint("Use touchpoint, channel, team or a key of attrs.")));
		name = PG_GETARG_TEXT_PP(2);
		by = VARDATA_ANY(name);
		length = VARSIZE_ANY_EXHDR(name);
	}
	if (PG_NARGS() > 3 && !PG_ARGISNULL(3))
		starts_at = PG_GETARG_TIMESTAMPTZ(3);
	if (PG_NARGS() > 3 && !PG_ARGISNULL(4))
		ends_at = PG_GETARG_TIMESTAMPTZ(4);
	fcinfo->flinfo->fn_extra =
		cx_map_call(fcinfo->flinfo->fn_extra, fcinfo->flinfo->fn_mcxt, by, length);
	if (map == NULL)
		map = cx_tally_new(CX_TALLY_MAP, by, length);
	check_by(map, by, length);
	cx_map_add_journey(&map, fcinfo->flinfo->fn_extra, PG_GETARG_DATUM(1), starts_at, ends_at);
	PG_RETURN_POINTER(map);
}

PG_FUNCTION_INFO_V1(cx_map_combine);

/* cx._map_combine(state, state): also the step of cx.rollup */
Datum
cx_map_combine(PG_FUNCTION_ARGS)
{
	CxTally *map = state_of(fcinfo);
	CxTally *other;

	if (PG_ARGISNULL(1))
	{
		if (map == NULL)
			PG_RETURN_NULL();
		PG_RETURN_POINTER(map);
	}
	other = cx_tally_read(PG_GETARG_DATUM(1), CX_TALLY_MAP, CX_MAP_TYPE);
	if (map == NULL)
		map = cx_tally_new(CX_TALLY_MAP, cx_tally_params(other), other->params_size);
	cx_map_merge(&map, other);
	PG_RETURN_POINTER(map);
}

PG_FUNCTION_INFO_V1(cx_map_final);

/* cx._map_final(state) -> cx.journey_map */
Datum
cx_map_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(cx_map_pack(cx_tally_read(PG_GETARG_DATUM(0), CX_TALLY_MAP, CX_MAP_TYPE)));
}
