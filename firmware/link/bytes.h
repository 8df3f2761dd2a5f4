/* Little-endian numbers at any address: no alignment is assumed, as Cortex-M0 has none to spare. */
#ifndef BL_BYTES_H
#define BL_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline uint16_t bl_get16(const uint8_t from[])
{
    return (uint16_t)(from[0] | ((uint32_t)from[1] << 8));
}

static inline uint32_t bl_get32(const uint8_t from[])
{
    return from[0] | ((uint32_t)from[1] << 8) | ((uint32_t)from[2] << 16) | ((uint32_t)from[3] << 24);
}

static inline void bl_put16(uint8_t to[], uint32_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static inline void bl_put32(uint8_t to[], uint32_t value)
{
    bl_put16(to, value);
    bl_put16(&to[2], value >> 16);
}

static inline void bl_copy(size_t size, const uint8_t from[], uint8_t to[])
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[i];
}

#endif
