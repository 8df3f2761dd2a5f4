/* Time for drivers without a clock of their own: the cycle counter, or SysTick where the core has none. */
#ifndef BL_TICKS_H
#define BL_TICKS_H

/* Start it; bl_ticks of port.h reads it. */
void bl_ticks_init(void);

#endif
