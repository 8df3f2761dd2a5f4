/* 216 MHz in over-drive on an STM32F76x (RM0410: PWR, RCC, FLASH): 2 MHz into the PLL, from the external clock of
 * 8 MHz where it comes, as it is exact, or from the internal 16 MHz. Code runs from the AXI bus, so the core's
 * instruction cache is on; its data cache stays off, and memory is what the DMA sees. */
#include "stm32.h"
#include "stm32_m7.h"

_Static_assert(BL_CLOCK_HZ == 216000000u && BL_USART_CLOCK_HZ == 54000000u && BL_HSE_HZ == 8000000u,
               "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x40023800u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_PLLCFGR BL_REGISTER(0x40023804u)
#define RCC_PLLCFGR_HSE (1u << 22)
#define RCC_PLLCFGR_REST ((2u << 28) | (9u << 24) | (216u << 6)) /* R 2 and Q 9 feed nothing; P is 2 */
#define RCC_CFGR BL_REGISTER(0x40023808u)
#define RCC_CFGR_PRESCALERS 0xFCF0u
#define RCC_CFGR_APB1_QUARTER_APB2_HALF ((5u << 10) | (4u << 13))
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 2u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (2u << 2)
#define RCC_APB1ENR 0x40023840u
#define RCC_APB1ENR_PWR 28u
#define PWR_CR1 BL_REGISTER(0x40007000u)
#define PWR_CR1_SCALE_1 (3u << 14)
#define PWR_CR1_OVERDRIVE (1u << 16)
#define PWR_CR1_OVERDRIVE_SWITCH (1u << 17)
#define PWR_CSR1 BL_REGISTER(0x40007004u)
#define PWR_CSR1_SCALE_READY (1u << 14)
#define PWR_CSR1_OVERDRIVE_READY (1u << 16)
#define PWR_CSR1_OVERDRIVE_SWITCHED (1u << 17)
#define FLASH_ACR BL_REGISTER(0x40023C00u)
#define FLASH_ACR_LATENCY 0xFu
#define FLASH_ACR_7_WAITS 7u /* above 210 MHz at 2.7 V or more */

/* Over-drive is entered while the PLL locks and the core still runs from the HSI. */
static void enter_overdrive(void)
{
    PWR_CR1 |= PWR_CR1_OVERDRIVE;
    bl_await(&PWR_CSR1, PWR_CSR1_OVERDRIVE_READY, PWR_CSR1_OVERDRIVE_READY);
    PWR_CR1 |= PWR_CR1_OVERDRIVE_SWITCH;
    bl_await(&PWR_CSR1, PWR_CSR1_OVERDRIVE_SWITCHED, PWR_CSR1_OVERDRIVE_SWITCHED);
}

void bl_clock_init(void)
{
    const bool external = bl_external_clock(&RCC_CR);
    bl_clock_on(RCC_APB1ENR, RCC_APB1ENR_PWR);
    PWR_CR1 |= PWR_CR1_SCALE_1; /* takes effect when the PLL runs */
    RCC_PLLCFGR = RCC_PLLCFGR_REST | (external ? RCC_PLLCFGR_HSE | 4u : 8u);
    RCC_CR |= RCC_CR_PLL_ON;
    enter_overdrive();
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_7_WAITS);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_7_WAITS);
    bl_set_field(&RCC_CFGR, RCC_CFGR_PRESCALERS, RCC_CFGR_APB1_QUARTER_APB2_HALF);
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_await(&PWR_CSR1, PWR_CSR1_SCALE_READY, PWR_CSR1_SCALE_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
    bl_instruction_cache_on();
}
