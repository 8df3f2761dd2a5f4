/* Exported twins of the kernels for executors that choose sizes at run time: the host and the core runner.
 * Every stage has one signature, every model another, so that callers need no table of signatures. `work` is the
 * kernel's workspace, as many floats as its Python twin asks for. */
#ifndef BL_WRAP_H
#define BL_WRAP_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define BLH_EXPORT __declspec(dllexport)
#else
#define BLH_EXPORT __attribute__((visibility("default"), used))
#endif

/* A stage works in place on rows that hold the larger of what it takes and what it makes: `stride` floats, the first
 * axes * length of them given. The body sees `row`. */
#define BLH_STAGE(name, body)                                                                                   \
    BLH_EXPORT void blh_##name(uint32_t signals, uint32_t axes, uint32_t length, uint32_t stride,               \
                               const uint32_t params[], const void *const tables[], float x[], float work[]);   \
    void blh_##name(uint32_t signals, uint32_t axes, uint32_t length, uint32_t stride, const uint32_t params[], \
                    const void *const tables[], float x[], float work[])                                        \
    {                                                                                                           \
        (void)params;                                                                                           \
        (void)tables;                                                                                           \
        (void)work;                                                                                             \
        for (size_t s = 0; s < signals; s++) {                                                                  \
            float *const row = &x[s * stride];                                                                  \
            body;                                                                                               \
        }                                                                                                       \
    }

/* A model fitted on the host writes `outputs` floats per signal. The body sees `row` and `result`. */
#define BLH_STATIC(name, outputs, body)                                                                         \
    BLH_EXPORT void blh_##name(uint32_t signals, uint32_t features, const uint32_t params[],                    \
                               const void *const tables[], const float x[], float out[], float work[]);         \
    void blh_##name(uint32_t signals, uint32_t features, const uint32_t params[], const void *const tables[],   \
                    const float x[], float out[], float work[])                                                 \
    {                                                                                                           \
        (void)params;                                                                                           \
        (void)tables;                                                                                           \
        (void)work;                                                                                             \
        for (size_t s = 0; s < signals; s++) {                                                                  \
            const float *const row = &x[s * features];                                                          \
            float *const result = &out[s * (outputs)];                                                          \
            body;                                                                                               \
        }                                                                                                       \
    }

/* A model that learns may use its features as scratch, so it gets a copy; bitloop.kernels.checks bounds their number. */
#define BLH_FEATURES 1024u

static inline void blh_copy(size_t n, const float from[], float to[])
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

/* It has two functions. The bodies see `row` and `state`; that of detect is an expression, the ratio. */
#define BLH_LEARNING(name, learn, detect)                                                                       \
    BLH_EXPORT void blh_##name##_learn(uint32_t signals, uint32_t features, const uint32_t params[],            \
                                       const void *const tables[], const float x[], float state[],              \
                                       float work[]);                                                           \
    void blh_##name##_learn(uint32_t signals, uint32_t features, const uint32_t params[],                       \
                            const void *const tables[], const float x[], float state[], float work[])           \
    {                                                                                                           \
        float row[BLH_FEATURES];                                                                                \
        (void)params;                                                                                           \
        (void)tables;                                                                                           \
        (void)work;                                                                                             \
        for (size_t s = 0; s < signals; s++) {                                                                  \
            blh_copy(features, &x[s * features], row);                                                          \
            learn;                                                                                              \
        }                                                                                                       \
    }                                                                                                           \
    BLH_EXPORT void blh_##name##_detect(uint32_t signals, uint32_t features, const uint32_t params[],           \
                                        const void *const tables[], const float x[], float state[],             \
                                        float out[], float work[]);                                             \
    void blh_##name##_detect(uint32_t signals, uint32_t features, const uint32_t params[],                      \
                             const void *const tables[], const float x[], float state[], float out[],           \
                             float work[])                                                                      \
    {                                                                                                           \
        float row[BLH_FEATURES];                                                                                \
        (void)params;                                                                                           \
        (void)tables;                                                                                           \
        (void)work;                                                                                             \
        for (size_t s = 0; s < signals; s++) {                                                                  \
            blh_copy(features, &x[s * features], row);                                                          \
            out[s] = detect;                                                                                    \
        }                                                                                                       \
    }

#endif
