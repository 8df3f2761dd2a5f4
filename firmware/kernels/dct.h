/* Discrete cosine transform of type II, orthonormal, first `kept` coefficients: (axes, length) becomes (axes, kept).
 *
 * Coefficient k is sqrt(2 / length) times the sum over n, upwards, of x[n] cos(pi k (2n + 1) / (2 length)), and for
 * k = 0 that times sqrt(1/2). `cosine` is a quarter wave of 4 * length, cosine[j] = cos(2 pi j / (4 length)) for
 * j = 0 .. length. `work` holds the coefficients of one axis. */
#ifndef BL_DCT_H
#define BL_DCT_H

#include "contract.h"

/* cos(2 pi j / (4 length)) for 0 <= j < 4 * length, from the quarter wave. */
BL_INLINE float bl_wave(size_t length, const float cosine[], size_t j)
{
    const size_t near = j <= 2u * length ? j : 4u * length - j;
    return near <= length ? cosine[near] : -cosine[2u * length - near];
}

static inline float bl_dct_sum(size_t length, size_t k, const float cosine[], const float x[])
{
    size_t j = k;
    float sum = x[0] * bl_wave(length, cosine, j);
    for (size_t n = 1; n < length; n++) {
        j += 2u * k;
        if (j >= 4u * length)
            j -= 4u * length;
        sum += x[n] * bl_wave(length, cosine, j);
    }
    return sum;
}

static inline void bl_dct(size_t axes, size_t length, size_t kept, const float cosine[], float work[], float x[])
{
    const float first = bl_sqrt(1.0f / (float)length), scale = bl_sqrt(2.0f / (float)length);
    for (size_t a = 0; a < axes; a++) {
        for (size_t k = 0; k < kept; k++)
            work[k] = (k == 0u ? first : scale) * bl_dct_sum(length, k, cosine, &x[a * length]);
        for (size_t k = 0; k < kept; k++)
            x[a * kept + k] = work[k];
    }
}

#endif
