/* Energies of the decimated wavelet transform of each axis: (axes, length) becomes (axes, levels + 1), the mean square
 * of the details of level 1 (the highest frequencies), 2, .., and last that of the approximation that is left.
 *
 * One level halves the samples, rounding up: value k is made of samples 2k .. 2k + taps - 1, and what would lie
 * behind the end is mirrored there (x[n] is x[n - 1]). `low` is the scaling filter; the details' filter is its mirror image
 * with every second sign changed. */
#ifndef BL_WAVELET_H
#define BL_WAVELET_H

#include "contract.h"

#define BL_TAPS 4u /* at most */

/* Approximation and detail made of as many samples as there are taps. */
typedef struct {
    float smooth, detail;
} bl_wavelet_pair;

BL_INLINE bl_wavelet_pair bl_wavelet_of(size_t taps, const float low[], const float x[])
{
    bl_wavelet_pair pair = {0.0f, 0.0f};
    for (size_t j = 0; j < taps; j++) {
        const float high = low[taps - 1u - j];
        pair.smooth += low[j] * x[j];
        pair.detail += (j % 2u == 0u ? high : -high) * x[j];
    }
    return pair;
}

/* One level of n values: approximations in place, and the mean square of the details. Each approximation is written
 * where nothing later reads, as long as n >= taps. */
static inline float bl_wavelet_level(size_t n, size_t taps, const float low[], float x[])
{
    const size_t after = (n + 1u) / 2u;
    float energy = 0.0f;
    size_t k = 0;
    for (; 2u * k + taps <= n; k++) {
        const bl_wavelet_pair pair = bl_wavelet_of(taps, low, &x[2u * k]);
        x[k] = pair.smooth;
        energy += pair.detail * pair.detail;
    }
    for (; k < after; k++) {
        float mirrored[BL_TAPS];
        for (size_t j = 0; j < taps; j++)
            mirrored[j] = x[2u * k + j < n ? 2u * k + j : 2u * n - 1u - 2u * k - j];
        const bl_wavelet_pair pair = bl_wavelet_of(taps, low, mirrored);
        x[k] = pair.smooth;
        energy += pair.detail * pair.detail;
    }
    return energy / (float)after;
}

/* `work` holds levels + 1 floats. */
static inline void bl_wavelet(size_t axes, size_t length, size_t levels, size_t taps, const float low[], float x[],
                              float work[])
{
    for (size_t a = 0; a < axes; a++) {
        float *const axis = &x[a * length];
        size_t n = length;
        for (size_t level = 0; level < levels; level++) {
            work[level] = bl_wavelet_level(n, taps, low, axis);
            n = (n + 1u) / 2u;
        }
        float energy = 0.0f;
        for (size_t i = 0; i < n; i++)
            energy += axis[i] * axis[i];
        work[levels] = energy / (float)n;
        for (size_t i = 0; i <= levels; i++)
            x[a * (levels + 1u) + i] = work[i];
    }
}

#endif
