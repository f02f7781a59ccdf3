/* telar train and what follows it: the same bits again, after an interrupt, after SIGKILL; metrics,
 * runs, evaluation, prediction. */
#include "data/idx.h"
#include "data/npy.h"
#include "tests/app/program.h"

#include <png.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *
text_of (const json_t *json, const char *key)
{
  return json_string_value (json_object_get (json, key));
}

static double
metric_of (const json_t *event, const char *key)
{
  const json_t *value = json_object_get (json_object_get (event, "metrics"), key);
  g_assert_true (json_is_number (value));
  return json_number_value (value);
}

static char *
checkpoint_bytes (const char *run, gsize *length)
{
  g_autofree char *name = g_strconcat ("workspace/runs/", run, "/checkpoint.safetensors", NULL);
  char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (test_program_path (name), &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

static gboolean
same_checkpoint (const char *a, const char *b)
{
  gsize length_a, length_b;
  g_autofree char *bytes_a = checkpoint_bytes (a, &length_a);
  g_autofree char *bytes_b = checkpoint_bytes (b, &length_b);
  return length_a == length_b && memcmp (bytes_a, bytes_b, length_a) == 0;
}

/* --- a run --------------------------------------------------------------------------------------
 */

/* The JSON lines of titanic, trained for 12 epochs. */
static json_t *
train (const char *name, const char *seed)
{
  g_auto (TestRun) run = test_run ("train", test_program_sample ("titanic.telar"), "--run", name,
                                   "--epochs", "12", "--seed", seed, "--json", NULL);
  test_assert_done (run);
  return test_run_json_lines (&run);
}

static void
test_events (void)
{
  json_t *lines = train ("events", "1");
  const json_t *start = json_array_get (lines, 0);
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);
  g_assert_cmpstr (text_of (start, "event"), ==, "start");
  g_assert_cmpstr (text_of (start, "run"), ==, "events");
  g_assert_cmpint (json_integer_value (json_object_get (start, "train_rows")), ==, 713);
  json_int_t epochs = 0;
  size_t i;
  json_t *line;
  json_array_foreach (lines, i, line)
  {
    if (strcmp (text_of (line, "event"), "epoch") != 0)
      continue;
    g_assert_cmpint (json_integer_value (json_object_get (line, "epoch")), ==, ++epochs);
    g_assert_cmpfloat (metric_of (line, "loss"), >, 0);
    g_assert_cmpfloat (metric_of (line, "val_loss"), >, 0);
  }
  g_assert_cmpint (epochs, ==, 12);
  g_assert_cmpstr (text_of (end, "event"), ==, "end");
  g_assert_cmpstr (text_of (end, "status"), ==, "done");
  g_assert_cmpfloat (metric_of (end, "accuracy"), >, 0.75);
  g_assert_cmpfloat (metric_of (end, "val_accuracy"), >, 0.7);
  g_assert_true (g_file_test (text_of (end, "checkpoint"), G_FILE_TEST_IS_REGULAR));
  json_decref (lines);
}

/* What follows a run by its name: the store's rows, and evaluation, which gives the same numbers.
 */
static void
test_after (void)
{
  json_t *lines = train ("after", "1");
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);
  g_auto (TestRun) show = test_run ("runs", "show", "after", "--json", NULL);
  test_assert_done (show);
  json_t *row = test_run_json (&show);
  g_assert_cmpstr (text_of (row, "status"), ==, "done");
  g_assert_cmpstr (text_of (row, "checkpoint"), ==, text_of (end, "checkpoint"));
  g_assert_cmpfloat (metric_of (row, "val_loss"), ==, metric_of (end, "val_loss"));
  const json_t *points = json_object_get (row, "points");
  g_assert_cmpint (json_integer_value (json_object_get (points, "loss")), ==, 12 * 23);
  g_auto (TestRun) evaluate = test_run ("evaluate", "after", "--json", NULL);
  test_assert_done (evaluate);
  json_t *measured = test_run_json (&evaluate);
  g_assert_cmpfloat_with_epsilon (metric_of (measured, "loss"), metric_of (end, "val_loss"), 1e-6);
  g_assert_cmpfloat_with_epsilon (metric_of (measured, "accuracy"), metric_of (end, "val_accuracy"),
                                  1e-6);
  g_auto (TestRun) list = test_run ("runs", "list", "--json", NULL);
  json_t *rows = test_run_json (&list);
  g_assert_cmpstr (text_of (json_array_get (rows, 0), "run"), ==, "after");
  g_auto (TestRun) gone = test_run ("runs", "delete", "after", NULL);
  test_assert_done (gone);
  g_assert_false (g_file_test (text_of (end, "checkpoint"), G_FILE_TEST_EXISTS));
  g_auto (TestRun) missing = test_run ("runs", "show", "after", NULL);
  test_assert_fails (missing, 3, "after");
  json_decref (rows);
  json_decref (measured);
  json_decref (row);
  json_decref (lines);
}

