/* Exported twins of the kernels for executors that choose sizes at run time: the host and the core runner.
 * Every stage has one signature, every model another, so that callers need no table of signatures. */
#ifndef BL_WRAP_H
#define BL_WRAP_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define BLH_EXPORT __declspec(dllexport)
#else
#define BLH_EXPORT __attribute__((visibility("default"), used))
#endif

/* A stage works in place on rows of axes * length floats. The body sees `row`. */
#define BLH_STAGE(name, body)                                                                                   \
    BLH_EXPORT void blh_##name(uint32_t signals, uint32_t axes, uint32_t length, const uint32_t params[],       \
                               const void *const tables[], float x[]);                                          \
    void blh_##name(uint32_t signals, uint32_t axes, uint32_t length, const uint32_t params[],                  \
                    const void *const tables[], float x[])                                                      \
    {                                                                                                           \
        (void)params;                                                                                           \
        (void)tables;                                                                                           \
        for (size_t s = 0; s < signals; s++) {                                                                  \
            float *const row = &x[s * axes * length];                                                           \
            body;                                                                                               \
        }                                                                                                       \
    }

#endif
