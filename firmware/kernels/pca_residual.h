/* PCA residual: the first principal components are learned one signal at a time; a signal is judged by what they do not
 * explain of it, and by how far along them it lies, if that counts (`inside`).
 *
 * Distance: root of (rest / (r + floor) + inside * sum over components, upwards, of p[k]^2 / (l[k] + floor)) / features,
 * where p[k] is the part of x - mean along direction k, l[k] the mean of p[k]^2, rest the squared length of what is left
 * and r the mean of rest per feature, once every direction has begun. With `inside` 1 this is the Mahalanobis distance of probabilistic PCA.
 *
 * Learning is candid covariance-free incremental PCA (Weng, Zhang and Hwang 2003): every direction is pulled towards x
 * by how much of x lies along it, and leaves the rest to the next. Later signals weigh more (2 / (n + 1)), or 2^-m with
 * a memory of m from then on where that is more. x - mean is clamped to 2^25, so that no square overflows: scale
 * features that are larger.
 *
 * State: gauge, r, mean[features], l[components], directions[components][features]. The features x are scratch. */
#ifndef BL_PCA_RESIDUAL_H
#define BL_PCA_RESIDUAL_H

#include "contract.h"
#include "gauge.h"

#define BL_PCA_RESIDUAL_FAR 33554432.0f
#define BL_PCA_RESIDUAL_SHORT 1e-15f /* what is no longer has no direction */

/* Learned signals before distances count: every direction has to have seen a few. */
static inline float bl_pca_residual_warm_up(size_t components)
{
    return components < 3u ? 8.0f : (float)(2u * components + 4u);
}

/* x becomes x - mean, clamped. */
static inline void bl_pca_residual_centre(size_t features, const float mean[], float x[])
{
    for (size_t i = 0; i < features; i++) {
        const float off = x[i] - mean[i];
        x[i] = off > BL_PCA_RESIDUAL_FAR ? BL_PCA_RESIDUAL_FAR
                                         : off < -BL_PCA_RESIDUAL_FAR ? -BL_PCA_RESIDUAL_FAR : off;
    }
}

static inline float bl_pca_residual_along(size_t features, const float a[], const float b[])
{
    float sum = 0.0f;
    for (size_t i = 0; i < features; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes the part along a direction out of x and returns how long it is. */
static inline float bl_pca_residual_take(size_t features, const float direction[], float x[])
{
    const float part = bl_pca_residual_along(features, direction, x);
    for (size_t i = 0; i < features; i++)
        x[i] -= part * direction[i];
    return part;
}

/* Distance of x, which is centred already and becomes the rest; its squared length goes to `rest`. */
static inline float bl_pca_residual_distance(size_t features, size_t components, float inside, float floor, float x[],
                                             const float state[], float *rest)
{
    const float *const lengths = &state[BL_GAUGE_WORDS + 1u + features];
    const float *const directions = &lengths[components];
    float sum = 0.0f;
    for (size_t k = 0; k < components; k++) {
        const float part = bl_pca_residual_take(features, &directions[k * features], x);
        sum += part * part / (lengths[k] + floor);
    }
    *rest = bl_pca_residual_along(features, x, x);
    return bl_sqrt((*rest / (state[BL_GAUGE_WORDS] + floor) + inside * sum) / (float)features);
}

/* Pulls a direction of mean square `length` towards x. Returns the new mean square. */
static inline float bl_pca_residual_pull(size_t features, float weight, const float x[], float length,
                                         float direction[])
{
    const float part = bl_pca_residual_along(features, direction, x);
    const float kept = (1.0f - weight) * length;
    const float pull = weight * part;
    float square = 0.0f;
    for (size_t i = 0; i < features; i++) {
        const float moved = kept * direction[i] + pull * x[i];
        square += moved * moved;
    }
    const float after = bl_sqrt(square);
    if (!(after > BL_PCA_RESIDUAL_SHORT))
        return kept;
    for (size_t i = 0; i < features; i++)
        direction[i] = (kept * direction[i] + pull * x[i]) / after;
    return after;
}

/* Makes x, of squared length `square`, the direction of a component that has none. Returns its mean square. */
static inline float bl_pca_residual_begin(size_t features, float weight, const float x[], float square,
                                          float direction[])
{
    const float length = bl_sqrt(square);
    if (!(length > BL_PCA_RESIDUAL_SHORT))
        return 0.0f;
    for (size_t i = 0; i < features; i++)
        direction[i] = x[i] / length;
    return weight * square;
}

static inline void bl_pca_residual_learn(size_t features, size_t components, uint32_t memory, float inside, float floor,
                                         float x[], float work[], float state[])
{
    if (bl_gauge_full(state))
        return;
    float *const mean = &state[BL_GAUGE_WORDS + 1u];
    float *const lengths = &mean[features];
    const float counted = bl_gauge_counted(state[0] + 1.0f, memory);
    const float weight = 2.0f / (counted + 1.0f);
    float rest;
    for (size_t i = 0; i < features; i++)
        work[i] = x[i];
    bl_pca_residual_centre(features, mean, x);
    const float distance = bl_pca_residual_distance(features, components, inside, floor, x, state, &rest);
    if (state[0] >= bl_pca_residual_warm_up(components))
        bl_gauge_learn(distance, bl_pca_residual_warm_up(components), memory, state);
    const float begun = (float)components + 1.0f;
    if (state[0] >= begun) {
        const float share = 2.0f / (bl_gauge_counted(state[0] - begun, memory) + 2.0f);
        state[BL_GAUGE_WORDS] += share * (rest / (float)features - state[BL_GAUGE_WORDS]);
    }
    for (size_t i = 0; i < features; i++)
        mean[i] += (work[i] - mean[i]) / counted;
    bl_pca_residual_centre(features, mean, work);
    for (size_t k = 0; k < components; k++) {
        float *const direction = &lengths[components + k * features];
        if (lengths[k] > 0.0f) {
            lengths[k] = bl_pca_residual_pull(features, weight, work, lengths[k], direction);
        } else { /* the first signals found the components, one each */
            lengths[k] = bl_pca_residual_begin(features, weight, work,
                                               bl_pca_residual_along(features, work, work), direction);
            break;
        }
        bl_pca_residual_take(features, direction, work);
    }
    state[0] += 1.0f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_pca_residual_detect(size_t features, size_t components, float inside, float floor, float factor,
                                           float x[], const float state[])
{
    if (state[0] <= bl_pca_residual_warm_up(components))
        return BL_RATIO_MAX;
    float rest;
    bl_pca_residual_centre(features, &state[BL_GAUGE_WORDS + 1u], x);
    return bl_gauge_ratio(bl_pca_residual_distance(features, components, inside, floor, x, state, &rest), factor,
                          state);
}

#endif
