/* Every template that ships: its file says no more than it must, it has no problem, learns, goes
 * out as ONNX, and becomes a project of a person's own. */
#include "app/model/templates.h"
#include "data/data.h"
#include "engine/exchange/export.h"
#include "engine/trainer.h"
#include "tests/app/program.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define ROWS  "8"
#define STEPS 8

/* --- a feed of the first batch of another, again and again ------------------------------------ */

typedef struct {
  TelarFeed base;
  TelarFeed *inner;
  gboolean given;
  gint64 rows;
} First;

static void
first_free (TelarFeed *feed)
{
  telar_feed_free (((First *)feed)->inner);
  g_free (feed);
}

static gint64
first_rows (const TelarFeed *feed, TelarSplit split)
{
  return split == TELAR_SPLIT_VALIDATION ? 0 : ((const First *)feed)->rows;
}

static gboolean
first_begin (TelarFeed *feed, const TelarFeedPass *pass, GError **error)
{
  First *first = (First *)feed;
  TelarFeedPass same = { .split = pass->split, .batch = first->rows };

  first->given = FALSE;
  return telar_feed_begin (first->inner, &same, error);
}

static gint64
first_next (TelarFeed *feed, TelarTensor **tensors, GError **error)
{
  First *first = (First *)feed;

  if (first->given)
    return 0;
  first->given = TRUE;
  return telar_feed_next (first->inner, tensors, error);
}

static TelarFeed *
first_new (TelarFeed *inner, gint64 rows)
{
  static const TelarFeedClass klass = {
    .free = first_free,
    .rows = first_rows,
    .begin = first_begin,
    .next = first_next,
  };
  First *first = g_new0 (First, 1);

  first->base = (TelarFeed){ &klass, inner->ports, inner->n_ports };
  first->inner = inner;
  first->rows = rows;
  return &first->base;
}

/* --- a monitor that keeps the losses ---------------------------------------------------------- */

typedef struct {
  TelarMonitor base;
  double losses[STEPS];
  gint64 steps;
} Losses;

static void
keep_loss (TelarMonitor *monitor, const char *tag, gint64 step, double value)
{
  Losses *losses = (Losses *)monitor;

  if (!g_str_equal (tag, "loss"))
    return;
  g_assert_cmpint (step, <=, STEPS);
  losses->losses[step - 1] = value;
  losses->steps = step;
}

static const TelarMonitorClass losses_class = { .scalar = keep_loss };

/* --- tests ------------------------------------------------------------------------------------ */

static TelarGraph *
open_template (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = telar_template_path (telar_template_find (name));
  TelarGraph *graph = telar_graph_load (path, &error);

  g_assert_no_error (error);
  return graph;
}

/* What telar would write is what is there, and the data are those that it was made with. */
static void
test_file (gconstpointer name)
{
  g_autoptr (TelarGraph) graph = open_template (name);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = telar_template_path (telar_template_find (name));
  g_autofree char *text = telar_graph_to_text (graph), *file = NULL;

  g_assert_true (g_file_get_contents (path, &file, NULL, &error));
  g_assert_cmpstr (file, ==, text);
  g_autoptr (GPtrArray) changed = telar_data_changed_sources (graph, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changed->len, ==, 0);
}

static void
set (TelarGraph *graph, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

static TelarLowered *
lower (const TelarGraph *graph, const TelarFeed *feed, TelarLowerMode mode)
{
  TelarLowered *lowered = telar_lower (graph, feed, mode);

  for (guint i = 0; i < lowered->problems->len; i++) {
    const TelarProblem *problem = lowered->problems->pdata[i];
    g_test_message ("%s: %s", problem->node, problem->message);
  }
  g_assert_cmpuint (lowered->problems->len, ==, 0);
  return lowered;
}

static void export(const TelarGraph *graph, const TelarFeed *feed, const TelarStates *states,
                   const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarLowered) lowered = lower (graph, feed, TELAR_LOWER_INFER);
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  TelarExportCheck check = { .rows = 2 };
  TelarExportOptions options = { .graph = graph, .lowered = lowered, .check = &check };

  telar_export_onnx (lowered->program, states, &options, test_program_path (file), &error);
  g_assert_no_error (error);
  g_unlink (test_program_path (file));
}

