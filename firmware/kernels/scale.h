/* (x - offset) / spread with one offset and one spread per axis: (axes, length). A true division, because the
 * product with a rounded reciprocal would be another number. */
#ifndef BL_SCALE_H
#define BL_SCALE_H

#include "contract.h"

static inline void bl_scale(size_t axes, size_t length, const float offset[], const float spread[], float x[])
{
    for (size_t a = 0; a < axes; a++)
        for (size_t i = 0; i < length; i++)
            x[a * length + i] = (x[a * length + i] - offset[a]) / spread[a];
}

#endif
