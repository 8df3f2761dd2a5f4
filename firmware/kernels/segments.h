/* Each axis cut into equal parts, which become axes: (axes, length) to (axes * parts, length / parts) in place.
 * Samples left over at the end of an axis are dropped; where none are, nothing has to move. */
#ifndef BL_SEGMENTS_H
#define BL_SEGMENTS_H

#include "contract.h"

static inline void bl_cut_segments(size_t axes, size_t length, size_t parts, float x[])
{
    const size_t kept = length / parts * parts;
    if (kept == length)
        return;
    for (size_t a = 1; a < axes; a++)
        for (size_t i = 0; i < kept; i++)
            x[a * kept + i] = x[a * length + i];
}

#endif
