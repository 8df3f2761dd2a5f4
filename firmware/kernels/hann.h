/* Periodic Hann window on each axis: (axes, length). The window is symmetric about length / 2, so that the table
 * holds w(0) .. w(length / 2) only and serves sample i and sample length - i. */
#ifndef BL_HANN_H
#define BL_HANN_H

#include "contract.h"

static inline void bl_hann(size_t axes, size_t length, const float window[], float x[])
{
    for (size_t a = 0; a < axes; a++) {
        float *const axis = &x[a * length];
        for (size_t i = 0; i <= length / 2u; i++)
            axis[i] *= window[i];
        for (size_t i = length / 2u + 1u; i < length; i++)
            axis[i] *= window[length - i];
    }
}

#endif
