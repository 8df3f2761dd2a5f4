/* Square of each value, as of the magnitudes of a spectrum: (axes, length), element by element. */
#ifndef BL_POWER_H
#define BL_POWER_H

#include "contract.h"

static inline void bl_power(size_t axes, size_t length, float x[])
{
    for (size_t i = 0; i < axes * length; i++)
        x[i] *= x[i];
}

#endif
