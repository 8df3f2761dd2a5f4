/* Sensor bus on an SPI controller, mode 3, as its only master (RM0008, RM0090: version 1; RM0351: version 2, which has
 * FIFOs and is told that a frame has 8 bits). A pin of its own selects the sensor. */
#include "bus.h"
#include "stm32_spi_lines.h"

#define CONTROL1 BL_REGISTER(BL_BUS_BASE + 0x00u)
#define CONTROL1_MODE_3 3u
#define CONTROL1_MASTER (1u << 2)
#define CONTROL1_DIVIDER (BL_SPI_DIVIDER << 3)
#define CONTROL1_ENABLE (1u << 6)
#define CONTROL1_SELECTED ((1u << 8) | (1u << 9)) /* its own select input is not used */
#define CONTROL2 BL_REGISTER(BL_BUS_BASE + 0x04u)
#define CONTROL2_BYTES ((7u << 8) | (1u << 12)) /* 8 bits, and one byte is something to fetch */
#define STATUS BL_REGISTER(BL_BUS_BASE + 0x08u)
#define STATUS_HAS_BYTE 1u
#define STATUS_BUSY (1u << 7)
#define DATA (*(volatile uint8_t *)(uintptr_t)(BL_BUS_BASE + 0x0Cu))

void bl_bus_init(void)
{
    bl_spi_connect();
#if BL_BUS_VERSION == 2
    CONTROL2 = CONTROL2_BYTES;
#endif
    CONTROL1 = CONTROL1_SELECTED | CONTROL1_DIVIDER | CONTROL1_MASTER | CONTROL1_MODE_3;
    CONTROL1 |= CONTROL1_ENABLE;
}

/* One byte out, one in. The controller clocks it by itself, so there is nothing that could fail to come. */
static uint8_t exchange(uint32_t byte)
{
    DATA = (uint8_t)byte;
    bl_await(&STATUS, STATUS_HAS_BYTE, STATUS_HAS_BYTE);
    return DATA;
}

static void release(void)
{
    bl_await(&STATUS, STATUS_BUSY, 0u);
    bl_spi_select(false);
}

bool bl_bus_write(uint32_t reg, uint32_t value)
{
    bl_spi_select(true);
    (void)exchange(reg);
    (void)exchange(value);
    release();
    return true;
}

bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[])
{
    bl_spi_select(true);
    (void)exchange(bl_bus_address(reg, size));
    for (size_t i = 0; i < size; i++)
        data[i] = exchange(0u);
    release();
    return true;
}
