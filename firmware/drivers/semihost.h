/* Arm semihosting: the program asks the host it is debugged by, or the emulator it runs in, to move bytes of files. */
#ifndef BL_SEMIHOST_H
#define BL_SEMIHOST_H

#include <stddef.h>
#include <stdint.h>

#include "port.h"

enum { BL_SYS_OPEN = 0x01, BL_SYS_WRITE = 0x05, BL_SYS_READ = 0x06, BL_SYS_EXIT_EXTENDED = 0x20 };
enum { BL_MODE_READ_BINARY = 1, BL_MODE_WRITE_BINARY = 5 };

static inline uint32_t bl_semihost(uint32_t operation, const void *block)
{
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = block;
    __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* The host has made the file; without it the program has nobody to speak to. */
static inline uint32_t bl_open(const char *name, uint32_t length, uint32_t mode)
{
    const struct {
        const char *name;
        uint32_t mode, length;
    } block = {name, mode, length};
    const uint32_t file = bl_semihost(BL_SYS_OPEN, &block);
    if (file == UINT32_MAX)
        bl_exit(2);
    return file;
}

/* Bytes that BL_SYS_READ or BL_SYS_WRITE has moved; the host returns how many it has not. */
static inline size_t bl_transfer(uint32_t operation, uint32_t file, const uint8_t *data, size_t size)
{
    const struct {
        uint32_t file;
        const uint8_t *data;
        uint32_t size;
    } block = {file, data, (uint32_t)size};
    const uint32_t left = bl_semihost(operation, &block);
    return left > size ? 0u : size - left;
}

/* All of them. A closed stream ends the program, which is how the host stops it without a signal. */
static inline void bl_transfer_all(uint32_t operation, uint32_t file, const uint8_t *data, size_t size)
{
    while (size > 0u) {
        const size_t moved = bl_transfer(operation, file, data, size);
        if (moved == 0u)
            bl_exit(0);
        data += moved;
        size -= moved;
    }
}

#endif
