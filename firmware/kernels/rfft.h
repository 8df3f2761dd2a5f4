/* Magnitudes of the spectrum of a real signal: (axes, length) becomes (axes, length / 2 + 1), length a power of two
 * from 16 to 4096.
 *
 * Even samples are taken as real parts and odd ones as imaginary parts of a complex signal of half the length.
 * That is transformed in place (bit reversal, then radix-4 passes by decimation in time) and split into the spectrum
 * of the real signal. `cosine` is a quarter wave, cosine[j] = cos(2 pi j / length) for j = 0 .. length / 4: every
 * twiddle factor is read from it. */
#ifndef BL_RFFT_H
#define BL_RFFT_H

#include <stdbool.h>

#include "contract.h"

typedef struct {
    float re, im;
} bl_complex;

/* Complex value i of a buffer of pairs. */
BL_INLINE bl_complex bl_get(const float z[], size_t i)
{
    const bl_complex value = {z[2u * i], z[2u * i + 1u]};
    return value;
}

BL_INLINE void bl_put(float z[], size_t i, float re, float im)
{
    z[2u * i] = re;
    z[2u * i + 1u] = im;
}

static inline void bl_swap(float z[], size_t i, size_t j)
{
    const bl_complex a = bl_get(z, i), b = bl_get(z, j);
    bl_put(z, i, b.re, b.im);
    bl_put(z, j, a.re, a.im);
}

/* Cosine and sine of 2 pi j / length for 0 <= j < 3 / 4 length; `quarter` is length / 4. */
static inline bl_complex bl_turn(size_t quarter, const float cosine[], size_t j)
{
    bl_complex w;
    if (j <= quarter) {
        w.re = cosine[j];
        w.im = cosine[quarter - j];
    } else if (j <= 2u * quarter) {
        w.re = -cosine[2u * quarter - j];
        w.im = cosine[j - quarter];
    } else {
        w.re = -cosine[j - 2u * quarter];
        w.im = -cosine[3u * quarter - j];
    }
    return w;
}

/* z times the conjugate of w. */
BL_INLINE bl_complex bl_turned(bl_complex z, bl_complex w)
{
    const bl_complex product = {z.re * w.re + z.im * w.im, z.im * w.re - z.re * w.im};
    return product;
}

/* Moves value i to the place its reversed bits name. One even i below half decides about four of them. */
static inline void bl_bit_reverse(size_t n, float z[])
{
    const size_t half = n / 2u;
    for (size_t i = 0, j = 0; i < half; i += 2u) {
        if (i < j) {
            bl_swap(z, i, j);
            bl_swap(z, i + half + 1u, j + half + 1u);
        }
        bl_swap(z, i + 1u, j + half);
        size_t bit = half / 2u;
        for (; (j & bit) != 0u; bit /= 2u)
            j ^= bit;
        j |= bit;
    }
}

/* Transform of four values `span` apart. In bit-reversed order the third sample (b) stands before the second (c). */
BL_INLINE void bl_radix4(float z[], size_t i, size_t span, bl_complex b, bl_complex c, bl_complex d)
{
    const bl_complex a = bl_get(z, i);
    const bl_complex s = {a.re + b.re, a.im + b.im}, t = {a.re - b.re, a.im - b.im};
    const bl_complex u = {c.re + d.re, c.im + d.im}, v = {c.re - d.re, c.im - d.im};
    bl_put(z, i, s.re + u.re, s.im + u.im);
    bl_put(z, i + span, t.re + v.im, t.im - v.re);
    bl_put(z, i + 2u * span, s.re - u.re, s.im - u.im);
    bl_put(z, i + 3u * span, t.re - v.im, t.im + v.re);
}

/* Joins transforms of `span` values to transforms of 4 * span. The first value of each needs no multiplication. */
static inline void bl_radix4_pass(size_t n, size_t span, const float cosine[], float z[])
{
    for (size_t i = 0; i < n; i += 4u * span)
        bl_radix4(z, i, span, bl_get(z, i + span), bl_get(z, i + 2u * span), bl_get(z, i + 3u * span));
    for (size_t k = 1; k < span; k++) {
        const size_t quarter = n / 2u, j = k * (quarter / span);
        const bl_complex once = bl_turn(quarter, cosine, j);
        const bl_complex twice = bl_turn(quarter, cosine, 2u * j);
        const bl_complex thrice = bl_turn(quarter, cosine, 3u * j);
        for (size_t i = k; i < n; i += 4u * span)
            bl_radix4(z, i, span, bl_turned(bl_get(z, i + span), twice), bl_turned(bl_get(z, i + 2u * span), once),
                      bl_turned(bl_get(z, i + 3u * span), thrice));
    }
}

static inline void bl_radix2_pass(size_t n, float z[])
{
    for (size_t i = 0; i < n; i += 2u) {
        const bl_complex a = bl_get(z, i), b = bl_get(z, i + 1u);
        bl_put(z, i, a.re + b.re, a.im + b.im);
        bl_put(z, i + 1u, a.re - b.re, a.im - b.im);
    }
}

/* Transform of n complex values in place, n = 8 .. 2048. An odd power of two begins with a pass of radix 2. */
static inline void bl_fft(size_t n, const float cosine[], float z[])
{
    const bool odd = (n & 0x55555555u) == 0u;
    bl_bit_reverse(n, z);
    if (odd)
        bl_radix2_pass(n, z);
    for (size_t span = odd ? 2u : 1u; span < n; span *= 4u)
        bl_radix4_pass(n, span, cosine, z);
}

BL_INLINE float bl_magnitude(float re, float im)
{
    return bl_sqrt(re * re + im * im);
}

/* From the transform z of n pairs to the n + 1 magnitudes `out`, which may begin where z does or before.
 * Bins k and n - k come from values k and n - k: with e = z[k] + conj z[n-k] and o = (z[k] - conj z[n-k]) / i, turned,
 * they are half of e + o and of conj(e - o). Bin n - k waits in z until everything below it has been read. */
static inline void bl_split(size_t n, const float cosine[], float z[], float out[])
{
    const float sum = z[0] + z[1], last = bl_abs(z[0] - z[1]);
    const float middle = bl_magnitude(z[n], z[n + 1u]);
    out[0] = bl_abs(sum);
    for (size_t k = 1; k < n / 2u; k++) {
        const bl_complex p = bl_get(z, k), q = bl_get(z, n - k);
        const bl_complex w = {cosine[k], cosine[n / 2u - k]}, odd = {p.im + q.im, q.re - p.re};
        const bl_complex e = {p.re + q.re, p.im - q.im}, o = bl_turned(odd, w);
        out[k] = 0.5f * bl_magnitude(e.re + o.re, e.im + o.im);
        z[2u * (n - k)] = 0.5f * bl_magnitude(e.re - o.re, e.im - o.im);
    }
    out[n / 2u] = middle;
    for (size_t k = n / 2u + 1u; k < n; k++)
        out[k] = z[2u * k];
    out[n] = last;
}

static inline void bl_rfft(size_t axes, size_t length, const float cosine[], float x[])
{
    const size_t n = length / 2u;
    for (size_t a = 0; a < axes; a++) {
        bl_fft(n, cosine, &x[a * length]);
        bl_split(n, cosine, &x[a * length], &x[a * (n + 1u)]);
    }
}

#endif
