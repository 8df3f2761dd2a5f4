/* One-class support vectors: how thin the density of Gaussian bumps (rows of features, weights that sum to 1) is at x,
 * -log(sum of weights * exp(-gamma * squared distance)), over its limit. Above 1 is an outlier. The exponentials are
 * taken relative to the nearest vector's, so that far away nothing vanishes. `work` holds a float per vector. */
#ifndef BL_ONE_CLASS_SVM_H
#define BL_ONE_CLASS_SVM_H

#include "contract.h"
#include "expf.h"
#include "logf.h"
#include "ratio.h"
#include "squared_distance.h"

static inline float bl_one_class_svm(size_t count, size_t features, const float vectors[], const float weights[],
                                     float gamma, float limit, const float x[], float work[])
{
    float least = 3e38f;
    for (size_t v = 0; v < count; v++) {
        work[v] = bl_squared_distance(features, x, &vectors[v * features]);
        least = bl_min(least, work[v]);
    }
    float sum = 0.0f;
    for (size_t v = 0; v < count; v++)
        sum += weights[v] * bl_expf((least - work[v]) * gamma);
    return bl_ratio(bl_max(0.0f, least * gamma - bl_logf(sum)), limit);
}

#endif
