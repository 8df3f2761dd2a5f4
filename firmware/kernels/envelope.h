/* How large an axis is, followed smoothly: |x| through a low pass of one pole, y += share * (|x| - y), which begins
 * at the first |x|. (axes, length) stays. What modulates a vibration shows in a spectrum of this. */
#ifndef BL_ENVELOPE_H
#define BL_ENVELOPE_H

#include "contract.h"

static inline void bl_envelope(size_t axes, size_t length, float share, float x[])
{
    for (size_t a = 0; a < axes; a++) {
        float *const axis = &x[a * length];
        float y = bl_abs(axis[0]);
        for (size_t i = 0; i < length; i++) {
            y += share * (bl_abs(axis[i]) - y);
            axis[i] = y;
        }
    }
}

#endif
