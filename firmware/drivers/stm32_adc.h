/* What all ADCs of STM32s have in common: pins that are switched to analogue. */
#ifndef BL_STM32_ADC_H
#define BL_STM32_ADC_H

#include <stddef.h>

#include "sensor.h"
#include "stm32_gpio.h"

#define BL_ADC(offset) BL_REGISTER(BL_ADC_BASE + (offset))
#define BL_MICROSECOND (BL_CLOCK_HZ / 1000000u)

/* Channels in the order of conversion. */
static const uint8_t bl_adc_channels[BL_ADC_COUNT] = BL_ADC_CHANNELS;

static inline void bl_adc_connect(void)
{
    static const struct {
        uint32_t port, pin, clock, bit;
    } pins[BL_ADC_COUNT] = BL_ADC_PINS;
    for (size_t i = 0; i < BL_ADC_COUNT; i++) {
        bl_clock_on(pins[i].clock, pins[i].bit);
        bl_pin_analogue(pins[i].port, pins[i].pin);
        if (BL_ADC_SWITCHES != 0u) /* L47x and L48x: a switch of its own (RM0351: GPIOx_ASCR) */
            BL_REGISTER(pins[i].port + BL_ADC_SWITCHES) |= 1u << pins[i].pin;
    }
}

#endif
