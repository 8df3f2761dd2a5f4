/* Takes each axis' mean away: (axes, length), the sum upwards, one division per axis. */
#ifndef BL_REMOVE_MEAN_H
#define BL_REMOVE_MEAN_H

#include "contract.h"

static inline void bl_remove_mean(size_t axes, size_t length, float x[])
{
    for (size_t a = 0; a < axes; a++) {
        float *const axis = &x[a * length];
        float sum = axis[0];
        for (size_t i = 1; i < length; i++)
            sum += axis[i];
        const float mean = sum / (float)length;
        for (size_t i = 0; i < length; i++)
            axis[i] -= mean;
    }
}

#endif
