/* A datalogger behind the link: it says which sensor it has, and sends blocks of raw samples (docs/protocol.md). */
#include "../../drivers/port.h"
#include "../../link/requests.h"
#include "../../link/server.h"
#include "build.h"
#include "identity.h"
#include "sampler.h"

#define BLOCK_BYTES (BL_BLOCK_SAMPLES * BL_AXES * BL_SENSOR_WIDTH)
#define SILENCE (BL_CLOCK_HZ / 5u) /* ticks between blocks at most; the protocol has a quarter of a second */
_Static_assert(BL_BLOCK_BYTES + BLOCK_BYTES <= BL_PAYLOAD, "a block fits into a frame");
_Static_assert(BL_GREETING_BYTES <= BL_PAYLOAD && BL_SENSOR_REPLY_BYTES + 12u * BL_AXES <= BL_PAYLOAD,
               "the greeting and the sensor fit, too");
_Static_assert(sizeof(bl_raw) == BL_SENSOR_WIDTH, "values are sent as they stand in memory");

static const uint8_t build[BL_GREETING_BUILD_BYTES] = BL_BUILD;

static void on_hello(const struct bl_frame *request)
{
    uint8_t head[BL_GREETING_BYTES] = {0};
    head[BL_GREETING_PROTOCOL] = BL_PROTOCOL;
    head[BL_GREETING_KIND] = BL_KIND_DATALOGGER;
    bl_put16(&head[BL_GREETING_AXES], BL_AXES);
    bl_put16(&head[BL_GREETING_SAMPLES], BL_SAMPLES);
    bl_put16(&head[BL_GREETING_MAX_PAYLOAD], BL_PAYLOAD);
    bl_put32(&head[BL_GREETING_CLOCK_HZ], BL_CLOCK_HZ);
    bl_put32(&head[BL_GREETING_TICK_SOURCE], BL_TICK_SOURCE);
    bl_copy(sizeof build, build, &head[BL_GREETING_BUILD]);
    bl_put_text(&head[BL_GREETING_FIRMWARE], BL_GREETING_FIRMWARE_BYTES, "datalogger");
    bl_put_text(&head[BL_GREETING_CORE], BL_GREETING_CORE_BYTES, BL_CORE);
    bl_put_text(&head[BL_GREETING_BOARD], BL_GREETING_BOARD_BYTES, BL_BOARD);
    bl_reply(request, BL_GREETING, sizeof head, head, 0, NULL);
}

/* The sensor goes on for as long as it answers. */
static bool started;

static bool start(void)
{
    started = started || bl_sensor_start();
    return started;
}

static void on_sensor(const struct bl_frame *request)
{
    uint8_t head[BL_SENSOR_REPLY_BYTES], axes[12u * BL_AXES];
    if (!start()) { /* its scale may be its own, so it has to be there */
        bl_refuse(request, BL_ERROR_SENSOR, request->type);
        return;
    }
    bl_put_text(&head[BL_SENSOR_REPLY_SENSOR], BL_SENSOR_REPLY_SENSOR_BYTES, BL_SENSOR_NAME);
    bl_put_text(&head[BL_SENSOR_REPLY_QUANTITY], BL_SENSOR_REPLY_QUANTITY_BYTES, BL_SENSOR_QUANTITY);
    bl_put_text(&head[BL_SENSOR_REPLY_UNIT], BL_SENSOR_REPLY_UNIT_BYTES, BL_SENSOR_UNIT);
    bl_put_text(&head[BL_SENSOR_REPLY_LETTERS], BL_SENSOR_REPLY_LETTERS_BYTES, BL_SENSOR_LETTERS);
    bl_put32(&head[BL_SENSOR_REPLY_RATE_MILLIHERTZ], BL_SENSOR_MILLIHERTZ);
    bl_put32(&head[BL_SENSOR_REPLY_RANGE], BL_SENSOR_RANGE);
    bl_put32(&head[BL_SENSOR_REPLY_SAMPLES], BL_CONTINUOUS ? 0u : BL_SAMPLES);
    bl_put16(&head[BL_SENSOR_REPLY_BLOCK], BL_BLOCK_SAMPLES);
    bl_put16(&head[BL_SENSOR_REPLY_WIDTH], BL_SENSOR_WIDTH);
    for (size_t i = 0; i < BL_AXES; i++) {
        bl_put32(&axes[12u * i], (uint32_t)bl_axes[i].offset);
        bl_put32(&axes[12u * i + 4u], (uint32_t)bl_axes[i].multiplier);
        bl_put32(&axes[12u * i + 8u], bl_axes[i].divisor);
    }
    bl_reply(request, BL_SENSOR_REPLY, sizeof head, head, sizeof axes, axes);
}

