/* A running mean of the last feature vectors, for machine states that come one sample at a time: what a fault does to
 * them is often small and lasting. It is the plain mean of the first 2^smoothing vectors; from then on each new one
 * moves it 2^-smoothing of the way.
 *
 * memory[0] counts vectors up to 2^smoothing, the mean follows. Detecting moves it as learning does. */
#ifndef BL_SMOOTH_H
#define BL_SMOOTH_H

#include "contract.h"

/* Takes x in, puts the mean in its place and returns it; with smoothing 0 x stays as it is. */
static inline float *bl_smooth(size_t features, uint32_t smoothing, float x[], float memory[])
{
    if (smoothing == 0u)
        return x;
    if (memory[0] < (float)(1u << smoothing))
        memory[0] += 1.0f;
    const float share = 1.0f / memory[0];
    float *const mean = &memory[1];
    for (size_t i = 0; i < features; i++) {
        mean[i] += (x[i] - mean[i]) * share;
        x[i] = mean[i];
    }
    return x;
}

#endif
