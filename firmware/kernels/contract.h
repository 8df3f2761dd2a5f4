/* What every kernel relies on: IEEE-754 binary32, no contraction, no reassociation (docs/float-contract.md). */
#ifndef BL_CONTRACT_H
#define BL_CONTRACT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__FAST_MATH__)
#error "bitloop needs exact float arithmetic: build without -ffast-math"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "bitloop needs float operations rounded to float: use SSE or a Cortex-M, not x87"
#endif
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#ifdef __cplusplus
static_assert(sizeof(float) == 4, "float is binary32");
#else
_Static_assert(sizeof(float) == 4, "float is binary32");
#endif

/* For helpers of a few operations: gcc -Os would call them, which costs more code than it saves. */
#define BL_INLINE static inline __attribute__((always_inline))

/* Before a loop that is long however it is written: unrolled by clang at -O2 it needs more flash, and often more
 * registers than a Cortex-M has. Hosts unroll and vectorise as they like. */
#if defined(__clang__) && defined(__arm__)
#define BL_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define BL_ROLLED
#endif

/* Clears the sign; no operation of its own in binary32. */
#define bl_abs(x) __builtin_fabsf(x)

/* The bits of a float, and the float of some bits. */
BL_INLINE uint32_t bl_bits(float x)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

BL_INLINE float bl_float(uint32_t bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

/* Square root, exact by IEEE-754. An instruction where there is an FPU; without one by digits, two bits of x for each
 * bit of the root, because newlib's sqrtf brings errno and more than a kilobyte of RAM along. */
#if defined(BL_SOFT_SQRT) || (defined(__arm__) && !defined(__ARM_FP))
static inline float bl_sqrt(float x)
{
    if (!(x > 0.0f) || bl_bits(x) == 0x7F800000u)
        return x < 0.0f ? (x - x) / (x - x) : x;
    int32_t exponent = (int32_t)(bl_bits(x) >> 23) - 127;
    uint32_t digits = bl_bits(x) & 0x007FFFFFu;
    if (exponent == -127)
        exponent = -126; /* subnormal: no leading one to add */
    else
        digits |= 0x00800000u;
    for (; digits < 0x00800000u; digits <<= 1)
        exponent--;
    digits <<= (exponent & 1) != 0 ? 2 : 1;
    uint32_t root = 0u, rest = 0u;
    for (int i = 0; i < 25; i++) { /* 24 bits and one to round by; a tie cannot be */
        rest = rest << 2 | (digits >> 24 & 3u);
        digits <<= 2;
        root <<= 1;
        if (rest > 2u * root) {
            rest -= 2u * root + 1u;
            root++;
        }
    }
    const int32_t half = (exponent - (exponent & 1)) / 2;
    return bl_float(((uint32_t)(half + 126) << 23) + ((root + 1u) >> 1));
}
#else
#define bl_sqrt(x) __builtin_sqrtf(x)
#endif

/* The larger and the smaller of two; `a` where they are equal, and a NaN never gets lost. */
BL_INLINE float bl_max(float a, float b)
{
    return a < b || b != b ? b : a;
}

BL_INLINE float bl_min(float a, float b)
{
    return b < a || b != b ? b : a;
}

#endif
