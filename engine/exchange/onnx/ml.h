/* What the operators of ai.onnx.ml share: the lists in their attributes, the classes that they
 * choose among, and what they make of scores. Where ONNX leaves something open, they do as ONNX
 * Runtime does. */
#pragma once

#include "engine/exchange/onnx/operators.h"

G_BEGIN_DECLS

/* --- lists ------------------------------------------------------------------------------------ */

/* The numbers of an attribute: of its floats, its integers or its tensor, along one axis. A new
 * reference; NULL where it is absent or holds no numbers. */
TelarTensor *onnx_ml_numbers (OnnxCall *call, const char *name);
/* The same for one of two names: older files keep floats, newer ones a tensor ("NAME_as_tensor").
 */
TelarTensor *onnx_ml_numbers_or_tensor (OnnxCall *call, const char *name);
/* The strings of an attribute or of its tensor, NULL-terminated; NULL where it is absent. Free with
 * g_strfreev. */
char **onnx_ml_words (OnnxCall *call, const char *name);
/* The integers of an attribute, which must be @n; NULL and an error where they are not. Borrowed.
 */
const gint64 *onnx_ml_ints (OnnxCall *call, const char *name, gsize n);

/* A constant of the program. */
TelarValue onnx_ml_put (OnnxCall *call, TelarTensor *tensor);
/* @numbers as a constant of @dtype and @shape; an error that names them as @name where they are not
 * as many as that needs. */
TelarValue onnx_ml_table (OnnxCall *call, const TelarTensor *numbers, const char *name,
                          TelarDType dtype, const TelarShape *shape);

/* Input 0 as rows [N, features], of which a vector is one, in float32 or float64; integers become
 * float64. */
TelarValue onnx_ml_rows (OnnxCall *call, gint64 *n_features);
/* Gives output @output in float32. */
void onnx_ml_give_floats (OnnxCall *call, guint output, TelarValue value);

/* --- classes ---------------------------------------------------------------------------------- */

/* Their labels: numbers or strings. */
typedef struct {
  TelarTensor *numbers; /* i64 [n], or NULL */
  char **words;         /* or NULL */
  guint n;
} OnnxMlClasses;

/* FALSE and an error where the node names none. */
gboolean onnx_ml_classes_read (OnnxCall *call, const char *numbers, const char *words,
                               OnnxMlClasses *classes);
void onnx_ml_classes_clear (OnnxMlClasses *classes);
/* Output 0: the labels of the classes @which, i64 [N]. Give other outputs first: for strings the
 * numbers must be known, and the program ends here. */
void onnx_ml_give_classes (OnnxCall *call, const OnnxMlClasses *classes, TelarValue which);

/* --- scores ----------------------------------------------------------------------------------- */

typedef enum {
  ONNX_ML_NONE,
  ONNX_ML_SOFTMAX,
  ONNX_ML_LOGISTIC,
  ONNX_ML_SOFTMAX_ZERO, /* numbers near 0 count as 0 in the sum */
  ONNX_ML_PROBIT,       /* the inverse of the normal distribution, in Winitzki's approximation */
  ONNX_ML_N_TRANSFORMS
} OnnxMlTransform;

/* What the attribute post_transform names, a string or (TreeEnsemble) a number. */
OnnxMlTransform onnx_ml_transform_read (OnnxCall *call);
/* Of scores [N, classes]. */
TelarValue onnx_ml_transform (TelarBuilder *b, TelarValue scores, OnnxMlTransform transform);
/* One score [N, 1] of two classes as two, [N, 2]: the first is what the second leaves of 1 or,
 * where
 * @opposed, of 0. */
TelarValue onnx_ml_two_scores (TelarBuilder *b, TelarValue score, OnnxMlTransform transform,
                               gboolean opposed);
/* i64 [N]: the first class with the largest score; 1 where a single number [N, 1] is above @least.
 */
TelarValue onnx_ml_largest (TelarBuilder *b, TelarValue scores);
TelarValue onnx_ml_above (TelarBuilder *b, TelarValue score, double least);

G_END_DECLS
