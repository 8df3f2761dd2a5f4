/* Share of each axis' samples in equal bins between a low and a high limit: (axes, length) becomes (axes, bins).
 * A sample beyond the limits counts in the outermost bin. Limits of no width (a constant axis) put all into bin 0. A
 * NaN among the samples makes every share of its axis NaN.
 *
 * BL_FIXED: limits fitted, one pair per axis. BL_RANGE: smallest to largest sample. BL_SIGMA: mean -+ 3 standard
 * deviations. */
#ifndef BL_HISTOGRAM_H
#define BL_HISTOGRAM_H

#include "mean.h"

#define BL_FIXED 0u
#define BL_RANGE 1u
#define BL_SIGMA 2u

typedef struct {
    float low, width;
} bl_limits;

BL_INLINE bl_limits bl_range_of(size_t length, const float x[])
{
    float low = x[0], high = x[0];
    for (size_t i = 1; i < length; i++) {
        low = bl_min(low, x[i]);
        high = bl_max(high, x[i]);
    }
    const bl_limits limits = {low, high - low};
    return limits;
}

BL_INLINE bl_limits bl_sigma_of(size_t length, const float x[])
{
    const float mean = bl_mean_of(length, x);
    float power = 0.0f;
    for (size_t i = 0; i < length; i++)
        power += (x[i] - mean) * (x[i] - mean);
    const float deviation = bl_sqrt(power / (float)length);
    const bl_limits limits = {mean - 3.0f * deviation, 6.0f * deviation};
    return limits;
}

/* One axis into `counts`, which hold integers by their bits: counting in floats would be slow without an FPU. */
static inline void bl_histogram_axis(size_t length, size_t bins, bl_limits limits, const float x[],
                                     float counts[], float out[])
{
    /* Widths too small to divide by (the quotient may be infinite) count as none. */
    const float scale = limits.width <= 1e-30f ? 0.0f : (float)bins / limits.width;
    const float last = (float)(bins - 1u);
    float lost = 0.0f;
    for (size_t b = 0; b < bins; b++)
        counts[b] = bl_float(0u);
    for (size_t i = 0; i < length; i++) {
        const float place = (x[i] - limits.low) * scale;
        if (place != place)
            lost = place;
        const size_t bin = !(place > 0.0f) ? 0u : place >= last ? bins - 1u : (size_t)place;
        counts[bin] = bl_float(bl_bits(counts[bin]) + 1u);
    }
    for (size_t b = 0; b < bins; b++)
        out[b] = (float)bl_bits(counts[b]) / (float)length + lost;
}

/* `fixed` holds the low limits of all axes and then the widths; it is not read unless `kind` is BL_FIXED. `work`
 * holds `bins` floats. */
static inline void bl_histogram(size_t axes, size_t length, size_t bins, uint32_t kind, const float fixed[],
                                float x[], float work[])
{
    for (size_t a = 0; a < axes; a++) {
        const float *const axis = &x[a * length];
        bl_limits limits;
        if (kind == BL_FIXED) {
            limits.low = fixed[a];
            limits.width = fixed[axes + a];
        } else {
            limits = kind == BL_RANGE ? bl_range_of(length, axis) : bl_sigma_of(length, axis);
        }
        bl_histogram_axis(length, bins, limits, axis, work, &x[a * bins]);
    }
}

#endif
