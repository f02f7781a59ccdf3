/* telar runs: what goes out and comes in as CSV, JSON and event files, two runs compared, figures.
 */
#include "tests/app/program.h"

#include <math.h>
#include <string.h>

/* --- CSV --------------------------------------------------------------------------------- */

/* "step:value …" of a curve of @run, as its JSON has it; caller frees. */
static char *
curve (const char *run, const char *tag)
{
  const char *path = test_program_path ("curve.json");
  g_auto (TestRun) done = test_run ("runs", "export", run, "--to", "json", "-o", path, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  json_t *document, *one, *point;
  size_t i, j;

  test_assert_done (done);
  document = json_load_file (path, 0, NULL);
  g_assert_nonnull (document);
  json_array_foreach (json_object_get (document, "curves"), i, one)
  {
    if (strcmp (json_string_value (json_object_get (one, "tag")), tag) != 0)
      continue;
    json_array_foreach (json_object_get (one, "points"), j, point)
        g_string_append_printf (text, "%s%d:%g", text->len > 0 ? " " : "",
                                (int)json_integer_value (json_array_get (point, 0)),
                                json_number_value (json_array_get (point, 2)));
  }
  json_decref (document);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
import_text (const char *file, const char *text, const char *run)
{
  const char *path = test_program_file (file, text, -1);
  g_auto (TestRun) done = test_run ("runs", "import", path, "--run", run, NULL);

  test_assert_done (done);
}

static void
assert_curve (const char *run, const char *tag, const char *expected)
{
  g_autofree char *found = curve (run, tag);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_csv (void)
{
  import_text ("long.csv",
               "tag,step,wall_time,value\n\"a,\"\"b\"\"\",1,2.5,0.5\n\"a,\"\"b\"\"\",2,3,1\n",
               "long");
  assert_curve ("long", "a,\"b\"", "1:0.5 2:1");
  import_text ("run-x-tag-loss.csv", "Wall time,Step,Value\n1764.5,0,3\n1765.5,10,2\n", "board");
  assert_curve ("board", "loss", "0:3 10:2");
  import_text ("keras.csv", "epoch,accuracy,loss\n0,0.5,2\n1,0.75,1\n", "keras");
  assert_curve ("keras", "accuracy", "0:0.5 1:0.75");
  assert_curve ("keras", "loss", "0:2 1:1");
  /* Lightning: cells that are empty, a step, the epoch as a curve */
  import_text ("lightning.csv", "epoch,step,train_loss,val_loss\n0,49.0,1.5,\n0,99.0,,1.25\n",
               "light");
  assert_curve ("light", "train_loss", "49:1.5");
  assert_curve ("light", "val_loss", "99:1.25");
  assert_curve ("light", "epoch", "49:0 99:0");
}

static void
test_csv_round_trip (void)
{
  const char *path = test_program_path ("out.csv");

  import_text ("in.csv", "tag,step,wall_time,value\nx,0,1.25,nan\nx,1,1.5,1e-300\ny,7,2,-3\n",
               "one");
  g_auto (TestRun) out = test_run ("runs", "export", "one", "--to", "csv", "-o", path, NULL);
  test_assert_done (out);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "tag,step,wall_time,value\nx,0,1.25,nan\nx,1,1.5,1e-300\ny,7,2,-3\n");
}

static void
test_csv_refused (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = { { "step,loss\n1,abc\n", "bad.csv:2: “abc” is no number" },
                { "step,loss\nx,1\n", "bad.csv:2: “x” is no step" },
                { "step,loss\n1.5,1\n", "“1.5” is no step" },
                { "step,loss\n-1,1\n", "bad.csv:2: “loss” has step -1" },
                { "step,loss\n1\n", "bad.csv:2: " } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *path = test_program_file ("bad.csv", cases[i].text, -1);
    g_auto (TestRun) run = test_run ("runs", "import", path, "--run", "bad", NULL);
    test_assert_fails (run, 3, cases[i].message);
  }
  g_auto (TestRun) show = test_run ("runs", "show", "bad", NULL);
  test_assert_fails (show, 3, "there is no run");
}

/* --- two runs ---------------------------------------------------------------------------- */

static void
train (const char *run, const char *setting)
{
  g_auto (TestRun) done = test_run ("train", test_program_sample ("digits-dense.telar"), "--epochs",
                                    "1", "--run", run, "--set", setting, NULL);
  test_assert_done (done);
}

static void
test_compare (void)
{
  train ("a", "training.batch=128");
  train ("b", "training.batch=256");
  g_auto (TestRun) text = test_run ("runs", "compare", "a", "b", NULL);
  test_assert_done (text);
  g_assert_nonnull (strstr (text.output, "batch"));
  g_auto (TestRun) run = test_run ("runs", "compare", "a", "b", "--json", NULL);
  test_assert_done (run);
  json_t *json = test_run_json (&run);
  json_t *batch = json_object_get (json_object_get (json, "settings"), "batch");
  g_assert_cmpint (json_integer_value (json_object_get (batch, "a")), ==, 128);
  g_assert_cmpint (json_integer_value (json_object_get (batch, "b")), ==, 256);
  g_assert_cmpuint (json_object_size (json_object_get (json, "settings")), ==, 1);
  g_assert_nonnull (json_object_get (json_object_get (json, "metrics"), "val_accuracy"));
  g_assert_cmpuint (json_array_size (json_object_get (json, "graph")), ==, 1);
  json_decref (json);
  /* with one that came from elsewhere */
  import_text ("else.csv", "step,loss\n0,1\n", "else");
  g_auto (TestRun) other = test_run ("runs", "compare", "a", "else", NULL);
  test_assert_done (other);
  g_assert_nonnull (strstr (other.output, "came from elsewhere"));
}

static void
test_figure (void)
{
  static const struct {
    const char *name, *begins;
  } formats[] = { { "f.svg", "<?xml" }, { "f.pdf", "%PDF" }, { "f.png", "\x89PNG" } };

  import_text ("fig.csv", "step,loss,accuracy\n0,1,0\n1,0.5,0.5\n2,0.25,0.75\n", "fig");
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    const char *path = test_program_path (formats[i].name);
    g_auto (TestRun) run = test_run ("runs", "figure", "fig", "--tag", "loss", "--tag", "accuracy",
                                     "--width", "85mm", "-o", path, NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    test_assert_done (run);
    g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
    g_assert_cmpuint (size, >, 500);
    g_assert_true (g_str_has_prefix (bytes, formats[i].begins));
    if (i == 0) /* 85 mm are 240.94 points */
      g_assert_nonnull (strstr (bytes, "width=\"240.9"));
  }
  g_auto (TestRun) none =
      test_run ("runs", "figure", "fig", "--tag", "lost", "-o", test_program_path ("n.svg"), NULL);
  test_assert_fails (none, 3, "there is no point of “lost”");
  g_auto (TestRun) wide = test_run ("runs", "figure", "fig", "--tag", "loss", "--width", "85", "-o",
                                    test_program_path ("n.svg"), NULL);
  test_assert_fails (wide, 2, "a length is a number with mm");
}

/* --- what is said of a run --------------------------------------------------------------- */

static void
test_remarks (void)
{
  import_text ("remarked.csv", "step,loss\n1,0.5\n2,0.25\n", "remarked");
  g_auto (TestRun) note = test_run ("runs", "note", "remarked", "half the\nrate", NULL);
  g_auto (TestRun) label = test_run ("runs", "label", "remarked", "baseline, small", NULL);
  g_auto (TestRun) star = test_run ("runs", "star", "remarked", NULL);
  g_auto (TestRun) list = test_run ("runs", "list", NULL);
  g_auto (TestRun) show = test_run ("runs", "show", "remarked", NULL);

  test_assert_done (note);
  test_assert_done (label);
  test_assert_done (star);
  test_assert_done (list);
  test_assert_done (show);
  g_assert_true (g_regex_match_simple ("^\\* remarked .*  \\[baseline, small\\]  half the rate$",
                                       list.output, G_REGEX_MULTILINE, 0));
  g_assert_nonnull (
      strstr (show.output, "\nlabels      baseline, small\nnote        half the\nrate\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  g_test_add_func ("/app/runs/csv", test_csv);
  g_test_add_func ("/app/runs/remarks", test_remarks);
  g_test_add_func ("/app/runs/csv-round-trip", test_csv_round_trip);
  g_test_add_func ("/app/runs/csv-refused", test_csv_refused);
  g_test_add_func ("/app/runs/compare", test_compare);
  g_test_add_func ("/app/runs/figure", test_figure);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
