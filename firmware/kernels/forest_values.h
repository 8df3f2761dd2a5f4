/* Decision forest for a number: mean of the leaves, tree after tree. */
#ifndef BL_FOREST_VALUES_H
#define BL_FOREST_VALUES_H

#include "contract.h"
#include "forest.h"

static inline float bl_forest_values(size_t trees, const uint16_t roots[], const uint16_t feature[],
                                     const int16_t children[], const int32_t threshold[], const float leaves[],
                                     const float x[])
{
    float sum = 0.0f;
    for (size_t t = 0; t < trees; t++)
        sum += leaves[bl_forest_leaf(roots[t], feature, children, threshold, x)];
    return sum / (float)trees;
}

#endif
