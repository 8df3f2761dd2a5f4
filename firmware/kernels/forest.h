/* One way down a decision tree, and the sum of what many trees say.
 *
 * Node n asks whether x[feature[n]] <= threshold[n] and goes to children[2 n] if so, else to children[2 n + 1]. A
 * child that is negative is a leaf: ~child is its row in the table of leaves. Children come after their parents, so
 * every way ends. Thresholds are stored as ranks: integers in the order of the floats, which are compared in a cycle
 * with or without an FPU. */
#ifndef BL_FOREST_H
#define BL_FOREST_H

#include "contract.h"

#define BL_FOREST_GROUP 32u

/* An integer that is less than another's if and only if the float is (-0 ranks one below +0). */
BL_INLINE int32_t bl_rank(float x)
{
    const uint32_t bits = bl_bits(x);
    return (int32_t)(bits ^ ((0u - (bits >> 31)) >> 1));
}

BL_INLINE size_t bl_forest_leaf(size_t node, const uint16_t feature[], const int16_t children[],
                                const int32_t threshold[], const float x[])
{
    for (;;) {
        const size_t right = bl_rank(x[feature[node]]) > threshold[node];
        const int32_t next = children[2u * node + right];
        if (next < 0)
            return (size_t)~next;
        node = (size_t)next;
    }
}

/* Sums over the trees of the bytes of their leaves, as floats: exact, at most 255 * 256. Four bytes share a word of
 * `leaves`, the first one lowest, and are added in two pairs. Of a group of 32 outputs the sums are in registers or
 * on the stack; with more outputs, the trees are walked once for each group. */
BL_INLINE void bl_forest_sums(size_t outputs, size_t trees, const uint16_t roots[], const uint16_t feature[],
                              const int16_t children[], const int32_t threshold[], const uint32_t leaves[],
                              const float x[], float out[])
{
    const size_t words = (outputs + 3u) / 4u;
    for (size_t first = 0; first < outputs; first += BL_FOREST_GROUP) {
        const size_t left = words - first / 4u, here = left < BL_FOREST_GROUP / 4u ? left : BL_FOREST_GROUP / 4u;
        uint32_t even[BL_FOREST_GROUP / 4u] = {0}, odd[BL_FOREST_GROUP / 4u] = {0};
        for (size_t t = 0; t < trees; t++) {
            const size_t leaf = bl_forest_leaf(roots[t], feature, children, threshold, x);
            const uint32_t *const row = &leaves[words * leaf + first / 4u];
            for (size_t w = 0; w < here; w++) {
                even[w] += row[w] & 0x00FF00FFu;
                odd[w] += (row[w] >> 8) & 0x00FF00FFu;
            }
        }
        for (size_t i = first; i < outputs && i < first + BL_FOREST_GROUP; i++) {
            const uint32_t pair = (i & 1u) != 0u ? odd[(i - first) / 4u] : even[(i - first) / 4u];
            out[i] = (float)((i & 2u) != 0u ? pair >> 16 : pair & 0xFFFFu);
        }
    }
}

#endif
