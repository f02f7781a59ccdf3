/* Quick fixes on real projects: what is offered mends the problem and is one edit. */
#include "app/project/edits.h"
#include "app/project/fixes.h"
#include "app/project/trial.h"
#include "tests/app/support.h"

#include <string.h>

typedef struct {
  TelarDocument *document;
  TelarAnalysis *analysis;
} Fixture;

static void
set_up (Fixture *f, gconstpointer sample)
{
  f->document = test_sample (sample);
  f->analysis = telar_analysis_new (f->document);
}

static void
settle (Fixture *f)
{
  do
    test_wait (30);
  while (telar_analysis_is_busy (f->analysis));
}

static void
tear_down (Fixture *f, gconstpointer sample)
{
  settle (f);
  test_finalizes (f->analysis);
  telar_document_close (f->document);
  test_finalizes (f->document);
}

static const TelarProblem *
problem_of (Fixture *f, const char *node)
{
  const GPtrArray *problems = telar_analysis_problems (f->analysis);

  for (guint i = 0; i < problems->len; i++) {
    const TelarProblem *problem = problems->pdata[i];

    if (g_strcmp0 (problem->node, node) == 0)
      return problem;
  }
  return NULL;
}

/* Finds the fixes of the node's problem, which must have @label among them, applies that one, sees
 * the problem go, and undo bring everything back. */
static void
check_fix (Fixture *f, const char *node, const char *label)
{
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL, *message = NULL;
  g_autoptr (GPtrArray) fixes = NULL;
  g_autoptr (GError) error = NULL;
  const TelarFix *found = NULL;

  settle (f);
  g_assert_nonnull (problem_of (f, node));
  message = g_strdup (problem_of (f, node)->message);
  fixes = telar_fixes_find (f->document, f->analysis, problem_of (f, node));
  for (guint i = 0; i < fixes->len; i++) {
    const TelarFix *fix = fixes->pdata[i];

    g_test_message ("%s: %s", node, fix->label);
    if (g_str_equal (fix->label, label))
      found = fix;
  }
  g_assert_nonnull (found);
  telar_fix_apply (found, f->document, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_document_undo_name (f->document), ==, label);
  settle (f);
  g_assert_true (!problem_of (f, node) || g_strcmp0 (problem_of (f, node)->message, message) != 0);
  g_assert_cmpuint (telar_analysis_n_errors (f->analysis), ==, 0);
  telar_document_undo (f->document);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

/* --- what is missing -------------------------------------------------------------------------- */

static void
test_connect_input (Fixture *f, gconstpointer data)
{
  telar_edit_disconnect (f->document, "relu2", 0, 0);
  check_fix (f, "relu2", "Connect “bn2”");
}

/* Labels that feed the loss are what a metric wants, too. */
static void
test_connect_alike (Fixture *f, gconstpointer data)
{
  telar_edit_disconnect (f->document, "accuracy", 1, 0);
  check_fix (f, "accuracy", "Connect “Handwritten digits” (labels)");
}

static void
test_connect_two (Fixture *f, gconstpointer data)
{
  telar_edit_disconnect (f->document, "loss", 0, 0);
  telar_edit_disconnect (f->document, "loss", 1, 0);
  telar_edit_disconnect (f->document, "accuracy", 0, 0);
  telar_edit_disconnect (f->document, "accuracy", 1, 0);
  telar_edit_remove (f->document, (const char *const[]){ "accuracy", "softmax", NULL }, FALSE);
  telar_edit_remove (f->document, (const char *const[]){ "output", NULL }, FALSE);
  check_fix (f, "loss", "Connect “Scores” and “Handwritten digits” (labels)");
}

static void
test_add_loss (Fixture *f, gconstpointer data)
{
  telar_edit_remove (f->document, (const char *const[]){ "loss", "accuracy", NULL }, FALSE);
  check_fix (f, NULL, "Add Cross entropy of “Scores” and “Handwritten digits” (labels)");
}

static void
test_unused (Fixture *f, gconstpointer data)
{
  telar_edit_remove (f->document, (const char *const[]){ "output", NULL }, FALSE);
  check_fix (f, "softmax", "Add an output");
  check_fix (f, "softmax", "Remove “softmax”");
}

static void
test_add_data (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) fixes = NULL;
  gboolean found = FALSE;

  telar_edit_remove (f->document, (const char *const[]){ "digits", NULL }, FALSE);
  settle (f);
  g_assert_nonnull (problem_of (f, "scale"));
  fixes = telar_fixes_find (f->document, f->analysis, problem_of (f, "scale"));
  for (guint i = 0; i < fixes->len; i++)
    found = found || g_str_has_prefix (((const TelarFix *)fixes->pdata[i])->label, "Add data: ");
  g_assert_true (found);
}

