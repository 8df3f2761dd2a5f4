/* Samples one after the other, without a gap as long as it says nothing else. */
#ifndef BL_SAMPLER_H
#define BL_SAMPLER_H

#include "../../sensors/source.h"

/* Begin with a sample taken after this. */
bool bl_sampler_start(void);

/* Samples that were taken together, and ticks of the first and the last of them: when the sensor showed them, less the
 * nominal time of those that waited behind them. */
struct bl_taken {
    size_t samples;
    uint64_t first, last;
};

/* Take what is there, `room` samples at most. Looks at the sensor every BL_LOOK_TICKS, and waits for the next look, but
 * some milliseconds at most. */
enum bl_sampled bl_sampler_take(size_t room, bl_raw values[], struct bl_taken *taken);

/* Ticks from the first start on. Has to be asked at least once in a round of bl_ticks. */
uint64_t bl_sampler_now(void);

/* Count ticks from 0 again. */
void bl_sampler_rewind(void);

#endif
