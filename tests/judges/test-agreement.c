/* The first 200 steps of the digit samples beside PyTorch: the same initial weights, the same
 * batches, no dropout.
 *
 * float64: the sample's own optimizer and schedule, on the compiled training program. In float32
 * Adam turns the last bit of a gradient near zero into a step of full size: PyTorch on one thread
 * and PyTorch on two are further apart after 200 steps of digits-cnn than the tolerance. In double
 * precision the comparison means something, and covers every formula.
 *
 * float32: the real trainer, with SGD; see agreement.py for what float32 can be held to.
 */
#include "data/data.h"
#include "tests/judges/course.h"

#define STEPS       200
#define BATCH       8    /* in float64: the reference device is thorough, not fast */
#define EPOCH_STEPS 1000 /* what the schedules are stretched over */

static void
set (TelarGraph *graph, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

static TelarGraph *
load (const char *sample)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *file = g_strconcat (g_getenv ("TELAR_SAMPLES"), "/", sample, ".telar", NULL);
  TelarGraph *graph = telar_graph_load (file, &error);

  g_assert_no_error (error);
  if (telar_graph_find_node (graph, "dropout") != NULL)
    set (graph, "dropout.rate", "0");
  return graph;
}

static Course *
open_course (TelarGraph *graph, guint steps)
{
  g_autoptr (GError) error = NULL;
  TelarFeed *feed = telar_data_open (graph, &error);

  g_assert_no_error (error);
  return course_new (graph, feed, steps);
}

static void
test_float32 (gconstpointer sample)
{
  TelarGraph *graph = load (sample);

  set (graph, "training.optimizer", "sgd");
  set (graph, "training.momentum", "0.9");
  set (graph, "training.schedule", "constant");
  set (graph, "training.learning_rate", "0.001");
  g_autoptr (Course) course = open_course (graph, STEPS);
  course_train (course);
  course_judge (course, sample, "sgd");
}

static void
test_float64 (gconstpointer sample)
{
  g_autoptr (Course) course = open_course (load (sample), course_steps (STEPS));

  course_train_wide (course, BATCH, EPOCH_STEPS);
  course_judge (course, sample, "adam");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  g_test_add_data_func ("/judges/agreement/float32/digits-cnn", "digits-cnn", test_float32);
  g_test_add_data_func ("/judges/agreement/float32/digits-dense", "digits-dense", test_float32);
  g_test_add_data_func ("/judges/agreement/float64/digits-cnn", "digits-cnn", test_float64);
  g_test_add_data_func ("/judges/agreement/float64/digits-dense", "digits-dense", test_float64);
  return g_test_run ();
}
