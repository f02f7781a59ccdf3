/* The driver: which passes run, in which order. Every pass reads a valid program and leaves a valid
 * one; debug builds and tests verify that after each. */
#include "engine/compiler.h"

typedef TelarProgram *(*Pass) (const TelarProgram *program, GError **error);

typedef struct {
  const char *name;
  Pass run;
  gboolean channels_last, fuses; /* only for devices that are so */
} Stage;

static const Stage simplify_stages[] = {
  { "fold", telar_pass_fold },
  { "simplify", telar_pass_simplify },
  { "cse", telar_pass_cse },
  { "dce", telar_pass_dce },
};

static const Stage differentiate_stages[] = {
  { "differentiate", telar_pass_differentiate },
};

static const Stage frozen_stages[] = {
  { "fold-norm", telar_pass_fold_norm },
  { "dce", telar_pass_dce },
};

/* Layout comes before fusion, so that no region has values in two layouts; what it leaves
 * (transposes that meet) is simplified away first. */
static const Stage device_stages[] = {
  { "layout", telar_pass_layout, .channels_last = TRUE },
  { "simplify", telar_pass_simplify, .channels_last = TRUE },
  { "cse", telar_pass_cse, .channels_last = TRUE },
  { "dce", telar_pass_dce, .channels_last = TRUE },
  { "fuse", telar_pass_fuse, .fuses = TRUE },
  { "dce", telar_pass_dce, .fuses = TRUE },
};

/* --- running them ------------------------------------------------------------------------------
 */

/* What comes after a pass; @program is NULL when it failed. */
static TelarProgram *
finish_pass (const char *name, TelarProgram *program, const TelarCompileOptions *options,
             GError **error)
{
  if (program == NULL)
    return NULL;
#ifndef NDEBUG
  if (!telar_program_verify (program, error)) {
    g_prefix_error (error, "after the pass %s: ", name);
    telar_program_unref (program);
    return NULL;
  }
#endif
  if (options->dump != NULL)
    options->dump (name, program, options->dump_data);
  return program;
}

static TelarProgram *
run_stages (TelarProgram *program, const Stage *stages, guint n, const TelarCompileOptions *options,
            GError **error)
{
  const TelarDevice *device = options->device;
  for (guint i = 0; i < n && program != NULL; i++) {
    if ((stages[i].channels_last && (device == NULL || !device->channels_last)) ||
        (stages[i].fuses && (device == NULL || !device->fuses)))
      continue;
    TelarProgram *next =
        finish_pass (stages[i].name, stages[i].run (program, error), options, error);
    telar_program_unref (program);
    program = next;
  }
  return program;
}

#define RUN(program, stages, options, error)                                                       \
  run_stages (program, stages, G_N_ELEMENTS (stages), options, error)

static const TelarCompileOptions no_options = { 0 };

TelarProgram *
telar_compile_training (const TelarProgram *lowered, const TelarOptimizer *optimizer,
                        const TelarCompileOptions *options, GError **error)
{
  if (options == NULL)
    options = &no_options;
  TelarOptimizer settings = *optimizer;
  TelarProgram *program = telar_program_ref ((TelarProgram *)lowered), *next;
  settings.keeps_gradients = options->n_probes > 0;
  program = RUN (program, simplify_stages, options, error);
  program = RUN (program, differentiate_stages, options, error);
  if (program != NULL) {
    next =
        finish_pass ("optimize", telar_pass_optimize (program, &settings, error), options, error);
    telar_program_unref (program);
    program = next;
  }
  if (program != NULL && options->n_probes > 0) {
    next =
        finish_pass ("probe", telar_pass_probe (program, options->probes, options->n_probes, error),
                     options, error);
    telar_program_unref (program);
    program = next;
  }
  program = RUN (program, simplify_stages, options, error);
  return RUN (program, device_stages, options, error);
}

TelarProgram *
telar_compile_inference (const TelarProgram *lowered, const TelarCompileOptions *options,
                         GError **error)
{
  if (options == NULL)
    options = &no_options;
  TelarProgram *program = telar_program_ref ((TelarProgram *)lowered), *next;
  program = RUN (program, simplify_stages, options, error);
  if (program != NULL && options->states != NULL) {
    next =
        finish_pass ("freeze", telar_pass_freeze (program, options->states, error), options, error);
    telar_program_unref (program);
    program = RUN (next, frozen_stages, options, error);
  }
  return RUN (program, device_stages, options, error);
}
