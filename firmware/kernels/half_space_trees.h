/* Half-space trees (Tan, Ting and Liu 2011): trees whose splits were drawn beforehand count how many signals came by
 * at each node. Where many came, a signal is regular.
 *
 * Distance: mean over the trees of ln(1 + n / (2^level * count)) at the deepest node on the signal's way that more than
 * `fewest` signals came by (the leaf at last); n is the count at the root. With a memory of m, all counts are halved
 * whenever 2^m more signals were learned.
 *
 * The splits of a tree stand level by level: node j splits `axis[j]` at `at[j]`, its children are 2 j + 1 (below the
 * threshold) and 2 j + 2. Inner nodes of a tree: 2^depth - 1; nodes: 2^(depth + 1) - 1.
 * State: gauge, counts[trees][nodes]. */
#ifndef BL_HALF_SPACE_TREES_H
#define BL_HALF_SPACE_TREES_H

#include "contract.h"
#include "gauge.h"
#include "logf.h"

#define BL_HALF_SPACE_TREES_WARM_UP 8.0f

/* Mass of x in one tree: 2^level * count / n. */
static inline float bl_half_space_trees_mass(size_t depth, float fewest, const uint16_t axis[], const float at[],
                                             const float x[], const float counts[])
{
    size_t node = 0u;
    float halves = 1.0f;
    for (size_t level = 0; level < depth; level++) {
        const size_t next = 2u * node + (x[axis[node]] < at[node] ? 1u : 2u);
        if (!(counts[next] > fewest))
            break;
        node = next;
        halves *= 2.0f;
    }
    return halves * counts[node] / counts[0];
}

static inline float bl_half_space_trees_distance(size_t trees, size_t depth, float fewest, const uint16_t axis[],
                                                 const float at[], const float x[], const float state[])
{
    const size_t inner = ((size_t)1 << depth) - 1u;
    const float *const counts = &state[BL_GAUGE_WORDS];
    float sum = 0.0f;
    for (size_t t = 0; t < trees; t++) {
        const float mass = bl_half_space_trees_mass(depth, fewest, &axis[t * inner], &at[t * inner], x,
                                                    &counts[t * (2u * inner + 1u)]);
        sum += bl_logf(1.0f + 1.0f / mass);
    }
    return sum / (float)trees;
}

/* Counts x on its way down one tree. */
static inline void bl_half_space_trees_count(size_t depth, const uint16_t axis[], const float at[], const float x[],
                                             float counts[])
{
    size_t node = 0u;
    for (size_t level = 0; level < depth; level++) {
        counts[node] += 1.0f;
        node = 2u * node + (x[axis[node]] < at[node] ? 1u : 2u);
    }
    counts[node] += 1.0f;
}

static inline void bl_half_space_trees_learn(size_t trees, size_t depth, uint32_t memory, float fewest,
                                             const uint16_t axis[], const float at[], const float x[], float state[])
{
    if (bl_gauge_full(state))
        return;
    const size_t inner = ((size_t)1 << depth) - 1u;
    float *const counts = &state[BL_GAUGE_WORDS];
    if (state[0] >= BL_HALF_SPACE_TREES_WARM_UP)
        bl_gauge_learn(bl_half_space_trees_distance(trees, depth, fewest, axis, at, x, state),
                       BL_HALF_SPACE_TREES_WARM_UP, memory, state);
    for (size_t t = 0; t < trees; t++)
        bl_half_space_trees_count(depth, &axis[t * inner], &at[t * inner], x, &counts[t * (2u * inner + 1u)]);
    state[0] += 1.0f;
    if (memory != 0u && (bl_gauge_number(state) & ((1u << memory) - 1u)) == 0u)
        for (size_t i = 0; i < trees * (2u * inner + 1u); i++)
            counts[i] *= 0.5f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_half_space_trees_detect(size_t trees, size_t depth, float fewest, float factor,
                                               const uint16_t axis[], const float at[], const float x[],
                                               const float state[])
{
    if (state[0] <= BL_HALF_SPACE_TREES_WARM_UP)
        return BL_RATIO_MAX;
    return bl_gauge_ratio(bl_half_space_trees_distance(trees, depth, fewest, axis, at, x, state), factor, state);
}

#endif
