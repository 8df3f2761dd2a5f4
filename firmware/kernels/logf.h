/* Natural logarithm by float operations alone: x = 2^k m with m in [sqrt 1/2, sqrt 2), a polynomial for log m.
 * log 0 is -infinity, log infinity is infinity; NaN and anything negative give NaN. */
#ifndef BL_LOGF_H
#define BL_LOGF_H

#include "contract.h"

static inline float bl_logf(float x)
{
    if (!(x > 0.0f))
        return bl_float(x == 0.0f ? 0xFF800000u : 0x7FC00000u);
    int32_t k = 0;
    if (x < 1.17549435e-38f) { /* a subnormal has its exponent in its leading zeros: make it normal */
        x *= 8388608.0f;
        k = -23;
    }
    const uint32_t bits = bl_bits(x);
    if (bits == 0x7F800000u)
        return x;
    /* Adding 1 - sqrt 1/2 to the mantissa carries into the exponent exactly where m would reach sqrt 2. */
    const uint32_t moved = bits + (0x3F800000u - 0x3F3504F3u);
    k += (int32_t)(moved >> 23) - 127;
    const float f = bl_float((moved & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f;
    float p = -0.0763643906f;
    p = p * f + 0.127622172f;
    p = p * f - 0.131596103f;
    p = p * f + 0.142015800f;
    p = p * f - 0.166234091f;
    p = p * f + 0.200012416f;
    p = p * f - 0.250008196f;
    p = p * f + 0.333333313f;
    const float n = (float)k, square = f * f;
    /* ln 2 in two parts; the first has 15 bits, so that its product with k is exact. */
    const float small = f * square * p + n * 1.42860677e-6f;
    return ((small - 0.5f * square) + f) + n * 0.693145752f;
}

#endif
