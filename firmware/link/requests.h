/* What every application's requests have in common: a table that says who acts on which, and refusals. */
#ifndef BL_REQUESTS_H
#define BL_REQUESTS_H

#include <stdbool.h>

#include "frame.h"

struct bl_request {
    uint8_t type;
    uint8_t fixed; /* bytes of payload, at least where a tail may follow */
    bool tail;
    void (*act)(const struct bl_frame *request); /* replies exactly once */
};

/* Have the right entry of a table act, or refuse: an unknown type, a wrong length, a host that has not greeted. */
void bl_dispatch(size_t count, const struct bl_request requests[], const struct bl_frame *request);

/* Answer that a request is not carried out: BL_ERROR_... and its detail. */
void bl_refuse(const struct bl_frame *request, uint32_t code, uint32_t detail);

/* Copy a text into a field of fixed size, the rest zero. */
void bl_put_text(uint8_t field[], size_t size, const char text[]);

/* ECHO and COUNTS, the same everywhere. */
void bl_on_echo(const struct bl_frame *request);
void bl_on_counts(const struct bl_frame *request);

#endif
