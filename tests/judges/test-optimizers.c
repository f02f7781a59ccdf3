/* Every optimizer and every schedule beside PyTorch: 50 steps of a small network in double
 * precision from the same weights. optimizers.py judges. */
#include "engine/checkpoint.h"
#include "engine/trainer.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define STEPS     50
#define PER_EPOCH 5 /* as optimizers.py has it */
#define EPOCHS    "10"
#define ROWS      6

/* clang-format off */
static const char *const cases[] = {
  "optimizer=sgd momentum=0 weight_decay=0.1 learning_rate=0.1",
  "optimizer=sgd momentum=0.8 nesterov=true weight_decay=0.1 learning_rate=0.05",
  "optimizer=adam weight_decay=0.1 learning_rate=0.01",
  "optimizer=adamw weight_decay=0.1 learning_rate=0.01",
  "optimizer=amsgrad beta2=0.9 weight_decay=0.1 learning_rate=0.05",
  "optimizer=nadam weight_decay=0.1 learning_rate=0.01",
  "optimizer=radam learning_rate=0.01",
  "optimizer=radam beta2=0.99 weight_decay=0.1 learning_rate=0.01",
  "optimizer=rmsprop momentum=0 learning_rate=0.01",
  "optimizer=rmsprop momentum=0.5 centred=true epsilon=0.001 weight_decay=0.1 learning_rate=0.01",
  "optimizer=adagrad weight_decay=0.1 learning_rate=0.1",
  "optimizer=adadelta epsilon=1e-06 weight_decay=0.1 learning_rate=1",
  "optimizer=lion beta2=0.99 weight_decay=0.1 learning_rate=0.01",
  "optimizer=lamb weight_decay=0.1 learning_rate=0.01",
  "optimizer=lbfgs learning_rate=0.5",
  "optimizer=lbfgs history=3 weight_decay=0.1 learning_rate=1",
  "optimizer=lbfgs line_search=strong-wolfe learning_rate=1",
  "optimizer=lbfgs line_search=strong-wolfe learning_rate=0.01 weight_decay=0.1",
  "optimizer=lbfgs line_search=strong-wolfe learning_rate=10 history=3 weight_decay=0.05",
  "optimizer=adam clip_value=0.02 learning_rate=0.01",
  "optimizer=sgd clip_value=0.1 clip_norm=0.15 learning_rate=0.05",
  "schedule=constant warm_up=8 learning_rate=0.1",
  "schedule=step step_epochs=3 gamma=0.5 learning_rate=0.1",
  "schedule=multi-step milestones=2,3,7 gamma=0.5 learning_rate=0.1",
  "schedule=exponential gamma=0.8 learning_rate=0.1",
  "schedule=linear end_factor=0.1 learning_rate=0.1",
  "schedule=polynomial power=2.5 learning_rate=0.1",
  "schedule=cosine learning_rate=0.1",
  "schedule=cosine end_factor=0.25 learning_rate=0.1",
  "schedule=cosine-restarts step_epochs=2 end_factor=0.1 learning_rate=0.1",
  "schedule=cosine-restarts step_epochs=1 restart_factor=2 learning_rate=0.1",
  "schedule=one-cycle learning_rate=0.1",
  "schedule=plateau plateau_epochs=0 gamma=0.5 min_delta=0.05 end_factor=0.2 learning_rate=0.1",
  NULL,
};
/* clang-format on */

