/* Registers of an STM32, and the few things every driver for one does with them. `chip.h` is written from the board
 * file and says which chip, which USART, which pins and which DMA. */
#ifndef BL_STM32_H
#define BL_STM32_H

#include <stdbool.h>
#include <stdint.h>

#include "chip.h"

#define BL_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

static inline void bl_set_field(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    *reg = (*reg & ~mask) | value;
}

/* Wait until the bits under the mask have a value. */
static inline void bl_await(const volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    while ((*reg & mask) != value) {
    }
}

/* Give a peripheral its clock. Reading back lets the clock arrive before the first access, which it does two cycles
 * of the bus later (RM0090, RCC: peripheral clock enable register). */
static inline void bl_clock_on(uint32_t enable_register, uint32_t bit)
{
    volatile uint32_t *const enable = &BL_REGISTER(enable_register);
    *enable |= 1u << bit;
    (void)*enable;
}

/* Everything written to memory is there before the next access to a device, and a compiler may not move either. */
static inline void bl_barrier(void)
{
    __asm volatile("dsb" ::: "memory");
}

#define BL_RCC_CR_HSE_ON (1u << 16)
#define BL_RCC_CR_HSE_READY (1u << 17)
#define BL_RCC_CR_HSE_BYPASS (1u << 18)

/* Try the clock at OSC_IN: the debug probe of a Nucleo drives it, unless a solder bridge is open or another probe is
 * in use. False, with the oscillator off again, where nothing comes within some milliseconds. RCC_CR has these bits
 * at the same place in the F1, F4, F7 and H7. */
static inline bool bl_external_clock(volatile uint32_t *rcc_cr)
{
    bool ready = false;
    *rcc_cr |= BL_RCC_CR_HSE_BYPASS; /* only while the oscillator is off */
    *rcc_cr |= BL_RCC_CR_HSE_ON;
    for (uint32_t polls = 0; !ready && polls < 20000u; polls++)
        ready = (*rcc_cr & BL_RCC_CR_HSE_READY) != 0u;
    if (!ready)
        *rcc_cr &= ~BL_RCC_CR_HSE_ON;
    return ready;
}

/* Bring the core to BL_CLOCK_HZ and the USART's kernel clock to BL_USART_CLOCK_HZ: stm32_clock_<family>.c. */
void bl_clock_init(void);

#endif