/* --- shapes ----------------------------------------------------------------------------------- */

static char *
add (Fixture *f, const char *op, const char *from, const char *param, const char *value)
{
  const TelarPortRef attach = { from, 0, TRUE };
  g_autoptr (GError) error = NULL;
  char *id = telar_edit_add (f->document, op, 0, 900, &attach, &error);

  g_assert_no_error (error);
  if (param)
    telar_edit_set_param (f->document, (const char *const[]){ id, NULL }, param, value, &error);
  g_assert_no_error (error);
  return id;
}

/* A picture has no rows of numbers for an LSTM's kin; flattened it has. */
static void
test_flatten (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, "bilinear", "relu1", NULL, NULL);
  g_autoptr (GError) error = NULL;

  telar_edit_connect (f->document, "relu4", 0, id, 1, &error);
  g_assert_no_error (error);
  check_fix (f, id, "Insert Flatten");
}

static void
test_adapt_channels (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, "add", "relu1", NULL, NULL);
  g_autoptr (GError) error = NULL;

  telar_edit_connect (f->document, "relu2", 0, id, 0, &error);
  g_assert_no_error (error);
  check_fix (f, id, "Adapt with a 1×1 convolution of 24 filters");
}

static void
test_set_width (Fixture *f, gconstpointer data)
{
  g_autofree char *one = add (f, "conv2d", "relu1", "filters", "5");
  g_autofree char *id = add (f, "add", one, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = g_strdup_printf ("Set filters of “%s” to 12", one);

  telar_edit_set_param (f->document, (const char *const[]){ one, NULL }, "kernel", "1x1", &error);
  telar_edit_connect (f->document, "relu1", 0, id, 0, &error);
  g_assert_no_error (error);
  check_fix (f, id, label);
}

static void
test_near_value (Fixture *f, gconstpointer data)
{
  telar_edit_set_param (f->document, (const char *const[]){ "conv2", NULL }, "groups", "5", NULL);
  check_fix (f, "conv2", "Set Groups to 4");
  check_fix (f, "conv2", "Reset Groups");
}

/* A fix that was found before another edit of the same node is refused, not made over it. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) fixes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;

  telar_edit_set_param (f->document, (const char *const[]){ "conv2", NULL }, "groups", "5", NULL);
  settle (f);
  fixes = telar_fixes_find (f->document, f->analysis, problem_of (f, "conv2"));
  g_assert_cmpuint (fixes->len, >, 0);
  telar_edit_set_param (f->document, (const char *const[]){ "conv2", NULL }, "filters", "30", NULL);
  before = test_text (f->document);
  g_assert_false (telar_fix_apply (fixes->pdata[0], f->document, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

/* What the panel offers where a plan does not fit into memory. */
static void
mend_memory (Fixture *f)
{
  g_autoptr (GPtrArray) fixes = NULL;
  const TelarProblem *problem = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < telar_analysis_problems (f->analysis)->len; i++) {
    problem = telar_analysis_problems (f->analysis)->pdata[i];
    if (problem->severity == TELAR_PROBLEM_ERROR)
      break;
  }
  fixes = telar_fixes_find (f->document, f->analysis, problem);
  g_assert_cmpuint (fixes->len, >, 0);
  g_test_message ("%s", ((const TelarFix *)fixes->pdata[0])->label);
  g_assert_true (telar_fix_apply (fixes->pdata[0], f->document, &error));
}

/* A batch that memory cannot hold is halved until it can; again where other programs have taken
 * memory meanwhile. */
