/*
 * module.c
 *		The door: what the server sees of the library.
 */
#include "cx.h"

#include "utils/guc.h"

#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "cx_analytics", .version = CX_VERSION);
#else
PG_MODULE_MAGIC;
#endif

PGDLLEXPORT void _PG_init(void);

/* Reserves the settings' prefix, so that a misspelt setting is an error. */
void
_PG_init(void)
{
	MarkGUCPrefixReserved("cx_analytics");
}

PG_FUNCTION_INFO_V1(cx_version);

/* cx.version() -> text: of the library, which may be newer than the SQL objects. */
Datum
cx_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(CX_VERSION));
}
