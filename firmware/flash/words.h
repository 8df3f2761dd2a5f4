/* The controllers that program some words at a time, and whose KEYR, SR and CR have the same bits (RM0351, RM0432,
 * RM0456, RM0490: FLASH registers). Who includes this says first what differs:
 *
 *   WORDS      that are programmed at once
 *   STATUS_AT, CONTROL_AT, OPTION_AT    addresses of SR, CR and OPTR
 *   BUSY       bits of SR while something is under way
 *   CHIP       bits of CR that erase every bank
 *   OPTIONS    bits of OPTR without which the chip has other sectors than the table says
 *   CACHES     bits of ACR that switch caches on, those that empty them are two further; without it, a function
 *              prepare does what has to be done first
 *   EMPTY      bits of ACR to be cleared at the end, 0 where there are none */
#ifndef BL_FLASH_WORDS_H
#define BL_FLASH_WORDS_H

#include "loader.h"

#define ACCESS BL_REGISTER(0x40022000u)
#define KEY BL_REGISTER(0x40022008u)
#define STATUS BL_REGISTER(STATUS_AT)
#define STATUS_FAILED 0xC3FAu
#define CONTROL BL_REGISTER(CONTROL_AT)
#define CONTROL_PROGRAM (1u << 0)
#define CONTROL_PAGE (1u << 1)
#define CONTROL_NUMBER(page) ((page) << 3)
#define CONTROL_SECOND_BANK (1u << 11)
#define CONTROL_START (1u << 16)
#define CONTROL_LOCKED (1u << 31)
#define OPTION BL_REGISTER(OPTION_AT)

/* What caches hold will not be what the flash holds; a reset switches them on again. */
#ifdef CACHES
static void prepare(void)
{
    ACCESS &= ~CACHES;
    ACCESS |= CACHES << 2;
    ACCESS &= ~(CACHES << 2);
}
#endif

/* To its end; what went wrong earlier would keep the next operation from beginning. */
static uint32_t finish(void)
{
    while ((STATUS & BUSY) != 0u) {
    }
    const uint32_t failed = STATUS & STATUS_FAILED;
    STATUS = failed;
    return failed == 0u ? BL_FLASH_DONE : BL_FLASH_REFUSED;
}

static uint32_t erase(uint32_t what)
{
    CONTROL = what;
    CONTROL = what | CONTROL_START;
    const uint32_t done = finish();
    CONTROL = 0u;
    return done;
}

uint32_t Init(uint32_t address, uint32_t hz, uint32_t operation)
{
    (void)address;
    (void)hz;
    (void)operation;
    (void)finish();
    if ((CONTROL & CONTROL_LOCKED) != 0u) {
        KEY = 0x45670123u;
        KEY = 0xCDEF89ABu;
    }
    prepare();
    return (CONTROL & CONTROL_LOCKED) == 0u && (OPTION & OPTIONS) == OPTIONS ? BL_FLASH_DONE : BL_FLASH_REFUSED;
}

uint32_t UnInit(uint32_t operation)
{
    (void)operation;
    if (EMPTY != 0u)
        ACCESS &= ~EMPTY;
    CONTROL = CONTROL_LOCKED;
    return BL_FLASH_DONE;
}

uint32_t EraseChip(void)
{
    return erase(CHIP);
}

uint32_t EraseSector(uint32_t address)
{
    const uint32_t offset = address - BL_FLASH_ORIGIN;
    const uint32_t bank = offset < BL_FLASH_BANK ? 0u : CONTROL_SECOND_BANK;
    const uint32_t page = (offset & (BL_FLASH_BANK - 1u)) / BL_FLASH_SECTOR;
    if (offset >= BL_FLASH_SIZE)
        return BL_FLASH_REFUSED;
    return erase(CONTROL_PAGE | CONTROL_NUMBER(page) | bank);
}

uint32_t ProgramPage(uint32_t address, uint32_t size, const uint32_t data[])
{
    volatile uint32_t *const flash = &BL_REGISTER(address);
    uint32_t done = BL_FLASH_DONE;
    CONTROL = CONTROL_PROGRAM;
    for (uint32_t word = 0; word < size / 4u && done == BL_FLASH_DONE; word += WORDS) {
        for (uint32_t each = word; each < word + WORDS; each++)
            flash[each] = data[each];
        done = finish();
    }
    CONTROL = 0u;
    return done;
}

_Static_assert((BL_FLASH_BANK & (BL_FLASH_BANK - 1u)) == 0u, "an address within a bank is found by a mask");
_Static_assert(BL_FLASH_SIZE == BL_FLASH_BANK || BL_FLASH_SIZE == 2u * BL_FLASH_BANK, "there are one or two banks");

#endif
