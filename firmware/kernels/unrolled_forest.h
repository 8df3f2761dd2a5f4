/* Decision forest that votes, as code instead of tables: the generated library has one `if` per node, and each leaf
 * adds its votes, two classes a word, to sums in registers. Several times as fast as forest_classes.h, which gives
 * the same bits and stands behind the exported wrapper. */
#ifndef BL_UNROLLED_FOREST_H
#define BL_UNROLLED_FOREST_H

#include <stdbool.h>

#include "contract.h"
#include "forest_classes.h"

/* Whether x is at most the float with these bits, a literal other than -0: floats of one sign are in the order of
 * their bits. */
BL_INLINE bool bl_at_most(float x, uint32_t bits)
{
    return (bits >> 31) != 0u ? bl_bits(x) >= bits : (int32_t)bl_bits(x) <= (int32_t)bits;
}

#endif
