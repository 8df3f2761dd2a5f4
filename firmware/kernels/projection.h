/* Linear projection: (features, 1) becomes (outputs, 1), weights[o] . (x - mean), summed upwards. `work` holds `outputs`
 * floats. */
#ifndef BL_PROJECTION_H
#define BL_PROJECTION_H

#include "contract.h"

static inline void bl_projection(size_t features, size_t outputs, const float mean[], const float weights[],
                                 float x[], float work[])
{
    for (size_t i = 0; i < features; i++)
        x[i] -= mean[i];
    for (size_t o = 0; o < outputs; o++) {
        const float *const row = &weights[o * features];
        float sum = row[0] * x[0];
        for (size_t i = 1; i < features; i++)
            sum += row[i] * x[i];
        work[o] = sum;
    }
    for (size_t o = 0; o < outputs; o++)
        x[o] = work[o];
}

#endif
