/* Distance over limit, the score of anomaly and outlier models: 1 is the decision. Whatever is 1e6 or more, or no
 * number at all, becomes 1e6, so that every score is finite. `limit` is above 0. */
#ifndef BL_RATIO_H
#define BL_RATIO_H

#include "contract.h"

#define BL_RATIO_MAX 1e6f

static inline float bl_ratio(float distance, float limit)
{
    const float ratio = distance / limit;
    return ratio < BL_RATIO_MAX ? ratio : BL_RATIO_MAX;
}

#endif
