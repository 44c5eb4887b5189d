/*
 * notes.c
 *		What a run has to say: how often things happened, and what must not
 *		happen; and what is on trial, in a file that outlives the backend.
 */
#include "postgres.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "cx_fuzz.h"

PG_FUNCTION_INFO_V1(cx_fuzz_lost);

/* Small inputs that take more memory than this are suspicious although nothing failed. */
#define MEMORY_MAX ((Size) 64 * 1024 * 1024)

/* Problems that are told apart; more would only repeat them. */
#define NOTES_MAX 200

/* Counts a case under outcome, subject and SQLSTATE; keeps the first one's detail and input. */
void
note(Run *run, const char *outcome, const char *subject, int sqlstate, const char *detail)
{
	int known = 0;
	Note **last = &run->notes;

	for (Note *n = run->notes; n != NULL; last = &n->next, n = n->next, known++)
		if (n->sqlstate == sqlstate && strcmp(n->outcome, outcome) == 0 &&
			strcmp(n->subject, subject) == 0)
		{
			n->cases++;
			return;
		}
	if (known < NOTES_MAX)
	{
		MemoryContext old = MemoryContextSwitchTo(run->whole);
		Note *n = palloc0(sizeof(Note));

		n->outcome = pstrdup(outcome);
		n->subject = pstrdup(subject);
		n->sqlstate = sqlstate;
		n->cases = 1;
		n->detail = detail == NULL ? NULL : pstrdup(detail);
		n->input.length = run->input.length;
		n->input.data = palloc(run->input.length + 1);
		memcpy(n->input.data, run->input.data, run->input.length);
		*last = n;
		MemoryContextSwitchTo(old);
	}
}

/* Notes something that must not happen. */
void
problem(Run *run, const char *subject, int sqlstate, const char *format, ...)
{
	char detail[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	if (length >= (int) sizeof(detail))
		detail[pg_mbcliplen(detail, sizeof(detail) - 1, sizeof(detail) - 1)] = '\0';
	note(run, "problem", subject, sqlstate, detail);
}

/* Notes that something took more memory than small inputs justify. */
void
watch_memory(Run *run, MemoryContext context, const char *subject, const char *what)
{
	Size size = MemoryContextMemAllocated(context, true);

	if (size > MEMORY_MAX && !run->dense)
		problem(run, subject, 0, "%s took %zu bytes", what, size);
}

/* Must this error never be seen?  A stored value that is not sound may be called corrupt. */
bool
is_grave(int sqlstate, bool sound)
{
	int class = ERRCODE_TO_CATEGORY(sqlstate);

	if (sqlstate == ERRCODE_DATA_CORRUPTED)
		return sound;
	return class == ERRCODE_TO_CATEGORY(ERRCODE_INTERNAL_ERROR) ||
		   class == ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) ||
		   class == ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR);
}

/* Returns the notes as rows. */
void
report_notes(Run *run, ReturnSetInfo *rsinfo)
{
	for (Note *n = run->notes; n != NULL; n = n->next)
	{
		Datum values[6];
		bool nulls[6] = {false};
		bytea *input = palloc(VARHDRSZ + n->input.length);

		SET_VARSIZE(input, VARHDRSZ + n->input.length);
		memcpy(VARDATA(input), n->input.data, n->input.length);
		values[0] = CStringGetTextDatum(n->outcome);
		values[1] = CStringGetTextDatum(n->subject);
		values[2] = CStringGetTextDatum(unpack_sql_state(n->sqlstate));
		values[3] = Int64GetDatum(n->cases);
		values[4] = n->detail == NULL ? 0 : CStringGetTextDatum(n->detail);
		nulls[4] = n->detail == NULL;
		values[5] = PointerGetDatum(input);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/* ---------------------------------------------------------------------------
 * The witness
 * ---------------------------------------------------------------------------
 */

/* Writes down what is about to be called. */
void
on_trial(Run *run, const char *what)
{
	strlcpy(run->witness->what, what, sizeof(run->witness->what));
}

/* Maps a file that survives this backend; the data folder is the working directory. */
Witness *
witness_open(char *path, size_t size)
{
	int file;
	Witness *witness;

	snprintf(path, size, "cx_fuzz.%d.lost", MyProcPid);
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || ftruncate(file, sizeof(Witness)) != 0)
		ereport(ERROR,
				(errcode_for_file_access(), errmsg("could not create file \"%s\": %m", path)));
	witness = mmap(NULL, sizeof(Witness), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (witness == MAP_FAILED)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not map file \"%s\": %m", path)));
	return witness;
}

/* lost(): what was on trial in backends that ended in the middle of a run; forgets it. */
Datum
cx_fuzz_lost(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	DIR *folder;
	struct dirent *entry;
	Witness *witness = palloc(sizeof(Witness));

	InitMaterializedSRF(fcinfo, 0);
	folder = AllocateDir(".");
	while ((entry = ReadDir(folder, ".")) != NULL)
	{
		int pid, end = 0, file;
		Datum values[3];
		bool nulls[3] = {false};

		if (sscanf(entry->d_name, "cx_fuzz.%d.lost%n", &pid, &end) != 1 ||
			entry->d_name[end] != '\0' || end == 0)
			continue;
		file = OpenTransientFile(entry->d_name, O_RDONLY);
		if (file >= 0 && read(file, witness, sizeof(Witness)) == sizeof(Witness))
		{
			witness->what[sizeof(witness->what) - 1] = '\0';
			values[0] = Int32GetDatum(pid);
			values[1] = CStringGetTextDatum(witness->what);
			values[2] = PointerGetDatum(
				cstring_to_text_with_len(witness->input, Min(witness->length, WITNESS_MAX)));
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
		if (file >= 0)
			CloseTransientFile(file);
		unlink(entry->d_name);
	}
	FreeDir(folder);
	return (Datum) 0;
}
