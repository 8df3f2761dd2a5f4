/* Flash loader of the STM32C0 (RM0490: FLASH): one bank. */
#define WORDS 2u
#define STATUS_AT 0x40022010u
#define CONTROL_AT 0x40022014u
#define OPTION_AT 0x40022020u
#define BUSY ((1u << 16) | (1u << 18))
#define CACHES (1u << 9)
#define CHIP (1u << 2)
#define OPTIONS 0u
/* A chip whose flash was empty when it was powered boots from its own memory until the next power-on, or until this bit
 * is cleared. */
#define EMPTY (1u << 16)
#include "words.h"
