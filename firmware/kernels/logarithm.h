/* Natural logarithm of each value's size, not below that of `floor`: (axes, length), element by element. */
#ifndef BL_LOGARITHM_H
#define BL_LOGARITHM_H

#include "logf.h"

static inline void bl_logarithm(size_t axes, size_t length, float floor, float x[])
{
    for (size_t i = 0; i < axes * length; i++)
        x[i] = bl_logf(bl_max(floor, bl_abs(x[i])));
}

#endif
