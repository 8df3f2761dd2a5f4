/* The board's end of the link: lines in, replies out, the last reply kept. */
#ifndef BL_SERVER_H
#define BL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../startup/fault.h"
#include "frame.h"

/* Damage on the line as it was seen here. */
struct bl_counts {
    uint32_t corrupt, malformed, repeats;
};
extern struct bl_counts bl_counts;

/* Serve requests for ever. */
_Noreturn void bl_serve(void);

/* Send the reply to a request: `fixed` bytes of head, then `size` bytes of tail. It is kept for repetitions. */
void bl_reply(const struct bl_frame *request, uint32_t type, size_t fixed, const uint8_t head[], size_t size,
              const uint8_t tail[]);

/* The same piece by piece: begin, put `length` bytes into the frame, end. */
struct bl_writer *bl_begin(uint32_t type, uint32_t sequence, size_t length);
void bl_end(void);

/* Send what is no reply. */
void bl_send(uint32_t type, uint32_t sequence, size_t fixed, const uint8_t head[], size_t size,
             const uint8_t tail[]);

/* Send a line for people. */
void bl_log(const char text[]);

/* The application: act on a request and reply to it exactly once. */
void bl_act(const struct bl_frame *request);

/* The application: take a frame that gets no reply; false where it is a request. */
bool bl_message(const struct bl_frame *frame);

#endif
