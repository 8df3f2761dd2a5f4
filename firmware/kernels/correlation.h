/* Pearson correlation of each pair of axes at lags -lags * step, .., 0, .., lags * step: (axes, length) becomes
 * (axes * (axes - 1) / 2, 2 * lags + 1), pairs in the order 0-1, 0-2, .., 1-2, ..
 *
 * At lag k, sample i of the first axis meets sample i + k of the second; what has no partner adds nothing. All lags
 * are divided by the spreads over the whole axes. A pair with a constant axis has 0. */
#ifndef BL_CORRELATION_H
#define BL_CORRELATION_H

#include "lagged.h"
#include "mean.h"
#include "quotient.h"

/* One pair, at every lag. `spread` is the product of what the axes are divided by. */
static inline void bl_correlate(size_t length, size_t lags, size_t step, float spread, const float a[],
                                const float b[], float out[])
{
    bl_lagged(length, step, step, lags, b, a, out); /* the first axis late: from the middle outwards, so turned */
    for (size_t k = 0; k < lags / 2u; k++) {
        const float far = out[lags - 1u - k];
        out[lags - 1u - k] = out[k];
        out[k] = far;
    }
    bl_lagged(length, 0, step, lags + 1u, a, b, &out[lags]);
    for (size_t k = 0; k < 2u * lags + 1u; k++)
        out[k] = bl_quotient(out[k], spread);
}

/* `work` holds one float per axis and then the result. */
static inline void bl_correlation(size_t axes, size_t length, size_t lags, size_t step, float x[], float work[])
{
    float *const out = &work[axes];
    size_t written = 0;
    for (size_t a = 0; a < axes; a++)
        work[a] = bl_sqrt(bl_centre(length, &x[a * length]));
    for (size_t a = 0; a < axes; a++)
        for (size_t b = a + 1u; b < axes; b++) {
            bl_correlate(length, lags, step, work[a] * work[b], &x[a * length], &x[b * length], &out[written]);
            written += 2u * lags + 1u;
        }
    for (size_t i = 0; i < written; i++)
        x[i] = out[i];
}

#endif
