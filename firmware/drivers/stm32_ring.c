/* The ring by a channel or stream of an STM32's DMA. */
#include "ring.h"
#include "stm32.h"

/* The controller that serves the converter, which may be another one than the link's. */
#undef BL_DMA_BASE
#undef BL_DMA_SELECT
#define BL_DMA_BASE BL_RING_DMA_BASE
#define BL_DMA_SELECT BL_RING_DMA_SELECT
#include "stm32_dma.h"

#define HALF (BL_RING_ITEMS / 2u) /* where the DMA says so */
#define CONTROL                                                                                                        \
    (BL_DMA_ITEMS(BL_RING_ITEM_BYTES) | BL_DMA_REQUEST(BL_RING_DMA_REQUEST) | (BL_RING_ONCE ? 0u : BL_DMA_CIRCULAR))
_Static_assert(BL_RING_ITEMS >= 1u && BL_RING_ITEMS <= 0xFFFFu, "the DMA counts to this");

volatile bl_item bl_ring[BL_RING_ITEMS];
static size_t seen; /* where the DMA stood at the last look */

void bl_ring_init(void)
{
    bl_clock_on(BL_RING_DMA_CLOCK, BL_RING_DMA_CLOCK_BIT);
}

void bl_ring_stop(void)
{
    bl_dma_stop(BL_RING_DMA_CHANNEL);
}

void bl_ring_start(uint32_t data_register)
{
    (void)bl_dma_take_flags(BL_RING_DMA_CHANNEL);
    bl_dma_select(BL_RING_DMA_CHANNEL, BL_RING_DMA_REQUEST);
    seen = 0;
    bl_dma_start(BL_RING_DMA_CHANNEL, CONTROL, data_register, bl_ring, BL_RING_ITEMS);
}

/* Where it writes next; behind the last item once it is full and that is the end. */
static size_t position(void)
{
    return BL_RING_ITEMS - bl_dma_left(BL_RING_DMA_CHANNEL);
}

/* The flags tell which of its two boundaries the DMA has passed since the last look; who laps passes both. They are taken
 * anew where it passed one meanwhile, so that flags and position always belong together. */
bool bl_ring_look(size_t *fresh)
{
    uint32_t flags = 0;
    size_t before, now;
    do {
        before = position();
        flags |= bl_dma_take_flags(BL_RING_DMA_CHANNEL);
        now = position();
    } while (now < before || (before < HALF && now >= HALF));
    bl_barrier();
    *fresh = now >= seen ? now - seen : BL_RING_ITEMS - seen + now;
    seen = now;
    if ((flags & BL_DMA_FAILED) != 0u)
        return false;
    return BL_RING_ONCE || (flags & (BL_DMA_HALF | BL_DMA_DONE)) != (BL_DMA_HALF | BL_DMA_DONE);
}
