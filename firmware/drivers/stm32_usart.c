/* Port on a USART of an STM32, both directions by DMA: bytes arrive in a ring while the core computes, and a frame
 * leaves while the next one is made. No interrupt: the core looks when it has time.
 *
 * USART generations: version 1 (F1, F4) has SR and DR, version 2 (F0, F7, H7, L0, L4, U5) has ISR, ICR, RDR and TDR. */
#include "port.h"
#include "stm32.h"
#include "stm32_dma.h"
#include "stm32_gpio.h"
#include "ticks.h"

#if BL_USART_VERSION == 1 /* RM0008, RM0090, RM0402: USART registers */
#define STATUS BL_REGISTER(BL_USART_BASE + 0x00u)
#define RECEIVED (BL_USART_BASE + 0x04u)
#define TRANSMITTED (BL_USART_BASE + 0x04u)
#define DIVIDER BL_REGISTER(BL_USART_BASE + 0x08u)
#define CONTROL1 BL_REGISTER(BL_USART_BASE + 0x0Cu)
#define CONTROL3 BL_REGISTER(BL_USART_BASE + 0x14u)
#define CONTROL1_ENABLE (1u << 13)
#else /* RM0351 and its siblings: USART registers */
#define CONTROL1 BL_REGISTER(BL_USART_BASE + 0x00u)
#define CONTROL3 BL_REGISTER(BL_USART_BASE + 0x08u)
#define DIVIDER BL_REGISTER(BL_USART_BASE + 0x0Cu)
#define STATUS BL_REGISTER(BL_USART_BASE + 0x1Cu)
#define CLEAR BL_REGISTER(BL_USART_BASE + 0x20u)
#define RECEIVED (BL_USART_BASE + 0x24u)
#define TRANSMITTED (BL_USART_BASE + 0x28u)
#define CONTROL1_ENABLE 1u
#define STATUS_TRANSMITTER_ON (1u << 21)
#endif
#define CONTROL1_BOTH_WAYS ((1u << 2) | (1u << 3))
#define CONTROL3_DMA ((1u << 6) | (1u << 7)) /* receiver and transmitter */
#define STATUS_OVERRUN (1u << 3)
#define STATUS_SENT (1u << 6)

#define DIVISOR ((BL_USART_CLOCK_HZ + BL_BAUD / 2u) / BL_BAUD)
_Static_assert(DIVISOR >= 16u && DIVISOR <= 0xFFFFu, "the divider reaches this baud rate");
_Static_assert(99ull * BL_USART_CLOCK_HZ <= 100ull * DIVISOR * BL_BAUD &&
                   101ull * BL_USART_CLOCK_HZ >= 100ull * DIVISOR * BL_BAUD,
               "the baud rate is met within a percent");
_Static_assert((BL_RX_RING & (BL_RX_RING - 1u)) == 0u && BL_RX_RING <= 32768u, "positions wrap by a mask");

static volatile uint8_t ring[BL_RX_RING]; /* filled by the DMA, over and over */
static size_t tail;                       /* the first byte nobody has fetched */
static bool sending;

/* An open RX reads as idle. */
static void connect_pins(void)
{
#if BL_GPIO_VERSION == 1
    bl_pin_input(BL_RX_PORT, BL_RX_PIN);
#else
    bl_pin_alternate(BL_RX_PORT, BL_RX_PIN, BL_RX_FUNCTION, BL_PIN_PULLED_UP);
#endif
    bl_pin_alternate(BL_TX_PORT, BL_TX_PIN, BL_TX_FUNCTION, BL_PIN_PUSH_PULL);
}

static void start_receiving(void)
{
    bl_dma_select(BL_DMA_RX, BL_DMA_RX_REQUEST);
    bl_dma_select(BL_DMA_TX, BL_DMA_TX_REQUEST);
    bl_dma_start(BL_DMA_RX, BL_DMA_CIRCULAR | BL_DMA_REQUEST(BL_DMA_RX_REQUEST), RECEIVED, ring, BL_RX_RING);
}

void bl_port_init(void)
{
    bl_clock_init();
    bl_clock_on(BL_RX_CLOCK, BL_RX_CLOCK_BIT);
    bl_clock_on(BL_TX_CLOCK, BL_TX_CLOCK_BIT);
    bl_clock_on(BL_USART_CLOCK, BL_USART_CLOCK_BIT);
    bl_clock_on(BL_DMA_CLOCK, BL_DMA_CLOCK_BIT);
    connect_pins();
    start_receiving();
    DIVIDER = DIVISOR;
    CONTROL3 = CONTROL3_DMA;
    CONTROL1 = CONTROL1_ENABLE | CONTROL1_BOTH_WAYS;
#if BL_USART_VERSION == 2
    bl_await(&STATUS, STATUS_TRANSMITTER_ON, STATUS_TRANSMITTER_ON);
#endif
    bl_ticks_init();
}

/* Where the DMA writes next. */
static size_t head(void)
{
    const size_t left = bl_dma_left(BL_DMA_RX);
    bl_barrier();
    return (BL_RX_RING - left) & (BL_RX_RING - 1u);
}

/* A receiver whose byte nobody fetched in time says so until it is told that this was heard. */
static void count_overrun(void)
{
    if ((STATUS & STATUS_OVERRUN) != 0u) {
        bl_overruns++;
#if BL_USART_VERSION == 1
        (void)BL_REGISTER(RECEIVED); /* read after the status, this clears it; the frame is spoilt anyway */
#else
        CLEAR = STATUS_OVERRUN;
#endif
    }
}

/* Whether the ring may have been overrun since the last look: both its halves were finished. Less than half a ring
 * never looks like that, so a host that keeps to that many bytes ahead loses nothing. The flags are taken before the
 * position, so that what is written in between shows in the next look. */
static bool lapped(void)
{
    const uint32_t flags = bl_dma_take_flags(BL_DMA_RX);
    return (flags & (BL_DMA_HALF | BL_DMA_DONE)) == (BL_DMA_HALF | BL_DMA_DONE);
}

bool bl_incoming(void)
{
    count_overrun();
    if (lapped()) {
        bl_overruns++;
        tail = head();
    }
    return head() != tail;
}

size_t bl_read(uint8_t data[], size_t capacity)
{
    while (!bl_incoming()) {
    }
    size_t got = 0;
    for (const size_t end = head(); got < capacity && tail != end; got++) {
        data[got] = ring[tail];
        tail = (tail + 1u) & (BL_RX_RING - 1u);
    }
    return got;
}

/* Until the DMA has fetched the last byte of what is being sent. */
static void finish(void)
{
    uint32_t flags = 0;
    if (!sending)
        return;
    while ((flags & (BL_DMA_DONE | BL_DMA_FAILED)) == 0u)
        flags = bl_dma_take_flags(BL_DMA_TX);
    bl_dma_stop(BL_DMA_TX);
    sending = false;
}

void bl_write(const uint8_t data[], size_t size)
{
    finish();
    sending = size > 0u;
    if (sending)
        bl_dma_start(BL_DMA_TX, BL_DMA_TO_PERIPHERAL | BL_DMA_REQUEST(BL_DMA_TX_REQUEST), TRANSMITTED, data,
                     (uint32_t)size);
}

bool bl_writing(void)
{
    return sending && (bl_dma_flags(BL_DMA_TX) & (BL_DMA_DONE | BL_DMA_FAILED)) == 0u;
}

void bl_exit(uint32_t status)
{
    (void)status; /* nobody to tell */
    finish();
    bl_await(&STATUS, STATUS_SENT, STATUS_SENT);
    for (;;)
        __asm volatile("wfi");
}
