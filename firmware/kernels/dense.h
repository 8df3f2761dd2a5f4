/* Fully connected layer: bias first, then weights times inputs upwards; one row of weights per output. Four rows at a
 * time, because an input is then loaded once for all of them; each sum keeps its order. */
#ifndef BL_DENSE_H
#define BL_DENSE_H

#include "contract.h"

static inline void bl_dense(size_t inputs, size_t outputs, const float weights[], const float bias[], const float x[],
                            float out[])
{
    const size_t fours = outputs / 4u * 4u;
    for (size_t o = 0u; o < fours; o += 4u) {
        const float *const row = &weights[o * inputs];
        float a = bias[o], b = bias[o + 1u], c = bias[o + 2u], d = bias[o + 3u];
        for (size_t i = 0; i < inputs; i++) {
            const float value = x[i];
            a += row[i] * value;
            b += row[i + inputs] * value;
            c += row[i + 2u * inputs] * value;
            d += row[i + 3u * inputs] * value;
        }
        out[o] = a;
        out[o + 1u] = b;
        out[o + 2u] = c;
        out[o + 3u] = d;
    }
    for (size_t o = fours; o < outputs; o++) {
        float sum = bias[o];
        for (size_t i = 0; i < inputs; i++)
            sum += weights[o * inputs + i] * x[i];
        out[o] = sum;
    }
}

/* Rectifier: what is not above 0 becomes 0. */
static inline void bl_relu(size_t count, float x[])
{
    for (size_t i = 0; i < count; i++)
        x[i] = x[i] > 0.0f ? x[i] : 0.0f;
}

#endif
