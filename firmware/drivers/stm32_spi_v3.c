/* Sensor bus on an SPI controller of version 3 (H7, U5), mode 3, as its only master (RM0433, RM0456: SPI registers). It
 * is told how many bytes a transfer has. A pin of its own selects the sensor. */
#include "bus.h"
#include "stm32_spi_lines.h"

#define CONTROL1 BL_REGISTER(BL_BUS_BASE + 0x00u)
#define CONTROL1_ENABLE 1u
#define CONTROL1_START (1u << 9)
#define CONTROL1_SELECTED (1u << 12) /* its own select input is not used */
#define TRANSFER_SIZE BL_REGISTER(BL_BUS_BASE + 0x04u)
#define CONFIG1 BL_REGISTER(BL_BUS_BASE + 0x08u)
#define CONFIG1_BYTES 7u /* 8 bits, and one byte is something to fetch */
#define CONFIG1_DIVIDER (BL_SPI_DIVIDER << 28)
#define CONFIG2 BL_REGISTER(BL_BUS_BASE + 0x0Cu)
#define CONFIG2_MASTER (1u << 22)
#define CONFIG2_MODE_3 (3u << 24)
#define CONFIG2_SELECTED (1u << 26)
#define CONFIG2_KEEPS_PINS (1u << 31) /* the clock rests high between transfers, too */
#define STATUS BL_REGISTER(BL_BUS_BASE + 0x14u)
#define STATUS_HAS_BYTE 1u
#define STATUS_END (1u << 3)
#define CLEAR BL_REGISTER(BL_BUS_BASE + 0x18u)
#define CLEAR_ALL 0xFF8u
#define TRANSMITTED (*(volatile uint8_t *)(uintptr_t)(BL_BUS_BASE + 0x20u))
#define RECEIVED (*(volatile uint8_t *)(uintptr_t)(BL_BUS_BASE + 0x30u))

/* Bytes on their way at once: the smallest FIFO of these controllers takes them, so none of the two overflows. */
#define AHEAD 8u

void bl_bus_init(void)
{
    bl_spi_connect();
    CONTROL1 = CONTROL1_SELECTED;
    CONFIG1 = CONFIG1_DIVIDER | CONFIG1_BYTES;
    CONFIG2 = CONFIG2_KEEPS_PINS | CONFIG2_SELECTED | CONFIG2_MODE_3 | CONFIG2_MASTER;
}

/* The command out, then `size` bytes of one value; what comes in behind the command is kept, if anybody wants it. The
 * controller clocks it by itself, so there is nothing that could fail to come. */
static void transfer(uint32_t command, uint32_t value, size_t size, uint8_t data[])
{
    size_t sent = 1;
    bl_spi_select(true);
    TRANSFER_SIZE = (uint32_t)size + 1u;
    CONTROL1 = CONTROL1_SELECTED | CONTROL1_ENABLE;
    CONTROL1 = CONTROL1_SELECTED | CONTROL1_ENABLE | CONTROL1_START;
    TRANSMITTED = (uint8_t)command;
    for (; sent <= size && sent < AHEAD; sent++)
        TRANSMITTED = (uint8_t)value;
    for (size_t got = 0; got <= size; got++) {
        bl_await(&STATUS, STATUS_HAS_BYTE, STATUS_HAS_BYTE);
        const uint8_t byte = RECEIVED;
        if (got > 0u && data != NULL)
            data[got - 1u] = byte;
        if (sent <= size) {
            TRANSMITTED = (uint8_t)value;
            sent++;
        }
    }
    bl_await(&STATUS, STATUS_END, STATUS_END);
    CLEAR = CLEAR_ALL;
    CONTROL1 = CONTROL1_SELECTED;
    bl_spi_select(false);
}

bool bl_bus_write(uint32_t reg, uint32_t value)
{
    transfer(reg, value, 1u, NULL);
    return true;
}

bool bl_bus_read(uint32_t reg, size_t size, uint8_t data[])
{
    transfer(bl_bus_address(reg, size), 0u, size, data);
    return true;
}
