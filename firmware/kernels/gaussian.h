/* Fitted Gaussian with one variance per feature: mean over features, upwards, of squared deviation times inverse
 * variance, over its limit. Above 1 is an outlier. */
#ifndef BL_GAUSSIAN_H
#define BL_GAUSSIAN_H

#include "contract.h"
#include "ratio.h"

static inline float bl_gaussian(size_t features, const float mean[], const float inverse_variance[], float limit,
                                const float x[])
{
    float sum = 0.0f;
    for (size_t i = 0; i < features; i++) {
        const float off = x[i] - mean[i];
        sum += off * off * inverse_variance[i];
    }
    return bl_ratio(sum / (float)features, limit);
}

#endif
