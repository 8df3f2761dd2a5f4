/* Multilayer perceptron in int8 for classes: softmax of its scores. */
#ifndef BL_MLP_INT8_CLASSES_H
#define BL_MLP_INT8_CLASSES_H

#include "contract.h"
#include "mlp_int8.h"
#include "softmax.h"

static inline void bl_mlp_int8_classes(size_t features, size_t first, size_t second, size_t classes,
                                       const float offset[], const float step[], const uint32_t weights[],
                                       const int32_t bias[], const float scale[], const float x[], float work[],
                                       float out[])
{
    bl_mlp_int8(features, first, second, classes, offset, step, weights, bias, scale, x, work, out);
    bl_softmax(classes, out);
}

#endif
