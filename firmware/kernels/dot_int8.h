/* Products of int8 weights and features held as integers of 15 bits (quantise.h): int32 sums, exact in any order.
 * 1024 products of 127 * 16383 stay below 2^31. The features stand in a workspace of (features + 1) / 2 floats. */
#ifndef BL_DOT_INT8_H
#define BL_DOT_INT8_H

#include "contract.h"
#include "quantise.h"

#define BL_DOT_INT8_HIGH 16383.0f

static inline void bl_dot_int8_features(size_t features, float scale, const float x[], float work[])
{
    for (size_t i = 0; i < features; i++)
        bl_put16(work, i, bl_quantise(x[i], scale, -BL_DOT_INT8_HIGH, BL_DOT_INT8_HIGH));
}

static inline int32_t bl_dot_int8(size_t features, const int8_t weights[], const float work[])
{
    int32_t sum = 0;
    for (size_t i = 0; i < features; i++)
        sum += weights[i] * bl_get16(work, i);
    return sum;
}

#endif
