/* Registers of one sensor behind a bus. sensor.h, which is written for the board and the sensor, says which bus, on which
 * pins, and how the sensor is addressed there; one driver implements this. */
#ifndef BL_BUS_H
#define BL_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor.h"

/* Most bytes of one transfer. */
#define BL_BUS_BYTES 255u

/* What addresses a register on the bus, to read so many bytes from there on. */
static inline uint32_t bl_bus_address(uint32_t reg, size_t size)
{
    return reg | BL_SENSOR_READ | (size > 1u ? BL_SENSOR_INCREMENT : 0u);
}

/* Bring up the bus; called once, after bl_port_init. */
void bl_bus_init(void);

/* Write one register. False where the sensor does not answer. */
bool bl_bus_write(uint32_t reg, uint32_t value);

/* Read `size` bytes (1 to BL_BUS_BYTES) from a register on. False where the sensor does not answer. */
bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[]);

#endif
