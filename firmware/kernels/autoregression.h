/* Autoregressive model of each axis by the Levinson-Durbin recursion on the biased autocorrelation: (axes, length)
 * becomes (axes, order + 1): the coefficients, d[i] predicted as sum of c[k] d[i - k - 1], and then the share of the
 * power that the prediction leaves. With `reflection` the reflection coefficients (partial autocorrelations, within
 * -1 .. 1) stand in the coefficients' place.
 *
 * The recursion ends early where less than a millionth of the power is left, which float32 could not tell from 0;
 * what it would have found is 0. A constant axis has zeros throughout. */
#ifndef BL_AUTOREGRESSION_H
#define BL_AUTOREGRESSION_H

#include <stdbool.h>

#include "autocorrelation.h"

#define BL_PREDICTABLE 1e-6f

/* Coefficients c[0 .. order-1] of the autocorrelation r[0 .. order-1] at lags 1 ..; returns the power left of 1.
 * `k` gets the reflection coefficients. */
static inline float bl_levinson(size_t order, const float r[], float c[], float k[])
{
    float left = 1.0f;
    for (size_t m = 0; m < order; m++) {
        float sum = r[m];
        for (size_t i = 0; i < m; i++)
            sum -= c[i] * r[m - 1u - i];
        k[m] = left > BL_PREDICTABLE ? sum / left : 0.0f;
        for (size_t i = 0; i < m / 2u; i++) { /* c[i] and its mirror change each other */
            const float low = c[i], high = c[m - 1u - i];
            c[i] = low - k[m] * high;
            c[m - 1u - i] = high - k[m] * low;
        }
        if (m % 2u == 1u)
            c[m / 2u] -= k[m] * c[m / 2u];
        c[m] = k[m];
        left *= 1.0f - k[m] * k[m];
    }
    return left;
}

/* `work` holds 3 * order floats. */
static inline void bl_autoregression(size_t axes, size_t length, size_t order, bool reflection, float x[],
                                     float work[])
{
    float *const c = &work[order], *const k = &work[2u * order], *const from = reflection ? k : c;
    for (size_t a = 0; a < axes; a++) {
        const float power = bl_autocorrelate(length, order, &x[a * length], work);
        const float left = bl_levinson(order, work, c, k);
        for (size_t i = 0; i < order; i++)
            x[a * (order + 1u) + i] = from[i];
        x[a * (order + 1u) + order] = power == 0.0f ? 0.0f : left;
    }
}

#endif
