/*
 * encode.h
 *		Touches in any order to the canonical stored form.
 */
#ifndef CX_JOURNEY_ENCODE_H
#define CX_JOURNEY_ENCODE_H

#include "journey/dictionary.h"

/* touches being collected; their symbols are numbers of the dictionary */
typedef struct CxTouches
{
	CxDictionary *dictionary;
	CxTouch    *items;
	uint32		count;
	uint32		capacity;
} CxTouches;

extern int	cx_touch_compare(const CxTouch *a, const CxTouch *b);
extern void cx_touches_init(CxTouches *touches, CxDictionary *dictionary, uint32 capacity);
extern CxTouch *cx_touches_next(CxTouches *touches);
extern void cx_touches_load(CxTouches *touches, const CxView *view);
extern struct varlena *cx_touches_encode(const CxTouches *touches);
extern struct varlena *cx_encode(CxDictionary *dictionary, const void *touches, size_t stride,
								 uint32 count);
extern void cx_check_touch_count(uint64 count);

#endif							/* CX_JOURNEY_ENCODE_H */
