/* How often the values of a program are read. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* How many readers each value has; outputs, updates and fits count as readers. Caller frees. */
guint *telar_program_count_uses (const TelarProgram *program);

G_END_DECLS
