/* Several models answer together, each on features of its own: the mean of their answers. One whose features leave the
 * range that models take says nothing. */
#ifndef BL_COMMITTEE_H
#define BL_COMMITTEE_H

#include "finite.h"

static inline void bl_committee_begin(size_t outputs, float out[])
{
    for (size_t k = 0; k < outputs; k++)
        out[k] = 0.0f;
}

/* A member's features, where its own steps may work on them. */
static inline void bl_committee_take(size_t inputs, const float features[], float x[])
{
    for (size_t i = 0; i < inputs; i++)
        x[i] = features[i];
}

/* The mean of `before` votes becomes that of one more. As shares it stays finite where a sum might not. */
static inline uint32_t bl_committee_vote(size_t outputs, const float vote[], uint32_t before, float out[])
{
    const float share = 1.0f / (float)(before + 1u);
    const float rest = 1.0f - share;
    for (size_t k = 0; k < outputs; k++)
        out[k] = out[k] * rest + vote[k] * share;
    return before + 1u;
}

#endif
