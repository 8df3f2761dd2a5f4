/* Biased autocorrelation of each axis about its mean, divided by its power: (axes, length) becomes (axes, lags).
 * Value k - 1 is sum of d[i] d[i + k] over sum of d[i]^2, d the deviations; 0 for a constant axis. */
#ifndef BL_AUTOCORRELATION_H
#define BL_AUTOCORRELATION_H

#include "lagged.h"
#include "mean.h"
#include "quotient.h"

/* out[k - 1] for k = 1 .. lags < length; takes the mean of `x` away and returns the power. */
static inline float bl_autocorrelate(size_t length, size_t lags, float x[], float out[])
{
    const float power = bl_centre(length, x);
    bl_lagged(length, 1, 1, lags, x, x, out);
    for (size_t k = 0; k < lags; k++)
        out[k] = bl_quotient(out[k], power);
    return power;
}

/* `work` holds `lags` floats. */
static inline void bl_autocorrelation(size_t axes, size_t length, size_t lags, float x[], float work[])
{
    for (size_t a = 0; a < axes; a++) {
        bl_autocorrelate(length, lags, &x[a * length], work);
        for (size_t k = 0; k < lags; k++)
            x[a * lags + k] = work[k];
    }
}

#endif
