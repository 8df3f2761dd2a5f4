/* The end of a committee for values: 0 where nobody voted. */
#ifndef BL_COMMITTEE_VALUES_H
#define BL_COMMITTEE_VALUES_H

#include "committee.h"

static inline void bl_committee_values(uint32_t votes, float out[])
{
    if (votes == 0u)
        out[0] = 0.0f;
}

#endif
