/* Linear regression and radial basis functions over int8, for a value: features times `scale` become integers q
 * (quantise.h). bias + step * (slopes . q) plus, upwards over the centres, weights[p] * exp(-gamma * |q - centre[p]|^2),
 * gamma in units of the integers. The workspace holds the features, a byte each. */
#ifndef BL_RBF_VALUES_INT8_H
#define BL_RBF_VALUES_INT8_H

#include "contract.h"
#include "distance_int8.h"
#include "expf.h"

static inline float bl_rbf_values_int8(size_t count, size_t features, const int8_t centres[], const float weights[],
                                       const int8_t slopes[], float step, float bias, float scale, float gamma,
                                       const float x[], float work[])
{
    const int8_t *const q = bl_features_int8(features, scale, x, work);
    float sum = bias + step * (float)bl_product_int8(features, q, slopes);
    for (size_t p = 0; p < count; p++) {
        const float distance = (float)bl_squared_distance_int8(features, q, &centres[p * features]);
        sum += weights[p] * bl_expf(-(gamma * distance));
    }
    return sum;
}

#endif
