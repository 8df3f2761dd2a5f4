/* A peripheral that samples by itself and hands each result to a DMA, which puts it into bl_ring. One driver per kind of
 * peripheral implements this; sensor.h says which one it is, on which pins, and how fast. */
#ifndef BL_CONVERTER_H
#define BL_CONVERTER_H

#include <stdbool.h>

/* Bring up clocks and pins; called once, after bl_port_init. */
void bl_converter_init(void);

/* Stop what goes on, and fill the ring from its first item on (bl_ring_start) with samples taken after this. False where
 * the peripheral does not come up. */
bool bl_converter_start(void);

/* Whether a result was lost since then because the DMA had not fetched the one before. */
bool bl_converter_lost(void);

#endif
