/* What expression.c makes and expression-run.c walks. */
#pragma once

#include "engine/devices/cpu/expression.h"

G_BEGIN_DECLS

/* Elements of a tile, and bytes of the widest type's tile. */
#define TILE       ((gsize)1024)
#define SLOT_BYTES (TILE * 8)
/* From this length on rows are cut where the innermost axis ends; below it, broadcast operands are
 * spread into tiles. */
#define LONG_ROW      ((gsize)192)
#define CONSTANT_CELL 8

typedef enum {
  MODE_FULL,       /* as large as the whole */
  MODE_SCALAR,     /* one element */
  MODE_ROW,        /* long rows: contiguous along each */
  MODE_ROW_SCALAR, /* long rows: one element for each */
  MODE_PERIODIC,   /* short rows: the same one again and again */
  MODE_EXPAND,     /* short rows, any pattern */
} OperandMode;

typedef struct {
  OperandMode mode;
  gsize size;                     /* bytes of an element */
  gint64 strides[TELAR_MAX_RANK]; /* in elements, over the joined axes */
  guint slot;                     /* of the scratch, when it is spread */
} Operand;

typedef enum { PLACE_INPUT, PLACE_OUTPUT, PLACE_REGISTER, PLACE_CONSTANT } PlaceKind;

typedef struct {
  PlaceKind kind;
  guint index;
} Place;

typedef struct {
  CpuRow row;
  guint n_operands;
  Place operands[3], target;
  gsize operand_sizes[3], size; /* bytes of an element */
  guint spread;                 /* bit k: operand k is one element, to be repeated first */
  gboolean scalar;              /* the result is one element */
} Step;

struct Expression {
  const CpuVector *vector;
  guint threads;
  guint rank; /* of the joined axes */
  gsize dims[TELAR_MAX_RANK];
  gsize n, row;       /* elements in all; along the innermost axis */
  gboolean cuts_rows; /* tiles must not cross the end of a row */
  gboolean expands;   /* tiles must begin where a row begins */
  guint n_inputs, n_outputs;
  Operand *inputs;
  gsize *output_sizes;
  GArray *steps;         /* Step */
  GByteArray *constants; /* CONSTANT_CELL bytes each */
  TelarValue first_input;
  guint n_registers, spread_slot;
  gsize slots;
};

G_END_DECLS
