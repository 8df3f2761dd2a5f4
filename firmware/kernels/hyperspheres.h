/* Spheres around what is regular: the least distance from a centre over its radius. Above 1 is outside all of them,
 * an outlier. Centres are rows of features. */
#ifndef BL_HYPERSPHERES_H
#define BL_HYPERSPHERES_H

#include "contract.h"
#include "ratio.h"
#include "squared_distance.h"

static inline float bl_hyperspheres(size_t spheres, size_t features, const float centres[], const float radii[],
                                    const float x[])
{
    float least = BL_RATIO_MAX;
    for (size_t s = 0; s < spheres; s++) {
        const float distance = bl_sqrt(bl_squared_distance(features, x, &centres[s * features]));
        least = bl_min(least, bl_ratio(distance, radii[s]));
    }
    return least;
}

#endif
