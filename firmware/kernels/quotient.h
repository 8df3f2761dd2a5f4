/* A ratio that is 0 where there is nothing to divide by, as in the features of a constant axis. */
#ifndef BL_QUOTIENT_H
#define BL_QUOTIENT_H

#include "contract.h"

BL_INLINE float bl_quotient(float a, float b)
{
    return b == 0.0f ? 0.0f : a / b;
}

#endif
