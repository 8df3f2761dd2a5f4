/* One sensor of the host's, as if behind a bus: what an emulator that has no such bus runs a datalogger with.
 *
 * Every transfer is six bytes to the host: when it began (the machine's counter, little-endian), the byte that addresses
 * the register as the bus's own driver would send it, and how many bytes are wanted; none of them where one is written,
 * which then follows. The host answers with 1 and the bytes, or with 0 where no sensor answers. */
#include "bus.h"
#include "semihost.h"
#include "ticks.h"

enum { HEAD = 6 };

static uint32_t to_sensor, from_sensor;

void bl_bus_init(void)
{
    to_sensor = bl_open("to_sensor", sizeof "to_sensor" - 1u, BL_MODE_WRITE_BINARY);
    from_sensor = bl_open("from_sensor", sizeof "from_sensor" - 1u, BL_MODE_READ_BINARY);
}

static bool transfer(size_t request_bytes, uint8_t request[], size_t size, uint8_t data[])
{
    const uint32_t now = bl_ticks();
    uint8_t answered = 0;
    for (size_t i = 0; i < 4u; i++)
        request[i] = (uint8_t)(now >> (8u * i));
    bl_transfer_all(BL_SYS_WRITE, to_sensor, request, request_bytes);
    bl_transfer_all(BL_SYS_READ, from_sensor, &answered, 1u);
    if (answered == 1u)
        bl_transfer_all(BL_SYS_READ, from_sensor, data, size);
    return answered == 1u;
}

bool bl_bus_write(uint32_t reg, uint32_t value)
{
    uint8_t request[HEAD + 1] = {[4] = (uint8_t)reg, [HEAD] = (uint8_t)value};
    return transfer(sizeof request, request, 0u, NULL);
}

bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[])
{
    uint8_t request[HEAD] = {[4] = (uint8_t)bl_bus_address(reg, size), [5] = (uint8_t)size};
    return transfer(sizeof request, request, size, data);
}
