/*
 * glob.c
 *		Does one glob fit one touchpoint?  For audits, which ask about pairs.
 */
#include "ownership/rules.h"

#include "ownership/lookup.h"

/*
 * The usual glob matching over labels: only the last "**" ever needs to take in
 * more, so the work is at most the product of the lengths.
 */
static bool
glob_fits(CxSpan glob, CxSpan path)
{
	bool glob_more = true;
	bool path_more = true;
	CxSpan retry_glob = {NULL, 0}; /* behind the last "**" */
	CxSpan retry_path = {NULL, 0};
	bool retry_glob_more = false;
	bool retry_path_more = false;

	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (!glob_more && !path_more)
			return true;
		if (glob_more)
		{
			CxSpan glob_rest = glob;
			bool glob_rest_more;
			CxSpan label = cx_next_label(&glob_rest, &glob_rest_more);

			if (cx_span_is(label, "**"))
			{
				retry_glob = glob = glob_rest;
				retry_glob_more = glob_more = glob_rest_more;
				retry_path = path;
				retry_path_more = path_more;
				continue;
			}
			if (path_more)
			{
				CxSpan path_rest = path;
				bool path_rest_more;
				CxSpan other = cx_next_label(&path_rest, &path_rest_more);

				if (cx_span_is(label, "*") || cx_span_equal(&label, &other))
				{
					glob = glob_rest;
					glob_more = glob_rest_more;
					path = path_rest;
					path_more = path_rest_more;
					continue;
				}
			}
		}
		if (retry_glob.data == NULL || !retry_path_more)
			return false;
		cx_next_label(&retry_path, &retry_path_more);
		path = retry_path;
		path_more = retry_path_more;
		glob = retry_glob;
		glob_more = retry_glob_more;
	}
}

PG_FUNCTION_INFO_V1(cx_touchpoint_fits);

/* cx.touchpoint_fits(touchpoint, glob) */
Datum
cx_touchpoint_fits(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(glob_fits(cx_span_argument(fcinfo, 1), cx_span_argument(fcinfo, 0)));
}
