/* Linear regression of int8 weights: bias + step * (weights . q), q the features times `scale` as integers. */
#ifndef BL_RIDGE_INT8_H
#define BL_RIDGE_INT8_H

#include "contract.h"
#include "dot_int8.h"

static inline float bl_ridge_int8(size_t features, const int8_t weights[], float step, float bias, float scale,
                                  const float x[], float work[])
{
    bl_dot_int8_features(features, scale, x, work);
    return bias + step * (float)bl_dot_int8(features, weights, work);
}

#endif
