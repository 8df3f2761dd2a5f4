/* Every sensor that is set up by writing registers, and gives samples of fixed size from a data register: with a memory
 * for many of them, or with a flag that says that there is a new one. */
#include "../drivers/bus.h"
#include "../drivers/port.h"
#include "../drivers/ticks.h"
#include "source.h"

#define MILLISECOND (BL_CLOCK_HZ / 1000u)

/* A sensor that keeps one sample, replaces it by itself, and has no flag for one that was not read before. */
#define NEVER_TELLS (BL_SENSOR_MEMORY == 1u && BL_LEVEL_OVERRUN == 0u && BL_SENSOR_ASKS == 0u)

_Static_assert(BL_SENSOR_BURST * BL_SENSOR_STRIDE <= BL_BUS_BYTES, "a burst is one transfer");

struct bl_axis bl_axes[BL_AXES] = BL_SENSOR_AXES;

/* Where bytes of a sample are that the sensor gives one by one. */
static const uint8_t parts[] = BL_SENSOR_PART_REGISTERS;

/* Where the chosen axes' values begin in a sample. */
static const uint8_t places[BL_AXES] = BL_SENSOR_PLACES;

struct setting {
    uint8_t reg, value;
};
static const struct setting off[] = BL_SENSOR_OFF;
static const struct setting setup[] = BL_SENSOR_SETUP;
static const struct setting restart[] = BL_SENSOR_RESTART;
static const struct setting question[] = BL_SENSOR_ASK;

static bool write_all(size_t count, const struct setting settings[])
{
    for (size_t i = 0; i < count; i++)
        if (!bl_bus_write(settings[i].reg, settings[i].value))
            return false;
    return true;
}

/* Its registers hold what an earlier program left there, as the sensor keeps its supply when the core is reset. */
static bool reset(void)
{
    uint8_t now = 0;
    if (BL_SENSOR_RESET_MASK == 0u)
        return true;
    if (!write_all(BL_SENSOR_OFFS, off))
        return false;
    if (!bl_bus_read(BL_SENSOR_RESET, 1u, &now) || !bl_bus_write(BL_SENSOR_RESET, now | BL_SENSOR_RESET_MASK))
        return false;
    for (uint32_t tries = 0; tries < 50u; tries++) {
        bl_pause(MILLISECOND);
        if (bl_bus_read(BL_SENSOR_RESET, 1u, &now) && (now & BL_SENSOR_RESET_MASK) == 0u)
            return true;
    }
    return false;
}

static uint32_t looked; /* when it was looked at last */

/* Two samples may have come between two looks, or one while its predecessor was fetched: looks are a quarter of a period
 * apart, fetching takes less than another, and the sensor's clock may run an eighth too fast. */
static bool late(void)
{
    const uint32_t before = looked;
    looked = bl_ticks();
    return NEVER_TELLS && looked - before > BL_PERIOD_TICKS / 8u * 5u;
}

static uint32_t asked; /* when it was asked for a sample last, or was to be */
static bool owes;      /* the sample that it was asked for */

/* A sensor that measures when it is asked to is asked once in a period of the board's clock. */
static enum bl_sampled ask(void)
{
    const uint32_t since = bl_ticks() - asked;
    if (since < BL_PERIOD_TICKS)
        return BL_SAMPLED;
    owes = true;
    asked += BL_PERIOD_TICKS;
    if (!write_all(BL_SENSOR_ASKS, question))
        return BL_NO_ANSWER;
    return since - BL_PERIOD_TICKS > BL_PERIOD_TICKS / 8u * 5u ? BL_OVERRUN : BL_SAMPLED;
}

void bl_sensor_init(void)
{
    bl_bus_init();
}

bool bl_sensor_start(void)
{
    uint8_t identity = 0;
#if BL_SENSOR_WAKES_MS
    (void)bl_bus_read(BL_SENSOR_IDENTITY, 1u, &identity); /* nobody answers this yet, but it wakes */
    bl_pause(BL_SENSOR_WAKES_MS * MILLISECOND);
#endif
    if (!bl_bus_read(BL_SENSOR_IDENTITY, 1u, &identity) || identity != BL_SENSOR_IS)
        return false;
    if (!reset() || !write_all(sizeof setup / sizeof setup[0], setup))
        return false;
    bl_pause(BL_SENSOR_SETTLES_MS * MILLISECOND);
#if BL_SENSOR_CALIBRATED
    return bl_sensor_calibrate();
#else
    return true;
#endif
}

static bool fetch(size_t size, uint8_t bytes[])
{
    if (BL_SENSOR_PARTS == 0u)
        return bl_bus_read(BL_SENSOR_DATA, size, bytes);
    for (size_t i = 0; i < size; i++)
        if (!bl_bus_read(parts[i % sizeof parts], 1u, &bytes[i]))
            return false;
    return true;
}

bool bl_sensor_restart(void)
{
    uint8_t old[BL_SENSOR_STRIDE];
    if (!write_all(BL_SENSOR_RESTARTS, restart))
        return false;
    looked = bl_ticks();
    asked = looked - BL_PERIOD_TICKS;
    owes = false;
    return BL_SENSOR_MEMORY > 1u || fetch(sizeof old, old);
}

enum bl_sampled bl_sensor_look(uint32_t *waiting)
{
    uint8_t bytes[BL_LEVEL_BYTES];
    uint32_t status = 0;
    *waiting = 0u;
    if (BL_SENSOR_ASKS > 0u && !owes)
        return ask();
    if (!bl_bus_read(BL_LEVEL, sizeof bytes, bytes))
        return BL_NO_ANSWER;
    for (size_t i = 0; i < sizeof bytes; i++)
        status |= (uint32_t)bytes[i] << (8u * i);
    status ^= BL_LEVEL_BUSY;
    *waiting = ((status & BL_LEVEL_MASK) >> BL_LEVEL_SHIFT) / BL_LEVEL_PER_SAMPLE;
    return late() || (status & BL_LEVEL_OVERRUN) != 0u ? BL_OVERRUN : BL_SAMPLED;
}

/* Little-endian and signed, of as many bytes as the sensor has; bits below the shift are always 0. */
static bl_raw value(const uint8_t bytes[])
{
    uint32_t word = 0;
    for (size_t i = 0; i < BL_SENSOR_VALUE_BYTES; i++)
        word |= (uint32_t)bytes[i] << (8u * (i + 4u - BL_SENSOR_VALUE_BYTES));
    return (bl_raw)((int32_t)word >> (8u * (4u - BL_SENSOR_VALUE_BYTES) + BL_SENSOR_SHIFT));
}

enum bl_sampled bl_sensor_take(size_t samples, bl_raw values[])
{
    static uint8_t bytes[BL_SENSOR_BURST * BL_SENSOR_STRIDE];
    if (!fetch(samples * BL_SENSOR_STRIDE, bytes))
        return BL_NO_ANSWER;
    owes = false;
    for (size_t i = 0; i < samples; i++)
        for (size_t axis = 0; axis < BL_AXES; axis++)
            values[i * BL_AXES + axis] = value(&bytes[i * BL_SENSOR_STRIDE + places[axis]]);
    return BL_SAMPLED;
}
