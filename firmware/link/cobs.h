/* Consistent overhead byte stuffing: bytes without any zero, at most one more per 254, so that zeros can end frames.
 * The encoder takes bytes as they come; the decoder works in place. */
#ifndef BL_COBS_H
#define BL_COBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most bytes that `size` bytes become. */
#define BL_COBS_BYTES(size) ((size) + (size) / 254u + 1u)

/* `count` bytes stand in `out`; the code of the block that is being filled stands at `code`. */
struct bl_cobs {
    uint8_t *out;
    size_t count, code;
};

static inline void bl_cobs_begin(struct bl_cobs *c, uint8_t out[])
{
    c->out = out;
    c->code = 0;
    c->count = 1;
}

static inline void bl_cobs_close_block(struct bl_cobs *c)
{
    c->out[c->code] = (uint8_t)(c->count - c->code);
    c->code = c->count++;
}

/* A block of 254 is closed before the byte behind it, not after its last: then nothing follows a full last block. */
static inline void bl_cobs_put(struct bl_cobs *c, uint8_t byte)
{
    if (c->count - c->code == 255u)
        bl_cobs_close_block(c);
    if (byte == 0u)
        bl_cobs_close_block(c);
    else
        c->out[c->count++] = byte;
}

/* Bytes encoded. */
static inline size_t bl_cobs_end(struct bl_cobs *c)
{
    c->out[c->code] = (uint8_t)(c->count - c->code);
    return c->count;
}

/* Decodes `size` bytes where they stand. Returns how many they become, or -1 if they are no encoding. */
static inline ptrdiff_t bl_cobs_decode(size_t size, uint8_t data[])
{
    size_t from = 0, to = 0;
    while (from < size) {
        const size_t code = data[from++];
        if (code == 0u || code - 1u > size - from)
            return -1;
        for (size_t i = 1; i < code; i++) {
            if (data[from] == 0u)
                return -1;
            data[to++] = data[from++];
        }
        if (code < 255u && from < size)
            data[to++] = 0;
    }
    return (ptrdiff_t)to;
}

#endif
