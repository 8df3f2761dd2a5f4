/* One exported wrapper per stage; see wrap.h. What follows the stages are functions they are built of, given the
 * same signature so that tests can reach them. */
#include "wrap.h"

#include "../kernels/active_segments.h"
#include "../kernels/autocorrelation.h"
#include "../kernels/autoregression.h"
#include "../kernels/band_max.h"
#include "../kernels/band_mean.h"
#include "../kernels/biquad.h"
#include "../kernels/correlation.h"
#include "../kernels/dct.h"
#include "../kernels/decimate.h"
#include "../kernels/deinterleave.h"
#include "../kernels/difference.h"
#include "../kernels/envelope.h"
#include "../kernels/expf.h"
#include "../kernels/finite.h"
#include "../kernels/hann.h"
#include "../kernels/histogram.h"
#include "../kernels/logarithm.h"
#include "../kernels/logf.h"
#include "../kernels/mel_bands.h"
#include "../kernels/mel_spectrogram.h"
#include "../kernels/minirocket.h"
#include "../kernels/norm.h"
#include "../kernels/pick.h"
#include "../kernels/power.h"
#include "../kernels/projection.h"
#include "../kernels/quadratic.h"
#include "../kernels/quantiles.h"
#include "../kernels/quantise.h"
#include "../kernels/relative_logarithm.h"
#include "../kernels/remove_mean.h"
#include "../kernels/rfft.h"
#include "../kernels/scale.h"
#include "../kernels/segments.h"
#include "../kernels/statistics.h"
#include "../kernels/wavelet.h"

static void each(size_t n, float (*function)(float), float x[])
{
    for (size_t i = 0; i < n; i++)
        x[i] = function(x[i]);
}

/* The operations every kernel is made of; in the order of tests/parity/test_operations.py. */
static void operate(uint32_t operation, size_t n, const float y[], float x[])
{
    for (size_t i = 0; i < n; i++)
        switch (operation) {
        case 0:
            x[i] += y[i];
            break;
        case 1:
            x[i] -= y[i];
            break;
        case 2:
            x[i] *= y[i];
            break;
        case 3:
            x[i] /= y[i];
            break;
        case 4:
            x[i] = bl_sqrt(x[i]);
            break;
        case 5:
            x[i] = (x[i] < y[i] ? 1.0f : 0.0f) + (x[i] <= y[i] ? 2.0f : 0.0f) + (x[i] == y[i] ? 4.0f : 0.0f);
            break;
        case 6:
            x[i] = (float)(int32_t)bl_bits(x[i]);
            break;
        case 7:
            x[i] = (float)bl_bits(x[i]);
            break;
        default:
            x[i] = (float)(int32_t)bl_max(-2147483648.0f, bl_min(2147483520.0f, x[i]));
        }
}

/* Floats, or as `bytes` says int8 or int16 in place, by scale, low and high; in the order of test_quantise.py. */
static void quantise(uint32_t bytes, size_t n, const float by[], float x[])
{
    for (size_t i = 0; i < n; i++) {
        const int32_t q = bl_quantise(x[i], by[0], by[1], by[2]);
        if (bytes == 1u)
            bl_int8s(x)[i] = (int8_t)q;
        else if (bytes == 2u)
            bl_put16(x, i, q);
        else
            x[i] = (float)q;
    }
}

BLH_STAGE(active_segments,
          bl_active_segments(axes / params[0], params[0], length, params[1], bl_float(params[2]), bl_float(params[3]),
                             params[4] != 0u, work, row))
BLH_STAGE(autocorrelation, bl_autocorrelation(axes, length, params[0], row, work))
BLH_STAGE(autoregression, bl_autoregression(axes, length, params[0], params[1] != 0u, row, work))
BLH_STAGE(band_max, bl_band_max(axes, length, params[0], tables[0], row))
BLH_STAGE(band_mean, bl_band_mean(axes, length, params[0], tables[0], row))
BLH_STAGE(biquad, bl_biquad(axes, length, params[0], tables[0], row))
BLH_STAGE(correlation, bl_correlation(axes, length, params[0], params[1], row, work))
BLH_STAGE(dct, bl_dct(axes, length, params[0], tables[0], work, row))
BLH_STAGE(decimate, bl_decimate(axes, length, params[0], row))
BLH_STAGE(difference, bl_difference(axes, length, row))
BLH_STAGE(envelope, bl_envelope(axes, length, bl_float(params[0]), row))
BLH_STAGE(hann, bl_hann(axes, length, tables[0], row))
BLH_STAGE(histogram,
          bl_histogram(axes, length, params[0], params[1], params[1] == BL_FIXED ? tables[0] : NULL, row, work))
BLH_STAGE(logarithm, bl_logarithm(axes, length, bl_float(params[0]), row))
BLH_STAGE(mel_bands, bl_mel_bands(axes, length, params[0], tables[0], tables[1], row))
BLH_STAGE(mel_spectrogram,
          bl_mel_spectrogram(
              axes, length,
              (bl_frames){params[0], params[1], params[2], tables[0], tables[1], tables[2], tables[3]}, work, row))
BLH_STAGE(minirocket, bl_minirocket(axes, length, params[0], params[1], tables[0], tables[1], tables[2], tables[3],
                                    tables[4], tables[5], tables[6], row, work))
BLH_STAGE(norm, bl_norm(axes, length, params[0], params[1] != 0u, row))
BLH_STAGE(pick, bl_pick(axes * length, params[0], tables[0], row, work))
BLH_STAGE(power, bl_power(axes, length, row))
BLH_STAGE(projection, bl_projection(axes * length, params[0], tables[0], tables[1], row, work))
BLH_STAGE(quadratic, bl_quadratic(axes * length, params[0], row))
BLH_STAGE(quantiles, bl_quantiles(axes, length, params[0], tables[0], tables[1], row, work))
BLH_STAGE(relative_logarithm, bl_relative_logarithm(axes, length, bl_float(params[0]), row))
BLH_STAGE(remove_mean, bl_remove_mean(axes, length, row))
BLH_STAGE(rfft, bl_rfft(axes, length, tables[0], row))
BLH_STAGE(scale, bl_scale(axes, length, tables[0], tables[1], row))
BLH_STAGE(segments, bl_cut_segments(axes, length, params[0], row))
BLH_STAGE(statistics, bl_statistics(axes, length, params[0], row))
BLH_STAGE(wavelet, bl_wavelet(axes, length, params[0], params[1], tables[0], row, work))

BLH_STAGE(deinterleave, bl_deinterleave(axes, length, (const float *)tables[0] + s * stride, row))
BLH_STAGE(all_finite, row[0] = bl_all_finite(axes * length, row) ? 1.0f : 0.0f)
BLH_STAGE(all_within, row[0] = bl_all_within(axes * length, row) ? 1.0f : 0.0f)
BLH_STAGE(expf, each(axes * length, bl_expf, row))
BLH_STAGE(operation, operate(params[0], axes * length, (const float *)tables[0] + s * stride, row))
BLH_STAGE(quantise, quantise(params[0], axes * length, tables[0], row))
BLH_STAGE(logf, each(axes * length, bl_logf, row))
