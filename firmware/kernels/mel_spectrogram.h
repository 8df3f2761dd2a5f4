/* Spectra of overlapping frames, each pooled to triangular bands: (axes, length) becomes (axes * frames, bands).
 *
 * Frame f begins at sample f * hop and has `size` samples, a power of two; frames that do not fit are left out. Each
 * is copied to `work`, windowed (hann.h), transformed (rfft.h) and pooled (mel_bands.h). In place: with
 * bands <= hop <= size, a frame's bands end before the next frame begins. */
#ifndef BL_MEL_SPECTROGRAM_H
#define BL_MEL_SPECTROGRAM_H

#include "hann.h"
#include "mel_bands.h"
#include "rfft.h"

typedef struct {
    size_t size, hop, bands;
    const float *cosine, *window;
    const uint16_t *edges;
    const float *rise;
} bl_frames;

static inline void bl_mel_spectrogram(size_t axes, size_t length, bl_frames of, float work[], float x[])
{
    const size_t frames = (length - of.size) / of.hop + 1u;
    for (size_t a = 0; a < axes; a++)
        for (size_t f = 0; f < frames; f++) {
            for (size_t i = 0; i < of.size; i++)
                work[i] = x[a * length + f * of.hop + i];
            bl_hann(1u, of.size, of.window, work);
            bl_rfft(1u, of.size, of.cosine, work);
            bl_mel(of.bands, of.edges, of.rise, work, &x[(a * frames + f) * of.bands]);
        }
}

#endif
