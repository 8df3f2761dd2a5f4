/* 32 MHz on an STM32L0: HSI16 * 4 / 2, in voltage range 1 (RM0377: PWR, RCC, FLASH). PCLK1 is not divided. */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 32000000u && BL_USART_CLOCK_HZ == 32000000u, "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40021000u)
#define RCC_CR_HSI_ON (1u << 0)
#define RCC_CR_HSI_READY (1u << 2)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR BL_REGISTER(0x4002100Cu)
#define RCC_CFGR_PLL (0xFDu << 16) /* source, factor and divider */
#define RCC_CFGR_HSI_TIMES_2 ((1u << 18) | (1u << 22))
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 3u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (3u << 2)
#define RCC_APB1ENR 0x40021038u
#define RCC_APB1ENR_PWR 28u
#define PWR_CR BL_REGISTER(0x40007000u)
#define PWR_CR_RANGE (3u << 11)
#define PWR_CR_RANGE_1 (1u << 11)
#define PWR_CSR BL_REGISTER(0x40007004u)
#define PWR_CSR_RANGE_CHANGING (1u << 4)
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 1u
#define FLASH_ACR_1_WAIT 1u /* above 16 MHz in range 1 */
#define FLASH_ACR_PREFETCH (1u << 1)

/* The core starts in range 2, which carries 16 MHz. */
static void enter_range_1(void)
{
    bl_clock_on(RCC_APB1ENR, RCC_APB1ENR_PWR);
    bl_await(&PWR_CSR, PWR_CSR_RANGE_CHANGING, 0u);
    bl_set_field(&PWR_CR, PWR_CR_RANGE, PWR_CR_RANGE_1);
    bl_await(&PWR_CSR, PWR_CSR_RANGE_CHANGING, 0u);
}

void bl_clock_init(void)
{
    enter_range_1();
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT | FLASH_ACR_PREFETCH);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_1_WAIT);
    RCC_CR |= RCC_CR_HSI_ON;
    bl_await(&RCC_CR, RCC_CR_HSI_READY, RCC_CR_HSI_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_PLL, RCC_CFGR_HSI_TIMES_2);
    RCC_CR |= RCC_CR_PLL_ON;
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
}
