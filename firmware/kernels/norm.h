/* Euclidean norm of consecutive groups of axes, sample by sample, squares added in the order of the axes.
 * (axes, length) becomes (axes / group, length) in place, or with `keep` the norms stand behind the axes. */
#ifndef BL_NORM_H
#define BL_NORM_H

#include <stdbool.h>

#include "contract.h"

static inline void bl_norm(size_t axes, size_t length, size_t group, bool keep, float x[])
{
    float *const out = &x[keep ? axes * length : 0u];
    for (size_t g = 0; g < axes / group; g++)
        for (size_t i = 0; i < length; i++) {
            const float *const sample = &x[g * group * length + i];
            float sum = sample[0] * sample[0];
            for (size_t a = 1; a < group; a++)
                sum += sample[a * length] * sample[a * length];
            out[g * length + i] = bl_sqrt(sum);
        }
}

#endif
