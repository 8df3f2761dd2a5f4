/* Each of the k nearest prototypes votes for its class; probabilities are votes over k. */
#ifndef BL_NEAREST_CLASSES_H
#define BL_NEAREST_CLASSES_H

#include "contract.h"
#include "nearest.h"

static inline void bl_nearest_classes(size_t classes, size_t count, size_t features, size_t k,
                                      const float prototypes[], const uint8_t labels[], const float x[], float out[])
{
    uint16_t nearest[BL_NEAREST_MAX];
    bl_nearest(count, features, k, prototypes, x, nearest);
    for (size_t c = 0; c < classes; c++) {
        uint32_t votes = 0u;
        for (size_t n = 0; n < k; n++)
            votes += labels[nearest[n]] == c;
        out[c] = (float)votes / (float)k;
    }
}

#endif
