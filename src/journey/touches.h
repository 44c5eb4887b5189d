/*
 * touches.h
 *		Collecting touches for a new journey.
 */
#ifndef CX_JOURNEY_TOUCHES_H
#define CX_JOURNEY_TOUCHES_H

#include "journey/encode.h"

/* touches being collected; their symbols are numbers of the dictionary */
typedef struct CxTouches
{
	CxDictionary *dictionary;
	CxTouch *items;
	uint32 count;
	uint32 capacity;
} CxTouches;

extern void cx_touches_init(CxTouches *touches, CxDictionary *dictionary, uint32 capacity);
extern void cx_touches_open(CxTouches *touches, CxView *view, Datum journey);
extern CxTouch *cx_touches_next(CxTouches *touches);
extern void cx_touches_load(CxTouches *touches, const CxView *view);
extern struct varlena *cx_touches_pick(const CxView *view, const uint32 *numbers, uint32 count);
extern struct varlena *cx_touches_encode(const CxTouches *touches);

#endif /* CX_JOURNEY_TOUCHES_H */
