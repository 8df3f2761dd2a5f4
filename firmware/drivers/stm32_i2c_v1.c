/* Sensor bus on an I2C controller with SR1 and CCR (F1, F4), as its only master, at 400 kHz (RM0008, RM0090: I2C
 * registers). The core waits: a transfer is short against the time between two. No interrupt disturbs it, so the order of
 * accesses that ends a read in time holds (RM0008: I2C master receiver). */
#include "bus.h"
#include "stm32_i2c_lines.h"

#define CONTROL1 BL_REGISTER(BL_BUS_BASE + 0x00u)
#define CONTROL1_ENABLE 1u
#define CONTROL1_START (1u << 8)
#define CONTROL1_STOP (1u << 9)
#define CONTROL1_ACKNOWLEDGE (1u << 10)
#define CONTROL1_LAST_BUT_ONE (1u << 11) /* POS: the acknowledge bit is about the byte after the next */
#define CONTROL1_RESET (1u << 15)
#define CONTROL2 BL_REGISTER(BL_BUS_BASE + 0x04u)
#define DATA BL_REGISTER(BL_BUS_BASE + 0x10u)
#define STATUS BL_REGISTER(BL_BUS_BASE + 0x14u)
#define STATUS2 BL_REGISTER(BL_BUS_BASE + 0x18u)
#define CLOCK BL_REGISTER(BL_BUS_BASE + 0x1Cu)
#define CLOCK_FAST (1u << 15)
#define RISE BL_REGISTER(BL_BUS_BASE + 0x20u)
#define STATUS_STARTED (1u << 0)
#define STATUS_ADDRESSED (1u << 1)
#define STATUS_FINISHED (1u << 2) /* BTF: a byte waits in the data register and another behind it */
#define STATUS_HAS_BYTE (1u << 6)
#define STATUS_WANTS_BYTE (1u << 7)
#define STATUS_FAILED ((1u << 8) | (1u << 9) | (1u << 10)) /* bus error, arbitration lost, no acknowledge */

#define MHZ (BL_BUS_CLOCK_HZ / 1000000u)
#define DIVIDER ((BL_BUS_CLOCK_HZ + 1199999u) / 1200000u) /* a third of 400 kHz's period is high, two are low */
#define RISE_TICKS (MHZ * 300u / 1000u + 1u)              /* the longest rise that fast mode has, 300 ns */
_Static_assert(MHZ >= 4u && MHZ <= 50u, "the bus's clock is 4 to 50 MHz");

#define PATIENCE (BL_CLOCK_HZ / 500u) /* looks; more than 10 ms, and nothing stretches the clock for that long */

void bl_bus_init(void)
{
    bl_i2c_connect();
    CONTROL1 = CONTROL1_RESET; /* its filters may have taken the lines' edges for a start (ES0340, ES0182) */
    CONTROL1 = 0;
    CONTROL2 = MHZ;
    CLOCK = CLOCK_FAST | DIVIDER;
    RISE = RISE_TICKS;
    CONTROL1 = CONTROL1_ENABLE;
}

/* Wait for a flag; false where something went wrong, or nothing happens. */
static bool arrives(uint32_t flag)
{
    uint32_t status = 0;
    for (uint32_t looks = 0; looks < PATIENCE && (status & (flag | STATUS_FAILED)) == 0u; looks++)
        status = STATUS;
    return (status & STATUS_FAILED) == 0u && (status & flag) != 0u;
}

static bool give_up(void)
{
    STATUS = 0; /* zeros clear what failed, and change nothing else */
    CONTROL1 = CONTROL1_ENABLE | CONTROL1_STOP;
    return false;
}

/* Control may not be written while a stop is still due (RM0008: I2C_CR1). */
static void begin(void)
{
    for (uint32_t looks = 0; looks < PATIENCE && (CONTROL1 & CONTROL1_STOP) != 0u; looks++) {
    }
    CONTROL1 = CONTROL1_ENABLE;
}

/* Start (again) and address the sensor; the caller reads STATUS2, which lets the transfer go on. */
static bool address(uint32_t read)
{
    CONTROL1 |= CONTROL1_START;
    if (!arrives(STATUS_STARTED))
        return false;
    DATA = BL_SENSOR_ADDRESS << 1 | read;
    return arrives(STATUS_ADDRESSED);
}

static bool send(uint32_t byte)
{
    if (!arrives(STATUS_WANTS_BYTE))
        return false;
    DATA = byte;
    return true;
}

bool bl_bus_write(uint32_t reg, uint32_t value)
{
    begin();
    if (!address(0u))
        return give_up();
    (void)STATUS2;
    if (!send(reg) || !send(value) || !arrives(STATUS_FINISHED))
        return give_up();
    CONTROL1 |= CONTROL1_STOP;
    return true;
}

/* One byte: not acknowledged, and the stop asked for, before the transfer goes on. */
static bool read_one(uint8_t data[])
{
    CONTROL1 &= ~CONTROL1_ACKNOWLEDGE;
    (void)STATUS2;
    CONTROL1 |= CONTROL1_STOP;
    if (!arrives(STATUS_HAS_BYTE))
        return false;
    data[0] = (uint8_t)DATA;
    return true;
}

/* Two bytes: both stand in the controller, the second not acknowledged, before either is fetched. The first is
 * acknowledged as it was asked for before the transfer went on, the second as it is after (RM0090: POS). */
static bool read_two(uint8_t data[])
{
    (void)STATUS2;
    CONTROL1 &= ~CONTROL1_ACKNOWLEDGE;
    if (!arrives(STATUS_FINISHED))
        return false;
    CONTROL1 |= CONTROL1_STOP;
    data[0] = (uint8_t)DATA;
    data[1] = (uint8_t)DATA;
    return true;
}

/* Three or more: the third last is fetched when the one behind it waits too, after the acknowledge was taken back. */
static bool read_many(size_t size, uint8_t data[])
{
    size_t i = 0;
    (void)STATUS2;
    for (; i + 3u < size; i++) {
        if (!arrives(STATUS_HAS_BYTE))
            return false;
        data[i] = (uint8_t)DATA;
    }
    if (!arrives(STATUS_FINISHED))
        return false;
    CONTROL1 &= ~CONTROL1_ACKNOWLEDGE;
    data[i] = (uint8_t)DATA;
    if (!arrives(STATUS_FINISHED))
        return false;
    CONTROL1 |= CONTROL1_STOP;
    data[i + 1u] = (uint8_t)DATA;
    data[i + 2u] = (uint8_t)DATA;
    return true;
}

bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[])
{
    begin();
    if (!address(0u))
        return give_up();
    (void)STATUS2;
    if (!send(bl_bus_address(reg, size)) || !arrives(STATUS_FINISHED))
        return give_up();
    CONTROL1 |= CONTROL1_ACKNOWLEDGE | (size == 2u ? CONTROL1_LAST_BUT_ONE : 0u);
    if (!address(1u))
        return give_up();
    const bool done = size == 1u ? read_one(data) : size == 2u ? read_two(data) : read_many(size, data);
    return done || give_up();
}
