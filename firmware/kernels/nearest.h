/* The k nearest of many prototypes (rows of features) by squared distance, nearest first; where two are equally far,
 * the lower index comes first. k is at most BL_NEAREST_MAX and no more than there are prototypes. */
#ifndef BL_NEAREST_H
#define BL_NEAREST_H

#include "contract.h"
#include "squared_distance.h"

#define BL_NEAREST_MAX 16

static inline void bl_nearest(size_t count, size_t features, size_t k, const float prototypes[], const float x[],
                              uint16_t nearest[BL_NEAREST_MAX])
{
    float distances[BL_NEAREST_MAX];
    size_t found = 0u;
    for (size_t p = 0; p < count; p++) {
        const float distance = bl_squared_distance(features, x, &prototypes[p * features]);
        if (found == k && !(distance < distances[k - 1u]))
            continue;
        size_t place = found < k ? found++ : k - 1u;
        for (; place > 0u && distance < distances[place - 1u]; place--) {
            distances[place] = distances[place - 1u];
            nearest[place] = nearest[place - 1u];
        }
        distances[place] = distance;
        nearest[place] = (uint16_t)p;
    }
}

#endif
