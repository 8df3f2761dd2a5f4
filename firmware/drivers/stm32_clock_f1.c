/* 64 MHz on an STM32F103: what the internal oscillator reaches (HSI / 2 * 16); the external clock of 8 MHz is used
 * where it comes (HSE * 8), as it is exact. APB1, where USART2 is, may have 36 MHz and gets 32 (RM0008: RCC, FLASH). */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 64000000u && BL_USART_CLOCK_HZ == 32000000u && BL_HSE_HZ == 8000000u,
               "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40021000u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR BL_REGISTER(0x40021004u)
#define RCC_CFGR_APB1 (7u << 8)
#define RCC_CFGR_APB1_HALF (4u << 8)
#define RCC_CFGR_PLL (0x3Fu << 16) /* source, divider and factor */
#define RCC_CFGR_HSE_TIMES_8 ((1u << 16) | (6u << 18))
#define RCC_CFGR_HALF_HSI_TIMES_16 (14u << 18)
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 2u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (2u << 2)
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 7u
#define FLASH_ACR_2_WAITS 2u       /* above 48 MHz */
#define FLASH_ACR_PREFETCH (1u << 4) /* on since reset */

void bl_clock_init(void)
{
    const bool external = bl_external_clock(&RCC_CR);
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_2_WAITS | FLASH_ACR_PREFETCH);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_2_WAITS);
    bl_set_field(&RCC_CFGR, RCC_CFGR_PLL | RCC_CFGR_APB1,
                 RCC_CFGR_APB1_HALF | (external ? RCC_CFGR_HSE_TIMES_8 : RCC_CFGR_HALF_HSI_TIMES_16));
    RCC_CR |= RCC_CR_PLL_ON;
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
}
