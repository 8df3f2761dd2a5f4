/* The instruction cache of a Cortex-M7 (PM0253: cache maintenance). */
#ifndef BL_STM32_M7_H
#define BL_STM32_M7_H

#include "stm32.h"

#define BL_SCB_CCR BL_REGISTER(0xE000ED14u)
#define BL_SCB_CCR_INSTRUCTION_CACHE (1u << 17)
#define BL_SCB_ICIALLU BL_REGISTER(0xE000EF50u)

/* Its content is unknown after reset, so it is emptied first. */
static inline void bl_instruction_cache_on(void)
{
    __asm volatile("dsb\n isb" ::: "memory");
    BL_SCB_ICIALLU = 0u;
    __asm volatile("dsb\n isb" ::: "memory");
    BL_SCB_CCR |= BL_SCB_CCR_INSTRUCTION_CACHE;
    __asm volatile("dsb\n isb" ::: "memory");
}

#endif
