/* What each request does. A handler replies exactly once. */
#include "../../link/requests.h"

#include <stdbool.h>

#include "../../drivers/port.h"
#include "../../link/server.h"
#include "adapter.h"
#include "build.h"
#include "stream.h"

#define SIGNAL_BYTES (sizeof(float) * BL_LIBRARY_AXES * BL_LIBRARY_SAMPLES)

/* A signal, or saved knowledge. */
static union {
    float values[BL_BUFFER_BYTES / sizeof(float)];
    uint8_t bytes[BL_BUFFER_BYTES];
} buffer;

static uint32_t filled; /* bytes the host has written into the buffer */

_Static_assert(BL_GREETING_BYTES <= BL_PAYLOAD, "the greeting fits into a frame");
_Static_assert(BL_DETECT_REPLY_BYTES + sizeof(float) * BL_LIBRARY_OUTPUTS <= BL_PAYLOAD, "an answer fits too");
_Static_assert(SIGNAL_BYTES <= BL_BUFFER_BYTES, "a signal fits into the buffer");
_Static_assert(BL_LIBRARY_KNOWLEDGE <= BL_BUFFER_BYTES, "saved knowledge fits into the buffer");
_Static_assert(BL_INIT_REPLY_BYTES == BL_DETECT_REPLY_BYTES && BL_LEARN_REPLY_BYTES == BL_DETECT_REPLY_BYTES &&
                   BL_RESTORE_REPLY_BYTES == BL_DETECT_REPLY_BYTES,
               "answers of library calls look alike");

static const uint8_t library_id[BL_GREETING_LIBRARY_BYTES] = BL_LIBRARY_ID;
static const uint8_t build[BL_GREETING_BUILD_BYTES] = BL_BUILD;

static void answer(const struct bl_frame *request, const struct bl_answer *a, size_t outputs)
{
    uint8_t head[BL_DETECT_REPLY_BYTES];
    bl_put32(&head[BL_DETECT_REPLY_STATUS], a->status);
    bl_put32(&head[BL_DETECT_REPLY_LABEL], (uint32_t)a->label);
    bl_put32(&head[BL_DETECT_REPLY_TICKS], a->ticks);
    bl_reply(request, request->type + BL_REPLY, sizeof head, head, outputs * sizeof(float),
             (const uint8_t *)a->outputs);
}

static void on_hello(const struct bl_frame *request)
{
    uint8_t head[BL_GREETING_BYTES];
    head[BL_GREETING_PROTOCOL] = BL_PROTOCOL;
    head[BL_GREETING_PERSONA] = BL_LIBRARY_PERSONA;
    head[BL_GREETING_KIND] = BL_LIBRARY_KIND;
    head[BL_GREETING_FLAGS] = BL_LIBRARY_FLAGS;
    bl_put16(&head[BL_GREETING_AXES], BL_LIBRARY_AXES);
    bl_put16(&head[BL_GREETING_SAMPLES], BL_LIBRARY_SAMPLES);
    bl_put16(&head[BL_GREETING_OUTPUTS], BL_LIBRARY_OUTPUTS);
    bl_put16(&head[BL_GREETING_MAX_PAYLOAD], BL_PAYLOAD);
    bl_put32(&head[BL_GREETING_BUFFER_BYTES], sizeof buffer);
    bl_put32(&head[BL_GREETING_KNOWLEDGE_BYTES], BL_LIBRARY_KNOWLEDGE);
    bl_put32(&head[BL_GREETING_CLOCK_HZ], BL_CLOCK_HZ);
    bl_put32(&head[BL_GREETING_TICK_SOURCE], BL_TICK_SOURCE);
    bl_copy(sizeof library_id, library_id, &head[BL_GREETING_LIBRARY]);
    bl_copy(sizeof build, build, &head[BL_GREETING_BUILD]);
    bl_put_text(&head[BL_GREETING_FIRMWARE], BL_GREETING_FIRMWARE_BYTES, "inference");
    bl_put_text(&head[BL_GREETING_CORE], BL_GREETING_CORE_BYTES, BL_CORE);
    bl_put_text(&head[BL_GREETING_BOARD], BL_GREETING_BOARD_BYTES, BL_BOARD);
    bl_reply(request, BL_GREETING, sizeof head, head, 0, NULL);
}

static void on_init(const struct bl_frame *request)
{
    struct bl_answer a = {0};
    bl_library_init(request->payload[BL_INIT_PRETRAINED] != 0u, &a);
    answer(request, &a, 0);
}

static void on_data(const struct bl_frame *request)
{
    const uint32_t offset = bl_get32(&request->payload[BL_DATA_OFFSET]);
    const uint32_t size = request->length - BL_DATA_BYTES;
    if (offset != 0u && offset != filled) {
        bl_refuse(request, BL_ERROR_INCOMPLETE, filled);
    } else if (offset > sizeof buffer || size > sizeof buffer - offset) {
        bl_refuse(request, BL_ERROR_RANGE, sizeof buffer);
    } else {
        uint8_t head[BL_DATA_REPLY_BYTES];
        bl_copy(size, &request->payload[BL_DATA_BYTES], &buffer.bytes[offset]);
        filled = offset + size;
        bl_put32(&head[BL_DATA_REPLY_FILLED], filled);
        bl_reply(request, BL_DATA_REPLY, sizeof head, head, 0, NULL);
    }
}

/* Whether exactly so many bytes were written since the last call; says so to the host where not. */
static bool complete(const struct bl_frame *request, uint32_t bytes)
{
    const bool whole = filled == bytes;
    if (!whole)
        bl_refuse(request, BL_ERROR_INCOMPLETE, filled);
    filled = 0;
    return whole;
}

