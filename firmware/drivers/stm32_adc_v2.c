/* Converter: ADC1 of an STM32C0, L0 or L4 with ISR, CR and CFGR (RM0490, RM0377, RM0351, RM0394: ADC). A timer's update
 * starts each sequence, and the DMA fetches every result. C0 and L0 convert the channels that are chosen from the lowest
 * on. */
#include "converter.h"
#include "ring.h"
#include "stm32_adc.h"
#include "stm32_timer.h"
#include "ticks.h"

#define STATUS BL_ADC(0x00u)
#define STATUS_READY 1u
#define STATUS_OVERRUN (1u << 4)
#define STATUS_ALL 0x7FFu
#define STATUS_CHOSEN (1u << 13) /* C0: the channels are taken over */
#define CONTROL BL_ADC(0x08u)
#define CONTROL_ON 1u
#define CONTROL_START (1u << 2)
#define CONTROL_STOP (1u << 4)
#define CONTROL_REGULATOR (1u << 28)
#define CONTROL_CALIBRATE (1u << 31)
#define CONFIGURATION BL_ADC(0x0Cu)
#define CONFIGURATION_DMA 3u /* and requests never end */
#define CONFIGURATION_TRIGGERED ((BL_ADC_TRIGGER << 6) | (1u << 10))
#define SAMPLING(channel) BL_ADC((channel) < 10u ? 0x14u : 0x18u)
#define SEQUENCE(place) BL_ADC(0x30u + 4u * ((place) / 5u)) /* SQR1 to SQR4, L4 */
#define SELECTION BL_ADC(0x28u) /* CHSELR, C0 and L0 */
#define DATA (BL_ADC_BASE + 0x40u)
#define WAKES 10000u /* polls: it takes microseconds */

#if BL_ADC_SMALL /* C0, L0 */
#define CLOCK BL_ADC(0x10u)
#define CLOCK_SHIFT 30u
#define CONFIGURATION_USUAL 0u
#else
#define CLOCK BL_ADC(0x308u) /* of all ADCs */
#define CLOCK_SHIFT 16u
#define CONFIGURATION_USUAL (1u << 31) /* no queue of injected sequences, as after reset */
#endif

static bool ready;

static bool arrives(uint32_t flag)
{
    bool there = false;
    for (uint32_t polls = 0; !there && polls < WAKES; polls++)
        there = (STATUS & flag) != 0u;
    return there;
}

static void choose(void)
{
#if BL_ADC_SMALL
    uint32_t chosen = 0;
    for (uint32_t place = 0; place < BL_ADC_COUNT; place++)
        chosen |= 1u << bl_adc_channels[place];
    SAMPLING(0u) = BL_ADC_SAMPLING;
    STATUS = STATUS_CHOSEN;
    SELECTION = chosen;
    if (BL_ADC_CONFIRMS)
        (void)arrives(STATUS_CHOSEN);
#else
    SEQUENCE(0u) = BL_ADC_COUNT - 1u;
    for (uint32_t place = 1; place <= BL_ADC_COUNT; place++) {
        const uint32_t channel = bl_adc_channels[place - 1u], shift = 3u * (channel % 10u);
        SEQUENCE(place) |= channel << (6u * (place % 5u));
        bl_set_field(&SAMPLING(channel), 7u << shift, BL_ADC_SAMPLING << shift);
    }
#endif
}

void bl_converter_init(void)
{
    bl_clock_on(BL_ADC_CLOCK, BL_ADC_CLOCK_BIT);
    bl_timer_init();
    bl_adc_connect();
    bl_set_field(&CLOCK, 3u << CLOCK_SHIFT, BL_ADC_PRESCALER << CLOCK_SHIFT);
    CONTROL = 0u; /* out of deep power-down */
    CONTROL = CONTROL_REGULATOR;
    bl_pause(20u * BL_MICROSECOND); /* data sheets: tADCVREG_STUP */
    CONTROL |= CONTROL_CALIBRATE;
    bl_await(&CONTROL, CONTROL_CALIBRATE, 0u);
    bl_pause(BL_MICROSECOND); /* more than the four cycles of its clock that it needs now */
    choose();
    STATUS = STATUS_READY;
    CONTROL |= CONTROL_ON;
    ready = arrives(STATUS_READY);
}

static void stop(void)
{
    bl_timer_stop();
    if ((CONTROL & CONTROL_START) != 0u) {
        CONTROL |= CONTROL_STOP;
        bl_await(&CONTROL, CONTROL_START | CONTROL_STOP, 0u);
    }
    CONFIGURATION = CONFIGURATION_USUAL;
    bl_ring_stop();
    (void)BL_REGISTER(DATA); /* it no longer asks to be fetched */
    STATUS = STATUS_ALL;
}

bool bl_converter_start(void)
{
    stop();
    bl_timer_prepare();
    bl_ring_start(DATA);
    CONFIGURATION = CONFIGURATION_USUAL | CONFIGURATION_DMA | CONFIGURATION_TRIGGERED;
    CONTROL |= CONTROL_START;
    bl_timer_go();
    return ready;
}

bool bl_converter_lost(void)
{
    return (STATUS & STATUS_OVERRUN) != 0u;
}