/* Eight steps on the same eight rows lower the loss, whatever the network. */
static void
test_learns (gconstpointer name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = open_template (name);
  TelarFeed *data = telar_data_open (graph, &error);
  g_assert_no_error (error);
  g_autoptr (TelarFeed) feed = first_new (data, atoi (ROWS));
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 2, &error);
  g_assert_no_error (error);
  g_autofree char *epochs = g_strdup_printf ("%d", STEPS);
  Losses losses = { .base = { &losses_class } };
  TelarTraining training = {
    .graph = graph, .feed = feed, .device = device, .monitor = &losses.base, .run = "steps"
  };
  TelarTrainingResult result = { 0 };

  set (graph, "training.batch", ROWS);
  set (graph, "training.epochs", epochs);
  g_autoptr (TelarLowered) lowered G_GNUC_UNUSED = lower (graph, feed, TELAR_LOWER_TRAIN);
  telar_train (&training, &result, &error);
  g_assert_no_error (error);
  g_test_message ("loss %g to %g", losses.losses[0], losses.losses[STEPS - 1]);
  g_assert_cmpint (losses.steps, ==, STEPS);
  for (guint i = 0; i < STEPS; i++)
    g_assert_true (isfinite (losses.losses[i]));
  g_assert_cmpfloat (losses.losses[STEPS - 1], <, losses.losses[0]);
  export(graph, feed, result.states, name);
  telar_training_result_clear (&result);
}

/* A project of one's own finds its data from where it lies and has no problem there. */
static void
test_new (gconstpointer name)
{
  g_autofree char *file = g_strconcat (name, ".telar", NULL);
  const char *path = test_program_path (file);
  g_auto (TestRun) made = test_run ("new", "--template", name, "-o", path, NULL);
  test_assert_done (made);
  g_auto (TestRun) checked = test_run ("check", path, "--json", NULL);
  test_assert_done (checked);
  json_t *json = test_run_json (&checked);

  g_assert_cmpuint (json_array_size (json_object_get (json, "problems")), ==, 0);
  json_decref (json);
  g_auto (TestRun) again = test_run ("new", "--template", name, "-o", path, NULL);
  test_assert_fails (again, 3, "is there already");
}

static void
test_list (void)
{
  g_auto (TestRun) run = test_run ("new", "--list", "--json", NULL);
  test_assert_done (run);
  json_t *json = test_run_json (&run), *one;
  gsize i;

  json_array_foreach (json, i, one)
  {
    g_assert_cmpstr (json_string_value (json_object_get (one, "name")), ==,
                     telar_templates[i].name);
    g_autofree char *path = telar_template_path (&telar_templates[i]);
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  }
  g_assert_cmpuint (i, >=, 18);
  g_assert_null (telar_templates[i].name);
  json_decref (json);
  g_auto (TestRun) unknown = test_run ("new", "--template", "none", "-o", "x.telar", NULL);
  test_assert_fails (unknown, 2, "there is no template none");
  g_auto (TestRun) nothing = test_run ("new", NULL);
  test_assert_fails (nothing, 2, "--template NAME");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  test_program_begin ();
  g_test_add_func ("/templates/list", test_list);
  for (const TelarTemplate *t = telar_templates; t->name != NULL; t++) {
    g_autofree char *file = g_strconcat ("/templates/file/", t->name, NULL);
    g_autofree char *own = g_strconcat ("/templates/new/", t->name, NULL);
    g_autofree char *learns = g_strconcat ("/templates/learns/", t->name, NULL);

    g_test_add_data_func (file, t->name, test_file);
    /* The detector of faces is there to be used, not to learn. */
    if (g_str_equal (t->name, "faces"))
      continue;
    g_test_add_data_func (own, t->name, test_new);
    g_test_add_data_func (learns, t->name, test_learns);
  }
  int status = g_test_run ();
  test_program_end ();
  return status;
}
