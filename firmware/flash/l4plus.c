/* Flash loader of the STM32L4+ with two banks, as it leaves the factory (RM0432: FLASH). */
#define WORDS 2u
#define STATUS_AT 0x40022010u
#define CONTROL_AT 0x40022014u
#define OPTION_AT 0x40022020u
#define BUSY (1u << 16)
#define CACHES ((1u << 9) | (1u << 10))
#define CHIP ((1u << 2) | (1u << 15))
#define OPTIONS (1u << 22) /* DBANK */
#define EMPTY 0u
#include "words.h"
