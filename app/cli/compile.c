/* telar compile: the program that a project becomes, as text. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/trainer.h"

#include <stdio.h>
#include <string.h>

static const char *const dumps[] = { "ir", "grad", "plan", NULL };
static const char *const modes[] = { "train", "evaluate", "infer", NULL };

static const TelarOption options[] = {
  { .name = "dump",
    .kind = TELAR_OPTION_CHOICE,
    .choices = dumps,
    .doc = "ir (the default): what the drawn network becomes; grad: with its gradients; plan: the "
           "steps, kernels and memory of the device." },
  { .name = "mode",
    .kind = TELAR_OPTION_CHOICE,
    .choices = modes,
    .doc = "What the program is for; train unless given." },
  { .name = "batch",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = 1 << 24,
    .doc = "Rows of the plan; the project's batch unless given." },
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "set",
    .kind = TELAR_OPTION_TEXT,
    .value = "NODE.PARAM=VALUE",
    .repeated = TRUE,
    .doc = "Compiles with another value of a parameter." },
  { NULL },
};

static TelarLowerMode
choose_mode (const TelarCommand *command)
{
  const char *mode = telar_command_text (command, "mode");
  if (mode != NULL && strcmp (mode, "infer") == 0)
    return TELAR_LOWER_INFER;
  return mode != NULL && strcmp (mode, "evaluate") == 0 ? TELAR_LOWER_EVALUATE : TELAR_LOWER_TRAIN;
}

static char *
plan_text (const TelarCommand *command, TelarGraph *graph, const TelarProgram *lowered,
           GError **error)
{
  g_autoptr (TelarDevice) device = telar_command_device (command, error);
  if (device == NULL)
    return NULL;
  TelarParamSet *training = telar_graph_training (graph);
  TelarOptimizer optimizer = telar_training_optimizer (training);
  TelarCompileOptions compile = { .device = device };
  g_autoptr (TelarProgram) program =
      choose_mode (command) == TELAR_LOWER_TRAIN
          ? telar_compile_training (lowered, &optimizer, &compile, error)
          : telar_compile_inference (lowered, &compile, error);
  gint64 batch = telar_command_int (command, "batch", telar_param_set_int (training, "batch"));
  g_autoptr (TelarPlan) plan =
      program != NULL ? telar_plan_new (program, batch, device, 0, error) : NULL;
  return plan != NULL ? telar_plan_to_text (plan) : NULL;
}

static char *
dump_text (const TelarCommand *command, TelarGraph *graph, const TelarProgram *lowered,
           GError **error)
{
  const char *dump = telar_command_text (command, "dump");
  if (dump != NULL && strcmp (dump, "plan") == 0)
    return plan_text (command, graph, lowered, error);
  if (dump == NULL || strcmp (dump, "ir") == 0)
    return telar_program_to_text (lowered, FALSE);
  if (choose_mode (command) != TELAR_LOWER_TRAIN) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--dump grad is for --mode train");
    return NULL;
  }
  g_autoptr (TelarProgram) program = telar_pass_differentiate (lowered, error);
  return program != NULL ? telar_program_to_text (program, FALSE) : NULL;
}

static int
run (const TelarCommand *command, GError **error)
{
  g_autoptr (TelarGraph) graph =
      telar_command_project (command, telar_command_argument (command, 0), error);
  g_autoptr (TelarFeed) feed = NULL;
  if (graph == NULL)
    return 3;
  if (telar_model_reads_data (graph) && (feed = telar_data_open (graph, error)) == NULL)
    return 3;
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, choose_mode (command));
  if (!telar_lowered_ok (lowered, error))
    return 3;
  g_autofree char *text = dump_text (command, graph, lowered->program, error);
  if (text == NULL)
    return 1;
  fputs (text, stdout);
  return 0;
}

const TelarVerb telar_verb_compile = {
  .name = "compile",
  .arguments = "PROJECT",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Prints the program that a project becomes.",
  .options = options,
  .run = run,
};
