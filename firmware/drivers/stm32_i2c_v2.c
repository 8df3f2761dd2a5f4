/* Sensor bus on an I2C controller with TIMINGR and ISR (F0, F7, H7, L0, L4, U5, C0), as its only master, at 400 kHz
 * (RM0351 and its siblings: I2C registers). The core waits: a transfer is short against the time between two. */
#include "bus.h"
#include "stm32_i2c_lines.h"

#define CONTROL1 BL_REGISTER(BL_BUS_BASE + 0x00u)
#define CONTROL1_ENABLE 1u
#define CONTROL2 BL_REGISTER(BL_BUS_BASE + 0x04u)
#define CONTROL2_ADDRESS (BL_SENSOR_ADDRESS << 1)
#define CONTROL2_READ (1u << 10)
#define CONTROL2_START (1u << 13)
#define CONTROL2_BYTES(count) ((uint32_t)(count) << 16)
#define CONTROL2_STOP_AT_END (1u << 25)
#define TIMING BL_REGISTER(BL_BUS_BASE + 0x10u)
#define STATUS BL_REGISTER(BL_BUS_BASE + 0x18u)
#define CLEAR BL_REGISTER(BL_BUS_BASE + 0x1Cu)
#define RECEIVED BL_REGISTER(BL_BUS_BASE + 0x24u)
#define TRANSMITTED BL_REGISTER(BL_BUS_BASE + 0x28u)
#define STATUS_WANTS_BYTE (1u << 1)
#define STATUS_HAS_BYTE (1u << 2)
#define STATUS_NOT_ACKNOWLEDGED (1u << 4)
#define STATUS_STOPPED (1u << 5)
#define STATUS_COMPLETE (1u << 6)
#define STATUS_FAILED ((1u << 8) | (1u << 9) | STATUS_NOT_ACKNOWLEDGED) /* bus error, arbitration lost */

/* Units of 125 ns or little more: 12 are low, 7 high, and what the controller adds while it watches the line rise and fall
 * makes 400 kHz or less of them, with any clock (RM0351: I2C timings). Data is held for 1 unit and set up for 4. */
#define PRESCALER ((BL_BUS_CLOCK_HZ + 7999999u) / 8000000u)
#define UNITS ((3u << 20) | (1u << 16) | (6u << 8) | 11u)
_Static_assert(PRESCALER >= 1u && PRESCALER <= 16u, "the bus's clock is 8 to 128 MHz");

#define PATIENCE (BL_CLOCK_HZ / 500u) /* looks; more than 10 ms, and nothing stretches the clock for that long */

void bl_bus_init(void)
{
    bl_i2c_connect();
    CONTROL1 = 0;
    TIMING = (PRESCALER - 1u) << 28 | UNITS;
    CONTROL1 = CONTROL1_ENABLE;
}

/* Wait for one of the flags; false where something else ended the transfer, or nothing happens. */
static bool arrives(uint32_t flags)
{
    uint32_t status = 0;
    for (uint32_t looks = 0; looks < PATIENCE && (status & (flags | STATUS_FAILED)) == 0u; looks++)
        status = STATUS;
    return (status & flags) != 0u && (status & STATUS_FAILED) == 0u;
}

/* After a failure: a stop follows a missing acknowledge by itself; anything else takes the controller off the bus, which
 * clears its flags. */
static bool give_up(void)
{
    if ((STATUS & STATUS_NOT_ACKNOWLEDGED) != 0u)
        for (uint32_t looks = 0; looks < PATIENCE && (STATUS & STATUS_STOPPED) == 0u; looks++) {
        }
    CLEAR = STATUS_STOPPED | STATUS_FAILED;
    CONTROL1 = 0;
    (void)CONTROL1; /* it has to be off for three cycles of its bus */
    (void)CONTROL1;
    CONTROL1 = CONTROL1_ENABLE;
    return false;
}

static bool stop(void)
{
    if (!arrives(STATUS_STOPPED))
        return give_up();
    CLEAR = STATUS_STOPPED;
    return true;
}

bool bl_bus_write(uint32_t reg, uint32_t value)
{
    CONTROL2 = CONTROL2_ADDRESS | CONTROL2_BYTES(2u) | CONTROL2_STOP_AT_END | CONTROL2_START;
    if (!arrives(STATUS_WANTS_BYTE))
        return give_up();
    TRANSMITTED = reg;
    if (!arrives(STATUS_WANTS_BYTE))
        return give_up();
    TRANSMITTED = value;
    return stop();
}

bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[])
{
    CONTROL2 = CONTROL2_ADDRESS | CONTROL2_BYTES(1u) | CONTROL2_START;
    if (!arrives(STATUS_WANTS_BYTE))
        return give_up();
    TRANSMITTED = bl_bus_address(reg, size);
    if (!arrives(STATUS_COMPLETE))
        return give_up();
    CONTROL2 = CONTROL2_ADDRESS | CONTROL2_READ | CONTROL2_BYTES(size) | CONTROL2_STOP_AT_END | CONTROL2_START;
    for (size_t i = 0; i < size; i++) {
        if (!arrives(STATUS_HAS_BYTE))
            return give_up();
        data[i] = (uint8_t)RECEIVED;
    }
    return stop();
}
