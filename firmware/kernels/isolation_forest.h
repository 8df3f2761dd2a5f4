/* Isolation forest: trees that split at random tell few signals from the rest early. Number of trees over the sum of the
 * leaves (lengths of the ways, 1 on average for what is regular), tree after tree, over its limit. Above 1 is an outlier. */
#ifndef BL_ISOLATION_FOREST_H
#define BL_ISOLATION_FOREST_H

#include "contract.h"
#include "forest.h"
#include "ratio.h"

static inline float bl_isolation_forest(size_t trees, const uint16_t roots[], const uint16_t feature[],
                                        const int16_t children[], const int32_t threshold[], const float leaves[],
                                        float limit, const float x[])
{
    float sum = 0.0f;
    for (size_t t = 0; t < trees; t++)
        sum += leaves[bl_forest_leaf(roots[t], feature, children, threshold, x)];
    return bl_ratio((float)trees / sum, limit);
}

#endif