static void
test_text_output (void)
{
  g_auto (TestRun) run = test_run ("train", test_program_sample ("titanic.telar"), "--epochs", "2",
                                   "--run", "text", NULL);
  test_assert_done (run);
  g_assert_cmpstr (run.errors, ==, ""); /* no progress line in a pipe */
  g_assert_null (strchr (run.output, '\r'));
  g_assert_null (strchr (run.output, '\033'));
  g_assert_nonnull (strstr (run.output, "epoch 1/2  loss "));
  g_assert_nonnull (strstr (run.output, "epoch 2/2  loss "));
  g_assert_nonnull (strstr (run.output, "val_accuracy "));
  g_assert_nonnull (strstr (run.output, "runs/text/checkpoint.safetensors"));
  g_auto (TestRun) again = test_run ("train", test_program_sample ("titanic.telar"), "--epochs",
                                     "2", "--run", "text", NULL);
  g_assert_cmpint (again.status, !=, 0);
  g_assert_nonnull (strstr (again.errors, "text"));
  g_auto (TestRun) first = test_run ("runs", "show", "text", "--json", NULL);
  json_t *row = test_run_json (&first);
  g_assert_cmpstr (text_of (row, "status"), ==, "done"); /* the first one is untouched */
  json_decref (row);
}

/* --- the same bits ------------------------------------------------------------------------------
 */

static void
test_reproducible (void)
{
  json_t *a = train ("same-a", "5"), *b = train ("same-b", "5"), *c = train ("other", "6");
  g_assert_cmpuint (json_array_size (a), ==, json_array_size (b));
  for (size_t i = 0; i < json_array_size (a); i++) {
    const json_t *metrics = json_object_get (json_array_get (a, i), "metrics");
    if (metrics != NULL)
      g_assert_true (json_equal (metrics, json_object_get (json_array_get (b, i), "metrics")));
  }
  g_assert_true (same_checkpoint ("same-a", "same-b"));
  g_assert_false (same_checkpoint ("same-a", "other"));
  json_decref (a);
  json_decref (b);
  json_decref (c);
}

/* Starts a training of 40 epochs, sends @signal once the third epoch has ended; the exit status. */
static int
train_and_signal (const char *name, int signal, char **last)
{
  const char *arguments[] = { "train",     test_program_sample ("titanic.telar"),
                              "--run",     name,
                              "--set",     "training.checkpoint_steps=10",
                              "--epochs",  "40",
                              "--threads", "1",
                              "--json",    NULL };
  int output = -1;
  GPid pid = test_program_start (arguments, &output);
  FILE *lines = fdopen (output, "r");
  char *line = NULL;
  size_t size = 0;
  g_autofree char *previous = NULL;
  while (getline (&line, &size, lines) > 0) {
    if (strstr (line, "\"epoch\":3,") != NULL)
      kill (pid, signal);
    g_free (previous);
    previous = g_strdup (line);
  }
  free (line);
  fclose (lines);
  if (last != NULL)
    *last = g_steal_pointer (&previous);
  return test_program_wait (pid);
}

static void
train_undisturbed (void)
{
  static gsize once;
  if (!g_once_init_enter (&once))
    return;
  g_auto (TestRun) run =
      test_run ("train", test_program_sample ("titanic.telar"), "--run", "undisturbed", "--set",
                "training.checkpoint_steps=10", "--epochs", "40", "--threads", "1", NULL);
  test_assert_done (run);
  g_once_init_leave (&once, 1);
}

