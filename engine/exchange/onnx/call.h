/* One node of an ONNX graph being traced: what an operator reads (inputs, attributes, version) and
 * what it gives. Errors stick, as in the builder: after the first one everything returns a harmless
 * value, and the tracer reports it with the node's name, operator and version. */
#pragma once

#include "engine/exchange/onnx/value.h"
#include "onnx.pb-c.h"

G_BEGIN_DECLS

typedef struct OnnxTrace OnnxTrace; /* trace.h */
typedef struct OnnxScope OnnxScope;

typedef struct {
  const Onnx__NodeProto *node;
  int version;     /* of the operator set that the node belongs to */
  TelarBuilder *b; /* where primitives go; changes when a value is settled: read it each time */
  guint n_inputs, n_outputs;
  TelarOnnxValue **inputs; /* NULL: left out */
  TelarOnnxValue **outputs;
  OnnxTrace *trace;
  OnnxScope *scope;
  GError *error;
} OnnxCall;

/* --- the table of operators ------------------------------------------------------------------- */

typedef enum {
  ONNX_NUMBERS = 0,     /* tensors of numbers in and out, built from primitives */
  ONNX_VALUES = 1 << 0, /* handles values itself: strings, sequences, optionals, subgraphs */
} OnnxOperatorFlags;

/* Tables end with a NULL name. */
typedef struct {
  const char *name; /* "Conv" */
  void (*trace) (OnnxCall *call);
  int first, last; /* versions that it knows; 0: no limit */
  OnnxOperatorFlags flags;
} OnnxOperator;

/* NULL when Telar has none of that name, domain ("" is ONNX's own) and version. */
const OnnxOperator *onnx_operator_find (const char *domain, const char *name, int version);

/* --- inputs ----------------------------------------------------------------------------------- */

gboolean onnx_call_has (const OnnxCall *call, guint input);
/* An input that must be there, as a value of the program. */
TelarValue onnx_call_in (OnnxCall *call, guint input);
/* One that may be left out: TELAR_NO_VALUE then. */
TelarValue onnx_call_optional (OnnxCall *call, guint input);
/* Its type; a scalar float where an error left none. */
TelarType onnx_call_type (OnnxCall *call, guint input);
/* Its numbers. When they depend on what the model is given, the program up to here is run to know
 * them, the trace holds for this run only, and values that were read before are void: read numbers
 * first. Borrowed; NULL on error. */
TelarTensor *onnx_call_numbers (OnnxCall *call, guint input);
/* A tensor of strings. Borrowed; NULL on error. */
TelarOnnxValue *onnx_call_strings (OnnxCall *call, guint input);
/* As integers, at most TELAR_MAX_RANK·2 or what @most says; FALSE on error. */
gboolean onnx_call_ints (OnnxCall *call, guint input, gint64 *items, guint most, guint *n);
/* The integer, or @fallback where the input is left out. */
gint64 onnx_call_integer (OnnxCall *call, guint input, gint64 fallback);
/* The first number, or @fallback where the input is left out. */
double onnx_call_number (OnnxCall *call, guint input, double fallback);

/* --- attributes ------------------------------------------------------------------------------- */

const Onnx__AttributeProto *onnx_call_attr (const OnnxCall *call, const char *name);
gint64 onnx_call_attr_int (const OnnxCall *call, const char *name, gint64 fallback);
double onnx_call_attr_real (const OnnxCall *call, const char *name, double fallback);
/* Caller frees; a copy of @fallback (may be NULL) where it is absent. */
char *onnx_call_attr_text (const OnnxCall *call, const char *name, const char *fallback);
/* FALSE where it is absent; too many are an error. */
gboolean onnx_call_attr_ints (OnnxCall *call, const char *name, gint64 *items, guint most,
                              guint *n);
/* The element type that an attribute like "to" names; @fallback where it is absent. */
TelarDType onnx_call_attr_dtype (OnnxCall *call, const char *name, TelarDType fallback);

/* --- results and trouble ---------------------------------------------------------------------- */

void onnx_call_out (OnnxCall *call, guint output, TelarValue value);
/* Whether somebody wants it. */
gboolean onnx_call_wants (const OnnxCall *call, guint output);
/* Takes over the reference. */
void onnx_call_give (OnnxCall *call, guint output, TelarOnnxValue *value);
/* A tensor that is known, with the same standing (constant or not) as the inputs. Takes over the
 * reference. */
void onnx_call_give_numbers (OnnxCall *call, guint output, TelarTensor *tensor);
void onnx_call_fail (OnnxCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean onnx_call_failed (const OnnxCall *call);
/* @axis counted from the end where negative; FALSE and an error where there is none. */
gboolean onnx_call_axis (OnnxCall *call, gint64 axis, guint rank, guint *result);

G_END_DECLS
