/* The part of the virtual bench that runs millions of times a second: counting instructions and cycles, and the bytes
 * of a UART. Its functions are called by Unicorn as hooks. Everything slow or rare is Python's (machine.py, fast.py). */
#include "accelerator.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default"), used))
#define FIFO (1u << 20)
#define FULL_AT (FIFO - 16u)
#define POLLS 8u       /* so many polls of the status, */
#define POLL_WITHIN 64 /* each so many instructions after the one before, are a firmware that waits */
#define PRICES (1u << 17) /* a power of two; three quarters of them are used before all are forgotten */
#define JUMPED 0x8000u    /* the block was not entered from the one that stands before it */

/* What it costs to execute the `size` bytes at `address` once, entered in a state of the pipeline; fast.py has the
 * same fields. A price of size 0 is free to be used. */
struct price {
    uint32_t address;
    uint16_t size, entry, exit, instructions;
    uint32_t cycles;
    uint64_t uses;  /* how often the block was executed so */
    uint64_t extra; /* cycles that depended on data, in all of them */
};

/* A division whose cycles depend on its operands; fast.py has the same fields. */
struct division {
    struct fast *f;
    int32_t dividend, divisor; /* Unicorn's numbers of their registers */
    uint32_t is_signed;
};

/* fast.py has the same fields. */
struct fast {
    uint64_t instructions;       /* executed so far, and in the block that is being executed */
    uint64_t cycles;             /* the same in cycles, and what was skipped */
    uint64_t limit;              /* no block begins once that many cycles have passed */
    uint64_t block, block_end;   /* the block being executed, or the one executed last */
    uint64_t started;            /* cycles before it */
    uint64_t finish;             /* nothing is executed there; what a jump to it costs is counted */
    uint64_t polled;             /* instructions at the last poll of the status */
    struct price *prices;        /* what is known, by a hash of address and entry */
    struct price *price;         /* of the block being executed */
    int (*stop)(void *core);
    int (*read_register)(void *core, int number, void *value);
    uint64_t (*ask)(uint64_t address, uint32_t size, uint32_t entry); /* cycles << 32 | instructions << 16 | exit */
    uint64_t (*slow_read)(uint64_t offset);
    void (*slow_write)(uint64_t offset, uint64_t value);
    uint32_t divide_less, divide_base, divide_step; /* cycles beyond the price: see division() */
    uint32_t state;                          /* of the pipeline before the block, then after it */
    uint32_t entry;                          /* the same with JUMPED: what the block's price was asked for */
    uint32_t known;                          /* prices in use */
    uint32_t refuse;                         /* asking for the price found that the block cannot run yet */
    uint32_t status_at, receive_at, send_at; /* offsets of the UART's hot registers in its page */
    uint32_t status, receive_bit, send_bit;  /* status as it stands apart from these two bits */
    uint32_t send_bit_means_full;            /* set when full (CMSDK), not when empty (STM32) */
    uint32_t connected;                      /* 0 while pins, clocks or enable bits keep the UART off the line */
    uint32_t polls;                          /* of the status, without any byte moved in between */
    uint32_t counted;                        /* the block's instructions and cycles are in the counts */
    uint32_t idle;                           /* stopped because the firmware waits for the line */
    uint32_t received, taken, sent;          /* bytes put into `in`, taken from it, put into `out` */
    struct accelerator accelerator;
    uint8_t in[FIFO], out[FIFO];
};

static void forget(struct fast *f)
{
    for (uint32_t i = 0; i < PRICES; i++)
        f->prices[i].size = 0;
    f->known = 0;
}

