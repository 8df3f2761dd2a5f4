/* Gaussian naive Bayes: per class a constant (logarithm of prior and of variances) less half the sum over features,
 * upwards, of squared deviation times inverse variance; softmax makes the scores probabilities. Means and inverse
 * variances are rows of features, one per class. */
#ifndef BL_NAIVE_BAYES_H
#define BL_NAIVE_BAYES_H

#include "contract.h"
#include "softmax.h"

#define BL_NAIVE_BAYES_FAR 1e30f /* sums end here, so that two infinite ones never meet */

static inline void bl_naive_bayes(size_t classes, size_t features, const float mean[], const float inverse_variance[],
                                  const float constant[], const float x[], float out[])
{
    for (size_t c = 0; c < classes; c++) {
        const size_t row = c * features;
        float sum = 0.0f;
        for (size_t i = 0; i < features; i++) {
            const float off = x[i] - mean[row + i];
            sum += off * off * inverse_variance[row + i];
        }
        out[c] = constant[c] - 0.5f * bl_min(sum, BL_NAIVE_BAYES_FAR);
    }
    bl_softmax(classes, out);
}

#endif
