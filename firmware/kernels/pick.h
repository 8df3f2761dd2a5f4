/* Some of the features: (features, 1) becomes (kept, 1), x[i] = x[which[i]]. `work` holds `kept` floats, because a
 * feature may be wanted after its place was taken. */
#ifndef BL_PICK_H
#define BL_PICK_H

#include "contract.h"

static inline void bl_pick(size_t features, size_t kept, const uint16_t which[], float x[], float work[])
{
    (void)features;
    for (size_t i = 0; i < kept; i++)
        work[i] = x[which[i]];
    for (size_t i = 0; i < kept; i++)
        x[i] = work[i];
}

#endif
