/* One direction of a DMA controller: channels (F0, F1, L0, L4), streams (F4, F7), either of them behind a DMAMUX (C0, L4+;
 * H7), or a GPDMA's channels (U5). `number` counts channels from 1, streams and a GPDMA's channels from 0, as the
 * reference manuals do, and is a constant everywhere. */
#ifndef BL_STM32_DMA_H
#define BL_STM32_DMA_H

#include "stm32.h"

#if BL_DMA_GENERAL
#include "stm32_gpdma.h"
#else

/* Registers of a channel or stream; both kinds have them in this order. */
enum { BL_DMA_CONTROL, BL_DMA_COUNT, BL_DMA_PERIPHERAL, BL_DMA_MEMORY };
#define BL_DMA_ENABLE_BIT 1u

#if BL_DMA_STREAMS /* RM0090, RM0402, RM0410, RM0433: DMA controller */

#define BL_DMA_CHANNEL(number) (&BL_REGISTER(BL_DMA_BASE + 0x10u + 0x18u * (number)))
#define BL_DMA_STATUS(number) BL_REGISTER(BL_DMA_BASE + 4u * ((number) / 4u))
#define BL_DMA_CLEAR(number) BL_REGISTER(BL_DMA_BASE + 8u + 4u * ((number) / 4u))
#define BL_DMA_SHIFT(number) (6u * ((number) % 2u) + 16u * ((number) % 4u / 2u))
#define BL_DMA_FLAGS 0x3Du
#define BL_DMA_DONE 0x20u
#define BL_DMA_HALF 0x10u
#define BL_DMA_FAILED 0x08u
#define BL_DMA_TO_PERIPHERAL (1u << 6)
#define BL_DMA_CIRCULAR (1u << 8)
#define BL_DMA_MEMORY_STEPS (1u << 10)
#define BL_DMA_PRIORITY (2u << 16)
#define BL_DMA_ITEMS(bytes) ((bytes) / 2u << 11 | (bytes) / 2u << 13) /* width of both sides; else a byte */
#if BL_DMA_SELECT /* H7: without bufferable transfers a stream of a USART may lock up (ES0392) */
#define BL_DMA_REQUEST(request) (1u << 20)
#else
#define BL_DMA_REQUEST(request) ((request) << 25)
#endif

#else /* RM0091, RM0008, RM0377, RM0351: DMA controller */

#define BL_DMA_CHANNEL(number) (&BL_REGISTER(BL_DMA_BASE + 8u + 20u * ((number) - 1u)))
#define BL_DMA_STATUS(number) BL_REGISTER(BL_DMA_BASE)
#define BL_DMA_CLEAR(number) BL_REGISTER(BL_DMA_BASE + 4u)
#define BL_DMA_SHIFT(number) (4u * ((number) - 1u))
#define BL_DMA_FLAGS 0x0Fu
#define BL_DMA_DONE 0x02u
#define BL_DMA_HALF 0x04u
#define BL_DMA_FAILED 0x08u
#define BL_DMA_TO_PERIPHERAL (1u << 4)
#define BL_DMA_CIRCULAR (1u << 5)
#define BL_DMA_MEMORY_STEPS (1u << 7)
#define BL_DMA_PRIORITY (2u << 12)
#define BL_DMA_ITEMS(bytes) ((bytes) / 2u << 8 | (bytes) / 2u << 10) /* width of both sides; else a byte */
#define BL_DMA_REQUEST(request) 0u

#endif

/* Connect a request to a channel, where that is not wired or part of its control register. */
static inline void bl_dma_select(uint32_t number, uint32_t request)
{
#if BL_DMA_MULTIPLEXED /* its channels count from 0, and serve those of DMA1 first */
#ifdef BL_DMA_SELECT_CLOCK
    bl_clock_on(BL_DMA_SELECT_CLOCK, BL_DMA_SELECT_CLOCK_BIT);
#endif
    BL_REGISTER(BL_DMA_SELECT + 4u * (BL_DMA_STREAMS ? number : number - 1u)) = request;
#elif BL_DMA_SELECT
    const uint32_t shift = 4u * (number - 1u);
    bl_set_field(&BL_REGISTER(BL_DMA_SELECT), 0xFu << shift, request << shift);
#else
    (void)number;
    (void)request;
#endif
}

static inline uint32_t bl_dma_flags(uint32_t number)
{
    return BL_DMA_STATUS(number) >> BL_DMA_SHIFT(number) & BL_DMA_FLAGS;
}

static inline void bl_dma_clear_flags(uint32_t number, uint32_t flags)
{
    BL_DMA_CLEAR(number) = flags << BL_DMA_SHIFT(number);
}

/* Items of a transfer that are still to be moved. */
static inline uint32_t bl_dma_left(uint32_t number)
{
    return BL_DMA_CHANNEL(number)[BL_DMA_COUNT];
}

/* Off at once where nothing is under way; a stream finishes the item it has begun. */
static inline void bl_dma_stop(uint32_t number)
{
    volatile uint32_t *const channel = BL_DMA_CHANNEL(number);
    channel[BL_DMA_CONTROL] &= ~BL_DMA_ENABLE_BIT;
    bl_await(&channel[BL_DMA_CONTROL], BL_DMA_ENABLE_BIT, 0u);
}

/* Move bytes between a data register and memory. The channel is off, and its flags clear, as the hardware wants it. */
static inline void bl_dma_start(uint32_t number, uint32_t control, uint32_t peripheral, const volatile void *memory,
                                uint32_t count)
{
    volatile uint32_t *const channel = BL_DMA_CHANNEL(number);
    channel[BL_DMA_COUNT] = count;
    channel[BL_DMA_PERIPHERAL] = peripheral;
    channel[BL_DMA_MEMORY] = (uint32_t)(uintptr_t)memory;
    channel[BL_DMA_CONTROL] = control | BL_DMA_MEMORY_STEPS | BL_DMA_PRIORITY;
    bl_barrier();
    channel[BL_DMA_CONTROL] |= BL_DMA_ENABLE_BIT;
}

#endif

/* Which of BL_DMA_FLAGS are set; they are cleared. */
static inline uint32_t bl_dma_take_flags(uint32_t number)
{
    const uint32_t flags = bl_dma_flags(number);
    if (flags != 0u)
        bl_dma_clear_flags(number, flags);
    return flags;
}

#endif
