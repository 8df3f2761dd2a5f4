/* Decision forest that votes: each tree gives the row of its leaf, whole numbers that sum to 255 over the classes.
 * Probabilities are votes times the share of one. */
#ifndef BL_FOREST_CLASSES_H
#define BL_FOREST_CLASSES_H

#include "contract.h"
#include "forest.h"

static inline void bl_forest_classes(size_t classes, size_t trees, const uint16_t roots[], const uint16_t feature[],
                                     const int16_t children[], const int32_t threshold[], const uint32_t leaves[],
                                     const float x[], float out[])
{
    bl_forest_sums(classes, trees, roots, feature, children, threshold, leaves, x, out);
    const float share = 1.0f / (float)(255u * trees);
    for (size_t c = 0; c < classes; c++)
        out[c] *= share;
}

#endif