static void
resume_and_compare (const char *name)
{
  train_undisturbed ();
  g_assert_false (same_checkpoint (name, "undisturbed"));
  g_auto (TestRun) resume = test_run ("train", "--resume", name, "--threads", "1", NULL);
  test_assert_done (resume);
  g_assert_true (same_checkpoint (name, "undisturbed"));
  /* The curve has every step once. */
  g_auto (TestRun) show = test_run ("runs", "show", name, "--json", NULL);
  json_t *row = test_run_json (&show);
  g_assert_cmpstr (text_of (row, "status"), ==, "done");
  const json_t *points = json_object_get (row, "points");
  g_assert_cmpint (json_integer_value (json_object_get (points, "loss")), ==, 40 * 23);
  json_decref (row);
}

static void
test_interrupted (gconstpointer data)
{
  int signal = GPOINTER_TO_INT (data);
  g_autofree char *name = g_strdup_printf ("interrupted-%d", signal);
  g_autofree char *last = NULL;
  g_assert_cmpint (train_and_signal (name, signal, &last), ==, 130);
  json_t *end = json_loads (last, 0, NULL);
  g_assert_cmpstr (text_of (end, "event"), ==, "end");
  g_assert_cmpstr (text_of (end, "status"), ==, "stopped");
  g_assert_true (g_file_test (text_of (end, "checkpoint"), G_FILE_TEST_IS_REGULAR));
  json_decref (end);
  resume_and_compare (name);
}

static void
test_killed (void)
{
  g_assert_cmpint (train_and_signal ("killed", SIGKILL, NULL), ==, 128 + SIGKILL);
  g_auto (TestRun) show = test_run ("runs", "show", "killed", "--json", NULL);
  json_t *row = test_run_json (&show);
  g_assert_cmpstr (text_of (row, "status"), ==, "lost");
  json_decref (row);
  resume_and_compare ("killed");
}

/* Nobody reads any more: the training goes on to its end all the same. */
static void
test_reader_gone (void)
{
  const char *arguments[] = { "train",    test_program_sample ("titanic.telar"),
                              "--run",    "unread",
                              "--epochs", "10",
                              "--json",   NULL };
  int output = -1;
  GPid pid = test_program_start (arguments, &output);
  char first;
  g_assert_cmpint (read (output, &first, 1), ==, 1);
  close (output);
  g_assert_cmpint (test_program_wait (pid), ==, 1); /* the lines were not all written */
  g_auto (TestRun) show = test_run ("runs", "show", "unread", "--json", NULL);
  json_t *row = test_run_json (&show);
  g_assert_cmpstr (text_of (row, "status"), ==, "done");
  json_decref (row);
}

/* A run that cannot go on says so in all places: status, last line, store. */
static void
test_failed (void)
{
  g_auto (TestRun) run =
      test_run ("train", test_program_sample ("titanic.telar"), "--run", "diverged", "--set",
                "training.learning_rate=1e6", "--set", "training.optimizer=sgd", "--set",
                "training.schedule=constant", "--json", NULL);
  g_assert_cmpint (run.status, ==, 1);
  g_assert_nonnull (strstr (run.errors, "the loss is"));
  json_t *lines = test_run_json_lines (&run);
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);
  g_assert_cmpstr (text_of (end, "status"), ==, "failed");
  g_auto (TestRun) show = test_run ("runs", "show", "diverged", "--json", NULL);
  json_t *row = test_run_json (&show);
  g_assert_cmpstr (text_of (row, "status"), ==, "failed");
  g_assert_nonnull (strstr (text_of (row, "message"), "the loss is"));
  json_decref (row);
  json_decref (lines);
}

/* --- prediction ---------------------------------------------------------------------------------
 */

static char *
predict_to_csv (const char *input, const char *batch, const char *name)
{
  char *text = NULL;
  g_auto (TestRun) run = test_run ("predict", "predict", "--input", input, "--output",
                                   test_program_path (name), "--batch", batch, NULL);
  test_assert_done (run);
  g_assert_true (g_file_get_contents (test_program_path (name), &text, NULL, NULL));
  return text;
}

