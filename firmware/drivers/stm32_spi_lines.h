/* The lines of an SPI bus: three in the controller's hands, and the pin that selects the sensor. */
#ifndef BL_STM32_SPI_LINES_H
#define BL_STM32_SPI_LINES_H

#include "sensor.h"
#include "stm32_gpio.h"

static inline void bl_spi_select(bool on)
{
    bl_pin_drive(BL_SELECT_PORT, BL_SELECT_PIN, !on);
}

/* A sensor nobody selects may take what is on the bus for its own, unless its pin is held high. */
static inline void bl_spi_quiet_neighbours(void)
{
#if BL_SPI_NEIGHBOURS
    static const uint32_t pins[BL_SPI_NEIGHBOURS][4] = BL_SPI_NEIGHBOUR_PINS;
    for (uint32_t i = 0; i < BL_SPI_NEIGHBOURS; i++) {
        bl_clock_on(pins[i][2], pins[i][3]);
        bl_pin_drive(pins[i][0], pins[i][1], true);
        bl_pin_output(pins[i][0], pins[i][1], BL_PIN_PUSH_PULL);
    }
#endif
}

/* Clocks for pins and controller, nobody selected, and the pins in the controller's hands. */
static inline void bl_spi_connect(void)
{
    bl_clock_on(BL_SCK_CLOCK, BL_SCK_CLOCK_BIT);
    bl_clock_on(BL_MISO_CLOCK, BL_MISO_CLOCK_BIT);
    bl_clock_on(BL_MOSI_CLOCK, BL_MOSI_CLOCK_BIT);
    bl_clock_on(BL_SELECT_CLOCK, BL_SELECT_CLOCK_BIT);
    bl_clock_on(BL_BUS_CLOCK, BL_BUS_CLOCK_BIT);
    bl_spi_quiet_neighbours();
    bl_spi_select(false);
    bl_pin_output(BL_SELECT_PORT, BL_SELECT_PIN, BL_PIN_PUSH_PULL);
    bl_pin_alternate(BL_SCK_PORT, BL_SCK_PIN, BL_SCK_FUNCTION, BL_PIN_PUSH_PULL);
#if BL_GPIO_VERSION == 1
    bl_pin_input(BL_MISO_PORT, BL_MISO_PIN);
#else
    bl_pin_alternate(BL_MISO_PORT, BL_MISO_PIN, BL_MISO_FUNCTION, BL_PIN_PULLED_UP);
#endif
    bl_pin_alternate(BL_MOSI_PORT, BL_MOSI_PIN, BL_MOSI_FUNCTION, BL_PIN_PUSH_PULL);
}

#endif
