/* Mean of values: sum upwards / how many. That of a constant is the constant itself, so that deviations from it are
 * exactly 0 and not the rounding error of a sum. */
#ifndef BL_MEAN_OF_H
#define BL_MEAN_OF_H

#include <stdbool.h>

#include "contract.h"

static inline float bl_mean_of(size_t length, const float x[])
{
    float sum = x[0];
    bool constant = true;
    for (size_t i = 1; i < length; i++) {
        sum += x[i];
        constant = constant && x[i] == x[0];
    }
    return constant ? x[0] : sum / (float)length;
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
