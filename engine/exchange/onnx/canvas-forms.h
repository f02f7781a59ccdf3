/* A primitive as a node of the palette's operators. */
#pragma once

#include "engine/exchange/onnx/canvas-alone.h"

G_BEGIN_DECLS

typedef struct {
  OnnxCall *call;
  const OnnxAlonePair *pair;
  const TelarInstr *instr;
  TelarType type;  /* of the instruction's first result, the batch open */
  OnnxWire *wires; /* by value */
} OnnxDrawer;

typedef struct {
  TelarPrim prim;
  const char *op;
  TelarNode *(*draw) (OnnxDrawer *d, const char *op);
} OnnxForm;

/* NULL where the palette has nothing for it. */
const OnnxForm *onnx_form_find (TelarPrim prim);

G_END_DECLS
