/* LODA (Pevny 2016): many sparse random projections, and for each a histogram of the signals seen. A signal is regular
 * where the histograms are high.
 *
 * Distance: mean over the projections of ln((n + 1) / (s + 1 / bins)), n being the signals counted and s the count of
 * the signal's bin and its neighbours, weighed 1 2 1 over 4. Bin b of `bins` reaches from (b - bins / 2) * width on;
 * what lies beyond the outer bins counts there. With a memory of m, all counts are halved whenever 2^m more signals
 * were learned.
 *
 * A projection is `nonzero` pairs of feature (axis) and weight, summed upwards. State: gauge, n,
 * counts[projections][bins]. */
#ifndef BL_LODA_H
#define BL_LODA_H

#include "contract.h"
#include "gauge.h"
#include "logf.h"

#define BL_LODA_WARM_UP 8.0f

/* Bin of x under one projection. */
static inline size_t bl_loda_bin(size_t nonzero, size_t bins, float width, const uint16_t axis[],
                                 const float weights[], const float x[])
{
    float sum = 0.0f;
    for (size_t i = 0; i < nonzero; i++)
        sum += weights[i] * x[axis[i]];
    const float place = sum / width + 0.5f * (float)bins;
    if (!(place > 0.0f)) /* NaN too */
        return 0u;
    return place < (float)bins ? (size_t)place : bins - 1u;
}

/* Count of a bin with its neighbours; the outer bins are their own neighbours. */
static inline float bl_loda_count(size_t bins, size_t bin, const float counts[])
{
    const float below = counts[bin > 0u ? bin - 1u : 0u];
    const float above = counts[bin + 1u < bins ? bin + 1u : bin];
    return 0.25f * (below + above) + 0.5f * counts[bin];
}

static inline float bl_loda_distance(size_t projections, size_t nonzero, size_t bins, float width,
                                     const uint16_t axis[], const float weights[], const float x[],
                                     const float state[])
{
    const float all = state[BL_GAUGE_WORDS] + 1.0f;
    const float *const counts = &state[BL_GAUGE_WORDS + 1u];
    float sum = 0.0f;
    for (size_t p = 0; p < projections; p++) {
        const size_t bin = bl_loda_bin(nonzero, bins, width, &axis[p * nonzero], &weights[p * nonzero], x);
        sum += bl_logf(all / (bl_loda_count(bins, bin, &counts[p * bins]) + 1.0f / (float)bins));
    }
    return sum / (float)projections;
}

static inline void bl_loda_learn(size_t projections, size_t nonzero, size_t bins, uint32_t memory, float width,
                                 const uint16_t axis[], const float weights[], const float x[], float state[])
{
    if (bl_gauge_full(state))
        return;
    float *const counts = &state[BL_GAUGE_WORDS + 1u];
    if (state[0] >= BL_LODA_WARM_UP)
        bl_gauge_learn(bl_loda_distance(projections, nonzero, bins, width, axis, weights, x, state), BL_LODA_WARM_UP,
                       memory, state);
    for (size_t p = 0; p < projections; p++)
        counts[p * bins + bl_loda_bin(nonzero, bins, width, &axis[p * nonzero], &weights[p * nonzero], x)] += 1.0f;
    state[BL_GAUGE_WORDS] += 1.0f;
    state[0] += 1.0f;
    if (memory != 0u && (bl_gauge_number(state) & ((1u << memory) - 1u)) == 0u)
        for (size_t i = 0; i < 1u + projections * bins; i++)
            state[BL_GAUGE_WORDS + i] *= 0.5f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_loda_detect(size_t projections, size_t nonzero, size_t bins, float width, float factor,
                                   const uint16_t axis[], const float weights[], const float x[], const float state[])
{
    if (state[0] <= BL_LODA_WARM_UP)
        return BL_RATIO_MAX;
    return bl_gauge_ratio(bl_loda_distance(projections, nonzero, bins, width, axis, weights, x, state), factor,
                          state);
}

#endif
