/* One request at a time: collect bytes up to a zero, decode, act once, reply. Two lines take turns, so that one is made
 * while the other is sent; the last reply stays in its line, so that a repeated request is answered without acting
 * again. */
#include "server.h"

#include <stdbool.h>
#include <stddef.h>

#include "../drivers/port.h"
#include "identity.h"

uint32_t bl_overruns;
struct bl_counts bl_counts;

static uint8_t line_in[BL_LINE_BYTES(BL_PAYLOAD)], lines_out[2][BL_LINE_BYTES(BL_PAYLOAD)];
static struct bl_writer writer;

static struct {
    size_t reply; /* bytes of the last reply in its line; 0 before the first */
    uint8_t line; /* which of the two was written last */
    uint8_t type; /* the request it answers */
    uint16_t sequence;
} last;

/* The other line was handed to bl_write, which waited until this one had left. */
struct bl_writer *bl_begin(uint32_t type, uint32_t sequence, size_t length)
{
    last.line ^= 1u;
    bl_frame_begin(&writer, lines_out[last.line], type, sequence, length);
    return &writer;
}

void bl_end(void)
{
    last.reply = bl_frame_end(&writer);
    bl_write(lines_out[last.line], last.reply);
}

void bl_reply(const struct bl_frame *request, uint32_t type, size_t fixed, const uint8_t head[], size_t size,
              const uint8_t tail[])
{
    struct bl_writer *const w = bl_begin(type, request->sequence, fixed + size);
    bl_frame_put(w, fixed, head);
    bl_frame_put(w, size, tail);
    bl_end();
}

static void take(size_t size, uint8_t data[])
{
    struct bl_frame request;
    const enum bl_frame_state state = bl_frame_parse(size, data, &request);
    if (state == BL_FRAME_CORRUPT) {
        bl_counts.corrupt++;
    } else if (state == BL_FRAME_MALFORMED) {
        bl_counts.malformed++;
    } else if (bl_message(&request)) {
        /* needs no reply, and no place in the count of repetitions */
    } else if (last.reply > 0u && request.type != BL_HELLO && request.type == last.type &&
               request.sequence == last.sequence) {
        bl_counts.repeats++;
        bl_write(lines_out[last.line], last.reply);
    } else {
        last.type = request.type;
        last.sequence = request.sequence;
        bl_act(&request);
    }
}

/* Takes every whole line of `size` bytes and moves the rest to the front; returns how many are left. */
static size_t take_lines(size_t size)
{
    size_t first = 0;
    for (size_t i = 0; i < size; i++)
        if (line_in[i] == 0u) {
            if (i > first)
                take(i - first, &line_in[first]);
            first = i + 1u;
        }
    bl_copy(size - first, &line_in[first], line_in);
    return size - first;
}

void bl_serve(void)
{
    size_t size = 0;
    for (;;) {
        const size_t got = bl_read(&line_in[size], sizeof line_in - size);
        bool ends = false;
        for (size_t i = 0; i < got; i++)
            ends = ends || line_in[size + i] == 0u;
        size += got;
        if (ends)
            size = take_lines(size);
        if (size == sizeof line_in) { /* no frame is that long; what is left of it will not be one either */
            bl_counts.malformed++;
            size = 1;
        }
    }
}

void bl_send(uint32_t type, uint32_t sequence, size_t fixed, const uint8_t head[], size_t size,
             const uint8_t tail[])
{
    const struct bl_frame to = {.sequence = (uint16_t)sequence};
    bl_reply(&to, type, fixed, head, size, tail);
}

void bl_log(const char text[])
{
    size_t size = 0;
    while (text[size] != '\0' && size < BL_PAYLOAD)
        size++;
    bl_send(BL_LOG, 0, 0, NULL, size, (const uint8_t *)text);
    last.reply = 0;
}

#define CFSR (*(volatile uint32_t *)0xE000ED28u)
#define HFSR (*(volatile uint32_t *)0xE000ED2Cu)
#define MMFAR (*(volatile uint32_t *)0xE000ED34u)
#define BFAR (*(volatile uint32_t *)0xE000ED38u)
#define CFSR_MMFAR_VALID 0x80u

void bl_report_fault(uint32_t exception, const uint32_t stacked[])
{
    uint8_t head[BL_FAULT_BYTES];
    bl_put32(&head[BL_FAULT_EXCEPTION], exception);
    bl_put32(&head[BL_FAULT_PC], stacked != NULL ? stacked[BL_STACKED_PC] : 0u);
    bl_put32(&head[BL_FAULT_LR], stacked != NULL ? stacked[BL_STACKED_LR] : 0u);
#if defined(__ARM_ARCH_6M__)
    bl_put32(&head[BL_FAULT_CFSR], 0u);
    bl_put32(&head[BL_FAULT_HFSR], 0u);
    bl_put32(&head[BL_FAULT_ADDRESS], 0u);
#else
    bl_put32(&head[BL_FAULT_CFSR], CFSR);
    bl_put32(&head[BL_FAULT_HFSR], HFSR);
    bl_put32(&head[BL_FAULT_ADDRESS], (CFSR & CFSR_MMFAR_VALID) != 0u ? MMFAR : BFAR);
#endif
    bl_send(BL_FAULT, 0, sizeof head, head, 0, NULL);
    bl_exit(1);
}

