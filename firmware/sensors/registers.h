/* A sensor as its registers: sensor.h names them, written from the sensor's table for one rate and range. */
#ifndef BL_SENSOR_REGISTERS_H
#define BL_SENSOR_REGISTERS_H

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

/* What a look at the sensor shows: samples that wait in it, and whether some were lost since it was started. */
struct bl_level {
    uint32_t samples;
    bool overrun;
};

/* Look for the sensor, reset it and set it up. False where nothing answers, or something else. */
bool bl_sensor_start(void);

/* Forget what it holds: what is taken next was sampled after this. */
bool bl_sensor_restart(void);

bool bl_sensor_look(struct bl_level *level);

/* Take samples that wait (1 to BL_SENSOR_BURST), axes interleaved. */
bool bl_sensor_take(size_t samples, bl_raw values[]);

/* What only the sensor's own registers say about its axes; sensors that need it bring it in a file of their own. */
bool bl_sensor_calibrate(void);

#endif
