/* Multilayer perceptron up to its scores: one or two hidden layers with rectifiers (`second` 0: one), layer after layer
 * in the tables. `work` holds first + second floats. */
#ifndef BL_MLP_H
#define BL_MLP_H

#include "contract.h"
#include "dense.h"

static inline void bl_mlp(size_t features, size_t first, size_t second, size_t outputs, const float weights[],
                          const float bias[], const float x[], float work[], float out[])
{
    bl_dense(features, first, weights, bias, x, work);
    bl_relu(first, work);
    weights += features * first;
    bias += first;
    if (second > 0u) {
        bl_dense(first, second, weights, bias, work, &work[first]);
        bl_relu(second, &work[first]);
        bl_dense(second, outputs, &weights[first * second], &bias[second], &work[first], out);
    } else {
        bl_dense(first, outputs, weights, bias, work, out);
    }
}

#endif
