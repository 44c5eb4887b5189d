/*
 * cx.h
 *		What every room shares: PostgreSQL's common headers, the differences
 *		between server versions, and the helpers that need no room.
 *
 * This is the only file that tests PG_VERSION_NUM.
 */
#ifndef CX_H
#define CX_H

#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "common/int.h"
#include "common/jsonapi.h"
#include "datatype/timestamp.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/primnodes.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/float.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#endif

#if PG_VERSION_NUM < 150000
#error "cx_analytics requires PostgreSQL 15 or newer"
#endif

#define CX_VERSION "0.1.0"

/*
 * Soft errors exist since 16.  Before, an input function can only raise, so
 * the context is ignored and the code after an error is never reached.
 */
#if PG_VERSION_NUM < 160000
#define errsave(context, ...) \
	do \
	{ \
		(void) (context); \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
typedef struct Node CxErrorContext;
#define CX_ESCONTEXT(fcinfo) ((CxErrorContext *) NULL)
#else
typedef struct Node CxErrorContext;
#define CX_ESCONTEXT(fcinfo) ((fcinfo)->context)
#endif

/* Semantic actions of the JSON parser return a verdict since 16. */
#if PG_VERSION_NUM < 160000
typedef void CxJsonAction;
#define CX_JSON_OK
#define CX_JSON_STOP
#else
typedef JsonParseErrorType CxJsonAction;
#define CX_JSON_OK JSON_SUCCESS
#define CX_JSON_STOP JSON_SEM_ACTION_FAILED
#endif

/* The lexer takes its workspace as an argument since 17. */
#if PG_VERSION_NUM >= 170000
#define cx_json_lexer(json, length) \
	makeJsonLexContextCstringLen(NULL, (json), (length), GetDatabaseEncoding(), true)
#else
#define cx_json_lexer(json, length) \
	makeJsonLexContextCstringLen((json), (length), GetDatabaseEncoding(), true)
#endif

/* Reports a JSON syntax error, softly where the server can. */
#if PG_VERSION_NUM >= 160000
#define cx_json_error(result, lex, escontext) json_errsave_error((result), (lex), (escontext))
#else
#define cx_json_error(result, lex, escontext) json_ereport_error((result), (lex))
#endif

/* Reads a float8; false if the text is none or out of range. */
#if PG_VERSION_NUM >= 160000
static inline bool
cx_float8(char *text, float8 *number)
{
	ErrorSaveContext escontext = {T_ErrorSaveContext};

	*number = float8in_internal(text, NULL, "double precision", text, (Node *) &escontext);
	return !escontext.error_occurred;
}
#else
static inline bool
cx_float8(char *text, float8 *number)
{
	bool failed = false;

	*number = float8in_internal_opt_error(text, NULL, "double precision", text, &failed);
	return !failed;
}
#endif

/* Calls the input function of a type; false after a soft error. */
#if PG_VERSION_NUM >= 160000
#define cx_input(function, text, escontext, value) \
	DirectInputFunctionCallSafe((function), (char *) (text), InvalidOid, -1, (escontext), (value))
#else
static inline bool
cx_input(PGFunction function, const char *text, CxErrorContext *escontext, Datum *value)
{
	*value = DirectFunctionCall3(function, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid),
								 Int32GetDatum(-1));
	return true;
}
#endif

/* The mark of functions that do not return is a prefix since 18. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* The statistics target of a column stands in its statistics since 17. */
#if PG_VERSION_NUM >= 170000
#define cx_statistics_target(stats) ((stats)->attstattarget)
#else
#define cx_statistics_target(stats) ((stats)->attr->attstattarget)
#endif

/* Whether the delay is for analyze is told since 18. */
#if PG_VERSION_NUM >= 180000
#define cx_vacuum_delay_point() vacuum_delay_point(true)
#else
#define cx_vacuum_delay_point() vacuum_delay_point()
#endif

/* Counted text is always counted without itself since 17. */
#if PG_VERSION_NUM >= 170000
#define cx_sendcountedtext(out, text, length) pq_sendcountedtext((out), (text), (length))
#else
#define cx_sendcountedtext(out, text, length) pq_sendcountedtext((out), (text), (length), false)
#endif

/* Ranges are made with a context for soft errors since 16; needs utils/rangetypes.h. */
#if PG_VERSION_NUM >= 160000
#define cx_make_range(cache, lower, upper, empty) \
	make_range((cache), (lower), (upper), (empty), NULL)
#else
#define cx_make_range(cache, lower, upper, empty) make_range((cache), (lower), (upper), (empty))
#endif

/* Intervals can be infinite since 17. */
#if PG_VERSION_NUM >= 170000
#define cx_interval_is_endless(interval) INTERVAL_IS_NOEND(interval)
#else
#define cx_interval_is_endless(interval) false
#endif

/* The number of the running transaction moved with the virtual one in 17; needs storage/proc.h. */
#if PG_VERSION_NUM >= 170000
#define cx_transaction_number() (MyProc->vxid.lxid)
#else
#define cx_transaction_number() (MyProc->lxid)
#endif

/* palloc of count elements, with the product checked. */
#define cx_palloc_array(type, count) ((type *) palloc(mul_size((count), sizeof(type))))

/* True when an argument of a call is a constant in the query. */
static inline bool
cx_argument_is_const(FunctionCallInfo fcinfo, int argument)
{
	Node *call = fcinfo->flinfo->fn_expr;
	List *arguments = call == NULL		  ? NIL :
					  IsA(call, FuncExpr) ? ((FuncExpr *) call)->args :
					  IsA(call, OpExpr)	  ? ((OpExpr *) call)->args :
											NIL;

	return argument < list_length(arguments) && IsA(list_nth(arguments, argument), Const);
}

/* The number of bits that hold every value from 0 to max; 0 for max = 0. */
static inline uint32
cx_bit_width(uint64 max)
{
	return max == 0 ? 0 : 64 - __builtin_clzll(max);
}

/*
 * Hashes a label.  Most are short, and then a few loads and multiplications do;
 * the hash never leaves the server.
 */
static inline uint32
cx_hash_label(const char *data, uint32 length)
{
	uint64 first = 0;
	uint64 last = 0;

	if (length > 16 || length < 4)
		return hash_bytes((const unsigned char *) data, length);
	if (length >= 8)
	{
		memcpy(&first, data, 8);
		memcpy(&last, data + length - 8, 8);
	}
	else
	{
		memcpy(&first, data, 4);
		memcpy(&last, data + length - 4, 4);
	}
	first = (first ^ length) * UINT64CONST(0x9e3779b97f4a7c15);
	last = (last ^ (first >> 29)) * UINT64CONST(0xbf58476d1ce4e5b9);
	return (uint32) (last >> 32);
}

#endif /* CX_H */
