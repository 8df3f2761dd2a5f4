/* Mean of values: sum upwards / how many. That of a constant is the constant itself, so that deviations from it are
 * exactly 0 and not the rounding error of a sum. */
#ifndef BL_MEAN_OF_H
#define BL_MEAN_OF_H

#include "contract.h"

static inline float bl_mean_of(size_t length, const float x[])
{
    size_t same = 1;
    while (same < length && x[same] == x[0])
        same++;
    if (same == length)
        return x[0];
    float sum = x[0];
    for (size_t i = 1; i < length; i++)
        sum += x[i];
    return sum / (float)length;
}

/* Takes the mean away and returns the sum of the squares that are left. */
static inline float bl_centre(size_t length, float x[])
{
    const float mean = bl_mean_of(length, x);
    float power = 0.0f;
    for (size_t i = 0; i < length; i++) {
        x[i] -= mean;
        power += x[i] * x[i];
    }
    return power;
}

#endif
