/* Exported wrappers of the models; see wrap.h. */
#include "wrap.h"

#include "../kernels/gaussian.h"
#include "../kernels/linear.h"
#include "../kernels/ridge.h"
#include "../kernels/running_gaussian.h"
#include "../kernels/similarity.h"

/* The first value of table t, for numbers that are a table of one. */
static inline float number(const void *const tables[], size_t t)
{
    return ((const float *)tables[t])[0];
}

BLH_LEARNING(running_gaussian, bl_running_gaussian_learn(features, number(tables, 0), row, state),
             bl_running_gaussian_detect(features, number(tables, 0), number(tables, 1), row, state))

BLH_STATIC(gaussian, 1u, result[0] = bl_gaussian(features, tables[0], tables[1], number(tables, 2), row))
BLH_STATIC(linear, params[0], bl_linear(params[0], features, tables[0], tables[1], row, result))
BLH_STATIC(ridge, 1u, result[0] = bl_ridge(features, tables[0], number(tables, 1), row))

BLH_STAGE(similarity, for (size_t i = 0; i < axes * length; i++) row[i] = (float)bl_similarity(row[i]))
