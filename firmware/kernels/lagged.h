/* Sums of products of one axis and another some samples later, for several lags; each sum upwards.
 *
 * Four lags are summed side by side: they share a load, and none has to wait for its own last addition. */
#ifndef BL_LAGGED_H
#define BL_LAGGED_H

#include "contract.h"

/* `sum` and what samples `from` .. of `a` add to it at a lag. */
BL_INLINE float bl_lagged_rest(size_t length, size_t lag, size_t from, float sum, const float a[], const float b[])
{
    for (size_t i = from; i < length - lag; i++)
        sum += a[i] * b[i + lag];
    return sum;
}

/* Four lags: `lag`, and three more `step` apart. */
static inline void bl_lagged_four(size_t length, size_t lag, size_t step, const float a[], const float b[],
                                  float out[])
{
    const float *const b0 = &b[lag], *const b1 = &b0[step], *const b2 = &b1[step], *const b3 = &b2[step];
    const size_t shared = length - lag - 3u * step;
    float s0 = a[0] * b0[0], s1 = a[0] * b1[0], s2 = a[0] * b2[0], s3 = a[0] * b3[0];
    for (size_t i = 1; i < shared; i++) {
        s0 += a[i] * b0[i];
        s1 += a[i] * b1[i];
        s2 += a[i] * b2[i];
        s3 += a[i] * b3[i];
    }
    out[0] = bl_lagged_rest(length, lag, shared, s0, a, b);
    out[1] = bl_lagged_rest(length, lag + step, shared, s1, a, b);
    out[2] = bl_lagged_rest(length, lag + 2u * step, shared, s2, a, b);
    out[3] = s3;
}

/* out[j] is the sum of a[i] b[i + lag + j step] over all i there are; the largest lag is less than `length`. */
static inline void bl_lagged(size_t length, size_t lag, size_t step, size_t lags, const float a[], const float b[],
                             float out[])
{
    const size_t fours = lags / 4u * 4u;
    for (size_t j = 0; j < fours; j += 4u)
        bl_lagged_four(length, lag + j * step, step, a, b, &out[j]);
    for (size_t j = fours; j < lags; j++)
        out[j] = bl_lagged_rest(length, lag + j * step, 1, a[0] * b[lag + j * step], a, b);
}

#endif
