/* Fully connected layer of int8 weights and int8 inputs with int32 sums: exact in any order.
 *
 * Weights come four a word, the first in the lowest byte, and each row ends with zeros up to a whole word. Inputs are
 * held as 16 bits, two words for each four of them: inputs 0 and 2, then 1 and 3. That is how a core with the DSP
 * extension widens bytes and multiplies them two at a time; the sums are the same everywhere. */
#ifndef BL_DENSE_INT8_H
#define BL_DENSE_INT8_H

#include "contract.h"
#include "quantise.h"

#define BL_INT8_MAX 127.0f

/* Words of a row of `inputs` weights. Its inputs take twice as many. */
BL_INLINE size_t bl_int8_words(size_t inputs)
{
    return (inputs + 3u) / 4u;
}

BL_INLINE uint32_t bl_int8_load(const float *at)
{
    uint32_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

/* Four small integers as two words of inputs. */
BL_INLINE void bl_int8_store(const int32_t q[4], float out[2])
{
    const uint32_t even = ((uint32_t)q[0] & 0xFFFFu) | (uint32_t)q[2] << 16;
    const uint32_t odd = ((uint32_t)q[1] & 0xFFFFu) | (uint32_t)q[3] << 16;
    __builtin_memcpy(&out[0], &even, sizeof even);
    __builtin_memcpy(&out[1], &odd, sizeof odd);
}

/* `sum` and four products. */
BL_INLINE int32_t bl_int8_dot(uint32_t weights, uint32_t even, uint32_t odd, int32_t sum)
{
#if defined(__ARM_FEATURE_DSP) && (defined(__clang__) || __GNUC__ >= 10)
    sum = __builtin_arm_smlad((int32_t)__builtin_arm_sxtb16((int32_t)weights), (int32_t)even, sum);
    const uint32_t turned = weights >> 8 | weights << 24;
    return __builtin_arm_smlad((int32_t)__builtin_arm_sxtb16((int32_t)turned), (int32_t)odd, sum);
#else
    sum += (int8_t)weights * (int16_t)even;
    sum += (int8_t)(weights >> 8) * (int16_t)odd;
    sum += (int8_t)(weights >> 16) * (int16_t)(even >> 16);
    return sum + (int8_t)(weights >> 24) * (int16_t)(odd >> 16);
#endif
}

/* Adds four rows' products to `sums`: the inputs are loaded once for all of them. */
BL_INLINE void bl_int8_four(size_t words, const uint32_t rows[], const float x[], int32_t sums[4])
{
    int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
    for (size_t i = 0; i < words; i++) {
        const uint32_t even = bl_int8_load(&x[2u * i]), odd = bl_int8_load(&x[2u * i + 1u]);
        a = bl_int8_dot(rows[i], even, odd, a);
        b = bl_int8_dot(rows[i + words], even, odd, b);
        c = bl_int8_dot(rows[i + 2u * words], even, odd, c);
        d = bl_int8_dot(rows[i + 3u * words], even, odd, d);
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
}

/* Features to inputs: (x - offset) * scale as int8, and zeros up to a whole word. */
static inline void bl_int8_inputs(size_t features, const float offset[], const float scale[], const float x[],
                                  float out[])
{
    const size_t whole = features & ~(size_t)3u;
    int32_t q[4];
    for (size_t i = 0; i < whole; i += 4u) {
#pragma GCC unroll 4
        for (size_t j = 0; j < 4u; j++)
            q[j] = bl_quantise(x[i + j] - offset[i + j], scale[i + j], -BL_INT8_MAX, BL_INT8_MAX);
        bl_int8_store(q, &out[i / 2u]);
    }
    if (whole == features)
        return;
    for (size_t j = 0; j < 4u; j++) {
        const size_t i = whole + j;
        q[j] = i < features ? bl_quantise(x[i] - offset[i], scale[i], -BL_INT8_MAX, BL_INT8_MAX) : 0;
    }
    bl_int8_store(q, &out[whole / 2u]);
}

/* A sum as int8, not below 0. What is not above 0 needs no float for that: scales are not negative. */
BL_INLINE int32_t bl_int8_relu(int32_t sum, float scale)
{
    return sum > 0 ? bl_quantise((float)sum, scale, 0.0f, BL_INT8_MAX) : 0;
}

/* Hidden layer: sum * scale as int8, not below 0, laid out as the next layer's inputs. `outputs` is a multiple of 4. */
static inline void bl_dense_int8(size_t inputs, size_t outputs, const uint32_t weights[], const int32_t bias[],
                                 const float scale[], const float x[], float out[])
{
    const size_t words = bl_int8_words(inputs);
    for (size_t o = 0; o < outputs; o += 4u) {
        int32_t sums[4] = {bias[o], bias[o + 1u], bias[o + 2u], bias[o + 3u]};
        bl_int8_four(words, &weights[o * words], x, sums);
#pragma GCC unroll 4
        for (size_t j = 0; j < 4u; j++)
            sums[j] = bl_int8_relu(sums[j], scale[o + j]);
        bl_int8_store(sums, &out[o / 2u]);
    }
}

/* Last layer: sum * scale as float. */
static inline void bl_scores_int8(size_t inputs, size_t outputs, const uint32_t weights[], const int32_t bias[],
                                  const float scale[], const float x[], float out[])
{
    const size_t words = bl_int8_words(inputs);
    const size_t fours = outputs / 4u * 4u;
    for (size_t o = 0u; o < fours; o += 4u) {
        int32_t sums[4] = {bias[o], bias[o + 1u], bias[o + 2u], bias[o + 3u]};
        bl_int8_four(words, &weights[o * words], x, sums);
#pragma GCC unroll 4
        for (size_t j = 0; j < 4u; j++)
            out[o + j] = (float)sums[j] * scale[o + j];
    }
    for (size_t o = fours; o < outputs; o++) {
        int32_t sum = bias[o];
        for (size_t i = 0; i < words; i++)
            sum = bl_int8_dot(weights[o * words + i], bl_int8_load(&x[2u * i]), bl_int8_load(&x[2u * i + 1u]), sum);
        out[o] = (float)sum * scale[o];
    }
}

#endif