static const char network[] =
    "program network {\n"
    "  state @kernel1 : f32[4,5] trainable decay init=glorot_uniform(4,5)\n"
    "  state @bias1 : f32[5] trainable=2 init=zeros\n"
    "  state @kernel2 : f32[5,3] trainable=0.5 decay=2 init=glorot_uniform(5,3)\n"
    "  state @bias2 : f32[3] trainable init=zeros\n"
    "  %0 = input {name=\"x\", dtype=f32, shape=[N,4]} : f32[N,4]\n"
    "  %1 = input {name=\"y\", dtype=f32, shape=[N,3]} : f32[N,3]\n"
    "  %2 = state {name=\"kernel1\"} : f32[4,5]\n"
    "  %3 = state {name=\"bias1\"} : f32[5]\n"
    "  %4 = state {name=\"kernel2\"} : f32[5,3]\n"
    "  %5 = state {name=\"bias2\"} : f32[3]\n"
    "  %6 = matmul %0, %2 : f32[N,5]\n"
    "  %7 = add %6, %3 : f32[N,5]\n"
    "  %8 = tanh %7 : f32[N,5]\n"
    "  %9 = matmul %8, %4 : f32[N,3]\n"
    "  %10 = add %9, %5 : f32[N,3]\n"
    "  %11 = sub %10, %1 : f32[N,3]\n"
    "  %12 = mul %11, %11 : f32[N,3]\n"
    "  %13 = mean %12 {axes=[0,1]} : f32[]\n"
    "  output loss \"loss\" = %13\n"
    "}\n";

typedef struct {
  TelarParamSet *settings;
  TelarPlan *plan;
  TelarStates *states;
  TelarTensor *x, *y;
  GHashTable *told; /* what the judge reads */
} Course;

static TelarTensor *
wave (gint64 columns, double pace)
{
  TelarShape shape = telar_shape (ROWS, columns);
  TelarTensor *tensor = telar_tensor_new (TELAR_F64, &shape);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, 2 * sin (pace * (double)(i + 1)));
  return tensor;
}

static TelarPlan *
make_plan (const TelarParamSet *settings, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  TelarOptimizer optimizer = telar_training_optimizer (settings);
  TelarCompileOptions options = { .device = device };
  g_autoptr (TelarProgram) single = telar_program_from_text (network, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) lowered = telar_pass_widen (single, &error);
  g_assert_no_error (error);
  g_autoptr (TelarProgram) program = telar_compile_training (lowered, &optimizer, &options, &error);
  g_assert_no_error (error);
  TelarPlan *plan = telar_plan_new (program, ROWS, device, 0, &error);
  g_assert_no_error (error);
  return plan;
}

static void
tell (Course *course, const char *name, guint step, const TelarTensor *tensor)
{
  g_hash_table_insert (course->told, g_strdup_printf ("%s.%u", name, step),
                       telar_tensor_copy (tensor));
}

static void
tell_parameters (Course *course, guint step)
{
  static const char *const names[] = { "kernel1", "bias1", "kernel2", "bias2" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    tell (course, names[i], step, telar_states_get (course->states, names[i]));
}

/* Runs the program once: the loss before, and whether a line search wants another run. */
static double
run_once (Course *course, const TelarRunContext *context, gboolean *searching)
{
  g_autoptr (GError) error = NULL;
  const TelarProgram *program = telar_plan_program (course->plan);
  guint n = telar_program_n_outputs (program);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n);
  double loss = NAN;
  *searching = FALSE;
  telar_plan_run (course->plan, context, outputs, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++) {
    double value = telar_tensor_get (outputs[i], 0);
    if (telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS)
      loss = value;
    else if (g_str_equal (telar_program_output (program, i)->name, "searching"))
      *searching = value != 0;
    telar_tensor_unref (outputs[i]);
  }
  return loss;
}

/* The loss before the step. */
static double
take_step (Course *course, guint step, double rate)
{
  g_autoptr (TelarTensor) size = telar_tensor_scalar (TELAR_F64, rate);
  g_autoptr (TelarTensor) count = telar_tensor_scalar (TELAR_F64, step + 1);
  TelarBinding inputs[] = {
    { "x", course->x }, { "y", course->y }, { "learning_rate", size }, { "step", count }
  };
  TelarRunContext context = { inputs, G_N_ELEMENTS (inputs), course->states, 1, step };
  gboolean searching;
  double loss = run_once (course, &context, &searching);
  while (searching)
    run_once (course, &context, &searching);
  return loss;
}

