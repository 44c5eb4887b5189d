/*
 * encode.h
 *		Touches in any order to the canonical stored form.
 */
#ifndef CX_JOURNEY_ENCODE_H
#define CX_JOURNEY_ENCODE_H

#include "journey/dictionary.h"

extern int cx_touch_compare(const CxTouch *a, const CxTouch *b);
extern struct varlena *
cx_encode(CxDictionary *dictionary, const void *touches, size_t stride, uint32 count);
extern void cx_check_touch_count(uint64 count);

#endif /* CX_JOURNEY_ENCODE_H */
