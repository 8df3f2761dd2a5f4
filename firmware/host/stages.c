/* One exported wrapper per stage; see wrap.h. */
#include "wrap.h"

#include "../kernels/band_mean.h"

BLH_STAGE(band_mean, bl_band_mean(axes, length, params[0], tables[0], row))
