/* The graph compiler. engine/compiler/driver.c reads as the list of passes; each pass has a file of
 * its own that says what it needs and what it preserves. */
#pragma once

#include "engine/device.h"
#include "engine/lower.h"
#include "engine/states.h"

G_BEGIN_DECLS

/* --- passes: read one program, build the next ----------------------------------------------------
 */

TelarProgram *telar_pass_fold (const TelarProgram *program, GError **error);     /* constants */
TelarProgram *telar_pass_simplify (const TelarProgram *program, GError **error); /* identities */
TelarProgram *telar_pass_cse (const TelarProgram *program, GError **error);  /* equal values once */
TelarProgram *telar_pass_dce (const TelarProgram *program, GError **error);  /* what nobody needs */
TelarProgram *telar_pass_fuse (const TelarProgram *program, GError **error); /* epilogues, chains */
TelarProgram *telar_pass_layout (const TelarProgram *program, GError **error); /* channels last */
/* For inference with weights that stay: those of @states become constants, and a batch norm behind
 * a product with constant weights becomes part of them. */
TelarProgram *telar_pass_freeze (const TelarProgram *program, const TelarStates *states,
                                 GError **error);
TelarProgram *telar_pass_fold_norm (const TelarProgram *program, GError **error);
TelarProgram *telar_pass_schedule (const TelarProgram *program,
                                   GError **error); /* order for memory */

/* Reverse mode on the IR: for each trainable state an output of role PROBE named "grad:STATE", the
 * gradient of the sum of the LOSS outputs. Gradients that nobody needs are not made. A PROBE output
 * "wire:NAME" gets its gradient, where it has one, as "grad:wire:NAME". */
TelarProgram *telar_pass_differentiate (const TelarProgram *program, GError **error);

/* What optimizers there are; NULL-terminated. engine/compiler/optimizers.c has the table. */
extern const char *const telar_optimizer_names[];

/* Which of the programs of one optimizer step: with gradients of several batches added up, all but
 * the last batch of a step only add. */
typedef enum {
  TELAR_BATCH_WHOLE, /* one batch is one step */
  TELAR_BATCH_ADD,   /* adds to the slots "STATE/sum" and changes nothing else */
  TELAR_BATCH_LAST,  /* adds its own, takes the step and empties the slots */
} TelarBatchRole;

typedef struct {
  const char *name; /* of telar_optimizer_names */
  double momentum;
  gboolean nesterov;
  double beta1, beta2, epsilon, weight_decay;
  double rho;        /* RMSProp, Adadelta: decay of the mean of squared gradients */
  gboolean centred;  /* RMSProp */
  guint history;     /* L-BFGS: steps that it remembers, at least 1 */
  gboolean searches; /* L-BFGS: by a line search instead of the learning rate alone */
  double clip_value; /* of each number of a gradient; 0: none */
  double clip_norm;  /* global norm, after clip_value; 0: none */
  double noise;      /* η of gradient noise; 0: none */
  TelarBatchRole batch;
  gboolean averages;        /* keeps a running average of each parameter in "STATE/average" */
  gboolean keeps_gradients; /* leaves the "grad:" outputs, as they are before all that is done to
                             * them */
} TelarOptimizer;

/* Turns "grad:" outputs into updates: clips, declares the slots ("conv1.kernel/m"), emits the
 * optimizer. The program gains scalar inputs of the gradients' type: "learning_rate"; "step", 1 at
 * the first step, where the optimizer counts or there is noise; "share", where gradients are added
 * up, which is the batch's part of the rows of the step; "average_weight", where parameters are
 * averaged: average' = (1 - weight) · average + weight · parameter'. With clipping by norm the norm
 * is the probe "gradient_norm". With a line search the probe "searching" is other than 0 while the
 * program is to be run again on the same batch, from the states that it leaves, before the step is
 * taken. */
TelarProgram *telar_pass_optimize (const TelarProgram *program, const TelarOptimizer *optimizer,
                                   GError **error);

/* --- probes: numbers about the values of a training program ------------------------------------
 */

#define TELAR_PROBE_PREFIX_WIRE     "wire:"
#define TELAR_PROBE_PREFIX_GRADIENT "grad:"
#define TELAR_PROBE_PREFIX_STAT     "probe:"

typedef enum {
  TELAR_PROBE_WIRE,          /* the PROBE output "wire:NAME" of the lowered program */
  TELAR_PROBE_WIRE_GRADIENT, /* its gradient */
  TELAR_PROBE_GRADIENT,      /* that of the state NAME */
  TELAR_PROBE_STATE,         /* the state NAME before the step, where the step changes it */
  TELAR_PROBE_NEXT,          /* after it */
  TELAR_PROBE_CHANGE,        /* after less before */
} TelarProbeSubject;

/* Of the numbers x of the subject; scalars but for the last. */
typedef enum {
  TELAR_STAT_NANS,       /* how many are NaN */
  TELAR_STAT_INFINITIES, /* how many are infinite */
  TELAR_STAT_LARGEST,    /* max |x| */
  TELAR_STAT_MEAN,       /* mean |x| */
  TELAR_STAT_NORM,       /* √Σx² */
  TELAR_STAT_LOW,        /* min x */
  TELAR_STAT_HIGH,       /* max x */
  TELAR_STAT_BEYOND,     /* the share with x ≤ low or x ≥ high */
  TELAR_STAT_UNITS,      /* max |x| at each place along axis 1 */
} TelarStat;

typedef struct {
  TelarProbeSubject subject;
  const char *name;
  TelarStat stat;
  double low, high;
} TelarProbe;

/* A PROBE output "probe:I" for each of the @n probes whose subject the program has; the "wire:" and
 * "grad:" outputs go. */
TelarProgram *telar_pass_probe (const TelarProgram *program, const TelarProbe *probes, guint n,
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
  const TelarStates *states; /* for inference: the weights, if they will not change; or NULL */
  const TelarProbe *probes;  /* of a training program */
  guint n_probes;
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
