/* Products of pairs: (features, 1) becomes (features + first * (first + 1) / 2, 1). After the features come
 * x[i] * x[j] for 0 <= i <= j < first, i by i. */
#ifndef BL_QUADRATIC_H
#define BL_QUADRATIC_H

#include "contract.h"

static inline void bl_quadratic(size_t features, size_t first, float x[])
{
    size_t next = features;
    for (size_t i = 0; i < first; i++)
        for (size_t j = i; j < first; j++)
            x[next++] = x[i] * x[j];
}

#endif
