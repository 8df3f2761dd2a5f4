/* Memory that a DMA fills with the results of a converter: over and over, or once where a whole signal fits into it. Its
 * size, the width of an item, and the DMA's channel stand in sensor.h. */
#ifndef BL_RING_H
#define BL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor.h"

#if BL_RING_ITEM_BYTES == 2
typedef int16_t bl_item;
#else
typedef int32_t bl_item;
#endif

extern volatile bl_item bl_ring[BL_RING_ITEMS];

/* Give the DMA its clock; called once. */
void bl_ring_init(void);

/* Nothing is written any more. */
void bl_ring_stop(void);

/* Fill it from its first item on with what comes into the data register at this address. It is stopped. */
void bl_ring_start(uint32_t data_register);

/* How many items were written since the last look, or since the start. False where they may be more than it holds, which
 * never happens within half of its time, and where the DMA failed. */
bool bl_ring_look(size_t *fresh);

#endif
