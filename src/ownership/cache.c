/*
 * cache.c
 *		What was compiled out of configuration tables, kept by their token.
 *
 * Every statement that writes to a configuration table writes a token that was
 * never used before.  A call site reads the token under its active snapshot and
 * uses only a copy that was compiled under a snapshot with the same token, so
 * what it sees is what its snapshot sees: after changes of its own or of other
 * sessions, after rollbacks, and in snapshots from before.
 *
 * Reading the token again for every row would cost more than the look-up.  So a
 * call site remembers what its snapshot was like; whatever changes the token
 * makes another snapshot or another (sub)transaction.
 *
 * Copies are counted by call sites; of those that nobody uses the last few are kept.
 */
#include "ownership/cache.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "storage/proc.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#define KEPT_COPIES 4
#define TOKEN_COLUMN 2

/* a compiled copy of tables */
typedef struct Copy
{
	const CxCompiled *kind;
	void *compiled;
	MemoryContext context;
	Oid table; /* of the token: tokens begin anew with the extension */
	int64 token;
	uint32 users;
	uint64 used; /* a clock that counts uses */
	struct Copy *next;
} Copy;

/* what tells one snapshot from another as far as the token is concerned */
typedef struct Moment
{
	LocalTransactionId transaction;
	SubTransactionId subtransaction;
	Oid user;
	TransactionId xmin;
	TransactionId xmax;
	uint32 running;
	int32 subrunning;
	CommandId command;
} Moment;

/* what a call site keeps */
typedef struct Site
{
	Moment moment;
	Copy *copy;
	MemoryContextCallback callback;
} Site;

static Copy *copies = NULL;
static uint64 uses = 0;

/* Frees the copies that nobody uses, but for the last ones used. */
static void
forget_copies(void)
{
	for (;;)
	{
		Copy **oldest = NULL;
		int idle = 0;
		Copy *copy;

		for (Copy **link = &copies; *link != NULL; link = &(*link)->next)
		{
			if ((*link)->users > 0)
				continue;
			idle++;
			if (oldest == NULL || (*link)->used < (*oldest)->used)
				oldest = link;
		}
		if (idle <= KEPT_COPIES)
			return;
		copy = *oldest;
		*oldest = copy->next;
		MemoryContextDelete(copy->context);
	}
}

/* The copy for a token, compiled if there is none. */
static Copy *
copy_of(const CxCompiled *kind, Oid table, int64 token)
{
	MemoryContext context;
	void *compiled;
	Copy *copy;

	for (copy = copies; copy != NULL; copy = copy->next)
		if (copy->kind == kind && copy->table == table && copy->token == token)
			return copy;
	context = AllocSetContextCreate(CurrentMemoryContext, "cx_analytics configuration",
									ALLOCSET_DEFAULT_SIZES);
	compiled = kind->compile(context);
	copy = MemoryContextAllocZero(context, sizeof(Copy));
	copy->kind = kind;
	copy->compiled = compiled;
	copy->context = context;
	copy->table = table;
	copy->token = token;
	MemoryContextSetParent(context, CacheMemoryContext);
	copy->next = copies;
	copies = copy;
	return copy;
}

/* Called when the memory of a call site goes. */
static void
release_site(void *argument)
{
	Site *site = argument;

	if (site->copy != NULL)
		site->copy->users--;
	site->copy = NULL;
	forget_copies();
}

/*
 * Raises 42501 if the user may not read a configuration table, and 0A000 if
 * they may not read all of it: an answer out of a part of the tables would be a
 * wrong one.
 */
static void
check_readable(Oid schema, const char *name)
{
	Oid table = get_relname_relid(name, schema);
	AclResult allowed;

	if (!OidIsValid(table))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("table \"cx.%s\" does not exist", name)));
	allowed = pg_class_aclcheck(table, GetUserId(), ACL_SELECT);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_TABLE, name);
	if (check_enable_rls(table, InvalidOid, false) == RLS_ENABLED)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("a part of table \"%s\" is not enough to look up in", name),
						errdetail("Row-level security hides rows of it."),
						errhint("Let the role bypass row-level security, or disable it on the "
								"table.")));
}

/* The token in the active snapshot; raises 55000 if there is none. */
static int64
read_token(Oid table)
{
	Relation relation = table_open(table, AccessShareLock);
	SysScanDesc scan =
		systable_beginscan(relation, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	HeapTuple tuple = systable_getnext(scan);
	bool null = true;
	int64 token = 0;

	if (HeapTupleIsValid(tuple))
		token = DatumGetInt64(heap_getattr(tuple, TOKEN_COLUMN, RelationGetDescr(relation), &null));
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	if (null)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("configuration token is missing"),
						errhint("Any statement that writes to a configuration table, such as "
								"DELETE FROM cx.team WHERE false, makes a new one.")));
	return token;
}

/* Finds or compiles the copy that holds for the active snapshot. */
static Copy *
current_copy(const CxCompiled *kind)
{
	Oid schema = get_namespace_oid("cx", false);
	Oid table = get_relname_relid("configuration_token", schema);

	for (int i = 0; kind->tables[i] != NULL; i++)
		check_readable(schema, kind->tables[i]);
	if (!OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table \"cx.configuration_token\" does not exist")));
	return copy_of(kind, table, read_token(table));
}

/* What the active snapshot is like; without padding, to be compared as bytes. */
static void
take_moment(Moment *moment)
{
	Snapshot snapshot = GetActiveSnapshot();

	memset(moment, 0, sizeof(Moment));
	moment->transaction = cx_transaction_number();
	moment->subtransaction = GetCurrentSubTransactionId();
	moment->user = GetUserId();
	moment->xmin = snapshot->xmin;
	moment->xmax = snapshot->xmax;
	moment->running = snapshot->xcnt;
	moment->subrunning = snapshot->subxcnt;
	moment->command = snapshot->curcid;
}

/*
 * What was compiled out of the tables of a kind and holds for a call of a
 * function, good until its next call.  A function asks for one kind only.
 */
void *
cx_call_compiled(FunctionCallInfo fcinfo, const CxCompiled *kind)
{
	Site *site = fcinfo->flinfo->fn_extra;
	Moment now;
	Copy *copy;

	take_moment(&now);
	if (likely(site != NULL && site->copy != NULL && memcmp(&site->moment, &now, sizeof(now)) == 0))
		return site->copy->compiled;
	if (site == NULL)
	{
		site = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Site));
		site->callback.func = release_site;
		site->callback.arg = site;
		MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, &site->callback);
		fcinfo->flinfo->fn_extra = site;
	}
	copy = current_copy(kind);
	copy->users++;
	copy->used = ++uses;
	if (site->copy != NULL)
		site->copy->users--;
	site->copy = copy;
	site->moment = now;
	forget_copies();
	return copy->compiled;
}

static void *
compile_rules(MemoryContext context)
{
	CxRules *rules = cx_rules_create(context);

	cx_rules_load(rules);
	cx_rules_compile(rules);
	return rules;
}

static const char *const rule_tables[] = {"ownership_rule", "team", NULL};
static const CxCompiled rules_kind = {rule_tables, compile_rules};

/* The rules that hold for a call of a function, good until its next call. */
CxRules *
cx_call_rules(FunctionCallInfo fcinfo)
{
	return cx_call_compiled(fcinfo, &rules_kind);
}
