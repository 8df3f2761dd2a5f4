/* Port on the UART of Arm's CMSDK, polled. */
#include "port.h"
#include "ticks.h"

#define UART ((volatile uint32_t *)BL_UART_BASE)
enum { DATA, STATE, CONTROL, INTERRUPT, BAUD_DIVIDER };
#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define STATE_RX_OVERRUN 8u
#define CONTROL_TX_ENABLE 1u
#define CONTROL_RX_ENABLE 2u

void bl_port_init(void)
{
    UART[BAUD_DIVIDER] = (BL_CLOCK_HZ + BL_BAUD / 2u) / BL_BAUD;
    UART[CONTROL] = CONTROL_TX_ENABLE | CONTROL_RX_ENABLE;
    bl_ticks_init();
}

size_t bl_read(uint8_t data[], size_t capacity)
{
    size_t got = 0;
    uint32_t state;
    do
        state = UART[STATE];
    while ((state & STATE_RX_FULL) == 0u);
    while ((state & STATE_RX_FULL) != 0u && got < capacity) {
        if ((state & STATE_RX_OVERRUN) != 0u) {
            UART[STATE] = STATE_RX_OVERRUN;
            bl_overruns++;
        }
        data[got++] = (uint8_t)UART[DATA];
        state = UART[STATE];
    }
    return got;
}

bool bl_incoming(void)
{
    return (UART[STATE] & STATE_RX_FULL) != 0u;
}

void bl_write(const uint8_t data[], size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while ((UART[STATE] & STATE_TX_FULL) != 0u) {
        }
        UART[DATA] = data[i];
    }
}

bool bl_writing(void)
{
    return false; /* but for two bytes in the UART */
}

void bl_exit(uint32_t status)
{
    (void)status; /* nobody to tell */
    for (;;)
        __asm volatile("wfi");
}
