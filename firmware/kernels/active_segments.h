/* Mean frames of equal parts of the active part of a signal: (axes * frames, values) becomes (axes * rows, values),
 * where rows is `segments`, and with steps 2 * segments - 1.
 *
 * Level of a frame: the sum of its values, upwards; they are logarithms, as of a spectrogram. The active part
 * reaches from the first to the last frame whose level is at least quietest + share * (loudest - quietest); a share
 * of 0 takes everything. Of its n frames, segment s is the mean, upwards, of frames s n / segments up to, not
 * including, (s + 1) n / segments, and of at least one. Each value then loses `centering` times its mean over the
 * segments: at 1, what microphone and place add to all frames is gone (cepstral mean normalisation). Steps from each
 * segment to the next follow.
 * `work` holds the levels of an axis, then its rows. Rows have to be no more than frames. */
#ifndef BL_ACTIVE_SEGMENTS_H
#define BL_ACTIVE_SEGMENTS_H

#include <stdbool.h>

#include "contract.h"

typedef struct {
    size_t first, count;
} bl_part;

/* Writes the levels; comparisons with NaN are false, so that a part is within the frames whatever comes. */
static inline bl_part bl_active(size_t frames, size_t values, float share, const float x[], float level[])
{
    for (size_t f = 0; f < frames; f++) {
        level[f] = x[f * values];
        for (size_t i = 1; i < values; i++)
            level[f] += x[f * values + i];
    }
    float low = level[0], high = level[0];
    for (size_t f = 1; f < frames; f++) {
        low = bl_min(low, level[f]);
        high = bl_max(high, level[f]);
    }
    const float least = low + share * (high - low);
    size_t first = 0, last = frames - 1u;
    while (first < last && !(level[first] >= least))
        first++;
    while (last > first && !(level[last] >= least))
        last--;
    const bl_part part = {first, last - first + 1u};
    return part;
}

/* Mean of `count` rows of `values`, one after the other. */
static inline void bl_mean_row(size_t count, size_t values, const float x[], float out[])
{
    for (size_t i = 0; i < values; i++) {
        float sum = x[i];
        for (size_t f = 1; f < count; f++)
            sum += x[f * values + i];
        out[i] = sum / (float)count;
    }
}

static inline void bl_center_rows(size_t count, size_t values, float centering, float x[])
{
    for (size_t i = 0; i < values; i++) {
        float sum = x[i];
        for (size_t r = 1; r < count; r++)
            sum += x[r * values + i];
        const float taken = centering * (sum / (float)count);
        for (size_t r = 0; r < count; r++)
            x[r * values + i] -= taken;
    }
}

/* One axis; returns how many rows it wrote. */
static inline size_t bl_segments(size_t frames, size_t values, size_t segments, float share, float centering,
                                 bool steps, const float x[], float level[], float rows[])
{
    const bl_part part = bl_active(frames, values, share, x, level);
    for (size_t s = 0; s < segments; s++) {
        const size_t begin = s * part.count / segments, end = (s + 1u) * part.count / segments;
        const size_t count = end > begin ? end - begin : 1u;
        bl_mean_row(count, values, &x[(part.first + begin) * values], &rows[s * values]);
    }
    if (centering > 0.0f)
        bl_center_rows(segments, values, centering, rows);
    if (!steps)
        return segments;
    for (size_t i = 0; i < (segments - 1u) * values; i++)
        rows[segments * values + i] = rows[i + values] - rows[i];
    return 2u * segments - 1u;
}

static inline void bl_active_segments(size_t axes, size_t frames, size_t values, size_t segments, float share,
                                      float centering, bool steps, float work[], float x[])
{
    float *const rows = &work[frames];
    size_t written = 0;
    for (size_t a = 0; a < axes; a++) {
        const float *const axis = &x[a * frames * values];
        const size_t count = bl_segments(frames, values, segments, share, centering, steps, axis, work, rows);
        for (size_t i = 0; i < count * values; i++)
            x[written++] = rows[i];
    }
}

#endif
