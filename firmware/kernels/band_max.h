/* Largest value of consecutive bands of a spectrum; band b covers bins edges[b] .. edges[b+1]-1.
 * (axes, bins) becomes (axes, bands) in place: a band is written no later than its first bin is read. */
#ifndef BL_BAND_MAX_H
#define BL_BAND_MAX_H

#include "contract.h"

static inline void bl_band_max(size_t axes, size_t bins, size_t bands, const uint16_t edges[], float x[])
{
    for (size_t a = 0; a < axes; a++)
        for (size_t b = 0; b < bands; b++) {
            const float *const spectrum = &x[a * bins];
            float most = spectrum[edges[b]];
            for (size_t i = edges[b] + 1u; i < edges[b + 1u]; i++)
                most = bl_max(most, spectrum[i]);
            x[a * bands + b] = most;
        }
}

#endif
