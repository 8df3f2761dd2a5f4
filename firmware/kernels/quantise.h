/* Floats as small integers: the one rounding rule of every int8 and int16 kernel.
 *
 *   q = the integer nearest to x * scale, ties to even, after x * scale was held within [low, high]; NaN becomes low.
 *
 * One float product, then rounding by adding 1.5 * 2^23: the sum's spacing is 1, so its own rounding is the rule, and
 * its low bits are the integer; no conversion, whatever the core. Sums of products are int32 and exact in any order;
 * a sum goes back to float by (float)sum, which IEEE-754 rounds to nearest, and from there to the next layer's
 * integers by this same rule. low and high are whole and below 2^22 in size. */
#ifndef BL_QUANTISE_H
#define BL_QUANTISE_H

#include "contract.h"

#define BL_QUANTISE_ROUND 12582912.0f

BL_INLINE int32_t bl_quantise(float x, float scale, float low, float high)
{
    const float wide = x * scale;
    const float held = wide > low ? (wide < high ? wide : high) : low;
    return (int32_t)(bl_bits(held + BL_QUANTISE_ROUND) & 0x007FFFFFu) - 0x00400000;
}

/* Integers in a workspace of floats: bytes may alias anything, so C allows int8_t in place, and two bytes by memcpy,
 * which is one instruction. Entry i of either starts i * its size bytes from the start of `work`. */
BL_INLINE int8_t *bl_int8s(float work[])
{
    return (int8_t *)(void *)work;
}

BL_INLINE void bl_put16(float work[], size_t i, int32_t value)
{
    const int16_t narrow = (int16_t)value;
    char *const bytes = (char *)__builtin_assume_aligned(work, 4);
    __builtin_memcpy(&bytes[2u * i], &narrow, sizeof narrow);
}

BL_INLINE int32_t bl_get16(const float work[], size_t i)
{
    int16_t value;
    const char *const bytes = (const char *)__builtin_assume_aligned(work, 4);
    __builtin_memcpy(&value, &bytes[2u * i], sizeof value);
    return value;
}

#endif