static void
test_predict (void)
{
  json_decref (train ("predict", "1"));
  const char *rows = test_program_sample ("titanic.csv");
  g_autofree char *whole = predict_to_csv (rows, "1000", "whole.csv");
  g_autofree char *parts = predict_to_csv (rows, "37", "parts.csv");
  g_auto (GStrv) a = g_strsplit (whole, "\n", -1);
  g_auto (GStrv) b = g_strsplit (parts, "\n", -1);
  g_assert_cmpstr (a[0], ==, "output_0");
  g_assert_cmpuint (g_strv_length (a), ==, 893); /* a header, 891 rows, the end */
  g_assert_cmpuint (g_strv_length (b), ==, 893);
  for (guint i = 1; i <= 891; i++) {
    double p = g_ascii_strtod (a[i], NULL);
    g_assert_true (p >= 0 && p <= 1);
    g_assert_cmpfloat_with_epsilon (p, g_ascii_strtod (b[i], NULL), 1e-6);
  }
  /* A woman of the first class and a man of the third. */
  const char *two = test_program_file ("two.csv",
                                       "pclass,sex,age,sibsp,parch,fare,embarked\n"
                                       "1,female,30,0,0,100,C\n3,male,30,0,0,7,S\n",
                                       -1);
  g_autofree char *pair = predict_to_csv (two, "8", "pair.csv");
  g_auto (GStrv) lines = g_strsplit (pair, "\n", -1);
  g_assert_cmpfloat (g_ascii_strtod (lines[1], NULL), >, 0.6);
  g_assert_cmpfloat (g_ascii_strtod (lines[2], NULL), <, 0.4);
}

static void
test_predict_refused (void)
{
  json_decref (train ("refuse", "1"));
  const char *out = test_program_path ("refused.csv");
  static const struct {
    const char *name, *bytes, *text;
  } cases[] = {
    { "unknown.csv", "pclass,sex,age,sibsp,parch,fare,embarked\n1,robot,3,0,0,1,C\n",
      "unknown.csv:2: \"robot\"" },
    { "column.csv", "pclass,sex\n1,male\n", "no column \"age\"" },
    { "ragged.csv", "a,b\n1\n", "ragged.csv:2" },
    { "empty.npy", "", "empty.npy" },
    { "broken.png", "\x89PNG\r\n\x1a\n", "broken.png" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *in = test_program_file (cases[i].name, cases[i].bytes, -1);
    g_auto (TestRun) run = test_run ("predict", "refuse", "--input", in, "--output", out, NULL);
    test_assert_fails (run, 3, cases[i].text);
    g_assert_false (g_file_test (out, G_FILE_TEST_EXISTS));
  }
  g_auto (TestRun) where =
      test_run ("predict", "refuse", "--input", test_program_sample ("titanic.csv"), "--output",
                "/proc/telar.csv", NULL);
  test_assert_fails (where, 1, "/proc/telar.csv");
  g_auto (TestRun) ending =
      test_run ("predict", "refuse", "--input", test_program_sample ("titanic.csv"), "--output",
                test_program_path ("result.doc"), NULL);
  test_assert_fails (ending, 2, "result.doc");
}

/* The digit @row of the sample as a picture of @side pixels. */
static const char *
digit_picture (guint row, const char *name, guint side)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTensor) images =
      telar_idx_read (test_program_sample ("digits/t10k-images-idx3-ubyte.gz"), &error);
  g_assert_no_error (error);
  png_image png = { .version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_GRAY };
  png.width = png.height = side;
  g_assert_true (png_image_write_to_file (&png, test_program_path (name), 0,
                                          (const guint8 *)images->data + row * 28 * 28, 0, NULL));
  return test_program_path (name);
}

static TelarTensor *
read_npy (const char *name)
{
  g_autoptr (GError) error = NULL;
  TelarTensor *tensor = telar_npy_read (test_program_path (name), &error);
  g_assert_no_error (error);
  return tensor;
}

