/* What the requests of docs/protocol.md do. */
#ifndef BL_REQUESTS_H
#define BL_REQUESTS_H

#include "../../link/frame.h"

/* Carry out a request that is not a repetition, and reply. */
void bl_act(const struct bl_frame *request);

#endif
