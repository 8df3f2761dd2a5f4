/* A microphone of one bit behind a DFSDM (RM0351, DFSDM): it gives the clock, reads a bit at one of its edges, and a sinc
 * filter of order BL_DFSDM_ORDER makes one value of every BL_DFSDM_OVERSAMPLING bits. DMA takes the upper 16 of its 24
 * bits, rounded: the offset that the channel takes off is minus half of what lies below. */
#include "converter.h"
#include "ring.h"
#include "stm32.h"
#include "stm32_gpio.h"
#include "ticks.h"

#define CHANNEL(number, offset) BL_REGISTER(BL_DFSDM_BASE + 0x20u * (number) + (offset))
#define CFGR1 0x00u
#define CFGR1_ENABLE (1u << 31)                       /* DFSDMEN, of channel 0 */
#define CFGR1_DIVIDER ((BL_DFSDM_DIVIDER - 1u) << 16) /* CKOUTDIV, of channel 0 */
#define CFGR1_CHANNEL (1u << 7)                       /* CHEN */
#define CFGR1_OWN_CLOCK (1u << 2)                     /* SPICKSEL: the clock output */
#define CFGR2 0x04u
#define CFGR2_HALF (0xFFFF80u << 8) /* OFFSET = -128 */
#define CFGR2_SHIFT (BL_DFSDM_SHIFT << 3)

#define FILTER (BL_DFSDM_BASE + 0x100u + 0x80u * BL_DFSDM_FILTER)
#define CR1 BL_REGISTER(FILTER + 0x00u)
#define CR1_ENABLE 1u
#define CR1_START (1u << 17)                    /* RSWSTART */
#define CR1_ON_AND_ON ((1u << 18) | (1u << 29)) /* RCONT and FAST: the filter stays full from value to value */
#define CR1_DMA (1u << 21)
#define CR1_CHANNEL (BL_DFSDM_INPUT << 24)
#define ISR BL_REGISTER(FILTER + 0x08u)
#define ISR_OVERRUN (1u << 3)
#define FCR BL_REGISTER(FILTER + 0x14u)
#define FCR_FILTER ((BL_DFSDM_ORDER << 29) | ((BL_DFSDM_OVERSAMPLING - 1u) << 16))
#define UPPER_HALF (FILTER + 0x1Cu + 2u) /* of RDATAR, whose lowest byte is the channel's number */

_Static_assert(BL_DFSDM_DIVIDER >= 2u && BL_DFSDM_DIVIDER <= 256u && BL_DFSDM_SHIFT <= 31u, "as far as registers go");

void bl_converter_init(void)
{
    bl_clock_on(BL_CKOUT_CLOCK, BL_CKOUT_CLOCK_BIT);
    bl_clock_on(BL_DATIN_CLOCK, BL_DATIN_CLOCK_BIT);
    bl_pin_alternate(BL_CKOUT_PORT, BL_CKOUT_PIN, BL_CKOUT_FUNCTION, BL_PIN_PUSH_PULL);
    bl_pin_alternate(BL_DATIN_PORT, BL_DATIN_PIN, BL_DATIN_FUNCTION, BL_PIN_PULLED_UP);
    bl_clock_on(BL_DFSDM_CLOCK, BL_DFSDM_CLOCK_BIT);
    CHANNEL(0u, CFGR1) = CFGR1_DIVIDER; /* fixed once it is enabled */
    CHANNEL(0u, CFGR1) |= CFGR1_ENABLE;
    CHANNEL(BL_DFSDM_INPUT, CFGR2) = CFGR2_HALF | CFGR2_SHIFT;
    CHANNEL(BL_DFSDM_INPUT, CFGR1) |= CFGR1_OWN_CLOCK | BL_DFSDM_FALLING;
    CHANNEL(BL_DFSDM_INPUT, CFGR1) |= CFGR1_CHANNEL;
    bl_pause(BL_DFSDM_STARTUP_MS * (BL_CLOCK_HZ / 1000u)); /* the microphone's, from its first clock on */
}

bool bl_converter_start(void)
{
    CR1 = 0; /* what goes on ends, and its flags are gone */
    bl_ring_stop();
    bl_ring_start(UPPER_HALF);
    FCR = FCR_FILTER;
    CR1 = CR1_CHANNEL | CR1_DMA | CR1_ON_AND_ON | CR1_ENABLE;
    CR1 |= CR1_START;
    return true;
}

bool bl_converter_lost(void)
{
    return (ISR & ISR_OVERRUN) != 0u;
}
