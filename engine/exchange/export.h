/* Models for other programs: ONNX and safetensors. Files are written beside, synced and renamed;
 * a failure leaves nothing behind. */
#pragma once

#include "engine/lower.h"
#include "engine/plan.h"

G_BEGIN_DECLS

/* Running a written model beside the project that it was written from. */
typedef struct {
  /* Rows for the project's inputs, by their names; what is missing is drawn at random, zeros and
   * ones for whole numbers. */
  const TelarBinding *inputs;
  guint n_inputs;
  gint64 rows; /* how many they have; without any, and with a fixed batch, filled in */

  /* What came out. */
  gboolean random;   /* no rows were given */
  double difference; /* the largest, as a share of its result's largest number */
} TelarExportCheck;

/* Where a model comes from, written into its metadata; each may be NULL. */
typedef struct {
  const char *project;   /* the name of the project; also that of ONNX's graph */
  const char *run;       /* the run's name */
  const char *data_hash; /* "sha256:…" */

  /* The graph and what it was lowered to: with both, ONNX's nodes are documented, and a layer that
   * ONNX has an operator for is written as that. Each may be NULL. */
  const TelarGraph *graph;
  const TelarLowered *lowered;

  int opset;    /* of ONNX; 0: TELAR_ONNX_OPSET */
  gint64 batch; /* a fixed size; 0: any */

  /* Weights and computation in float16, behind the first product with weights: what is worked out
   * of raw data may be too large for it. With float16_io (which goes without float16) all is
   * float16, inputs and results too. */
  gboolean float16, float16_io;
  gboolean external_data; /* weights into PATH.data, also where all would fit into one file */
  gsize largest;          /* above so many bytes always; 0: TELAR_ONNX_LARGEST */
  /* Leaves out what prepares the data (onnx-prepared.h); the model's inputs are then called
   * NODE.PORT after what they replace. Needs graph and lowered. */
  gboolean without_preprocessing;
  TelarExportCheck *check; /* NULL: what was written is read, not run */
} TelarExportOptions;

/* The ONNX operator sets that can be written, and the usual one: the first that has Gelu,
 * GroupNormalization by channels and Resize by axes; ONNX Runtime has read it since 1.18. */
#define TELAR_ONNX_OPSET_MIN 13
#define TELAR_ONNX_OPSET_MAX 26
#define TELAR_ONNX_OPSET     21

/* The bytes that one file may have: a message of protocol buffers has less than 2 GiB. */
#define TELAR_ONNX_LARGEST ((gsize)G_MAXINT32)

/* Writes @inference (lowered with TELAR_LOWER_INFER; it is simplified here) as an ONNX model, with
 * the numbers of @states as initialisers. Inputs and outputs keep the program's names
 * ("digits.images", "output"), the batch is the symbolic dimension "N" unless it is fixed, an ONNX
 * node is called as the graph's node it comes from. A primitive without a counterpart in ONNX is an
 * error that names the node; a model that telar_onnx_load would refuse, or that fails the check of
 * @options, is not written. @options may be NULL. */
gboolean telar_export_onnx (const TelarProgram *inference, const TelarStates *states,
                            const TelarExportOptions *options, const char *path, GError **error);

/* Writes the states that @inference needs, by their names, with the options as metadata. */
gboolean telar_export_safetensors (const TelarProgram *inference, const TelarStates *states,
                                   const TelarExportOptions *options, const char *path,
                                   GError **error);

G_END_DECLS