static void
test_memory (Fixture *f, gconstpointer data)
{
  static const char *const convs[] = { "conv1", "conv2", "conv3" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (convs); i++) {
    const char *const ids[] = { convs[i], NULL };

    telar_edit_set_param (f->document, ids, "filters", "1500", &error);
    telar_edit_set_param (f->document, ids, "stride", "1", &error);
    telar_edit_set_param (f->document, ids, "kernel", "1", &error);
  }
  telar_edit_set_training (f->document, "batch", "1000000000", &error);
  g_assert_no_error (error);
  while (!telar_analysis_fitting_batch (f->analysis))
    test_wait (20);
  while (!telar_analysis_cost (f->analysis)) {
    if (telar_analysis_fitting_batch (f->analysis))
      mend_memory (f);
    test_wait (20);
  }
  g_assert_cmpuint (telar_analysis_cost (f->analysis)->total_bytes, <=,
                    telar_analysis_cost (f->analysis)->free_bytes);
}

/* --- wires ------------------------------------------------------------------------------------ */

static void
test_wire (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (GError) error = NULL;
  TelarEdge labels = { (char *)"digits", (char *)"conv1", 1, 0, 0 };
  TelarEdge picture = { (char *)"relu1", (char *)"conv3", 0, 0, 0 };
  TelarType result;
  gboolean known;

  settle (f);
  /* The wire that is there now comes back as it was, also where it bends. */
  telar_graph_set_bends ((TelarGraph *)telar_document_graph (f->document), "conv3", 0, 0,
                         &(TelarBend){ 10, 20 }, 1);
  before = test_text (f->document);
  /* Labels are no pictures. */
  g_assert_false (telar_trial_wire (f->document, f->analysis, &labels, &result, &known, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_test_message ("%s", error->message);
  g_clear_error (&error);
  g_assert_true (telar_trial_wire (f->document, f->analysis, &picture, &result, &known, &error));
  g_assert_no_error (error);
  g_assert_true (known);
  g_assert_cmpint (result.shape.dims[1], ==, 64);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
}

/* A wire that is refused is drawn with what makes it fit, as one edit. */
static void
test_wire_offers (Fixture *f, gconstpointer data)
{
  g_autofree char *id = add (f, "bilinear", "flatten", NULL, NULL);
  TelarEdge wire = { (char *)"relu1", id, 0, 1, 0 };
  g_autofree char *before = test_text (f->document);
  g_autofree char *after = NULL;
  g_autoptr (GPtrArray) fixes = NULL;
  g_autoptr (GError) error = NULL;

  settle (f);
  g_assert_false (telar_trial_wire (f->document, f->analysis, &wire, NULL, NULL, NULL));
  fixes = telar_fixes_find_for_wire (f->document, f->analysis, &wire);
  g_assert_cmpuint (fixes->len, >, 0);
  g_assert_cmpstr (((const TelarFix *)fixes->pdata[0])->label, ==, "Insert Flatten");
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before); /* looking changes nothing */
  g_assert_true (telar_fix_apply (fixes->pdata[0], f->document, &error));
  settle (f);
  g_assert_cmpuint (telar_analysis_n_errors (f->analysis), ==, 0);
  g_assert_nonnull (telar_graph_incoming (telar_document_graph (f->document), id, 1, 0));
  telar_document_undo (f->document);
  g_clear_pointer (&after, g_free);
  after = test_text (f->document);
  g_assert_cmpstr (after, ==, before);
  /* What the graph itself is against, nothing mends. */
  wire = (TelarEdge){ (char *)"relu4", (char *)"conv1", 0, 0, 0 };
  g_clear_pointer (&fixes, g_ptr_array_unref);
  fixes = telar_fixes_find_for_wire (f->document, f->analysis, &wire);
  g_assert_cmpuint (fixes->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_init ();
#define ADD(name, run) g_test_add (name, Fixture, "digits-cnn.telar", set_up, run, tear_down)
  ADD ("/fixes/connect-input", test_connect_input);
  ADD ("/fixes/connect-alike", test_connect_alike);
  ADD ("/fixes/connect-two", test_connect_two);
  ADD ("/fixes/add-loss", test_add_loss);
  ADD ("/fixes/unused", test_unused);
  ADD ("/fixes/add-data", test_add_data);
  ADD ("/fixes/flatten", test_flatten);
  ADD ("/fixes/adapt-channels", test_adapt_channels);
  ADD ("/fixes/set-width", test_set_width);
  ADD ("/fixes/near-value", test_near_value);
  ADD ("/fixes/memory", test_memory);
  ADD ("/fixes/stale", test_stale);
  ADD ("/fixes/wire", test_wire);
  ADD ("/fixes/wire-offers", test_wire_offers);
  return g_test_run ();
}
