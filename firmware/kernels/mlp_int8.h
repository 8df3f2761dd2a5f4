/* Multilayer perceptron in int8 up to its scores: one or two hidden layers with rectifiers (`second` 0: one), layer after
 * layer in the tables (dense_int8.h). `work` holds 2 floats for each 4 features and neurons of hidden layers. */
#ifndef BL_MLP_INT8_H
#define BL_MLP_INT8_H

#include "contract.h"
#include "dense_int8.h"

static inline void bl_mlp_int8(size_t features, size_t first, size_t second, size_t outputs, const float offset[],
                               const float step[], const uint32_t weights[], const int32_t bias[],
                               const float scale[], const float x[], float work[], float out[])
{
    float *const hidden = &work[2u * bl_int8_words(features)];
    bl_int8_inputs(features, offset, step, x, work);
    bl_dense_int8(features, first, weights, bias, scale, work, hidden);
    weights += bl_int8_words(features) * first;
    bias += first;
    scale += first;
    if (second > 0u) {
        bl_dense_int8(first, second, weights, bias, scale, hidden, &hidden[first / 2u]);
        bl_scores_int8(second, outputs, &weights[bl_int8_words(first) * second], &bias[second], &scale[second],
                       &hidden[first / 2u], out);
    } else {
        bl_scores_int8(first, outputs, weights, bias, scale, hidden, out);
    }
}

#endif
