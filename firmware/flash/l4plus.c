/* Flash loader of the STM32L4+ with two banks, as it leaves the factory (RM0432: FLASH). */
#define BUSY (1u << 16)
#define CACHES ((1u << 9) | (1u << 10))
#define CHIP ((1u << 2) | (1u << 15))
#define OPTIONS (1u << 22) /* DBANK */
#include "double_words.h"

uint32_t UnInit(uint32_t operation)
{
    (void)operation;
    CONTROL = CONTROL_LOCKED;
    return BL_FLASH_DONE;
}
