/* All an application needs of a machine. One driver implements it per image: a UART, or an emulator's semihosting. */
#ifndef BL_PORT_H
#define BL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has to happen straight after reset, before memory is written; it uses none, not even the stack. Drivers of
 * chips that need nothing leave it out. */
void bl_before_memory(void);

/* Bring up what the other functions need; called once, before them. */
void bl_port_init(void);

/* Wait for input; takes at least one byte and at most `capacity`. */
size_t bl_read(uint8_t data[], size_t capacity);

/* Whether bl_read would return at once; a driver that cannot tell says no. */
bool bl_incoming(void);

/* Send every byte. May return before they have left: `data` has to stay as it is until the next bl_write returns, or
 * bl_writing says no. */
void bl_write(const uint8_t data[], size_t size);

/* Whether something is still being sent. */
bool bl_writing(void);

/* A clock that runs upwards and wraps at 2^32; its unit is the bench's business. */
uint32_t bl_ticks(void);

/* Bytes the receiver lost because nobody fetched them in time; drivers that can tell count it up. */
extern uint32_t bl_overruns;

/* End: 0 where the host is done, anything else is a failure. */
_Noreturn void bl_exit(uint32_t status);

#endif
