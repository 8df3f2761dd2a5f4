/* Time statistics of each axis: (axes, length) becomes (axes, bits set in `which`), in the order of the bits.
 *
 * Sums and extremes first, then the moments about the mean; everything upwards. The mean of a constant axis is that
 * constant, so its deviations are exactly 0, and a ratio whose denominator is 0 is 0. `which` is a literal in a
 * library, and the compiler drops what is not asked for. */
#ifndef BL_STATISTICS_H
#define BL_STATISTICS_H

#include <stdbool.h>

#include "quotient.h"

#define BL_MEAN 0x001u           /* sum / length */
#define BL_RMS 0x002u            /* sqrt(mean of x^2) */
#define BL_PEAK_TO_PEAK 0x004u   /* largest - smallest */
#define BL_CREST 0x008u          /* largest |x| / RMS */
#define BL_SKEWNESS 0x010u       /* m3 / m2^1.5, m_k the mean of (x - mean)^k */
#define BL_KURTOSIS 0x020u       /* m4 / m2^2; a normal distribution has 3 */
#define BL_ZERO_CROSSINGS 0x040u /* how often x - mean changes between below 0 and not below 0 */
#define BL_ACTIVITY 0x080u       /* Hjorth: m2, the variance */
#define BL_MOBILITY 0x100u       /* Hjorth: sqrt(d1 / m2), d1 the mean square of the first difference */
#define BL_COMPLEXITY 0x200u     /* Hjorth: sqrt(d2 / d1) / mobility, d2 that of the second difference */
#define BL_STATISTICS 10u

/* What one look at the samples gives. */
typedef struct {
    float mean, rms, low, high;
} bl_level;

BL_INLINE bl_level bl_level_of(size_t length, const float x[])
{
    float low = x[0], high = x[0], sum = x[0], power = x[0] * x[0];
    for (size_t i = 1; i < length; i++) {
        low = bl_min(low, x[i]);
        high = bl_max(high, x[i]);
        sum += x[i];
        power += x[i] * x[i];
    }
    const float n = (float)length;
    const bl_level level = {low == high ? low : sum / n, bl_sqrt(power / n), low, high};
    return level;
}

/* Central moments and sign changes of x - mean. */
typedef struct {
    float m2, m3, m4, crossings;
} bl_moments;

BL_INLINE bl_moments bl_moments_of(size_t length, float mean, const float x[])
{
    float m2 = 0.0f, m3 = 0.0f, m4 = 0.0f;
    bool below = x[0] - mean < 0.0f;
    uint32_t crossings = 0;
    for (size_t i = 0; i < length; i++) {
        const float d = x[i] - mean, square = d * d;
        m2 += square;
        m3 += square * d;
        m4 += square * square;
        crossings += below != (d < 0.0f) ? 1u : 0u;
        below = d < 0.0f;
    }
    const float n = (float)length;
    const bl_moments moments = {m2 / n, m3 / n, m4 / n, (float)crossings};
    return moments;
}

/* Mean squares of the first and the second difference. */
typedef struct {
    float d1, d2;
} bl_steps;

BL_INLINE bl_steps bl_steps_of(size_t length, const float x[])
{
    float step = x[1] - x[0], d1 = step * step, d2 = 0.0f;
    for (size_t i = 2; i < length; i++) {
        const float next = x[i] - x[i - 1u], bend = next - step;
        d1 += next * next;
        d2 += bend * bend;
        step = next;
    }
    const bl_steps steps = {d1 / (float)(length - 1u), d2 / (float)(length - 2u)};
    return steps;
}

/* One axis of at least three samples; returns how many statistics it wrote to `out`. */
static inline size_t bl_statistics_axis(size_t length, uint32_t which, const float x[], float out[BL_STATISTICS])
{
    const bl_level level = bl_level_of(length, x);
    const bl_moments of_mean = bl_moments_of(length, level.mean, x);
    const bl_steps steps = bl_steps_of(length, x);
    const float m2 = of_mean.m2, mobility = bl_sqrt(bl_quotient(steps.d1, m2));
    size_t count = 0;
    if ((which & BL_MEAN) != 0u)
        out[count++] = level.mean;
    if ((which & BL_RMS) != 0u)
        out[count++] = level.rms;
    if ((which & BL_PEAK_TO_PEAK) != 0u)
        out[count++] = level.high - level.low;
    if ((which & BL_CREST) != 0u)
        out[count++] = bl_quotient(bl_max(level.high, -level.low), level.rms);
    if ((which & BL_SKEWNESS) != 0u)
        out[count++] = bl_quotient(of_mean.m3, m2 * bl_sqrt(m2));
    if ((which & BL_KURTOSIS) != 0u)
        out[count++] = bl_quotient(of_mean.m4, m2 * m2);
    if ((which & BL_ZERO_CROSSINGS) != 0u)
        out[count++] = of_mean.crossings;
    if ((which & BL_ACTIVITY) != 0u)
        out[count++] = m2;
    if ((which & BL_MOBILITY) != 0u)
        out[count++] = mobility;
    if ((which & BL_COMPLEXITY) != 0u)
        out[count++] = bl_quotient(bl_sqrt(bl_quotient(steps.d2, steps.d1)), mobility);
    return count;
}

static inline void bl_statistics(size_t axes, size_t length, uint32_t which, float x[])
{
    size_t written = 0;
    for (size_t a = 0; a < axes; a++) {
        float out[BL_STATISTICS];
        const size_t count = bl_statistics_axis(length, which, &x[a * length], out);
        for (size_t i = 0; i < count; i++)
            x[written++] = out[i];
    }
}

#endif
