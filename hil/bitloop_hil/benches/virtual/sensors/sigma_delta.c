/* A sigma-delta modulator of second order, as digital microphones have one: a bit per clock whose mean follows the input.
 *
 * Its quantiser's errors leave through (1 - 1/z)^2, so that they lie far above what is heard. A little noise on the
 * decision, from a generator with a seed, breaks up the tones that a constant input would make. */
#include <stddef.h>
#include <stdint.h>

#define MOST_ERROR 2.0 /* beyond it, at full scale, the modulator would not come back */
#define DITHER 0.25

struct modulator {
    double before, earlier; /* errors of the last two bits */
    uint64_t random;
};

static double dither(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return DITHER * ((double)(int64_t)*random / 9223372036854775808.0);
}

/* One bit, -1 or 1, for each of `count` inputs between -1 and 1. */
void modulate(struct modulator *m, size_t count, const double input[], int8_t bits[])
{
    for (size_t i = 0; i < count; i++) {
        const double wanted = input[i] - 2.0 * m->before + m->earlier;
        const double bit = __builtin_copysign(1.0, wanted + dither(&m->random)); /* no branch, as nobody could guess it */
        double error = bit - wanted;
        error = error > MOST_ERROR ? MOST_ERROR : error;
        error = error < -MOST_ERROR ? -MOST_ERROR : error;
        m->earlier = m->before;
        m->before = error;
        bits[i] = (int8_t)bit;
    }
}
