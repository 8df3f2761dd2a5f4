/* Features as int8 (quantise.h), their squared distance from a place and their product with weights: exact in any
 * order. Of at most 1024 features within 127 the sums stay below 2^26 and 2^24. */
#ifndef BL_DISTANCE_INT8_H
#define BL_DISTANCE_INT8_H

#include "contract.h"
#include "quantise.h"

/* The features times `scale`, a byte each, at the start of the workspace. */
static inline const int8_t *bl_features_int8(size_t features, float scale, const float x[], float work[])
{
    int8_t *const q = bl_int8s(work);
    for (size_t i = 0; i < features; i++)
        q[i] = (int8_t)bl_quantise(x[i], scale, -127.0f, 127.0f);
    return q;
}

static inline int32_t bl_squared_distance_int8(size_t features, const int8_t a[], const int8_t b[])
{
    int32_t sum = 0;
    for (size_t i = 0; i < features; i++) {
        const int32_t off = a[i] - b[i];
        sum += off * off;
    }
    return sum;
}

static inline int32_t bl_product_int8(size_t features, const int8_t a[], const int8_t b[])
{
    int32_t sum = 0;
    for (size_t i = 0; i < features; i++)
        sum += a[i] * b[i];
    return sum;
}

#endif
