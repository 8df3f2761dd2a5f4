/* The end of a committee for classes: where nobody voted, all of them are as likely. */
#ifndef BL_COMMITTEE_CLASSES_H
#define BL_COMMITTEE_CLASSES_H

#include "committee.h"

static inline void bl_committee_classes(size_t outputs, uint32_t votes, float out[])
{
    for (size_t k = 0; votes == 0u && k < outputs; k++)
        out[k] = 1.0f / (float)outputs;
}

#endif
