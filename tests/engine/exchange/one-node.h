/* Models of one node, written down as text: for trying what a damaged or hostile one does. */
#pragma once

#include "engine/exchange/onnx.h"

typedef struct {
  const char *domain; /* "" is ONNX's own */
  gint64 version;
  const char *op;
  /* Separated by spaces, each NAME=KIND:A,B,C: integers (i), floats (f), strings (s), one integer
   * (I), one string (S), a tensor of float32 (F) or uint8 (U). Of two with one name the later
   * counts. */
  const char *attributes;
} OneNode;

/* What the node makes of @n inputs as its only output; NULL on error. */
TelarOnnxValue *one_node_run (const OneNode *one, TelarOnnxValue *const *inputs, guint n,
                              GError **error);
