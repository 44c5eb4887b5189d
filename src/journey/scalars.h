/*
 * scalars.h
 *		Times, durations and numbers of the text form; calendar arithmetic in UTC.
 */
#ifndef CX_JOURNEY_SCALARS_H
#define CX_JOURNEY_SCALARS_H

#include "cx.h"

#include "lib/stringinfo.h"
#include "utils/timestamp.h"

extern void cx_time_print(TimestampTz at, StringInfo out);
extern const char *cx_time_parse(const char *text, TimestampTz *at, int *sqlstate);
extern const char *cx_number_plain(const char *text);
extern void cx_milliseconds_print(int64 ms, StringInfo out);
extern const char *cx_milliseconds_parse(const char *text, int64 *ms);
extern const char *cx_interval_to_milliseconds(const Interval *interval, int64 *ms);
extern bool cx_time_plus(TimestampTz at, const Interval *interval, TimestampTz *result);
extern float8 cx_seconds_between(TimestampTz earlier, TimestampTz later);

#endif /* CX_JOURNEY_SCALARS_H */
