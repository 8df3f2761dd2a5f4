/* Distance to the k-th nearest of many prototypes (rows of features) over its limit. Above 1 is an outlier. k is at most
 * BL_RADIUS_MAX and no more than there are prototypes. */
#ifndef BL_NEAREST_RADIUS_H
#define BL_NEAREST_RADIUS_H

#include "contract.h"
#include "ratio.h"
#include "squared_distance.h"

#define BL_RADIUS_MAX 8

static inline float bl_nearest_radius(size_t count, size_t features, size_t k, const float prototypes[], float limit,
                                      const float x[])
{
    float nearest[BL_RADIUS_MAX]; /* squared distances, rising */
    for (size_t i = 0; i < k; i++)
        nearest[i] = 3e38f;
    for (size_t p = 0; p < count; p++) {
        const float distance = bl_squared_distance(features, x, &prototypes[p * features]);
        if (!(distance < nearest[k - 1u]))
            continue;
        size_t place = k - 1u;
        for (; place > 0u && distance < nearest[place - 1u]; place--)
            nearest[place] = nearest[place - 1u];
        nearest[place] = distance;
    }
    return bl_ratio(bl_sqrt(nearest[k - 1u]), limit);
}

#endif
