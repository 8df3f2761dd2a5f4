/* Multilayer perceptron for classes: softmax of its scores. */
#ifndef BL_MLP_CLASSES_H
#define BL_MLP_CLASSES_H

#include "contract.h"
#include "mlp.h"
#include "softmax.h"

static inline void bl_mlp_classes(size_t features, size_t first, size_t second, size_t classes, const float weights[],
                                  const float bias[], const float x[], float work[], float out[])
{
    bl_mlp(features, first, second, classes, weights, bias, x, work, out);
    bl_softmax(classes, out);
}

#endif
