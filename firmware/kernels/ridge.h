/* Linear regression: bias plus weights times features, upwards. */
#ifndef BL_RIDGE_H
#define BL_RIDGE_H

#include "contract.h"

static inline float bl_ridge(size_t features, const float weights[], float bias, const float x[])
{
    float sum = bias;
    for (size_t i = 0; i < features; i++)
        sum += weights[i] * x[i];
    return sum;
}

#endif
