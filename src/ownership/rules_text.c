/*
 * Ownership rules as text: SQL reads and compares them, and only the error needs C.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(cx_refuse_ownership_text);

/* cx._refuse_ownership_text(problems): raises the error that lists them, a line each */
Datum
cx_refuse_ownership_text(PG_FUNCTION_ARGS)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("the text of the ownership rules has errors"),
					errdetail("%s", text_to_cstring(PG_GETARG_TEXT_PP(0))),
					errhint("Nothing has been changed. cx.ownership_from_text(text) lists the "
							"errors with their lines.")));
	PG_RETURN_VOID();
}
