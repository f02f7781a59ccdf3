/* What model.c (its face) and run.c (its runs) share. */
#pragma once

#include "engine/exchange/onnx.h"
#include "engine/exchange/onnx/trace.h"

G_BEGIN_DECLS

struct TelarOnnx {
  Onnx__ModelProto *proto;
  char *folder;
  const Onnx__ValueInfoProto **inputs; /* those without a value of their own */
  guint n_inputs;
  GHashTable *constants; /* see OnnxTrace */
  gsize memory_limit;
  GQueue compiled; /* of run.c, the newest first */
};

/* As telar_onnx_load, but operators that Telar does not have are no error yet. */
TelarOnnx *onnx_model_load_any (const char *path, GError **error);

void onnx_model_forget_programs (TelarOnnx *model);

G_END_DECLS
