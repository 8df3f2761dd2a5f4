/* What becomes of a fault of the core: whatever talks to the host tells it. */
#ifndef BL_FAULT_H
#define BL_FAULT_H

#include <stdint.h>

/* Words of the frame that the core pushes. */
enum { BL_STACKED_LR = 5, BL_STACKED_PC = 6 };

/* Tell the host about a fault and end. `stacked` is the frame the core pushed, NULL where there is none to read. */
_Noreturn void bl_report_fault(uint32_t exception, const uint32_t stacked[]);

#endif
