/*
 * path.c
 *		cx.path: a journey as the text "a > b > c".
 */
#include "journey/journey.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"

/* the labels of a path, as label numbers of the dictionary */
typedef struct Path
{
	const CxView *view;
	const CxDictionary *dictionary;
	int32 *labels;
	uint32 count;
} Path;

/* Fills the path with a part of the touches, without those that have none. */
static void
path_from(Path *path, int part)
{
	path->count = 0;
	for (uint32 i = 0; i < path->view->touch_count; i++)
	{
		int32 label = path->dictionary->symbols[cx_view_symbol_at(path->view, i)].part[part];

		if (label != CX_NONE)
			path->labels[path->count++] = label;
	}
}

/* Of each run of the same label, keeps the first. */
static void
path_collapse(Path *path)
{
	uint32 kept = 0;

	for (uint32 i = 0; i < path->count; i++)
		if (kept == 0 || path->labels[i] != path->labels[kept - 1])
			path->labels[kept++] = path->labels[i];
	path->count = kept;
}

/* Of each label, keeps the first occurrence. */
static void
path_unique(Path *path)
{
	bool *seen = palloc0(Max(path->dictionary->label_count, 1));
	uint32 kept = 0;

	for (uint32 i = 0; i < path->count; i++)
	{
		if (!seen[path->labels[i]])
			path->labels[kept++] = path->labels[i];
		seen[path->labels[i]] = true;
	}
	path->count = kept;
	pfree(seen);
}

/* The N of "first N" and "last N"; false if the transform is not of that form. */
static bool
parse_count(const char *transform, const char *word, uint32 *number)
{
	size_t length = strlen(word);
	uint64 count = 0;

	if (strncmp(transform, word, length) != 0 || transform[length] != ' ' ||
		transform[length + 1] == '\0')
		return false;
	for (const char *p = transform + length + 1; *p != '\0'; p++)
	{
		if (*p < '0' || *p > '9')
			return false;
		count = Min(count * 10 + (*p - '0'), CX_MAX_TOUCHES);
	}
	*number = count;
	return true;
}

/* Applies one transform; channels and teams start again from the touches. */
static void
path_transform(Path *path, const char *transform, bool first)
{
	uint32 number;

	if (strcmp(transform, "collapse") == 0)
		path_collapse(path);
	else if (strcmp(transform, "unique") == 0 || strcmp(transform, "first") == 0)
		path_unique(path);
	else if (strcmp(transform, "channels") == 0 || strcmp(transform, "teams") == 0)
	{
		if (!first)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("path transform \"%s\" must come first", transform)));
		path_from(path, transform[0] == 'c' ? CX_CHANNEL : CX_TEAM);
	}
	else if (parse_count(transform, "first", &number))
		path->count = Min(path->count, number);
	else if (parse_count(transform, "last", &number))
	{
		number = Min(path->count, number);
		path->labels += path->count - number;
		path->count = number;
	}
	else
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown path transform: \"%.*s\"",
					pg_mbcliplen(transform, strlen(transform), 80), transform),
			 errhint("Known are collapse, unique, first, first N, last N, channels and teams.")));
}

PG_FUNCTION_INFO_V1(cx_journey_path);

/* cx.path(j [, transforms]): NULL when no label is left */
Datum
cx_journey_path(PG_FUNCTION_ARGS)
{
	CxView view;
	Path path;
	StringInfoData out;
	text *result;

	cx_view_open(&view, PG_GETARG_DATUM(0));
	path.view = &view;
	path.dictionary = cx_dictionary_of(&view);
	path.labels = cx_palloc_array(int32, view.touch_count);
	path_from(&path, CX_TOUCHPOINT);
	if (PG_NARGS() > 1)
	{
		CxElements transforms = cx_array_elements(PG_GETARG_ARRAYTYPE_P(1), TEXTOID);

		for (int i = 0; i < transforms.count; i++)
		{
			if (transforms.nulls[i])
				ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
								errmsg("path transforms must not contain null")));
			path_transform(&path, TextDatumGetCString(transforms.values[i]), i == 0);
		}
	}
	if (path.count == 0)
		PG_RETURN_NULL();

	initStringInfo(&out);
	for (uint32 i = 0; i < path.count; i++)
	{
		const CxSpan *label = &path.dictionary->labels[path.labels[i]];

		CHECK_FOR_INTERRUPTS();
		if (i > 0)
			appendBinaryStringInfo(&out, " > ", 3);
		appendBinaryStringInfo(&out, label->data, label->length);
	}
	if (!pg_verify_mbstr(GetDatabaseEncoding(), out.data, out.len, true))
		cx_corrupt("A label is not valid text in the database's encoding.");
	result = cstring_to_text_with_len(out.data, out.len);
	PG_RETURN_TEXT_P(result);
}
