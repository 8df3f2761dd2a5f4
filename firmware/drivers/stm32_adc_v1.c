/* Converter: ADC1 of an STM32F1 or F4 with SR, CR1 and CR2 (RM0008, RM0090, RM0368, RM0390, RM0402: ADC). A timer's
 * update starts each sequence, and the DMA fetches every result. */
#include "converter.h"
#include "ring.h"
#include "stm32_adc.h"
#include "stm32_timer.h"
#include "ticks.h"

#define STATUS BL_ADC(0x00u)
#define STATUS_OVERRUN (1u << 5) /* the F1 does not tell */
#define CONTROL1 BL_ADC(0x04u)
#define CONTROL1_SCAN (1u << 8)
#define CONTROL2 BL_ADC(0x08u)
#define CONTROL2_ON 1u
#define CONTROL2_DMA (1u << 8)
#define SAMPLING(channel) BL_ADC((channel) < 10u ? 0x10u : 0x0Cu)
#define SEQUENCE(place) BL_ADC(0x34u - 4u * ((place) / 6u)) /* SQR3, SQR2, SQR1 */
#define LENGTH BL_ADC(0x2Cu)
#define DATA (BL_ADC_BASE + 0x4Cu)

#if BL_ADC_MODERN /* F4 */
#define PRESCALER BL_ADC(0x304u) /* of all ADCs */
#define PRESCALER_SHIFT 16u
#define CONTROL2_TRIGGERED ((BL_ADC_TRIGGER << 24) | (1u << 28) | (1u << 9)) /* rising edges; requests never end */
#else
#define PRESCALER BL_REGISTER(0x40021004u) /* RCC_CFGR */
#define PRESCALER_SHIFT 14u
#define CONTROL2_CALIBRATE (1u << 2)
#define CONTROL2_FORGET_CALIBRATION (1u << 3)
#define CONTROL2_TRIGGERED ((BL_ADC_TRIGGER << 17) | (1u << 20))
#endif

void bl_converter_init(void)
{
    bl_clock_on(BL_ADC_CLOCK, BL_ADC_CLOCK_BIT);
    bl_timer_init();
    bl_adc_connect();
    bl_set_field(&PRESCALER, 3u << PRESCALER_SHIFT, BL_ADC_PRESCALER << PRESCALER_SHIFT);
    CONTROL1 = CONTROL1_SCAN;
    LENGTH = (BL_ADC_COUNT - 1u) << 20;
    for (uint32_t place = 0; place < BL_ADC_COUNT; place++) {
        const uint32_t channel = bl_adc_channels[place], shift = 3u * (channel % 10u);
        SEQUENCE(place) |= channel << (5u * (place % 6u));
        bl_set_field(&SAMPLING(channel), 7u << shift, BL_ADC_SAMPLING << shift);
    }
}

/* Some microseconds until it is awake (data sheets: tSTAB), and on the F1 a calibration. */
static void wake(void)
{
    CONTROL2 = CONTROL2_ON;
    bl_pause(10u * BL_MICROSECOND);
#if !BL_ADC_MODERN
    CONTROL2 = CONTROL2_ON | CONTROL2_FORGET_CALIBRATION;
    bl_await(&CONTROL2, CONTROL2_FORGET_CALIBRATION, 0u);
    CONTROL2 = CONTROL2_ON | CONTROL2_CALIBRATE;
    bl_await(&CONTROL2, CONTROL2_CALIBRATE, 0u);
#endif
}

bool bl_converter_start(void)
{
    bl_timer_stop();
    CONTROL2 = 0u; /* off: whatever it was about to hand over is forgotten */
    bl_ring_stop();
    bl_timer_prepare();
    wake();
    STATUS = 0u;
    bl_ring_start(DATA);
    CONTROL2 = CONTROL2_ON | CONTROL2_DMA | CONTROL2_TRIGGERED;
    bl_timer_go();
    return true;
}

bool bl_converter_lost(void)
{
    return BL_ADC_MODERN && (STATUS & STATUS_OVERRUN) != 0u;
}
