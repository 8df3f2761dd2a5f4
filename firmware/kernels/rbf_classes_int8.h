/* Radial basis functions for classes over centres of int8: features times `scale` become integers (quantise.h), so that
 * distances are exact and take no float operation, and neither do the products of the int8 slopes. Class c scores
 * bias[c] + steps[c] * (slopes[c] . q) plus, upwards over the centres, weights[p][c] * exp(-gamma * distance), gamma in
 * units of the integers; softmax makes the scores probabilities. The workspace holds the features, a byte each. */
#ifndef BL_RBF_CLASSES_INT8_H
#define BL_RBF_CLASSES_INT8_H

#include "contract.h"
#include "distance_int8.h"
#include "expf.h"
#include "softmax.h"

static inline void bl_rbf_classes_int8(size_t classes, size_t count, size_t features, const int8_t centres[],
                                       const float weights[], const int8_t slopes[], const float steps[],
                                       const float bias[], float scale, float gamma, const float x[], float out[],
                                       float work[])
{
    const int8_t *const q = bl_features_int8(features, scale, x, work);
    for (size_t c = 0; c < classes; c++)
        out[c] = bias[c] + steps[c] * (float)bl_product_int8(features, q, &slopes[c * features]);
    for (size_t p = 0; p < count; p++) {
        const float distance = (float)bl_squared_distance_int8(features, q, &centres[p * features]);
        const float near = bl_expf(-(gamma * distance));
        for (size_t c = 0; c < classes; c++)
            out[c] += weights[p * classes + c] * near;
    }
    bl_softmax(classes, out);
}

#endif
