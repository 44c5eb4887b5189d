/*
 * contacts.h
 *		What functions share that look for contacts in a journey and wait for
 *		what may still follow them.
 */
#ifndef CX_LOYALTY_CONTACTS_H
#define CX_LOYALTY_CONTACTS_H

#include "journey/journey.h"
#include "pattern/pattern.h"

extern Interval *cx_call_span(FunctionCallInfo fcinfo, int argument, const char *name);
extern TimestampTz cx_call_watermark(FunctionCallInfo fcinfo, int argument);
extern TimestampTz cx_deadline(TimestampTz at, const Interval *span);
extern void cx_begin_contacts(FunctionCallInfo fcinfo, int argument, CxView *view, CxScan *scan,
							  TimestampTz as_of);
extern void cx_put_time(TimestampTz at, bool known, Datum *value, bool *null);
extern void cx_put_labels(CxScan *scan, uint32 touch, Datum *values, bool *nulls);

#endif /* CX_LOYALTY_CONTACTS_H */
