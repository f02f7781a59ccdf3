/* Where the values of a bound program live: lifetimes become offsets in one arena. The pass that
 * decides it is engine/compiler/memory.c; the plan follows it. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_PLACE_ARENA,    /* at @offset of the plan's arena */
  TELAR_PLACE_INPUT,    /* in the caller's tensor: read only */
  TELAR_PLACE_CONSTANT, /* in the program's constant: read only */
  TELAR_PLACE_STATE     /* in the memory of state @state */
} TelarPlaceKind;

typedef struct {
  TelarPlaceKind kind;
  gsize offset;      /* ARENA: 64-byte aligned */
  gsize bytes;       /* of the value */
  guint state;       /* STATE: index in the program */
  TelarValue source; /* INPUT, CONSTANT, STATE: the value that the source instruction makes; ARENA:
                        the value that first filled the memory */
} TelarPlace;

/* A state whose new value could not be written into its memory at once; copied after the last
 * step. All copies with a staging area are first copied there: they read a state that another copy
 * overwrites. */
typedef struct {
  guint state;
  TelarValue value;
  gboolean staged;
  gsize staging; /* offset in the arena */
} TelarStateCopy;

typedef struct {
  TelarPlace *places; /* one per value */
  guint n_places;
  gsize arena_bytes;
  GArray *copies; /* TelarStateCopy */
} TelarMemory;

/* @program has concrete shapes and runs in the order it stands. Values share memory when their
 * lifetimes do not meet; a reshape is its input; a primitive flagged IN_PLACE and a region write
 * output 0 over input 0 when that dies there, SGD and ADAM also the others over their slots; an
 * update goes straight into its state when nothing reads the old value afterwards. Outputs stay
 * until the end. An error when the sizes overflow. */
TelarMemory *telar_memory_new (const TelarProgram *program, GError **error);
void telar_memory_free (TelarMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarMemory, telar_memory_free)

/* Bytes of a concrete type; FALSE when they overflow. */
gboolean telar_type_bytes (const TelarType *type, gsize *bytes);

G_END_DECLS
