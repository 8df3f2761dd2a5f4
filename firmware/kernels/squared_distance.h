/* Squared Euclidean distance of two vectors, features upwards. */
#ifndef BL_SQUARED_DISTANCE_H
#define BL_SQUARED_DISTANCE_H

#include "contract.h"

static inline float bl_squared_distance(size_t features, const float a[], const float b[])
{
    float sum = 0.0f;
    for (size_t i = 0; i < features; i++) {
        const float off = a[i] - b[i];
        sum += off * off;
    }
    return sum;
}

#endif
