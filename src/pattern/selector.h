/*
 * selector.h
 *		Does a touch fit a selector?  Answered once a symbol where possible.
 */
#ifndef CX_PATTERN_SELECTOR_H
#define CX_PATTERN_SELECTOR_H

#include "journey/dictionary.h"
#include "pattern/syntax.h"

/* what a symbol alone says about its touches */
typedef enum CxVerdict
{
	CX_NO,
	CX_YES,
	CX_DEPENDS
} CxVerdict;

extern CxVerdict
cx_selector_on_symbol(const CxSelector *selector, const CxDictionary *dictionary, uint32 symbol);
extern bool cx_selector_on_touch(const CxSelector *selector, const CxDictionary *dictionary,
								 const CxTouch *touch);

#endif /* CX_PATTERN_SELECTOR_H */
