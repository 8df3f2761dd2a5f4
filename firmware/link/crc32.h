/* CRC-32 of ISO-HDLC (zlib's): reflected polynomial 0x04C11DB7, four bits at a time, so that the table stays small. */
#ifndef BL_CRC32_H
#define BL_CRC32_H

#include <stddef.h>
#include <stdint.h>

#define BL_CRC32_START 0xFFFFFFFFu

/* Continue a running value, BL_CRC32_START to begin with. */
static inline uint32_t bl_crc32_more(uint32_t running, size_t size, const uint8_t data[])
{
    static const uint32_t table[16] = {
        0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu, 0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
        0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu, 0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu,
    };
    for (size_t i = 0; i < size; i++) {
        running ^= data[i];
        running = (running >> 4) ^ table[running & 15u];
        running = (running >> 4) ^ table[running & 15u];
    }
    return running;
}

/* The check value of a running value. */
static inline uint32_t bl_crc32_end(uint32_t running)
{
    return ~running;
}

#endif
