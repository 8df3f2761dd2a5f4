/* Port for emulators with Arm semihosting (QEMU): the link is two FIFOs of the host, time is SysTick.
 *
 * The host makes `to_board` and `from_board` in the emulator's working folder before it starts the emulator. A read
 * takes what is there and waits for at least one byte, so nothing is polled. A closed stream ends the program, which
 * is how the host stops it without a signal.
 *
 * Time is ticks.c on a counter of the machine. Under `-icount` that is a function of the instructions executed alone;
 * the bench turns ticks into instructions. */
#include <stddef.h>
#include <stdint.h>

#include "port.h"
#include "semihost.h"
#include "ticks.h"

enum { APPLICATION_EXIT = 0x20026 };

static uint32_t to_board, from_board;

void bl_port_init(void)
{
    bl_ticks_init();
    to_board = bl_open("to_board", sizeof "to_board" - 1u, BL_MODE_READ_BINARY);
    from_board = bl_open("from_board", sizeof "from_board" - 1u, BL_MODE_WRITE_BINARY);
}

size_t bl_read(uint8_t data[], size_t capacity)
{
    const size_t got = bl_transfer(BL_SYS_READ, to_board, data, capacity);
    if (got == 0u)
        bl_exit(0);
    return got;
}

bool bl_incoming(void)
{
    return false; /* a read waits, and nothing else tells */
}

void bl_write(const uint8_t data[], size_t size)
{
    bl_transfer_all(BL_SYS_WRITE, from_board, data, size);
}

bool bl_writing(void)
{
    return false;
}

void bl_exit(uint32_t status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, status};
    for (;;)
        bl_semihost(BL_SYS_EXIT_EXTENDED, block);
}
