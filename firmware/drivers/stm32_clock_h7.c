/* 400 MHz at voltage scale 1 on an STM32H742/743/753 (RM0433: PWR, RCC, FLASH), which every revision reaches:
 * 2 MHz into PLL1, from the external clock of 8 MHz where it comes, as it is exact, or from the internal 64 MHz. The
 * buses get 200 MHz and the peripherals 100. The instruction cache is on; the data cache stays off, so memory is what
 * the DMA sees. */
#include "port.h"
#include "stm32.h"
#include "stm32_m7.h"

_Static_assert(BL_CLOCK_HZ == 400000000u && BL_USART_CLOCK_HZ == 100000000u && BL_HSE_HZ == 8000000u,
               "the board file says what is set up here");

#define RCC_CR BL_REGISTER(0x58024400u)
#define RCC_CR_PLL1_ON (1u << 24)
#define RCC_CR_PLL1_READY (1u << 25)
#define RCC_CFGR BL_REGISTER(0x58024410u)
#define RCC_CFGR_SWITCH 7u
#define RCC_CFGR_SWITCH_PLL1 3u
#define RCC_CFGR_STATUS (7u << 3)
#define RCC_CFGR_STATUS_PLL1 (3u << 3)
#define RCC_D1CFGR BL_REGISTER(0x58024418u)
#define RCC_D1CFGR_HALVES ((4u << 4) | 8u) /* bus clock and APB3; the core's is not divided */
#define RCC_D2CFGR BL_REGISTER(0x5802441Cu)
#define RCC_D2CFGR_HALVES ((4u << 8) | (4u << 4)) /* APB2, APB1 */
#define RCC_D3CFGR BL_REGISTER(0x58024420u)
#define RCC_D3CFGR_HALF (4u << 4) /* APB4 */
#define RCC_PLLCKSELR BL_REGISTER(0x58024428u)
#define RCC_PLLCKSELR_SOURCE_AND_M1 0x3F3u
#define RCC_PLLCKSELR_HSE_BY_4 ((4u << 4) | 2u)
#define RCC_PLLCKSELR_HSI_BY_32 (32u << 4)
#define RCC_PLLCFGR BL_REGISTER(0x5802442Cu)
#define RCC_PLLCFGR_PLL1 ((7u << 16) | 0xFu)
#define RCC_PLLCFGR_PLL1_P_2_TO_4_MHZ ((1u << 16) | (1u << 2)) /* output P on; input range, wide oscillator */
#define RCC_PLL1DIVR BL_REGISTER(0x58024430u)
#define RCC_PLL1DIVR_400_MHZ ((1u << 24) | (1u << 16) | (1u << 9) | 399u) /* * 400, then P, Q and R 2 */
#define PWR_D3CR BL_REGISTER(0x58024818u)
#define PWR_D3CR_SCALE_1 (3u << 14)
#define PWR_D3CR_SCALE_READY (1u << 13)
#define FLASH_ACR BL_REGISTER(0x52002000u)
#define FLASH_ACR_MASK 0x3Fu
#define FLASH_ACR_2_WAITS ((2u << 4) | 2u) /* 185 to 210 MHz of bus clock at scale 1 */
#define DBGMCU_IDCODE BL_REGISTER(0x5C001000u)
#define DBGMCU_REVISION_V 0x2003u
#define AXI_TARG7_FN_MOD BL_REGISTER(0x51008108u)
#define AXI_READ_ISSUE_ONE 1u

/* After power-on the chip stays in Run* mode until its supply is confirmed, and its RAM is not to be relied on before
 * that. PWR_CR3 takes one write until the next power-on (SCUEN, bit 2): LDOEN, bit 1, alone. Then ACTVOSRDY, bit 13 of
 * PWR_CSR1, is waited for. In assembly, as a C function could begin with a push. */
__attribute__((naked)) void bl_before_memory(void)
{
    __asm volatile("ldr r0, 3f\n"
                   "ldr r1, [r0, #8]\n"
                   "lsls r1, r1, #29\n"
                   "bpl 2f\n"
                   "movs r1, #2\n"
                   "str r1, [r0, #8]\n"
                   "2: ldr r1, [r0]\n"
                   "lsls r1, r1, #18\n"
                   "bpl 2b\n"
                   "bx lr\n"
                   ".align 2\n"
                   "3: .word 0x58024804\n"); /* PWR_CSR1; PWR_CR3 is 8 further */
}

/* Reading the AXI SRAM may go wrong on revision Y when reads overlap (ES0392). */
static void work_around_revision_y(void)
{
    if (DBGMCU_IDCODE >> 16 < DBGMCU_REVISION_V)
        AXI_TARG7_FN_MOD = AXI_READ_ISSUE_ONE;
}

void bl_clock_init(void)
{
    work_around_revision_y();
    PWR_D3CR |= PWR_D3CR_SCALE_1;
    bl_await(&PWR_D3CR, PWR_D3CR_SCALE_READY, PWR_D3CR_SCALE_READY);
    const bool external = bl_external_clock(&RCC_CR);
    bl_set_field(&RCC_PLLCKSELR, RCC_PLLCKSELR_SOURCE_AND_M1,
                 external ? RCC_PLLCKSELR_HSE_BY_4 : RCC_PLLCKSELR_HSI_BY_32);
    bl_set_field(&RCC_PLLCFGR, RCC_PLLCFGR_PLL1, RCC_PLLCFGR_PLL1_P_2_TO_4_MHZ);
    RCC_PLL1DIVR = RCC_PLL1DIVR_400_MHZ;
    RCC_CR |= RCC_CR_PLL1_ON;
    RCC_D1CFGR = RCC_D1CFGR_HALVES;
    RCC_D2CFGR = RCC_D2CFGR_HALVES;
    RCC_D3CFGR = RCC_D3CFGR_HALF;
    bl_set_field(&FLASH_ACR, FLASH_ACR_MASK, FLASH_ACR_2_WAITS);
    bl_await(&FLASH_ACR, FLASH_ACR_MASK, FLASH_ACR_2_WAITS);
    bl_await(&RCC_CR, RCC_CR_PLL1_READY, RCC_CR_PLL1_READY);
    bl_set_field(&RCC_CFGR, RCC_CFGR_SWITCH, RCC_CFGR_SWITCH_PLL1);
    bl_await(&RCC_CFGR, RCC_CFGR_STATUS, RCC_CFGR_STATUS_PLL1);
    bl_instruction_cache_on();
}
