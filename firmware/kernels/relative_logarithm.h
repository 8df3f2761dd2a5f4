/* Natural logarithm of each value's size as a share of the largest of the whole signal, not below that of `floor`:
 * (axes, length), element by element. So a signal and its double give the same. A signal of zeros is all floor. */
#ifndef BL_RELATIVE_LOGARITHM_H
#define BL_RELATIVE_LOGARITHM_H

#include "logf.h"

static inline void bl_relative_logarithm(size_t axes, size_t length, float floor, float x[])
{
    float most = bl_abs(x[0]);
    for (size_t i = 1; i < axes * length; i++)
        most = bl_max(most, bl_abs(x[i]));
    if (most == 0.0f)
        most = 1.0f;
    for (size_t i = 0; i < axes * length; i++)
        x[i] = bl_logf(bl_max(floor, bl_abs(x[i]) / most));
}

#endif
