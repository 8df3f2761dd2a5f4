/* 48 MHz on an STM32F0x1: HSI / 2 * 12 (RM0091: RCC, FLASH). The USARTs' kernel clock is PCLK, undivided. */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 48000000u && BL_USART_CLOCK_HZ == 48000000u, "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40021000u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR BL_REGISTER(0x40021004u)
#define RCC_CFGR_PLL (0x3Fu << 16) /* source, divider and factor */
#define RCC_CFGR_HSI_TIMES_6 (10u << 18)
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 2u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (2u << 2)
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 7u
#define FLASH_ACR_1_WAIT 1u /* above 24 MHz */
#define FLASH_ACR_PREFETCH (1u << 4)

void bl_clock_init(void)
{
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT | FLASH_ACR_PREFETCH);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT);
    bl_set_field(&RCC_CFGR, RCC_CFGR_PLL, RCC_CFGR_HSI_TIMES_6);
    RCC_CR |= RCC_CR_PLL_ON;
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
}
