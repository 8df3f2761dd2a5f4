/* The scales of an HTS221, which keeps two points of each characteristic (its data sheet: calibration registers; TN1218).
 * Between the points (raw0, value0) and (raw1, value1), in eighths or halves of a unit, lies a straight line. */
#include "../drivers/bus.h"
#include "source.h"

#define POINTS 0x30u
#define POINTS_BYTES 16u

static int32_t signed16(const uint8_t bytes[])
{
    return (int16_t)(uint16_t)(bytes[0] | (uint32_t)bytes[1] << 8);
}

/* False where both points have the same raw value: they do not say anything then. */
static bool line(int32_t raw0, int32_t value0, int32_t raw1, int32_t value1, int32_t parts)
{
    const int32_t sign = raw1 < raw0 ? -1 : 1;
    const int32_t run = sign * (raw1 - raw0), rise = sign * (value1 - value0);
    bl_axes[0].multiplier = rise;
    bl_axes[0].offset = value0 * run - raw0 * rise;
    bl_axes[0].divisor = (uint32_t)(run * parts);
    return run != 0 && rise != 0;
}

bool bl_sensor_calibrate(void)
{
    uint8_t points[POINTS_BYTES];
    if (!bl_bus_read(POINTS, sizeof points, points))
        return false;
#if BL_SENSOR_DATA == 0x28u /* humidity, as H0_rH_x2 and H0_T0_OUT to H1_T0_OUT say it */
    return line(signed16(&points[0x6]), points[0x0], signed16(&points[0xA]), points[0x1], 2);
#else /* temperature: T0_degC_x8 with its two upper bits apart, T0_OUT to T1_OUT */
    const int32_t high = points[0x5];
    const int32_t cold = points[0x2] | (high & 3) << 8, warm = points[0x3] | (high >> 2 & 3) << 8;
    return line(signed16(&points[0xC]), cold, signed16(&points[0xE]), warm, 8);
#endif
}
