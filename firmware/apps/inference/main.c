/* The inference application: a library behind the link. */
#include "../../drivers/port.h"
#include "../../link/server.h"

#if defined(__ARM_FP)
/* Rounding, flush-to-zero, default NaN, alternative half precision: all off, or the bits would differ. */
#define FPSCR_MODES 0x07C00000u

static uint32_t float_modes(void)
{
    uint32_t fpscr;
    __asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
    return fpscr & FPSCR_MODES;
}
#else
static uint32_t float_modes(void)
{
    return 0u;
}
#endif

int main(void)
{
    bl_port_init();
    if (float_modes() != 0u) {
        bl_log("the FPU does not start in its default mode, so results would differ");
        bl_exit(3);
    }
    bl_serve();
}
