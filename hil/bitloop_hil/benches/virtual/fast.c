/* The part of the virtual bench that runs millions of times a second: counting instructions, and the bytes of a UART.
 * Its functions are called by Unicorn as hooks. Everything slow or rare is Python's (machine.py, fast.py). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default"), used))
#define FIFO (1u << 20)
#define FULL_AT (FIFO - 16u)
#define POLLS 8u       /* so many polls of the status, */
#define POLL_WITHIN 64 /* each so many instructions after the one before, are a firmware that waits */

/* fast.py has the same fields. */
struct fast {
    uint64_t instructions;       /* executed so far, and in the block that is being executed */
    uint64_t limit;              /* no block begins once that many were executed */
    const uint16_t *code;        /* what stands at `code_first` .. `code_end` - 1 */
    uint32_t *known;             /* by half-word of it: bytes and instructions of the block seen there last */
    uint64_t code_first, code_end;
    uint64_t block, block_end;   /* the block being executed */
    uint64_t polled;             /* instructions at the last poll of the status */
    int (*stop)(void *core);
    uint64_t (*slow_read)(uint64_t offset);
    void (*slow_write)(uint64_t offset, uint64_t value);
    uint32_t status_at, receive_at, send_at; /* offsets of the UART's hot registers in its page */
    uint32_t status, receive_bit, send_bit;  /* status as it stands apart from these two bits */
    uint32_t send_bit_means_full;            /* set when full (CMSDK), not when empty (STM32) */
    uint32_t connected;                      /* 0 while pins, clocks or enable bits keep the UART off the line */
    uint32_t polls;                          /* of the status, without any byte moved in between */
    uint32_t counted;                        /* the block's instructions are in the count */
    uint32_t idle;                           /* stopped because the firmware waits for the line */
    uint32_t received, taken, sent;          /* bytes put into `in`, taken from it, put into `out` */
    uint8_t in[FIFO], out[FIFO];
};

/* A Thumb instruction of 32 bits begins with 11101, 11110 or 11111. */
static uint64_t count(const struct fast *f, uint64_t first, uint64_t end)
{
    uint64_t total = 0;
    if (first < f->code_first || end > f->code_end)
        return (end - first) / 2u; /* code in RAM: none of ours is */
    for (uint64_t at = first; at < end; total++)
        at += f->code[(at - f->code_first) / 2u] >= 0xE800u ? 4u : 2u;
    return total;
}

/* The same block comes again and again: what it holds is remembered as bytes << 16 | instructions. */
static uint64_t count_again(const struct fast *f, uint64_t address, uint32_t size)
{
    if (address < f->code_first || address >= f->code_end)
        return count(f, address, address + size);
    uint32_t *const known = &f->known[(address - f->code_first) / 2u];
    if (*known >> 16 != size)
        *known = size << 16 | (uint32_t)count(f, address, address + size);
    return *known & 0xFFFFu;
}

EXPORT void fast_block(void *core, uint64_t address, uint32_t size, struct fast *f)
{
    f->block = address;
    f->block_end = address + size;
    f->counted = f->instructions < f->limit;
    if (f->counted)
        f->instructions += count_again(f, address, size);
    else
        f->stop(core);
}

/* After a stop at `pc`: takes back what was counted but not executed. */
EXPORT void fast_settle(struct fast *f, uint64_t pc)
{
    if (f->counted && pc >= f->block && pc < f->block_end)
        f->instructions -= count(f, pc, f->block_end);
    f->counted = 0;
}

static uint64_t status(void *core, struct fast *f)
{
    const bool empty = f->taken == f->received, full = f->sent >= FULL_AT;
    f->polls = f->instructions - f->polled <= POLL_WITHIN ? f->polls + 1u : 0u;
    f->polled = f->instructions;
    if ((empty || full) && f->polls > POLLS) {
        f->idle = 1;
        f->stop(core);
    }
    return f->status | (f->connected && !empty ? f->receive_bit : 0u) |
           (f->connected && full == (f->send_bit_means_full != 0u) ? f->send_bit : 0u);
}

EXPORT uint64_t fast_read(void *core, uint64_t offset, unsigned size, struct fast *f)
{
    (void)size;
    if (offset == f->status_at)
        return status(core, f);
    if (offset != f->receive_at)
        return f->slow_read(offset);
    f->polls = 0;
    if (!f->connected || f->taken == f->received)
        return 0;
    return f->in[f->taken++];
}

EXPORT void fast_write(void *core, uint64_t offset, unsigned size, uint64_t value, struct fast *f)
{
    (void)core;
    (void)size;
    if (offset != f->send_at) {
        f->slow_write(offset, value);
        return;
    }
    f->polls = 0;
    if (f->connected && f->sent < FIFO)
        f->out[f->sent++] = (uint8_t)value;
}
