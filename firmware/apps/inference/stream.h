/* The line at its full rate, in either direction: what docs/protocol.md calls streaming. */
#ifndef BL_STREAM_H
#define BL_STREAM_H

#include "../../link/frame.h"

/* Send frames of noise until they are done or the host says anything, then reply. */
void bl_stream(const struct bl_frame *request);

/* Tell what was poured since the last such request, and begin again. */
void bl_sink(const struct bl_frame *request);

/* Take a frame of noise; it gets no reply. */
void bl_poured(const struct bl_frame *frame);

#endif
