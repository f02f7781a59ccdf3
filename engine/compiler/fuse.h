/* What the parts of the fuse pass share. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* fuse-epilogue.c: bias and activation move into the product before them. */
TelarProgram *telar_fuse_epilogues (const TelarProgram *program, GError **error);
/* fuse-region.c: elementwise neighbours become FUSED regions. */
TelarProgram *telar_fuse_regions (const TelarProgram *program, GError **error);

/* --- regions in the making ----------------------------------------------------------------------
 */

enum { FUSE_NO_REGION = -1 };

typedef struct {
  GArray *members; /* guint: instructions, ascending; NULL when it was joined to another */
  TelarDType dtype;
  gboolean has_dtype; /* FALSE while all its values are bool */
  gboolean emitted;
} FuseRegion;

typedef struct {
  const TelarProgram *program;
  guint n;                /* instructions */
  guint *makers;          /* per value: its instruction */
  guint *uses;            /* per value: its readers */
  gboolean *read_outside; /* per value: something that is not of its region needs it */
  int *regions_of;        /* per instruction */
  GArray *regions;        /* FuseRegion */
  guint *visits, visit;   /* per instruction: when it was seen last */
  guint *spans;           /* per instruction: the first of the regions that span it begins there */
  guint floor;            /* what lies below need not be seen */
  TelarBuilder *builder;
  TelarValue *map;
} Fuser;

static inline FuseRegion *
fuse_region_at (const Fuser *f, int index)
{
  return &g_array_index (f->regions, FuseRegion, index);
}

/* A constant that stands in the bodies of the regions that use it. */
gboolean fuse_is_scalar_constant (const Fuser *f, TelarValue value);

/* fuse-emit.c: copies the program into the builder, regions of more than one instruction as such.
 */
gboolean fuse_emit_all (Fuser *f, GError **error);

G_END_DECLS
