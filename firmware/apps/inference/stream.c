/* Streaming: frames of noise, numbered, as fast as the line takes them or at an interval. A frame that falls due while
 * the last one is still leaving is dropped and counted, as a data logger would have to. */
#include "stream.h"

#include <stdbool.h>

#include "../../drivers/port.h"
#include "../../drivers/stopwatch.h"
#include "../../link/noise.h"
#include "../../link/requests.h"
#include "../../link/server.h"
#include "identity.h"

#define NOISE_AT_MOST (BL_PAYLOAD - BL_STREAMED_BYTES)
_Static_assert(BL_STREAMED_BYTES == BL_POUR_BYTES, "noise has the same room in both directions");

static void send_noise(uint32_t sequence, uint32_t index, uint32_t size)
{
    struct bl_writer *const w = bl_begin(BL_STREAMED, sequence, BL_STREAMED_BYTES + size);
    bl_frame_put32(w, index);
    for (uint32_t at = 0; at < size; at += 4u) {
        uint8_t word[4];
        bl_put32(word, bl_noise(index, at / 4u));
        bl_frame_put(w, size - at < 4u ? size - at : 4u, word);
    }
    bl_end();
}

void bl_stream(const struct bl_frame *request)
{
    const uint32_t frames = bl_get32(&request->payload[BL_STREAM_FRAMES]);
    const uint32_t interval = bl_get32(&request->payload[BL_STREAM_INTERVAL]);
    const uint32_t size = bl_get16(&request->payload[BL_STREAM_SIZE]);
    const uint16_t sequence = request->sequence;
    struct bl_stopwatch watch;
    uint32_t sent = 0, dropped = 0;
    bl_stopwatch_start(&watch);
    if (size > NOISE_AT_MOST) {
        bl_refuse(request, BL_ERROR_RANGE, NOISE_AT_MOST);
        return;
    }
    for (uint64_t due = 0; sent + dropped < frames && !bl_incoming(); due += interval) {
        while (bl_elapsed(&watch) < due) {
        }
        if (interval > 0u && bl_writing()) {
            dropped++;
        } else {
            send_noise(sequence, sent + dropped, size);
            sent++;
        }
    }
    while (bl_writing()) {
    }
    struct bl_writer *const w = bl_begin(BL_STREAM_REPLY, sequence, BL_STREAM_REPLY_BYTES);
    bl_frame_put32(w, sent);
    bl_frame_put32(w, dropped);
    bl_frame_put64(w, bl_elapsed(&watch));
    bl_end();
}

/* What was poured: frames as they should be, numbers missing between them, frames with other bytes than they should
 * have, the number that comes next, and the time since the first of them. */
static struct {
    uint32_t frames, lost, wrong, next;
    struct bl_stopwatch watch;
} sink;

static bool is_noise(uint32_t index, uint32_t size, const uint8_t bytes[])
{
    uint32_t difference = 0;
    for (uint32_t at = 0; at < size; at++)
        difference |= bytes[at] ^ (uint8_t)(bl_noise(index, at / 4u) >> (8u * (at % 4u)));
    return difference == 0u;
}

void bl_poured(const struct bl_frame *frame)
{
    if (frame->length < BL_POUR_BYTES) {
        bl_counts.malformed++;
        return;
    }
    const uint32_t index = bl_get32(&frame->payload[BL_POUR_INDEX]);
    if (!is_noise(index, frame->length - BL_POUR_BYTES, &frame->payload[BL_POUR_BYTES])) {
        sink.wrong++;
    } else {
        if (sink.frames++ == 0u)
            bl_stopwatch_start(&sink.watch);
        (void)bl_elapsed(&sink.watch);
        sink.lost += index >= sink.next ? index - sink.next : 0u;
        sink.next = index + 1u;
    }
}

void bl_sink(const struct bl_frame *request)
{
    struct bl_writer *const w = bl_begin(BL_SINK_REPLY, request->sequence, BL_SINK_REPLY_BYTES);
    bl_frame_put32(w, sink.frames);
    bl_frame_put32(w, sink.lost);
    bl_frame_put32(w, sink.wrong);
    bl_frame_put64(w, sink.watch.total);
    bl_end();
    sink.frames = 0;
    sink.lost = 0;
    sink.wrong = 0;
    sink.next = 0;
    sink.watch.total = 0;
}
