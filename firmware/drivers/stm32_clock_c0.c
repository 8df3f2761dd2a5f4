/* 48 MHz on an STM32C0: HSI48, undivided, where a reset leaves a quarter of it (RM0490: RCC, FLASH). PCLK is not divided. */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 48000000u && BL_USART_CLOCK_HZ == 48000000u, "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40021000u)
#define RCC_CR_HSI_DIVIDER (7u << 11)
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 7u
#define FLASH_ACR_1_WAIT 1u /* above 24 MHz */
#define FLASH_ACR_PREFETCH (1u << 8)
#define FLASH_ACR_CACHE (1u << 9)

void bl_clock_init(void)
{
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT | FLASH_ACR_PREFETCH | FLASH_ACR_CACHE);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT);
    bl_set_field(&RCC_CR, RCC_CR_HSI_DIVIDER, 0u);
}
