/* Where the limit of a learning model comes from: the distances it saw while learning.
 *
 * Each signal's distance is taken before the signal is learned, so it is that of a signal never seen. Their mean and
 * variance carry weights 1, 2, 3, ..., so that the wide distances of a model that knew little fade away; the first
 * `warm_up` signals are not counted at all. The limit is mean + factor * standard deviation.
 *
 * A model with a `memory` forgets: whatever is learned counts as if it were the 2^memory-th signal at most.
 *
 * state[0] signals learned, state[1] mean, state[2] variance; the model's own words follow. */
#ifndef BL_GAUGE_H
#define BL_GAUGE_H

#include <stdbool.h>

#include "contract.h"
#include "ratio.h"
#include "smooth.h"

#define BL_GAUGE_WORDS 3u
#define BL_GAUGE_FULL 16777216.0f /* 2^24: beyond it a float cannot count, and nothing more is learned */
#define BL_GAUGE_FAR 1e15f        /* distances end here, limits start at BL_GAUGE_NEAR */
#define BL_GAUGE_NEAR 1e-6f

static inline bool bl_gauge_full(const float state[])
{
    return state[0] >= BL_GAUGE_FULL;
}

/* Signals that count of `learned`: with a memory of 0 all of them, else at most 2^memory. */
BL_INLINE float bl_gauge_counted(float learned, uint32_t memory)
{
    const float most = memory == 0u ? BL_GAUGE_FULL : (float)(1u << memory);
    return learned < most ? learned : most;
}

/* Signals learned as an integer, whatever stands there. */
BL_INLINE uint32_t bl_gauge_number(const float state[])
{
    if (!(state[0] > 0.0f)) /* NaN too */
        return 0u;
    return state[0] < BL_GAUGE_FULL ? (uint32_t)state[0] : (uint32_t)BL_GAUGE_FULL;
}

/* Counts the distance of the signal about to be learned; only from state[0] >= warm_up on. */
static inline void bl_gauge_learn(float distance, float warm_up, uint32_t memory, float state[])
{
    const float weight = 2.0f / (bl_gauge_counted(state[0] - warm_up, memory) + 2.0f);
    const float off = (distance < BL_GAUGE_FAR ? distance : BL_GAUGE_FAR) - state[1];
    state[1] += weight * off;
    state[2] = (1.0f - weight) * (state[2] + weight * off * off);
}

/* Only from state[0] > warm_up on: before, no distance has been counted. */
static inline float bl_gauge_ratio(float distance, float factor, const float state[])
{
    const float limit = state[1] + factor * bl_sqrt(state[2]);
    return bl_ratio(distance, limit > BL_GAUGE_NEAR ? limit : BL_GAUGE_NEAR);
}

#endif
