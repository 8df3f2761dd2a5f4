/* Where samples come from: a chip behind a bus (registers.c), or a peripheral whose results a DMA carries into a ring
 * (converter.c). sensor.h says which one, and was written for one rate. */
#ifndef BL_SENSOR_SOURCE_H
#define BL_SENSOR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sensor.h"

/* What a raw value of an axis means: (raw * multiplier + offset) / divisor units, exactly. */
struct bl_axis {
    int32_t offset, multiplier;
    uint32_t divisor;
};
extern struct bl_axis bl_axes[BL_AXES];

/* One raw value, as it is sent. */
#if BL_SENSOR_WIDTH == 2
typedef int16_t bl_raw;
#else
typedef int32_t bl_raw;
#endif

enum bl_sampled {
    BL_SAMPLED,  /* so many samples, perhaps none */
    BL_OVERRUN,  /* samples are missing since it was started: start again */
    BL_NO_ANSWER /* it went away */
};

/* Bring up what it hangs on; called once, after bl_port_init. */
void bl_sensor_init(void);

/* Look for it, reset it and set it up. False where nothing answers, or something else. */
bool bl_sensor_start(void);

/* Forget what it holds: what is taken next was sampled after this. */
bool bl_sensor_restart(void);

/* How many samples wait in it. */
enum bl_sampled bl_sensor_look(uint32_t *waiting);

/* Take samples that wait (1 to BL_SENSOR_BURST), axes interleaved. Anything but BL_SAMPLED: the values are worth
 * nothing. */
enum bl_sampled bl_sensor_take(size_t samples, bl_raw values[]);

/* What only the sensor's own registers say about its axes; sensors that need it bring it in a file of their own. */
bool bl_sensor_calibrate(void);

#endif
