/* Frames of the link: version, type, sequence, length, payload, CRC-32; COBS-encoded between zero bytes. */
#ifndef BL_FRAME_H
#define BL_FRAME_H

#include "bytes.h"
#include "cobs.h"
#include "crc32.h"
#include "packets.h"

/* Bytes before COBS, and on the line with both zeros. */
#define BL_FRAME_BYTES(payload) (BL_FRAME_HEADER + (payload) + BL_FRAME_CHECK)
#define BL_LINE_BYTES(payload) (BL_COBS_BYTES(BL_FRAME_BYTES(payload)) + 2u)

/* A frame being written into a buffer of BL_LINE_BYTES. */
struct bl_writer {
    struct bl_cobs cobs;
    uint32_t crc;
};

struct bl_frame {
    uint8_t type;
    uint16_t sequence, length;
    const uint8_t *payload;
};

enum bl_frame_state { BL_FRAME_GOOD, BL_FRAME_MALFORMED, BL_FRAME_CORRUPT };

/* Not inlined: it stands in every reply, and flash is short. */
__attribute__((noinline, unused)) static void bl_frame_put(struct bl_writer *w, size_t size, const uint8_t data[])
{
    w->crc = bl_crc32_more(w->crc, size, data);
    for (size_t i = 0; i < size; i++)
        bl_cobs_put(&w->cobs, data[i]);
}

static inline void bl_frame_put32(struct bl_writer *w, uint32_t value)
{
    uint8_t bytes[4];
    bl_put32(bytes, value);
    bl_frame_put(w, sizeof bytes, bytes);
}

static inline void bl_frame_put64(struct bl_writer *w, uint64_t value)
{
    bl_frame_put32(w, (uint32_t)value);
    bl_frame_put32(w, (uint32_t)(value >> 32));
}

/* `length` bytes of payload have to be put after it. */
static inline void bl_frame_begin(struct bl_writer *w, uint8_t line[], uint32_t type, uint32_t sequence, size_t length)
{
    uint8_t header[BL_FRAME_HEADER];
    header[BL_FRAME_VERSION] = BL_PROTOCOL;
    header[BL_FRAME_TYPE] = (uint8_t)type;
    bl_put16(&header[BL_FRAME_SEQUENCE], sequence);
    bl_put16(&header[BL_FRAME_LENGTH], (uint32_t)length);
    line[0] = 0;
    bl_cobs_begin(&w->cobs, &line[1]);
    w->crc = BL_CRC32_START;
    bl_frame_put(w, sizeof header, header);
}

/* Bytes on the line. */
static inline size_t bl_frame_end(struct bl_writer *w)
{
    bl_frame_put32(w, bl_crc32_end(w->crc));
    const size_t size = bl_cobs_end(&w->cobs);
    w->cobs.out[size] = 0;
    return size + 2u;
}

/* Decodes what stood between two zeros, in place; `frame` is valid while the bytes are. */
static inline enum bl_frame_state bl_frame_parse(size_t size, uint8_t data[], struct bl_frame *frame)
{
    const ptrdiff_t decoded = bl_cobs_decode(size, data);
    if (decoded < (ptrdiff_t)BL_FRAME_BYTES(0u))
        return BL_FRAME_MALFORMED;
    const size_t checked = (size_t)decoded - BL_FRAME_CHECK;
    if (bl_crc32_end(bl_crc32_more(BL_CRC32_START, checked, data)) != bl_get32(&data[checked]))
        return BL_FRAME_CORRUPT;
    frame->type = data[BL_FRAME_TYPE];
    frame->sequence = bl_get16(&data[BL_FRAME_SEQUENCE]);
    frame->length = bl_get16(&data[BL_FRAME_LENGTH]);
    frame->payload = &data[BL_FRAME_HEADER];
    if (data[BL_FRAME_VERSION] != BL_PROTOCOL || frame->length != checked - BL_FRAME_HEADER)
        return BL_FRAME_MALFORMED;
    return BL_FRAME_GOOD;
}

#endif
