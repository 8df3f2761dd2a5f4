/* One look at the sensor says how many samples wait there; they are fetched in bursts. */
#include "sampler.h"

#include "../../drivers/stopwatch.h"

static struct bl_stopwatch watch;
static uint64_t noticed; /* when the last look was over: all samples that it showed are older */
static uint64_t due;     /* when the next look is */
static uint32_t waiting; /* samples that it showed and nobody has fetched */

void bl_sampler_rewind(void)
{
    bl_stopwatch_start(&watch);
    noticed = 0;
    due = 0;
}

uint64_t bl_sampler_now(void)
{
    return bl_elapsed(&watch);
}

uint64_t bl_sampler_noticed(void)
{
    return noticed;
}

bool bl_sampler_start(void)
{
    waiting = 0;
    due = bl_sampler_now();
    return bl_sensor_restart();
}

static enum bl_sampled look(void)
{
    struct bl_level level;
    if (!bl_sensor_look(&level))
        return BL_NO_ANSWER;
    noticed = bl_sampler_now();
    due = noticed + BL_LOOK_TICKS;
    waiting = level.samples;
    return level.overrun ? BL_OVERRUN : BL_SAMPLED;
}

enum bl_sampled bl_sampler_take(size_t room, bl_raw values[], size_t *samples)
{
    enum bl_sampled sampled = BL_SAMPLED;
    *samples = 0;
    if (waiting == 0u && bl_sampler_now() >= due)
        sampled = look();
    if (sampled != BL_SAMPLED || waiting == 0u || room == 0u)
        return sampled;
    size_t count = waiting < room ? waiting : room;
    count = count < BL_SENSOR_BURST ? count : BL_SENSOR_BURST;
    if (!bl_sensor_take(count, values))
        return BL_NO_ANSWER;
    waiting -= (uint32_t)count;
    *samples = count;
    return BL_SAMPLED;
}
