/* Mahalanobis distance with the full covariance, learned one signal at a time as a factorisation L D L'.
 *
 * Distance: root of the mean over features, upwards, of p[j]^2 / (D[j] / counted + floor), where L p = x - mean. D[j]
 * is the part of feature j's scatter that the features before it do not explain; it starts at floor and never falls
 * below, so the covariance stays positive whatever comes. Learning is a rank-1 update of L and D (Gill, Golub, Murray
 * and Saunders 1974, method C1), whose forward substitution gives p on the way. With a memory of m, a signal weighs
 * 2^-m from the 2^m-th on.
 *
 * State: gauge, mean[features], D[features], then L below its diagonal of ones, column after column. The features x
 * are used as scratch. Clamps keep every product finite: p to 2e15, which no x - mean exceeds, L to 1e20. */
#ifndef BL_MAHALANOBIS_H
#define BL_MAHALANOBIS_H

#include "contract.h"
#include "gauge.h"

#define BL_MAHALANOBIS_P 2e15f
#define BL_MAHALANOBIS_L 1e20f

/* Learned signals before distances count: the covariance has to have its rank, with some to spare. */
static inline float bl_mahalanobis_warm_up(size_t features)
{
    return features < 4u ? 8.0f : (float)(2u * features);
}

static inline float bl_mahalanobis_clamp(float x, float limit)
{
    return x > limit ? limit : x < -limit ? -limit : x;
}

/* x becomes x - mean, and the mean moves towards x. */
static inline void bl_mahalanobis_shift(size_t features, float learned, float x[], float mean[])
{
    for (size_t i = 0; i < features; i++) {
        x[i] -= mean[i];
        mean[i] += x[i] / learned;
    }
}

/* Adds weight * x x' to L D L', after fading D by the weight if it `fades`. Returns the distance of x before. */
static inline float bl_mahalanobis_update(size_t features, float floor, float counted, float weight, bool fades,
                                          float x[], float d[], float l[])
{
    const float kept = weight;
    float sum = 0.0f;
    for (size_t j = 0; j < features; j++) {
        const float p = bl_mahalanobis_clamp(x[j], BL_MAHALANOBIS_P);
        sum += p * p / (d[j] / counted + floor);
        if (fades)
            d[j] = d[j] * kept > floor ? d[j] * kept : floor;
        const float before = d[j];
        d[j] += weight * p * p;
        const float gain = weight * p / d[j];
        weight = weight * before / d[j];
        for (size_t r = j + 1u; r < features; r++, l++) {
            x[r] -= p * *l;
            *l = bl_mahalanobis_clamp(*l + gain * x[r], BL_MAHALANOBIS_L);
        }
    }
    return bl_sqrt(sum / (float)features);
}

static inline void bl_mahalanobis_learn(size_t features, uint32_t memory, float floor, float x[], float state[])
{
    if (bl_gauge_full(state))
        return;
    const float learned = state[0];
    const float counted = bl_gauge_counted(learned + 1.0f, memory);
    float *const mean = &state[BL_GAUGE_WORDS];
    float *const d = &mean[features];
    bl_mahalanobis_shift(features, counted, x, mean);
    if (learned == 0.0f) { /* one signal has a mean and no scatter */
        for (size_t i = 0; i < features; i++)
            d[i] = floor;
    } else {
        const float weight = (counted - 1.0f) / counted;
        const float distance = bl_mahalanobis_update(features, floor, bl_gauge_counted(learned, memory), weight,
                                                     counted < learned + 1.0f, x, d, &d[features]);
        if (learned >= bl_mahalanobis_warm_up(features))
            bl_gauge_learn(distance, bl_mahalanobis_warm_up(features), memory, state);
    }
    state[0] = learned + 1.0f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_mahalanobis_detect(size_t features, uint32_t memory, float floor, float factor, float x[],
                                          const float state[])
{
    if (state[0] <= bl_mahalanobis_warm_up(features))
        return BL_RATIO_MAX;
    const float counted = bl_gauge_counted(state[0], memory);
    const float *const mean = &state[BL_GAUGE_WORDS];
    const float *const d = &mean[features];
    const float *l = &d[features];
    for (size_t i = 0; i < features; i++)
        x[i] -= mean[i];
    float sum = 0.0f;
    for (size_t j = 0; j < features; j++) {
        const float p = bl_mahalanobis_clamp(x[j], BL_MAHALANOBIS_P);
        sum += p * p / (d[j] / counted + floor);
        for (size_t r = j + 1u; r < features; r++, l++)
            x[r] -= p * *l;
    }
    return bl_gauge_ratio(bl_sqrt(sum / (float)features), factor, state);
}

#endif
