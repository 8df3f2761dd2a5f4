/* Linear scores, one row of weights per class, bias first and features upwards; softmax makes them probabilities. */
#ifndef BL_LINEAR_H
#define BL_LINEAR_H

#include "contract.h"
#include "softmax.h"

static inline void bl_linear(size_t classes, size_t features, const float weights[], const float bias[],
                             const float x[], float out[])
{
    for (size_t c = 0; c < classes; c++) {
        const float *const row = &weights[c * features];
        float sum = bias[c];
        for (size_t i = 0; i < features; i++)
            sum += row[i] * x[i];
        out[c] = sum;
    }
    bl_softmax(classes, out);
}

#endif
