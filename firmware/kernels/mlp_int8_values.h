/* Multilayer perceptron in int8 for a number: its one score plus `level`. */
#ifndef BL_MLP_INT8_VALUES_H
#define BL_MLP_INT8_VALUES_H

#include "contract.h"
#include "mlp_int8.h"

static inline float bl_mlp_int8_values(size_t features, size_t first, size_t second, const float offset[],
                                       const float step[], const uint32_t weights[], const int32_t bias[],
                                       const float scale[], float level, const float x[], float work[])
{
    float out[1];
    bl_mlp_int8(features, first, second, 1u, offset, step, weights, bias, scale, x, work, out);
    return out[0] + level;
}

#endif
