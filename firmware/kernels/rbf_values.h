/* Linear regression and radial basis functions: bias plus slopes . x, upwards, plus, upwards over the centres,
 * weights[p] * exp(-gamma * |x - centre[p]|^2). */
#ifndef BL_RBF_VALUES_H
#define BL_RBF_VALUES_H

#include "contract.h"
#include "expf.h"
#include "squared_distance.h"

static inline float bl_rbf_values(size_t count, size_t features, const float centres[], const float weights[],
                                  const float slopes[], float bias, float gamma, const float x[])
{
    float sum = bias;
    for (size_t i = 0; i < features; i++)
        sum += slopes[i] * x[i];
    for (size_t p = 0; p < count; p++)
        sum += weights[p] * bl_expf(-(gamma * bl_squared_distance(features, x, &centres[p * features])));
    return sum;
}

#endif
