/* What the API refuses. Without its sign bit a float orders as its bits do, infinity and NaN above every number:
 * integer compares serve, which is fastest with and without an FPU. */
#ifndef BL_FINITE_H
#define BL_FINITE_H

#include <stdbool.h>

#include "contract.h"

static inline bool bl_all_at_most(size_t n, const float x[], float limit)
{
    for (size_t i = 0; i < n; i++)
        if ((bl_bits(x[i]) & 0x7FFFFFFFu) > bl_bits(limit))
            return false;
    return true;
}

/* No NaN and no infinity: the check of the user's buffer. */
static inline bool bl_all_finite(size_t n, const float x[])
{
    return bl_all_at_most(n, x, 3.40282347e38f);
}

/* Nothing beyond 1e15 either: the check of features, whose squares and sums then stay finite in every model. */
static inline bool bl_all_within(size_t n, const float x[])
{
    return bl_all_at_most(n, x, 1e15f);
}

#endif
