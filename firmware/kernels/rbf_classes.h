/* Linear scores and radial basis functions for classes. Class c scores bias[c] plus slopes[c] . x, upwards, plus,
 * upwards over the centres all classes share, weights[p][c] * exp(-gamma * |x - centre[p]|^2); the exponential is
 * taken once per centre. Softmax makes the scores probabilities. */
#ifndef BL_RBF_CLASSES_H
#define BL_RBF_CLASSES_H

#include "contract.h"
#include "expf.h"
#include "softmax.h"
#include "squared_distance.h"

static inline void bl_rbf_classes(size_t classes, size_t count, size_t features, const float centres[],
                                  const float weights[], const float slopes[], const float bias[], float gamma,
                                  const float x[], float out[])
{
    for (size_t c = 0; c < classes; c++) {
        const float *const row = &slopes[c * features];
        float sum = bias[c];
        for (size_t i = 0; i < features; i++)
            sum += row[i] * x[i];
        out[c] = sum;
    }
    for (size_t p = 0; p < count; p++) {
        const float near = bl_expf(-(gamma * bl_squared_distance(features, x, &centres[p * features])));
        for (size_t c = 0; c < classes; c++)
            out[c] += weights[p * classes + c] * near;
    }
    bl_softmax(classes, out);
}

#endif
