/* How a program lies in memory; for ir*.c only. Everything but tensors and bodies lives in the
 * program's arena, so pointers to instructions, types and names stay valid while it grows. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef struct {
  TelarType type;
  const TelarInstr *maker;
} TelarValueInfo;

typedef struct TelarArenaBlock TelarArenaBlock;

struct TelarProgram {
  gatomicrefcount refs;
  const char *name;
  TelarArenaBlock *arena;
  GStringChunk *strings;
  GPtrArray *instrs;       /* TelarInstr */
  GPtrArray *values;       /* TelarValueInfo */
  GPtrArray *states;       /* TelarState */
  GPtrArray *outputs;      /* TelarOutput */
  GPtrArray *updates;      /* TelarUpdate */
  GHashTable *state_names; /* name -> TelarState */
  GPtrArray *tensors;      /* references held for attributes */
  GPtrArray *bodies;       /* references held for regions */
};

TelarProgram *telar_program_new (const char *name);
/* Zero-filled, aligned for any type, freed with the program. */
gpointer telar_program_alloc (TelarProgram *program, gsize bytes);
/* The one copy of @text in the program; NULL gives NULL. */
const char *telar_program_intern (TelarProgram *program, const char *text);

G_END_DECLS