/* A picture, an IDX file and an array give the same scores for the same digit. */
static void
test_predict_pictures (void)
{
  g_auto (TestRun) train = test_run ("train", test_program_sample ("digits-dense.telar"), "--run",
                                     "digits", "--epochs", "1", "--threads", "1", NULL);
  test_assert_done (train);
  g_auto (TestRun) all = test_run ("predict", "digits", "--input",
                                   test_program_sample ("digits/t10k-images-idx3-ubyte.gz"),
                                   "--output", test_program_path ("all.npy"), NULL);
  test_assert_done (all);
  g_auto (TestRun) one = test_run ("predict", "digits", "-i", digit_picture (3, "digit.png", 28),
                                   "-o", test_program_path ("one.npy"), NULL);
  test_assert_done (one);
  g_autoptr (TelarTensor) scores = read_npy ("all.npy"), score = read_npy ("one.npy");
  g_assert_cmpuint (telar_tensor_elements (scores), ==, 100000);
  g_assert_cmpuint (telar_tensor_elements (score), ==, 10);
  double sum = 0;
  for (gsize i = 0; i < 10; i++) {
    sum += telar_tensor_get (score, i);
    g_assert_cmpfloat_with_epsilon (telar_tensor_get (score, i), telar_tensor_get (scores, 30 + i),
                                    1e-6);
  }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  g_assert_cmpfloat (telar_tensor_get (score, 0), >, 0.5); /* it is a zero */
  g_auto (TestRun) small = test_run ("predict", "digits", "-i", digit_picture (3, "small.png", 20),
                                     "-o", test_program_path ("no.npy"), NULL);
  test_assert_fails (small, 3, "small.png: 20 x 20 pixels where the model takes 28 x 28");
}

/* Rows by another file are measured whole, with the project's own categories and fillings. */
static void
test_evaluate_data (void)
{
  json_decref (train ("data", "1"));
  g_auto (TestRun) all = test_run ("evaluate", "data", "--split", "all", "--json", NULL);
  g_auto (TestRun) file =
      test_run ("evaluate", "data", "--data", test_program_sample ("titanic.csv"), "--json", NULL);
  test_assert_done (all);
  test_assert_done (file);
  json_t *a = test_run_json (&all), *b = test_run_json (&file);
  g_assert_cmpint (json_integer_value (json_object_get (a, "rows")), ==, 891);
  g_assert_true (json_equal (json_object_get (a, "metrics"), json_object_get (b, "metrics")));
  json_decref (a);
  json_decref (b);
  g_auto (TestRun) project =
      test_run ("evaluate", test_program_sample ("titanic.telar"), "--json", NULL);
  test_assert_done (project);
  json_t *newest = test_run_json (&project);
  g_assert_cmpstr (text_of (newest, "model"), ==, "data");
  json_decref (newest);
}

/* The titanic with a confusion matrix and an area in the place of its accuracy. */
static const char *
project_with_figures (void)
{
  static const char *const files[] = { "titanic.csv", "titanic.telar" };
  g_autoptr (GString) text = NULL;
  const char *path = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *bytes = NULL;
    g_assert_true (g_file_get_contents (test_program_sample (files[i]), &bytes, NULL, NULL));
    text = text ? g_string_truncate (text, 0) : g_string_new (NULL);
    g_string_append (text, bytes);
    g_string_replace (text, "{\"id\":\"accuracy\",\"op\":\"binary_accuracy\"},",
                      "{\"id\":\"accuracy\",\"op\":\"confusion_matrix\"},\n"
                      "  {\"id\":\"area\",\"op\":\"roc_auc\"},",
                      0);
    g_string_replace (text, "\"to\":\"accuracy:labels\"},",
                      "\"to\":\"accuracy:labels\"},\n"
                      "  {\"from\":\"dense3:out\",\"to\":\"area:logits\"},\n"
                      "  {\"from\":\"columns:target\",\"to\":\"area:labels\"},",
                      0);
    path = test_program_file (files[i], text->str, (gssize)text->len);
  }
  return path;
}

/* How many rows of the kind @right were answered with @answer. */
static json_int_t
count_of (const json_t *document, const char *figure, gsize right, gsize answer)
{
  const json_t *rows = json_object_get (json_object_get (document, "figures"), figure);
  return json_integer_value (json_array_get (json_array_get (rows, right), answer));
}

