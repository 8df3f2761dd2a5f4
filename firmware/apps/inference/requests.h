/* What the requests of docs/protocol.md do. */
#ifndef BL_REQUESTS_H
#define BL_REQUESTS_H

#include "../../link/frame.h"

/* Say that a request was not carried out: a code of packets.h, and a number that explains it. */
void bl_refuse(const struct bl_frame *request, uint32_t code, uint32_t detail);

/* Carry out a request that is not a repetition, and reply. */
void bl_act(const struct bl_frame *request);

#endif
