/* First difference of each axis: (axes, length) becomes (axes, length - 1) in place; what is written lies before
 * what is still to be read. */
#ifndef BL_DIFFERENCE_H
#define BL_DIFFERENCE_H

#include "contract.h"

static inline void bl_difference(size_t axes, size_t length, float x[])
{
    for (size_t a = 0; a < axes; a++)
        for (size_t i = 0; i + 1u < length; i++)
            x[a * (length - 1u) + i] = x[a * length + i + 1u] - x[a * length + i];
}

#endif
