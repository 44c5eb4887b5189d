/*
 * summary.h
 *		What the types of summaries and models have in common.
 *
 * Each has a stored form with a version in front, of which equal values have
 * equal bytes, and a text form that is JSON.  The binary form is a version
 * byte and the text.  A type brings two functions:
 *
 *		void print(Datum value, StringInfo out)
 *			writes the JSON; raises XX001 when the value is corrupted
 *		Datum parse(const char *text, CxErrorContext *escontext)
 *			checks and packs; 0 after a soft error
 */
#ifndef CX_STATS_SUMMARY_H
#define CX_STATS_SUMMARY_H

#include "cx.h"

#include "lib/stringinfo.h"

typedef void (*CxPrint)(Datum value, StringInfo out);
typedef Datum (*CxParse)(const char *text, CxErrorContext *escontext);

extern Datum cx_summary_in(FunctionCallInfo fcinfo, CxParse parse);
extern Datum cx_summary_out(FunctionCallInfo fcinfo, CxPrint print);
extern Datum cx_summary_recv(FunctionCallInfo fcinfo, CxParse parse);
extern Datum cx_summary_send(FunctionCallInfo fcinfo, CxPrint print);
extern Datum cx_summary_to_jsonb(FunctionCallInfo fcinfo, CxPrint print);
extern Datum cx_summary_from_jsonb(FunctionCallInfo fcinfo, CxParse parse);
extern void cx_require_aggregate(FunctionCallInfo fcinfo);
pg_noreturn extern void cx_summary_corrupt(const char *type);

#define CX_SUMMARY_FUNCTION(name, suffix, argument) \
	PG_FUNCTION_INFO_V1(cx_##name##_##suffix); \
	Datum cx_##name##_##suffix(PG_FUNCTION_ARGS) \
	{ \
		return cx_summary_##suffix(fcinfo, argument); \
	}

/* The functions of a type that the SQL template of summaries names. */
#define CX_SUMMARY_TYPE(name, print, parse) \
	CX_SUMMARY_FUNCTION(name, in, parse) \
	CX_SUMMARY_FUNCTION(name, out, print) \
	CX_SUMMARY_FUNCTION(name, recv, parse) \
	CX_SUMMARY_FUNCTION(name, send, print) \
	CX_SUMMARY_FUNCTION(name, to_jsonb, print) \
	CX_SUMMARY_FUNCTION(name, from_jsonb, parse)

#endif /* CX_STATS_SUMMARY_H */
