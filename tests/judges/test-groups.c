/* Groups beside PyTorch: used again with shared weights, with their own and other settings,
 * repeated, in each other; loops that take a sequence apart, carry values, give every step and the
 * last, end by a condition; branches. 30 steps from the same weights in float64: losses, the
 * parameters after the last step and the gradients of the first, as agreement.py compares them. The
 * projects stand beside this file. */
#include "tests/judges/chars.h"
#include "tests/judges/course.h"

#define STEPS       30
#define CHARACTERS  24 /* in a row */
#define BATCH       6
#define EPOCH_STEPS 100

static void
test_project (gconstpointer project)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (project, ".telar", NULL);
  g_autofree char *path = g_build_filename (g_getenv ("TELAR_JUDGES"), name, NULL);
  g_autofree char *text = g_build_filename (g_getenv ("TELAR_JUDGES"), "shakespeare.txt", NULL);
  gint64 vocabulary;
  TelarGraph *graph = telar_graph_load (path, &error);

  g_assert_no_error (error);
  g_autoptr (Course) course =
      course_new (graph, chars_feed_new (text, CHARACTERS, &vocabulary), course_steps (STEPS));
  course_train_wide (course, BATCH, EPOCH_STEPS);
  course_judge (course, project, "sgd");
}

int
main (int argc, char **argv)
{
  static const char *const projects[] = { "chars-groups", "chars-loops", "chars-branches" };

  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_operators_register (chars_operators);
  for (guint i = 0; i < G_N_ELEMENTS (projects); i++) {
    g_autofree char *test = g_strdup_printf ("/judges/groups/%s", projects[i]);
    g_test_add_data_func (test, projects[i], test_project);
  }
  return g_test_run ();
}
