/* bl_ticks on the source the board names: the DWT's cycle counter (1); SysTick widened to 32 bits by its interrupt (2)
 * where there is none, as on Armv6-M; or a counter of the machine that runs from the start (3), as QEMU's have. */
#include "ticks.h"

#include "port.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018u)
#define SYSTICK_ENABLE 1u
#define SYSTICK_INTERRUPT 2u
#define SYSTICK_CORE_CLOCK 4u
#define SYSTICK_WRAPPED (1u << 16)
#define SYSTICK_MOST 0x1000000u

#if BL_TICK_SOURCE == 2

#if defined(BL_TICK_PERIOD)
#define SYSTICK_PERIOD BL_TICK_PERIOD
#else
#define SYSTICK_PERIOD SYSTICK_MOST
#endif

static volatile uint32_t wraps;

void SysTick_Handler(void);

void SysTick_Handler(void)
{
    wraps++;
}

void bl_ticks_init(void)
{
    SYSTICK_RELOAD = SYSTICK_PERIOD - 1u;
    SYSTICK_VALUE = 0u;
    SYSTICK_CONTROL = SYSTICK_ENABLE | SYSTICK_INTERRUPT | SYSTICK_CORE_CLOCK;
}

void bl_ticks_keep(void)
{
}

uint32_t bl_ticks(void)
{
    uint32_t before, value;
    do { /* a wrap in between would pair the old count with the new value */
        before = wraps;
        value = SYSTICK_VALUE;
    } while (before != wraps);
    return before * SYSTICK_PERIOD + (SYSTICK_PERIOD - 1u - value);
}

void bl_pause(uint32_t ticks)
{
    const uint32_t start = bl_ticks();
    while (bl_ticks() - start < ticks)
        __asm volatile("wfi");
}

#elif BL_TICK_SOURCE == 3

void bl_ticks_init(void)
{
}

void bl_ticks_keep(void)
{
}

uint32_t bl_ticks(void)
{
    return *(volatile uint32_t *)BL_TICK_ADDRESS;
}

void bl_pause(uint32_t ticks)
{
    const uint32_t start = bl_ticks();
    while (bl_ticks() - start < ticks) {
    }
}

#else

#define DEMCR (*(volatile uint32_t *)0xE000EDFCu)
#define DEMCR_TRACE_ENABLE 0x01000000u
#define DWT_CONTROL (*(volatile uint32_t *)0xE0001000u)
#define DWT_CYCLES (*(volatile uint32_t *)0xE0001004u)
#define DWT_CYCLES_ENABLE 1u
#define DWT_LOCK (*(volatile uint32_t *)0xE0001FB0u)
#define DWT_KEY 0xC5ACCE55u /* Cortex-M7 asks for it, the others ignore it */

void bl_ticks_init(void)
{
    DEMCR |= DEMCR_TRACE_ENABLE;
    DWT_LOCK = DWT_KEY;
    DWT_CYCLES = 0u;
    DWT_CONTROL |= DWT_CYCLES_ENABLE;
}

void bl_ticks_keep(void)
{
    if ((DEMCR & DEMCR_TRACE_ENABLE) == 0u) /* debuggers clear it when they leave, pyOCD among them */
        DEMCR |= DEMCR_TRACE_ENABLE;
}

uint32_t bl_ticks(void)
{
    return DWT_CYCLES;
}

void bl_pause(uint32_t ticks)
{
    while (ticks > 1u) {
        const uint32_t part = ticks < SYSTICK_MOST ? ticks : SYSTICK_MOST;
        SYSTICK_CONTROL = 0u;
        SYSTICK_RELOAD = part - 1u;
        SYSTICK_VALUE = 0u;
        SYSTICK_CONTROL = SYSTICK_ENABLE | SYSTICK_CORE_CLOCK;
        while ((SYSTICK_CONTROL & SYSTICK_WRAPPED) == 0u) {
        }
        ticks -= part;
    }
    SYSTICK_CONTROL = 0u;
}

#endif
