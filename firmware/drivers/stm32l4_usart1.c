/* Port on USART1 of an STM32L4, polled: PB6 (TX) and PB7 (RX), 80 MHz from the MSI by way of the PLL. */
#include "port.h"
#include "ticks.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define RCC_CR REGISTER(0x40021000u)
#define RCC_CR_PLL_ON (1u << 24)
#define RCC_CR_PLL_READY (1u << 25)
#define RCC_CFGR REGISTER(0x40021008u)
#define RCC_CFGR_SWITCH_PLL 3u
#define RCC_CFGR_STATUS (3u << 2)
#define RCC_CFGR_STATUS_PLL (3u << 2)
#define RCC_PLLCFGR REGISTER(0x4002100Cu)
#define RCC_PLLCFGR_80_MHZ (1u | (40u << 8) | (1u << 24)) /* MSI's 4 MHz / 1 * 40 / 2, output R on */
#define RCC_AHB2ENR REGISTER(0x4002104Cu)
#define RCC_AHB2ENR_GPIOB (1u << 1)
#define RCC_APB2ENR REGISTER(0x40021060u)
#define RCC_APB2ENR_USART1 (1u << 14)

#define FLASH_ACR REGISTER(0x40022000u)
#define FLASH_ACR_LATENCY 7u
#define FLASH_ACR_4_WAITS 4u
#define FLASH_ACR_CACHES ((1u << 8) | (1u << 9) | (1u << 10)) /* prefetch, instruction cache, data cache */

#define GPIOB_MODER REGISTER(0x48000400u)
#define GPIOB_OSPEEDR REGISTER(0x48000408u)
#define GPIOB_PUPDR REGISTER(0x4800040Cu)
#define GPIOB_AFRL REGISTER(0x48000420u)
#define AF_USART1 7u

#define USART1_CR1 REGISTER(0x40013800u)
#define USART1_CR1_ENABLE ((1u << 0) | (1u << 2) | (1u << 3)) /* USART, receiver, transmitter */
#define USART1_BRR REGISTER(0x4001380Cu)
#define USART1_ISR REGISTER(0x4001381Cu)
#define USART1_ISR_OVERRUN (1u << 3)
#define USART1_ISR_RX_FULL (1u << 5)
#define USART1_ISR_TX_EMPTY (1u << 7)
#define USART1_ISR_ACKNOWLEDGED ((1u << 21) | (1u << 22)) /* transmitter and receiver are on */
#define USART1_ICR REGISTER(0x40013820u)
#define USART1_RDR REGISTER(0x40013824u)
#define USART1_TDR REGISTER(0x40013828u)

static void set_field(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    *reg = (*reg & ~mask) | value;
}

/* The waits of the flash go up before the clock does. */
static void clock_to_80_mhz(void)
{
    set_field(&FLASH_ACR, FLASH_ACR_LATENCY, FLASH_ACR_4_WAITS | FLASH_ACR_CACHES);
    while ((FLASH_ACR & FLASH_ACR_LATENCY) != FLASH_ACR_4_WAITS) {
    }
    RCC_PLLCFGR = RCC_PLLCFGR_80_MHZ;
    RCC_CR |= RCC_CR_PLL_ON;
    while ((RCC_CR & RCC_CR_PLL_READY) == 0u) {
    }
    RCC_CFGR |= RCC_CFGR_SWITCH_PLL;
    while ((RCC_CFGR & RCC_CFGR_STATUS) != RCC_CFGR_STATUS_PLL) {
    }
}

static void pins_to_usart1(void)
{
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOB;
    (void)RCC_AHB2ENR; /* the clock reaches the port two cycles later */
    set_field(&GPIOB_AFRL, 0xFFu << 24, (AF_USART1 << 24) | (AF_USART1 << 28));
    set_field(&GPIOB_OSPEEDR, 0xFu << 12, 0xAu << 12);
    set_field(&GPIOB_PUPDR, 3u << 14, 1u << 14); /* an open RX reads as idle */
    set_field(&GPIOB_MODER, 0xFu << 12, 0xAu << 12);
}

void bl_port_init(void)
{
    clock_to_80_mhz();
    pins_to_usart1();
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
    (void)RCC_APB2ENR;
    USART1_BRR = (BL_CLOCK_HZ + BL_BAUD / 2u) / BL_BAUD;
    USART1_CR1 = USART1_CR1_ENABLE;
    while ((USART1_ISR & USART1_ISR_ACKNOWLEDGED) != USART1_ISR_ACKNOWLEDGED) {
    }
    bl_ticks_init();
}

size_t bl_read(uint8_t data[], size_t capacity)
{
    size_t got = 0;
    uint32_t state;
    do
        state = USART1_ISR;
    while ((state & USART1_ISR_RX_FULL) == 0u);
    while ((state & USART1_ISR_RX_FULL) != 0u && got < capacity) {
        if ((state & USART1_ISR_OVERRUN) != 0u) {
            USART1_ICR = USART1_ISR_OVERRUN;
            bl_overruns++;
        }
        data[got++] = (uint8_t)USART1_RDR;
        state = USART1_ISR;
    }
    return got;
}

bool bl_incoming(void)
{
    return (USART1_ISR & USART1_ISR_RX_FULL) != 0u;
}

void bl_write(const uint8_t data[], size_t size)
{
    for (size_t i = 0; i < size; i++) {
        while ((USART1_ISR & USART1_ISR_TX_EMPTY) == 0u) {
        }
        USART1_TDR = data[i];
    }
}

bool bl_writing(void)
{
    return false;
}

void bl_exit(uint32_t status)
{
    (void)status; /* nobody to tell */
    for (;;)
        __asm volatile("wfi");
}
