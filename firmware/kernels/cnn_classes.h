/* Small convolutional network for classes: softmax of its scores. */
#ifndef BL_CNN_CLASSES_H
#define BL_CNN_CLASSES_H

#include "cnn.h"
#include "contract.h"
#include "softmax.h"

static inline void bl_cnn_classes(struct bl_network net, const float weights[], const float bias[], const float x[],
                                  float work[], float out[])
{
    bl_cnn(net, weights, bias, x, work, out);
    bl_softmax(net.classes, out);
}

#endif
