/* 160 MHz on an STM32U575/585 (RM0456: PWR, RCC, FLASH, ICACHE): HSI16 * 20 / 2, in voltage range 1 with the booster it
 * needs above 55 MHz. The core stays on the LDO, as after reset, which parts with an SMPS have too. The HSI16 drifts
 * less with temperature than the MSI. APB1 and APB2 get half. TrustZone is off (TZEN = 0), as chips leave the factory. */
#include "stm32.h"

_Static_assert(BL_CLOCK_HZ == 160000000u && BL_USART_CLOCK_HZ == 80000000u, "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x46020C00u)
#define RCC_CR_HSI_ON (1u << 8)
#define RCC_CR_HSI_READY (1u << 10)
#define RCC_CR_PLL1_ON (1u << 24)
#define RCC_CR_PLL1_READY (1u << 25)
#define RCC_CFGR1 BL_REGISTER(0x46020C1Cu)
#define RCC_CFGR1_SWITCH 3u
#define RCC_CFGR1_SWITCH_PLL1 3u
#define RCC_CFGR1_STATUS (3u << 2)
#define RCC_CFGR1_STATUS_PLL1 (3u << 2)
#define RCC_CFGR2 BL_REGISTER(0x46020C20u)
#define RCC_CFGR2_APBS ((7u << 4) | (7u << 8))
#define RCC_CFGR2_HALVES ((4u << 4) | (4u << 8))
#define RCC_PLL1CFGR BL_REGISTER(0x46020C28u)
#define RCC_PLL1CFGR_HSI (2u | (3u << 2) | (1u << 18)) /* HSI16 / 1 of the range 8 to 16 MHz, output R on */
#define RCC_PLL1CFGR_BOOST_BY_2 (1u << 12)             /* 8 MHz for the booster, which takes 4 to 16 */
#define RCC_PLL1DIVR BL_REGISTER(0x46020C34u)
#define RCC_PLL1DIVR_160_MHZ ((1u << 24) | (1u << 16) | (1u << 9) | 19u) /* * 20, then P, Q and R 2 */
#define RCC_AHB3ENR 0x46020C94u
#define RCC_AHB3ENR_PWR 2u
#define PWR_VOSR BL_REGISTER(0x4602080Cu)
#define PWR_VOSR_BOOST_READY (1u << 14)
#define PWR_VOSR_RANGE_READY (1u << 15)
#define PWR_VOSR_RANGE_1 (3u << 16)
#define PWR_VOSR_BOOST_ON (1u << 18)
#define FLASH_ACR BL_REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 0xFu
#define FLASH_ACR_4_WAITS 4u /* above 128 MHz in range 1 */
#define FLASH_ACR_PREFETCH (1u << 8)
#define ICACHE_CR BL_REGISTER(0x40030400u)
#define ICACHE_CR_ON 1u
#define ICACHE_SR BL_REGISTER(0x40030404u)
#define ICACHE_SR_BUSY 1u

/* The booster runs from the clock that goes into PLL1, so that has to be there first. */
static void raise_voltage(void)
{
    bl_clock_on(RCC_AHB3ENR, RCC_AHB3ENR_PWR);
    PWR_VOSR |= PWR_VOSR_RANGE_1;
    bl_await(&PWR_VOSR, PWR_VOSR_RANGE_READY, PWR_VOSR_RANGE_READY);
    PWR_VOSR |= PWR_VOSR_BOOST_ON;
    bl_await(&PWR_VOSR, PWR_VOSR_BOOST_READY, PWR_VOSR_BOOST_READY);
}

void bl_clock_init(void)
{
    RCC_CR |= RCC_CR_HSI_ON;
    bl_await(&RCC_CR, RCC_CR_HSI_READY, RCC_CR_HSI_READY);
    RCC_PLL1CFGR = RCC_PLL1CFGR_HSI | RCC_PLL1CFGR_BOOST_BY_2;
    RCC_PLL1DIVR = RCC_PLL1DIVR_160_MHZ;
    raise_voltage();
    RCC_CR |= RCC_CR_PLL1_ON;
    bl_set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_4_WAITS | FLASH_ACR_PREFETCH);
    bl_await(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_4_WAITS);
    bl_set_field(&RCC_CFGR2, RCC_CFGR2_APBS, RCC_CFGR2_HALVES);
    bl_await(&RCC_CR, RCC_CR_PLL1_READY, RCC_CR_PLL1_READY);
    bl_set_field(&RCC_CFGR1, RCC_CFGR1_SWITCH, RCC_CFGR1_SWITCH_PLL1);
    bl_await(&RCC_CFGR1, RCC_CFGR1_STATUS, RCC_CFGR1_STATUS_PLL1);
    bl_await(&ICACHE_SR, ICACHE_SR_BUSY, 0u); /* reset has it emptied */
    ICACHE_CR |= ICACHE_CR_ON;
}
