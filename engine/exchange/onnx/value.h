/* What flows along the edges of an ONNX graph: tensors of numbers, known or still being computed by
 * the program under construction; tensors of strings; sequences; optionals. Counted by reference
 * and not changed after they are made, except that a traced tensor becomes known. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_ONNX_TENSOR,
  TELAR_ONNX_STRINGS,
  TELAR_ONNX_SEQUENCE,
  TELAR_ONNX_OPTIONAL,
} TelarOnnxKind;

typedef struct TelarOnnxValue TelarOnnxValue;

struct TelarOnnxValue {
  grefcount refs;
  TelarOnnxKind kind;
  TelarType type;        /* of a tensor; of strings only the shape counts */
  TelarTensor *tensor;   /* a tensor that is known, else NULL */
  TelarValue traced;     /* else its value in the program under construction */
  int narrow;            /* ONNX's number of the narrower type that its numbers are of (narrow.h) */
  gboolean constant;     /* known, and the same in every run: an initialiser or made of them */
  GPtrArray *traces;     /* the list of traced values that it is a member of, borrowed */
  char **strings;        /* owned; as many as the shape has elements, NULL-terminated */
  GPtrArray *items;      /* of a sequence: TelarOnnxValue * */
  TelarOnnxValue *inner; /* of an optional; NULL when it is empty */
};

TelarOnnxValue *telar_onnx_value_ref (TelarOnnxValue *value);
void telar_onnx_value_unref (TelarOnnxValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarOnnxValue, telar_onnx_value_unref)

/* Each takes a reference of what it wraps. */
TelarOnnxValue *telar_onnx_value_tensor (TelarTensor *tensor, gboolean constant);
/* Registers itself in @traces, and leaves it when it is freed or becomes known. */
TelarOnnxValue *telar_onnx_value_traced (TelarValue traced, const TelarType *type,
                                         GPtrArray *traces);
/* Takes over @strings. */
TelarOnnxValue *telar_onnx_value_strings (const TelarShape *shape, char **strings);
/* An empty sequence; fill items before anyone else sees it. */
TelarOnnxValue *telar_onnx_value_sequence (void);
TelarOnnxValue *telar_onnx_value_optional (TelarOnnxValue *inner);

/* Makes a traced tensor known. */
void telar_onnx_value_settle (TelarOnnxValue *value, TelarTensor *tensor);

/* Whether nothing in it is traced. */
gboolean telar_onnx_value_is_known (const TelarOnnxValue *value);
/* Whether it is known and the same in every run. */
gboolean telar_onnx_value_is_constant (const TelarOnnxValue *value);

/* "tensor", "sequence", … for messages. */
const char *telar_onnx_kind_name (TelarOnnxKind kind);

G_END_DECLS