/* The same block comes again and again in the same few states: its price is asked for once. */
static struct price *price(struct fast *f, uint64_t address, uint32_t size, uint32_t entry)
{
    uint32_t at = ((uint32_t)address >> 1 ^ entry * 0x9E3779B1u ^ size * 0x85EBCA6Bu) * 0xC2B2AE35u;
    at = (at ^ at >> 15) & (PRICES - 1u);
    for (;; at = (at + 1u) & (PRICES - 1u)) {
        struct price *const p = &f->prices[at];
        if (p->size == 0)
            break;
        if (p->address == address && p->entry == entry && p->size == size)
            return p;
    }
    if (f->known >= PRICES / 4u * 3u)
        forget(f); /* the place found is still free */
    f->known++;
    const uint64_t answer = f->ask(address, size, entry);
    struct price *const p = &f->prices[at];
    *p = (struct price){(uint32_t)address,
                        (uint16_t)size,
                        (uint16_t)entry,
                        (uint16_t)(answer & 0x7FFFu),
                        (uint16_t)(answer >> 16),
                        (uint32_t)(answer >> 32),
                        0,
                        0};
    return p;
}

/* Cycles beyond the price of the block being executed. */
static void wait(struct fast *f, uint32_t cycles)
{
    f->cycles += cycles;
    if (f->price != NULL)
        f->price->extra += cycles;
}

EXPORT void fast_block(void *core, uint64_t address, uint32_t size, struct fast *f)
{
    f->counted = f->cycles < f->limit && address != f->finish;
    if (!f->counted) {
        if (address == f->finish)
            f->cycles += price(f, address, 2, f->state | JUMPED)->cycles - 1u;
        f->stop(core);
        return;
    }
    f->entry = f->state | (address != f->block_end ? JUMPED : 0u);
    struct price *const p = price(f, address, size, f->entry);
    if (f->refuse) {
        f->refuse = f->counted = 0;
        f->stop(core);
        return;
    }
    p->uses++;
    f->price = p;
    f->block = address;
    f->block_end = address + size;
    f->started = f->cycles;
    f->cycles += p->cycles;
    f->instructions += p->instructions;
    f->state = p->exit;
    if (f->accelerator.wait_states != 0)
        wait(f, fetch_waits(&f->accelerator, address, size, f->started, p->cycles));
}

/* The core reads data from flash with wait states. */
EXPORT void fast_data(void *core, int type, uint64_t address, int size, int64_t value, struct fast *f)
{
    (void)core;
    (void)type;
    (void)size;
    (void)value;
    wait(f, data_waits(&f->accelerator, address));
}

static uint32_t bits(uint32_t value)
{
    uint32_t n = 0;
    for (; value != 0; value >>= 1)
        n++;
    return n;
}

/* Early termination: least where an operand is zero, a little more where the quotient is, else by the quotient's bits. */
static uint32_t division(const struct fast *f, uint32_t dividend, uint32_t divisor)
{
    const uint32_t of = bits(dividend), by = bits(divisor);
    if (of == 0 || by == 0 || f->divide_step == 0)
        return 0;
    return of < by ? f->divide_less : f->divide_base + (of - by) / f->divide_step;
}

static uint32_t magnitude(uint32_t value, bool is_signed)
{
    return is_signed && value >> 31 ? 0u - value : value;
}

EXPORT void fast_divide(void *core, uint64_t address, uint32_t size, struct division *d)
{
    (void)address;
    (void)size;
    uint32_t dividend = 0, divisor = 0;
    d->f->read_register(core, d->dividend, &dividend);
    d->f->read_register(core, d->divisor, &divisor);
    const uint32_t more =
        division(d->f, magnitude(dividend, d->is_signed != 0), magnitude(divisor, d->is_signed != 0));
    wait(d->f, more);
}

/* After a stop at `pc`: takes back what was counted but not executed, so that the block's rest may follow. */
EXPORT void fast_settle(struct fast *f, uint64_t pc)
{
    if (f->counted && pc >= f->block && pc < f->block_end) {
        const struct price whole = *f->price;
        f->price->uses--;
        f->cycles -= whole.cycles;
        f->instructions -= whole.instructions;
        f->state = f->entry & ~JUMPED;
        if (pc > f->block) {
            struct price *const p = price(f, f->block, (uint32_t)(pc - f->block), f->entry);
            p->uses++;
            f->cycles += p->cycles;
            f->instructions += p->instructions;
            f->state = p->exit;
            f->block_end = pc;
        } else if (!(f->entry & JUMPED)) {
            f->block_end = pc;
        } else {
            f->block_end = pc + 1u; /* nowhere: the block will be jumped to again */
        }
    }
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
