/*
 * wire.h
 *		The binary form of a journey that clients and COPY BINARY exchange.
 */
#ifndef CX_JOURNEY_WIRE_H
#define CX_JOURNEY_WIRE_H

#include "journey/touches.h"

#include "lib/stringinfo.h"

extern void cx_wire_send(const CxView *view, StringInfo out);
extern struct varlena *cx_wire_receive(StringInfo in);

#endif /* CX_JOURNEY_WIRE_H */
