/* Multilayer perceptron for a number: its one score. */
#ifndef BL_MLP_VALUES_H
#define BL_MLP_VALUES_H

#include "contract.h"
#include "mlp.h"

static inline float bl_mlp_values(size_t features, size_t first, size_t second, const float weights[],
                                  const float bias[], const float x[], float work[])
{
    float out[1];
    bl_mlp(features, first, second, 1u, weights, bias, x, work, out);
    return out[0];
}

#endif
