/*
 * steps.c
 *		Lists of selectors, as funnels and ideal paths are written: text[].
 */
#include "pattern/pattern.h"

#include "catalog/pg_type.h"
#include "journey/journey.h"

/*
 * The steps as the selectors of a program that demands none of them, in the
 * current context; the caller lists the names.  What they are the steps of is
 * for errors.
 */
CxProgram *
cx_parse_steps(ArrayType *steps, const char *what)
{
	CxElements elements = cx_array_elements(steps, TEXTOID);
	CxProgram *program = palloc0(sizeof(CxProgram));

	if (elements.count == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s must have at least one step", what)));
	if (elements.count > CX_MAX_STEPS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("%s has too many steps", what),
				 errdetail("It has %d; at most %d are possible.", elements.count, CX_MAX_STEPS)));
	program->denied = -1;
	program->selector_count = elements.count;
	program->selectors = cx_palloc_array(const CxSelector *, elements.count);
	for (int i = 0; i < elements.count; i++)
	{
		if (elements.nulls[i])
			ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
							errmsg("step %d of the %s must not be null", i + 1, what)));
		program->selectors[i] = cx_selector_parse(TextDatumGetCString(elements.values[i]), NULL);
	}
	return program;
}
