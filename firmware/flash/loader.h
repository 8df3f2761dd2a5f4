/* A flash loader: pyOCD puts it into a chip's RAM and calls these functions of it, as CMSIS-Pack flash algorithms have
 * them. They answer 0, or 1 where the chip refused. There is one file per flash controller; BL_FLASH_ORIGIN,
 * BL_FLASH_SIZE, BL_FLASH_SECTOR (what is erased at once) and BL_FLASH_BANK (bytes of a bank) come from the table of
 * chips. A loader has no variables but its functions' own: it runs wherever it was put, on a stack of 256 bytes. */
#ifndef BL_FLASH_LOADER_H
#define BL_FLASH_LOADER_H

#include <stdint.h>

#define BL_REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

enum { BL_FLASH_DONE = 0, BL_FLASH_REFUSED = 1 };

/* Before `operation` (1 erases, 2 programs) on the flash at `address`; `hz` is not used. */
uint32_t Init(uint32_t address, uint32_t hz, uint32_t operation);

/* After it. */
uint32_t UnInit(uint32_t operation);

uint32_t EraseChip(void);

/* The sector that begins at `address`. */
uint32_t EraseSector(uint32_t address);

/* `size` bytes, a multiple of what the controller programs at once, to erased flash; `data` is aligned to words. */
uint32_t ProgramPage(uint32_t address, uint32_t size, const uint32_t data[]);

#endif
