/* telar embed: points of a trained run, as a table, a picture, and kept with the run. */
#include "insight/cloud.h"
#include "insight/store-media.h"
#include "tests/app/program.h"

#include <string.h>

static void
train (void)
{
  g_auto (TestRun) run = test_run ("train", test_program_sample ("digits-dense.telar"), "--run",
                                   "digits", "--epochs", "1", NULL);

  test_assert_done (run);
}

static void
test_table (void)
{
  const char *path = test_program_path ("points.csv");
  g_auto (TestRun) run = test_run ("embed", "digits", "--of", "dense2", "--method", "pca3",
                                   "--rows", "100", "-o", path, "--json", NULL);
  g_autofree char *text = NULL;

  test_assert_done (run);
  json_t *json = test_run_json (&run);
  g_assert_cmpint (json_integer_value (json_object_get (json, "points")), ==, 100);
  g_assert_true (json_is_true (json_object_get (json, "kept")));
  json_decref (json);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "row,class,x,y,z");
  g_assert_cmpuint (g_strv_length (lines), ==, 102); /* the last is empty */
  for (guint i = 1; i <= 100; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
    g_assert_cmpuint (g_strv_length (cells), ==, 5);
    g_assert_cmpint (g_ascii_strtoll (cells[1], NULL, 10), <, 10);
  }
}

/* What was kept is what is there again. */
static void
test_kept (void)
{
  g_auto (TestRun) run =
      test_run ("embed", "digits", "--of", "dense2", "--method", "tsne", "--rows", "120",
                "--perplexity", "8", "-o", test_program_path ("points.png"), NULL);
  g_autoptr (GError) error = NULL;

  test_assert_done (run);
  g_autoptr (TelarStore) store = telar_store_open (test_program_path ("workspace"), FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (TelarRunRow) row = telar_store_find_run (store, "digits", &error);
  g_assert_no_error (error);
  TelarSpan span = { row->id, "projection/dense2/tsne", -1, G_MAXINT64, 0 };
  g_autoptr (GPtrArray) texts = telar_store_texts (store, &span, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 1);
  g_autoptr (TelarCloud) cloud =
      telar_cloud_from_text (((const TelarTextRow *)texts->pdata[0])->text, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (telar_cloud_n_points (cloud), ==, 120);
}

static void
test_weights (void)
{
  g_auto (TestRun) run = test_run ("embed", "digits", "--of", "dense2.kernel", NULL);

  test_assert_done (run);
  g_assert_nonnull (strstr (run.output, "dense2.kernel · PCA"));
}

/* The names are those of the classes that the loss compares with, whatever else has names. */
static void
test_names (void)
{
  g_autoptr (GString) table = g_string_new ("x,sex,species\n");
  const char *points = test_program_path ("two.csv");
  g_autofree char *text = NULL;

  for (guint i = 0; i < 60; i++)
    g_string_append_printf (table, "%u,%s,%s\n", i, i % 2 ? "female" : "male",
                            i % 3 == 0   ? "Adelie"
                            : i % 3 == 1 ? "Chinstrap"
                                         : "Gentoo");
  test_program_file ("rows.csv", table->str, -1);
  const char *project = test_program_file (
      "two.telar",
      "{\"telar\": 1, \"nodes\": ["
      "{\"id\": \"rows\", \"op\": \"csv_table\", \"params\": {\"file\": \"rows.csv\"}},"
      "{\"id\": \"a\", \"op\": \"table_columns\", \"params\": {\"target\": \"sex\"}},"
      "{\"id\": \"b\", \"op\": \"table_columns\", \"params\": {\"target\": \"species\"}},"
      "{\"id\": \"two\", \"op\": \"dense\", \"params\": {\"units\": 2}},"
      "{\"id\": \"three\", \"op\": \"dense\", \"params\": {\"units\": 3}},"
      "{\"id\": \"first\", \"op\": \"cross_entropy\"},"
      "{\"id\": \"second\", \"op\": \"cross_entropy\"}], \"edges\": ["
      "{\"from\": \"rows:table\", \"to\": \"a:table\"},"
      "{\"from\": \"rows:table\", \"to\": \"b:table\"},"
      "{\"from\": \"b:features\", \"to\": \"two:in\"},"
      "{\"from\": \"b:features\", \"to\": \"three:in\"},"
      "{\"from\": \"three:out\", \"to\": \"first:logits\"},"
      "{\"from\": \"b:target\", \"to\": \"first:labels\"},"
      "{\"from\": \"two:out\", \"to\": \"second:logits\"},"
      "{\"from\": \"a:target\", \"to\": \"second:labels\"}]}",
      -1);
  g_auto (TestRun) trained = test_run ("train", project, "--run", "two", "--epochs", "1", NULL);
  test_assert_done (trained);
  g_auto (TestRun) run = test_run ("embed", "two", "--of", "three", "-o", points, NULL);
  test_assert_done (run);
  g_assert_true (g_file_get_contents (points, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, ",Gentoo,"));
  g_assert_null (strstr (text, "male,"));
}

static void
test_refused (void)
{
  g_auto (TestRun) nothing = test_run ("embed", "digits", NULL);
  g_auto (TestRun) unknown = test_run ("embed", "digits", "--of", "nobody", NULL);
  g_auto (TestRun) labels = test_run ("embed", "digits", "--of", "digits.labels", NULL);
  g_auto (TestRun) few =
      test_run ("embed", "digits", "--of", "dense2", "--method", "tsne", "--rows", "30", NULL);
  g_auto (TestRun) file =
      test_run ("embed", "digits", "--of", "dense2", "-o", test_program_path ("points.txt"), NULL);

  test_assert_fails (nothing, 2, "--of is needed");
  test_assert_fails (unknown, 3, "nobody");
  test_assert_fails (labels, 3, "digits.labels");
  test_assert_fails (few, 3, "perplexity");
  test_assert_fails (file, 2, ".csv");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  train ();
  g_test_add_func ("/embed/table", test_table);
  g_test_add_func ("/embed/kept", test_kept);
  g_test_add_func ("/embed/names", test_names);
  g_test_add_func ("/embed/weights", test_weights);
  g_test_add_func ("/embed/refused", test_refused);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
