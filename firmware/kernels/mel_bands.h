/* Triangular bands of a spectrum, such as a mel filter bank: (axes, bins) becomes (axes, bands).
 *
 * Band b rises from edges[b] to its peak at edges[b+1] and falls to edges[b+2]; it is the mean of those bins
 * weighted by the triangle, summed upwards. `rise` has, for each bin from edges[0] + 1 to the last edge, how far it
 * is from the edge before to the edge after, 0 to 1: the weight in the band that rises there, and 1 minus it in the
 * one that falls. In place: a band is written before the bins the next ones read, because edges rise. */
#ifndef BL_MEL_BANDS_H
#define BL_MEL_BANDS_H

#include "contract.h"

/* One spectrum; `out` may begin where `spectrum` does or before. */
static inline void bl_mel(size_t bands, const uint16_t edges[], const float rise[], const float spectrum[],
                          float out[])
{
    const size_t start = edges[0] + 1u;
    for (size_t b = 0; b < bands; b++) {
        const size_t low = edges[b], peak = edges[b + 1u], high = edges[b + 2u];
        float sum = rise[low + 1u - start] * spectrum[low + 1u];
        for (size_t i = low + 2u; i <= peak; i++)
            sum += rise[i - start] * spectrum[i];
        for (size_t i = peak + 1u; i < high; i++)
            sum += (1.0f - rise[i - start]) * spectrum[i];
        out[b] = sum / (0.5f * (float)(high - low));
    }
}

static inline void bl_mel_bands(size_t axes, size_t bins, size_t bands, const uint16_t edges[], const float rise[],
                                float x[])
{
    for (size_t a = 0; a < axes; a++)
        bl_mel(bands, edges, rise, &x[a * bins], &x[a * bands]);
}

#endif
