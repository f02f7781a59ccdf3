/* The two halves of the fuse pass. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* fuse-epilogue.c: bias and activation move into the product before them. */
TelarProgram *telar_fuse_epilogues (const TelarProgram *program, GError **error);
/* fuse-region.c: elementwise neighbours become FUSED regions. */
TelarProgram *telar_fuse_regions (const TelarProgram *program, GError **error);

/* How many readers each value has; outputs, updates and fits count as readers. Caller frees. */
guint *telar_fuse_count_uses (const TelarProgram *program);

G_END_DECLS
