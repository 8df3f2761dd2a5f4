/* Exported wrappers of the models; see wrap.h. */
#include "wrap.h"