static void
train (Course *course)
{
  TelarPlateau plateau = TELAR_PLATEAU_INIT;
  TelarShape shape = telar_shape (STEPS);
  TelarTensor *rates = telar_tensor_new (TELAR_F64, &shape);
  g_hash_table_insert (course->told, g_strdup ("x"), telar_tensor_ref (course->x));
  g_hash_table_insert (course->told, g_strdup ("y"), telar_tensor_ref (course->y));
  g_hash_table_insert (course->told, g_strdup ("rate"), rates);
  tell_parameters (course, 0);
  for (guint step = 0; step < STEPS; step++) {
    double rate = telar_schedule_rate (course->settings, step, STEPS) * plateau.factor;
    telar_tensor_set (rates, step, rate);
    double loss = take_step (course, step, rate);
    if ((step + 1) % PER_EPOCH == 0)
      telar_plateau_see (&plateau, course->settings, loss);
    tell_parameters (course, step + 1);
  }
}

/* What the judge reads of one case, into @file. */
static void
run_case (const char *text, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("ref", 1, &error);
  g_autoptr (TelarParamSet) settings = telar_param_set_new (telar_training_params);
  g_autoptr (TelarStates) states = telar_states_new ();
  g_autoptr (TelarTensor) x = wave (4, 0.7), y = wave (3, 1.9);
  g_autoptr (GHashTable) told =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  telar_param_set_put_text (settings, "optimizer", "sgd", &error);
  telar_param_set_put_text (settings, "epochs", EPOCHS, &error);
  for (char **word = words; *word && !error; word++) {
    g_auto (GStrv) halves = g_strsplit (*word, "=", 2);
    telar_param_set_put_text (settings, halves[0], halves[1], &error);
  }
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = make_plan (settings, device);
  telar_states_add_program (states, telar_plan_program (plan), 7, &error);
  g_assert_no_error (error);
  Course course = { settings, plan, states, x, y, told };
  train (&course);
  telar_safetensors_write (file, told, NULL, &error);
  g_assert_no_error (error);
}

static void
judge (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  int status;
  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (g_strstrip (out), "\n", -1);
  for (char **line = lines; *line; line++)
    g_test_message ("%s", *line);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

static void
test_beside_pytorch (void)
{
  g_autofree char *folder = g_dir_make_tmp ("telar-optimizers-XXXXXX", NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (argv, g_strdup (g_getenv ("TELAR_JUDGE_PYTHON")));
  g_ptr_array_add (argv, g_build_filename (g_getenv ("TELAR_JUDGES"), "optimizers.py", NULL));
  for (guint i = 0; cases[i]; i++) {
    char *file = g_strdup_printf ("%s/%u.safetensors", folder, i);
    g_ptr_array_add (files, file);
    g_ptr_array_add (argv, g_strdup_printf ("%s %s", file, cases[i]));
    run_case (cases[i], file);
  }
  g_ptr_array_add (argv, NULL);
  judge ((char **)argv->pdata);
  for (guint i = 0; i < files->len; i++)
    g_unlink (files->pdata[i]);
  g_rmdir (folder);
}

/* That the cases above leave nothing in the tables out. */
static void
test_complete (void)
{
  g_autofree char *all = g_strjoinv (" ", (char **)(void *)cases);
  g_autofree char *text = g_strconcat (all, " ", NULL);
  for (const char *const *name = telar_optimizer_names; *name; name++) {
    g_autofree char *word = g_strdup_printf ("optimizer=%s ", *name);
    g_assert_nonnull (strstr (text, word));
  }
  for (const char *const *name = telar_schedule_names; *name; name++) {
    g_autofree char *word = g_strdup_printf ("schedule=%s ", *name);
    g_assert_nonnull (strstr (text, word));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judges/optimizers/beside-pytorch", test_beside_pytorch);
  g_test_add_func ("/judges/optimizers/complete", test_complete);
  return g_test_run ();
}
