/* Small convolutional network in int8 for classes (cnn.h has the shape, dense_int8.h the arithmetic).
 *
 * Inputs and hidden values stand time after time, all axes or filters of one beside each other, so that a window is a row
 * of inputs of a dense layer. It begins at a whole word, because stride1 * axes and filters1 are multiples of 4. */
#ifndef BL_CNN_INT8_CLASSES_H
#define BL_CNN_INT8_CLASSES_H

#include "cnn.h"
#include "contract.h"
#include "dense_int8.h"
#include "softmax.h"

/* Planar features to int8 inputs, time after time, with zeros up to a whole word; offset and step are per axis. */
static inline void bl_cnn_int8_inputs(size_t axes, size_t length, const float offset[], const float step[],
                                      const float x[], float out[])
{
    size_t axis = 0u, t = 0u;
    for (size_t n = 0; n < axes * length; n += 4u) {
        int32_t q[4] = {0, 0, 0, 0};
        for (size_t j = 0; j < 4u && n + j < axes * length; j++) {
            q[j] = bl_quantise(x[axis * length + t] - offset[axis], step[axis], -BL_INT8_MAX, BL_INT8_MAX);
            if (++axis == axes) {
                axis = 0u;
                t++;
            }
        }
        bl_int8_store(q, &out[n / 2u]);
    }
}

/* `work` holds 2 floats for each 4 inputs, places1 * filters1 / 2 and filters2 floats. */
static inline void bl_cnn_int8_classes(struct bl_network net, const float offset[], const float step[],
                                       const uint32_t weights[], const int32_t bias[], const float scale[],
                                       const float x[], float work[], float out[])
{
    const size_t places1 = bl_cnn_places(net.length, net.taps1, net.stride1);
    const size_t places2 = bl_cnn_places(places1, net.taps2, net.stride2);
    const size_t words1 = bl_int8_words(net.axes * net.taps1), words2 = bl_int8_words(net.taps2 * net.filters1);
    float *const hidden = &work[2u * bl_int8_words(net.axes * net.length)];
    float *const pooled = &hidden[places1 * net.filters1 / 2u];

    bl_cnn_int8_inputs(net.axes, net.length, offset, step, x, work);
    for (size_t t = 0; t < places1; t++)
        bl_dense_int8(net.axes * net.taps1, net.filters1, weights, bias, scale,
                      &work[t * net.stride1 * net.axes / 2u], &hidden[t * net.filters1 / 2u]);
    weights += words1 * net.filters1;
    bias += net.filters1;
    scale += net.filters1;
    for (size_t f = 0; f < net.filters2; f++)
        pooled[f] = 0.0f;
    for (size_t t = 0; t < places2; t++)
        for (size_t f = 0; f < net.filters2; f += 4u) {
            int32_t sums[4] = {bias[f], bias[f + 1u], bias[f + 2u], bias[f + 3u]};
            bl_int8_four(words2, &weights[f * words2], &hidden[t * net.stride2 * net.filters1 / 2u], sums);
            for (size_t j = 0; j < 4u; j++) {
                const float value = (float)bl_int8_relu(sums[j], scale[f + j]);
                pooled[f + j] = net.mean != 0u ? pooled[f + j] + value : bl_max(pooled[f + j], value);
            }
        }
    const float share = net.mean != 0u ? 1.0f / (float)places2 : 1.0f;
    for (size_t f = 0; f < net.filters2; f += 4u) { /* over the hidden values, which are spent */
        int32_t q[4];
        for (size_t j = 0; j < 4u; j++)
            q[j] = bl_quantise(pooled[f + j], share, 0.0f, BL_INT8_MAX);
        bl_int8_store(q, &hidden[f / 2u]);
    }
    bl_scores_int8(net.filters2, net.classes, &weights[words2 * net.filters2], &bias[net.filters2],
                   &scale[net.filters2], hidden, out);
    bl_softmax(net.classes, out);
}

#endif
