/*
 * continuity.c
 *		How much of a journey stays with the same teams.
 *
 * N touches have a team, n of them by team i, c of the N - 1 pairs of successive
 * ones by the same team:
 *
 *	hhi		sum of (n / N)^2						Herfindahl 1950, Hirschman 1945
 *	coc		(sum of n^2 - N) / (N (N - 1))			Bice and Boxerman 1977
 *	upc		greatest n / N							Breslau and Reeb 1975
 *	secon	c / (N - 1)								Steinwachs 1979
 */
#include "journey/journey.h"

/* what the indices are made of */
typedef struct Continuity
{
	int64 touches;
	int64 same;		/* successive touches by the same team */
	int64 most;		/* touches of one team */
	float8 squares; /* sum of squares, exact below 2^53 */
} Continuity;

typedef enum Measure
{
	INDEX_HHI,
	INDEX_COC,
	INDEX_UPC,
	INDEX_SECON
} Measure;

/* The index of a name; raises 22023 for an unknown one. */
static Measure
index_of_name(const char *name)
{
	static const char *const names[] = {"hhi", "coc", "upc", "secon"};

	for (int i = 0; i < lengthof(names); i++)
		if (strcmp(name, names[i]) == 0)
			return (Measure) i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("unknown index of continuity: \"%.*s\"",
						   pg_mbcliplen(name, strlen(name), 80), name),
					errhint("Known are hhi, coc, upc and secon.")));
}

/* Counts the touches of each team. */
static Continuity
count_teams(const CxView *view)
{
	Continuity result = {0};
	int32 *team_of = cx_palloc_array(int32, view->symbol_count);
	int64 *touches = palloc0(mul_size(Max(view->label_count, 1), sizeof(int64)));
	int32 last = CX_NONE;

	for (uint32 i = 0; i < view->symbol_count; i++)
	{
		CxSymbol symbol;

		cx_view_symbol(view, i, &symbol);
		team_of[i] = symbol.part[CX_TEAM];
	}
	for (uint32 i = 0; i < view->touch_count; i++)
	{
		int32 team = team_of[cx_view_symbol_at(view, i)];

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (team == CX_NONE)
			continue;
		touches[team]++;
		result.touches++;
		result.same += team == last;
		last = team;
	}
	for (uint32 i = 0; i < view->label_count; i++)
	{
		result.most = Max(result.most, touches[i]);
		result.squares += (float8) touches[i] * touches[i];
	}
	return result;
}

PG_FUNCTION_INFO_V1(cx_continuity);

/* cx.continuity(j, index) */
Datum
cx_continuity(PG_FUNCTION_ARGS)
{
	Measure index = index_of_name(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	CxView view;
	Continuity counts;
	float8 touches;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	counts = count_teams(&view);
	touches = counts.touches;
	if (counts.touches == 0 || (counts.touches == 1 && index != INDEX_HHI && index != INDEX_UPC))
		PG_RETURN_NULL();
	switch (index)
	{
		case INDEX_HHI:
			PG_RETURN_FLOAT8(counts.squares / (touches * touches));
		case INDEX_COC:
			PG_RETURN_FLOAT8((counts.squares - touches) / (touches * (touches - 1)));
		case INDEX_UPC:
			PG_RETURN_FLOAT8(counts.most / touches);
		case INDEX_SECON:
			PG_RETURN_FLOAT8(counts.same / (touches - 1));
	}
	pg_unreachable();
}
