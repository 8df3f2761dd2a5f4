/* Quantiles of each axis: (axes, length) becomes (axes, levels). Level l lies between the sorted samples place[l] and
 * place[l] + 1, `part[l]` of the way; the host has worked out both.
 *
 * Samples are sorted in place by their bits, so that -0 stands before 0 on every machine. With a NaN among them, all
 * quantiles of the axis are NaN. */
#ifndef BL_QUANTILES_H
#define BL_QUANTILES_H

#include <stdbool.h>

#include "contract.h"

/* An integer that grows with x: negative numbers have all bits turned, others the sign bit. */
BL_INLINE uint32_t bl_sortable(float x)
{
    const uint32_t bits = bl_bits(x);
    return (bits & 0x80000000u) != 0u ? ~bits : bits | 0x80000000u;
}

/* Shell sort: no recursion, no scratch. Gaps by Ciura, then by 9/4. */
static inline void bl_sort(size_t n, float x[])
{
    static const uint16_t gaps[] = {45056, 20025, 8900, 3956, 1758, 701, 301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
        const size_t gap = gaps[g];
        for (size_t i = gap; i < n; i++) {
            const float value = x[i];
            const uint32_t key = bl_sortable(value);
            size_t j = i;
            for (; j >= gap && bl_sortable(x[j - gap]) > key; j -= gap)
                x[j] = x[j - gap];
            x[j] = value;
        }
    }
}

BL_INLINE bool bl_any_nan(size_t n, const float x[])
{
    bool found = false;
    for (size_t i = 0; i < n; i++)
        found = found || x[i] != x[i];
    return found;
}

/* `work` holds `levels` floats. */
static inline void bl_quantiles(size_t axes, size_t length, size_t levels, const uint16_t place[],
                                const float part[], float x[], float work[])
{
    for (size_t a = 0; a < axes; a++) {
        float *const axis = &x[a * length];
        const bool lost = bl_any_nan(length, axis);
        bl_sort(length, axis);
        for (size_t l = 0; l < levels; l++) {
            const float low = axis[place[l]];
            const float value = part[l] == 0.0f ? low : low + part[l] * (axis[place[l] + 1u] - low);
            work[l] = lost ? bl_float(0x7FC00000u) : value;
        }
        for (size_t l = 0; l < levels; l++)
            x[a * levels + l] = work[l];
    }
}

#endif
