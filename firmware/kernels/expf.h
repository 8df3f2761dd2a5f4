/* Exponential by float operations alone: x = k ln 2 + r with |r| <= ln 2 / 2, a polynomial for e^r, and 2^k.
 * Underflows gradually to 0 below -103.97, overflows to infinity above 88.72; NaN stays NaN. */
#ifndef BL_EXPF_H
#define BL_EXPF_H

#include "contract.h"

/* 2^k for -126 <= k <= 127. */
BL_INLINE float bl_power_of_two(int32_t k)
{
    return bl_float((uint32_t)(k + 127) << 23);
}

static inline float bl_expf(float x)
{
    if (x != x)
        return x;
    x = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
    const int32_t k = (int32_t)(x * 1.44269502f + (x < 0.0f ? -0.5f : 0.5f));
    const float n = (float)k;
    /* ln 2 in two parts; the first has 15 bits, so that its product with k is exact. */
    const float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = 0.00138198247f;
    p = p * r + 0.00836868677f;
    p = p * r + 0.0416682772f;
    p = p * r + 0.166665211f;
    p = p * r + 0.49999994f;
    const float y = 1.0f + (r + r * r * p);
    /* In two steps, because 2^k alone may be no normal float. The first is exact. */
    const int32_t half = k / 2;
    return y * bl_power_of_two(half) * bl_power_of_two(k - half);
}

#endif
