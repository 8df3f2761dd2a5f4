/* Linear scores of int8 weights: a row, a step and a bias per class; bias[c] + step[c] * (weights[c] . q), where q are
 * the features times `scale` as integers (dot_int8.h); softmax makes the scores probabilities. */
#ifndef BL_LINEAR_INT8_H
#define BL_LINEAR_INT8_H

#include "contract.h"
#include "dot_int8.h"
#include "softmax.h"

static inline void bl_linear_int8(size_t classes, size_t features, const int8_t weights[], const float steps[],
                                  const float bias[], float scale, const float x[], float out[], float work[])
{
    bl_dot_int8_features(features, scale, x, work);
    for (size_t c = 0; c < classes; c++)
        out[c] = bias[c] + steps[c] * (float)bl_dot_int8(features, &weights[c * features], work);
    bl_softmax(classes, out);
}

#endif
