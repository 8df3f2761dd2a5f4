/* A converter whose results a DMA carries into a ring: the samples that wait are those between what was taken and where
 * the DMA stands. */
#include "../drivers/converter.h"
#include "../drivers/ring.h"
#include "source.h"

_Static_assert(BL_RING_ITEMS % BL_RING_SAMPLE_ITEMS == 0u, "a sample does not wrap");

struct bl_axis bl_axes[BL_AXES] = BL_SENSOR_AXES;

/* Which of a sample's items belong to the axes. */
static const uint8_t places[BL_AXES] = BL_SENSOR_PLACES;
static size_t tail;   /* the first item that nobody has taken */
static size_t unread; /* items from there on */

void bl_sensor_init(void)
{
    bl_ring_init();
    bl_converter_init();
}

bool bl_sensor_start(void)
{
    return bl_sensor_restart();
}

bool bl_sensor_restart(void)
{
    tail = unread = 0;
    return bl_converter_start();
}

/* Once the ring holds all that was wanted, what comes behind may get lost. */
static bool complete(void)
{
    return BL_RING_ONCE && tail + unread == BL_RING_ITEMS;
}

/* Count what has come; nothing of what waits is overwritten as long as it fits into the ring. */
static enum bl_sampled follow(void)
{
    size_t fresh;
    const bool lost = bl_converter_lost();
    const bool whole = bl_ring_look(&fresh);
    unread += fresh;
    return whole && unread <= BL_RING_ITEMS && (!lost || complete()) ? BL_SAMPLED : BL_OVERRUN;
}

enum bl_sampled bl_sensor_look(uint32_t *waiting)
{
    const enum bl_sampled sampled = follow();
    *waiting = (uint32_t)(unread / BL_RING_SAMPLE_ITEMS);
    return sampled;
}

enum bl_sampled bl_sensor_take(size_t samples, bl_raw values[])
{
    size_t at = tail;
    for (size_t i = 0; i < samples; i++) {
        for (size_t axis = 0; axis < BL_AXES; axis++)
            values[i * BL_AXES + axis] = (bl_raw)(bl_ring[at + places[axis]] >> BL_RING_ITEM_SHIFT);
        at += BL_RING_SAMPLE_ITEMS;
        at = at == BL_RING_ITEMS && !BL_RING_ONCE ? 0u : at;
    }
    const enum bl_sampled sampled = follow(); /* the DMA may have come round while they were copied */
    tail = at;
    unread -= samples * BL_RING_SAMPLE_ITEMS;
    return sampled;
}
