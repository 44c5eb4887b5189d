/*
 * map_label.h
 *		The hash of a label in the dense part of a growing map.
 */
#ifndef CX_FLOW_MAP_LABEL_H
#define CX_FLOW_MAP_LABEL_H

#include "flow/map_dense.h"

/* Where to look for a label first; of a long one all bytes count, not only first and last. */
static inline uint32
cx_dense_label_hash(const CxDenseLabel *label, const char *data)
{
	if (unlikely(label->length > 16))
		return hash_bytes((const unsigned char *) data, label->length);
	return (uint32) ((label->first * UINT64CONST(0x9e3779b97f4a7c15) +
					  label->last * UINT64CONST(0xbf58476d1ce4e5b9)) >>
					 48);
}

#endif /* CX_FLOW_MAP_LABEL_H */
