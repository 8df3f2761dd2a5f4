/* MiniRocket (Dempster, Schmidt, Webb 2021), exact in integers: (axes, length) becomes (1, features).
 *
 * Samples become integers, q = round((x - offset) * gain) within +-32767; a NaN becomes -32767. A block is a channel
 * m(t), the sum of q over the axes of a mask or the step from one such sum to the next, and a dilation d. Every feature
 * of a block is a kernel of nine taps, three of weight 2 and six of -1:
 *     c(t) = 3 * (m(t + i d) + m(t + j d) + m(t + k d)) - (m(t - 4 d) + ... + m(t + 4 d)),  i, j, k from -4 to 4,
 * and the share of positions with c(t) > bias. Positions are all, with zeros beyond the ends, or those inside. With at
 * most 32 axes nothing passes 2^26 in size, so every sum is exact, in any order; only the quantisation and the last
 * division are float. The sum of all nine taps serves every kernel of its block. */
#ifndef BL_MINIROCKET_H
#define BL_MINIROCKET_H

#include "contract.h"

#define BL_QUANTUM 32767         /* largest integer a sample becomes */
#define BL_VALID 0x1000u         /* kernel: positions inside only */
#define BL_STEPS 0x8000u         /* dilation: of the steps of the channel */

/* Integers live in float buffers by their bits. */
BL_INLINE int32_t bl_integer(const float *place)
{
    return (int32_t)bl_bits(*place);
}

BL_INLINE void bl_put_integer(float *place, int32_t value)
{
    *place = bl_float((uint32_t)value);
}

BL_INLINE void bl_whole_samples(size_t length, float offset, float gain, float x[])
{
    const float most = (float)BL_QUANTUM;
    BL_ROLLED for (size_t t = 0; t < length; t++) {
        const float v = (x[t] - offset) * gain;
        const float within = v >= most ? most : v > -most ? v : -most;
        bl_put_integer(&x[t], (int32_t)(within + (most + 0.5f)) - BL_QUANTUM);
    }
}

/* m[pad .. pad + length) = the channel, with `pad` zeros on either side. Returns its length: steps are one fewer. */
static inline size_t bl_channel(size_t axes, size_t length, uint32_t mask, size_t pad, uint32_t steps,
                                const float q[], float m[])
{
    float *const middle = &m[pad], *const after = &middle[length];
    BL_ROLLED for (size_t t = 0; t < pad; t++)
        m[t] = after[t] = 0.0f;
    size_t a = 0;
    while ((mask >> a & 1u) == 0u)
        a++;
    BL_ROLLED for (size_t t = 0; t < length; t++)
        bl_put_integer(&middle[t], bl_integer(&q[a * length + t]));
    BL_ROLLED for (a++; a < axes; a++)
        if ((mask >> a & 1u) != 0u)
            BL_ROLLED for (size_t t = 0; t < length; t++)
                bl_put_integer(&middle[t], bl_integer(&middle[t]) + bl_integer(&q[a * length + t]));
    if (steps == 0u)
        return length;
    BL_ROLLED for (size_t t = 0; t + 1u < length; t++)
        bl_put_integer(&middle[t], bl_integer(&middle[t + 1u]) - bl_integer(&middle[t]));
    middle[length - 1u] = 0.0f;
    return length - 1u;
}

/* sums[t] = m(t - 4 d) + ... + m(t + 4 d), each from the one d before it. */
static inline void bl_nine_taps(size_t length, size_t d, const float m[], float sums[])
{
    BL_ROLLED for (size_t t = 0; t < d; t++) {
        int32_t sum = 0;
        BL_ROLLED for (size_t tap = 0; tap < 9u; tap++)
            sum += bl_integer(&m[t + tap * d]);
        bl_put_integer(&sums[t], sum);
    }
    const float *const leaves = m, *const enters = &m[9u * d];
    float *const next = &sums[d];
    BL_ROLLED for (size_t t = 0; t < length - d; t++)
        bl_put_integer(&next[t], bl_integer(&sums[t]) + bl_integer(&enters[t]) - bl_integer(&leaves[t]));
}

/* How often the kernel's output is above the bias; `kernel` holds the places of its three taps, four bits each. */
static inline uint32_t bl_above(size_t first, size_t last, size_t d, uint32_t kernel, int32_t bias, const float m[],
                                const float sums[])
{
    const float *const i = &m[(kernel & 15u) * d];
    const float *const j = &m[(kernel >> 4 & 15u) * d];
    const float *const k = &m[(kernel >> 8 & 15u) * d];
    uint32_t count = 0;
    BL_ROLLED for (size_t t = first; t < last; t++) {
        const int32_t three = bl_integer(&i[t]) + bl_integer(&j[t]) + bl_integer(&k[t]);
        count += 3 * three - bl_integer(&sums[t]) > bias ? 1u : 0u;
    }
    return count;
}

/* `work` holds features + 3 * length floats. `counts` are the features of each block, their sum is `features`. */
static inline void bl_minirocket(size_t axes, size_t length, size_t features, size_t blocks, const float offset[],
                                 const float gain[], const uint32_t masks[], const uint16_t dilations[],
                                 const uint16_t counts[], const uint16_t kernels[], const int32_t biases[],
                                 float x[], float work[])
{
    float *const m = &work[features], *const sums = &m[2u * length];
    size_t f = 0;
    BL_ROLLED for (size_t a = 0; a < axes; a++)
        bl_whole_samples(length, offset[a], gain[a], &x[a * length]);
    BL_ROLLED for (size_t b = 0; b < blocks; b++) {
        const size_t d = dilations[b] & ~BL_STEPS, pad = 4u * d;
        const size_t n = bl_channel(axes, length, masks[b], pad, dilations[b] & BL_STEPS, x, m);
        bl_nine_taps(n, d, m, sums);
        BL_ROLLED for (const size_t end = f + counts[b]; f < end; f++) {
            const size_t first = (kernels[f] & BL_VALID) != 0u ? pad : 0u;
            work[f] = (float)bl_above(first, n - first, d, kernels[f], biases[f], m, sums) / (float)(n - 2u * first);
        }
    }
    BL_ROLLED for (f = 0; f < features; f++)
        x[f] = work[f];
}

#endif
