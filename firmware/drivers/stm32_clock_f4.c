/* An STM32F401 at 84 MHz (RM0368: PWR, RCC, FLASH), an STM32F411 or F412 at 100 MHz (RM0383, RM0402), an STM32F407 at
 * 168 MHz, or an STM32F42x or F446 at 180 MHz in over-drive (RM0090, RM0390). All from 2 MHz into the PLL: the external
 * clock of 8 MHz where it comes, as it is exact, or the internal 16 MHz. */
#include "stm32.h"

#if BL_CLOCK_HZ == 84000000u
#define PLL_N 168u
#define PLL_P 4u /* the oscillator starts at 192 MHz */
#define WAITS 2u /* above 60 MHz at 2.7 V or more */
#define PRESCALERS (4u << 10) /* APB1 halved */
#define SCALE 2u /* the best there is */
#define OVERDRIVE 0
_Static_assert(BL_USART_CLOCK_HZ == 42000000u, "the board file says what is set up here");
#elif BL_CLOCK_HZ == 168000000u
#define PLL_N 168u
#define PLL_P 2u
#define WAITS 5u /* above 150 MHz at 2.7 V or more */
#define PRESCALERS ((5u << 10) | (4u << 13)) /* APB1 quartered, APB2 halved */
#define SCALE 1u /* the F407 has one bit, of which 1 is the best */
#define OVERDRIVE 0
_Static_assert(BL_USART_CLOCK_HZ == 42000000u, "the board file says what is set up here");
#elif BL_CLOCK_HZ == 100000000u
#define PLL_N 100u
#define PLL_P 2u
#define SCALE 3u
#define WAITS 3u /* above 90 MHz at 2.7 V or more */
#define PRESCALERS (4u << 10) /* APB1 halved */
#define OVERDRIVE 0
_Static_assert(BL_USART_CLOCK_HZ == 50000000u, "the board file says what is set up here");
#elif BL_CLOCK_HZ == 180000000u
#define PLL_N 180u
#define PLL_P 2u
#define SCALE 3u
#define WAITS 5u /* above 150 MHz at 2.7 V or more */
#define PRESCALERS ((5u << 10) | (4u << 13)) /* APB1 quartered, APB2 halved */
#define OVERDRIVE 1 /* above 168 MHz */
_Static_assert(BL_USART_CLOCK_HZ == 45000000u, "the board file says what is set up here");
#else
#error "the board file asks for a clock that is not set up here"
#endif
_Static_assert(BL_HSE_HZ == 8000000u, "the PLL's divider is for this");

#define RCC_CR BL_REGISTER(0x40023800u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_PLLCFGR BL_REGISTER(0x40023804u)
#define RCC_PLLCFGR_HSE (1u << 22)
#define RCC_PLLCFGR_REST ((2u << 28) | (8u << 24) | ((PLL_P / 2u - 1u) << 16)) /* R 2 and Q 8 feed nothing */
#define RCC_CFGR BL_REGISTER(0x40023808u)
#define RCC_CFGR_PRESCALERS 0xFCF0u
#define RCC_CFGR_SWITCH 3u
#define RCC_CFGR_SWITCH_PLL 2u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (2u << 2)
#define RCC_APB1ENR 0x40023840u
#define RCC_APB1ENR_PWR 28u
#define PWR_CR BL_REGISTER(0x40007000u)
#define PWR_CR_SCALE (SCALE << 14)
#define PWR_CR_OVERDRIVE (1u << 16)
#define PWR_CR_OVERDRIVE_SWITCH (1u << 17)
#define PWR_CSR BL_REGISTER(0x40007004u)
#define PWR_CSR_SCALE_READY (1u << 14)
#define PWR_CSR_OVERDRIVE_READY (1u << 16)
#define PWR_CSR_OVERDRIVE_SWITCHED (1u << 17)
#define FLASH_ACR BL_REGISTER(0x40023C00u)
#define FLASH_ACR_LATENCY 0xFu
#define FLASH_ACR_CACHES ((1u << 8) | (1u << 9) | (1u << 10)) /* prefetch, instruction cache, data cache */

/* Over-drive is entered while the PLL locks and the core still runs from the HSI. */
static void enter_overdrive(void)
{
    PWR_CR |= PWR_CR_OVERDRIVE;
    bl_await(&PWR_CSR, PWR_CSR_OVERDRIVE_READY, PWR_CSR_OVERDRIVE_READY);
    PWR_CR |= PWR_CR_OVERDRIVE_SWITCH;
    bl_await(&PWR_CSR, PWR_CSR_OVERDRIVE_SWITCHED, PWR_CSR_OVERDRIVE_SWITCHED);
}

void bl_clock_init(void)
{
    const bool external = bl_external_clock(&RCC_CR);
    bl_clock_on(RCC_APB1ENR, RCC_APB1ENR_PWR);
    PWR_CR |= PWR_CR_SCALE; /* takes effect when the PLL runs */
    RCC_PLLCFGR = RCC_PLLCFGR_REST | PLL_N << 6 | (external ? RCC_PLLCFGR_HSE | 4u : 8u);
    RCC_CR |= RCC_CR_PLL_ON;
    if (OVERDRIVE)
        enter_overdrive();
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, WAITS | FLASH_ACR_CACHES);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, WAITS);
    bl_set_field(&RCC_CFGR, RCC_CFGR_PRESCALERS, PRESCALERS);
    bl_await(&RCC_CR, RCC_CR_PLL_READY, RCC_CR_PLL_READY);
    bl_await(&PWR_CSR, PWR_CSR_SCALE_READY, PWR_CSR_SCALE_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL);
}
