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
#include "ticks.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };
enum { MODE_READ_BINARY = 1, MODE_WRITE_BINARY = 5 };
enum { APPLICATION_EXIT = 0x20026 };

static uint32_t to_board, from_board;

static uint32_t call(uint32_t operation, const void *block)
{
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = block;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t open_file(const char *name, uint32_t length, uint32_t mode)
{
    const struct {
        const char *name;
        uint32_t mode, length;
    } block = {name, mode, length};
    const uint32_t file = call(SYS_OPEN, &block);
    if (file == UINT32_MAX)
        bl_exit(2);
    return file;
}

/* SYS_READ and SYS_WRITE return the number of bytes not moved. */
static size_t transfer(uint32_t operation, uint32_t file, const uint8_t *data, size_t size)
{
    const struct {
        uint32_t file;
        const uint8_t *data;
        uint32_t size;
    } block = {file, data, (uint32_t)size};
    const uint32_t left = call(operation, &block);
    return left > size ? 0u : size - left;
}

void bl_port_init(void)
{
    bl_ticks_init();
    to_board = open_file("to_board", sizeof "to_board" - 1u, MODE_READ_BINARY);
    from_board = open_file("from_board", sizeof "from_board" - 1u, MODE_WRITE_BINARY);
}

size_t bl_read(uint8_t data[], size_t capacity)
{
    const size_t got = transfer(SYS_READ, to_board, data, capacity);
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
    while (size > 0u) {
        const size_t moved = transfer(SYS_WRITE, from_board, data, size);
        if (moved == 0u)
            bl_exit(0);
        data += moved;
        size -= moved;
    }
}

bool bl_writing(void)
{
    return false;
}

void bl_exit(uint32_t status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, status};
    for (;;)
        call(SYS_EXIT_EXTENDED, block);
}
