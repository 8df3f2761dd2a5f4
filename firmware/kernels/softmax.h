/* Scores to probabilities in place: exponentials of the scores below the greatest, over their sum, upwards.
 * The greatest score contributes exactly 1, so the sum is never 0. */
#ifndef BL_SOFTMAX_H
#define BL_SOFTMAX_H

#include "contract.h"
#include "expf.h"

static inline void bl_softmax(size_t classes, float scores[])
{
    float greatest = scores[0];
    for (size_t c = 1u; c < classes; c++)
        if (scores[c] > greatest)
            greatest = scores[c];
    float sum = 0.0f;
    for (size_t c = 0; c < classes; c++) {
        scores[c] = bl_expf(scores[c] - greatest);
        sum += scores[c];
    }
    for (size_t c = 0; c < classes; c++)
        scores[c] /= sum;
}

#endif
