/* Small convolutional network up to its scores: two convolutions over time with rectifiers, each filter's largest or mean
 * value, and a dense layer. x holds axis after axis; a filter of the first convolution has `taps` weights per axis. */
#ifndef BL_CNN_H
#define BL_CNN_H

#include "contract.h"
#include "dense.h"

struct bl_network {
    size_t axes, length;
    size_t filters1, taps1, stride1;
    size_t filters2, taps2, stride2;
    size_t classes;
    size_t mean; /* 0: the largest value of each filter, 1: the mean */
};

/* Places a window fits in. */
BL_INLINE size_t bl_cnn_places(size_t length, size_t taps, size_t stride)
{
    return (length - taps) / stride + 1u;
}

/* One place of a convolution: windows of `taps` values from `blocks` blocks that lie `apart`; not below 0. */
static inline void bl_cnn_filter(size_t blocks, size_t apart, size_t taps, size_t filters, const float weights[],
                                 const float bias[], const float x[], float out[])
{
    const size_t row = blocks * taps;
    for (size_t f = 0; f < filters; f += 4u) { /* filters are a multiple of 4: a value is loaded once for four */
        const float *w = &weights[f * row];
        float a = bias[f], b = bias[f + 1u], c = bias[f + 2u], d = bias[f + 3u];
        for (size_t k = 0; k < blocks; k++) {
            const float *const seen = &x[k * apart];
            for (size_t i = 0; i < taps; i++, w++) {
                const float value = seen[i];
                a += w[0] * value;
                b += w[row] * value;
                c += w[2u * row] * value;
                d += w[3u * row] * value;
            }
        }
        out[f] = a;
        out[f + 1u] = b;
        out[f + 2u] = c;
        out[f + 3u] = d;
    }
    bl_relu(filters, out);
}

/* `work` holds places1 * filters1 + 2 * filters2 floats. */
static inline void bl_cnn(struct bl_network net, const float weights[], const float bias[], const float x[], float work[],
                          float out[])
{
    const size_t places1 = bl_cnn_places(net.length, net.taps1, net.stride1);
    const size_t places2 = bl_cnn_places(places1, net.taps2, net.stride2);
    float *const pooled = &work[places1 * net.filters1], *const found = &pooled[net.filters2];
    for (size_t t = 0; t < places1; t++)
        bl_cnn_filter(net.axes, net.length, net.taps1, net.filters1, weights, bias, &x[t * net.stride1],
                      &work[t * net.filters1]);
    weights += net.axes * net.taps1 * net.filters1;
    bias += net.filters1;
    for (size_t f = 0; f < net.filters2; f++)
        pooled[f] = 0.0f;
    for (size_t t = 0; t < places2; t++) {
        bl_cnn_filter(1u, 0u, net.taps2 * net.filters1, net.filters2, weights, bias,
                      &work[t * net.stride2 * net.filters1], found);
        for (size_t f = 0; f < net.filters2; f++)
            pooled[f] = net.mean != 0u ? pooled[f] + found[f] : bl_max(pooled[f], found[f]);
    }
    if (net.mean != 0u)
        for (size_t f = 0; f < net.filters2; f++)
            pooled[f] /= (float)places2;
    bl_dense(net.filters2, net.classes, &weights[net.taps2 * net.filters1 * net.filters2], &bias[net.filters2], pooled,
             out);
}

#endif
