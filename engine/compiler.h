/* The graph compiler. engine/compiler/driver.c reads as the list of passes; each pass has a file of
 * its own that says what it needs and what it preserves. */
#pragma once

#include "engine/device.h"
#include "engine/lower.h"

G_BEGIN_DECLS

/* --- passes: read one program, build the next ----------------------------------------------------
 */

TelarProgram *telar_pass_fold (const TelarProgram *program, GError **error);     /* constants */
TelarProgram *telar_pass_simplify (const TelarProgram *program, GError **error); /* identities */
TelarProgram *telar_pass_cse (const TelarProgram *program, GError **error);  /* equal values once */
TelarProgram *telar_pass_dce (const TelarProgram *program, GError **error);  /* what nobody needs */
TelarProgram *telar_pass_fuse (const TelarProgram *program, GError **error); /* epilogues, chains */
TelarProgram *telar_pass_layout (const TelarProgram *program, GError **error); /* channels last */
TelarProgram *telar_pass_schedule (const TelarProgram *program,
                                   GError **error); /* order for memory */

/* Reverse mode on the IR: for each trainable state an output of role PROBE named "grad:STATE", the
 * gradient of the sum of the LOSS outputs. Gradients that nobody needs are not made. */
TelarProgram *telar_pass_differentiate (const TelarProgram *program, GError **error);

typedef enum {
  TELAR_OPTIMIZER_SGD,
  TELAR_OPTIMIZER_ADAM,
  TELAR_OPTIMIZER_ADAMW
} TelarOptimizerKind;

typedef struct {
  TelarOptimizerKind kind;
  double momentum;
  gboolean nesterov;
  double beta1, beta2, epsilon, weight_decay;
  double clip_norm; /* global norm; 0: none */
} TelarOptimizer;

/* Turns "grad:" outputs into updates: clips, declares the slots ("conv1.kernel/m"), emits the
 * optimizer's primitives. The program gains the scalar inputs "learning_rate" and, for Adam, "step"
 * (f32, 1 at the first step). With clipping the norm is the probe "gradient_norm". */
TelarProgram *telar_pass_optimize (const TelarProgram *program, const TelarOptimizer *optimizer,
                                   GError **error);

/* Replaces every f32 by f64: how the tests compare gradients with finite differences. */
TelarProgram *telar_pass_widen (const TelarProgram *program, GError **error);

/* --- the driver
 * ----------------------------------------------------------------------------------- */

/* Called after each pass when set; how `telar compile --dump` and the tests look inside. */
typedef void (*TelarPassDump) (const char *pass, const TelarProgram *program, gpointer data);

typedef struct {
  const TelarDevice *device; /* for layout and fusion; may be NULL: neither is done */
  TelarPassDump dump;
  gpointer dump_data;
} TelarCompileOptions;

/* A whole training step: forward, backward, clip, optimizer, one program. */
TelarProgram *telar_compile_training (const TelarProgram *lowered, const TelarOptimizer *optimizer,
                                      const TelarCompileOptions *options, GError **error);
/* Inference or evaluation. */
TelarProgram *telar_compile_inference (const TelarProgram *lowered,
                                       const TelarCompileOptions *options, GError **error);

/* Floating-point operations of one instruction with concrete types (a multiply-add counts two). */
double telar_instr_flops (const TelarProgram *program, const TelarInstr *instr);

G_END_DECLS
