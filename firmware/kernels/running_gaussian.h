/* Running Gaussian: mean and variance of each feature, by Welford's update, one signal at a time.
 *
 * Distance: root of the mean over features, upwards, of squared deviation / (variance + floor). The floor keeps a
 * feature that never moved from shouting. With a memory of m, a signal weighs 2^-m from the 2^m-th on. State: gauge, mean[features], squares[features], the last being sums of
 * squared deviations. */
#ifndef BL_RUNNING_GAUSSIAN_H
#define BL_RUNNING_GAUSSIAN_H

#include "contract.h"
#include "gauge.h"

#define BL_RUNNING_GAUSSIAN_WARM_UP 8.0f

static inline float bl_running_gaussian_distance(size_t features, uint32_t memory, float floor, const float x[], const float state[])
{
    const float *const mean = &state[BL_GAUGE_WORDS];
    const float *const squares = &mean[features];
    const float counted = bl_gauge_counted(state[0], memory);
    float sum = 0.0f;
    for (size_t i = 0; i < features; i++) {
        const float off = x[i] - mean[i];
        sum += off * off / (squares[i] / counted + floor);
    }
    return bl_sqrt(sum / (float)features);
}

static inline void bl_running_gaussian_learn(size_t features, uint32_t memory, float floor, const float x[], float state[])
{
    if (bl_gauge_full(state))
        return;
    if (state[0] >= BL_RUNNING_GAUSSIAN_WARM_UP) {
        const float distance = bl_running_gaussian_distance(features, memory, floor, x, state);
        bl_gauge_learn(distance, BL_RUNNING_GAUSSIAN_WARM_UP, memory, state);
    }
    state[0] += 1.0f;
    const float counted = bl_gauge_counted(state[0], memory);
    const float kept = counted < state[0] ? 1.0f - 1.0f / counted : 1.0f;
    float *const mean = &state[BL_GAUGE_WORDS];
    float *const squares = &mean[features];
    for (size_t i = 0; i < features; i++) {
        const float off = x[i] - mean[i];
        mean[i] += off / counted;
        squares[i] = squares[i] * kept + off * (x[i] - mean[i]);
    }
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_running_gaussian_detect(size_t features, uint32_t memory, float floor, float factor,
                                               const float x[], const float state[])
{
    if (state[0] <= BL_RUNNING_GAUSSIAN_WARM_UP)
        return BL_RATIO_MAX;
    return bl_gauge_ratio(bl_running_gaussian_distance(features, memory, floor, x, state), factor, state);
}

#endif
