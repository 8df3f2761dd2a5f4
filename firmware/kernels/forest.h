/* One way down a decision tree. Node n asks whether x[feature[n]] <= threshold[n]: yes goes to node child[n], no to the
 * one after it. A negative feature marks a leaf, and child[n] is then its row in the table of leaves. Children come
 * after their parents, so every way ends. */
#ifndef BL_FOREST_H
#define BL_FOREST_H

#include "contract.h"

static inline size_t bl_forest_leaf(size_t node, const int16_t feature[], const uint16_t child[],
                                    const float threshold[], const float x[])
{
    while (feature[node] >= 0)
        node = x[feature[node]] <= threshold[node] ? child[node] : child[node] + (size_t)1u;
    return child[node];
}

#endif
