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

/* The one function of libm; exact by IEEE-754, an instruction where there is an FPU. */
#define bl_sqrt(x) __builtin_sqrtf(x)

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
