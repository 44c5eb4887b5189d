/*
 * text.h
 *		The text form of a journey: a JSON array of touches.
 */
#ifndef CX_JOURNEY_TEXT_H
#define CX_JOURNEY_TEXT_H

#include "journey/touches.h"

#include "lib/stringinfo.h"

extern void cx_text_print(const CxView *view, StringInfo out);
extern struct varlena *cx_text_parse(char *text, size_t length, CxErrorContext *escontext);
extern const char *cx_label_problem(const char *data, size_t length);

#endif /* CX_JOURNEY_TEXT_H */
