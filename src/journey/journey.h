/*
 * journey.h
 *		What the SQL functions of this room share.
 */
#ifndef CX_JOURNEY_JOURNEY_H
#define CX_JOURNEY_JOURNEY_H

#include "journey/touches.h"

#include "utils/array.h"
#include "utils/timestamp.h"

#define CX_RETURN_JOURNEY(value) PG_RETURN_POINTER(value)

/* an array taken apart */
typedef struct CxElements
{
	Datum *values;
	bool *nulls;
	int count;
} CxElements;

extern CxElements cx_array_elements(ArrayType *array, Oid type);
extern void cx_check_label(const char *argument, const char *data, size_t length);
extern text *cx_span_text(const CxSpan *span);
extern bool cx_starts_session(TimestampTz previous, TimestampTz at, const Interval *gap);
extern void cx_check_gap(Interval *gap);
extern Datum cx_time_difference(TimestampTz earlier, TimestampTz later);
extern int cx_part_of_name(const char *name);
extern void cx_labels_by(const CxDictionary *dictionary, int part, const char *key, CxSpan *labels);

#endif /* CX_JOURNEY_JOURNEY_H */
