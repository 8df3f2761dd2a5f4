/* One look at the sensor says how many samples wait there; they are fetched in bursts. */
#include "sampler.h"

#include "../../drivers/stopwatch.h"
#include "../../drivers/ticks.h"

#define BL_PAUSE_TICKS (BL_CLOCK_HZ / 200u) /* at most: somebody may want it to stop */

static struct bl_stopwatch watch;
static uint64_t noticed; /* when the last look was over: all samples that it showed are older */
static uint64_t due;     /* when the next look is */
static uint32_t waiting; /* samples that it showed and nobody has fetched */
static uint32_t seen;    /* samples since the start that looks showed */

void bl_sampler_rewind(void)
{
    bl_stopwatch_start(&watch);
    noticed = due = 0;
}

uint64_t bl_sampler_now(void)
{
    return bl_elapsed(&watch);
}

bool bl_sampler_start(void)
{
    waiting = seen = 0;
    due = bl_sampler_now();
    const bool there = bl_sensor_restart();
    noticed = bl_sampler_now();
    return there;
}

/* What holds a signal stands still at its end, however late somebody looks; until then it kept the board's own time. */
static uint64_t not_behind_the_end(uint64_t now)
{
    const uint64_t end = noticed + (uint64_t)waiting * BL_PERIOD_TICKS;
    return BL_HOLDS && seen == BL_SAMPLES && end < now ? end : now;
}

static enum bl_sampled look(void)
{
    const enum bl_sampled sampled = bl_sensor_look(&waiting);
    seen += waiting;
    noticed = not_behind_the_end(bl_sampler_now());
    due = noticed + BL_LOOK_TICKS;
    return sampled;
}

/* A look, or a pause until it is time for one. */
static enum bl_sampled look_when_due(void)
{
    const uint64_t now = bl_sampler_now();
    if (now >= due)
        return look();
    bl_pause(due - now < BL_PAUSE_TICKS ? (uint32_t)(due - now) : BL_PAUSE_TICKS);
    return BL_SAMPLED;
}

/* When the sample was new that so many of the waiting ones came after. */
static uint64_t before(uint32_t samples)
{
    const uint64_t time = (uint64_t)samples * BL_PERIOD_TICKS;
    return noticed > time ? noticed - time : 0u;
}

enum bl_sampled bl_sampler_take(size_t room, bl_raw values[], struct bl_taken *taken)
{
    enum bl_sampled sampled = BL_SAMPLED;
    taken->samples = 0;
    if (waiting == 0u)
        sampled = look_when_due();
    if (sampled != BL_SAMPLED || waiting == 0u || room == 0u)
        return sampled;
    size_t count = waiting < room ? waiting : room;
    count = count < BL_SENSOR_BURST ? count : BL_SENSOR_BURST;
    sampled = bl_sensor_take(count, values);
    if (sampled != BL_SAMPLED)
        return sampled;
    taken->samples = count;
    taken->first = before(waiting - 1u);
    waiting -= (uint32_t)count;
    taken->last = before(waiting);
    return BL_SAMPLED;
}
