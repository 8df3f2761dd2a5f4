/* SEFR: a linear score per class, bias first and features upwards. Margins are scores over the most that any class
 * could have scored with these features (the sum of the sizes of its terms): from -1 to 1, without an exponential.
 * Probabilities are the margins above -1 over their sum; where all are -1, every class is as likely. */
#ifndef BL_SEFR_H
#define BL_SEFR_H

#include "contract.h"

static inline void bl_sefr(size_t classes, size_t features, const float weights[], const float bias[],
                           const float x[], float out[])
{
    float most = 0.0f;
    for (size_t c = 0; c < classes; c++) {
        const float *const row = &weights[c * features];
        float score = bias[c];
        float size = bl_abs(bias[c]);
        for (size_t i = 0; i < features; i++) {
            const float term = row[i] * x[i];
            score += term;
            size += bl_abs(term);
        }
        out[c] = score;
        most = bl_max(most, size);
    }
    float total = 0.0f;
    for (size_t c = 0; c < classes; c++) {
        out[c] = most > 0.0f ? 1.0f + out[c] / most : 1.0f;
        total += out[c];
    }
    for (size_t c = 0; c < classes; c++)
        out[c] = total > 0.0f ? out[c] / total : 1.0f / (float)classes;
}

#endif
