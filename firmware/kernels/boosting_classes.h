/* Boosted decision trees that tell classes apart: each leaf holds one byte per class, 128 for no opinion. A class's
 * score is `step` times the sum of what its bytes are above 128; scores become probabilities by softmax. */
#ifndef BL_BOOSTING_CLASSES_H
#define BL_BOOSTING_CLASSES_H

#include "contract.h"
#include "forest.h"
#include "softmax.h"

static inline void bl_boosting_classes(size_t classes, size_t trees, const uint16_t roots[],
                                       const uint16_t feature[], const int16_t children[], const int32_t threshold[],
                                       const uint32_t leaves[], float step, const float x[], float out[])
{
    bl_forest_sums(classes, trees, roots, feature, children, threshold, leaves, x, out);
    for (size_t c = 0; c < classes; c++)
        out[c] = step * (out[c] - (float)(128u * trees));
    bl_softmax(classes, out);
}

#endif
