/* From reset to main, and from a fault to the host. One source for every core: Armv6-M, v7-M and v8-M. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../drivers/port.h"
#include "fault.h"

extern uint32_t bl_stack_bottom[], bl_stack_top[];
extern uint32_t bl_data_load[], bl_data_start[], bl_data_end[], bl_bss_start[], bl_bss_end[];

int main(void);
void Reset_Handler(void);
void HardFault_Handler(void);
void SysTick_Handler(void);
void bl_start(void);
void bl_enable_fpu(void);
void bl_nothing_before_memory(void);
void bl_unexpected(void);
void bl_fault(const uint32_t *stacked);

#define ALIAS(of) __attribute__((weak, alias(of)))
void SysTick_Handler(void) ALIAS("bl_unexpected");
void bl_before_memory(void) ALIAS("bl_nothing_before_memory");

/* Core exceptions only: no interrupt of a peripheral is ever enabled. */
__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
    (void (*)(void))bl_stack_top,
    Reset_Handler,
    bl_unexpected, /* NMI */
    HardFault_Handler,
    HardFault_Handler, /* MemManage; like the next three it escalates as long as nobody enables it */
    HardFault_Handler, /* BusFault */
    HardFault_Handler, /* UsageFault */
    HardFault_Handler, /* SecureFault */
    NULL,
    NULL,
    NULL,
    bl_unexpected, /* SVCall */
    bl_unexpected, /* DebugMonitor */
    NULL,
    bl_unexpected, /* PendSV */
    SysTick_Handler,
};

#if !defined(__ARM_ARCH_6M__)
#define VTOR (*(volatile uint32_t *)0xE000ED08u)
#endif
#define CPACR (*(volatile uint32_t *)0xE000ED88u)
#define CPACR_FPU (0xFu << 20)

void bl_nothing_before_memory(void)
{
}

/* The FPU comes before all that may use its registers. */
__attribute__((noinline, used)) void bl_enable_fpu(void)
{
#if defined(__ARM_FP)
    CPACR |= CPACR_FPU;
    __asm volatile("dsb\n isb");
#endif
}

/* Not a C function, as one could begin with a push. */
__attribute__((naked)) void Reset_Handler(void)
{
    __asm volatile("bl bl_before_memory\n"
                   "bl bl_enable_fpu\n"
                   "bl bl_start\n");
}

__attribute__((noinline, used)) void bl_start(void)
{
    const uint32_t *from = bl_data_load;
#if defined(VTOR)
    VTOR = (uint32_t)(uintptr_t)vectors;
#endif
    for (uint32_t *to = bl_data_start; to < bl_data_end; to++)
        *to = *from++;
    for (uint32_t *to = bl_bss_start; to < bl_bss_end; to++)
        *to = 0u;
    (void)main();
    for (;;) {
    }
}

/* The stack may be what failed, so the handler starts from its top; the stacked frame stays where it is. */
__attribute__((naked)) void HardFault_Handler(void)
{
    __asm volatile("mrs r0, msp\n"
                   "ldr r1, =bl_stack_top\n"
                   "mov sp, r1\n"
                   "bl bl_fault\n"
                   ".ltorg\n");
}

static uint32_t exception_number(void)
{
    uint32_t ipsr;
    __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
    return ipsr & 0x1FFu;
}

/* What lies outside the stack was never written by the core, and reading it could fault again. */
__attribute__((used)) void bl_fault(const uint32_t *stacked)
{
    uint32_t copy[8];
    const bool readable = stacked >= bl_stack_bottom && stacked + 8 <= bl_stack_top;
    for (size_t i = 0; i < 8 && readable; i++)
        copy[i] = stacked[i];
    bl_report_fault(exception_number(), readable ? copy : NULL);
}

void bl_unexpected(void)
{
    bl_report_fault(exception_number(), NULL);
}
