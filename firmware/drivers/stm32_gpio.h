/* Pins of an STM32: what a USART, an I2C or an SPI controller, or an ADC is connected by. */
#ifndef BL_STM32_GPIO_H
#define BL_STM32_GPIO_H

#include "stm32.h"

/* A pull-up, an output that only pulls down (the line's resistor pulls up), or a plain output. */
enum bl_pin_kind { BL_PIN_PULLED_UP, BL_PIN_OPEN_DRAIN, BL_PIN_PUSH_PULL };

#if BL_GPIO_VERSION == 1 /* F1: no alternate functions; the pull of an input is its output bit (RM0008: GPIO) */

#define BL_PIN_SET(port) BL_REGISTER((port) + 0x10u)
#define BL_PIN_LEVELS(port) BL_REGISTER((port) + 0x08u)

static inline void bl_pin_mode(uint32_t port, uint32_t pin, uint32_t mode)
{
    bl_set_field(&BL_REGISTER(port + 4u * (pin / 8u)), 0xFu << (4u * (pin % 8u)), mode << (4u * (pin % 8u)));
}

static inline void bl_pin_alternate(uint32_t port, uint32_t pin, uint32_t function, enum bl_pin_kind kind)
{
    (void)function;
    bl_pin_mode(port, pin, kind == BL_PIN_OPEN_DRAIN ? 0xFu : 0xBu); /* fast */
}

static inline void bl_pin_input(uint32_t port, uint32_t pin)
{
    BL_PIN_SET(port) = 1u << pin;
    bl_pin_mode(port, pin, 0x8u);
}

static inline void bl_pin_output(uint32_t port, uint32_t pin, enum bl_pin_kind kind)
{
    bl_pin_mode(port, pin, kind == BL_PIN_OPEN_DRAIN ? 0x7u : 0x3u);
}

static inline void bl_pin_analogue(uint32_t port, uint32_t pin)
{
    bl_pin_mode(port, pin, 0x0u);
}

#else /* RM0351 and its siblings: GPIO registers */

#define BL_PIN_SET(port) BL_REGISTER((port) + 0x18u)
#define BL_PIN_LEVELS(port) BL_REGISTER((port) + 0x10u)

/* Pulled up whatever it is: an open line then reads as idle. */
static inline void bl_pin_mode(uint32_t port, uint32_t pin, uint32_t mode, enum bl_pin_kind kind)
{
    const uint32_t two = 2u * pin;
    bl_set_field(&BL_REGISTER(port + 0x04u), 1u << pin, kind == BL_PIN_OPEN_DRAIN ? 1u << pin : 0u);
    bl_set_field(&BL_REGISTER(port + 0x08u), 3u << two, 1u << two); /* edges of medium speed */
    bl_set_field(&BL_REGISTER(port + 0x0Cu), 3u << two, 1u << two);
    bl_set_field(&BL_REGISTER(port + 0x00u), 3u << two, mode << two); /* last */
}

static inline void bl_pin_alternate(uint32_t port, uint32_t pin, uint32_t function, enum bl_pin_kind kind)
{
    const uint32_t four = 4u * (pin % 8u);
    bl_set_field(&BL_REGISTER(port + 0x20u + 4u * (pin / 8u)), 0xFu << four, function << four);
    bl_pin_mode(port, pin, 2u, kind);
}

static inline void bl_pin_output(uint32_t port, uint32_t pin, enum bl_pin_kind kind)
{
    bl_pin_mode(port, pin, 1u, kind);
}

static inline void bl_pin_analogue(uint32_t port, uint32_t pin)
{
    bl_set_field(&BL_REGISTER(port + 0x0Cu), 3u << (2u * pin), 0u); /* no pull */
    bl_set_field(&BL_REGISTER(port + 0x00u), 3u << (2u * pin), 3u << (2u * pin));
}

#endif

/* Level of an output. */
static inline void bl_pin_drive(uint32_t port, uint32_t pin, bool high)
{
    BL_PIN_SET(port) = high ? 1u << pin : 1u << (pin + 16u);
}

static inline bool bl_pin_is_high(uint32_t port, uint32_t pin)
{
    return (BL_PIN_LEVELS(port) >> pin & 1u) != 0u;
}

#endif
