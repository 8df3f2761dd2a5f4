/* Division of floats on cores without an FPU, for programs that zig links: the routine in its compiler-rt (0.17) drops
 * bits of subnormal quotients before rounding. libgcc's is exact, and so is this. */
#include <stdint.h>

#define SIGN 0x80000000u
#define INFINITE 0x7F800000u
#define NOT_A_NUMBER 0x7FC00000u
#define LEADING 0x00800000u

float __aeabi_fdiv(float a, float b);

static uint32_t bits_of(float x)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

/* Takes the exponent off a number above 0 and leaves its significand, 24 bits with the leading 1. */
static int32_t take_exponent(uint32_t *significand)
{
    int32_t exponent = (int32_t)(*significand >> 23);
    if (exponent != 0) {
        *significand = (*significand & (LEADING - 1u)) | LEADING;
        return exponent;
    }
    for (exponent = 1; (*significand & LEADING) == 0u; exponent--)
        *significand <<= 1;
    return exponent;
}

/* a / b with a >= b and a < 2 b: 25 bits of the quotient, and a last one that tells whether anything is left. */
static uint32_t quotient_of(uint32_t a, uint32_t b)
{
    uint32_t quotient = 0;
    for (uint32_t i = 0; i < 25u; i++) {
        quotient <<= 1;
        if (a >= b) {
            a -= b;
            quotient |= 1u;
        }
        a <<= 1;
    }
    return quotient << 1 | (a != 0u ? 1u : 0u);
}

/* To nearest, ties to even, from a quotient with two bits too many; a carry runs into the exponent by itself. */
static uint32_t rounded(uint32_t quotient, int32_t exponent)
{
    if (exponent < 1) {
        const uint32_t shift = exponent < -25 ? 27u : (uint32_t)(1 - exponent);
        const uint32_t lost = quotient & ((1u << shift) - 1u);
        quotient = quotient >> shift | (lost != 0u ? 1u : 0u);
        exponent = 1;
    }
    const uint32_t kept = quotient >> 2, rest = quotient & 3u;
    const uint32_t up = rest == 3u || (rest == 2u && (kept & 1u) != 0u) ? 1u : 0u;
    return ((uint32_t)(exponent - 1) << 23) + kept + up;
}

float __aeabi_fdiv(float a, float b)
{
    const uint32_t sign = (bits_of(a) ^ bits_of(b)) & SIGN;
    uint32_t above = bits_of(a) & ~SIGN, below = bits_of(b) & ~SIGN;
    if (above > INFINITE || below > INFINITE || (above == below && (above == 0u || above == INFINITE)))
        return float_of(NOT_A_NUMBER);
    if (above == INFINITE || below == 0u)
        return float_of(sign | INFINITE);
    if (above == 0u || below == INFINITE)
        return float_of(sign);

    int32_t exponent = take_exponent(&above) - take_exponent(&below) + 127;
    if (above < below) {
        above <<= 1;
        exponent--;
    }
    if (exponent > 254)
        return float_of(sign | INFINITE);
    return float_of(sign | rounded(quotient_of(above, below), exponent));
}
