/*
 * retention.h
 *		In which periods after an anchor a journey has a return.
 */
#ifndef CX_FLOW_RETENTION_H
#define CX_FLOW_RETENTION_H

#include "cx.h"

#define CX_MAX_PERIODS 10000

#endif /* CX_FLOW_RETENTION_H */
