/* The user's buffer x0 y0 z0 x1 y1 z1 .. to one row per axis: length * axes to (axes, length). */
#ifndef BL_DEINTERLEAVE_H
#define BL_DEINTERLEAVE_H

#include "contract.h"

static inline void bl_deinterleave(size_t axes, size_t length, const float in[], float x[])
{
    for (size_t a = 0; a < axes; a++)
        for (size_t i = 0; i < length; i++)
            x[a * length + i] = in[i * axes + a];
}

#endif