/* A recording under way. */
static struct {
    uint64_t index;       /* samples sent */
    uint64_t first, last; /* ticks of those in the block */
    uint64_t sent;        /* ticks of the last block */
    uint32_t run, overruns;
    uint32_t left;  /* samples of the signal that are still to come */
    uint32_t count; /* samples in the block */
    uint16_t sequence;
    bl_raw values[BL_BLOCK_SAMPLES * BL_AXES];
} block;

static void send_block(void)
{
    const size_t size = block.count * BL_AXES * BL_SENSOR_WIDTH;
    struct bl_writer *const w = bl_begin(BL_BLOCK, block.sequence, BL_BLOCK_BYTES + size);
    block.sent = bl_sampler_now();
    bl_frame_put64(w, block.index);
    bl_frame_put64(w, block.count > 0u ? block.first : block.sent);
    bl_frame_put64(w, block.count > 0u ? block.last : block.sent);
    bl_frame_put32(w, block.run);
    bl_frame_put32(w, block.overruns);
    bl_frame_put(w, size, (const uint8_t *)block.values);
    bl_end();
    block.index += block.count;
    block.count = 0;
}

/* Samples from now on are no continuation of those before. */
static bool begin_run(void)
{
    if (block.count > 0u)
        send_block();
    if (block.index > 0u)
        block.run++;
    block.left = BL_SAMPLES;
    return bl_sampler_start();
}

/* How many samples more may come into the block. */
static size_t room(uint64_t wanted)
{
    const uint64_t missing = wanted - block.index - block.count;
    const uint32_t space = BL_BLOCK_SAMPLES - block.count;
    if (!BL_CONTINUOUS)
        return block.left < space ? block.left : space;
    return wanted > 0u && missing < space ? (size_t)missing : space;
}

/* Take what the sensor has, and send the block where it is due. False where the sensor is gone. */
static bool go_on(uint64_t wanted)
{
    struct bl_taken taken;
    const enum bl_sampled sampled = bl_sampler_take(room(wanted), &block.values[block.count * BL_AXES], &taken);
    if (taken.samples > 0u) {
        block.first = block.count == 0u ? taken.first : block.first;
        block.last = taken.last;
        block.count += (uint32_t)taken.samples;
        block.left -= BL_CONTINUOUS ? 0u : (uint32_t)taken.samples;
    }
    if (sampled == BL_OVERRUN)
        block.overruns++;
    if (sampled == BL_OVERRUN || (!BL_CONTINUOUS && block.left == 0u))
        return begin_run();
    if (block.count == BL_BLOCK_SAMPLES || bl_sampler_now() - block.sent >= SILENCE)
        send_block();
    return sampled != BL_NO_ANSWER;
}

/* Whether as much is sent as was asked for; a signal that was begun is finished. */
static bool enough(uint64_t wanted)
{
    const bool begun = !BL_CONTINUOUS && block.left < BL_SAMPLES;
    return wanted > 0u && !begun && block.index + block.count >= wanted;
}

static void on_record(const struct bl_frame *request)
{
    const uint8_t *const from = &request->payload[BL_RECORD_SAMPLES];
    const uint64_t wanted = bl_get32(from) | (uint64_t)bl_get32(&from[4]) << 32;
    const struct bl_frame asked = {.type = BL_RECORD, .sequence = request->sequence};
    block.index = block.sent = 0;
    block.run = block.overruns = block.count = 0;
    block.sequence = request->sequence;
    bl_sampler_rewind();
    send_block(); /* says that the request was heard, as a sensor takes its time to start */
    bool there = start() && begin_run();
    while (there && !bl_incoming() && !enough(wanted))
        there = go_on(wanted);
    if (block.count > 0u)
        send_block();
    started = there;
    if (!there) {
        bl_refuse(&asked, BL_ERROR_SENSOR, BL_RECORD);
        return;
    }
    struct bl_writer *const w = bl_begin(BL_RECORD_REPLY, asked.sequence, BL_RECORD_REPLY_BYTES);
    bl_frame_put64(w, block.index);
    bl_frame_put32(w, block.overruns);
    bl_frame_put64(w, bl_sampler_now());
    bl_end();
}

static const struct bl_request requests[] = {
    {BL_HELLO, BL_HELLO_BYTES, false, on_hello},
    {BL_ECHO, BL_ECHO_BYTES, true, bl_on_echo},
    {BL_COUNTS, BL_COUNTS_BYTES, false, bl_on_counts},
    {BL_SENSOR, BL_SENSOR_BYTES, false, on_sensor},
    {BL_RECORD, BL_RECORD_BYTES, false, on_record},
};

void bl_act(const struct bl_frame *request)
{
    bl_dispatch(sizeof requests / sizeof requests[0], requests, request);
}

bool bl_message(const struct bl_frame *frame)
{
    (void)frame;
    return false;
}

int main(void)
{
    bl_port_init();
    bl_sensor_init();
    bl_serve();
}
