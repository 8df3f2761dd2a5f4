/* Flash loader of the STM32U575 and U585 with two banks and without TrustZone, as they leave the factory (RM0456:
 * FLASH, PWR). */
#include "loader.h"

#define RCC_AHB3ENR BL_REGISTER(0x46020C94u)
#define RCC_AHB3ENR_PWR (1u << 2)
#define PWR_VOSR BL_REGISTER(0x4602080Cu)
#define PWR_VOSR_RANGE_READY (1u << 15)
#define PWR_VOSR_RANGE_1 (3u << 16)

/* Reset leaves the core at its lowest voltage; at the highest everything is allowed. The instruction cache is off. */
static void prepare(void)
{
    RCC_AHB3ENR |= RCC_AHB3ENR_PWR;
    (void)RCC_AHB3ENR;
    PWR_VOSR |= PWR_VOSR_RANGE_1;
    while ((PWR_VOSR & PWR_VOSR_RANGE_READY) == 0u) {
    }
}

#define WORDS 4u
#define STATUS_AT 0x40022020u
#define CONTROL_AT 0x40022028u
#define OPTION_AT 0x40022040u
#define BUSY ((1u << 16) | (1u << 17))
#define CHIP ((1u << 2) | (1u << 15))
#define OPTIONS (1u << 21) /* DUALBANK */
#define EMPTY 0u
#include "words.h"
