/* One way down a decision tree, and the sum of what many trees say.
 *
 * Node n asks whether x[feature[n]] <= threshold[n] and goes to children[2 n] if so, else to children[2 n + 1]. A
 * child that is negative is a leaf: ~child is its row in the table of leaves. Children come after their parents, so
 * every way ends. Thresholds are stored as ranks: integers in the order of the floats, which are compared in a cycle
 * with or without an FPU. */
#ifndef BL_FOREST_H
#define BL_FOREST_H

#include <stdbool.h>

#include "contract.h"

/* Trees walked before their leaves are added up, and words of sums kept in registers meanwhile. */
#define BL_FOREST_TREES 32u
#define BL_FOREST_WORDS 4u

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
        size_t place = 2u * node;
        if (bl_rank(x[feature[node]]) > threshold[node])
            place += 1u;
        const int32_t next = children[place];
        if (next < 0)
            return (size_t)~next;
        node = (size_t)next;
    }
}

/* Adds the sums of words `first` .. `first + here - 1` (at most BL_FOREST_WORDS) of the rows of some trees to `out`,
 * or begins with them. */
BL_INLINE void bl_forest_add(size_t outputs, size_t trees, const uint16_t rows[], const uint32_t leaves[],
                             size_t first, size_t here, bool begin, float out[])
{
    const size_t words = (outputs + 3u) / 4u;
    uint32_t even[BL_FOREST_WORDS] = {0}, odd[BL_FOREST_WORDS] = {0};
    for (size_t t = 0; t < trees; t++) {
        const uint32_t *const row = &leaves[words * rows[t] + first];
#pragma GCC unroll 4
        for (size_t w = 0; w < here; w++) {
            even[w] += row[w] & 0x00FF00FFu;
            odd[w] += (row[w] >> 8) & 0x00FF00FFu;
        }
    }
#pragma GCC unroll 4
    for (size_t w = 0; w < here; w++) {
        const uint32_t sums[4] = {even[w] & 0xFFFFu, odd[w] & 0xFFFFu, even[w] >> 16, odd[w] >> 16};
        const size_t i = 4u * (first + w);
#pragma GCC unroll 4
        for (size_t j = 0; j < 4u; j++)
            if (i + j < outputs)
                out[i + j] = begin ? (float)sums[j] : out[i + j] + (float)sums[j];
    }
}

/* Sums over the trees of the bytes of their leaves, as floats: exact, at most 255 * 256. Four bytes share a word of
 * `leaves`, the first one lowest, and are added in two pairs of 16 bits. */
BL_INLINE void bl_forest_sums(size_t outputs, size_t trees, const uint16_t roots[], const uint16_t feature[],
                              const int16_t children[], const int32_t threshold[], const uint32_t leaves[],
                              const float x[], float out[])
{
    const size_t words = (outputs + 3u) / 4u;
    for (size_t done = 0; done < trees; done += BL_FOREST_TREES) {
        const size_t some = trees - done < BL_FOREST_TREES ? trees - done : BL_FOREST_TREES;
        uint16_t rows[BL_FOREST_TREES];
        for (size_t t = 0; t < some; t++)
            rows[t] = (uint16_t)bl_forest_leaf(roots[done + t], feature, children, threshold, x);
        for (size_t w = 0; w < words; w += BL_FOREST_WORDS) {
            const size_t here = words - w < BL_FOREST_WORDS ? words - w : BL_FOREST_WORDS;
            bl_forest_add(outputs, some, rows, leaves, w, here, done == 0u, out);
        }
    }
}

#endif
