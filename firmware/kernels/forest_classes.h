/* Decision forest that votes: each tree gives the row of its leaf, whole numbers that sum to 255 over the classes.
 * Probabilities are votes over all there are. Sums are whole and below 2^24, hence exact in a float. */
#ifndef BL_FOREST_CLASSES_H
#define BL_FOREST_CLASSES_H

#include "contract.h"
#include "forest.h"

static inline void bl_forest_classes(size_t classes, size_t trees, const uint16_t roots[], const int16_t feature[],
                                     const uint16_t child[], const float threshold[], const uint8_t leaves[],
                                     const float x[], float out[])
{
    for (size_t c = 0; c < classes; c++)
        out[c] = 0.0f;
    for (size_t t = 0; t < trees; t++) {
        const uint8_t *const leaf = &leaves[classes * bl_forest_leaf(roots[t], feature, child, threshold, x)];
        for (size_t c = 0; c < classes; c++)
            out[c] += (float)leaf[c];
    }
    for (size_t c = 0; c < classes; c++)
        out[c] /= (float)(255u * trees);
}

#endif
