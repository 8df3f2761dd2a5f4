/* Fewer samples: each is the mean of `factor` consecutive ones, summed upwards, which damps what would alias.
 * (axes, length) becomes (axes, length / factor) in place; samples left over at the end of an axis are dropped. */
#ifndef BL_DECIMATE_H
#define BL_DECIMATE_H

#include "contract.h"

static inline void bl_decimate(size_t axes, size_t length, size_t factor, float x[])
{
    const size_t after = length / factor;
    for (size_t a = 0; a < axes; a++)
        for (size_t i = 0; i < after; i++) {
            const float *const block = &x[a * length + i * factor];
            float sum = block[0];
            for (size_t j = 1; j < factor; j++)
                sum += block[j];
            x[a * after + i] = sum / (float)factor;
        }
}

#endif
