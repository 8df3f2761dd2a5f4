/* Ratio to similarity: 100 at 0, 90 or more exactly up to 1, falling with the square of the ratio. Beyond 1 it falls as
 * one over the root of the ratio, 45 at 4, so that it goes on telling near from far: it is 0 from 8100 on. */
#ifndef BL_SIMILARITY_H
#define BL_SIMILARITY_H

#include "contract.h"

static inline uint8_t bl_similarity(float ratio)
{
    if (!(ratio < 8100.0f)) /* NaN too */
        return 0u;
    if (ratio <= 0.0f)
        return 100u;
    if (ratio <= 1.0f)
        return (uint8_t)(100.0f - 10.0f * (ratio * ratio));
    const float fallen = 90.0f / bl_sqrt(ratio);
    return (uint8_t)(fallen < 89.0f ? fallen : 89.0f); /* just above 1 the curve still rounds to 90 */
}

#endif
