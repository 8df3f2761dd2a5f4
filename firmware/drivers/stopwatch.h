/* 64 bits of ticks, as bl_ticks wraps within a minute. It has to be asked more often than that. */
#ifndef BL_STOPWATCH_H
#define BL_STOPWATCH_H

#include "port.h"
#include "ticks.h"

struct bl_stopwatch {
    uint64_t total;
    uint32_t last;
};

static inline void bl_stopwatch_start(struct bl_stopwatch *watch)
{
    bl_ticks_keep();
    watch->total = 0;
    watch->last = bl_ticks();
}

/* Ticks since it was started. */
static inline uint64_t bl_elapsed(struct bl_stopwatch *watch)
{
    bl_ticks_keep();
    const uint32_t now = bl_ticks();
    watch->total += now - watch->last;
    watch->last = now;
    return watch->total;
}

#endif
