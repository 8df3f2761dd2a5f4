/* Mean of the values of the k nearest prototypes, summed from the nearest on. */
#ifndef BL_NEAREST_VALUES_H
#define BL_NEAREST_VALUES_H

#include "contract.h"
#include "nearest.h"

static inline float bl_nearest_values(size_t count, size_t features, size_t k, const float prototypes[],
                                      const float values[], const float x[])
{
    uint16_t nearest[BL_NEAREST_MAX];
    bl_nearest(count, features, k, prototypes, x, nearest);
    float sum = 0.0f;
    for (size_t n = 0; n < k; n++)
        sum += values[nearest[n]];
    return sum / (float)k;
}

#endif
