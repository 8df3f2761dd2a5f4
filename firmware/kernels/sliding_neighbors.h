/* Nearest neighbours in a sliding window: the last `capacity` signals learned are kept as they are, the oldest giving
 * way to the newest.
 *
 * Distance: root of the mean squared difference from the k-th nearest of them (of all there are, if fewer than k).
 * State: gauge, ring[capacity][features]; signal number n stands in row n modulo the capacity. */
#ifndef BL_SLIDING_NEIGHBORS_H
#define BL_SLIDING_NEIGHBORS_H

#include "contract.h"
#include "gauge.h"
#include "squared_distance.h"

#define BL_SLIDING_NEIGHBORS_WARM_UP 8.0f
#define BL_SLIDING_NEIGHBORS_MOST 8u /* of k */

/* Distance of x from the k-th nearest of the first `used` rows, at least one. */
static inline float bl_sliding_neighbors_distance(size_t used, size_t features, size_t k, const float x[],
                                                  const float ring[])
{
    float nearest[BL_SLIDING_NEIGHBORS_MOST];
    size_t found = 0u;
    for (size_t r = 0; r < used; r++) {
        const float squared = bl_squared_distance(features, x, &ring[r * features]);
        if (found == k && !(squared < nearest[k - 1u]))
            continue;
        size_t place = found < k ? found++ : k - 1u;
        for (; place > 0u && squared < nearest[place - 1u]; place--)
            nearest[place] = nearest[place - 1u];
        nearest[place] = squared;
    }
    return bl_sqrt(nearest[found - 1u] / (float)features);
}

/* Rows of the ring that hold a signal. */
static inline size_t bl_sliding_neighbors_used(size_t capacity, const float state[])
{
    const size_t learned = bl_gauge_number(state);
    return learned < capacity ? learned : capacity;
}

static inline void bl_sliding_neighbors_learn(size_t capacity, size_t features, size_t k, const float x[],
                                              float state[])
{
    if (bl_gauge_full(state))
        return;
    float *const ring = &state[BL_GAUGE_WORDS];
    if (state[0] >= BL_SLIDING_NEIGHBORS_WARM_UP)
        bl_gauge_learn(
            bl_sliding_neighbors_distance(bl_sliding_neighbors_used(capacity, state), features, k, x, ring),
            BL_SLIDING_NEIGHBORS_WARM_UP, 0u, state);
    float *const row = &ring[(bl_gauge_number(state) % capacity) * features];
    for (size_t i = 0; i < features; i++)
        row[i] = x[i];
    state[0] += 1.0f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_sliding_neighbors_detect(size_t capacity, size_t features, size_t k, float factor,
                                                const float x[], const float state[])
{
    if (state[0] <= BL_SLIDING_NEIGHBORS_WARM_UP)
        return BL_RATIO_MAX;
    return bl_gauge_ratio(bl_sliding_neighbors_distance(bl_sliding_neighbors_used(capacity, state), features, k, x,
                                                        &state[BL_GAUGE_WORDS]),
                          factor, state);
}

#endif