/* A confusion matrix is told while training, kept in the store, and measured again. */
static void
test_figures (void)
{
  g_auto (TestRun) run = test_run ("train", project_with_figures (), "--run", "figures", "--epochs",
                                   "3", "--json", NULL);
  test_assert_done (run);
  g_assert_nonnull (strstr (run.output, "\"event\":\"figure\",\"name\":\"confusion_matrix\""));
  json_t *lines = test_run_json_lines (&run);
  const json_t *end = json_array_get (lines, json_array_size (lines) - 1);

  g_auto (TestRun) show = test_run ("runs", "show", "figures", "--json", NULL);
  g_auto (TestRun) evaluate = test_run ("evaluate", "figures", "--json", NULL);
  g_auto (TestRun) table = test_run ("evaluate", "figures", NULL);
  test_assert_done (show);
  test_assert_done (evaluate);
  test_assert_done (table);
  json_t *row = test_run_json (&show), *measured = test_run_json (&evaluate);
  json_int_t rows = 0;
  for (gsize i = 0; i < 4; i++) {
    json_int_t n = count_of (measured, "confusion_matrix", i / 2, i % 2);
    g_assert_cmpint (n, ==, count_of (row, "val_confusion_matrix", i / 2, i % 2));
    rows += n;
  }
  g_assert_cmpint (rows, ==, json_integer_value (json_object_get (measured, "rows")));
  g_assert_cmpfloat_with_epsilon (metric_of (measured, "roc_auc"), metric_of (end, "val_roc_auc"),
                                  1e-6);
  g_autofree char *first =
      g_strdup_printf ("confusion_matrix, a row for each right class, a column for each answer:\n"
                       "  %3d %3d\n",
                       (int)count_of (measured, "confusion_matrix", 0, 0),
                       (int)count_of (measured, "confusion_matrix", 0, 1));
  g_assert_nonnull (strstr (table.output, first));
  json_decref (lines);
  json_decref (row);
  json_decref (measured);
}

static void
test_export (void)
{
  json_decref (train ("export", "1"));
  static const char *const names[] = { "model.onnx", "model.safetensors" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *path = test_program_path (names[i]);
    g_auto (TestRun) run = test_run ("export", "export", "-o", path, NULL);
    test_assert_done (run);
    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }
  g_auto (TestRun) project = test_run ("export", test_program_sample ("titanic.telar"), "--to",
                                       "onnx", "-o", test_program_path ("again.onnx"), NULL);
  test_assert_done (project);
  g_auto (TestRun) settings = test_run ("export", "export", "-o", test_program_path ("set.onnx"),
                                        "--opset", "13", "--batch", "4", NULL);
  test_assert_done (settings);
  g_assert_nonnull (strstr (settings.output, "on 4 rows"));
  g_auto (TestRun) half =
      test_run ("export", "export", "-o", test_program_path ("half.onnx"), "--float16",
                "--external-data", "--without-preprocessing", NULL);
  test_assert_done (half);
  g_assert_true (g_file_test (test_program_path ("half.onnx.data"), G_FILE_TEST_IS_REGULAR));
  g_auto (TestRun) unchecked =
      test_run ("export", "export", "-o", test_program_path ("set.onnx"), "--no-check", NULL);
  test_assert_done (unchecked);
  g_assert_null (strstr (unchecked.output, "rows"));
  g_auto (TestRun) newer = test_run ("export", "export", "-o", "model.onnx", "--opset", "99", NULL);
  test_assert_fails (newer, 2, "opset");
  g_auto (TestRun) plain = test_run ("export", "export", "-o",
                                     test_program_path ("set.safetensors"), "--opset", "13", NULL);
  test_assert_fails (plain, 2, "--opset");
  g_auto (TestRun) ending = test_run ("export", "export", "-o", "model.doc", NULL);
  test_assert_fails (ending, 2, "model.doc");
  g_auto (TestRun) nowhere = test_run ("export", "export", "-o", "/proc/model.onnx", NULL);
  test_assert_fails (nowhere, 1, "/proc/model.onnx");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/train/events", test_events);
  g_test_add_func ("/train/after", test_after);
  g_test_add_func ("/train/text-output", test_text_output);
  g_test_add_func ("/train/reproducible", test_reproducible);
  g_test_add_data_func ("/train/interrupted", GINT_TO_POINTER (SIGINT), test_interrupted);
  g_test_add_data_func ("/train/terminated", GINT_TO_POINTER (SIGTERM), test_interrupted);
  g_test_add_func ("/train/killed", test_killed);
  g_test_add_func ("/train/reader-gone", test_reader_gone);
  g_test_add_func ("/train/failed", test_failed);
  g_test_add_func ("/predict/rows", test_predict);
  g_test_add_func ("/predict/pictures", test_predict_pictures);
  g_test_add_func ("/predict/refused", test_predict_refused);
  g_test_add_func ("/evaluate/data", test_evaluate_data);
  g_test_add_func ("/evaluate/figures", test_figures);
  g_test_add_func ("/export/formats", test_export);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
