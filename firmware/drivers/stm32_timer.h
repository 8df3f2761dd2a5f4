/* A timer of an STM32 whose updates start conversions (RM0008, RM0090, RM0351, RM0377: TIM registers). */
#ifndef BL_STM32_TIMER_H
#define BL_STM32_TIMER_H

#include "sensor.h"
#include "stm32.h"

#define BL_TIMER(offset) BL_REGISTER(BL_TIMER_BASE + (offset))

static inline void bl_timer_init(void)
{
    bl_clock_on(BL_TIMER_CLOCK, BL_TIMER_CLOCK_BIT);
}

static inline void bl_timer_stop(void)
{
    BL_TIMER(0x00u) = 0u;
}

/* Ready to count from 0. To load the prescaler takes an update, which is a trigger: nobody may listen yet. */
static inline void bl_timer_prepare(void)
{
    BL_TIMER(0x28u) = BL_TIMER_PRESCALER - 1u;
    BL_TIMER(0x2Cu) = BL_TIMER_COUNTS - 1u;
    BL_TIMER(0x04u) = 2u << 4; /* an update is the trigger */
    BL_TIMER(0x14u) = 1u;
}

static inline void bl_timer_go(void)
{
    BL_TIMER(0x00u) = 1u;
}

#endif