/* Unused where the library learns and the image traces. */
__attribute__((unused)) static void on_unsupported(const struct bl_frame *request)
{
    bl_refuse(request, BL_ERROR_UNSUPPORTED, request->type);
}

typedef void library_call(float signal[], struct bl_answer *answer);

static bool call(const struct bl_frame *request, library_call *function, struct bl_answer *a)
{
    const bool whole = complete(request, SIGNAL_BYTES);
    if (whole)
        function(buffer.values, a);
    return whole;
}

static void on_detect(const struct bl_frame *request)
{
    struct bl_answer a = {0};
    if (call(request, bl_library_detect, &a))
        answer(request, &a, BL_LIBRARY_OUTPUTS);
}

#if BL_LIBRARY_KNOWLEDGE > 0u

static void on_learn(const struct bl_frame *request)
{
    struct bl_answer a = {0};
    if (call(request, bl_library_learn, &a))
        answer(request, &a, 0);
}

static void on_save(const struct bl_frame *request)
{
    uint8_t head[BL_SAVE_REPLY_BYTES];
    filled = 0;
    bl_put32(&head[BL_SAVE_REPLY_STATUS], bl_library_save(buffer.bytes));
    bl_put32(&head[BL_SAVE_REPLY_SIZE], BL_LIBRARY_KNOWLEDGE);
    bl_reply(request, BL_SAVE_REPLY, sizeof head, head, 0, NULL);
}

static void on_restore(const struct bl_frame *request)
{
    struct bl_answer a = {0};
    if (complete(request, BL_LIBRARY_KNOWLEDGE)) {
        bl_library_restore(buffer.bytes, &a);
        answer(request, &a, 0);
    }
}

#else /* it does not learn */
#define on_learn on_unsupported
#define on_save on_unsupported
#define on_restore on_unsupported
#endif

static void on_read(const struct bl_frame *request)
{
    const uint32_t offset = bl_get32(&request->payload[BL_READ_OFFSET]);
    const uint32_t size = bl_get32(&request->payload[BL_READ_SIZE]);
    uint8_t head[BL_READ_REPLY_BYTES];
    if (offset > sizeof buffer || size > sizeof buffer - offset || size > BL_PAYLOAD - BL_READ_REPLY_BYTES) {
        bl_refuse(request, BL_ERROR_RANGE, sizeof buffer);
        return;
    }
    bl_put32(&head[BL_READ_REPLY_OFFSET], offset);
    bl_reply(request, BL_READ_REPLY, sizeof head, head, size, &buffer.bytes[offset]);
}

#if (BL_LIBRARY_FLAGS & BL_FLAG_TRACE) != 0u

/* A trace under way: the request's sequence, and the floats sent for it. */
static struct {
    uint16_t sequence;
    bool active;
    uint32_t values;
} trace;

#define VALUES_AT_ONCE ((BL_PAYLOAD - BL_VALUES_BYTES) / sizeof(float))

void neai_trace(uint32_t step, const float values[], uint32_t count);

void neai_trace(uint32_t step, const float values[], uint32_t count)
{
    uint8_t head[BL_VALUES_BYTES];
    for (uint32_t at = 0; trace.active && at < count; at += VALUES_AT_ONCE) {
        const uint32_t size = count - at < VALUES_AT_ONCE ? count - at : VALUES_AT_ONCE;
        bl_put32(&head[BL_VALUES_STEP], step);
        bl_put32(&head[BL_VALUES_OFFSET], at);
        bl_put32(&head[BL_VALUES_TOTAL], count);
        bl_send(BL_VALUES, trace.sequence, sizeof head, head, size * sizeof(float), (const uint8_t *)&values[at]);
        trace.values += size;
    }
}

static void on_trace(const struct bl_frame *request)
{
    uint8_t head[BL_TRACE_REPLY_BYTES];
    struct bl_answer a = {0};
    library_call *function = bl_library_detect;
    if (request->payload[BL_TRACE_LEARN] != 0u) {
#if BL_LIBRARY_KNOWLEDGE > 0u
        function = bl_library_learn;
#else
        on_unsupported(request);
        return;
#endif
    }
    trace.sequence = request->sequence;
    trace.values = 0;
    trace.active = true;
    const bool done = call(request, function, &a);
    trace.active = false;
    if (done) {
        bl_put32(&head[BL_TRACE_REPLY_VALUES], trace.values);
        bl_reply(request, BL_TRACE_REPLY, sizeof head, head, 0, NULL);
    }
}

#else
#define on_trace on_unsupported
#endif

static const struct bl_request requests[] = {
    {BL_HELLO, BL_HELLO_BYTES, false, on_hello},
    {BL_INIT, BL_INIT_BYTES, false, on_init},
    {BL_DATA, BL_DATA_BYTES, true, on_data},
    {BL_LEARN, BL_LEARN_BYTES, false, on_learn},
    {BL_DETECT, BL_DETECT_BYTES, false, on_detect},
    {BL_SAVE, BL_SAVE_BYTES, false, on_save},
    {BL_RESTORE, BL_RESTORE_BYTES, false, on_restore},
    {BL_READ, BL_READ_BYTES, false, on_read},
    {BL_TRACE, BL_TRACE_BYTES, false, on_trace},
    {BL_ECHO, BL_ECHO_BYTES, true, bl_on_echo},
    {BL_COUNTS, BL_COUNTS_BYTES, false, bl_on_counts},
    {BL_STREAM, BL_STREAM_BYTES, false, bl_stream},
    {BL_SINK, BL_SINK_BYTES, false, bl_sink},
};

void bl_act(const struct bl_frame *request)
{
    bl_dispatch(sizeof requests / sizeof requests[0], requests, request);
}

bool bl_message(const struct bl_frame *frame)
{
    if (frame->type != BL_POUR)
        return false;
    bl_poured(frame);
    return true;
}
