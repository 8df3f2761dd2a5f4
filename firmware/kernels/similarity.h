/* Ratio to similarity: 100 at 0, 90 or more exactly up to 1, falling in a straight line to 0 at 4. */
#ifndef BL_SIMILARITY_H
#define BL_SIMILARITY_H

#include "contract.h"

static inline uint8_t bl_similarity(float ratio)
{
    if (!(ratio < 4.0f)) /* NaN too */
        return 0u;
    if (ratio <= 0.0f)
        return 100u;
    if (ratio <= 1.0f)
        return (uint8_t)(100.0f - 10.0f * ratio);
    const float fallen = 90.0f - 30.0f * (ratio - 1.0f);
    return (uint8_t)(fallen < 89.0f ? fallen : 89.0f); /* just above 1 the line still rounds to 90 */
}

#endif
