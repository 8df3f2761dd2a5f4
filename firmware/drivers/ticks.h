/* Time for drivers without a clock of their own: the cycle counter, or SysTick where the core has none. */
#ifndef BL_TICKS_H
#define BL_TICKS_H

#include <stdint.h>

/* Start it; bl_ticks of port.h reads it. */
void bl_ticks_init(void);

/* Let them go on where a debugger has stopped them. */
void bl_ticks_keep(void);

/* Let so many ticks pass, and little more: SysTick counts them, not the core. Where SysTick is the clock, until the wrap
 * behind them: BL_TICK_PERIOD says how long that may be. */
void bl_pause(uint32_t ticks);

#endif
