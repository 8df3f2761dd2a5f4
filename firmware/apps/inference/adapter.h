/* What the application asks of a library, whatever its kind and persona; the generated adapter.c answers. */
#ifndef BL_ADAPTER_H
#define BL_ADAPTER_H

#include <stdbool.h>
#include <stdint.h>

#include "identity.h"

/* `ticks` are those between the call of the library and its return, nothing else. */
struct bl_answer {
    uint32_t status;
    int32_t label;
    uint32_t ticks;
    float outputs[BL_LIBRARY_OUTPUTS];
};

void bl_library_init(bool pretrained, struct bl_answer *answer);
void bl_library_detect(float signal[], struct bl_answer *answer);

/* Only libraries that learn (BL_LIBRARY_KNOWLEDGE > 0) have these. */
void bl_library_learn(float signal[], struct bl_answer *answer);
uint32_t bl_library_save(uint8_t buffer[]);
void bl_library_restore(const uint8_t buffer[], struct bl_answer *answer);

#endif
