/* Bytes nobody can guess, for testing a line: word i of frame f is one multiplication-and-shift hash (the finaliser of
 * MurmurHash3) of f * 16384 + i, so either end checks any frame by itself. */
#ifndef BL_NOISE_H
#define BL_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

static inline uint32_t bl_noise(uint32_t frame, uint32_t word)
{
    uint32_t x = (frame << 14) + word;
    x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
    x = (x ^ (x >> 13)) * 0xC2B2AE35u;
    return x ^ (x >> 16);
}

#endif
