/* Second-order recursive filters in a row, each in direct form II transposed: (axes, length) stays.
 *
 * A section is seven numbers: b0 b1 b2 a1 a2 (a0 is 1), then what its two memories hold, per unit of input, once it
 * has had the same input for ever. Each section begins as if the first sample had always been there, so that an
 * offset makes no step. */
#ifndef BL_BIQUAD_H
#define BL_BIQUAD_H

#include "contract.h"

#define BL_SECTION 7u

static inline void bl_biquad_section(size_t length, const float c[BL_SECTION], float x[])
{
    const float b0 = c[0], b1 = c[1], b2 = c[2], a1 = c[3], a2 = c[4];
    float s1 = c[5] * x[0], s2 = c[6] * x[0];
    for (size_t i = 0; i < length; i++) {
        const float y = b0 * x[i] + s1;
        s1 = b1 * x[i] - a1 * y + s2;
        s2 = b2 * x[i] - a2 * y;
        x[i] = y;
    }
}

static inline void bl_biquad(size_t axes, size_t length, size_t sections, const float table[], float x[])
{
    for (size_t a = 0; a < axes; a++)
        for (size_t s = 0; s < sections; s++)
            bl_biquad_section(length, &table[s * BL_SECTION], &x[a * length]);
}

#endif
