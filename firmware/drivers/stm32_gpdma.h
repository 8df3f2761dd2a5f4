/* A channel of the GPDMA (RM0456: GPDMA registers), counted from 0. It has no circular mode: at the end of a block it
 * fetches the block's registers from memory again, and goes on. */
#ifndef BL_STM32_GPDMA_H
#define BL_STM32_GPDMA_H

#include "stm32.h"

#define BL_GPDMA_CHANNEL(number) (BL_DMA_BASE + 0x50u + 0x80u * (number))
#define BL_GPDMA_LINK_BASE(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x00u)
#define BL_GPDMA_CLEAR(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x0Cu)
#define BL_GPDMA_STATUS(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x10u)
#define BL_GPDMA_CONTROL(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x14u)
#define BL_GPDMA_SIDES(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x40u)
#define BL_GPDMA_REQUEST(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x44u)
#define BL_GPDMA_COUNT(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x48u)
#define BL_GPDMA_SOURCE(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x4Cu)
#define BL_GPDMA_DESTINATION(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x50u)
#define BL_GPDMA_LINK(number) BL_REGISTER(BL_GPDMA_CHANNEL(number) + 0x7Cu)
#define BL_GPDMA_ON 1u
#define BL_GPDMA_RESET (1u << 1)
#define BL_GPDMA_SUSPEND (1u << 2)
#define BL_GPDMA_PRIORITY (2u << 22)
#define BL_GPDMA_SUSPENDED (1u << 13)
#define BL_GPDMA_FLAGS_SHIFT 8u
#define BL_GPDMA_SOURCE_STEPS (1u << 3)
#define BL_GPDMA_DESTINATION_STEPS (1u << 19)
#define BL_GPDMA_LINK_COUNT (1u << 29)
#define BL_GPDMA_LINK_DESTINATION (1u << 27)
#define BL_GPDMA_LINK_ITSELF (1u << 16)

#define BL_DMA_FLAGS 0x7Fu
#define BL_DMA_DONE 0x01u
#define BL_DMA_HALF 0x02u
#define BL_DMA_FAILED 0x1Cu             /* of the data, of the link, of the set-up */
#define BL_DMA_TO_PERIPHERAL (1u << 10) /* the request is the destination's */
#define BL_DMA_CIRCULAR (1u << 8)       /* of no meaning to the hardware, and not written there */
#define BL_DMA_REQUEST(request) (request)

/* What a channel fetches at the end of a block; it may not cross 64 KiB. */
struct bl_gpdma_block {
    _Alignas(16) uint32_t count;
    uint32_t destination, link;
};

static inline volatile struct bl_gpdma_block *bl_gpdma_block(uint32_t number)
{
    static volatile struct bl_gpdma_block blocks[16];
    return &blocks[number];
}

/* The request is part of what bl_dma_start writes. */
static inline void bl_dma_select(uint32_t number, uint32_t request)
{
    (void)number;
    (void)request;
}

static inline uint32_t bl_dma_flags(uint32_t number)
{
    return BL_GPDMA_STATUS(number) >> BL_GPDMA_FLAGS_SHIFT & BL_DMA_FLAGS;
}

static inline void bl_dma_clear_flags(uint32_t number, uint32_t flags)
{
    BL_GPDMA_CLEAR(number) = flags << BL_GPDMA_FLAGS_SHIFT;
}

/* Bytes of a circular transfer to memory until it starts anew. The counter is ahead of what has arrived in memory, the
 * address that is written next is not. */
static inline uint32_t bl_dma_left(uint32_t number)
{
    const volatile struct bl_gpdma_block *const block = bl_gpdma_block(number);
    return block->count - (BL_GPDMA_DESTINATION(number) - block->destination);
}

/* A channel is off when its work is done; one that is at work has to be told to wait first. */
static inline void bl_dma_stop(uint32_t number)
{
    if ((BL_GPDMA_CONTROL(number) & BL_GPDMA_ON) != 0u) {
        BL_GPDMA_CONTROL(number) |= BL_GPDMA_SUSPEND;
        while ((BL_GPDMA_CONTROL(number) & BL_GPDMA_ON) != 0u && (BL_GPDMA_STATUS(number) & BL_GPDMA_SUSPENDED) == 0u) {
        }
    }
    BL_GPDMA_CONTROL(number) = BL_GPDMA_RESET;
}

static inline uint32_t bl_gpdma_again(uint32_t number, uint32_t destination, uint32_t count)
{
    volatile struct bl_gpdma_block *const block = bl_gpdma_block(number);
    const uint32_t at = (uint32_t)(uintptr_t)block;
    block->count = count;
    block->destination = destination;
    block->link = BL_GPDMA_LINK_COUNT | BL_GPDMA_LINK_DESTINATION | BL_GPDMA_LINK_ITSELF | (at & 0xFFFCu);
    BL_GPDMA_LINK_BASE(number) = at & 0xFFFF0000u;
    return block->link;
}

/* Move bytes between a data register and memory. The channel is off, and its flags clear, as the hardware wants it. */
static inline void bl_dma_start(uint32_t number, uint32_t control, uint32_t peripheral, const volatile void *memory,
                                uint32_t count)
{
    const bool sends = (control & BL_DMA_TO_PERIPHERAL) != 0u;
    const uint32_t place = (uint32_t)(uintptr_t)memory;
    BL_GPDMA_SIDES(number) = sends ? BL_GPDMA_SOURCE_STEPS : BL_GPDMA_DESTINATION_STEPS;
    BL_GPDMA_REQUEST(number) = control & ~BL_DMA_CIRCULAR;
    BL_GPDMA_COUNT(number) = count;
    BL_GPDMA_SOURCE(number) = sends ? place : peripheral;
    BL_GPDMA_DESTINATION(number) = sends ? peripheral : place;
    BL_GPDMA_LINK(number) = (control & BL_DMA_CIRCULAR) != 0u ? bl_gpdma_again(number, place, count) : 0u;
    bl_barrier();
    BL_GPDMA_CONTROL(number) = BL_GPDMA_PRIORITY | BL_GPDMA_ON;
}

#endif
