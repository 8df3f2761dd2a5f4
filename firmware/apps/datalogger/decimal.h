/* Values as decimal text, exact and without floats: (raw * multiplier + offset) / divisor with a fixed number of decimals,
 * halves away from zero. */
#ifndef BL_DECIMAL_H
#define BL_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#include "../../sensors/source.h"

/* Characters of a value at most: a sign, 19 digits, a point. */
#define BL_DECIMAL_BYTES 21u

/* The digits of a number, at least `least` of them; returns how many. */
static inline size_t bl_digits(uint64_t number, size_t least, char out[])
{
    char reversed[20];
    size_t count = 0;
    for (; number > UINT32_MAX; number /= 10u) /* hardly ever: dividing 64 bits is slow */
        reversed[count++] = (char)('0' + number % 10u);
    for (uint32_t rest = (uint32_t)number; rest > 0u || count < least; rest /= 10u)
        reversed[count++] = (char)('0' + rest % 10u);
    for (size_t i = 0; i < count; i++)
        out[i] = reversed[count - 1u - i];
    return count;
}

/* Writes a raw value of an axis; returns the number of characters. */
static inline size_t bl_decimal(bl_raw raw, const struct bl_axis *axis, char out[])
{
    const int64_t units = ((int64_t)raw * axis->multiplier + axis->offset) * BL_TEXT_SCALE;
    const uint64_t magnitude = units < 0 ? (uint64_t)-units : (uint64_t)units;
    const uint64_t rounded = (magnitude + axis->divisor / 2u) / axis->divisor;
    size_t size = 0;
    if (units < 0 && rounded > 0u)
        out[size++] = '-';
    const size_t digits = bl_digits(rounded, BL_TEXT_DECIMALS + 1u, &out[size]);
    size += digits - BL_TEXT_DECIMALS;
    if (BL_TEXT_DECIMALS == 0u)
        return size;
    for (size_t i = BL_TEXT_DECIMALS; i > 0u; i--)
        out[size + i] = out[size + i - 1u];
    out[size] = '.';
    return size + BL_TEXT_DECIMALS + 1u;
}

#endif
