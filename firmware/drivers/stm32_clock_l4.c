/* 80 MHz on an STM32L4 or L4+: HSI16 * 10 / 2, in voltage range 1 as after reset (RM0351, RM0394, RM0432: PWR, RCC,
 * FLASH). The HSI16 drifts less with temperature than the MSI. The APBs are not divided. */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 80000000u && BL_USART_CLOCK_HZ == 80000000u, "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40021000u)
#define RCC_CR_HSI_ON (1u << 8)
#define RCC_CR_HSI_READY (1u << 10)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR BL_REGISTER(0x40021008u)
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 3u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (3u << 2)
#define RCC_PLLCFGR BL_REGISTER(0x4002100Cu)
#define RCC_PLLCFGR_80_MHZ (2u | (10u << 8) | (1u << 24)) /* HSI16 / 1 * 10 / 2, output R on */
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 7u
#define FLASH_ACR_4_WAITS 4u                                  /* above 64 MHz in range 1; 3 would do for an L4+ */
#define FLASH_ACR_CACHES ((1u << 8) | (1u << 9) | (1u << 10)) /* prefetch, instruction cache, data cache */

void bl_clock_init(void)
{
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_4_WAITS | FLASH_ACR_CACHES);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_4_WAITS);
    RCC_CR |= RCC_CR_HSI_ON;
    bl_await(&RCC_CR, RCC_CR_HSI_READY, RCC_CR_HSI_READY);
    RCC_PLLCFGR = RCC_PLLCFGR_80_MHZ;
    RCC_CR |= RCC_CR_PLL_ON;
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
}
