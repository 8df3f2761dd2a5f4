/* Stands in for the sensor of a user's program: a saw tooth with a little noise on every axis, interleaved. */
#ifndef SIGNAL_H
#define SIGNAL_H

#include <stdint.h>

static inline void fill_signal(float buffer[], unsigned samples, unsigned axes)
{
    static uint32_t noise = 1u;
    for (unsigned i = 0; i < samples; i++)
        for (unsigned a = 0; a < axes; a++) {
            noise = noise * 1664525u + 1013904223u;
            buffer[i * axes + a] = (float)((i + 5u * a) % 16u) / 8.0f + (float)(noise >> 16) / 655360.0f;
        }
}

#endif
