/* The two lines of an I2C bus, before a controller gets them. */
#ifndef BL_STM32_I2C_LINES_H
#define BL_STM32_I2C_LINES_H

#include "port.h"
#include "sensor.h"
#include "stm32_gpio.h"

#define BL_I2C_HALF_BIT (BL_CLOCK_HZ / 200000u) /* ticks; 100 kHz is slow enough for everything */

static inline void bl_i2c_pause(void)
{
    const uint32_t start = bl_ticks();
    while (bl_ticks() - start < BL_I2C_HALF_BIT) {
    }
}

/* A reset in the middle of a read leaves the sensor with a bit to send, perhaps a low one, which blocks the bus: it is
 * clocked out by hand, at most a byte and its acknowledge, and a stop condition ends it (UM10204, 3.1.16). */
static inline void bl_i2c_release(void)
{
    bl_pin_drive(BL_SCL_PORT, BL_SCL_PIN, true);
    bl_pin_drive(BL_SDA_PORT, BL_SDA_PIN, true);
    bl_pin_output(BL_SCL_PORT, BL_SCL_PIN, BL_PIN_OPEN_DRAIN);
    bl_pin_output(BL_SDA_PORT, BL_SDA_PIN, BL_PIN_OPEN_DRAIN);
    bl_i2c_pause();
    for (uint32_t bit = 0; bit < 9u && !bl_pin_is_high(BL_SDA_PORT, BL_SDA_PIN); bit++) {
        bl_pin_drive(BL_SCL_PORT, BL_SCL_PIN, false);
        bl_i2c_pause();
        bl_pin_drive(BL_SCL_PORT, BL_SCL_PIN, true);
        bl_i2c_pause();
    }
    bl_pin_drive(BL_SDA_PORT, BL_SDA_PIN, false);
    bl_i2c_pause();
    bl_pin_drive(BL_SDA_PORT, BL_SDA_PIN, true);
    bl_i2c_pause();
}

/* Clocks for pins and controller, a free bus, and the pins in the controller's hands. */
static inline void bl_i2c_connect(void)
{
    bl_clock_on(BL_SCL_CLOCK, BL_SCL_CLOCK_BIT);
    bl_clock_on(BL_SDA_CLOCK, BL_SDA_CLOCK_BIT);
    bl_clock_on(BL_BUS_CLOCK, BL_BUS_CLOCK_BIT);
    bl_i2c_release();
#ifdef BL_BUS_REMAP /* F1: AFIO_MAPR; its clock is bit 0 of RCC_APB2ENR (RM0008: AFIO) */
    bl_clock_on(0x40021018u, 0u);
    BL_REGISTER(BL_BUS_REMAP) |= 1u << BL_BUS_REMAP_BIT;
#endif
    bl_pin_alternate(BL_SCL_PORT, BL_SCL_PIN, BL_SCL_FUNCTION, BL_PIN_OPEN_DRAIN);
    bl_pin_alternate(BL_SDA_PORT, BL_SDA_PIN, BL_SDA_FUNCTION, BL_PIN_OPEN_DRAIN);
}

#endif
