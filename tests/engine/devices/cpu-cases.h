/* The instructions on which the CPU device is held against the specification. */
#pragma once

#include "engine/ir.h"

/* GPtrArray of texts: "conv f32[2,5,5,3] f32[4,3,3,3] {stride=[2,2], layout=1}", or a whole program
 * where an instruction needs a body. */
GPtrArray *cpu_cases (void);
