/* What a library has learned, as bytes that survive a reset.
 *
 * Little-endian, 16 + 4 * words + 4 bytes: "BLKN", version 1, the word that names the library, the number of words,
 * the words themselves as binary32, and the CRC-32 (IEEE 802.3) of everything before it. */
#ifndef BL_KNOWLEDGE_H
#define BL_KNOWLEDGE_H

#include <stdbool.h>

#include "contract.h"

#define BL_KNOWLEDGE_MAGIC 0x4E4B4C42u
#define BL_KNOWLEDGE_VERSION 1u
#define BL_KNOWLEDGE_SIZE(words) (20u + 4u * (words))

static inline void bl_put_u32(uint32_t value, uint8_t to[])
{
    for (size_t i = 0; i < 4u; i++)
        to[i] = (uint8_t)(value >> (8u * i));
}

static inline uint32_t bl_get_u32(const uint8_t from[])
{
    uint32_t value = 0u;
    for (size_t i = 0; i < 4u; i++)
        value |= (uint32_t)from[i] << (8u * i);
    return value;
}

/* A bit at a time: a table would cost a kilobyte of flash, and this runs once per save. */
static inline uint32_t bl_crc32(size_t size, const uint8_t data[])
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static inline void bl_knowledge_save(uint32_t library, size_t words, const float state[], uint8_t buffer[])
{
    bl_put_u32(BL_KNOWLEDGE_MAGIC, &buffer[0]);
    bl_put_u32(BL_KNOWLEDGE_VERSION, &buffer[4]);
    bl_put_u32(library, &buffer[8]);
    bl_put_u32((uint32_t)words, &buffer[12]);
    for (size_t i = 0; i < words; i++)
        bl_put_u32(bl_bits(state[i]), &buffer[16u + 4u * i]);
    bl_put_u32(bl_crc32(16u + 4u * words, buffer), &buffer[16u + 4u * words]);
}

/* False, and `state` as it was, unless the buffer is whole, of this library, and every word is finite. */
static inline bool bl_knowledge_restore(uint32_t library, size_t words, const uint8_t buffer[], float state[])
{
    if (bl_get_u32(&buffer[0]) != BL_KNOWLEDGE_MAGIC || bl_get_u32(&buffer[4]) != BL_KNOWLEDGE_VERSION ||
        bl_get_u32(&buffer[8]) != library || bl_get_u32(&buffer[12]) != words ||
        bl_get_u32(&buffer[16u + 4u * words]) != bl_crc32(16u + 4u * words, buffer))
        return false;
    for (size_t i = 0; i < words; i++)
        if ((bl_get_u32(&buffer[16u + 4u * i]) & 0x7F800000u) == 0x7F800000u)
            return false;
    for (size_t i = 0; i < words; i++)
        state[i] = bl_float(bl_get_u32(&buffer[16u + 4u * i]));
    return true;
}

#endif
