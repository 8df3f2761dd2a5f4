/* Growing prototypes: a signal farther than `novelty` from all that is known becomes a prototype of its own; any other
 * is absorbed by the nearest, which is the running mean of what it absorbed. With no place left, the closest pair of
 * prototypes is merged to make one, if it is closer than the newcomer is; else the newcomer is absorbed too.
 *
 * Distance: root of the mean squared difference from the nearest prototype, the lowest index where several are equal.
 * State: gauge, counts[capacity] (signals in a prototype; the first 0 ends the list), prototypes[capacity][features].
 */
#ifndef BL_GROWING_PROTOTYPES_H
#define BL_GROWING_PROTOTYPES_H

#include "contract.h"
#include "gauge.h"
#include "squared_distance.h"

#define BL_GROWING_PROTOTYPES_WARM_UP 8.0f

/* Number of prototypes there are. */
static inline size_t bl_growing_prototypes_used(size_t capacity, const float counts[])
{
    size_t used = 0u;
    while (used < capacity && counts[used] > 0.0f)
        used++;
    return used;
}

/* Index of the nearest of at least one prototype, and its squared distance. */
static inline size_t bl_growing_prototypes_nearest(size_t used, size_t features, const float x[],
                                                   const float prototypes[], float *squared)
{
    size_t nearest = 0u;
    *squared = bl_squared_distance(features, x, prototypes);
    for (size_t p = 1u; p < used; p++) {
        const float distance = bl_squared_distance(features, x, &prototypes[p * features]);
        if (distance < *squared) {
            *squared = distance;
            nearest = p;
        }
    }
    return nearest;
}

/* Moves prototype p towards x by 1 / share of the way, `share` being what both stand for over what x does. */
static inline void bl_growing_prototypes_move(size_t features, const float x[], float share, float prototype[])
{
    for (size_t i = 0; i < features; i++)
        prototype[i] += (x[i] - prototype[i]) / share;
}

/* Merges the closest pair into its lower index and returns the other, now free; `capacity` if no pair is closer than
 * `squared`. */
static inline size_t bl_growing_prototypes_merge(size_t capacity, size_t features, float squared, float counts[],
                                                 float prototypes[])
{
    size_t low = capacity;
    size_t high = capacity;
    for (size_t a = 0; a < capacity; a++)
        for (size_t b = a + 1u; b < capacity; b++) {
            const float apart = bl_squared_distance(features, &prototypes[a * features], &prototypes[b * features]);
            if (apart < squared) {
                squared = apart;
                low = a;
                high = b;
            }
        }
    if (high < capacity) {
        const float both = counts[low] + counts[high];
        bl_growing_prototypes_move(features, &prototypes[high * features], both / counts[high],
                                   &prototypes[low * features]);
        counts[low] = both;
    }
    return high;
}

/* Takes x in as a new prototype at `place`. */
static inline void bl_growing_prototypes_found(size_t place, size_t features, const float x[], float counts[],
                                               float prototypes[])
{
    counts[place] = 1.0f;
    for (size_t i = 0; i < features; i++)
        prototypes[place * features + i] = x[i];
}

static inline void bl_growing_prototypes_learn(size_t capacity, size_t features, float novelty, const float x[],
                                               float state[])
{
    if (bl_gauge_full(state))
        return;
    float *const counts = &state[BL_GAUGE_WORDS];
    float *const prototypes = &counts[capacity];
    const size_t used = bl_growing_prototypes_used(capacity, counts);
    size_t place = used;
    if (used > 0u) {
        float squared;
        const size_t nearest = bl_growing_prototypes_nearest(used, features, x, prototypes, &squared);
        const float distance = bl_sqrt(squared / (float)features);
        if (state[0] >= BL_GROWING_PROTOTYPES_WARM_UP)
            bl_gauge_learn(distance, BL_GROWING_PROTOTYPES_WARM_UP, 0u, state);
        if (!(distance > novelty))
            place = capacity;
        else if (used == capacity)
            place = bl_growing_prototypes_merge(capacity, features, squared, counts, prototypes);
        if (place == capacity) {
            counts[nearest] += 1.0f;
            bl_growing_prototypes_move(features, x, counts[nearest], &prototypes[nearest * features]);
        }
    }
    if (place < capacity)
        bl_growing_prototypes_found(place, features, x, counts, prototypes);
    state[0] += 1.0f;
}

/* Ratio; BL_RATIO_MAX up to the end of the warm-up. */
static inline float bl_growing_prototypes_detect(size_t capacity, size_t features, float factor, const float x[],
                                                 const float state[])
{
    if (state[0] <= BL_GROWING_PROTOTYPES_WARM_UP)
        return BL_RATIO_MAX;
    const float *const counts = &state[BL_GAUGE_WORDS];
    float squared;
    bl_growing_prototypes_nearest(bl_growing_prototypes_used(capacity, counts), features, x, &counts[capacity],
                                  &squared);
    return bl_gauge_ratio(bl_sqrt(squared / (float)features), factor, state);
}

#endif
