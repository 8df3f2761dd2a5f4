/* Flash with wait states behind an accelerator as STM32s have it: whole lines are read, the next one while this one is
 * executed; lines are kept, and the one not used for longest makes room. */
#ifndef BL_ACCELERATOR_H
#define BL_ACCELERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_LINES 64u
#define NO_LINE UINT32_MAX

/* Lines kept, by number, and when each was used last. */
struct lines {
    uint32_t count; /* 0: none is kept */
    uint32_t line[MOST_LINES];
    uint64_t used[MOST_LINES];
};

/* fast.py has the same fields. */
struct accelerator {
    uint64_t first, end;     /* of the flash */
    uint64_t ready;          /* the cycle at which `coming` is there */
    uint64_t uses;
    uint32_t wait_states;    /* 0: none of this happens */
    uint32_t bytes;          /* of a line, a power of two */
    uint32_t current, coming;
    struct lines code, data;
};

static inline bool kept(struct accelerator *a, struct lines *lines, uint32_t line, bool keep)
{
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < lines->count; i++) {
        if (lines->line[i] == line) {
            lines->used[i] = ++a->uses;
            return true;
        }
        if (lines->used[i] < lines->used[oldest])
            oldest = i;
    }
    if (keep && lines->count != 0) {
        lines->line[oldest] = line;
        lines->used[oldest] = ++a->uses;
    }
    return false;
}

static inline void look_ahead(struct accelerator *a, uint64_t now)
{
    if (a->coming == a->current + 1u || kept(a, &a->code, a->current + 1u, false))
        return;
    a->coming = a->current + 1u;
    a->ready = now + a->wait_states + 1u;
}

/* Cycles the core waits for a line at that moment. */
static inline uint32_t fetch_line(struct accelerator *a, uint32_t line, uint64_t now)
{
    uint32_t waits = 0;
    if (line == a->current)
        return 0;
    const bool known = kept(a, &a->code, line, true);
    if (line == a->coming)
        waits = a->ready > now ? (uint32_t)(a->ready - now) : 0u;
    else if (!known)
        waits = a->wait_states;
    a->current = line;
    look_ahead(a, now + waits);
    return waits;
}

/* Cycles the core waits while it executes `size` bytes at `address`, beginning at `now`, in `cycles` without waits. */
static inline uint32_t fetch_waits(struct accelerator *a, uint64_t address, uint32_t size, uint64_t now, uint32_t cycles)
{
    uint32_t waits = 0;
    if (address < a->first || address >= a->end || size == 0)
        return 0;
    const uint32_t last = (uint32_t)((address + size - 1u - a->first) / a->bytes);
    for (uint32_t line = (uint32_t)((address - a->first) / a->bytes); line <= last; line++) {
        const uint64_t begins = a->first + (uint64_t)line * a->bytes;
        const uint64_t before = begins > address ? (begins - address) * cycles / size : 0u;
        waits += fetch_line(a, line, now + before + waits);
    }
    return waits;
}

/* Cycles the core waits for data in flash. */
static inline uint32_t data_waits(struct accelerator *a, uint64_t address)
{
    return kept(a, &a->data, (uint32_t)((address - a->first) / a->bytes), true) ? 0u : a->wait_states;
}

#endif
